//! A web of one server on this machine, with what a test puts there.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// The server; it ends with the test's process.
pub(crate) struct Web {
    origin: String,
    /// By path; what has none is found at `*`.
    pages: Arc<Mutex<HashMap<String, Page>>>,
}

#[derive(Clone)]
enum Page {
    Text(String),
    Redirect(String),
}

impl Web {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let pages: Arc<Mutex<HashMap<String, Page>>> = Arc::default();
        let served = Arc::clone(&pages);
        thread::spawn(move || {
            for stream in listener.incoming() {
                answer(&stream.unwrap(), &served);
            }
        });
        Self { origin, pages }
    }

    pub(crate) fn put(&self, path: &str, text: &str) {
        self.set(path, Page::Text(text.to_owned()));
    }

    /// What is answered where nothing was put.
    #[allow(dead_code, reason = "not every suite needs it")]
    pub(crate) fn answer_all(&self, text: &str) {
        self.put("*", text);
    }

    #[allow(dead_code, reason = "not every suite needs it")]
    pub(crate) fn redirect(&self, path: &str, to: &str) {
        self.set(path, Page::Redirect(to.to_owned()));
    }

    fn set(&self, path: &str, page: Page) {
        self.pages.lock().unwrap().insert(path.to_owned(), page);
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    #[allow(dead_code, reason = "not every suite needs it")]
    /// A text in which the server has no port.
    pub(crate) fn hide(&self, text: &str) -> String {
        text.replace(&self.origin, "http://127.0.0.1:PORT")
    }
}

fn answer(mut stream: &TcpStream, pages: &Mutex<HashMap<String, Page>>) {
    let mut lines = BufReader::new(stream).lines();
    let request = lines.next().unwrap().unwrap();
    // Bodies are of no interest: what matters ends with an empty line.
    while lines.next().is_some_and(|it| !it.unwrap().is_empty()) {}
    let path = request.split(' ').nth(1).unwrap();
    let path = path.split('?').next().unwrap();
    let pages = pages.lock().unwrap();
    let page = pages.get(path).or_else(|| pages.get("*")).cloned();
    let (status, header, body) = match page {
        Some(Page::Text(text)) => ("200 OK", String::new(), text),
        Some(Page::Redirect(to)) => ("302 Found", format!("Location: {to}\r\n"), String::new()),
        None => ("404 Not Found", String::new(), String::new()),
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n{header}\r\n"
    );
    // Who has read enough hangs up.
    let _ = stream.write_all((head + &body).as_bytes());
}
