//! Rows on their way into a table: PostgreSQL's COPY text format, in batches.
//!
//! One thread tells the rows, the connection sends what is told; a batch is one statement, so the statement-level
//! triggers of the office database run once for thousands of rows.

use std::fmt::{Display, Write};

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::sync::mpsc::Sender;

/// Who a group of rows says it comes from: `app.source` and `app.current_user` while it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    System,
    Office,
    Calendly,
    Mobile,
    Api,
}

impl Source {
    /// The value of `app.source`, as the constraint `valid_source` spells it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Office => "manual_admin",
            Self::Calendly => "calendly_webhook",
            Self::Mobile => "mobile_app",
            Self::Api => "api",
        }
    }

    /// The value of `app.current_user`.
    pub(crate) fn actor(self) -> &'static str {
        match self {
            Self::System => "sample data",
            Self::Office => "Karen Neff",
            Self::Calendly => "Calendly",
            Self::Mobile => "Field app",
            Self::Api => "Website",
        }
    }
}

/// Rows of one table, to be written with one COPY.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) table: &'static str,
    pub(crate) columns: &'static str,
    pub(crate) source: Source,
    pub(crate) rows: u64,
    pub(crate) text: String,
    /// What is done with them when they have arrived, where `table` only passes them on.
    pub(crate) then: Option<&'static str>,
}

/// What the telling thread hands over.
#[derive(Debug)]
pub(crate) enum Message {
    /// The number of rows that will come, in all tables.
    Total(u64),
    Rows(Batch),
}

/// Nobody takes the rows any more: the database refused some, or the caller went away.
#[derive(Debug)]
pub(crate) struct Gone;

/// Where the batches go.
#[derive(Debug, Clone)]
pub(crate) struct Outlet(Sender<Message>);

impl Outlet {
    pub(crate) fn new(sender: Sender<Message>) -> Self {
        Self(sender)
    }

    pub(crate) fn send(&self, message: Message) -> Result<(), Gone> {
        self.0.blocking_send(message).map_err(|_| Gone)
    }
}

/// A table being filled: fields are given in the order of the columns, [`Table::end`] ends a row.
pub(crate) struct Table<'a> {
    outlet: &'a Outlet,
    name: &'static str,
    columns: &'static str,
    source: Source,
    most: u64,
    rows: u64,
    text: String,
    row_started: bool,
    then: Option<&'static str>,
}

impl<'a> Table<'a> {
    /// Batches of 10,000 rows: few enough statements, and a transition table that stays in memory.
    pub(crate) fn new(outlet: &'a Outlet, source: Source, name: &'static str, columns: &'static str) -> Self {
        Self {
            outlet,
            name,
            columns,
            source,
            most: 10_000,
            rows: 0,
            text: String::new(),
            row_started: false,
            then: None,
        }
    }

    /// The statement after each batch.
    pub(crate) fn then(self, statement: &'static str) -> Self {
        Self { then: Some(statement), ..self }
    }

    fn field(&mut self) -> &mut String {
        if self.row_started {
            self.text.push('\t');
        }
        self.row_started = true;
        &mut self.text
    }

    /// Any text; what COPY reads as special is escaped.
    pub(crate) fn text(&mut self, value: &str) -> &mut Self {
        let field = self.field();
        if value.bytes().any(|byte| matches!(byte, b'\\' | b'\n' | b'\r' | b'\t')) {
            for character in value.chars() {
                match character {
                    '\\' => field.push_str("\\\\"),
                    '\n' => field.push_str("\\n"),
                    '\r' => field.push_str("\\r"),
                    '\t' => field.push_str("\\t"),
                    other => field.push(other),
                }
            }
        } else {
            field.push_str(value);
        }
        self
    }

    pub(crate) fn maybe(&mut self, value: Option<&str>) -> &mut Self {
        match value {
            Some(value) => self.text(value),
            None => self.null(),
        }
    }

    pub(crate) fn null(&mut self) -> &mut Self {
        self.field().push_str("\\N");
        self
    }

    /// What prints as plain letters and digits: numbers, ids, dates, true and false.
    pub(crate) fn plain(&mut self, value: impl Display) -> &mut Self {
        // Writing into a String cannot fail.
        let _ = write!(self.field(), "{value}");
        self
    }

    pub(crate) fn maybe_plain(&mut self, value: Option<impl Display>) -> &mut Self {
        match value {
            Some(value) => self.plain(value),
            None => self.null(),
        }
    }

    pub(crate) fn time(&mut self, value: DateTime<Utc>) -> &mut Self {
        let _ = write!(self.field(), "{}Z", value.naive_utc());
        self
    }

    /// Money in cents, written in dollars.
    pub(crate) fn cents(&mut self, value: i64) -> &mut Self {
        let sign = if value < 0 { "-" } else { "" };
        let (dollars, cents) = (value.abs() / 100, value.abs() % 100);
        let _ = write!(self.field(), "{sign}{dollars}.{cents:02}");
        self
    }

    /// A quantity in thousandths of its unit; never negative.
    pub(crate) fn thousandths(&mut self, value: i64) -> &mut Self {
        let _ = write!(self.field(), "{}.{:03}", value / 1000, value % 1000);
        self
    }

    pub(crate) fn json(&mut self, value: &Value) -> &mut Self {
        self.text(&value.to_string())
    }

    /// Ends the row; a full batch goes out.
    pub(crate) fn end(&mut self) -> Result<(), Gone> {
        self.text.push('\n');
        self.rows += 1;
        self.row_started = false;
        if self.rows >= self.most { self.flush() } else { Ok(()) }
    }

    /// Sends what is left.
    pub(crate) fn flush(&mut self) -> Result<(), Gone> {
        if self.rows == 0 {
            return Ok(());
        }
        let text = std::mem::take(&mut self.text);
        let batch = Batch {
            table: self.name,
            columns: self.columns,
            source: self.source,
            rows: self.rows,
            text,
            then: self.then,
        };
        self.rows = 0;
        self.outlet.send(Message::Rows(batch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn awkward_values_survive_the_text_format() {
        let (sender, mut receiver) = tokio::sync::mpsc::channel(1);
        let outlet = Outlet::new(sender);
        let mut table = Table::new(&outlet, Source::System, "t", "a");
        table.text("C:\\new\tone\nline").null().cents(-1205).thousandths(181_250).cents(7);
        table.end().unwrap();
        table.flush().unwrap();
        let Message::Rows(batch) = receiver.try_recv().unwrap() else { panic!("rows were sent") };
        assert_eq!(batch.text, "C:\\\\new\\tone\\nline\t\\N\t-12.05\t181.250\t0.07\n");
        assert_eq!(batch.rows, 1);
    }
}
