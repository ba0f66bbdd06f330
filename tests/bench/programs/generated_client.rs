#[tokio::main]
async fn main() {
    let client = generated::Client::new();
    let answer = client.get_greeting(generated::GetGreeting::new("Ada".to_owned())).await;
    println!("{answer:?}");
}
