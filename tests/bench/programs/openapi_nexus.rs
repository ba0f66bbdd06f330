#[tokio::main]
async fn main() {
    let client = generated::runtime::client::Client::new("https://greeter.example");
    match generated::apis::DefaultApi::new(&client).get_greeting("Ada").await {
        Ok(answer) => println!("{:?}", answer.data),
        Err(error) => println!("{error}"),
    }
}
