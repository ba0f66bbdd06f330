//! The page for everyone: read by programs, used by keys alone, on any size of window, on paper.

use std::{env, fs, path::Path, sync::Arc};

use gpt_runtime::{gpt::Definition, model::script::Reply, service::Service};
use serde_json::{Value, json};

use super::{
    browser::Browser,
    configuration,
    site::{DEFINITION, Desk, Site},
    visit,
};

/// The rules of `axe-core`, where npm installed them.
fn rules() -> Option<String> {
    let Some(folder) = env::var_os("GPT_TEST_AXE") else {
        eprintln!("skipped: `GPT_TEST_AXE` names no folder with npm's `axe-core`");
        return None;
    };
    let path = Path::new(&folder).join("node_modules/axe-core/axe.min.js");
    Some(fs::read_to_string(path).expect("axe-core can be read"))
}

/// Holds the page as it is to the rules, where they are there.
pub(super) fn hold(page: &mut Browser, name: &str) {
    if let Some(rules) = rules() {
        check(page, &rules, name);
    }
}

/// What serious and critical there is against the page, in light and in dark.
fn check(page: &mut Browser, rules: &str, name: &str) {
    for dark in [false, true] {
        page.dark(dark);
        if page.eval("typeof axe") == "undefined" {
            page.eval(&format!("{rules}; 0"));
        }
        let found = page.eval(
            "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
                violations
                    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
                    .map(({ id, nodes }) => [id, nodes.map((it) => it.html + it.failureSummary)]))",
        );
        assert_eq!(found, json!([]), "{name}, dark: {dark}: {found:#}");
    }
    page.dark(false);
}

const MUCH: &str = "It **rains**, says `sky`:\n\n| Time | Sky |\n|---|--:|\n| 9:00 | Rain |\n\n\
    ```python\n# Sum\nprint(\"mm\", 1 + 2)\n```\n\n> Issued [today](https://sky.example).\n\n1. One\n2. Two";

fn much() -> Vec<Reply> {
    vec![
        Reply::text("Let me look.").and_call("forecast", json!({ "place": "Oslo" })),
        Reply::text(MUCH),
        Reply::call("search", json!({ "text": "Flood" })),
        Reply::text("Found."),
    ]
}

#[test]
fn nothing_serious_is_said_against_the_chat() {
    let Some(rules) = rules() else { return };
    visit(much(), |page, url| {
        page.open(url);
        page.wait("document.querySelectorAll('#tools li').length === 3");
        check(page, &rules, "empty");
        page.click("#starters button");
        page.wait("document.querySelector('.answer[aria-busy=false]')");
        page.click(".call summary");
        check(page, &rules, "answer");
        page.click("#text");
        page.type_text("Search");
        page.press("Enter", false);
        page.wait("document.querySelector('.consent')");
        check(page, &rules, "confirmation");
        page.eval(
            "(() => {
                const data = new DataTransfer();
                data.items.add(new File(['text'], 'a.txt', { type: 'text/plain' }));
                document.querySelector('#text').dispatchEvent(
                    new DragEvent('drop', { dataTransfer: data, bubbles: true }));
            })()",
        );
        page.wait(
            "document.querySelector('#attachments li') && !document.querySelector('progress')",
        );
        check(page, &rules, "files");
        page.click(".consent .always_allow");
        page.wait("document.querySelector('.answer:last-child[aria-busy=false]')");
        page.click("#history-button");
        page.wait("document.querySelector('#conversations a')");
        check(page, &rules, "history");
        page.click("#conversations li button");
        page.wait("document.querySelector('#ask').open");
        check(page, &rules, "question");
        page.press("Escape", false);
        page.click("#menu-button");
        check(page, &rules, "menu");
        page.click("#about-item");
        page.wait("document.querySelector('#permissions li')");
        check(page, &rules, "about");
    });
}

#[test]
fn nothing_serious_is_said_against_the_other_pages() {
    let Some(rules) = rules() else { return };
    configuration::visit(|page, _, url| {
        page.open(url.split('?').next().unwrap());
        assert_eq!(page.text("h1"), "This GPT is private");
        check(page, &rules, "locked");
        page.open(url);
        configuration::open(page);
        page.click("[data-tool=forecast] summary");
        page.click("[data-tool=forecast] .allow");
        page.wait("document.querySelector('[data-tool=forecast] .good')");
        check(page, &rules, "configuration");
        // Being refused is what the browser complains of.
        page.complaints();
    });
}

#[test]
fn nothing_serious_is_said_against_the_directory() {
    static ONE: Definition = DEFINITION;
    static OTHER: Definition = Definition {
        name: "Other Desk",
        ..DEFINITION
    };

    let Some(rules) = rules() else { return };
    let Some(mut page) = Browser::start() else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let gpt = |definition| Service::builder(Desk(definition)).build().unwrap();
    let site = Site::of(gpt(&ONE), Arc::default(), |server| server.and(gpt(&OTHER)));
    let site = runtime.block_on(site);
    page.open(&format!("http://{}/", site.address));
    check(&mut page, &rules, "directory");
}

/// The parts that the key Tab leads to, from the beginning of the page on.
fn tabs(page: &mut Browser, count: usize) -> Vec<Value> {
    let name = "document.activeElement.id || document.activeElement.innerText";
    let tab = |page: &mut Browser| {
        page.press("Tab", false);
        page.eval(name)
    };
    (0..count).map(|_| tab(page)).collect()
}

#[test]
fn keys_reach_everything() {
    visit(much(), |page, url| {
        page.open(url);
        page.wait("document.querySelectorAll('#tools li').length === 3");
        // From the end of the page to its beginning.
        page.press("Tab", false);
        let order = [
            "history-button",
            "menu-button",
            "Will it rain in Oslo?",
            "attach",
            "text",
        ];
        assert_eq!(tabs(page, order.len()), order);
        // Where the focus is can be seen.
        page.press("Tab", false);
        tabs(page, 1);
        let outline = "getComputedStyle(document.activeElement).outlineStyle";
        assert_eq!(page.eval(outline), "solid");

        // A dialog keeps the focus until Escape.
        tabs(page, 1);
        page.press("Enter", false);
        page.press("Enter", false);
        page.wait("document.querySelector('#about').open");
        for _ in 0..4 {
            page.press("Tab", false);
            let outside = "[document.body, null].includes(document.activeElement) ||
                document.activeElement.closest('#about') !== null";
            assert_eq!(page.eval(outside), true);
        }
        page.press("Escape", false);
        page.wait("document.activeElement.id === 'menu-button'");

        // Nothing moves where people do not want it.
        page.still(true);
        page.click("#starters button");
        page.wait("document.querySelector('.answer[aria-busy=false]')");
        let moves = "document.getAnimations().length";
        assert_eq!(page.eval(moves), 0);
    });
}

#[test]
fn it_fits_small_windows_large_text_and_paper() {
    let fits = "document.documentElement.scrollWidth <= innerWidth";
    visit(much(), |page, url| {
        // As wide as small phones are, and a usual window at 200 % and 400 %.
        for (width, height) in [(320, 568), (640, 400), (320, 256)] {
            page.size(width, height, false);
            page.open("about:blank");
            page.open(url);
            page.wait("document.querySelectorAll('#tools li').length === 3");
            assert_eq!(page.eval(fits), true, "{width}");
            // What is written can be seen while it is.
            let text =
                "document.querySelector('#send').getBoundingClientRect().bottom <= innerHeight";
            assert_eq!(page.eval(text), true, "{width}");
        }
        page.size(320, 568, false);
        page.click("#starters button");
        page.wait("document.querySelector('.answer[aria-busy=false]')");
        page.click(".call summary");
        assert_eq!(page.eval(fits), true);
        page.screenshot("page-narrow");
        page.size(1280, 800, false);
        page.print(true);
        let hidden = "['header', 'footer', '.actions', '#welcome']
            .every((it) => !document.querySelector(it).offsetParent)";
        assert_eq!(page.eval(hidden), true);
        // All of it, not what fits the window.
        let whole = "document.querySelector('#scroller').scrollHeight <=
            document.querySelector('#scroller').clientHeight";
        assert_eq!(page.eval(whole), true);
        page.screenshot("page-print");
        page.print(false);
    });
    configuration::visit(|page, _, url| {
        page.size(320, 568, false);
        page.open(url);
        configuration::open(page);
        let wide = "document.querySelector('#configuration').scrollWidth <=
            document.querySelector('#configuration').clientWidth";
        page.click("[data-tool=forecast] summary");
        assert_eq!(page.eval(wide), true);
        page.screenshot("page-configuration-narrow");
    });
}

#[test]
fn without_script_it_can_be_read() {
    let Some(mut page) = Browser::start() else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let site = runtime.block_on(Site::start([]));
    page.scripts(false);
    page.open(&format!("http://{}/", site.address));
    let shown = page.text("body");
    for part in [
        "Sky Desk",
        "Knows the sky.",
        "Will it rain in Oslo?",
        "This page needs JavaScript to chat.",
        "Privacy policy",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!shown.contains("Conversations\n"), "{shown}");
    assert_eq!(
        page.eval("document.querySelector('#composer').hidden"),
        true
    );
}
