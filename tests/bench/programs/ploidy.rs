#[tokio::main]
async fn main() {
    let client = generated::Client::new("https://greeter.example").expect("the URL is one");
    println!("{:?}", client.get_greeting("Ada").await);
}
