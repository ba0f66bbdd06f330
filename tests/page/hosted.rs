//! What the model's provider does on its own, and the sources it names.

use bytes::Bytes;
use gpt_runtime::{
    gpt::{BuiltInTool, Definition},
    message::{Citation, HostedCall},
    model::{
        Chunk, Chunks, Model, Request, chunks,
        script::{Reply, Script},
    },
    service::Service,
    tool::python::Python,
};
use serde_json::{Value, json};

use super::{
    access,
    browser::Browser,
    site::{DEFINITION, Desk, Site},
};

/// A picture of one pixel.
pub(super) const PIXEL: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52,
    0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00, 0x00, 0x1f, 0x15, 0xc4,
    0x89, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x60, 0xa8, 0xff, 0xff,
    0x1f, 0x00, 0x04, 0x03, 0x02, 0x80, 0x33, 0x7e, 0x18, 0x36, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45,
    0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

/// A model whose provider has all built-in tools, and uses each in each answer.
struct Provider;

fn hosted(name: &str, arguments: Value, result: &str) -> HostedCall {
    HostedCall {
        id: format!("hosted_{name}"),
        name: name.to_owned(),
        arguments,
        result: result.to_owned(),
        is_error: false,
    }
}

impl Model for Provider {
    fn name(&self) -> &'static str {
        "provider"
    }

    fn hosts(&self, _: BuiltInTool) -> bool {
        true
    }

    fn respond(&self, _: Request) -> Chunks {
        chunks(|answer| async move {
            let code = "# The mean\nprint(sum([1, 2]) / 2)";
            for call in [
                hosted("web_search", json!({ "query": "rain in Oslo" }), ""),
                hosted("code_interpreter", json!({ "code": code }), "1.5"),
                hosted("image_generation", json!({ "prompt": "A cloud" }), ""),
            ] {
                answer.send(Ok(Chunk::HostedCall(call.clone())));
                answer.send(Ok(Chunk::HostedResult(call)));
            }
            answer.send(Ok(Chunk::Text("It rains 1.5 mm.".to_owned())));
            for (url, title) in [
                ("https://sky.example/oslo", "Oslo <today>"),
                ("javascript:alert(1)", "Not to be followed"),
                ("https://sky.example/oslo", "Oslo <today>"),
            ] {
                answer.send(Ok(Chunk::Citation(Citation {
                    url: url.to_owned(),
                    title: title.to_owned(),
                })));
            }
            for (name, media_type, content) in [
                ("cloud.png", "image/png", PIXEL),
                ("broken.png", "image/png", b"no picture".as_slice()),
                ("table.csv", "text/csv", b"a,b\n1,2\n".as_slice()),
                ("page.svg", "image/svg+xml", b"<svg/>".as_slice()),
            ] {
                answer.send(Ok(Chunk::File {
                    name: name.to_owned(),
                    media_type: media_type.to_owned(),
                    content: Bytes::from_static(content),
                }));
            }
        })
    }
}

/// Serves a GPT with built-in tools and hands it to a browser.
fn visit(visit: impl FnOnce(&mut Browser, &str)) {
    static GPT: Definition = Definition {
        tools: &[
            BuiltInTool::WebSearch,
            BuiltInTool::CodeInterpreter,
            BuiltInTool::ImageGeneration,
        ],
        ..DEFINITION
    };
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let site = runtime.block_on(async {
        let service = Service::builder(Desk(&GPT)).model(Provider).build();
        Site::of(service.unwrap(), std::sync::Arc::default(), |it| it).await
    });
    visit(&mut browser, &format!("http://{}/", site.address));
    assert_eq!(browser.complaints(), [""; 0]);
}

/// What is there of an answer with everything, live or after a reload.
fn check(page: &mut Browser) {
    page.wait("document.querySelector('.answer[aria-busy=false]')");
    let titles =
        page.eval("[...document.querySelectorAll('.call .title')].map(it => it.innerText)");
    assert_eq!(
        titles,
        json!([
            "Searched the web for “rain in Oslo”",
            "Ran code",
            "Drew a picture"
        ])
    );
    page.click("[data-tool=code_interpreter] summary");
    let inside = page.text("[data-tool=code_interpreter] .inside");
    for part in ["Python", "print(sum([1, 2]) / 2)", "Output", "1.5"] {
        assert!(inside.contains(part), "{inside}");
    }
    assert_eq!(
        page.text("[data-tool=code_interpreter] .code-note"),
        "# The mean"
    );

    let sources =
        page.eval("[...document.querySelectorAll('.sources li')].map(it => it.innerHTML)");
    assert_eq!(
        sources,
        json!([
            "<a href=\"https://sky.example/oslo\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">Oslo &lt;today&gt;</a><span class=\"host\"> sky.example</span>",
            "<span>Not to be followed</span>",
        ])
    );

    // What is a picture is shown as one, and only that.
    page.wait("document.querySelector('.answer img')?.naturalWidth === 1");
    page.wait("document.querySelectorAll('.answer img').length === 1");
    assert_eq!(
        page.eval("document.querySelector('.answer img').alt"),
        "cloud.png"
    );
    let names = page.eval(
        "[...document.querySelectorAll('.answer a.file .file-name')].map(it => it.innerText)",
    );
    assert_eq!(names, json!(["broken.png", "table.csv", "page.svg"]));
}

#[test]
fn built_in_tools_and_sources_are_shown() {
    visit(|page, url| {
        page.open(url);
        page.wait("document.querySelector('#facts dd')");
        assert!(
            page.eval("document.querySelector('#facts').textContent")
                .as_str()
                .unwrap()
                .contains("Web search, Code interpreter, Image generation")
        );
        page.type_text("Rain?");
        page.press("Enter", false);
        check(page);
        access::hold(page, "built-in tools");
        page.screenshot("page-hosted");
        page.reload();
        check(page);
    });
}

/// Python that runs here, in the sandbox, as a model asks for it.
#[test]
fn a_plot_drawn_here_is_shown() {
    static GPT: Definition = Definition {
        tools: &[BuiltInTool::CodeInterpreter],
        ..DEFINITION
    };
    let interpreter = std::env::var("GPT_PYTHON").unwrap_or_else(|_| "/usr/bin/python3".to_owned());
    let python = match Python::new(interpreter) {
        Ok(python) => python,
        Err(error) => {
            let is_required = std::env::var("GPT_TEST_SANDBOX").is_ok_and(|it| it == "required");
            assert!(!is_required, "{error}");
            eprintln!("skipped: {error}");
            return;
        }
    };
    let Some(mut page) = Browser::start() else {
        return;
    };
    let code = "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.show()\nprint('drawn')";
    let script = Script::new([
        Reply::call("python", json!({ "code": code })),
        Reply::text("There it is."),
    ]);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let site = runtime.block_on(async {
        let service = Service::builder(Desk(&GPT))
            .model(script)
            .built_in_tool(BuiltInTool::CodeInterpreter, python)
            .build();
        Site::of(service.unwrap(), std::sync::Arc::default(), |it| it).await
    });
    page.open(&format!("http://{}/", site.address));
    page.wait("document.querySelector('#facts dd')");
    page.type_text("Plot it");
    page.press("Enter", false);
    page.wait("document.querySelector('.answer[aria-busy=false]')");
    page.wait("document.querySelector('.answer img')?.naturalWidth > 100");
    assert_eq!(page.text(".call .title"), "Ran code");
    page.screenshot("page-plot");
    let inside = page.eval("document.querySelector('[data-tool=python] .inside').textContent");
    assert!(inside.as_str().unwrap().contains("drawn"), "{inside}");
    assert_eq!(page.complaints(), [""; 0]);
}
