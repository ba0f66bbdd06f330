#[tokio::main]
async fn main() {
    let path = generated::GetGreetingRequestPath { name: "Ada".into() };
    let request = generated::GetGreetingRequest { path };
    match generated::GreeterClient::new().get_greeting(request).await {
        Ok(_) => println!("greeted"),
        Err(error) => println!("{error:?}"),
    }
}
