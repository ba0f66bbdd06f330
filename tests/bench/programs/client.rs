gpt_runtime::include_actions!(greeter);

#[tokio::main]
async fn main() {
    let client = greeter::Client::new();
    let answer = client.get_greeting(greeter::GetGreeting::new("Ada".to_owned())).await;
    println!("{answer:?}");
}
