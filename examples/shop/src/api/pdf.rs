//! A page of text as PDF 1.4 (ISO 32000-1), in one of the fonts that every reader has.

use std::fmt::Write as _;

/// Of a sheet of A4, in points.
const WIDTH: u32 = 595;
const HEIGHT: u32 = 842;
const MARGIN: u32 = 72;
const SIZE: u32 = 11;
const LEADING: u32 = 16;

/// A document of one page with these lines. What the font has no letter for becomes a question
/// mark; what does not fit on the page is not seen.
pub(super) fn page(title: &str, lines: &[String]) -> Vec<u8> {
    let top = HEIGHT - MARGIN;
    let mut text = format!("BT /F1 {SIZE} Tf {LEADING} TL {MARGIN} {top} Td\n").into_bytes();
    for line in lines {
        text.extend(string(line));
        text.extend(b" '\n");
    }
    text.extend(b"ET");
    let mut content = format!("<< /Length {} >>\nstream\n", text.len()).into_bytes();
    content.extend(text);
    content.extend(b"\nendstream");
    let mut info = b"<< /Title ".to_vec();
    info.extend(string(title));
    info.extend(b" >>");
    let page = format!(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
    );
    let font = "<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>";
    document(&[
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        page.into_bytes(),
        content,
        font.as_bytes().to_vec(),
        info,
    ])
}

/// Numbers objects from 1 and notes where each begins; the last one describes the document.
fn document(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"%PDF-1.4\n%\xE2\xE3\xCF\xD3\n".to_vec();
    // Entries of the table have exactly 20 bytes.
    let mut table = String::from("0000000000 65535 f \n");
    for (index, object) in objects.iter().enumerate() {
        let _ = writeln!(table, "{:010} 00000 n ", file.len());
        file.extend(format!("{} 0 obj\n", index + 1).into_bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let (start, last) = (file.len(), objects.len());
    let size = last + 1;
    file.extend(
        format!(
            "xref\n0 {size}\n{table}trailer\n<< /Size {size} /Root 1 0 R /Info {last} 0 R >>\n\
             startxref\n{start}\n%%EOF\n"
        )
        .into_bytes(),
    );
    file
}

/// A text in brackets, in the encoding of the font.
fn string(text: &str) -> Vec<u8> {
    let mut bytes = vec![b'('];
    for character in text.chars() {
        match character {
            '(' | ')' | '\\' => bytes.extend([b'\\', character as u8]),
            // Of these the encoding is that of Unicode.
            ' '..='~' | '\u{a0}'..='\u{ff}' => bytes.push(character as u8),
            '€' => bytes.push(0x80),
            '–' => bytes.push(0x96),
            _ => bytes.push(b'?'),
        }
    }
    bytes.push(b')');
    bytes
}

#[cfg(test)]
mod tests {
    use super::{page, string};

    #[test]
    fn texts_cannot_end_early() {
        assert_eq!(string(r"a) b\ ("), br"(a\) b\\ \()");
        assert_eq!(string("€ é 茶\n"), b"(\x80 \xe9 ??)");
    }

    /// Readers find each object by the table at the end.
    #[test]
    fn the_table_leads_to_the_objects() {
        let file = page("Title", &["One".to_owned(), "Two".to_owned()]);
        let text = String::from_utf8_lossy(&file).into_owned();
        let start = text.rsplit("startxref\n").next().unwrap();
        let start: usize = start.lines().next().unwrap().parse().unwrap();
        assert!(file[start..].starts_with(b"xref\n0 7\n"));
        let table = String::from_utf8_lossy(&file[start..]).into_owned();
        let entries: Vec<&str> = table.lines().skip(2).take(7).collect();
        for (number, entry) in entries.iter().enumerate().skip(1) {
            assert_eq!(entry.len(), 19, "{entry:?}");
            let at: usize = entry[..10].parse().unwrap();
            let object = format!("{number} 0 obj\n");
            assert!(file[at..].starts_with(object.as_bytes()), "{number}");
        }
        // And a reader knows how long the text of the page is.
        let (_, length) = text.split_once("/Length ").unwrap();
        let (length, rest) = length.split_once(" >>\nstream\n").unwrap();
        let length: usize = length.parse().unwrap();
        assert_eq!(&rest[length..length + 10], "\nendstream");
        assert!(rest[..length].contains("(One) '\n(Two) '\n"));
    }
}
