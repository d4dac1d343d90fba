//! JSON that other programs wrote, read so that no value of it costs more than itself.
//!
//! `jsonb` holds numbers no `f64` does and any depth of nesting; `serde_json` refuses the whole document for either.
//! Every JSON column is therefore read as a [`Foreign`], which never fails: what cannot be held (a number out of range or
//! of more digits than can be kept, an escape that is no character, what is nested too deep) stands in the document as a
//! text, which is what was written after two invisible letters. [`AsWritten`] writes such a text back as what it was, so
//! that nobody's value changes because somebody edited the one beside it.

use serde::de::DeserializeOwned;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgTypeInfo, PgValueFormat, PgValueRef};
use sqlx::{Database, Decode, Encode, Postgres, Type, ValueRef};

/// As deep as a column's document is read. `serde_json` itself stops at 128, and what we write around it counts too.
const DEPTH: usize = 48;
/// As many digits as an `f64` keeps of every number.
const DIGITS: usize = 17;
/// Before a text that stands for what could not be held: invisible separators, which nobody types twice.
const MARK: &str = "\u{2063}\u{2063}";

/// A JSON column as far as it can be held; none: NULL. `DEEPER`: so much deeper than a column is read, for documents that
/// hold columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Foreign<const DEEPER: usize = 0>(Option<Value>);

/// What a line of the trail holds: jobs, each column one level down.
pub type Trail = Foreign<1>;
/// What we wrote ourselves around columns: the way back of a change.
pub type Around = Foreign<32>;

impl<const DEEPER: usize> From<Foreign<DEEPER>> for Option<Value> {
    fn from(foreign: Foreign<DEEPER>) -> Self {
        foreign.0
    }
}

impl<const DEEPER: usize> From<Foreign<DEEPER>> for Value {
    fn from(foreign: Foreign<DEEPER>) -> Self {
        foreign.0.unwrap_or_default()
    }
}

impl<const DEEPER: usize> Type<Postgres> for Foreign<DEEPER> {
    fn type_info() -> PgTypeInfo {
        <Value as Type<Postgres>>::type_info()
    }
    fn compatible(of: &PgTypeInfo) -> bool {
        <Value as Type<Postgres>>::compatible(of)
    }
}

impl<'r, const DEEPER: usize> Decode<'r, Postgres> for Foreign<DEEPER> {
    fn decode(column: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        if column.is_null() {
            return Ok(Self(None));
        }
        let binary = column.format() == PgValueFormat::Binary;
        let bytes = column.as_bytes()?;
        // The version of jsonb's binary form; no text begins with it.
        let bytes = bytes.strip_prefix(&[1]).filter(|_| binary).unwrap_or(bytes);
        Ok(Self(Some(read(&String::from_utf8_lossy(bytes), DEPTH + DEEPER))))
    }
}

/// A document for a JSON column: what [`Foreign`] could not hold of it is written as it was.
#[derive(Debug, Clone, Copy)]
pub struct AsWritten<'a>(pub Option<&'a Value>);

impl Type<Postgres> for AsWritten<'_> {
    fn type_info() -> PgTypeInfo {
        <Value as Type<Postgres>>::type_info()
    }
    fn compatible(of: &PgTypeInfo) -> bool {
        <Value as Type<Postgres>>::compatible(of)
    }
}

impl Encode<'_, Postgres> for AsWritten<'_> {
    fn encode_by_ref(&self, buffer: &mut <Postgres as Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        match self.0 {
            Some(value) => sqlx::types::Json(Part(value)).encode_by_ref(buffer),
            None => Ok(IsNull::Yes),
        }
    }
}

struct Part<'a>(&'a Value);

impl Serialize for Part<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            // Only what is one piece of JSON: a text somebody made up stays a text.
            Value::String(text) => match text.strip_prefix(MARK).map(serde_json::from_str::<&RawValue>) {
                Some(Ok(original)) => original.serialize(to),
                _ => text.serialize(to),
            },
            Value::Array(items) => {
                let mut list = to.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&Part(item))?;
                }
                list.end()
            }
            Value::Object(fields) => {
                let mut object = to.serialize_map(Some(fields.len()))?;
                for (key, value) in fields {
                    object.serialize_entry(key, &Part(value))?;
                }
                object.end()
            }
            plain => plain.serialize(to),
        }
    }
}

/// JSON in a text, as far as it can be held; what is no JSON is a text.
#[must_use]
pub fn of_text(text: &str) -> Value {
    read(text, DEPTH)
}

/// The entries of a list, without those that are something else.
#[must_use]
pub fn each<T: DeserializeOwned>(list: Value) -> Vec<T> {
    match list {
        Value::Array(items) => items.into_iter().filter_map(|item| serde_json::from_value(item).ok()).collect(),
        _ => Vec::new(),
    }
}

fn read(text: &str, depth: usize) -> Value {
    let mut reader = Reader { text, at: 0, depth };
    match reader.value(0) {
        Some(value) if reader.rest().trim().is_empty() => value,
        _ => Value::String(text.to_owned()),
    }
}

/// What was written, as a text that [`AsWritten`] knows.
fn kept(original: &str) -> Value {
    Value::String(format!("{MARK}{original}"))
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next byte that is no space.
    fn peek(&mut self) -> Option<u8> {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
        self.rest().bytes().next()
    }

    /// The next byte, if it is this one, is behind us.
    fn passes(&mut self, byte: u8) -> bool {
        let passes = self.peek() == Some(byte);
        self.at += usize::from(passes);
        passes
    }

    fn value(&mut self, nested: usize) -> Option<Value> {
        match self.peek()? {
            b'{' | b'[' if nested >= self.depth => Some(kept(self.container()?)),
            b'{' => self.object(nested),
            b'[' => self.array(nested),
            b'"' => {
                let written = self.string()?;
                Some(serde_json::from_str(written).map_or_else(|_| kept(written), Value::String))
            }
            _ => self.word(),
        }
    }

    fn object(&mut self, nested: usize) -> Option<Value> {
        let mut fields = Map::new();
        self.at += 1;
        if self.passes(b'}') {
            return Some(Value::Object(fields));
        }
        loop {
            self.peek().filter(|byte| *byte == b'"')?;
            let written = self.string()?;
            let key = serde_json::from_str(written).unwrap_or_else(|_| written.to_owned());
            self.passes(b':').then_some(())?;
            fields.insert(key, self.value(nested + 1)?);
            if self.passes(b'}') {
                return Some(Value::Object(fields));
            }
            self.passes(b',').then_some(())?;
        }
    }

    fn array(&mut self, nested: usize) -> Option<Value> {
        let mut items = Vec::new();
        self.at += 1;
        if self.passes(b']') {
            return Some(Value::Array(items));
        }
        loop {
            items.push(self.value(nested + 1)?);
            if self.passes(b']') {
                return Some(Value::Array(items));
            }
            self.passes(b',').then_some(())?;
        }
    }

    /// A string with its quotes.
    fn string(&mut self) -> Option<&'a str> {
        let rest = self.rest();
        let mut escaped = false;
        let end = rest.bytes().skip(1).position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        })?;
        self.at += end + 2;
        rest.get(..end + 2)
    }

    /// An object or a list with all that is in it.
    fn container(&mut self) -> Option<&'a str> {
        let (from, mut open) = (self.at, 0_usize);
        loop {
            match self.rest().bytes().next()? {
                b'"' => drop(self.string()?),
                byte => {
                    self.at += 1;
                    // In the middle of a letter there is none of these.
                    open += usize::from(matches!(byte, b'{' | b'['));
                    open -= usize::from(matches!(byte, b'}' | b']'));
                    if open == 0 {
                        return self.text.get(from..self.at);
                    }
                    while !self.text.is_char_boundary(self.at) {
                        self.at += 1;
                    }
                }
            }
        }
    }

    /// A number, `true`, `false` or `null`.
    fn word(&mut self) -> Option<Value> {
        let rest = self.rest();
        let end = rest.find(|c: char| matches!(c, ',' | ']' | '}') || c.is_ascii_whitespace()).unwrap_or(rest.len());
        let word = rest.get(..end).filter(|word| !word.is_empty())?;
        self.at += end;
        match serde_json::from_str::<Value>(word) {
            Ok(value) if value.is_f64() && !is_kept(word, &value) => Some(kept(&short(word))),
            Ok(value) => Some(value),
            // Out of range; anything else is no JSON at all.
            Err(_) => serde_json::from_str::<&RawValue>(word).ok().map(|_| kept(&short(word))),
        }
    }
}

/// Whether an `f64` keeps this number: not too many digits, and not nothing where there was something.
fn is_kept(word: &str, value: &Value) -> bool {
    let digits = mantissa(word).trim_start_matches('0').trim_end_matches('0').len();
    digits <= DIGITS && (digits == 0 || value.as_f64().is_some_and(|n| n != 0.0 && n.is_finite()))
}

/// The digits of a number, without sign, point and exponent.
fn mantissa(word: &str) -> String {
    let number = word.split(['e', 'E']).next().unwrap_or_default();
    number.chars().filter(char::is_ascii_digit).collect()
}

/// A number as a person would write it: jsonb spells 1e400 with 400 zeros.
fn short(word: &str) -> String {
    if word.len() <= 40 || word.contains(['e', 'E']) {
        return word.to_owned();
    }
    let (sign, number) = word.strip_prefix('-').map_or(("", word), |number| ("-", number));
    let whole = number.split('.').next().unwrap_or_default().len();
    let digits = mantissa(number);
    let zeros = digits.len() - digits.trim_start_matches('0').len();
    let all = digits.trim_matches('0');
    let Some((first, rest)) = all.split_at_checked(1) else { return word.to_owned() };
    let point = if rest.is_empty() { "" } else { "." };
    let exponent = i64::try_from(whole).unwrap_or_default() - i64::try_from(zeros).unwrap_or_default() - 1;
    format!("{sign}{first}{point}{rest}e{exponent}")
}

#[cfg(test)]
mod tests;
