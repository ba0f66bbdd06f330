//! Searches the web and reads pages of it.

mod html;
mod page;
mod search;

pub use page::OpenPage;
pub use search::{Provider, Search};
