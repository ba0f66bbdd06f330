#[tokio::main]
async fn main() {
    let client = generated::Client::new("https://greeter.example");
    println!("{:?}", client.get_greeting("Ada").await);
}
