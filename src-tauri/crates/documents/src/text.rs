//! Other people's text, made fit for paper.
//!
//! What a font cannot draw becomes an empty box that one can see; what would hide, reorder or move text is left out;
//! what is too long is cut and says so; a word too long for its column may be broken anywhere.

/// How much of a text fits a place on paper.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Characters at most; what is longer ends in an ellipsis.
    limit: usize,
    /// Width of the place in sizes of its letters (em). A word that is wider may be broken anywhere.
    room: f64,
    /// Keeps line breaks; otherwise all is one line.
    lines: bool,
}

impl Place {
    /// One line of text (it may wrap).
    pub const fn line(limit: usize, room: f64) -> Self {
        Self { limit, room, lines: false }
    }
    /// Paragraphs.
    pub const fn paragraphs(limit: usize, room: f64) -> Self {
        Self { limit, room, lines: true }
    }

    /// Makes `text` fit. `width` is how wide the fonts draw a character, in em; `None`: they do not have it.
    pub fn fit(self, text: &str, width: impl Fn(char) -> Option<f64>) -> String {
        // A megabyte in a name must not cost a second: nothing beyond what can be kept is looked at.
        let most = self.limit.saturating_mul(8).saturating_add(64);
        let mut clean = String::with_capacity(text.len().min(most));
        let mut kept = 0;
        for c in text.chars().take(most) {
            let Some(c) = self.printable(c, &width) else { continue };
            let doubled = match c {
                ' ' => clean.is_empty() || clean.ends_with([' ', '\n']),
                '\n' => clean.is_empty() || clean.ends_with("\n\n"),
                _ => false,
            };
            if !doubled {
                clean.push(c);
                kept += 1;
            }
            if kept > self.limit {
                break;
            }
        }
        let clean = clean.trim_end();
        let cut = kept > self.limit || text.chars().nth(most).is_some();
        let clean = if cut { shorten(clean, self.limit) } else { clean.to_owned() };
        breakable(&clean, self.room, width)
    }

    fn printable(self, c: char, width: impl Fn(char) -> Option<f64>) -> Option<char> {
        match c {
            '\n' | '\u{2028}' | '\u{2029}' if self.lines => Some('\n'),
            '\r' => None,
            '\u{A0}' | '\u{202F}' => Some('\u{A0}'),
            c if c.is_whitespace() => Some(' '),
            c if c.is_control() || invisible(c) => None,
            c if width(c).is_some() => Some(c),
            _ => Some('\u{25A1}'),
        }
    }
}

/// Cut before `limit` characters, at a space if one is near, with an ellipsis.
fn shorten(text: &str, limit: usize) -> String {
    let end = text.char_indices().nth(limit.saturating_sub(1)).map_or(text.len(), |(at, _)| at);
    let head = &text[..end];
    let near = head.char_indices().rev().take(24).find(|(_, c)| c.is_whitespace()).map(|(at, _)| at);
    format!("{} …", head[..near.unwrap_or(head.len())].trim_end()).trim_start().to_owned()
}

/// A zero-width space in every word that is wider than the room, each time the room is full.
fn breakable(text: &str, room: f64, width: impl Fn(char) -> Option<f64>) -> String {
    let width = |c: char| width(c).unwrap_or(1.0);
    let mut out = String::with_capacity(text.len());
    for word in text.split_inclusive([' ', '\n']) {
        if word.trim_end().chars().map(width).sum::<f64>() <= room {
            out.push_str(word);
            continue;
        }
        let mut used = 0.0;
        for c in word.chars() {
            if used + width(c) > room && used > 0.0 {
                out.push('\u{200B}');
                used = 0.0;
            }
            used += width(c);
            out.push(c);
        }
    }
    out
}

/// Characters that draw nothing of their own and can hide or turn round what stands beside them.
fn invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Text for other programs: no characters that are invisible, break the line format or turn text round.
pub fn plain(text: &str, limit: usize) -> String {
    Place::paragraphs(limit, f64::INFINITY).fit(text, |_| Some(0.0))
}

/// As [`plain`], on one line.
pub fn plain_line(text: &str, limit: usize) -> String {
    Place::line(limit, f64::INFINITY).fit(text, |_| Some(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANY: fn(char) -> Option<f64> = |_| Some(1.0);

    #[test]
    fn ordinary_text_stays() {
        for text in ["Smith & Sons <Lot 4>", "#panic(\"x\")", "*bold* $x$ \\", "José Núñez", "12′ × 40′"] {
            assert_eq!(Place::line(60, 30.0).fit(text, ANY), text);
        }
    }

    #[test]
    fn what_hides_or_turns_round_is_left_out() {
        assert_eq!(Place::line(60, 30.0).fit("a\0b\u{202E}c\u{200B}d\r\n\te", ANY), "abcd e");
        assert_eq!(Place::paragraphs(60, 30.0).fit("one\r\n\r\n\r\n\r\ntwo\u{2028}three", ANY), "one\n\ntwo\nthree");
    }

    #[test]
    fn what_no_font_has_is_seen_to_be_missing() {
        assert_eq!(Place::line(60, 30.0).fit("山 A", |c| c.is_ascii().then_some(1.0)), "□ A");
    }

    #[test]
    fn long_text_is_cut_and_says_so() {
        assert_eq!(Place::line(12, 30.0).fit("Call the gate before noon", ANY), "Call the …");
        let long = Place::line(100, 20.0).fit(&"W".repeat(5_000), ANY);
        assert!(long.ends_with(" …"));
        assert!(long.chars().count() < 110);
        assert!(long.split(['\u{200B}', ' ']).all(|run| run.chars().count() <= 20), "{long}");
        assert_eq!(Place::line(4, 30.0).fit("four", ANY), "four");
    }

    #[test]
    fn only_a_word_wider_than_its_place_is_broken() {
        let place = Place::line(60, 5.0);
        assert_eq!(place.fit("iiiiiiii WWWW", |c| Some(if c == 'W' { 1.25 } else { 0.5 })), "iiiiiiii WWWW");
        assert_eq!(place.fit("WWWWW", |_| Some(1.25)), "WWWW\u{200B}W");
    }

    #[test]
    fn a_megabyte_of_nothing_is_nothing() {
        assert_eq!(Place::line(50, 30.0).fit(&" ".repeat(1_000_000), ANY), "…");
    }
}
