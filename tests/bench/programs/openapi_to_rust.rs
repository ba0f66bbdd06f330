#[tokio::main]
async fn main() {
    let client = generated::api::HttpClient::new();
    println!("{:?}", client.get_greeting("Ada").await);
}
