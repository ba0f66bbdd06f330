//! Conversations of earlier visits: listed, opened by their address, deleted.

use gpt_runtime::model::script::Reply;

use super::{browser::Browser, visit};

/// Says something and waits for the whole answer.
fn say(page: &mut Browser, text: &str) {
    page.type_text(text);
    page.press("Enter", false);
    page.wait("document.querySelector('.answer:last-child[aria-busy=false]')");
}

fn replies() -> Vec<Reply> {
    ["One.", "Two.", "Three."].map(Reply::text).into()
}

const TITLES: &str =
    "[...document.querySelectorAll('#conversations a span')].map(it => it.innerText).join()";

#[test]
fn conversations_are_listed_opened_and_deleted() {
    visit(replies(), |page, url| {
        page.open(url);
        page.click("#history-button");
        page.wait("document.querySelector('#conversations .note')");
        assert_eq!(page.text("#conversations"), "Nothing was said yet.");
        page.click("#text");
        say(page, "First");
        let first = page.eval("location.hash");
        assert!(first.as_str().unwrap().starts_with("#c="), "{first}");
        page.click("#new-chat");
        assert_eq!(page.eval("location.hash"), "");
        say(page, "Second");
        page.wait(&format!("{TITLES} === 'Second,First'"));
        assert_eq!(page.text("#conversations h3"), "Today");
        assert_eq!(page.text("#conversations [aria-current] span"), "Second");
        page.screenshot("page-history");

        page.click("#conversations li:last-child a");
        page.wait("document.querySelector('.text')?.innerText === 'One.'");
        assert_eq!(page.eval("location.hash"), first);
        assert_eq!(page.text("#conversations [aria-current] span"), "First");

        // The panel stays as it was left.
        page.reload();
        page.wait("document.querySelector('.text')?.innerText === 'One.'");
        page.wait(&format!("{TITLES} === 'Second,First'"));

        // Deleting asks, and takes an answer.
        page.click("#conversations li:last-child button");
        page.wait("document.querySelector('#ask').open");
        assert!(page.text("#ask p").contains("First"));
        page.press("Escape", false);
        page.wait("!document.querySelector('#ask')");
        assert_eq!(page.text(".answer .text"), "One.");
        page.click("#conversations li:last-child button");
        page.click("#ask button[value=yes]");
        page.wait(&format!("{TITLES} === 'Second'"));
        page.wait("!document.querySelector('#welcome').hidden");
        assert_eq!(page.eval("location.hash"), "");
    });
}

#[test]
fn the_buttons_of_the_browser_lead_through_conversations() {
    visit(replies(), |page, url| {
        page.open(url);
        say(page, "First");
        page.click("#new-chat");
        say(page, "Second");
        page.eval("history.back()");
        page.wait("!document.querySelector('#welcome').hidden");
        page.eval("history.back()");
        page.wait("document.querySelector('.text')?.innerText === 'One.'");
        page.eval("history.go(2)");
        page.wait("document.querySelector('.text')?.innerText === 'Two.'");
        // What is said goes on where it was.
        page.click("#text");
        say(page, "More");
        assert_eq!(page.eval("document.querySelectorAll('.user').length"), 2);
    });
}

#[test]
fn an_address_of_nothing_says_so() {
    visit(replies(), |page, url| {
        page.open(&format!("{url}#c=00000000-0000-4000-8000-000000000000"));
        page.wait("document.querySelector('.error')");
        assert!(page.text(".error").contains("no such conversation"));
        assert_eq!(page.eval("location.hash"), "");
        page.complaints();
        page.click("#text");
        say(page, "First");
        assert_eq!(page.text(".answer .text"), "One.");
    });
}

#[test]
fn on_a_phone_the_panel_is_a_drawer() {
    visit(replies(), |page, url| {
        page.size(360, 720, true);
        page.open(url);
        say(page, "First");
        page.click("#new-chat");
        page.click("#history-button");
        page.wait("document.querySelector('#history:modal a')");
        page.screenshot("page-history-phone");
        // The focus stays inside: with the last button the next is the first.
        assert_eq!(page.eval("document.activeElement.id"), "history-close");
        page.press("Escape", false);
        page.wait("!document.querySelector('#history').open");
        assert_eq!(page.eval("document.activeElement.id"), "history-button");
        page.click("#history-button");
        page.wait("document.querySelector('#history:modal a')");
        page.click("#conversations a");
        page.wait("document.querySelector('.text')?.innerText === 'One.'");
        assert_eq!(page.eval("document.querySelector('#history').open"), false);
    });
}
