//! Where the work is: the suburbs west of Chicago, and telephone numbers that ring nowhere.

use crate::dice::Dice;

/// A town: name, area as the office calls it, ZIP codes, weight.
pub(crate) struct Town {
    pub(crate) name: &'static str,
    pub(crate) area: &'static str,
    zips: &'static [&'static str],
}

const fn town(name: &'static str, area: &'static str, zips: &'static [&'static str]) -> Town {
    Town { name, area, zips }
}

/// The towns; the first third is where the yard is and most work comes from.
pub(crate) const TOWNS: &[Town] = &[
    town("Naperville", "Naperville", &["60540", "60563", "60564", "60565"]),
    town("Aurora", "Aurora", &["60502", "60504", "60505", "60506"]),
    town("Wheaton", "Central DuPage", &["60187", "60189"]),
    town("Downers Grove", "Central DuPage", &["60515", "60516"]),
    town("Lisle", "Naperville", &["60532"]),
    town("Plainfield", "Will County", &["60544", "60585", "60586"]),
    town("Bolingbrook", "Will County", &["60440", "60490"]),
    town("Oswego", "Kendall County", &["60543"]),
    town("Glen Ellyn", "Central DuPage", &["60137"]),
    town("St. Charles", "Fox Valley", &["60174", "60175"]),
    town("Geneva", "Fox Valley", &["60134"]),
    town("Batavia", "Fox Valley", &["60510"]),
    town("Lombard", "North DuPage", &["60148"]),
    town("Elmhurst", "North DuPage", &["60126"]),
    town("Oak Brook", "Central DuPage", &["60523"]),
    town("Warrenville", "Naperville", &["60555"]),
    town("West Chicago", "North DuPage", &["60185"]),
    town("Carol Stream", "North DuPage", &["60188"]),
    town("Bartlett", "North DuPage", &["60103"]),
    town("Woodridge", "Naperville", &["60517"]),
    town("Westmont", "Central DuPage", &["60559"]),
    town("Darien", "Central DuPage", &["60561"]),
    town("Hinsdale", "Central DuPage", &["60521"]),
    town("Winfield", "North DuPage", &["60190"]),
    town("North Aurora", "Aurora", &["60542"]),
    town("Sugar Grove", "Aurora", &["60554"]),
    town("Yorkville", "Kendall County", &["60560"]),
    town("Montgomery", "Kendall County", &["60538"]),
    town("Romeoville", "Will County", &["60446"]),
    town("Roselle", "North DuPage", &["60172"]),
];

#[rustfmt::skip]
const STREETS: &[&str] = &[
    "Oak", "Maple", "Elm", "Washington", "Main", "Prairie", "Ogden", "Jefferson", "Lincoln", "Chestnut",
    "Walnut", "Cedar", "Ridge", "Mill", "Spring", "River", "Lake", "Park", "Hickory", "Birch", "Sycamore",
    "Willow", "Poplar", "Highland", "Fairview", "Forest", "Hillside", "Meadow", "Brook", "Fox Run",
    "Heritage", "Heather", "Hobson", "Royce", "Modaff", "Gartner", "Naper", "Benton", "Van Buren", "Jackson",
    "Madison", "Monroe", "Adams", "Franklin", "Webster", "Columbia", "Loomis", "Wright", "Brainard",
    "Sleight", "Ellsworth", "Center", "Church", "School", "College", "Union", "Liberty", "Commerce",
    "Industrial", "Enterprise", "Frontenac", "Diehl", "Warrenville", "Butterfield", "Roosevelt", "Geneva",
    "Gary", "Naperville", "Wheaton", "Summit", "Crescent", "Harrison", "Wilson", "Garfield", "Grant",
    "Sherman", "Sheridan", "Douglas", "Randall", "Kirk", "Fabyan", "Orchard", "Galena", "Farnsworth", "Eola",
    "Rickert", "Book", "Springbrook", "Knoch Knolls", "Tall Grass", "Whispering Hills", "Buckingham",
    "Kensington", "Windsor", "Cambridge", "Oxford", "Sussex", "Devon", "Essex", "Coventry", "Stonegate",
    "Brookdale", "Ashbury", "Cress Creek", "Wehrli", "Olesen", "Plank", "Tamarack", "Juniper", "Larkspur",
    "Primrose", "Bluebird", "Cardinal", "Meadowlark", "Pheasant", "Quail", "Whitetail", "Arrowhead",
    "Blackhawk", "Winnebago", "Kautz", "Hafenrichter",
];

const KINDS: &[(&str, &str)] = &[
    ("St", "Street"),
    ("Ave", "Avenue"),
    ("Dr", "Drive"),
    ("Ln", "Lane"),
    ("Ct", "Court"),
    ("Rd", "Road"),
    ("Blvd", "Boulevard"),
    ("Cir", "Circle"),
    ("Pl", "Place"),
];

#[rustfmt::skip]
const AREA_CODES: &[&str] = &[
    "630", "331", "815", "847", "708", "779", "464", "224", "312", "773", "872", "309", "217", "618", "260",
    "219", "574", "317", "463", "765", "812", "930", "262", "414", "608", "920", "715", "534", "319", "515",
    "563", "641", "712", "616", "269", "517", "734", "248", "313", "586", "810", "989", "906", "231", "636",
    "314", "573", "660", "816", "417", "952", "612", "651", "763", "507", "218", "320", "402", "531", "308",
];

/// An address, in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) number: i64,
    pub(crate) street: &'static str,
    kind: usize,
    pub(crate) unit: Option<String>,
    pub(crate) town: usize,
    zip: &'static str,
}

impl Address {
    /// Somewhere in a town; a business more often on an avenue, road or boulevard, and with a unit.
    pub(crate) fn new(dice: &mut Dice, town: usize, business: bool) -> Self {
        let number = if business { dice.between(100, 4999) } else { dice.between(2, 2999) };
        let kind = if business { [1, 5, 6, 0, 2][dice.below(5)] } else { dice.below(KINDS.len()) };
        let unit = if business && dice.chance(150) {
            Some(format!("Suite {}", dice.between(100, 420)))
        } else if !business && dice.chance(25) {
            Some(format!("Unit {}", dice.between(1, 24)))
        } else {
            None
        };
        Self { number, street: dice.pick(STREETS), kind, unit, town, zip: dice.pick(TOWNS[town].zips) }
    }

    /// As the office writes it.
    pub(crate) fn written(&self) -> String {
        let unit = self.unit.as_ref().map(|unit| format!(", {unit}")).unwrap_or_default();
        let (number, street, kind) = (self.number, self.street, KINDS[self.kind].0);
        format!("{number} {street} {kind}{unit}, {}, IL {}", TOWNS[self.town].name, self.zip)
    }

    /// As the same place is written by somebody else: in full, in lower case, without the ZIP code …
    pub(crate) fn written_otherwise(&self, dice: &mut Dice) -> String {
        let (number, street, town) = (self.number, self.street, TOWNS[self.town].name);
        let (short, full) = KINDS[self.kind];
        match dice.below(5) {
            0 => format!("{number} {street} {full}, {town}, Illinois {}", self.zip),
            1 => format!("{number} {street} {short}., {town}"),
            2 => format!("{number} {street} {full} {town} IL").to_lowercase(),
            3 => format!("{number} {street}, {town} {}", self.zip),
            _ => format!("{number}  {} {}, {town}, IL {}", street.to_uppercase(), short.to_uppercase(), self.zip),
        }
    }
}

/// A town, nearer ones more often.
pub(crate) fn any_town(dice: &mut Dice) -> usize {
    if dice.chance(620) { dice.below(10) } else { dice.below(TOWNS.len()) }
}

/// Ten digits of a number in the 555 exchange, which nobody has, so that no text message of a trial reaches a
/// stranger. Different for every `position` as long as `among` fits the 600,000 there are.
pub(crate) fn digits(position: usize, among: usize) -> String {
    let codes = (among * 13 / 100_000 + 1).clamp(4, AREA_CODES.len());
    let space = codes * 10_000;
    // 7,919 is prime and divides no number of area codes above: every position has a number of its own.
    let number = (position % space) * 7_919 % space;
    format!("{}555{:04}", AREA_CODES[number / 10_000], number % 10_000)
}

/// The digits as people write them.
pub(crate) fn phone(digits: &str, dice: &mut Dice) -> String {
    let (area, exchange, line) = (&digits[..3], &digits[3..6], &digits[6..]);
    match dice.weighted(&[68, 14, 7, 6, 5]) {
        0 => format!("({area}) {exchange}-{line}"),
        1 => format!("{area}-{exchange}-{line}"),
        2 => digits.to_owned(),
        3 => format!("{area}.{exchange}.{line}"),
        _ => format!("+1 {area} {exchange} {line}"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_customer_has_a_number_of_their_own() {
        for among in [3_000, 30_000, 300_000] {
            let all: BTreeSet<_> = (0..among).map(|position| digits(position, among)).collect();
            assert_eq!(all.len(), among);
            assert!(all.iter().all(|number| number.len() == 10 && &number[3..6] == "555"));
        }
    }
}
