//! The form at which customers sign in.

use expect_test::expect;
use reqwest::header::{CONTENT_SECURITY_POLICY, LOCATION};

use super::stage::{ADA, GRACE, Stage};

#[tokio::test]
async fn the_form_says_what_is_asked() {
    let stage = Stage::new().await;
    let question = stage.question(&[("scope", Some("orders.read"))]);
    let answer = stage.http.get(&question).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let policy = answer.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
    expect![[r#"default-src 'none'; style-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self' http://127.0.0.1:8000"#]]
        .assert_eq(policy);
    let page = answer.text().await.unwrap();
    assert!(page.contains("<li>see your cart, orders and invoices</li>"));
    assert!(!page.contains("place and cancel"), "{page}");
    assert!(page.contains(ADA.1) && page.contains(GRACE.1), "{page}");
}

#[tokio::test]
async fn a_wrong_password_leads_nowhere() {
    let stage = Stage::new().await;
    for form in [
        &[("user", "ada"), ("password", GRACE.1)][..],
        &[("user", "<b>"), ("password", "x")],
        &[("user", "ada")],
        &[],
    ] {
        let answer = stage.post(&stage.question(&[]), form).await;
        assert_eq!(answer.status(), 403);
        assert!(!answer.headers().contains_key(LOCATION));
        let page = answer.text().await.unwrap();
        assert!(page.contains("No customer has this name and password."));
        assert!(!page.contains("<b>"), "{page}");
    }
}
