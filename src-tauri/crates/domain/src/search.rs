//! How what somebody types is compared with what is kept: without case and accents, telephone numbers however written.
//!
//! The database does the same (`neff.folded()`, `neff.searchable()`, `neff.sought_words()`), and a test compares the two:
//! what is found online is found in the copy on this computer.

use unicode_normalization::UnicodeNormalization;

/// Longest text that is looked for, in characters.
const LONGEST: usize = 200;
/// Words that are looked for.
const WORDS: usize = 6;
/// What is sorted by: the beginning.
const SORTED: usize = 80;

/// Letters without case and accents: "Muñoz" is "munoz", "O’Brien" is "o'brien", "Straße" is "strasse".
#[must_use]
pub fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase().replace('`', "'");
    }
    let plain = text.chars().map(|c| if matches!(c, '´' | '`') { '\'' } else { c });
    let mut out = String::with_capacity(text.len());
    for c in plain.nfkd().filter(|&c| !is_accent(c)) {
        let mut lower = c.to_lowercase();
        let c = match (lower.next(), lower.next()) {
            (Some(one), None) => one,
            _ => c,
        };
        match c {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'þ' => out.push_str("th"),
            other => out.push(plain_letter(other)),
        }
    }
    out
}

/// Letters with a stroke, and marks written in several ways.
fn plain_letter(c: char) -> char {
    match c {
        'ø' => 'o',
        'đ' | 'ð' => 'd',
        'ħ' => 'h',
        'ł' => 'l',
        'ŧ' => 't',
        'ı' => 'i',
        'ŋ' => 'n',
        'ς' => 'σ',
        '‘' | '’' | '‛' | 'ʼ' | 'ʻ' | '′' => '\'',
        '‐' | '‒' | '–' | '—' | '−' => '-',
        '“' | '”' | '„' => '"',
        other => other,
    }
}

/// Accents, and what cannot be seen.
fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0487}' | '\u{0591}'..='\u{05BD}' | '\u{05BF}' | '\u{05C1}' | '\u{05C2}'
        | '\u{05C4}' | '\u{05C5}' | '\u{05C7}' | '\u{0610}'..='\u{061A}' | '\u{064B}'..='\u{065F}' | '\u{0670}'
        | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FE20}'..='\u{FE2F}' | '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// What a list is sorted and put in groups by.
#[must_use]
pub fn sortable(text: &str) -> String {
    folded(text).chars().filter(|&c| c != '\'').take(SORTED).collect()
}

/// What is searched of a record: name, mail, number as written and as digits, street.
#[must_use]
pub fn searchable(name: &str, mail: &str, phone: &str, address: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    folded(&format!(" {name} {mail} {phone} {digits} {address}")).replace('\'', "")
}

/// The words of what somebody typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought(Vec<String>);

impl Sought {
    /// Reads them, the longest first.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let text: String = text.chars().take(LONGEST).collect();
        let asked = numbers(&folded(&text).replace('\'', ""));
        let mut words: Vec<String> = asked.split(is_space).filter(|word| !word.is_empty()).map(str::to_owned).collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        words.truncate(WORDS);
        Self(words)
    }

    /// Nothing is looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The words themselves.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.0
    }

    /// Each word, and its digits where it is a number written in parts.
    pub fn terms(&self) -> impl Iterator<Item = (&str, Option<String>)> {
        self.0.iter().map(|word| (word.as_str(), in_parts(word)))
    }

    /// All of them are in this, which [`searchable`] made: within words or, where no word has three letters, at the
    /// beginning of words.
    #[must_use]
    pub fn is_in(&self, searchable: &str) -> bool {
        let short = self.0.first().is_none_or(|longest| longest.chars().count() < 3);
        self.0.iter().all(|word| {
            if short {
                return searchable.contains(&format!(" {word}"));
            }
            searchable.contains(word.as_str()) || in_parts(word).is_some_and(|digits| searchable.contains(&digits))
        })
    }
}

/// The digits of a number written in parts.
fn in_parts(word: &str) -> Option<String> {
    let only = word.bytes().all(|b| b.is_ascii_digit() || b"().+/-".contains(&b));
    let digits: String = word.chars().filter(char::is_ascii_digit).collect();
    let three = word.as_bytes().windows(3).any(|w| w.iter().all(u8::is_ascii_digit));
    (only && three && digits.len() < word.len()).then_some(digits)
}

fn is_space(c: char) -> bool {
    c == ' ' || ('\t'..='\r').contains(&c)
}

/// The text with each American telephone number, however written, as its ten digits.
fn numbers(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let (mut kept, mut at) = (0, 0);
    while at < bytes.len() {
        let begins = at == 0 || !(bytes[at - 1].is_ascii_digit() || bytes[at - 1] == b'+');
        if begins && let Some((end, digits)) = number_at(bytes, at) {
            out.push_str(&text[kept..at]);
            out.push(' ');
            out.push_str(&digits);
            (kept, at) = (end, end);
        } else {
            at += 1;
        }
    }
    out.push_str(&text[kept..]);
    out
}

/// A number that begins here, with or without its country code: where it ends, and its ten digits.
fn number_at(bytes: &[u8], at: usize) -> Option<(usize, String)> {
    let is = |i: usize, of: &[u8]| bytes.get(i).is_some_and(|b| of.contains(b));
    let apart = |mut i: usize| {
        while is(i, b" ./-") {
            i += 1;
        }
        i
    };
    let ten = |mut i: usize| {
        let mut digits = String::new();
        let mut take = |i: &mut usize, n: usize| {
            let part = bytes.get(*i..*i + n).filter(|part| part.iter().all(u8::is_ascii_digit))?;
            digits.extend(part.iter().map(|&b| char::from(b)));
            *i += n;
            Some(())
        };
        i += usize::from(is(i, b"("));
        take(&mut i, 3)?;
        i = apart(i + usize::from(is(i, b")")));
        take(&mut i, 3)?;
        i = apart(i);
        take(&mut i, 4)?;
        (!is(i, b"0123456789")).then_some((i, digits))
    };
    let code = at + usize::from(is(at, b"+"));
    let with_code = is(code, b"1").then(|| ten(apart(code + 1))).flatten();
    with_code.or_else(|| if code == at { ten(at) } else { None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_marks_do_not_count() {
        for (text, plain) in [
            ("MUÑOZ", "munoz"),
            ("O’Brien", "o'brien"),
            ("O`Brien", "o'brien"),
            ("O´Brien", "o'brien"),
            ("STRASSE Straße ẞ", "strasse strasse ss"),
            ("Łódź Æon Œuvre Þór", "lodz aeon oeuvre thor"),
            ("ΣΊΣΥΦΟΣ σίσυφος", "σισυφοσ σισυφοσ"),
            ("Йошкар", "иошкар"),
            ("İstanbul ısı", "istanbul isi"),
            ("Zoe\u{301} Crème–Brûlée", "zoe creme-brulee"),
            ("12\u{a0}Oak", "12 oak"),
            ("", ""),
        ] {
            assert_eq!(folded(text), plain, "{text}");
        }
    }

    #[test]
    fn a_number_is_found_however_it_is_written() {
        let kept =
            ["630-555-0143", "(630) 555 0143", "+1 630 555 0143", "630.555.0143", "6305550143", "1-630-555-0143"];
        for kept in kept {
            let place = searchable("Ann Muñoz", "ann@example.com", kept, "12 Oak St");
            for typed in kept_forms() {
                assert!(Sought::read(typed).is_in(&place), "{typed} in {kept}");
                assert!(Sought::read(&format!("munoz {typed} oak")).is_in(&place), "{typed} among words in {kept}");
            }
            assert!(!Sought::read("630-555-0144").is_in(&place));
        }
    }

    fn kept_forms() -> [&'static str; 9] {
        [
            "630-555-0143",
            "(630) 555 0143",
            "+1 630 555 0143",
            "+16305550143",
            "630.555.0143",
            "6305550143",
            "1 630 555 0143",
            "630 555",
            "555-0143",
        ]
    }

    #[test]
    fn words_are_found_anywhere_and_a_letter_or_two_at_the_beginning_of_a_word() {
        let place = searchable("Patrick O'Brien", "", "", "12-14 Maple Ave");
        for found in ["o’brien", "obrien", "brien maple", "12-14", "MAP", "m", "ma p", "o"] {
            assert!(Sought::read(found).is_in(&place), "{found}");
        }
        for not in ["smith", "ple x", "e"] {
            assert!(!Sought::read(not).is_in(&place), "{not}");
        }
        assert!(Sought::read("  ' ").is_empty());
    }

    #[test]
    fn other_numbers_stay_as_they_are() {
        assert_eq!(Sought::read("1247 60540").words(), ["60540", "1247"]);
        assert_eq!(Sought::read("12345678901234").words(), ["12345678901234"]);
        assert_eq!(Sought::read("x(630)555-0143").words(), ["6305550143", "x"]);
    }
}
