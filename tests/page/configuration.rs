//! What the owner sees of the GPT, and operations they try.

use gpt_runtime::gpt::{Definition, Visibility};

use super::{
    browser::Browser,
    site::{DEFINITION, Desk, Site},
};

static SHARED: Definition = Definition {
    visibility: Visibility::Link,
    ..DEFINITION
};

/// Serves a shared GPT and hands its owner's address to a browser.
pub(super) fn visit(visit: impl FnOnce(&mut Browser, &Site, &str)) {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let site = runtime.block_on(Site::with(Desk(&SHARED), [], |server| {
        server.owner_token("the-token-of-the-owner")
    }));
    let url = format!("http://{}/?token=the-token-of-the-owner", site.address);
    visit(&mut browser, &site, &url);
    assert_eq!(browser.complaints(), [""; 0]);
}

/// Opens the configuration from the menu.
pub(super) fn open(page: &mut Browser) {
    page.wait("!document.querySelector('#configuration-item').hidden");
    page.click("#menu-button");
    page.click("#configuration-item");
    page.wait("document.querySelector('#share-link')");
}

#[test]
fn the_owner_sees_and_tries_what_the_gpt_is_made_of() {
    visit(|page, site, url| {
        page.open(url);
        open(page);
        let shown = page.text("#configured");
        for part in [
            "Sky Desk",
            "Speak of the sky alone.",
            "Will it rain in Oslo?",
            "Everyone who has the link can use this GPT.",
            "Sky API",
            "https://sky.example/privacy",
            "http://127.0.0.1:",
        ] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        page.screenshot("page-configuration");

        // What only reads is called at once.
        page.click("[data-tool=forecast] summary");
        let example = page.eval("document.querySelector('#arguments-forecast').value");
        assert_eq!(example, "{\n  \"place\": \"Oslo\"\n}");
        page.click("[data-tool=forecast] .allow");
        page.wait("document.querySelector('[data-tool=forecast] .good')");
        let result = page.text("[data-tool=forecast] .result");
        assert!(result.contains("\"sky\": \"rain\""), "{result}");
        page.screenshot("page-configuration-test");

        // What may change something asks.
        page.click("[data-tool=report] summary");
        page.click("[data-tool=report] .allow");
        page.wait("document.querySelector('#ask').open");
        assert!(
            page.text("#ask p")
                .contains("may change something at Sky API")
        );
        page.press("Escape", false);
        page.wait("!document.querySelector('#ask')");
        assert_eq!(site.api_saw(), [""; 0]);

        // A question asked before the page learned of the end of the last one stays open.
        page.click("[data-tool=report] .allow");
        page.wait("document.querySelector('#ask').open");
        page.eval(
            "document.querySelector('#ask').close();
            document.querySelector('[data-tool=report] .allow').click();",
        );
        page.click("#ask [value=yes]");
        page.wait("document.querySelector('[data-tool=report] .good')");
        assert_eq!(site.api_saw(), [r#"POST /reports {"text":"Flood"}"#]);

        // What is no object is not sent, and what does not fit says why.
        for (text, said) in [
            ("[1]", "Write one JSON object."),
            ("{\"place\": 7}", "Nothing was sent"),
        ] {
            page.eval("document.querySelector('#arguments-forecast').select()");
            page.eval("document.querySelector('#arguments-forecast').focus()");
            page.type_text(text);
            page.click("[data-tool=forecast] .allow");
            page.wait(&format!(
                "document.querySelector('[data-tool=forecast] .result').innerText.includes('{said}')"
            ));
        }

        // Escape closes, and the focus is where it came from.
        page.press("Escape", false);
        page.wait("!document.querySelector('#configuration').open");
        page.wait("document.activeElement.id === 'menu-button'");
    });
}

#[test]
fn the_share_link_is_renewed() {
    visit(|page, _, url| {
        page.open(url);
        open(page);
        let link = "document.querySelector('#share-link').value";
        let first = page.eval(link);
        page.click("#renew");
        page.click("#ask [value=yes]");
        page.wait(&format!("{link} !== {first}"));
        let second = page.eval(link);
        assert!(second.as_str().unwrap().contains("/?key="), "{second}");

        // A guest comes in by the new link alone, and has no configuration.
        page.eval("document.querySelector('#configuration').close()");
        page.open("about:blank");
        let Some(mut guest) = Browser::start() else {
            return;
        };
        guest.open(first.as_str().unwrap());
        assert!(guest.text(".notice").contains("not valid any more"));
        guest.open(second.as_str().unwrap());
        guest.wait("document.querySelectorAll('#tools li').length === 3");
        guest.click("#menu-button");
        assert_eq!(guest.text("#menu-items"), "About\nPrivacy policy");
    });
}
