//! The company's own settings.

use std::collections::BTreeMap;

use chrono::NaiveTime;
use database::company::{self, CompanyRow};
use database::{DatabaseError, PgConnection, act};
use domain::working_time::WorkingDays;
use domain::zone;

use super::changes::{Done, Inverse, changed_meanwhile, differing};
use crate::copy::bodies::Limits;
use crate::desktop::DesktopEvent;
use crate::error::{AppError, ErrorCode};
use crate::office::Office;
use crate::view::{Company, CompanyInput, CompanySaved};

/// Key of the database, name of the field, label of the screen, longest text.
const FIELDS: [(&str, &str, &str, usize); 16] = [
    ("company_name", "name", "Name", 200),
    ("company_letterhead", "letterhead", "Name on letters", 300),
    ("company_address", "address", "Address", 500),
    ("company_phone", "phone", "Phone", 50),
    ("company_email", "email", "Email", 255),
    ("company_website", "website", "Website", 255),
    ("company_license", "license", "License", 100),
    ("office_time_zone", "time_zone", "Time zone", 100),
    ("office_working_days", "working_days", "Working days", 20),
    ("office_work_from", "work_from", "Work starts", 5),
    ("office_work_until", "work_until", "Work ends", 5),
    ("support_name", "support_name", "Support: name", 200),
    ("support_phone", "support_phone", "Support: phone", 50),
    ("support_email", "support_email", "Support: email", 255),
    (company::OFFLINE_READABLE, "offline_readable_days", "Copies readable for (days)", 3),
    (company::OFFLINE_REFUSED, "offline_refused_days", "Copies of a refused login kept for (days)", 3),
];

impl Office {
    /// The company.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn company(&self) -> Result<Company, AppError> {
        let (pool, _) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        read(&mut connection).await
    }

    /// Saves the company, if nobody else did since it was shown.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] with the field; [`ErrorCode::VersionConflict`]; [`ErrorCode::RightsMissing`].
    pub async fn save_company(&self, input: &CompanyInput) -> Result<CompanySaved, AppError> {
        let mut values = values(input)?;
        let (pool, me) = self.at_work().await?;
        let actor = super::changes::actor(&me);
        let mut transaction = act::begin(&pool, &actor, None).await?;
        if !company::may_administer(&mut transaction).await? {
            return Err(AppError::new(
                ErrorCode::RightsMissing,
                "Only the owner and whoever keeps the database can change the company's settings. Nothing was changed.",
            ));
        }
        let Some(zone) = company::zone_named(&mut transaction, &input.time_zone).await? else {
            return Err(invalid("time_zone", "There is no time zone of this name. Choose one of the list."));
        };
        values.insert("office_time_zone".to_owned(), zone);
        let done = write(&mut transaction, &values, input.version.into(), &BTreeMap::new()).await?;
        // Read before it is committed: what is saved must not look lost because a question afterwards failed.
        let company = read(&mut transaction).await?;
        let change = self.keep(transaction, &actor, done, None).await?;
        Ok(CompanySaved { company, change })
    }
}

/// Writes some of the settings over the version seen, or over the values `left` (none: over the version only).
pub(crate) async fn write(
    connection: &mut PgConnection,
    values: &BTreeMap<String, String>,
    version: i64,
    left: &BTreeMap<String, String>,
) -> Result<Done, AppError> {
    company::lock(connection).await?;
    let before = company::read(connection).await?;
    let is = |(key, value): (&String, &String)| before.values.get(key).map_or("", String::as_str) == value;
    let as_left = !left.is_empty() && left.iter().all(is);
    if before.version != version && !as_left {
        return Err(changed_meanwhile("the company's settings"));
    }
    // An inverse is read back from the database: it writes these keys and no others.
    let values: BTreeMap<String, String> = values
        .iter()
        .filter(|(key, value)| company::KEYS.contains(&key.as_str()) && before.values.get(*key) != Some(*value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    company::write(connection, &values).await?;
    let after = company::read(connection).await?;
    let (told_before, told_after) = (in_words(&before), in_words(&after));
    let fields = differing(FIELDS.iter().map(|(key, _, label, _)| {
        (*label, told_before.get(*key).map(String::as_str), told_after.get(*key).map(String::as_str))
    }));
    let old = values.keys().map(|k| (k.clone(), before.values.get(k).cloned().unwrap_or_default())).collect();
    Ok(Done {
        summary: "Company settings changed".to_owned(),
        about: None,
        fields,
        inverse: Inverse::Company { values: old, version: after.version, left: values },
        jobs: Vec::new(),
        messages: Vec::new(),
        tells: vec![DesktopEvent::CompanyChanged, DesktopEvent::TodayChanged],
    })
}

/// As a person reads them: the days by name.
fn in_words(row: &CompanyRow) -> BTreeMap<String, String> {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let mut values = row.values.clone();
    if let Some(days) = values.get_mut("office_working_days") {
        let working = numbers(days);
        *days = working.iter().filter_map(|n| DAYS.get(usize::from(n - 1))).copied().collect::<Vec<_>>().join(", ");
    }
    values
}

/// The days that count, 1 = Monday, whatever is written.
fn numbers(written: &str) -> Vec<u8> {
    let days = WorkingDays::read(written).to_string();
    days.split(',').filter_map(|day| day.parse().ok()).collect()
}

async fn read(connection: &mut PgConnection) -> Result<Company, AppError> {
    let row = company::read(connection).await?;
    let may_edit = company::may_administer(connection).await?;
    Ok(shown(&row, may_edit))
}

fn shown(row: &CompanyRow, may_edit: bool) -> Company {
    let get = |key: &str| row.values.get(key).cloned().unwrap_or_default();
    let zone = get("office_time_zone");
    let limits = Limits::of(&row.values);
    Company {
        name: get("company_name"),
        letterhead: get("company_letterhead"),
        address: get("company_address"),
        phone: get("company_phone"),
        email: get("company_email"),
        website: get("company_website"),
        license: get("company_license"),
        // What names no zone is shown as it is written, and has to be chosen anew before anything is saved.
        time_zone: zone::known(&zone).map_or(zone, |known| known.name().to_owned()),
        working_days: numbers(&get("office_working_days")),
        work_from: get("office_work_from"),
        work_until: get("office_work_until"),
        support_name: get("support_name"),
        support_phone: get("support_phone"),
        support_email: get("support_email"),
        offline_readable_days: limits.readable_days.to_string(),
        offline_refused_days: limits.refused_days.to_string(),
        version: row.version.try_into().unwrap_or(i32::MAX),
        may_edit,
    }
}

fn values(input: &CompanyInput) -> Result<BTreeMap<String, String>, AppError> {
    let mut days = input.working_days.clone();
    days.sort_unstable();
    days.dedup();
    if days.is_empty() || days.iter().any(|d| !(1..=7).contains(d)) {
        return Err(invalid("working_days", "Choose at least one working day."));
    }
    let days = days.iter().map(u8::to_string).collect::<Vec<_>>().join(",");
    let (from, until) = (time("work_from", &input.work_from)?, time("work_until", &input.work_until)?);
    if from >= until {
        return Err(invalid("work_until", "The working day ends after it begins."));
    }
    let texts = [
        &input.name,
        &input.letterhead,
        &input.address,
        &input.phone,
        &input.email,
        &input.website,
        &input.license,
        &input.time_zone,
        &days,
        &input.work_from,
        &input.work_until,
        &input.support_name,
        &input.support_phone,
        &input.support_email,
        &input.offline_readable_days,
        &input.offline_refused_days,
    ];
    let mut values = BTreeMap::new();
    for ((key, field, label, longest), text) in FIELDS.iter().zip(texts) {
        let text = text.trim();
        if text.chars().count() > *longest {
            return Err(invalid(field, &format!("{label} is too long: {longest} characters at most.")));
        }
        if text.contains('\0') {
            return Err(invalid(field, "This holds a character that cannot be stored."));
        }
        if field.ends_with("email") && !text.is_empty() && !looks_like_mail(text) {
            return Err(invalid(field, "This does not look like a mail address."));
        }
        let least = match *key {
            company::OFFLINE_READABLE => Some(1),
            company::OFFLINE_REFUSED => Some(0),
            _ => None,
        };
        if let Some(least) = least
            && !text.parse().is_ok_and(|days: u32| (least..=365).contains(&days))
        {
            return Err(invalid(field, &format!("Enter a number of days from {least} to 365.")));
        }
        values.insert((*key).to_owned(), text.to_owned());
    }
    Ok(values)
}

/// `HH:MM`
pub(crate) fn time(field: &str, text: &str) -> Result<NaiveTime, AppError> {
    NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| invalid(field, "Enter a time, such as 6:00 am."))
}

/// An error at a field.
pub(crate) fn invalid(field: &str, message: &str) -> AppError {
    AppError { field: Some(field.to_owned()), ..AppError::new(ErrorCode::Invalid, message) }
}

/// One `@` with something on both sides, and nothing that could become a second line of a mail's head.
pub(crate) fn looks_like_mail(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.len() > 2 && !host.contains('@'))
        && !text.contains(char::is_whitespace)
        && !text.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input() -> CompanyInput {
        CompanyInput {
            name: " Neff Paving ".into(),
            letterhead: String::new(),
            address: "12 Oak St\nLisle, IL 60532".into(),
            phone: "(630) 555-0100".into(),
            email: "office@neffpaving.example".into(),
            website: String::new(),
            license: String::new(),
            time_zone: "America/Chicago".into(),
            working_days: vec![5, 1, 2, 3, 4, 5],
            work_from: "06:00".into(),
            work_until: "16:30".into(),
            support_name: String::new(),
            support_phone: String::new(),
            support_email: String::new(),
            offline_readable_days: "14".into(),
            offline_refused_days: "0".into(),
            version: 1,
        }
    }

    #[test]
    fn days_are_told_by_name_whatever_is_stored() {
        let row = |days: &str| CompanyRow {
            values: BTreeMap::from([("office_working_days".to_owned(), days.to_owned())]),
            version: 1,
        };
        assert_eq!(in_words(&row("1,2, 6"))["office_working_days"], "Mon, Tue, Sat");
        assert_eq!(in_words(&row("1-5"))["office_working_days"], "Mon, Tue, Wed, Thu, Fri");
        assert_eq!(in_words(&row("0,9,x"))["office_working_days"], "Mon, Tue, Wed, Thu, Fri", "as everywhere else");
    }

    #[test]
    fn what_is_entered_becomes_settings() {
        let values = values(&input()).unwrap();
        assert_eq!(values["company_name"], "Neff Paving");
        assert_eq!(values["office_working_days"], "1,2,3,4,5");
        assert_eq!(values.len(), company::KEYS.len());
    }

    #[test]
    fn what_cannot_be_right_is_told_at_its_field() {
        let field = |change: fn(&mut CompanyInput)| {
            let mut input = input();
            change(&mut input);
            values(&input).unwrap_err().field.unwrap()
        };
        assert_eq!(field(|i| i.working_days.clear()), "working_days");
        assert_eq!(field(|i| i.working_days = vec![0]), "working_days");
        assert_eq!(field(|i| i.work_until = "06:00".into()), "work_until");
        assert_eq!(field(|i| i.work_from = "6 am".into()), "work_from");
        assert_eq!(field(|i| i.email = "office".into()), "email");
        assert_eq!(field(|i| i.offline_readable_days = "0".into()), "offline_readable_days");
        assert_eq!(field(|i| i.offline_readable_days = "366".into()), "offline_readable_days");
        assert_eq!(field(|i| i.offline_refused_days = "-1".into()), "offline_refused_days");
        assert_eq!(field(|i| i.offline_refused_days = String::new()), "offline_refused_days");
        assert_eq!(field(|i| i.support_email = "a@b.c\r\nBcc: x@y.z".into()), "support_email");
        assert_eq!(field(|i| i.name = "x".repeat(201)), "name");
    }
}
