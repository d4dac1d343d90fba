//! Names of people and companies, and how the same ones are spelled by somebody else.

use crate::dice::Dice;

/// First names, each with what friends say.
#[rustfmt::skip]
const FIRST: &[(&str, &str)] = &[
    ("Robert", "Bob"), ("Michael", "Mike"), ("William", "Bill"), ("James", "Jim"), ("Thomas", "Tom"),
    ("Richard", "Rick"), ("Joseph", "Joe"), ("Daniel", "Dan"), ("Matthew", "Matt"), ("Anthony", "Tony"),
    ("Steven", "Steve"), ("Kenneth", "Ken"), ("Gregory", "Greg"), ("Patrick", "Pat"), ("Timothy", "Tim"),
    ("Jeffrey", "Jeff"), ("Edward", "Ed"), ("Ronald", "Ron"), ("Donald", "Don"), ("Christopher", "Chris"),
    ("Patricia", "Patty"), ("Jennifer", "Jen"), ("Elizabeth", "Liz"), ("Susan", "Sue"), ("Deborah", "Deb"),
    ("Kathleen", "Kathy"), ("Margaret", "Peggy"), ("Katherine", "Kate"), ("Rebecca", "Becky"),
    ("Pamela", "Pam"), ("Cynthia", "Cindy"), ("Christine", "Chris"), ("Theresa", "Terri"),
    ("Barbara", "Barb"), ("Victoria", "Vicky"), ("Jessica", "Jess"), ("Samantha", "Sam"),
    ("Stephanie", "Steph"), ("Amanda", "Mandy"), ("Melissa", "Missy"), ("Dana", "Dana"), ("Karen", "Karen"),
    ("Laura", "Laura"), ("Maria", "Maria"), ("Angela", "Angie"), ("Carlos", "Carlos"), ("Luis", "Luis"),
    ("Miguel", "Mike"), ("Jose", "Joe"), ("Rosa", "Rosa"), ("Priya", "Priya"), ("Anil", "Anil"),
    ("Sanjay", "Sanjay"), ("Wei", "Wei"), ("Mei", "Mei"), ("Agnieszka", "Aga"), ("Piotr", "Peter"),
    ("Marek", "Mark"), ("Irena", "Irene"), ("Jadwiga", "Hedy"), ("Brian", "Brian"), ("Kevin", "Kevin"),
    ("Scott", "Scott"), ("Eric", "Eric"), ("Mark", "Mark"), ("Paul", "Paul"), ("Gary", "Gary"),
    ("Larry", "Larry"), ("Keith", "Keith"), ("Craig", "Craig"), ("Dennis", "Denny"), ("Walter", "Walt"),
    ("Frank", "Frank"), ("Raymond", "Ray"), ("Gerald", "Jerry"), ("Lawrence", "Larry"), ("Nancy", "Nancy"),
    ("Linda", "Linda"), ("Sharon", "Sharon"), ("Diane", "Diane"), ("Julie", "Julie"), ("Heather", "Heather"),
    ("Michelle", "Shelly"), ("Lisa", "Lisa"), ("Amy", "Amy"), ("Megan", "Meg"), ("Emily", "Em"),
    ("Rachel", "Rachel"), ("Nicole", "Nikki"), ("Kimberly", "Kim"), ("Tyler", "Ty"), ("Joshua", "Josh"),
    ("Andrew", "Andy"), ("Nicholas", "Nick"), ("Jonathan", "Jon"), ("Benjamin", "Ben"), ("Samuel", "Sam"),
    ("Alexander", "Alex"), ("Zachary", "Zach"), ("Nathan", "Nate"), ("DeShawn", "Shawn"), ("Tamika", "Tammy"),
    ("Latoya", "Toya"), ("Marcus", "Marc"), ("Terrence", "Terry"), ("Yolanda", "Yoli"),
];

#[rustfmt::skip]
const LAST: &[&str] = &[
    "Kowalski", "Nowak", "Wisniewski", "Zielinski", "Mazur", "Pawlak", "Jankowski", "Gorski", "Dombrowski",
    "Sikora", "Schmidt", "Mueller", "Hoffmann", "Schroeder", "Krueger", "Becker", "Wagner", "Schultz",
    "Neumann", "Voss", "Murphy", "O'Brien", "Sullivan", "Kelly", "McCarthy", "Gallagher", "Fitzgerald",
    "Doyle", "Byrne", "Flanagan", "Russo", "Esposito", "Romano", "DeLuca", "Marino", "Caruso", "Moretti",
    "Ricci", "Santoro", "Vitale", "Johnson", "Anderson", "Olson", "Larson", "Carlson", "Swanson", "Lindgren",
    "Peterson", "Nelson", "Erickson", "Garcia", "Hernandez", "Martinez", "Lopez", "Gonzalez", "Ramirez",
    "Torres", "Flores", "Rivera", "Morales", "Patel", "Shah", "Desai", "Reddy", "Sharma", "Gupta", "Iyer",
    "Khan", "Ahmed", "Hussain", "Chen", "Wang", "Liu", "Nguyen", "Tran", "Kim", "Park", "Lee", "Santos",
    "Reyes", "Smith", "Williams", "Brown", "Jones", "Miller", "Davis", "Wilson", "Moore", "Taylor", "Thomas",
    "Jackson", "White", "Harris", "Martin", "Thompson", "Robinson", "Clark", "Lewis", "Walker", "Hall",
    "Allen", "Young", "King", "Wright", "Scott", "Green", "Baker", "Adams", "Campbell", "Mitchell", "Roberts",
    "Carter", "Phillips", "Evans", "Turner", "Parker", "Collins", "Edwards", "Stewart", "Morris", "Rogers",
    "Reed", "Cook", "Morgan", "Bell", "Bailey", "Cooper", "Richardson", "Cox", "Howard", "Ward", "Peters",
    "Gray", "Watson", "Brooks", "Bennett", "Wood", "Barnes", "Ross", "Henderson", "Kozlowski", "Vasquez",
    "Petrauskas", "Kazlauskas", "Novak", "Dvorak", "Horvath", "Popescu", "Ivanov", "Petrov", "Van Dyke",
    "DeVries", "Hendricks", "Vander Molen", "Bakker", "Kruger", "Zimmerman", "Lang", "Fuchs", "Weber",
];

#[rustfmt::skip]
const SETTING: &[&str] = &[
    "Fox Valley", "Prairie Ridge", "Lakeview", "Oak Creek", "Riverwalk", "Springbrook", "Heritage",
    "Stonebridge", "Tri-County", "Westgate", "Northgate", "Eastfield", "Hobson", "Ogden", "Kendall", "DuPage",
    "Randall Road", "Maple Grove", "Fairfield", "Brookside", "Hawthorn", "Cedar Point", "Blackberry",
    "Mill Creek", "Danada", "Freedom", "Butterfield", "Yorktown", "Timber Lakes", "White Eagle", "Ashwood",
    "Harbor", "Crossroads", "Midwest", "Great Lakes", "Suburban", "Heartland", "Crestview", "Sunrise",
    "Pinnacle",
];

#[rustfmt::skip]
const TRADE: &[&str] = &[
    "Dental Group", "Plaza", "Self Storage", "Auto Body", "Animal Hospital", "Family Medicine",
    "Shopping Center", "Business Park", "Logistics", "Warehouse", "Garden Center", "Funeral Home",
    "Montessori School", "Fitness Club", "Car Wash", "Bowling Lanes", "Grill & Tavern", "Medical Center",
    "Apartments", "Industrial Park", "Credit Union", "Veterinary Clinic", "Tire & Auto", "Machine Works",
    "Distribution", "Office Center", "Daycare", "Banquets", "Orthopedics", "Hardware", "Landscape Supply",
    "Motors", "Senior Living", "Surgery Center", "Bakery",
];

#[rustfmt::skip]
const PUBLIC: &[&str] = &[
    "Park District", "Public Library", "Village Hall", "Public Works", "School District 203",
    "School District 204", "Fire Protection District", "Township Road District",
    "Community Unit School District",
];

const SAINTS: &[&str] =
    &["St. Mark's", "St. Raphael", "Our Saviour's", "Holy Cross", "Trinity", "Grace", "Calvary", "St. Elizabeth Seton"];
const CHURCHES: &[&str] =
    &["Lutheran Church", "Catholic Church", "United Methodist Church", "Community Church", "Parish"];

/// A person.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Person {
    pub(crate) first: &'static str,
    pub(crate) short: &'static str,
    pub(crate) last: &'static str,
}

impl Person {
    pub(crate) fn new(dice: &mut Dice) -> Self {
        let (first, short) = FIRST[dice.below(FIRST.len())];
        Self { first, short, last: dice.pick(LAST) }
    }

    /// Somebody else of the same household.
    pub(crate) fn spouse(self, dice: &mut Dice) -> Self {
        let mut other = Self::new(dice);
        if other.first == self.first {
            other = Self::new(dice);
        }
        Self { last: self.last, ..other }
    }

    pub(crate) fn full(self) -> String {
        format!("{} {}", self.first, self.last)
    }

    /// How many different full names there are.
    pub(crate) fn all() -> usize {
        FIRST.len() * LAST.len()
    }

    /// The full name number `number`, each once.
    pub(crate) fn numbered(number: usize) -> Self {
        let (first, short) = FIRST[number % FIRST.len()];
        Self { first, short, last: LAST[number / FIRST.len() % LAST.len()] }
    }
}

/// A name as it goes into an address: letters and digits only.
pub(crate) fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// A company, institution or association.
pub(crate) fn company(dice: &mut Dice, town: &str) -> String {
    match dice.weighted(&[46, 16, 12, 8, 8, 10]) {
        0 => {
            let ending = dice.pick(&["", "", "", " LLC", " Inc.", " Co."]);
            format!("{} {}{ending}", dice.pick(SETTING), dice.pick(TRADE))
        }
        1 => format!("{} {}", dice.pick(LAST), dice.pick(TRADE)),
        2 => format!(
            "{} {}",
            dice.pick(SETTING),
            dice.pick(&["HOA", "Townhomes Association", "Condominium Association"])
        ),
        3 => format!("{town} {}", dice.pick(PUBLIC)),
        4 => format!("{} {}", dice.pick(SAINTS), dice.pick(CHURCHES)),
        _ => {
            let (one, other) = (dice.pick(LAST), dice.pick(LAST));
            format!(
                "{one} & {other} {}",
                dice.pick(&["Properties", "Property Management", "Realty", "Builders", "Development"])
            )
        }
    }
}

/// The same company, written by somebody else.
pub(crate) fn company_otherwise(name: &str, dice: &mut Dice) -> String {
    for ending in [" LLC", " Inc.", " Co."] {
        if let Some(bare) = name.strip_suffix(ending) {
            return bare.to_owned();
        }
    }
    match dice.below(4) {
        0 => name.to_lowercase(),
        1 => format!("The {name}"),
        2 => name.replace(" & ", " and ").replace("St. ", "Saint ").to_uppercase(),
        _ => misspelled(name, dice),
    }
}

/// One slip of the keyboard: two letters swapped, one left out or one doubled.
pub(crate) fn misspelled(name: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let inner: Vec<usize> = (1..letters.len().saturating_sub(1))
        .filter(|at| {
            letters[*at].is_alphabetic() && letters[*at + 1].is_alphabetic() && letters[*at] != letters[*at + 1]
        })
        .collect();
    if inner.is_empty() {
        return name.to_lowercase();
    }
    let at = inner[dice.below(inner.len())];
    match dice.below(3) {
        0 => letters.swap(at, at + 1),
        1 => {
            letters.remove(at);
        }
        _ => letters.insert(at, letters[at]),
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::dice::Topic;

    #[test]
    fn a_slip_is_always_a_difference() {
        for number in 0..500 {
            let mut dice = Dice::new(1, Topic::Duplicate, number);
            let name = Person::new(&mut dice).full();
            assert_ne!(misspelled(&name, &mut dice), name);
        }
    }

    #[test]
    fn numbered_names_are_all_different() {
        let all: BTreeSet<_> = (0..Person::all()).map(|number| Person::numbered(number).full()).collect();
        assert_eq!(all.len(), Person::all());
        assert!(all.len() > 3_000, "enough for the largest crew list");
    }
}
