//! Which names mean the same certificate.

use std::collections::BTreeSet;

/// One thing a certificate says its holder may do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Skill {
    Cdl,
    CdlB,
    CdlC,
    CdlA,
    Osha,
    Osha10,
    Osha30,
    Flagger,
    DotMedical,
    FirstAid,
    Cpr,
    /// Anything else, by its words.
    Other(Vec<String>),
}

/// Words that say only that it is a certificate.
const EMPTY_WORDS: &[&str] = &[
    "certificate",
    "certification",
    "certifications",
    "certified",
    "cert",
    "card",
    "license",
    "licence",
    "training",
    "trained",
    "course",
    "hour",
    "hours",
    "hr",
    "hrs",
    "the",
    "of",
    "a",
    "an",
    "and",
    "valid",
    "current",
    "class",
];

/// Whether these certificates together are enough for the required one.
pub(super) fn covers(held: &[&str], required: &str) -> bool {
    let needed = skills(required);
    let given: BTreeSet<Skill> = held.iter().flat_map(|name| skills(name)).flat_map(with_lower).collect();
    !needed.is_empty() && needed.is_subset(&given)
}

/// Whether the certificate is any part of the required one.
pub(super) fn is_part(held: &str, required: &str) -> bool {
    let given: BTreeSet<Skill> = skills(held).into_iter().flat_map(with_lower).collect();
    !skills(required).is_disjoint(&given)
}

fn with_lower(skill: Skill) -> Vec<Skill> {
    match skill {
        Skill::CdlA => vec![Skill::CdlA, Skill::CdlB, Skill::CdlC, Skill::Cdl],
        Skill::CdlB => vec![Skill::CdlB, Skill::CdlC, Skill::Cdl],
        Skill::CdlC => vec![Skill::CdlC, Skill::Cdl],
        Skill::Osha30 => vec![Skill::Osha30, Skill::Osha10, Skill::Osha],
        Skill::Osha10 => vec![Skill::Osha10, Skill::Osha],
        other => vec![other],
    }
}

fn skills(name: &str) -> BTreeSet<Skill> {
    let words = words(name);
    let has = |any: &[&str]| words.iter().any(|word| any.contains(&word.as_str()));
    let mut found = BTreeSet::new();
    let commercial = has(&["commercial"]) && has(&["driver", "drivers", "driving"]);
    if has(&["cdl", "cdla", "cdlb", "cdlc"]) || commercial {
        found.insert(if has(&["cdla", "a"]) {
            Skill::CdlA
        } else if has(&["cdlb", "b"]) {
            Skill::CdlB
        } else if has(&["cdlc", "c"]) {
            Skill::CdlC
        } else {
            Skill::Cdl
        });
    }
    if has(&["osha"]) {
        found.insert(if has(&["30"]) {
            Skill::Osha30
        } else if has(&["10"]) {
            Skill::Osha10
        } else {
            Skill::Osha
        });
    }
    if has(&["flagger", "flaggers", "flagging", "flagman", "atssa"]) {
        found.insert(Skill::Flagger);
    }
    let medical = has(&["medical", "med", "physical"]);
    if medical && (has(&["dot", "examiner", "examiners"]) || words.len() == 1 || has(&["card"])) {
        found.insert(Skill::DotMedical);
    }
    if words.windows(2).any(|pair| pair[0] == "first" && pair[1] == "aid") || has(&["firstaid"]) {
        found.insert(Skill::FirstAid);
    }
    if has(&["cpr"]) {
        found.insert(Skill::Cpr);
    }
    if found.is_empty() {
        let telling: Vec<String> = words.iter().filter(|word| !EMPTY_WORDS.contains(&word.as_str())).cloned().collect();
        let mut key = if telling.is_empty() { words } else { telling };
        key.sort_unstable();
        if !key.is_empty() {
            found.insert(Skill::Other(key));
        }
    }
    found
}

/// Lowercase words; letters and digits are words of their own, so that `OSHA10` is `osha 10`.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut last = ' ';
    for c in name.chars().take(200).filter(|c| !matches!(c, '\'' | '’')) {
        if c.is_alphanumeric() {
            let goes_on = last.is_alphanumeric() && last.is_numeric() == c.is_numeric();
            match words.last_mut() {
                Some(word) if goes_on => word.extend(c.to_lowercase()),
                _ => words.push(c.to_lowercase().collect()),
            }
        }
        last = c;
    }
    words
}
