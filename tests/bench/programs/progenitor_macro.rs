progenitor::generate_api!("greeter.yaml");

#[tokio::main]
async fn main() {
    let client = Client::new("https://greeter.example");
    println!("{:?}", client.get_greeting("Ada").await);
}
