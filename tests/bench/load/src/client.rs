//! The people: each says one thing and reads the answer to its end.

use std::time::{Duration, Instant};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

/// How long one answer took.
pub(crate) struct Times {
    pub(crate) first: Duration,
    pub(crate) whole: Duration,
}

/// How long all took.
pub(crate) struct All(Vec<Times>);

impl All {
    /// The median, and what ninety-nine of a hundred stay below.
    pub(crate) fn percentiles(&mut self, of: fn(&Times) -> Duration) -> (Duration, Duration) {
        self.0.sort_by_key(of);
        let at = |percent: usize| {
            let index = (self.0.len() * percent / 100).min(self.0.len().saturating_sub(1));
            self.0.get(index).map(of).unwrap_or_default()
        };
        (at(50), at(99))
    }
}

/// So many conversations at once.
pub(crate) async fn drive(address: &str, count: usize) -> Result<All, String> {
    let mut people = JoinSet::new();
    for _ in 0..count {
        let address = address.to_owned();
        people.spawn(async move { talk(&address).await });
    }
    let mut all = Vec::new();
    while let Some(times) = people.join_next().await {
        all.push(times.map_err(|error| error.to_string())??);
    }
    Ok(All(all))
}

async fn talk(address: &str) -> Result<Times, String> {
    const BODY: &str = r#"{"text":"Talk to me"}"#;
    let failed = |error: std::io::Error| error.to_string();
    let start = Instant::now();
    let mut socket = TcpStream::connect(address).await.map_err(failed)?;
    let length = BODY.len();
    let request = format!(
        "POST /api/messages HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         accept: text/event-stream\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n\r\n{BODY}"
    );
    socket.write_all(request.as_bytes()).await.map_err(failed)?;
    let (mut read, mut first) = (Vec::new(), None);
    let mut buffer = [0; 4096];
    loop {
        let count = socket.read(&mut buffer).await.map_err(failed)?;
        if count == 0 {
            break;
        }
        read.extend_from_slice(buffer.get(..count).unwrap_or_default());
        if first.is_none() && contains(&read, b"event: text_delta") {
            first = Some(start.elapsed());
        }
    }
    match first {
        Some(first) if contains(&read, b"event: finished") => Ok(Times {
            first,
            whole: start.elapsed(),
        }),
        _ => Err(format!(
            "no whole answer: {}",
            String::from_utf8_lossy(&read)
        )),
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|it| it == part)
}
