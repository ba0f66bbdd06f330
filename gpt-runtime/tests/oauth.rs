//! Programs that people let use a GPT.

mod program;
mod site;

use gpt_runtime::{gpt::Visibility, model::script::Reply};
use serde_json::json;

use program::{Answer, Browser, CALLBACK, Program, TOKEN, Tokens, gpt};
use site::Site;

async fn serve(visibility: Visibility) -> (Site, String) {
    let replies = [Reply::text("Yes."), Reply::text("No.")];
    let site = Site::with(gpt(visibility), replies, |server| server.owner_token(TOKEN)).await;
    let url = format!("http://{}", site.address);
    (site, url)
}

/// The owner's browser at a private GPT, and a program that wants to use it.
async fn private() -> (Site, String, Browser, Program) {
    let (site, url) = serve(Visibility::OnlyMe).await;
    let owner = Browser::at(&format!("{url}/?token={TOKEN}")).await;
    let program = Program::new(&format!("{url}/mcp")).await;
    (site, url, owner, program)
}

fn check_error(answer: &Answer, error: &str) {
    assert_eq!(answer.status, 400, "{}", answer.body);
    assert_eq!(answer.json()["error"], error, "{}", answer.body);
}

#[tokio::test]
async fn a_program_is_let_in_and_acts_for_the_person() {
    let (_site, url, mut owner, program) = private().await;
    assert_eq!(program.resource, format!("{url}/mcp"));
    let page = owner.open(&program.url()).await;
    assert_eq!(page.status, 200);
    for text in [
        "May App &lt;b&gt; use Sky Desk for you?",
        "As you, its owner, it will be able to:",
        "It gives this name itself: nobody has checked it.",
        "It goes on at <strong>app.example</strong>.",
    ] {
        assert!(page.body.contains(text), "{}", page.body);
    }
    let form = [("question", &*page.question()), ("decision", "allow")];
    let (to, returned) = owner.submit(&program.url(), &form).await.led_to();
    assert_eq!(to, CALLBACK);
    assert_eq!(returned["state"], "s&1");
    assert_eq!(returned["iss"], url);
    let tokens = program.redeem(&returned["code"]).await;
    for path in ["/api/gpt", "/v1/models"] {
        let answer = program.get(&format!("{url}{path}"), &tokens.access).await;
        assert_eq!(answer.status, 200, "{path}");
    }
    // What it says is among the person's conversations.
    let body = json!({ "text": "Rain?" });
    let said = format!("{url}/api/messages");
    let said = program.send("POST", &said, &tokens.access, &body).await;
    assert_eq!(said.status, 200, "{}", said.body);
    let list = owner.open(&format!("{url}/api/conversations")).await;
    let id = list.json()["conversations"][0]["id"].clone();
    let path = format!("{url}/api/conversations/{}", id.as_str().unwrap());
    assert_eq!(program.get(&path, &tokens.access).await.status, 200);
    // What is the owner's alone it cannot do, nor see or end what else they let in.
    for path in ["/api/configuration", "/api/share"] {
        let answer = program.get(&format!("{url}{path}"), &tokens.access).await;
        assert_eq!(answer.status, 403, "{path}");
    }
    let clients = format!("{url}/api/clients");
    let seen = program.get(&clients, &tokens.access).await;
    assert_eq!(seen.json(), json!({ "clients": [] }));
    let connected = owner.open(&clients).await.json();
    let [connected] = &connected["clients"].as_array().unwrap()[..] else {
        panic!("{connected}");
    };
    assert_eq!(connected["name"], "App <b>");
    assert_eq!(connected["host"], json!(null));
    let one = format!("{clients}/{}", connected["id"].as_str().unwrap());
    let tried = program
        .send("DELETE", &one, &tokens.access, &json!({}))
        .await;
    assert_eq!(tried.status, 403);
    // It is let in to nothing else by its token, not as a browser either.
    let begun = format!("{url}/api/sessions");
    let begun = program
        .send("POST", &begun, &tokens.access, &json!({}))
        .await;
    assert_eq!(begun.header("set-cookie"), "");
    let page = program.get(&program.url(), &tokens.access).await;
    assert_eq!(page.status, 401);
    // The person ends it.
    assert_eq!(
        owner.send_json("DELETE", &one, &json!({})).await.status,
        204
    );
    assert_eq!(
        owner.send_json("DELETE", &one, &json!({})).await.status,
        404
    );
    check_ended(&program, &url, &tokens).await;
}

async fn check_ended(program: &Program, url: &str, tokens: &Tokens) {
    let answer = program.get(&format!("{url}/api/gpt"), &tokens.access).await;
    assert_eq!(answer.status, 401);
    let challenge = answer.header("www-authenticate");
    assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
    check_error(&program.renew(&tokens.refresh).await, "invalid_grant");
}

#[tokio::test]
async fn tokens_are_replaced_and_revoked() {
    let (_site, url, mut owner, program) = private().await;
    let first = program.connect(&mut owner).await;
    let second = Tokens::of(&program.renew(&first.refresh).await);
    assert_ne!(first.refresh, second.refresh);
    let third = Tokens::of(&program.renew(&second.refresh).await);
    let answer = program.get(&format!("{url}/api/gpt"), &third.access).await;
    assert_eq!(answer.status, 200);
    // One that was replaced shows that somebody has a copy.
    check_error(&program.renew(&first.refresh).await, "invalid_grant");
    check_ended(&program, &url, &third).await;
    for by_access in [true, false] {
        let tokens = program.connect(&mut owner).await;
        let token = if by_access {
            &tokens.access
        } else {
            &tokens.refresh
        };
        let answer = program.post("revocation", &[("token", token)]).await;
        assert_eq!(answer.status, 200);
        check_ended(&program, &url, &tokens).await;
    }
    // That there is no such token is no news.
    let answer = program.post("revocation", &[("token", "none")]).await;
    assert_eq!(answer.status, 200);
    let tokens = program.connect(&mut owner).await;
    let thief = json!({ "redirect_uris": ["https://evil.example/"] });
    let thief = program.register(&thief).await.json()["client_id"].clone();
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &*tokens.refresh),
        ("client_id", thief.as_str().unwrap()),
    ];
    check_error(&program.post("token", &form).await, "invalid_grant");
    Tokens::of(&program.renew(&tokens.refresh).await);
}

#[tokio::test]
async fn a_code_is_good_once_and_for_who_asked() {
    let (_site, url, mut owner, program) = private().await;
    let code = owner.allow(&program.url()).await["code"].clone();
    for (change, error) in [
        (
            (
                "code_verifier",
                "wrong-wrong-wrong-wrong-wrong-wrong-wrong-wrong",
            ),
            "invalid_grant",
        ),
        (("code_verifier", ""), "invalid_request"),
        (
            ("redirect_uri", "https://app.example/other"),
            "invalid_grant",
        ),
        (("redirect_uri", ""), "invalid_request"),
        (("client_id", "other"), "invalid_grant"),
        (("client_id", ""), "invalid_request"),
        (("resource", "https://other.example/mcp"), "invalid_target"),
        (("code", "other"), "invalid_grant"),
        (("grant_type", "password"), "unsupported_grant_type"),
    ] {
        let answer = program.redeem_with(&code, &[change]).await;
        assert_eq!(answer.json()["error"], error, "{change:?}");
        assert_eq!(answer.status, 400, "{change:?}");
    }
    let twice = [
        ("code", &*code),
        ("grant_type", "authorization_code"),
        ("code", "x"),
    ];
    check_error(&program.post("token", &twice).await, "invalid_request");
    let tokens = program.redeem(&code).await;
    // A second time somebody has a copy, so the first are no longer good.
    check_error(&program.redeem_with(&code, &[]).await, "invalid_grant");
    check_ended(&program, &url, &tokens).await;
}

#[tokio::test]
async fn who_is_not_let_in_is_asked_for_the_token_first() {
    let (_site, url, _, program) = private().await;
    let asked = program.url();
    let mut browser = Browser::new();
    let page = browser.open(&asked).await;
    assert_eq!(page.status, 401);
    assert!(
        page.body.contains("<form method=\"post\">"),
        "{}",
        page.body
    );
    assert!(!page.body.contains("Sky Desk"), "{}", page.body);
    assert!(page.body.contains("href=\"/app.css\""), "{}", page.body);
    let wrong = browser.submit(&asked, &[("token", "wrong")]).await;
    assert_eq!(wrong.status, 401);
    assert!(wrong.body.contains("not valid any more"), "{}", wrong.body);
    // The whole address that was printed is as good as the token in it.
    for token in [TOKEN, &format!(" {url}/?token={TOKEN} ")] {
        let mut browser = Browser::new();
        let let_in = browser.submit(&asked, &[("token", token)]).await;
        assert_eq!(let_in.status, 303);
        let again = format!("{url}{}", let_in.header("location"));
        assert_eq!(again, asked);
        let returned = browser.allow(&again).await;
        program.redeem(&returned["code"]).await;
    }
}

#[tokio::test]
async fn a_share_link_lets_programs_in_until_it_is_renewed() {
    let (_site, url) = serve(Visibility::Link).await;
    let mut owner = Browser::at(&format!("{url}/?token={TOKEN}")).await;
    let link = owner.open(&format!("{url}/api/share")).await.json();
    let mut guest = Browser::at(link["url"].as_str().unwrap()).await;
    let program = Program::new(&format!("{url}/v1/models")).await;
    assert_eq!(program.resource, format!("{url}/v1"));
    let tokens = program.connect(&mut guest).await;
    let by_owner = program.connect(&mut owner).await;
    let code = guest.allow(&program.url()).await["code"].clone();
    let me = format!("{url}/api/gpt");
    assert_eq!(program.get(&me, &tokens.access).await.status, 200);
    // Each sees what they themselves let in.
    let clients = format!("{url}/api/clients");
    for browser in [&mut guest, &mut owner] {
        let listed = browser.open(&clients).await.json();
        assert_eq!(listed["clients"].as_array().unwrap().len(), 1, "{listed}");
    }
    let share = format!("{url}/api/share");
    let renewed = owner.send_json("POST", &share, &json!({})).await;
    assert_eq!(renewed.status, 200);
    check_ended(&program, &url, &tokens).await;
    check_error(&program.redeem_with(&code, &[]).await, "invalid_grant");
    assert_eq!(program.get(&me, &by_owner.access).await.status, 200);
}

#[tokio::test]
async fn where_everyone_may_come_a_program_is_somebody_too() {
    let (_site, url) = serve(Visibility::Everyone).await;
    // Nobody needs a token here, but one that is none is refused, and its answer shows the way.
    let program = Program::new(&format!("{url}/api/gpt")).await;
    let mut stranger = Browser::new();
    let tokens = program.connect(&mut stranger).await;
    let body = json!({ "text": "Rain?" });
    let said = format!("{url}/api/messages");
    program.send("POST", &said, &tokens.access, &body).await;
    let list = format!("{url}/api/conversations");
    let count = |list: &Answer| list.json()["conversations"].as_array().unwrap().len();
    assert_eq!(count(&stranger.open(&list).await), 1);
    assert_eq!(count(&program.get(&list, &tokens.access).await), 1);
    let mut other = Browser::new();
    let tokens = program.connect(&mut other).await;
    assert_eq!(count(&program.get(&list, &tokens.access).await), 0);
}

#[tokio::test]
async fn a_registration_is_what_a_client_says_of_itself() {
    let (_site, url, _, program) = private().await;
    let long = format!("https://app.example/{}", "a".repeat(900));
    for (client, error) in [
        (json!({}), "invalid_redirect_uri"),
        (json!({ "redirect_uris": [] }), "invalid_redirect_uri"),
        (
            json!({ "redirect_uris": ["http://app.example/"] }),
            "invalid_redirect_uri",
        ),
        (
            json!({ "redirect_uris": ["https://app.example/#a"] }),
            "invalid_redirect_uri",
        ),
        (
            json!({ "redirect_uris": ["javascript:alert(1)"] }),
            "invalid_redirect_uri",
        ),
        (
            json!({ "redirect_uris": [long, long] }),
            "invalid_redirect_uri",
        ),
        (json!({ "redirect_uris": 1 }), "invalid_client_metadata"),
        (
            json!({ "redirect_uris": [CALLBACK], "grant_types": ["implicit"] }),
            "invalid_client_metadata",
        ),
        (
            json!({ "client_name": "a".repeat(20_000) }),
            "invalid_client_metadata",
        ),
    ] {
        check_error(&program.register(&client).await, error);
    }
    // A secret is asked for in vain.
    let client = json!({
        "redirect_uris": [CALLBACK, "http://localhost:1/callback", "cursor://app/callback"],
        "token_endpoint_auth_method": "client_secret_basic",
        "scope": "everything",
    });
    let registered = program.register(&client).await.json();
    assert_eq!(registered["token_endpoint_auth_method"], "none");
    assert_eq!(registered["client_secret"], json!(null));
    assert_eq!(registered["redirect_uris"], client["redirect_uris"]);
    // An id is nobody's who changes it.
    let id = registered["client_id"].as_str().unwrap();
    let mut owner = Browser::at(&format!("{url}/?token={TOKEN}")).await;
    let changes = [
        ("client_id", id),
        ("redirect_uri", "http://localhost:5000/callback"),
    ];
    let page = owner.open(&program.url_with(&changes)).await;
    assert!(
        page.body.contains("in a program <strong>on this computer"),
        "{}",
        page.body
    );
    let forged = format!("e{id}");
    let page = owner
        .open(&program.url_with(&[("client_id", &forged)]))
        .await;
    assert_eq!(page.status, 400);
}

#[tokio::test]
async fn this_computer_has_several_names() {
    let (site, _) = serve(Visibility::OnlyMe).await;
    let url = format!("http://localhost:{}", site.address.port());
    let program = Program::new(&format!("{url}/mcp")).await;
    assert_eq!(program.resource, format!("{url}/mcp"));
    assert_eq!(program.server["issuer"], url);
    let mut owner = Browser::at(&format!("{url}/?token={TOKEN}")).await;
    let returned = owner.allow(&program.url()).await;
    assert_eq!(returned["iss"], url);
    program.redeem(&returned["code"]).await;
}

#[tokio::test]
async fn a_person_lets_so_many_programs_in() {
    let gpt = gpt(Visibility::OnlyMe);
    let site = Site::with(gpt, [], |server| {
        server.owner_token(TOKEN).messages_per_minute(10_000)
    });
    let site = site.await;
    let url = format!("http://{}", site.address);
    let mut owner = Browser::at(&format!("{url}/?token={TOKEN}")).await;
    let program = Program::new(&format!("{url}/mcp")).await;
    for _ in 0..51 {
        program.connect(&mut owner).await;
    }
    let listed = owner.open(&format!("{url}/api/clients")).await.json();
    assert_eq!(listed["clients"].as_array().unwrap().len(), 50);
}
