//! What every store must do, whatever it keeps its things in.
//!
//! PostgreSQL takes part when `GPT_TEST_POSTGRES` holds the URL of a server.

use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use bytes::Bytes;
use gpt_runtime::{
    message::{File, Message, ToolCall},
    store::{Added, Appended, Change, Store, memory::Memory, open, scoped::Scoped},
};
use serde_json::{Value, json};
use uuid::Uuid;

/// Long enough for any machine, short enough to fail.
const PATIENCE: Duration = Duration::from_secs(60);

/// A store that is empty at first, and what it is kept in.
enum Place {
    Memory(Arc<Memory>),
    /// The part of one that a scope has.
    Part(Arc<Memory>),
    #[cfg(feature = "sqlite")]
    File(PathBuf),
    #[cfg(feature = "postgres")]
    Database(String),
}

impl Place {
    /// One of each kind that can be had here.
    async fn all() -> Vec<Self> {
        let mut all = vec![Self::Memory(Arc::default()), Self::Part(Arc::default())];
        all.extend(Self::lasting().await);
        all
    }

    /// One of each kind that can be opened twice.
    #[cfg_attr(
        not(feature = "postgres"),
        allow(clippy::unused_async, reason = "a database is prepared first")
    )]
    async fn lasting() -> Vec<Self> {
        let mut all = Vec::new();
        #[cfg(feature = "sqlite")]
        {
            let folder = env::temp_dir().join(format!("gpt-store-{}", Uuid::new_v4()));
            fs::create_dir(&folder).unwrap();
            all.push(Self::File(folder.join("gpt.db")));
        }
        #[cfg(feature = "postgres")]
        match env::var("GPT_TEST_POSTGRES") {
            Ok(url) => all.push(Self::Database(schema(&url).await)),
            Err(_) => println!("PostgreSQL is skipped: `GPT_TEST_POSTGRES` is not set"),
        }
        all
    }

    /// The store; those that last are opened once more.
    fn store(&self) -> Arc<dyn Store> {
        match self {
            Self::Memory(memory) => Arc::clone(memory) as _,
            Self::Part(memory) => Arc::new(Scoped::new(Arc::clone(memory) as _, "part/%")),
            #[cfg(feature = "sqlite")]
            Self::File(_) => open(&self.name()).unwrap(),
            #[cfg(feature = "postgres")]
            Self::Database(_) => open(&self.name()).unwrap(),
        }
    }

    /// What `GPT_STORE` would be.
    fn name(&self) -> String {
        match self {
            Self::Memory(_) | Self::Part(_) => "memory".to_owned(),
            #[cfg(feature = "sqlite")]
            Self::File(path) => format!("sqlite:{}", path.display()),
            #[cfg(feature = "postgres")]
            Self::Database(url) => url.clone(),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        #[cfg(feature = "sqlite")]
        if let Self::File(path) = self {
            let _ = fs::remove_dir_all(path.parent().unwrap());
        }
    }
}

/// A URL under which nobody else's tables are seen.
#[cfg(feature = "postgres")]
async fn schema(url: &str) -> String {
    let name = format!("t{}", Uuid::new_v4().simple());
    sql(url, &format!("CREATE SCHEMA {name}")).await;
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}options=-csearch_path%3D{name}")
}

/// Asks the database something past the store.
#[cfg(feature = "postgres")]
async fn sql(url: &str, sql: &str) {
    let connected = tokio_postgres::connect(url, tokio_postgres::NoTls).await;
    let (client, connection) = connected.unwrap();
    let connection = tokio::spawn(connection);
    client.batch_execute(sql).await.unwrap();
    drop(client);
    let _ = connection.await;
}

fn said(text: impl Into<String>) -> Message {
    Message::user(text)
}

fn called(arguments: Value) -> Message {
    let call = ToolCall {
        id: "call_1".to_owned(),
        name: "getPoint".to_owned(),
        arguments,
    };
    Message::assistant("", vec![call])
}

async fn texts(store: &dyn Store, id: &str) -> Vec<String> {
    let found = store.conversation(id).await.unwrap().unwrap();
    let texts = found.messages.into_iter().map(|message| match message {
        Message::User { text, .. } => text,
        other => panic!("{other:?}"),
    });
    texts.collect()
}

/// What is hard to write down and read again.
fn hard_messages() -> Vec<Message> {
    let mut deep = json!(null);
    for _ in 0..126 {
        deep = json!([deep]);
    }
    vec![
        said(""),
        said("a NUL \0 in the middle, and one at the end \0"),
        said("\u{1}\u{7f}\u{85}\u{2028}\u{feff}\u{fffe}\u{10ffff} \\u0000 \\ \" ' '' $1 ?1 %s"),
        said("e\u{301} é \u{202e}abc 👩‍👩‍👧‍👦 𝕏 ﷽ ꙮ"),
        said("x€".repeat(2_000_000)),
        called(json!({"z": 1, "a": 2, "\0": "\0", "": {}})),
        called(json!([
            u64::MAX,
            i64::MIN,
            9_007_199_254_740_993_u64,
            0.1 + 0.2,
            1.234_567_890_123_456_7e-300,
            f64::MIN_POSITIVE,
            5e-324,
            f64::MAX,
            -0.0
        ])),
        called(deep),
        Message::Tool {
            call_id: "call_1".to_owned(),
            name: "getPoint".to_owned(),
            text: "{\"type\": \"Feature\"}".to_owned(),
            is_error: true,
            files: Vec::new(),
        },
    ]
}

#[tokio::test]
async fn messages_come_back_as_they_were() {
    for place in Place::all().await {
        let messages = hard_messages();
        let store = place.store();
        store.create("c", "somebody").await.unwrap();
        for (position, message) in messages.iter().enumerate() {
            let appended = store.append("c", position, message.clone()).await.unwrap();
            assert_eq!(appended, Appended::Kept, "{position} {}", place.name());
        }
        // Lasting stores are opened again.
        drop(store);
        let found = place.store().conversation("c").await.unwrap().unwrap();
        assert_eq!(found.person, "somebody");
        assert_eq!(found.messages.len(), messages.len());
        for (found, message) in found.messages.iter().zip(&messages) {
            assert!(found == message, "{}: {message:.200?}", place.name());
        }
    }
}

#[tokio::test]
async fn positions() {
    for place in Place::all().await {
        let store = place.store();
        let append = async |id, position| store.append(id, position, said("x")).await.unwrap();
        store.create("c", "p").await.unwrap();
        assert_eq!(append("c", 1).await, Appended::Taken);
        assert_eq!(append("c", 0).await, Appended::Kept);
        assert_eq!(append("c", 0).await, Appended::Taken);
        assert_eq!(append("c", 2).await, Appended::Taken);
        assert_eq!(append("c", usize::MAX).await, Appended::Taken);
        assert_eq!(append("c", 1).await, Appended::Kept);
        assert_eq!(append("d", 0).await, Appended::Unknown);
        assert_eq!(texts(&*store, "c").await.len(), 2);

        assert!(store.create("c", "q").await.is_err(), "{}", place.name());
        assert_eq!(texts(&*store, "c").await.len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_gets_a_position() {
    for place in Place::all().await {
        let stores = [place.store(), place.store()];
        stores[0].create("c", "p").await.unwrap();
        for position in 0..5 {
            let tasks: Vec<_> = (0..20)
                .map(|task| {
                    let store = Arc::clone(&stores[task % 2]);
                    tokio::spawn(async move {
                        store.append("c", position, said(task.to_string())).await
                    })
                })
                .collect();
            let mut winners = Vec::new();
            for (task, answer) in tasks.into_iter().enumerate() {
                if answer.await.unwrap().unwrap() == Appended::Kept {
                    winners.push(task.to_string());
                }
            }
            assert_eq!(winners.len(), 1, "{}", place.name());
            for store in &stores {
                assert_eq!(texts(&**store, "c").await[position..], winners);
            }
        }
    }
}

#[tokio::test]
async fn lists() {
    for place in Place::all().await {
        let store = place.store();
        let start = SystemTime::now() - Duration::from_secs(60);
        for (id, person) in [
            ("a", "ann"),
            ("b", "ann"),
            ("c", "bob"),
            ("d", "ann\0"),
            ("e", "ann"),
        ] {
            store.create(id, person).await.unwrap();
            if id != "e" {
                store.append(id, 0, said(format!("{id} 0"))).await.unwrap();
            }
        }
        store.append("a", 1, said("a 1")).await.unwrap();
        let list = async |person, limit| {
            let found = store.conversations(person, limit).await.unwrap();
            let shown = found.iter().map(|summary| {
                assert_eq!(summary.first, said(format!("{} 0", summary.id)));
                assert!(summary.changed > start && summary.changed < start + PATIENCE * 2);
                summary.id.clone()
            });
            shown.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(list("ann", 9).await, "a b", "{}", place.name());
        assert_eq!(list("ann", 1).await, "a");
        assert_eq!(list("ann", 0).await, "");
        assert_eq!(list("bob", usize::MAX).await, "c");
        assert_eq!(list("ann\0", 9).await, "d");
        assert_eq!(list("", 9).await, "");
    }
}

#[tokio::test]
async fn deletion() {
    for place in Place::all().await {
        let store = place.store();
        store.create("c", "p").await.unwrap();
        store.append("c", 0, said("old")).await.unwrap();
        assert_eq!(add_file(&*store, "c", "f", b"old").await, Added::Kept);
        assert!(store.delete("c").await.unwrap());
        assert!(!store.delete("c").await.unwrap());
        assert_eq!(store.conversation("c").await.unwrap(), None);
        assert_eq!(
            store.append("c", 1, said("x")).await.unwrap(),
            Appended::Unknown
        );
        assert_eq!(store.file("c", "f").await.unwrap(), None);
        assert_eq!(add_file(&*store, "c", "f", b"x").await, Added::Unknown);
        store.create("c", "q").await.unwrap();
        assert!(texts(&*store, "c").await.is_empty(), "{}", place.name());
        assert_eq!(store.files("c").await.unwrap(), []);
        assert_eq!(add_file(&*store, "c", "f", &[0; 10]).await, Added::Kept);
    }
}

fn file(id: &str, size: usize) -> File {
    File {
        id: id.to_owned(),
        name: format!("{id}.txt \0 ü"),
        media_type: "text/plain".to_owned(),
        size: size.try_into().unwrap(),
    }
}

/// Adds a file where all of the conversation have ten bytes at most.
async fn add_file(store: &dyn Store, conversation: &str, id: &str, content: &[u8]) -> Added {
    let file = file(id, content.len());
    let content = Bytes::copy_from_slice(content);
    let added = store.add_file(conversation, &file, content, 10);
    added.await.unwrap()
}

#[tokio::test]
async fn files_belong_to_conversations() {
    for place in Place::all().await {
        let store = place.store();
        store.create("c", "p").await.unwrap();
        store.create("d", "p").await.unwrap();
        let content = [0, 255, b'\n', 0];
        assert_eq!(add_file(&*store, "c", "z", &content).await, Added::Kept);
        assert_eq!(add_file(&*store, "c", "a", b"").await, Added::Kept);
        assert_eq!(add_file(&*store, "d", "z", b"other").await, Added::Kept);
        let taken = file("z", 0);
        let again = store.add_file("c", &taken, Bytes::new(), 10);
        assert!(again.await.is_err(), "{}", place.name());
        let store = place.store();
        let found = store.file("c", "z").await.unwrap();
        assert_eq!(
            found,
            Some((file("z", 4), Bytes::copy_from_slice(&content)))
        );
        assert_eq!(
            store.files("c").await.unwrap(),
            [file("z", 4), file("a", 0)]
        );
        assert_eq!(store.file("d", "a").await.unwrap(), None);
        assert_eq!(store.file("e", "z").await.unwrap(), None);
        assert_eq!(store.files("e").await.unwrap(), []);
        assert_eq!(add_file(&*store, "c", "b", &[0; 7]).await, Added::Full);
        assert_eq!(add_file(&*store, "c", "b", &[0; 6]).await, Added::Kept);
        assert_eq!(add_file(&*store, "c", "d", &[0]).await, Added::Full);
        assert_eq!(add_file(&*store, "d", "b", &[0; 5]).await, Added::Kept);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_replicas_keep_within_the_limit_together() {
    for place in Place::all().await {
        let stores = [place.store(), place.store()];
        stores[0].create("c", "p").await.unwrap();
        let tasks: Vec<_> = (0..20)
            .map(|task| {
                let store = Arc::clone(&stores[task % 2]);
                tokio::spawn(async move { add_file(&*store, "c", &task.to_string(), b"abc").await })
            })
            .collect();
        let mut kept = 0;
        for task in tasks {
            kept += usize::from(task.await.unwrap() == Added::Kept);
        }
        assert_eq!(kept, 3, "{}", place.name());
        assert_eq!(stores[1].files("c").await.unwrap().len(), 3);
    }
}

#[tokio::test]
async fn memory_forgets_what_rested_longest_when_files_are_too_many() {
    let store = Memory::default();
    let large = |id: &str| File {
        size: 400_000_000,
        ..file(id, 0)
    };
    for id in ["a", "b", "c"] {
        store.create(id, "p").await.unwrap();
        let file = large(id);
        let added = store.add_file(id, &file, Bytes::new(), u64::MAX);
        assert_eq!(added.await.unwrap(), Added::Kept);
    }
    assert_eq!(store.conversation("a").await.unwrap(), None);
    assert_eq!(store.files("b").await.unwrap(), [large("b")]);
    for (id, expected) in [("d", Added::Kept), ("e", Added::Full)] {
        let file = large(id);
        let added = store.add_file("c", &file, Bytes::new(), u64::MAX);
        assert_eq!(added.await.unwrap(), expected);
    }
    assert_eq!(store.conversation("b").await.unwrap(), None);
}

#[tokio::test]
async fn prefixes() {
    const KEYS: [&str; 10] = [
        "",
        "A",
        "a",
        "a%",
        "a%b",
        "a_b",
        "axb",
        "a\0",
        "é",
        "\u{10ffff}\u{10ffff}",
    ];
    for place in Place::all().await {
        let store = place.store();
        for key in KEYS {
            store
                .put(key, Change::to(&format!("{key}\0'")))
                .await
                .unwrap();
        }
        let store = place.store();
        for prefix in [
            "",
            "a",
            "a%",
            "a_",
            "a\0",
            "\u{10ffff}",
            "é",
            "b",
            "\\",
            "A",
        ] {
            let mut expected: Vec<_> = KEYS
                .into_iter()
                .filter(|it| it.starts_with(prefix))
                .collect();
            expected.sort_unstable();
            let found = store.records(prefix).await.unwrap();
            let keys: Vec<_> = found.iter().map(|(key, _)| key.as_str()).collect();
            assert_eq!(keys, expected, "{prefix:?} {}", place.name());
            assert!(
                found
                    .iter()
                    .all(|(key, value)| *value == format!("{key}\0'"))
            );
        }
    }
}

#[tokio::test]
async fn swaps() {
    /// What is expected, what is written, whether that succeeds, and what is there then.
    type Step<'a> = (Option<&'a str>, Option<&'a str>, bool, Option<&'a str>);
    const STEPS: [Step<'_>; 9] = [
        (Some("1"), Some("2"), false, None),
        (Some("1"), None, false, None),
        (None, None, true, None),
        (None, Some("1"), true, Some("1")),
        (None, Some("2"), false, Some("1")),
        (None, None, false, Some("1")),
        (Some("1"), Some("2"), true, Some("2")),
        (Some("1"), None, false, Some("2")),
        (Some("2"), None, true, None),
    ];
    for place in Place::all().await {
        let store = place.store();
        for (expected, value, succeeds, then) in STEPS {
            let change = Change {
                value,
                lifetime: None,
            };
            let answer = store.swap("k", expected, change).await.unwrap();
            let found = store.record("k").await.unwrap();
            let case = format!("{expected:?} -> {value:?} {}", place.name());
            assert_eq!((answer, found.as_deref()), (succeeds, then), "{case}");
        }
        store.put("k", Change::to("x")).await.unwrap();
        store.put("k", Change::to("y")).await.unwrap();
        assert_eq!(store.record("k").await.unwrap().as_deref(), Some("y"));
        store.put("k", Change::remove()).await.unwrap();
        store.put("k", Change::remove()).await.unwrap();
        assert_eq!(store.record("k").await.unwrap(), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_fifty_swaps() {
    for place in Place::all().await {
        let stores = [place.store(), place.store()];
        let mut last: Option<String> = None;
        for round in 0..4 {
            let tasks: Vec<_> = (0..50)
                .map(|task| {
                    let store = Arc::clone(&stores[task % 2]);
                    let (expected, value) = (last.clone(), format!("{round} {task}"));
                    tokio::spawn(async move {
                        let won = store
                            .swap("k", expected.as_deref(), Change::to(&value))
                            .await;
                        won.unwrap().then_some(value)
                    })
                })
                .collect();
            let mut winners = Vec::new();
            for task in tasks {
                winners.extend(task.await.unwrap());
            }
            assert_eq!(winners.len(), 1, "{}", place.name());
            last = winners.pop();
            assert_eq!(stores[1].record("k").await.unwrap(), last);
        }
    }
}

#[tokio::test]
async fn lifetimes() {
    const LONG: Duration = Duration::from_secs(3600);
    const SHORT: Duration = Duration::from_millis(50);
    for place in Place::all().await {
        let store = place.store();
        for (key, lifetime) in [("long", LONG), ("ever", Duration::MAX)] {
            store
                .put(key, Change::for_a_time("x", lifetime))
                .await
                .unwrap();
        }
        for key in ["a", "b", "c", "d"] {
            let change = Change::for_a_time("x", SHORT);
            assert!(store.swap(key, None, change).await.unwrap());
        }
        // A new value has a new lifetime.
        store.put("c", Change::to("y")).await.unwrap();
        store.put("d", Change::for_a_time("y", LONG)).await.unwrap();
        let start = Instant::now();
        while store.record("a").await.unwrap().is_some()
            || store.record("b").await.unwrap().is_some()
        {
            assert!(start.elapsed() < PATIENCE, "{}", place.name());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let found = store.records("").await.unwrap();
        let keys: Vec<_> = found.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["c", "d", "ever", "long"], "{}", place.name());
        assert!(!store.swap("a", Some("x"), Change::to("z")).await.unwrap());
        assert!(!store.swap("a", Some("x"), Change::remove()).await.unwrap());
        assert!(store.swap("a", None, Change::remove()).await.unwrap());
        assert!(store.swap("b", None, Change::to("z")).await.unwrap());
        assert_eq!(store.record("b").await.unwrap().as_deref(), Some("z"));
        store
            .put("a", Change::for_a_time("x", Duration::ZERO))
            .await
            .unwrap();
        assert_eq!(store.record("a").await.unwrap(), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_start_at_once() {
    for place in Place::lasting().await {
        let place = Arc::new(place);
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let place = Arc::clone(&place);
                tokio::task::spawn_blocking(move || place.store())
            })
            .collect();
        for (task, store) in tasks.into_iter().enumerate() {
            let store = store.await.unwrap();
            store.create(&task.to_string(), "p").await.unwrap();
        }
    }
}

#[tokio::test]
async fn newer_tables_are_refused() {
    for place in Place::lasting().await {
        drop(place.store());
        let statement = "INSERT INTO gpt_schema (version) VALUES (99)";
        match &place {
            Place::Memory(_) | Place::Part(_) => {}
            #[cfg(feature = "sqlite")]
            Place::File(path) => {
                let connection = rusqlite::Connection::open(path).unwrap();
                connection.execute_batch(statement).unwrap();
            }
            #[cfg(feature = "postgres")]
            Place::Database(url) => sql(url, statement).await,
        }
        let error = open(&place.name()).err().unwrap().to_string();
        let expected = "its tables are of version 99, and this program knows versions up to 2";
        assert!(error.contains(expected), "{error}");
    }
}

#[tokio::test]
async fn earlier_tables_are_brought_along() {
    for place in Place::lasting().await {
        let store = place.store();
        store.create("c", "p").await.unwrap();
        store.append("c", 0, said("old")).await.unwrap();
        drop(store);
        let statement = "
            DROP TABLE gpt_files;
            ALTER TABLE gpt_conversations DROP COLUMN files_size;
            DELETE FROM gpt_schema WHERE version = 2;";
        match &place {
            Place::Memory(_) | Place::Part(_) => {}
            #[cfg(feature = "sqlite")]
            Place::File(path) => {
                let connection = rusqlite::Connection::open(path).unwrap();
                connection.execute_batch(statement).unwrap();
            }
            #[cfg(feature = "postgres")]
            Place::Database(url) => sql(url, statement).await,
        }
        let store = place.store();
        assert_eq!(texts(&*store, "c").await, ["old"]);
        assert_eq!(add_file(&*store, "c", "f", &[0; 10]).await, Added::Kept);
        assert_eq!(add_file(&*store, "c", "g", &[0]).await, Added::Full);
    }
}

#[test]
fn child_that_appends() {
    // Not a test of its own: `what_was_acknowledged_survives_a_kill` starts it.
    let Ok(place) = env::var("GPT_TEST_APPEND_TO") else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = open(&place).unwrap();
        store.create("c", "p").await.unwrap();
        for position in 0.. {
            let message = said(format!("{position}{}", "x".repeat(5_000)));
            let appended = store.append("c", position, message).await.unwrap();
            assert_eq!(appended, Appended::Kept);
            println!("\nkept {position}");
        }
    });
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    for place in Place::lasting().await {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["child_that_appends", "--exact", "--nocapture"])
            .env("GPT_TEST_APPEND_TO", place.name())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut acknowledged = 0;
        for line in lines.map_while(Result::ok) {
            let Some(position) = line.strip_prefix("kept ") else {
                continue;
            };
            acknowledged = position.parse::<usize>().unwrap() + 1;
            // The pipe may hold more, which is read until its end.
            if acknowledged == 50 {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        assert!(acknowledged >= 50, "{}", place.name());
        let texts = texts(&*place.store(), "c").await;
        assert!(
            texts.len() >= acknowledged,
            "{} < {acknowledged}",
            texts.len()
        );
        for (position, text) in texts.iter().enumerate() {
            assert_eq!(text.trim_end_matches('x'), position.to_string());
        }
        let next = place.store().append("c", texts.len(), said("on")).await;
        assert_eq!(next.unwrap(), Appended::Kept);
    }
}

#[test]
#[cfg(all(feature = "sqlite", unix))]
fn a_new_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = env::temp_dir().join(format!("gpt-store-{}", Uuid::new_v4()));
    fs::create_dir(&folder).unwrap();
    let place = Place::File(folder.join("gpt.db"));
    let _store = place.store();
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(
            entry.metadata().unwrap().permissions().mode() & 0o777,
            0o600
        );
        names.push(entry.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(names, ["gpt.db", "gpt.db-shm", "gpt.db-wal"]);
}

#[test]
#[cfg(feature = "sqlite")]
fn files_that_cannot_be_used() {
    let folder = env::temp_dir().join(format!("gpt-store-{}", Uuid::new_v4()));
    fs::create_dir(&folder).unwrap();
    let place = Place::File(folder.join("gpt.db"));
    fs::write(
        folder.join("gpt.db"),
        "this is not a database, but it is long enough for one",
    )
    .unwrap();
    for (path, reason) in [
        (folder.join("gpt.db"), "file is not a database"),
        (folder.join("nowhere/gpt.db"), "No such file or directory"),
    ] {
        let error = open(path.to_str().unwrap()).err().unwrap().to_string();
        let beginning = format!("store: cannot use the file `{}`: ", path.display());
        assert!(
            error.starts_with(&beginning) && error.contains(reason),
            "{error}"
        );
    }
    drop(place);
}

#[test]
fn features_that_are_off() {
    for (place, feature) in [
        (cfg!(not(feature = "sqlite")).then_some("x.db"), "sqlite"),
        (
            cfg!(not(feature = "postgres")).then_some("postgres://u:secret@h/d"),
            "postgres",
        ),
    ] {
        let Some(place) = place else { continue };
        let error = open(place).err().unwrap().to_string();
        assert!(
            error.contains(&format!("needs the feature `{feature}`")),
            "{error}"
        );
        assert!(!error.contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn scopes_of_one_store_are_apart() {
    let whole: Arc<dyn Store> = Arc::<Memory>::default();
    let part = |scope| Scoped::new(Arc::clone(&whole), scope);
    let scopes = [part("a"), part("a/b"), part("a%2Fb"), part("b")];
    for (number, scope) in scopes.iter().enumerate() {
        let text = number.to_string();
        scope.create("id", "me").await.unwrap();
        scope.append("id", 0, said(&text)).await.unwrap();
        scope.put("b/key", Change::to(&text)).await.unwrap();
    }
    for (number, scope) in scopes.iter().enumerate() {
        let text = number.to_string();
        assert_eq!(texts(scope, "id").await.join("+"), text);
        let own = scope.conversations("me", 10).await.unwrap();
        let ids: Vec<_> = own.iter().map(|it| it.id.as_str()).collect();
        assert_eq!(ids, ["id"]);
        let records = scope.records("").await.unwrap();
        assert_eq!(records, [("b/key".to_owned(), text)]);
    }
    // What is outside of all scopes is in none, whatever it is called.
    whole.put("g/b", Change::to("outside")).await.unwrap();
    assert!(scopes[3].delete("id").await.unwrap());
    assert_eq!(scopes[3].record("").await.unwrap(), None);
    assert_eq!(texts(&scopes[0], "id").await, ["0"]);
    assert!(whole.conversation("id").await.unwrap().is_none());
    assert!(whole.conversations("me", 10).await.unwrap().is_empty());
}
