//! A person lets a program use a GPT, and ends it.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    http::Uri,
    response::{Html, Redirect},
    routing::get,
};
use gpt_runtime::gpt::{Definition, Visibility};
use tokio::net::TcpListener;

use super::{
    access,
    browser::Browser,
    site::{DEFINITION, Desk, Site},
};

const TOKEN: &str = "the-token-of-the-owner";
/// As in RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// What the program's address was called with.
type Returned = Arc<Mutex<String>>;

/// The address of the program's own server, which sends people on to another one of its.
async fn program(returned: Returned) -> String {
    let serve = async |router: Router| {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move { axum::serve(listener, router).await });
        port
    };
    // Without an icon, or the browser asks for one.
    let end = get(async || Html("<link rel=icon href=data:,><h1>Back in the program</h1>"));
    let end = serve(Router::new().route("/end", end)).await;
    let on = get(async move |uri: Uri| {
        uri.query()
            .unwrap_or_default()
            .clone_into(&mut returned.lock().unwrap());
        Redirect::to(&format!("http://127.0.0.1:{end}/end"))
    });
    let port = serve(Router::new().route("/callback", on)).await;
    format!("http://localhost:{port}/callback")
}

/// Fetches the tokens for a code.
fn redeem(server: SocketAddr, client: &str, callback: &str, returned: &str) {
    let mut parameters = returned.split('&');
    let code = parameters.find(|it| it.starts_with("code=")).unwrap();
    let form = format!(
        "grant_type=authorization_code&{code}&client_id={client}&redirect_uri={callback}\
         &code_verifier={VERIFIER}"
    );
    let length = form.len();
    let request = format!(
        "POST /oauth/token HTTP/1.1\r\nhost: {server}\r\nconnection: close\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n{form}"
    );
    let mut connection = TcpStream::connect(server).unwrap();
    connection.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("access_token"), "{answer}");
}

#[test]
fn a_program_is_let_in_and_shut_out() {
    static PRIVATE: Definition = Definition {
        visibility: Visibility::OnlyMe,
        ..DEFINITION
    };
    let Some(mut page) = Browser::start() else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let returned = Returned::default();
    let (site, callback) = runtime.block_on(async {
        let site = Site::with(Desk(&PRIVATE), [], |server| server.owner_token(TOKEN));
        (site.await, program(Arc::clone(&returned)).await)
    });
    let home = format!("http://{}/", site.address);
    let client = format!(
        r#"POST /oauth/register {{"client_name":"The Program","redirect_uris":["{callback}"]}}"#
    );
    let registered = runtime.block_on(site.ask(&client));
    let id = registered.split(r#""client_id":""#).nth(1).unwrap();
    let id = id.split('"').next().unwrap();
    page.open(&format!(
        "{home}oauth/authorize?response_type=code&client_id={id}&redirect_uri={callback}&state=s\
         &code_challenge={CHALLENGE}&code_challenge_method=S256"
    ));
    assert_eq!(page.text("h1"), "This GPT is private");
    // Being refused is what the browser complains of.
    page.complaints();
    page.click("#token");
    page.type_text(TOKEN);
    page.follow(|page| page.press("Enter", false));
    assert_eq!(page.text("h1"), "May The Program use Sky Desk for you?");
    access::hold(&mut page, "authorize");
    page.screenshot("page-authorize");
    page.click(".allow");
    page.wait("document.querySelector('h1')?.innerText === 'Back in the program'");
    // Neither the form nor where it leads was against what the page allows.
    assert_eq!(page.complaints(), [""; 0]);

    let returned = returned.lock().unwrap().clone();
    redeem(site.address, id, &callback, &returned);
    page.open(&home);
    page.wait("document.querySelectorAll('#tools li').length === 3");
    page.click("#menu-button");
    page.click("#about-item");
    page.wait("document.querySelector('#permissions li')");
    assert_eq!(
        page.text("#permissions li span"),
        "The Program is connected"
    );
    access::hold(&mut page, "connected");
    page.click("#permissions button");
    page.wait("!document.querySelector('#permissions li')");
    assert_eq!(page.complaints(), [""; 0]);
}
