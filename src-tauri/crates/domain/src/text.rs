//! Text that other people wrote, made fit for one line or a small box.

/// Shortens to `limit` characters with an ellipsis. Control characters, which would break a line or a bus, become
/// spaces, and so do embeddings, overrides and isolates of direction: left open by a customer's name, they turn
/// round what follows it.
#[must_use]
pub fn shorten(text: &str, limit: usize) -> String {
    let mut clean = text.chars().map(|c| if c.is_control() || turns_direction(c) { ' ' } else { c });
    let mut short: String = clean.by_ref().take(limit).collect();
    if clean.next().is_some() {
        short.pop();
        short.push('…');
    }
    short
}

/// A name made for programs (`estimate_requested`) as a person would say it; the shipped alert types by heart.
#[must_use]
pub fn alert_type_in_words(name: &str) -> String {
    let known = match name {
        "job_scheduled" => "New job on the schedule",
        "job_canceled" => "Job canceled",
        "job_rescheduled" => "Job moved",
        "payment_received" => "Payment received",
        "estimate_requested" => "New estimate request",
        "system_error" => "System error",
        "database_issue" => "Database problem",
        "security_breach" => "Security alert",
        "double_booking" => "Booked twice",
        "" => "New alert",
        _ => {
            let words = shorten(&name.replace(['_', '-'], " "), 60);
            let mut letters = words.trim().chars();
            return letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
        }
    };
    known.to_owned()
}

/// Unicode's explicit directional formatting characters (UAX #9, section 2).
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_cut_at_a_character() {
        assert_eq!(shorten(&"é".repeat(10), 4), "ééé…");
        assert_eq!(shorten("four", 4), "four");
        assert_eq!(shorten("", 4), "");
    }

    #[test]
    fn alert_types_are_said_in_words() {
        assert_eq!(alert_type_in_words("estimate_requested"), "New estimate request");
        assert_eq!(alert_type_in_words("paver_broke_down"), "Paver broke down");
        assert_eq!(alert_type_in_words(""), "New alert");
    }

    #[test]
    fn it_loses_what_would_break_the_line() {
        assert_eq!(shorten("a\u{0}b\r\nc", 10), "a b  c");
        assert_eq!(shorten("invoice\u{202E}fdp.exe", 30), "invoice fdp.exe");
    }
}
