//! PDFs read back by another library than the one that wrote them.

use lopdf::Document;

/// A PDF, read.
pub struct Paper {
    /// The text of each page, as it was drawn, without spaces: the reader does not know where words end.
    pub pages: Vec<String>,
    document: Document,
}

impl Paper {
    pub fn read(bytes: &[u8]) -> Self {
        let document = Document::load_mem(bytes).unwrap();
        let numbers: Vec<u32> = document.get_pages().into_keys().collect();
        let pages = numbers.iter().map(|n| squeeze(&document.extract_text(&[*n]).unwrap())).collect();
        Self { pages, document }
    }

    pub fn text(&self) -> String {
        self.pages.concat()
    }

    /// Whether the text stands somewhere, whatever its line breaks.
    pub fn shows(&self, text: &str) -> bool {
        self.text().contains(&squeeze(text))
    }

    /// An entry of the document's information, "Title" or "Author".
    pub fn info(&self, key: &str) -> String {
        let info = self.document.trailer.get(b"Info").unwrap().as_reference().unwrap();
        let value = self.document.get_dictionary(info).unwrap().get(key.as_bytes()).unwrap();
        lopdf::decode_text_string(value).unwrap()
    }

    /// Whether it claims PDF/UA, the standard for accessible documents; the writer checks the rules before it does.
    pub fn accessible(&self) -> bool {
        let metadata = self.document.catalog().unwrap().get(b"Metadata").unwrap().as_reference().unwrap();
        let stream = self.document.get_object(metadata).unwrap().as_stream().unwrap();
        let text = stream.decompressed_content().unwrap_or_else(|_| stream.content.clone());
        String::from_utf8_lossy(&text).contains("pdfuaid")
    }

    /// Whether it says that it is tagged for screen readers.
    pub fn tagged(&self) -> bool {
        let mark = self.document.catalog().unwrap().get(b"MarkInfo").unwrap().as_dict().unwrap();
        mark.get(b"Marked").unwrap().as_bool().unwrap()
    }
}

fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '\u{200B}').collect()
}
