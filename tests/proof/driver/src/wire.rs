//! Stands between a client and a server and remembers what was said last.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

/// What went over the wire since it was last asked.
#[derive(Default)]
struct Heard {
    request: Vec<u8>,
    answer: Vec<u8>,
}

type Shared = Arc<Mutex<Heard>>;

/// An address that leads to a server and remembers what is said.
#[derive(Clone)]
pub(crate) struct Wire {
    pub(crate) address: String,
    heard: Shared,
}

/// Which side speaks.
#[derive(Clone, Copy)]
enum Side {
    Client,
    Server,
}

impl Wire {
    /// Listens at a free port and hands on to `server`, which is `http://HOST:PORT`.
    pub(crate) async fn to(server: &str) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let wire = Self {
            address: format!("http://{}", listener.local_addr()?),
            heard: Shared::default(),
        };
        let heard = Arc::clone(&wire.heard);
        let server = server.trim_start_matches("http://").to_owned();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                // Where the server is gone, dropping the client tells it so.
                if let Ok(server) = TcpStream::connect(&server).await {
                    hand_on(client, server, &heard);
                }
            }
        });
        Ok(wire)
    }

    /// The last request and its answer, which are forgotten.
    pub(crate) fn take(&self) -> Value {
        let heard = std::mem::take(&mut *self.heard.lock().unwrap_or_else(PoisonError::into_inner));
        let (request, sent) = split(&heard.request);
        let (answer, body) = split(&heard.answer);
        let is_chunked = header(&answer, "transfer-encoding").is_some();
        let body = if is_chunked {
            unchunk(body)
        } else {
            body.to_vec()
        };
        json!({
            "request": request.lines().next(),
            "sent": String::from_utf8_lossy(sent),
            "sent_type": header(&request, "content-type"),
            "status": answer.split(' ').nth(1).and_then(|it| it.parse::<u16>().ok()),
            "violations": header(&answer, "sl-violations"),
            "type": header(&answer, "content-type"),
            "body": String::from_utf8_lossy(&body),
        })
    }
}

fn hand_on(client: TcpStream, server: TcpStream, heard: &Shared) {
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::spawn(copy(
        from_client,
        to_server,
        Side::Client,
        Arc::clone(heard),
    ));
    tokio::spawn(copy(
        from_server,
        to_client,
        Side::Server,
        Arc::clone(heard),
    ));
}

async fn copy(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, side: Side, heard: Shared) {
    let mut buffer = vec![0; 65_536];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        let Some(bytes) = buffer.get(..count) else {
            return;
        };
        {
            let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
            match side {
                Side::Client => heard.request.extend_from_slice(bytes),
                Side::Server => heard.answer.extend_from_slice(bytes),
            }
        }
        if to.write_all(bytes).await.is_err() {
            return;
        }
    }
}

/// The head as text, and what follows it.
fn split(message: &[u8]) -> (String, &[u8]) {
    let end = message.windows(4).position(|it| it == b"\r\n\r\n");
    let (head, body) = match end {
        Some(end) => (message.get(..end), message.get(end + 4..)),
        None => (Some(message), None),
    };
    let head = String::from_utf8_lossy(head.unwrap_or_default()).into_owned();
    (head, body.unwrap_or_default())
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let fields = head.lines().filter_map(|it| it.split_once(':'));
    let mut named = fields.filter(|(it, _)| it.eq_ignore_ascii_case(name));
    named.next().map(|(_, value)| value.trim())
}

/// A body that came in chunks, as far as it came.
fn unchunk(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = body.windows(2).position(|it| it == b"\r\n") {
        let size = String::from_utf8_lossy(body.get(..end).unwrap_or_default()).into_owned();
        let Ok(size @ 1..) = usize::from_str_radix(size.trim(), 16) else {
            break;
        };
        let Some(chunk) = body.get(end + 2..end + 2 + size) else {
            break;
        };
        whole.extend_from_slice(chunk);
        body = body.get(end + size + 4..).unwrap_or_default();
    }
    whole
}
