//! What paving costs: quantities by the trade's formulas, prices from a price book, all in whole numbers.
//!
//! Money is counted in cents and quantities in thousandths, so that every amount is exact and the same everywhere.

use crate::dice::Dice;

/// What is to be done. The order is that of the weights in [`Work::for_house`] and [`Work::for_business`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    NewDriveway,
    DrivewayOverlay,
    Sealcoat,
    CrackFill,
    Patching,
    LotOverlay,
    MillAndPave,
    NewLot,
    Striping,
    Custom,
}

/// Which crews do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Skill {
    Paving,
    Sealcoating,
    Patching,
}

impl Work {
    pub(crate) fn for_house(dice: &mut Dice) -> Self {
        use Work::{CrackFill, Custom, DrivewayOverlay, NewDriveway, Patching, Sealcoat};
        [NewDriveway, DrivewayOverlay, Sealcoat, CrackFill, Patching, Custom][dice.weighted(&[34, 26, 22, 6, 10, 2])]
    }

    pub(crate) fn for_business(dice: &mut Dice) -> Self {
        use Work::{CrackFill, Custom, LotOverlay, MillAndPave, NewLot, Patching, Sealcoat, Striping};
        let all = [LotOverlay, MillAndPave, NewLot, Sealcoat, Striping, Patching, CrackFill, Custom];
        all[dice.weighted(&[20, 12, 4, 25, 13, 18, 6, 2])]
    }

    pub(crate) fn skill(self) -> Skill {
        match self {
            Self::NewDriveway | Self::DrivewayOverlay | Self::LotOverlay | Self::MillAndPave | Self::NewLot => {
                Skill::Paving
            }
            Self::Sealcoat => Skill::Sealcoating,
            Self::CrackFill | Self::Patching | Self::Striping | Self::Custom => Skill::Patching,
        }
    }

    /// Words of the office.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NewDriveway => "Remove and replace driveway",
            Self::DrivewayOverlay => "Driveway overlay",
            Self::Sealcoat => "Sealcoat, two coats",
            Self::CrackFill => "Hot crack filling",
            Self::Patching => "Patching",
            Self::LotOverlay => "Parking lot overlay",
            Self::MillAndPave => "Mill and pave",
            Self::NewLot => "New parking lot",
            Self::Striping => "Striping",
            Self::Custom => "Speed bumps and signs",
        }
    }

    /// The measured area in ft², or for striping the number of stalls.
    pub(crate) fn size(self, business: bool, dice: &mut Dice) -> i64 {
        match self {
            Self::NewDriveway => dice.between(14, 90) * 40,
            Self::DrivewayOverlay => dice.between(16, 100) * 40,
            Self::Sealcoat | Self::CrackFill if business => dice.between(16, 240) * 500,
            Self::Sealcoat | Self::CrackFill => dice.between(14, 110) * 40,
            Self::Patching if business => dice.between(8, 160) * 25,
            Self::Patching => dice.between(2, 16) * 25,
            Self::LotOverlay | Self::MillAndPave => dice.between(12, 170) * 500,
            Self::NewLot => dice.between(16, 120) * 500,
            Self::Striping => dice.between(12, 260),
            Self::Custom => dice.between(2, 9),
        }
    }

    /// True when it must stay dry and warm.
    pub(crate) fn weather_dependent(self) -> bool {
        !matches!(self, Self::Custom)
    }
}

/// An entry of the price book: name, unit, cents of today.
pub(crate) const PRICE_BOOK: &[(&str, &str, i64)] = &[
    ("Hot-mix surface course, 9.5 mm", "ton", 12_850),
    ("Hot-mix binder course, 19 mm", "ton", 11_675),
    ("Remove existing asphalt and haul", "ft²", 115),
    ("Milling, 2 in", "ft²", 62),
    ("Crushed stone base CA-6", "ton", 3_890),
    ("Fine grading", "ft²", 38),
    ("Tack coat", "gal", 485),
    ("Mobilization", "each", 37_500),
    ("Sealcoat, sprayed", "gal", 1_425),
    ("Hot crack filler", "ft", 98),
    ("Infrared patch", "ft²", 890),
    ("Stall line, 4 in", "ft", 64),
    ("Accessible stall with symbol", "each", 4_850),
    ("Arrow or stop bar", "each", 3_275),
    ("Speed bump, asphalt", "each", 48_500),
    ("Traffic sign on post", "each", 21_500),
    ("Concrete curb and gutter", "ft", 4_150),
    ("Catch basin repair", "each", 98_500),
    ("Edge restoration, topsoil and seed", "ft", 415),
    ("Flagger", "hour", 6_850),
    ("Night work supplement", "night", 95_000),
    ("Geotextile fabric", "yd²", 315),
    ("Wheel stop", "each", 7_450),
    ("Pavement sweeping", "hour", 14_500),
];

/// One line of an estimate.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// Position in [`PRICE_BOOK`].
    pub(crate) price: usize,
    pub(crate) description: String,
    /// Thousandths of the unit.
    pub(crate) quantity: i64,
    /// Cents for one unit.
    pub(crate) unit_price: i64,
}

impl Item {
    /// Cents, rounded half up as on the customer's paper.
    pub(crate) fn total(&self) -> i64 {
        (self.quantity * self.unit_price + 500) / 1000
    }
}

/// Thousandths of a ton of hot mix: ft² × inches/12 × pcf/2000 × (1 + waste), rounded half up.
///
/// `quarter_inches` is the compacted thickness in quarters of an inch, `waste` a percentage.
pub(crate) fn hot_mix(square_feet: i64, quarter_inches: i64, pcf: i64, waste: i64) -> i64 {
    let over = 4 * 12 * 2000 * 100;
    (square_feet * quarter_inches * pcf * (100 + waste) * 1000 + over / 2) / over
}

/// Thousandths of a gallon of sealer: 60 ft² a gallon and coat.
pub(crate) fn sealer(square_feet: i64, coats: i64) -> i64 {
    (square_feet * coats * 1000 + 30) / 60
}

/// The lines of an estimate; prices have risen by about 4 % a year to those of the book.
pub(crate) fn items(dice: &mut Dice, work: Work, size: i64, business: bool, years_ago: i64) -> Vec<Item> {
    let pcf = dice.between(145, 150);
    let waste = dice.between(5, 10);
    let mut lines = Vec::with_capacity(4);
    let mut line = |price: usize, description: Option<String>, quantity: i64| {
        let (name, _, today) = PRICE_BOOK[price];
        let unit_price = (today * (1000 - 38 * years_ago) + 500) / 1000;
        lines.push(Item { price, description: description.unwrap_or_else(|| name.to_owned()), quantity, unit_price });
    };
    let lift = |course: &str, quarters: i64| {
        Some(format!(
            "{course}, {}{} in compacted",
            quarters / 4,
            ["", ".25", ".5", ".75"][usize::try_from(quarters % 4).unwrap_or_default()]
        ))
    };
    match work {
        Work::NewDriveway => {
            let thick = dice.between(8, 12);
            line(2, None, size * 1000);
            line(0, lift("Hot-mix surface course", thick), hot_mix(size, thick, pcf, waste));
            if dice.chance(350) {
                line(4, None, hot_mix(size, 8, 120, 5));
            }
            line(7, None, 1000);
        }
        Work::DrivewayOverlay => {
            let thick = dice.between(6, 8);
            line(6, None, size * 1000 / 90);
            line(0, lift("Hot-mix surface course", thick), hot_mix(size, thick, pcf, waste));
            if dice.chance(300) {
                line(18, None, dice.between(20, 140) * 1000);
            }
        }
        Work::Sealcoat => {
            line(8, Some("Sealcoat, two coats".to_owned()), sealer(size, 2));
            if dice.chance(400) {
                line(9, None, size / 40 * 1000);
            }
            if business {
                line(11, Some("Stripe as before, 4 in".to_owned()), (size / 350 * 22).max(44) * 1000);
            }
        }
        Work::CrackFill => line(9, None, (size / 18).max(60) * 1000),
        Work::Patching => {
            if dice.chance(250) {
                line(10, None, size * 1000);
            } else {
                line(2, Some("Saw-cut, remove and haul".to_owned()), size * 1000);
                line(0, lift("Hot-mix patch", 12), hot_mix(size, 12, pcf, waste));
            }
            line(7, None, 1000);
        }
        Work::LotOverlay | Work::MillAndPave => {
            let thick = dice.between(6, 8);
            if work == Work::MillAndPave {
                line(3, None, size * 1000);
            }
            line(6, None, size * 1000 / 90);
            line(0, lift("Hot-mix surface course", thick), hot_mix(size, thick, pcf, waste));
            line(11, Some("New layout, 4 in line".to_owned()), (size / 350 * 22).max(44) * 1000);
        }
        Work::NewLot => {
            line(4, Some("Crushed stone base CA-6, 8 in".to_owned()), hot_mix(size, 32, 120, 5));
            line(1, lift("Hot-mix binder course", 10), hot_mix(size, 10, pcf, waste));
            line(0, lift("Hot-mix surface course", 6), hot_mix(size, 6, pcf, waste));
            line(16, None, dice.between(12, 90) * 10_000);
        }
        Work::Striping => {
            line(11, Some(format!("{size} stalls, 22 ft of 4 in line each")), size * 22_000);
            line(12, None, (size / 25).max(1) * 1000);
            if dice.chance(400) {
                line(13, None, dice.between(2, 14) * 1000);
            }
        }
        Work::Custom => {
            line([14, 15, 17, 22][dice.below(4)], None, size * 1000);
            line(7, None, 1000);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Topic;

    #[test]
    fn the_trades_own_check_of_its_formula() {
        assert_eq!(hot_mix(10_000, 12, 145, 0), 181_250, "10,000 ft² × 3 in × 145 pcf, no waste");
        assert_eq!(hot_mix(10_000, 12, 145, 10), 199_375);
        assert_eq!(sealer(6_000, 2), 200_000);
    }

    #[test]
    fn amounts_round_half_up() {
        let item = |quantity, unit_price| Item { price: 0, description: String::new(), quantity, unit_price };
        assert_eq!(item(1_005, 100).total(), 101, "1.005 × $1.00");
        assert_eq!(item(1_004, 100).total(), 100);
    }

    #[test]
    fn prices_are_believable() {
        for number in 0..3000 {
            let mut dice = Dice::new(1, Topic::Items, number);
            let business = dice.chance(300);
            let work = if business { Work::for_business(&mut dice) } else { Work::for_house(&mut dice) };
            let size = work.size(business, &mut dice);
            let total: i64 = items(&mut dice, work, size, business, 2).iter().map(Item::total).sum();
            assert!((5_000..120_000_000).contains(&total), "{work:?} of {size}: {total} cents");
        }
    }
}
