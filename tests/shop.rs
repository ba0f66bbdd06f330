//! The second example in a real browser, from the share link to an order.

mod browser;
mod running;

use browser::Browser;
use running::{Running, cargo_run};

/// Says something in the conversation.
fn say(page: &mut Browser, text: &str) {
    page.click("#text");
    page.type_text(text);
    page.press("Enter", false);
}

/// Waits until so many answers are whole.
fn wait_for_answer(page: &mut Browser, count: usize) {
    page.wait(&format!(
        "document.querySelectorAll('.answer[aria-busy=false]').length === {count}"
    ));
}

#[test]
fn an_order_is_placed_by_someone_who_signs_in() {
    let Some(mut page) = Browser::start() else {
        return;
    };
    let (server, share) = Running::start("shop", "To share: ");
    page.open(&share);
    assert_eq!(page.text("h1"), "Corner Shop");
    page.screenshot("shop-welcome");

    // What everyone may see is shown at once.
    page.click("#starters button");
    wait_for_answer(&mut page, 1);
    assert_eq!(
        page.text(".call .title"),
        "Called searchProducts · Corner Shop"
    );
    assert!(page.text(".answer").contains("White mug with stripes"));

    // What changes something asks, and what is somebody's waits until they have signed in.
    say(&mut page, "Put 2 blue mugs in my cart");
    page.click(".consent .allow:not(a)");
    page.wait("document.querySelector('.consent a.button')");
    page.screenshot("shop-sign-in-needed");
    page.click(".consent a.button");
    page.switch_to("/oauth/authorize");
    page.wait("document.activeElement.id === 'user'");
    page.screenshot("shop-sign-in");
    page.type_text("ada");
    page.press("Tab", false);
    page.type_text("engine-1843");
    page.press("Enter", false);
    page.wait("document.querySelector('h1')?.innerText === 'You are signed in to Corner Shop'");
    // Now only the conversation is at this server.
    page.open("about:blank");
    let (home, _) = share.split_once('?').unwrap();
    page.switch_to(home);
    wait_for_answer(&mut page, 2);
    let cart = page.text(".answer:last-child .text");
    assert!(cart.contains("quantity 2"), "{cart}");

    // What cannot be taken back is declined first, and allowed the next time.
    say(&mut page, "Place my order");
    page.wait("document.querySelector('.consent')");
    assert_eq!(
        page.eval("document.querySelector('.consent .always_allow')"),
        serde_json::Value::Null
    );
    page.click(".consent .decline");
    wait_for_answer(&mut page, 3);
    say(&mut page, "Place my order");
    page.click(".consent .allow");
    wait_for_answer(&mut page, 4);
    let order = page.text(".answer:last-child .text");
    assert!(order.contains("R-1003"), "{order}");
    assert!(order.contains("19.00"), "{order}");

    say(&mut page, "Show the invoice of my last order");
    wait_for_answer(&mut page, 5);
    let invoice = page.text(".answer:last-child");
    assert!(invoice.contains("invoice-R-1003.pdf"), "{invoice}");
    page.screenshot("shop-order");
    assert_eq!(page.complaints(), [""; 0]);
    server.stop();
}

#[test]
fn the_demo_serves_this_machine_alone() {
    for (name, value) in [
        ("GPT_ADDR", "0.0.0.0:0"),
        ("GPT_PUBLIC_URL", "https://shop.example"),
    ] {
        let output = cargo_run("shop", &[]).env(name, value).output().unwrap();
        assert!(!output.status.success());
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(error.contains(name), "{error}");
        assert!(error.contains("serves this machine alone"), "{error}");
    }
}
