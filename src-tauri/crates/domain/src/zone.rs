//! Names of time zones, read as the office database reads them.

use chrono_tz::{Europe, TZ_VARIANTS, Tz};

/// The zone of this name, whatever the case of its letters; none: there is no such zone (`CST` is an abbreviation that
/// several countries use, and knows no summer).
///
/// The database's `neff.time_zone` says the same of every text.
#[must_use]
pub fn known(name: &str) -> Option<Tz> {
    let name = name.trim_matches(' ');
    let zone = TZ_VARIANTS.into_iter().find(|zone| zone.name().eq_ignore_ascii_case(name))?;
    // PostgreSQL takes these for abbreviations: a place stands for each, in which it is that time all year.
    Some(match zone {
        Tz::CET | Tz::MET => Europe::Brussels,
        Tz::EET => Europe::Athens,
        Tz::WET => Europe::Lisbon,
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_whatever_their_case_and_no_abbreviations() {
        let name = |text: &str| known(text).map(Tz::name);
        assert_eq!(name(" america/CHICAGO "), Some("America/Chicago"));
        assert_eq!(name("us/central"), Some("US/Central"));
        assert_eq!(name("cet"), Some("Europe/Brussels"));
        for none in ["CST", "CDT", "<-06>6", "posix/America/Chicago", "localtime", "+02:00", ""] {
            assert_eq!(name(none), None, "{none}");
        }
    }
}
