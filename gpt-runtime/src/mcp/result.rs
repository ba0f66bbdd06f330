//! What came of a call, as clients are told.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rmcp::model::{CallToolResult, ContentBlock, ResourceContents};
use url::Url;

use super::answer::Answer;
use crate::{service::Called, tool::MadeFile};

/// A call that was not made, and what to tell the model.
pub(super) fn error(message: impl Into<String>) -> CallToolResult {
    CallToolResult::error(vec![ContentBlock::text(message)])
}

/// The result of a call.
pub(super) fn of(called: Called, answer: Option<&Answer>) -> CallToolResult {
    let is_error = called.output.is_error;
    let structured = answer.filter(|_| !is_error);
    let structured = structured.map(|it| it.structured(&called.output.text, called.is_whole));
    let mut text = called.output.text;
    if !called.citations.is_empty() {
        text.push_str("\n\nSources:");
    }
    for citation in &called.citations {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "\n- {}: {}", citation.title, citation.url);
    }
    let mut content = Vec::new();
    if !text.is_empty() || called.files.is_empty() {
        content.push(ContentBlock::text(text));
    }
    content.extend(called.files.iter().enumerate().map(file));
    let mut result = if is_error {
        CallToolResult::error(content)
    } else {
        CallToolResult::success(content)
    };
    result.structured_content = structured;
    result
}

/// A file in the form that clients know best.
fn file((index, file): (usize, &MadeFile)) -> ContentBlock {
    let media_type = file.media_type.as_str();
    let base64 = || STANDARD.encode(&file.content);
    match media_type.split('/').next() {
        Some("image") => return ContentBlock::image(base64(), media_type),
        Some("audio") => return ContentBlock::audio(base64(), media_type),
        _ => {}
    }
    let uri = address(index, &file.name);
    let is_text = media_type.starts_with("text/") || media_type == "application/json";
    let contents = match std::str::from_utf8(&file.content) {
        Ok(text) if is_text => ResourceContents::text(text, uri),
        _ => ResourceContents::blob(base64(), uri),
    };
    ContentBlock::resource(contents.with_mime_type(media_type))
}

/// An address that tells the name of a file; it is not kept, so it leads nowhere.
fn address(index: usize, name: &str) -> String {
    let address = Url::parse("gpt:///files").ok().and_then(|mut url| {
        let number = (index + 1).to_string();
        url.path_segments_mut().ok()?.extend([&*number, name]);
        Some(url.to_string())
    });
    address.unwrap_or_else(|| format!("gpt:///files/{}", index + 1))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{invoke::ToolOutput, message::Citation};

    #[test]
    fn files_and_sources_come_along() {
        let made = |name: &str, media_type: &str, content: &'static [u8]| MadeFile {
            name: name.to_owned(),
            media_type: media_type.to_owned(),
            content: content.into(),
        };
        let called = Called {
            output: ToolOutput {
                text: "Done.".to_owned(),
                is_error: false,
            },
            is_whole: true,
            files: vec![
                made("plot.png", "image/png", b"\x89PNG"),
                made("song.mp3", "audio/mpeg", b"\xff"),
                made("a b.csv", "text/csv", b"1,2"),
                made("not.csv", "text/csv", b"\xff"),
            ],
            citations: vec![Citation {
                url: "https://example.com/".to_owned(),
                title: "Example".to_owned(),
            }],
            milliseconds: 1,
        };
        let result = serde_json::to_value(of(called, None)).unwrap();
        assert_eq!(
            result["content"],
            json!([
                { "type": "text", "text": "Done.\n\nSources:\n- Example: https://example.com/" },
                { "type": "image", "data": "iVBORw==", "mimeType": "image/png" },
                { "type": "audio", "data": "/w==", "mimeType": "audio/mpeg" },
                { "type": "resource", "resource": {
                    "uri": "gpt:///files/3/a%20b.csv", "mimeType": "text/csv", "text": "1,2"
                } },
                { "type": "resource", "resource": {
                    "uri": "gpt:///files/4/not.csv", "mimeType": "text/csv", "blob": "/w=="
                } },
            ])
        );
        assert_eq!(result["isError"], false);
    }
}
