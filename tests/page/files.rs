//! Files that people give and get back.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use gpt_runtime::model::script::Reply;
use serde_json::json;

use super::{access, browser::Browser, hosted::PIXEL, visit};

/// Files of a person, and a place for downloads.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("files-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// What a file holds once it is there as a whole.
    fn wait_for(&self, name: &str, length: usize) -> Vec<u8> {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let content = fs::read(self.0.join(name)).unwrap_or_default();
            if content.len() == length {
                return content;
            }
            assert!(Instant::now() < end, "{name} was not downloaded");
            std::thread::yield_now();
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The message of a person, with a picture and another file.
fn check(page: &mut Browser) {
    page.wait("document.querySelector('.user img')?.naturalWidth === 1");
    assert_eq!(
        page.eval("document.querySelector('.user img').alt"),
        "dot.png"
    );
    assert_eq!(page.text(".user a.file .file-name"), "a <b> & c.csv");
    assert_eq!(page.text(".user a.file .file-size"), "8 bytes");
}

#[test]
fn files_are_chosen_sent_shown_and_downloaded() {
    let folder = Folder::new("chosen");
    visit(
        vec![Reply::text("Seen."), Reply::text("Again.")],
        |page, url| {
            page.open(url);
            let table = folder.file("a <b> & c.csv", b"a,b\n1,2\n");
            let picture = folder.file("dot.png", PIXEL);
            let other = folder.file("other.txt", b"no");
            page.choose("#files", &[&other, &table, &picture]);
            page.wait("document.querySelectorAll('#attachments li').length === 3");
            page.wait("!document.querySelector('#attachments progress')");
            page.click("#attachments li:first-child button");
            page.wait("!document.querySelector('#send').disabled");
            assert_eq!(
                page.eval("document.querySelectorAll('#attachments li').length"),
                2
            );
            page.screenshot("page-attachments");
            page.click("#text");
            page.type_text("Look");
            page.press("Enter", false);
            page.wait("document.querySelector('.answer[aria-busy=false]')");
            assert_eq!(page.text(".user p"), "Look");
            assert_eq!(
                page.eval("document.querySelectorAll('#attachments li').length"),
                0
            );
            check(page);
            access::hold(page, "files");
            page.screenshot("page-files");

            // Another answer is to the same files.
            page.click(".retry");
            page.wait("document.querySelector('.text')?.innerText === 'Again.'");
            page.wait("document.querySelector('.answer[aria-busy=false]')");
            page.reload();
            check(page);
            assert_eq!(page.eval("document.querySelectorAll('.user').length"), 1);

            page.download_to(&folder.0.join("downloads"));
            page.click(".user a.file");
            let name = page.eval("document.querySelector('.user a.file').download");
            assert_eq!(name, "a <b> & c.csv");
            // A browser has its own mind about such a name, and not about this one.
            page.click(".user .picture a");
            assert_eq!(folder.wait_for("downloads/dot.png", PIXEL.len()), PIXEL);
        },
    );
}

/// Hands a file to the page as if it was dropped or pasted there.
fn give(page: &mut Browser, how: &str, name: &str) {
    page.eval(&format!(
        "(() => {{
            const data = new DataTransfer();
            data.items.add(new File(['text'], {}, {{ type: 'text/plain' }}));
            const drop = {{ dataTransfer: data, bubbles: true, cancelable: true }};
            const paste = {{ clipboardData: data, bubbles: true, cancelable: true }};
            const text = document.querySelector('#text');
            text.dispatchEvent('{how}' === 'paste'
                ? new ClipboardEvent('paste', paste)
                : new DragEvent('{how}', drop));
        }})()",
        json!(name)
    ));
}

#[test]
fn files_are_dropped_and_pasted() {
    visit(vec![Reply::text("Seen.")], |page, url| {
        page.open(url);
        give(page, "dragover", "over.txt");
        page.wait("document.querySelector('#chat.dropping')");
        give(page, "drop", "dropped.txt");
        give(page, "paste", "pasted.txt");
        assert_eq!(
            page.eval("document.querySelector('#chat.dropping')"),
            json!(null)
        );
        page.wait("document.querySelectorAll('#attachments li').length === 2");
        // Files alone are something to say.
        page.wait("!document.querySelector('#send').disabled");
        page.click("#send");
        page.wait("document.querySelector('.answer[aria-busy=false]')");
        let names = "[...document.querySelectorAll('.user .file-name')].map(it => it.innerText)";
        assert_eq!(page.eval(names), json!(["dropped.txt", "pasted.txt"]));
        assert_eq!(page.eval("document.querySelector('.user p')"), json!(null));
    });
}

#[test]
fn a_file_that_is_refused_says_why() {
    visit(vec![Reply::text("Hello.")], |page, url| {
        page.open(url);
        page.wait("document.querySelectorAll('#tools li').length === 3");
        page.offline(true);
        give(page, "drop", "lost.txt");
        page.wait("document.querySelector('#attachments .failed')");
        let said = page.text("#attachments .failed");
        assert!(said.contains("The server cannot be reached."), "{said}");
        page.offline(false);
        // It keeps nobody from saying something else.
        page.click("#text");
        page.type_text("Hi");
        page.press("Enter", false);
        page.wait("document.querySelector('.text')?.innerText === 'Hello.'");
        assert_eq!(page.eval("document.querySelectorAll('.file').length"), 0);
        page.complaints();
    });
}
