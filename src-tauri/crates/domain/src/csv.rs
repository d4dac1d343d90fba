//! Tables as text that spreadsheets open as they are meant: RFC 4180, UTF-8 with its mark, and no cell that could be
//! taken for a formula.

/// A table being written.
#[derive(Debug)]
pub struct Sheet {
    text: String,
    rows: usize,
}

impl Sheet {
    /// Begins with the headings.
    #[must_use]
    pub fn new(headings: &[&str]) -> Self {
        let mut sheet = Self { text: String::from('\u{feff}'), rows: 0 };
        sheet.line(headings);
        sheet
    }
    /// Adds a row.
    pub fn row(&mut self, cells: &[&str]) {
        self.line(cells);
        self.rows += 1;
    }
    /// Rows so far, without the headings.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }
    /// The whole text.
    #[must_use]
    pub fn finish(self) -> String {
        self.text
    }

    fn line(&mut self, cells: &[&str]) {
        for (n, cell) in cells.iter().enumerate() {
            if n > 0 {
                self.text.push(',');
            }
            self.cell(cell);
        }
        self.text.push_str("\r\n");
    }

    fn cell(&mut self, cell: &str) {
        // Whatever begins like this a spreadsheet runs; a customer of the website chose the text.
        let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
        if !formula && !cell.contains([',', '"', '\n', '\r']) {
            self.text.push_str(cell);
            return;
        }
        self.text.push('"');
        if formula {
            self.text.push('\'');
        }
        self.text.push_str(&cell.replace('"', "\"\""));
        self.text.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_cells_stay_text() {
        let mut sheet = Sheet::new(&["Name", "Note"]);
        sheet.row(&["Smith & Sons <Lot 4>", "12\" pipe, two"]);
        sheet.row(&["=HYPERLINK(\"http://x\")", "+1 630 555 0100"]);
        sheet.row(&["a\nb", ""]);
        assert_eq!(sheet.rows(), 3);
        assert_eq!(
            sheet.finish(),
            "\u{feff}Name,Note\r\nSmith & Sons <Lot 4>,\"12\"\" pipe, two\"\r\n\"'=HYPERLINK(\"\"http://x\"\")\",\"'+1 630 555 0100\"\r\n\"a\nb\",\r\n"
        );
    }
}
