//! Programs that are known by a document at their own address, which is fetched from the public
//! Internet alone; and what ends by time.

mod program;
mod site;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use gpt_runtime::{
    gpt::Visibility,
    message::{File, Message},
    model::script::Script,
    service::Service,
    store::{Added, Answer, Appended, Change, Conversation, Store, Summary, memory::Memory},
    tool::fetch::Fetcher,
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

use program::{Browser, CALLBACK, Program, TOKEN, gpt};
use site::Site;

const AUTHORITY: &[u8] = include_bytes!("program/authority.pem");
const HOST: &[u8] = include_bytes!("program/host.pem");
const KEY: &[u8] = include_bytes!("program/host.key.pem");

const CLIENT: &str = "https://client.example/client.json";

/// A host on loopback with HTTPS, which says that it is `client.example`.
struct Host {
    port: u16,
    asked: Arc<AtomicUsize>,
}

impl Host {
    async fn start() -> Self {
        // Whoever is first in this process.
        let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
        let chain = vec![CertificateDer::from_pem_slice(HOST).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
        let config = ServerConfig::builder().with_no_client_auth();
        let config = config.with_single_cert(chain, key).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, count) = (acceptor.clone(), Arc::clone(&count));
                tokio::spawn(async move {
                    let mut stream = acceptor.accept(stream).await.unwrap();
                    let mut request = vec![0; 4096];
                    let length = stream.read(&mut request).await.unwrap();
                    let request = String::from_utf8_lossy(&request[..length]).into_owned();
                    let path = request.split(' ').nth(1).unwrap_or_default();
                    count.fetch_add(1, Ordering::SeqCst);
                    let answer = answer(path);
                    stream.write_all(answer.as_bytes()).await.unwrap();
                    stream.shutdown().await.unwrap();
                });
            }
        });
        Self { port, asked }
    }

    /// What fetches from here as if it were public.
    fn fetcher(&self) -> Fetcher {
        let port = self.port;
        let fetcher = Fetcher::new()
            .unwrap()
            .trust_certificate(AUTHORITY)
            .unwrap();
        let fetcher = fetcher.allow_addresses("127.0.0.1").unwrap();
        let lookup = move |_: &str| -> gpt_runtime::tool::fetch::Found {
            Box::pin(async move { Ok(vec![([127, 0, 0, 1], port).into()]) })
        };
        fetcher.resolver(Arc::new(lookup)).unwrap()
    }
}

fn answer(path: &str) -> String {
    let mut document = json!({
        "client_id": CLIENT,
        "client_name": "Documented",
        "redirect_uris": [CALLBACK],
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
    });
    match path {
        // What the second says is true, but not where it stands.
        "/client.json" | "/other.json" => {}
        "/huge.json" => {
            document["client_id"] = "https://client.example/huge.json".into();
            document["client_name"] = "a".repeat(20_000).into();
        }
        "/moved.json" => {
            return "HTTP/1.1 302 Found\r\nlocation: /client.json\r\ncontent-length: 0\r\n\r\n"
                .to_owned();
        }
        "/page.json" => {
            return "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>".to_owned();
        }
        _ => return "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_owned(),
    }
    let document = document.to_string();
    let length = document.len();
    format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{document}")
}

async fn private(
    store: Arc<dyn Store>,
    fetcher: Option<Fetcher>,
) -> (Site, String, Browser, Program) {
    let builder = Service::builder(gpt(Visibility::OnlyMe)).model(Script::new([]));
    let service = builder.store(store).build().unwrap();
    let site = Site::of(service, Arc::default(), |server| {
        let server = server.owner_token(TOKEN);
        match fetcher {
            Some(fetcher) => server.client_fetcher(fetcher),
            None => server,
        }
    });
    let site = site.await;
    let url = format!("http://{}", site.address);
    let owner = Browser::at(&format!("{url}/?token={TOKEN}")).await;
    let program = Program::new(&format!("{url}/mcp")).await;
    (site, url, owner, program)
}

#[tokio::test]
async fn a_client_is_what_stands_at_its_address() {
    let host = Host::start().await;
    let store = Arc::<Memory>::default();
    let (_site, url, mut owner, mut program) = private(store, Some(host.fetcher())).await;
    CLIENT.clone_into(&mut program.client);
    // Nothing is fetched for strangers.
    assert_eq!(Browser::new().open(&program.url()).await.status, 401);
    assert_eq!(host.asked.load(Ordering::SeqCst), 0);
    let page = owner.open(&program.url()).await;
    for text in [
        "May Documented use Sky Desk",
        "It says who it is at <strong>client.example</strong>.",
    ] {
        assert!(page.body.contains(text), "{}", page.body);
    }
    let tokens = program.connect(&mut owner).await;
    assert_eq!(host.asked.load(Ordering::SeqCst), 1);
    let answer = program.get(&format!("{url}/api/gpt"), &tokens.access).await;
    assert_eq!(answer.status, 200);
    let connected = owner.open(&format!("{url}/api/clients")).await.json();
    assert_eq!(connected["clients"][0]["host"], "client.example");
}

#[tokio::test]
async fn documents_that_are_wrong_make_no_client() {
    let host = Host::start().await;
    let store = Arc::<Memory>::default();
    let (_site, _url, mut owner, program) = private(store, Some(host.fetcher())).await;
    for (path, text) in [
        ("other.json", "has another address as its"),
        ("huge.json", "has over 16384 bytes"),
        (
            "moved.json",
            "the server redirects, which is not followed here",
        ),
        ("page.json", "the document about the client is wrong"),
        ("none.json", "the server answered 404 Not Found"),
    ] {
        let id = format!("https://client.example/{path}");
        let page = owner.open(&program.url_with(&[("client_id", &id)])).await;
        assert_eq!(page.status, 400);
        let shown = page.body.to_lowercase();
        assert!(shown.contains(&text.to_lowercase()), "{path} {shown}");
        assert!(!page.body.contains("app.example"), "{}", page.body);
    }
}

#[tokio::test]
async fn nothing_is_fetched_from_inside() {
    let host = Host::start().await;
    // A name that leads here is as good as the address.
    let port = host.port;
    let lookup = move |_: &str| -> gpt_runtime::tool::fetch::Found {
        Box::pin(async move { Ok(vec![([127, 0, 0, 1], port).into()]) })
    };
    let fetcher = Fetcher::new()
        .unwrap()
        .trust_certificate(AUTHORITY)
        .unwrap();
    let fetcher = fetcher.resolver(Arc::new(lookup)).unwrap();
    let store = Arc::<Memory>::default();
    let (_site, _url, mut owner, program) = private(store, Some(fetcher)).await;
    for id in [
        CLIENT,
        "https://127.0.0.1/client.json",
        "https://[::1]/client.json",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/client.json",
        "https://[::ffff:127.0.0.1]/client.json",
    ] {
        let page = owner.open(&program.url_with(&[("client_id", id)])).await;
        assert_eq!(page.status, 400, "{id}");
        let text = "does not belong to the public Internet";
        let is_spelled_otherwise = page.body.contains("must be like");
        assert!(
            page.body.contains(text) || is_spelled_otherwise,
            "{id} {}",
            page.body
        );
    }
    assert_eq!(host.asked.load(Ordering::SeqCst), 0);
}

/// A store in which records of a kind are over at once.
struct Hasty(Memory, &'static str);

impl Hasty {
    fn hurried<'a>(&self, key: &str, change: Change<'a>) -> Change<'a> {
        let lifetime = change.lifetime.filter(|_| !key.starts_with(self.1));
        Change {
            lifetime: lifetime.or(change.lifetime.map(|_| Duration::ZERO)),
            ..change
        }
    }
}

impl Store for Hasty {
    fn create<'a>(&'a self, id: &'a str, person: &'a str) -> Answer<'a, ()> {
        self.0.create(id, person)
    }

    fn append<'a>(&'a self, id: &'a str, at: usize, message: Message) -> Answer<'a, Appended> {
        self.0.append(id, at, message)
    }

    fn conversation<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Conversation>> {
        self.0.conversation(id)
    }

    fn conversations<'a>(&'a self, person: &'a str, limit: usize) -> Answer<'a, Vec<Summary>> {
        self.0.conversations(person, limit)
    }

    fn add_file<'a>(
        &'a self,
        conversation: &'a str,
        file: &'a File,
        content: bytes::Bytes,
        limit: u64,
    ) -> Answer<'a, Added> {
        self.0.add_file(conversation, file, content, limit)
    }

    fn file<'a>(
        &'a self,
        conversation: &'a str,
        id: &'a str,
    ) -> Answer<'a, Option<(File, bytes::Bytes)>> {
        self.0.file(conversation, id)
    }

    fn files<'a>(&'a self, conversation: &'a str) -> Answer<'a, Vec<File>> {
        self.0.files(conversation)
    }

    fn delete<'a>(&'a self, id: &'a str) -> Answer<'a, bool> {
        self.0.delete(id)
    }

    fn record<'a>(&'a self, key: &'a str) -> Answer<'a, Option<String>> {
        self.0.record(key)
    }

    fn records<'a>(&'a self, prefix: &'a str) -> Answer<'a, Vec<(String, String)>> {
        self.0.records(prefix)
    }

    fn swap<'a>(
        &'a self,
        key: &'a str,
        expected: Option<&'a str>,
        change: Change<'a>,
    ) -> Answer<'a, bool> {
        let change = self.hurried(key, change);
        self.0.swap(key, expected, change)
    }

    fn put<'a>(&'a self, key: &'a str, change: Change<'a>) -> Answer<'a, ()> {
        let change = self.hurried(key, change);
        self.0.put(key, change)
    }
}

#[tokio::test]
async fn what_a_program_gets_is_over_in_time() {
    for kind in ["oauth/code/", "oauth/access/", "oauth/grant/"] {
        let store = Arc::new(Hasty(Memory::default(), kind));
        let (_site, url, mut owner, program) = private(store, None).await;
        let code = owner.allow(&program.url()).await["code"].clone();
        let answer = program.redeem_with(&code, &[]).await;
        if kind == "oauth/code/" {
            assert_eq!(answer.json()["error"], "invalid_grant");
            continue;
        }
        let tokens = program::Tokens::of(&answer);
        let answer = program.get(&format!("{url}/api/gpt"), &tokens.access).await;
        assert_eq!(answer.status, 401, "{kind}");
        let is_renewed = program.renew(&tokens.refresh).await.status == 200;
        assert_eq!(is_renewed, kind == "oauth/access/");
    }
}
