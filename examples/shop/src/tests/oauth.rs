//! What the authorization server refuses, and in which words.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use reqwest::header::{AUTHORIZATION, CACHE_CONTROL, LOCATION, WWW_AUTHENTICATE};
use serde_json::{Value, json};
use time::Duration;
use url::Url;

use super::stage::{ADA, GRACE, REDIRECT_URI, Stage, VERIFIER, encoded, read, wait};

fn text<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap()
}

/// The parameters with which a browser is sent back to the client.
fn sent_back(location: &str) -> Vec<(String, String)> {
    let url = Url::parse(location).unwrap();
    assert_eq!(location.split_once('?').unwrap().0, REDIRECT_URI);
    url.query_pairs().into_owned().collect()
}

#[tokio::test]
async fn a_sign_in_gives_what_was_asked_for() {
    let stage = Stage::new().await;
    let form = [ADA.0, ADA.1, "allow"];
    let form: Vec<_> = ["user", "password", "decision"]
        .into_iter()
        .zip(form)
        .collect();
    let answer = stage.post(&stage.question(&[]), &form).await;
    assert_eq!(answer.status(), 303);
    let back = sent_back(answer.headers()[LOCATION].to_str().unwrap());
    let names: Vec<_> = back.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["code", "state", "iss"]);
    assert_eq!((&*back[1].1, &*back[2].1), ("s&1", stage.shop.url()));
    let (status, tokens) = stage.redeem(&back[0].1).await;
    assert_eq!(status, 200);
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 300);
    assert_eq!(tokens["scope"], "orders.read orders.write");
    assert_eq!(
        stage.status("/cart", text(&tokens, "access_token")).await,
        200
    );
}

#[tokio::test]
async fn nobody_is_sent_to_an_address_that_is_not_registered() {
    let stage = Stage::new().await;
    let slash = format!("{REDIRECT_URI}/");
    let query = format!("{REDIRECT_URI}?a=b");
    for wrong in [
        None,
        Some("http://127.0.0.1:8001/sign-in/shop/customer/callback"),
        Some("http://localhost:8000/sign-in/shop/customer/callback"),
        Some("http://127.0.0.1:8000/sign-in/shop/customer/callback#"),
        Some("https://evil.example/"),
        Some(&*slash),
        Some(&*query),
    ] {
        let question = stage.question(&[("redirect_uri", wrong)]);
        for answer in [
            stage.http.get(&question).send().await.unwrap(),
            stage.post(&question, &[("decision", "decline")]).await,
        ] {
            assert_eq!(answer.status(), 400, "{wrong:?}");
            assert!(!answer.headers().contains_key(LOCATION), "{wrong:?}");
        }
    }
    let question = stage.question(&[("client_id", Some("another"))]);
    let answer = stage.http.get(&question).send().await.unwrap();
    assert_eq!(answer.status(), 400);
    // One of two clients or addresses would be the wrong one.
    let twice = format!("{}&redirect_uri=https://evil.example/", stage.question(&[]));
    let answer = stage.http.get(&twice).send().await.unwrap();
    assert_eq!(answer.status(), 400);
}

#[tokio::test]
async fn the_client_hears_what_is_wrong_with_its_question() {
    let stage = Stage::new().await;
    for (name, value, error) in [
        ("response_type", None, "invalid_request"),
        ("response_type", Some("token"), "unsupported_response_type"),
        ("code_challenge", None, "invalid_request"),
        ("code_challenge", Some("short"), "invalid_request"),
        ("code_challenge_method", None, "invalid_request"),
        ("code_challenge_method", Some("plain"), "invalid_request"),
        ("scope", None, "invalid_scope"),
        ("scope", Some("orders.read admin"), "invalid_scope"),
    ] {
        let question = stage.question(&[(name, value)]);
        let answer = stage.http.get(&question).send().await.unwrap();
        assert_eq!(answer.status(), 303, "{name} {value:?}");
        let back = sent_back(answer.headers()[LOCATION].to_str().unwrap());
        assert_eq!(back[0], ("error".to_owned(), error.to_owned()), "{name}");
        assert!(back.contains(&("state".to_owned(), "s&1".to_owned())));
        assert!(back.contains(&("iss".to_owned(), stage.shop.url().to_owned())));
    }
    let question = stage.question(&[("state", None)]);
    let answer = stage.http.get(&question).send().await.unwrap();
    let back = sent_back(answer.headers()[LOCATION].to_str().unwrap());
    assert_eq!(back[0].1, "invalid_request");
}

#[tokio::test]
async fn who_declines_is_sent_back_without_a_code() {
    let stage = Stage::new().await;
    let question = stage.question(&[]);
    let answer = stage.post(&question, &[("decision", "decline")]).await;
    let back = sent_back(answer.headers()[LOCATION].to_str().unwrap());
    assert_eq!(back[0].1, "access_denied");
    assert_eq!(back.len(), 3);
}

#[tokio::test]
async fn a_code_is_good_once() {
    let stage = Stage::new().await;
    let code = stage.code(&stage.question(&[]), ADA).await;
    let (_, tokens) = stage.redeem(&code).await;
    let (status, refusal) = stage.redeem(&code).await;
    assert_eq!((status, &refusal["error"]), (400, &json!("invalid_grant")));
    // One of the two has stolen it.
    assert_eq!(
        stage.status("/cart", text(&tokens, "access_token")).await,
        401
    );
    let (status, _) = stage.refresh(text(&tokens, "refresh_token")).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn a_code_is_good_for_a_minute() {
    let stage = Stage::new().await;
    let (first, second) = (
        stage.code(&stage.question(&[]), ADA).await,
        stage.code(&stage.question(&[]), ADA).await,
    );
    wait(Duration::seconds(59));
    assert_eq!(stage.redeem(&first).await.0, 200);
    wait(Duration::seconds(1));
    assert_eq!(stage.redeem(&second).await.0, 400);
}

#[tokio::test]
async fn a_code_is_good_for_who_asked() {
    let stage = Stage::new().await;
    for (redirect_uri, verifier, error) in [
        (
            Some("https://evil.example/"),
            Some(VERIFIER),
            "invalid_grant",
        ),
        (None, Some(VERIFIER), "invalid_request"),
        (Some(REDIRECT_URI), None, "invalid_request"),
        (
            Some(REDIRECT_URI),
            Some("another-verifier-of-43-characters-at-least-"),
            "invalid_grant",
        ),
    ] {
        let code = stage.code(&stage.question(&[]), ADA).await;
        let mut form = vec![("grant_type", "authorization_code"), ("code", &*code)];
        form.extend(redirect_uri.map(|uri| ("redirect_uri", uri)));
        form.extend(verifier.map(|verifier| ("code_verifier", verifier)));
        let (status, refusal) = stage.token(&form).await;
        assert_eq!((status, &refusal["error"]), (400, &json!(error)));
    }
    // A code that was tried with a wrong verifier is gone for the right one too.
    let code = stage.code(&stage.question(&[]), ADA).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", "wrong"),
    ];
    assert_eq!(stage.token(&form).await.0, 400);
    assert_eq!(stage.redeem(&code).await.0, 400);
}

#[tokio::test]
async fn the_client_proves_itself_in_one_of_two_ways() {
    let stage = Stage::new().await;
    let url = format!("{}/oauth/token", stage.shop.url());
    let code = stage.code(&stage.question(&[]), ADA).await;
    let (id, secret) = (stage.client.id(), stage.client.secret());
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
    ];
    let with = |more: &[(&'static str, &'static str)]| {
        let mut form = form.to_vec();
        form.extend(more);
        encoded(&form)
    };
    let right = format!("Basic {}", BASE64_STANDARD.encode(format!("{id}:{secret}")));
    let wrong = format!("Basic {}", BASE64_STANDARD.encode(format!("{id}:guess")));
    let ask = async |authorization: Option<&str>, body: String| {
        let mut request = stage.http.post(&url).body(body);
        request = request.header("content-type", "application/x-www-form-urlencoded");
        if let Some(value) = authorization {
            request = request.header(AUTHORIZATION, value);
        }
        let answer = request.send().await.unwrap();
        let challenge = answer.headers().get(WWW_AUTHENTICATE).cloned();
        let no_store = answer.headers()[CACHE_CONTROL] == "no-store";
        assert!(no_store);
        let (status, body) = read(answer).await;
        assert_eq!(challenge.is_some(), status == 401);
        let error = body["error"].as_str().unwrap_or_default();
        (status, error.to_owned())
    };
    let invalid = || (401, "invalid_client".to_owned());
    assert_eq!(ask(None, with(&[])).await, invalid());
    let guess = with(&[("client_id", "corner-shop-gpt"), ("client_secret", "guess")]);
    assert_eq!(ask(None, guess.clone()).await, invalid());
    assert_eq!(ask(Some(&wrong), with(&[])).await, invalid());
    assert_eq!(ask(Some("Basic !"), with(&[])).await, invalid());
    assert_eq!(ask(Some("Bearer x"), with(&[])).await, invalid());
    let other = with(&[("client_id", "another")]);
    assert_eq!(ask(Some(&right), other).await, invalid());
    let (status, error) = ask(Some(&right), guess).await;
    assert_eq!((status, &*error), (400, "invalid_request"));
    // None of this has used up the code.
    assert_eq!(ask(Some(&right), with(&[])).await.0, 200);
}

#[tokio::test]
async fn requests_for_tokens_are_read_strictly() {
    let stage = Stage::new().await;
    for (form, error) in [
        (&[("grant_type", "password")][..], "unsupported_grant_type"),
        (&[], "invalid_request"),
        (&[("grant_type", "")], "invalid_request"),
        (&[("grant_type", "refresh_token")], "invalid_request"),
        (
            &[
                ("grant_type", "refresh_token"),
                ("grant_type", "refresh_token"),
            ],
            "invalid_request",
        ),
    ] {
        let (status, refusal) = stage.token(form).await;
        assert_eq!(
            (status, &refusal["error"]),
            (400, &json!(error)),
            "{form:?}"
        );
    }
    let url = format!("{}/oauth/token", stage.shop.url());
    let json = stage
        .http
        .post(url)
        .header("content-type", "application/json");
    let (status, refusal) = read(json.body("{}").send().await.unwrap()).await;
    assert_eq!(
        (status, &refusal["error"]),
        (400, &json!("invalid_request"))
    );
}

#[tokio::test]
async fn refresh_tokens_rotate() {
    let stage = Stage::new().await;
    let first = stage.sign_in(ADA).await;
    wait(Duration::minutes(5));
    assert_eq!(
        stage.status("/cart", text(&first, "access_token")).await,
        401
    );
    let (status, second) = stage.refresh(text(&first, "refresh_token")).await;
    assert_eq!(status, 200);
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_eq!(
        stage.status("/cart", text(&second, "access_token")).await,
        200
    );
    // The one that was used is in two hands: nobody keeps anything.
    let (status, refusal) = stage.refresh(text(&first, "refresh_token")).await;
    assert_eq!((status, &refusal["error"]), (400, &json!("invalid_grant")));
    assert_eq!(
        stage.status("/cart", text(&second, "access_token")).await,
        401
    );
    let (status, _) = stage.refresh(text(&second, "refresh_token")).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn a_token_may_be_good_for_less() {
    let stage = Stage::new().await;
    let tokens = stage.sign_in(ADA).await;
    let form = |scope| {
        [
            ("grant_type", "refresh_token"),
            ("refresh_token", text(&tokens, "refresh_token")),
            ("scope", scope),
        ]
    };
    let (status, refusal) = stage.token(&form("admin")).await;
    assert_eq!((status, &refusal["error"]), (400, &json!("invalid_scope")));
    let (_, narrow) = stage.token(&form("orders.read")).await;
    assert_eq!(narrow["scope"], "orders.read");
    let token = text(&narrow, "access_token");
    assert_eq!(stage.status("/cart", token).await, 200);
    let url = format!("{}/orders", stage.shop.url());
    let request = stage.http.post(url).bearer_auth(token);
    let request = request.header("content-type", "application/json");
    let answer = request.body("{}").send().await.unwrap();
    assert_eq!(answer.status(), 403);
    assert_eq!(
        answer.headers()[WWW_AUTHENTICATE],
        r#"Bearer realm="Corner Shop", error="insufficient_scope", scope="orders.write""#
    );
    // What the customer has allowed is not less for that.
    let (_, whole) = stage.refresh(text(&narrow, "refresh_token")).await;
    assert_eq!(whole["scope"], "orders.read orders.write");
    // Who was asked for less from the start gets no more later.
    let question = stage.question(&[("scope", Some("orders.read"))]);
    let code = stage.code(&question, GRACE).await;
    let (_, tokens) = stage.redeem(&code).await;
    let (_, refusal) = stage
        .token(&[
            ("grant_type", "refresh_token"),
            ("refresh_token", text(&tokens, "refresh_token")),
            ("scope", "orders.read orders.write"),
        ])
        .await;
    assert_eq!(refusal["error"], "invalid_scope");
}

#[tokio::test]
async fn tokens_are_revoked() {
    let stage = Stage::new().await;
    let url = format!("{}/oauth/revoke", stage.shop.url());
    let revoke = async |token: &str, secret: &str| {
        let form = [
            ("token", token),
            ("client_id", stage.client.id()),
            ("client_secret", secret),
        ];
        stage.post(&url, &form).await.status().as_u16()
    };
    let secret = stage.client.secret();
    let tokens = stage.sign_in(ADA).await;
    let refresh = text(&tokens, "refresh_token");
    assert_eq!(revoke(refresh, "guess").await, 401);
    assert_eq!(
        stage.status("/cart", text(&tokens, "access_token")).await,
        200
    );
    assert_eq!(revoke(refresh, secret).await, 200);
    assert_eq!(
        stage.status("/cart", text(&tokens, "access_token")).await,
        401
    );
    assert_eq!(stage.refresh(refresh).await.0, 400);
    // Nobody learns which tokens there are.
    assert_eq!(revoke("no-such-token", secret).await, 200);

    // An access token ends alone.
    let tokens = stage.sign_in(ADA).await;
    assert_eq!(revoke(text(&tokens, "access_token"), secret).await, 200);
    assert_eq!(
        stage.status("/cart", text(&tokens, "access_token")).await,
        401
    );
    assert_eq!(stage.refresh(text(&tokens, "refresh_token")).await.0, 200);
}

#[tokio::test]
async fn the_shop_says_how_to_sign_in() {
    let stage = Stage::new().await;
    let issuer = stage.shop.url();
    let url = format!("{issuer}/.well-known/oauth-authorization-server");
    let (status, metadata) = read(stage.http.get(url).send().await.unwrap()).await;
    assert_eq!((status, &metadata["issuer"]), (200, &json!(issuer)));
    assert_eq!(
        metadata["code_challenge_methods_supported"],
        json!(["S256"])
    );
    for endpoint in ["authorization", "token", "revocation"] {
        let url = text(&metadata, &format!("{endpoint}_endpoint")).to_owned();
        assert_ne!(stage.http.get(&url).send().await.unwrap().status(), 404);
    }
    let url = format!("{issuer}/cart");
    let anonymous = stage.http.get(&url).send().await.unwrap();
    assert_eq!(anonymous.status(), 401);
    assert_eq!(
        anonymous.headers()[WWW_AUTHENTICATE],
        r#"Bearer realm="Corner Shop""#
    );
    let wrong = stage.http.get(&url).bearer_auth("guess");
    let wrong = wrong.send().await.unwrap();
    assert_eq!(
        wrong.headers()[WWW_AUTHENTICATE],
        r#"Bearer realm="Corner Shop", error="invalid_token""#
    );
}
