//! The page of a GPT in a real browser: a scripted model, a loopback API.

#[path = "../gpt-runtime/tests/site/mod.rs"]
mod site;

mod browser;

#[path = "page/access.rs"]
mod access;
#[path = "page/configuration.rs"]
mod configuration;
#[path = "page/files.rs"]
mod files;
#[path = "page/history.rs"]
mod history;
#[path = "page/hosted.rs"]
mod hosted;
#[path = "page/origins.rs"]
mod origins;
#[path = "page/programs.rs"]
mod programs;
#[path = "page/sign_in.rs"]
mod sign_in;

use std::sync::Arc;

use browser::Browser;
use expect_test::{Expect, expect};
use gpt_runtime::{
    gpt::{Category, Definition, Visibility},
    model::script::{Reply, Script},
    service::Service,
};
use serde_json::json;

use site::{DEFINITION, Desk, Site};

const REPORT: &str = "It **rains** tomorrow:

| Time | Sky | mm |
|---|---|--:|
| 9:00 | Rain | 4 |
| 15:00 | Clouds | 0 |

1. Bring an umbrella.
2. Read the [warning](https://sky.example/w) first.

> Issued at `06:00`.";

/// Serves a GPT and hands it to a browser.
fn visit(replies: Vec<Reply>, visit: impl FnOnce(&mut Browser, &str)) {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let site = runtime.block_on(Site::start(replies));
    let url = format!("http://{}/", site.address);
    visit(&mut browser, &url);
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn a_starter_leads_to_a_call_and_an_answer() {
    let replies = vec![
        Reply::text("Let me look.").and_call("forecast", json!({ "place": "Oslo" })),
        Reply::text(REPORT),
    ];
    visit(replies, |page, url| {
        page.open(url);
        assert_eq!(page.text("h1"), "Sky Desk");
        assert_eq!(page.text("#welcome .description"), "Knows the sky.");
        page.screenshot("page-welcome");

        page.click("#starters button");
        page.wait("document.querySelector('.answer[aria-busy=false]')");
        assert_eq!(page.text(".user p"), "Will it rain in Oslo?");
        assert_eq!(page.text(".text strong"), "rains");
        assert_eq!(page.eval("document.querySelectorAll('td').length"), 6);
        let link = page.eval("document.querySelector('.text a').outerHTML");
        expect![[r#"<a href="https://sky.example/w" target="_blank" rel="noopener noreferrer nofollow">warning</a>"#]]
            .assert_eq(link.as_str().unwrap());
        assert_eq!(page.eval("document.activeElement.id"), "text");

        assert_eq!(page.eval("document.querySelector('.call').open"), false);
        let title = page.text(".call .title");
        assert_eq!(title, "Called forecast · Sky API");
        page.click(".call summary");
        let inside = page.text(".call .inside");
        for part in ["\"place\": \"Oslo\"", "\"sky\": \"rain\""] {
            assert!(inside.contains(part), "{inside}");
        }
        page.screenshot("page-answer");

        // A reload shows the same conversation; a new chat does not.
        let before = page.text(".answer");
        page.reload();
        page.wait("document.querySelector('.answer[aria-busy=false]')");
        page.click(".call summary");
        let without_time = |text: &str| {
            let lines = text.lines().filter(|line| !line.ends_with(" ms"));
            lines.collect::<Vec<_>>().join("\n")
        };
        assert_eq!(without_time(&page.text(".answer")), without_time(&before));
        page.click("#new-chat");
        page.wait("!document.querySelector('#welcome').hidden");
        assert_eq!(page.eval("document.querySelector('#log').innerText"), "");
    });
}

#[test]
fn a_consequential_call_asks_first() {
    let call = || Reply::call("report", json!({ "text": "Flood" }));
    let replies = vec![
        call(),
        Reply::text("Not reported."),
        call(),
        Reply::text("Reported."),
    ];
    visit(replies, |page, url| {
        page.open(url);
        page.type_text("Report a flood");
        page.press("Enter", false);
        page.wait("document.querySelector('.consent')");
        assert_eq!(page.eval("document.activeElement.className"), "consent");
        assert!(page.text(".consent").contains("\"text\": \"Flood\""));
        page.screenshot("page-consent");
        page.click(".consent .decline");
        page.wait("document.querySelector('.answer[aria-busy=false]')");
        assert_eq!(
            page.text(".call .title"),
            "Declined to call report · Sky API"
        );
        assert_eq!(page.text(".answer .text"), "Not reported.");

        page.type_text("Do report it");
        page.press("Enter", false);
        page.click(".consent .allow");
        page.wait("document.querySelectorAll('.answer[aria-busy=false]').length === 2");
        assert_eq!(
            page.text(".answer:last-child .call .title"),
            "Called report · Sky API"
        );
        assert_eq!(page.text(".answer:last-child .text"), "Reported.");
    });
}

#[test]
fn always_is_offered_where_it_is_allowed_and_said_once() {
    let call = || Reply::call("search", json!({ "text": "Flood" }));
    let replies = vec![call(), Reply::text("One."), call(), Reply::text("Two.")];
    visit(replies, |page, url| {
        page.open(url);
        page.type_text("Search");
        page.press("Enter", false);
        page.wait("document.querySelector('.consent')");
        page.screenshot("page-consent-always");
        page.click(".consent .always_allow");
        page.wait("document.querySelector('.answer[aria-busy=false]')");
        assert_eq!(page.text(".call .title"), "Called search · Sky API");

        page.type_text("Search again");
        page.press("Enter", false);
        page.wait("document.querySelectorAll('.answer[aria-busy=false]').length === 2");
        assert_eq!(page.text(".answer:last-child .text"), "Two.");
    });
}

#[test]
fn a_private_page_says_so_and_opens_with_the_token() {
    let Some(mut page) = Browser::start() else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let definition: &'static Definition = Box::leak(Box::new(Definition {
        visibility: Visibility::OnlyMe,
        ..DEFINITION
    }));
    let site = runtime.block_on(Site::with(Desk(definition), [], |server| {
        server.owner_token("the-token-of-the-owner")
    }));
    page.open(&format!("http://{}/", site.address));
    assert_eq!(page.text("h1"), "This GPT is private");
    page.open(&format!("http://{}/?token=wrong", site.address));
    assert!(page.text(".notice").contains("not valid any more"));
    page.screenshot("page-locked");
    page.open(&format!(
        "http://{}/?token=the-token-of-the-owner",
        site.address
    ));
    assert_eq!(page.text("h1"), "Sky Desk");
    assert_eq!(page.eval("location.pathname + location.search"), "/");
}

#[test]
fn an_answer_can_be_stopped() {
    let replies = vec![Reply::text("Well, ").and_silence(), Reply::text("Yes.")];
    visit(replies, |page, url| {
        page.open(url);
        page.type_text("One");
        page.press("Enter", true);
        page.type_text("two");
        page.press("Enter", false);
        page.wait("document.querySelector('.text')?.innerText === 'Well,'");
        assert_eq!(page.text(".user p"), "One\ntwo");
        page.click("#stop");
        page.wait("document.querySelector('.note')?.innerText === 'Stopped.'");

        page.type_text("Still there?");
        page.press("Enter", false);
        page.wait("document.querySelector('.answer:last-child .text')?.innerText === 'Yes.'");
    });
}

#[test]
fn the_name_opens_a_menu_with_the_privacy_policy() {
    visit(vec![], |page, url| {
        page.open(url);
        page.wait("document.querySelectorAll('#tools li').length === 3");
        page.click("#menu-button");
        assert_eq!(page.text("#menu-items"), "About\nPrivacy policy");
        let href = page.eval("document.querySelector('#privacy-item').href");
        assert_eq!(href, "https://sky.example/privacy");
        page.screenshot("page-menu");
        page.press("ArrowDown", false);
        assert_eq!(page.eval("document.activeElement.id"), "privacy-item");
        page.press("Escape", false);
        assert_eq!(
            page.eval("document.querySelector('#menu-items').hidden"),
            true
        );
        assert_eq!(page.eval("document.activeElement.id"), "menu-button");

        page.press("Enter", false);
        page.click("#about-item");
        page.wait("document.querySelector('#about').open");
        assert!(page.text("#about").contains("Sky API"));
        page.screenshot("page-about");
        page.press("Escape", false);
        page.wait("!document.querySelector('#about').open");
    });
}

#[test]
fn a_long_answer_is_read_from_its_beginning() {
    let replies = vec![Reply::text("A line.\n\n".repeat(200) + "The end.")];
    visit(replies, |page, url| {
        page.open(url);
        page.type_text("Tell me more");
        page.press("Enter", false);
        page.wait("document.querySelector('.text p:last-child').innerText === 'The end.'");
        page.wait("document.querySelector('#scroller').scrollTop > 0");
        let top = "document.querySelector('.user').getBoundingClientRect().top";
        page.wait(&format!("{top} > 0 && {top} < 100"));
    });
}

#[test]
fn an_answer_is_asked_for_again() {
    let replies = vec![
        Reply::text("One."),
        Reply::text("Two."),
        Reply::text("Well").and_silence(),
        Reply::text("Three."),
        Reply::text("Four."),
    ];
    visit(replies, |page, url| {
        page.open(url);
        page.type_text("Hi");
        page.press("Enter", false);
        page.wait("document.querySelector('.retry')");
        page.click(".retry");
        page.wait("document.querySelector('.text')?.innerText === 'Two.'");
        assert_eq!(page.eval("document.querySelectorAll('.user').length"), 1);
        assert_eq!(page.eval("document.querySelectorAll('.answer').length"), 1);

        // One that was stopped too, and only the last one.
        page.wait("document.querySelector('.answer[aria-busy=false]')");
        page.type_text("Go on");
        page.press("Enter", false);
        page.wait("document.querySelector('.answer:last-child .text')?.innerText === 'Well'");
        page.press("Escape", false);
        page.wait("document.querySelector('.note')?.innerText === 'Stopped.'");
        let shown = "[...document.querySelectorAll('.retry')].filter(it => it.offsetParent).length";
        page.wait(&format!("{shown} === 1"));
        page.click(".answer:last-child .retry");
        page.wait("document.querySelector('.answer:last-child .text')?.innerText === 'Three.'");

        // And after a reload, which shows what counts.
        page.wait("document.querySelector('.answer:last-child[aria-busy=false]')");
        page.reload();
        page.wait("document.querySelectorAll('.answer').length === 2");
        assert_eq!(page.text(".answer .text"), "Two.");
        page.click(".answer:last-child .retry");
        page.wait("document.querySelector('.answer:last-child .text')?.innerText === 'Four.'");
        page.wait("document.querySelector('#announcer').textContent === 'Sky Desk: Four.'");
    });
}

#[test]
fn what_did_not_arrive_is_sent_again() {
    visit(vec![Reply::text("Hello.")], |page, url| {
        page.open(url);
        page.wait("document.querySelectorAll('#tools li').length === 3");
        page.offline(true);
        page.type_text("Hi");
        page.press("Enter", false);
        page.wait("document.querySelector('.error')");
        assert_eq!(page.text(".error"), "The server cannot be reached.");
        page.offline(false);
        page.click(".retry");
        page.wait("document.querySelector('.text')?.innerText === 'Hello.'");
        assert_eq!(page.text(".user p"), "Hi");
        // What the network refused is a complaint of the browser, not of the page.
        page.complaints();
    });
}

#[test]
fn answers_and_code_are_copied() {
    let reply = "Run *this*:\n\n```sh\necho \"<b>\"\n```";
    visit(vec![Reply::text(reply)], |page, url| {
        page.allow_clipboard();
        page.open(url);
        page.type_text("How?");
        page.press("Enter", false);
        page.wait("document.querySelector('.answer[aria-busy=false]')");
        assert_eq!(page.text(".code-head span"), "sh");
        assert_eq!(page.text(".code-text"), "\"<b>\"");
        for (button, copied) in [
            (".code [aria-label='Copy code']", "echo \"<b>\""),
            ("[aria-label='Copy answer']", reply),
        ] {
            page.eval("document.querySelector('#announcer').textContent = ''");
            page.click(button);
            page.wait("document.querySelector('#announcer').textContent === 'Copied'");
            assert_eq!(page.eval("navigator.clipboard.readText()"), copied);
        }
        page.screenshot("page-code");
    });
}

#[test]
fn a_link_may_propose_what_to_say() {
    visit(vec![Reply::text("Yes.")], |page, url| {
        page.open(&format!("{url}?q=Will%20it%20rain%3F"));
        page.wait("document.querySelectorAll('#tools li').length === 3");
        assert_eq!(
            page.eval("document.querySelector('#text').value"),
            "Will it rain?"
        );
        assert_eq!(page.eval("location.search"), "");
        // Nothing is said before somebody wants it.
        assert_eq!(
            page.eval("document.querySelector('#log').childElementCount"),
            0
        );
        page.press("Enter", false);
        page.wait("document.querySelector('.text')?.innerText === 'Yes.'");
    });
}

#[test]
fn the_first_paint_is_small() {
    visit(vec![], |page, url| {
        page.open(url);
        page.wait("document.querySelectorAll('#tools li').length === 3");
        let bytes = page.eval(
            "performance.getEntriesByType('navigation')
                .concat(performance.getEntriesByType('resource'))
                .reduce((sum, each) => sum + each.transferSize, 0)",
        );
        let bytes = bytes.as_f64().unwrap();
        assert!(bytes > 10_000.0 && bytes < 100_000.0, "{bytes} bytes");
        let others = page.eval(
            "performance.getEntriesByType('resource')
                .filter((each) => !each.name.startsWith(location.origin)).length",
        );
        assert_eq!(others, 0, "something comes from elsewhere");
    });
}

#[test]
fn what_goes_wrong_is_said() {
    visit(vec![], |page, url| {
        page.open(url);
        page.type_text("Hello");
        page.press("Enter", false);
        page.wait("document.querySelector('.error')");
        assert!(page.text(".error").contains("the script has no reply"));
        page.wait("!document.querySelector('#send').hidden");
    });
}

#[test]
fn it_fits_a_phone_at_night_and_works_without_script() {
    let replies = vec![
        Reply::text("Let me look.").and_call("forecast", json!({ "place": "Oslo" })),
        Reply::text(REPORT),
        Reply::call("report", json!({ "text": "Flood" })),
    ];
    visit(replies, |page, url| {
        let fits = "document.documentElement.scrollWidth <= innerWidth";
        page.size(390, 844, true);
        page.dark(true);
        page.open(url);
        assert_eq!(page.eval(fits), true);
        page.screenshot("page-phone-welcome");
        page.click("#starters button");
        page.wait("document.querySelector('.answer[aria-busy=false]')");
        page.click("#text");
        page.type_text("Report a flood");
        page.press("Enter", false);
        page.wait("document.querySelector('.consent')");
        assert_eq!(page.eval(fits), true);
        page.screenshot("page-phone");

        page.size(1280, 800, false);
        page.screenshot("page-dark");
        page.dark(false);
        page.scripts(false);
        page.open(url);
        page.screenshot("page-without-script");
    });
}

#[test]
fn markdown_becomes_nodes_and_nothing_else() {
    visit(vec![], |page, url| {
        page.open(url);
        let mut check = |source: &str, expected: Expect| {
            let html = page.eval(&format!(
                "import('/markdown.js').then(({{ markdown }}) => {{
                    const node = document.createElement('div');
                    node.append(...markdown({}));
                    return node.innerHTML;
                }})",
                json!(source)
            ));
            expected.assert_eq(html.as_str().unwrap());
        };
        check(
            "One\ntwo\n\nthree",
            expect!["<p>One<br>two</p><p>three</p>"],
        );
        check(
            "**bold** *it* ***both*** __b__ _i_ ~~no~~",
            expect![
                "<p><strong>bold</strong> <em>it</em> <strong><em>both</em></strong> <strong>b</strong> <em>i</em> <del>no</del></p>"
            ],
        );
        check(
            "snake_case_name 2*3*4 a * b",
            expect!["<p>snake_case_name 2<em>3</em>4 a * b</p>"],
        );
        check(
            "`a < b` ``x ` y`` `open",
            expect!["<p><code>a &lt; b</code> <code>x ` y</code> `open</p>"],
        );
        check(
            "# One\n### Three #\n####### no",
            expect!["<h3>One</h3><h5>Three</h5><p>####### no</p>"],
        );
        check(
            "```rust\nlet a = \"<b>\";\n\n```\nafter",
            expect![[r#"
            <pre tabindex="0"><code data-language="rust">let a = "&lt;b&gt;";
            </code></pre><p>after</p>"#]],
        );
        check(
            "```\nstill open",
            expect![[r#"<pre tabindex="0"><code>still open</code></pre>"#]],
        );
        check(
            "- a\n- b\n  - c\n    - d\n- e",
            expect![
                "<ul><li>a</li><li>b<ul><li>c<ul><li>d</li></ul></li></ul></li><li>e</li></ul>"
            ],
        );
        check(
            "3. three\n4. four\n\n   more\n\n5. five",
            expect![[
                r#"<ol start="3" class="loose"><li>three</li><li>four<p>more</p></li><li>five</li></ol>"#
            ]],
        );
        check("* a\n\n\nafter", expect!["<ul><li>a</li></ul><p>after</p>"]);
        check(
            "> quoted\n> > twice\n\n---",
            expect![
                "<blockquote><p>quoted</p><blockquote><p>twice</p></blockquote></blockquote><hr>"
            ],
        );
        check(
            "| a | b |\n|:-:|--:|\n| 1 \\| 2 | `x` |\n| 3 |",
            expect![[
                r#"<div class="table" tabindex="0"><table><thead><tr><th class="center">a</th><th class="right">b</th></tr></thead><tbody><tr><td class="center">1 | 2</td><td class="right"><code>x</code></td></tr><tr><td class="center">3</td><td class="right"></td></tr></tbody></table></div>"#
            ]],
        );
        check("a | b\nno table", expect!["<p>a | b<br>no table</p>"]);
        check(
            "[a](https://a.example/x_(y)_z) https://b.example/q?a=1&b=2. (http://c.example)",
            expect![[
                r#"<p><a href="https://a.example/x_(y)_z" target="_blank" rel="noopener noreferrer nofollow">a</a> <a href="https://b.example/q?a=1&amp;b=2" target="_blank" rel="noopener noreferrer nofollow">https://b.example/q?a=1&amp;b=2</a>. (<a href="http://c.example" target="_blank" rel="noopener noreferrer nofollow">http://c.example</a>)</p>"#
            ]],
        );
        check(
            "<https://a.example> ![map](https://a.example/m.png)",
            expect![[
                r#"<p><a href="https://a.example" target="_blank" rel="noopener noreferrer nofollow">https://a.example</a> <a href="https://a.example/m.png" target="_blank" rel="noopener noreferrer nofollow">map</a></p>"#
            ]],
        );
        check(
            "[a](javascript:alert(1)) [b](data:text/html,x) [c](/path) [d]( https://x y)",
            expect![[
                r#"<p><span>a</span> <span>b</span> <span>c</span> <a href="https://x y" target="_blank" rel="noopener noreferrer nofollow">d</a></p>"#
            ]],
        );
        check(
            "<script>alert(1)</script> <img src=x onerror=alert(1)>",
            expect![
                "<p>&lt;script&gt;alert(1)&lt;/script&gt; &lt;img src=x onerror=alert(1)&gt;</p>"
            ],
        );
        check(
            "[<b>x</b>](https://a.example/\"onclick=\"x)",
            expect![[
                r#"<p><a href="https://a.example/&quot;onclick=&quot;x" target="_blank" rel="noopener noreferrer nofollow">&lt;b&gt;x&lt;/b&gt;</a></p>"#
            ]],
        );
        check("\\*plain\\* \\<", expect!["<p>*plain* &lt;</p>"]);

        // Hostile input ends, and soon.
        for source in [
            "*a ",
            "[",
            "`` ` ",
            "> ",
            "- ",
            "**a _b ",
            "[a](",
            "|a|\n|-|\n",
            "h",
            "<",
        ] {
            let took = page.eval(&format!(
                "import('/markdown.js').then(({{ markdown }}) => {{
                    const start = performance.now();
                    markdown({}.repeat(20000));
                    return performance.now() - start;
                }})",
                json!(source)
            ));
            assert!(took.as_f64().unwrap() < 30_000.0, "{source}: {took}");
        }
    });
}

#[test]
fn the_directory_leads_to_a_gpt_with_the_first_message_written() {
    let Some(mut page) = Browser::start() else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let gpt = |definition: Definition| {
        let definition: &'static Definition = Box::leak(Box::new(definition));
        let model = Script::new([Reply::text("Yes.")]);
        Service::builder(Desk(definition)).model(model).build()
    };
    let sky = gpt(Definition {
        starters: &["Will it rain in Oslo?", "Where is the wind strongest now?"],
        category: Some(Category::Lifestyle),
        ..DEFINITION
    });
    let others = [
        (
            "Letter Coach",
            "Finds the tone of a letter, and the words for it.",
            Category::Writing,
        ),
        (
            "Paper Trail",
            "Reads papers and says what they show, what they do not show, and which of their figures others have tried to find again without success.",
            Category::Research,
        ),
        (
            "Borrow Checker",
            "Explains errors of the Rust compiler.",
            Category::Programming,
        ),
        ("Vocabulary", "Ten words a day.", Category::Education),
    ];
    let hidden = gpt(Definition {
        name: "Diary",
        visibility: Visibility::OnlyMe,
        ..DEFINITION
    });
    let site = runtime.block_on(Site::of(sky.unwrap(), Arc::default(), |server| {
        let others = others.map(|(name, description, category)| Definition {
            name,
            description,
            starters: &["Where do I begin?"],
            category: Some(category),
            ..DEFINITION
        });
        let server = server
            .and(hidden.unwrap())
            .owner_token("the-token-of-the-owner");
        others
            .into_iter()
            .fold(server, |server, it| server.and(gpt(it).unwrap()))
    }));
    let url = format!("http://{}/", site.address);
    page.open(&url);
    assert_eq!(page.text(".count"), "5 GPTs");
    for (dark, width, phone, name) in [
        (false, 1280, false, "directory"),
        (true, 1280, false, "directory-dark"),
        (false, 390, true, "directory-phone"),
    ] {
        page.dark(dark);
        page.size(width, 800, phone);
        let overflow = "document.documentElement.scrollWidth > innerWidth";
        assert_eq!(page.eval(overflow), false, "{name}");
        page.screenshot(name);
    }
    page.size(1280, 800, false);

    // A search while someone types, and without script by the form.
    page.click("[type=search]");
    page.type_text("rain");
    page.wait("document.querySelector('.count').textContent === '1 GPT'");
    assert_eq!(page.eval("location.search"), "?q=rain");
    page.scripts(false);
    page.open(&url);
    page.click("[type=search]");
    page.type_text("rust");
    page.follow(|page| page.press("Enter", false));
    assert_eq!(page.eval("location.search"), "?q=rust");
    assert_eq!(page.text(".gpt strong"), "Borrow Checker");
    page.scripts(true);

    // A starter is written, and sent by its reader alone.
    page.open(&url);
    page.follow(|page| page.click(".starters a"));
    page.wait("document.querySelector('#text')?.value !== '' && !document.querySelector('#composer').hidden");
    assert_eq!(
        page.eval("location.pathname + location.search"),
        "/g/sky-desk/"
    );
    assert_eq!(
        page.eval("document.querySelector('#text').value"),
        "Will it rain in Oslo?"
    );
    assert_eq!(page.eval("document.querySelectorAll('.user').length"), 0);
    page.press("Enter", false);
    page.wait("document.querySelector('.answer[aria-busy=false]')");
    assert_eq!(page.text(".answer .text"), "Yes.");

    // Another GPT knows nothing of that conversation, and the first one still does.
    let address = page.eval("location.href");
    let (_, id) = address.as_str().unwrap().split_once('#').unwrap();
    page.open(&format!("{url}g/vocabulary/#{id}"));
    page.wait("document.querySelector('.error')");
    assert!(page.text(".error").contains("no such conversation"));
    assert_eq!(page.eval("document.querySelectorAll('.user').length"), 0);
    page.complaints();
    page.open(&format!("{url}g/sky-desk/#{id}"));
    page.wait("document.querySelector('.user')");

    // The owner sees what others do not.
    page.open(&format!("{url}?token=the-token-of-the-owner"));
    assert_eq!(page.text(".apart"), "only you");
    page.screenshot("directory-owner");
    assert_eq!(page.complaints(), [""; 0]);
}
