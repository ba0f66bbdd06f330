//! Each starter, answered by the offline model over the shop, for a customer who is signed in.

use std::fmt::Write as _;

use expect_test::expect_file;
use gpt_runtime::{
    conversation::Decision, credential::Credential, model::offline::Offline, testing::Test,
};

use super::stage::{ADA, Stage, clock};

#[tokio::test]
async fn starters() {
    let stage = Stage::new().await;
    let tokens = stage.sign_in(ADA).await;
    let token = Credential::bearer(tokens["access_token"].as_str().unwrap());
    let service = crate::service(&stage.shop, &stage.client, clock).unwrap();
    let mut gpt = Test::from(service.credential(&crate::shop::API, "customer", token))
        .model(Offline::new().at(clock()))
        .decide(Decision::Allow)
        .start()
        .await
        .unwrap();
    let mut transcript = String::new();
    let more = ["What is in my cart?", "Cancel my order"];
    let starters = gpt.service().definition().starters;
    for text in starters.iter().chain(&more) {
        let turn = gpt.say(*text).await.unwrap();
        writeln!(transcript, "{turn}").unwrap();
    }
    expect_file!["conversation/starters.txt"].assert_eq(&transcript);
}
