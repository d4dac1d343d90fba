//! The person who works here, and what they chose for themselves.

use chrono::NaiveTime;
use database::people::{self, MeRow, PersonRow};
use database::{DatabaseError, PgConnection, act, company};
use domain::zone;
use serde::{Deserialize, Serialize};

use super::changes::{Done, Inverse, changed_meanwhile, differing};
use super::company::{invalid, looks_like_mail, time};
use crate::desktop::DesktopEvent;
use crate::error::AppError;
use crate::office::Office;
use crate::view::{Me, MeInput, MeSaved};

impl Office {
    /// The person who works here.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn me(&self) -> Result<Me, AppError> {
        let (pool, me) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        read(&mut connection, &me).await
    }

    /// Saves what they chose, if it was not changed since it was shown.
    ///
    /// # Errors
    /// [`crate::ErrorCode::Invalid`] with the field; [`crate::ErrorCode::VersionConflict`].
    pub async fn save_me(&self, input: &MeInput) -> Result<MeSaved, AppError> {
        let checked = check(input)?;
        let (pool, me) = self.at_work().await?;
        let actor = super::changes::actor(&me);
        let mut transaction = act::begin(&pool, &actor, None).await?;
        let done = write(&mut transaction, MeRow { id: me.id, ..checked }, None).await?;
        let saved = read(&mut transaction, &me).await?;
        let change = self.keep(transaction, &actor, done, None).await?;
        Ok(MeSaved { me: saved, change })
    }
}

async fn read(connection: &mut PgConnection, me: &PersonRow) -> Result<Me, AppError> {
    let row = people::me(connection, me.id).await?.ok_or_else(|| AppError::not_found("person"))?;
    let zone = company::office_zone(connection).await?;
    Ok(shown(row, me.proven, zone))
}

/// What a person chose for themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Chosen {
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub time_zone: Option<String>,
    pub quiet_from: Option<NaiveTime>,
    pub quiet_until: Option<NaiveTime>,
}

impl Chosen {
    fn of(row: &MeRow) -> Self {
        Self {
            name: row.name.clone(),
            email: row.email.clone(),
            phone: row.phone.clone(),
            time_zone: row.time_zone.clone(),
            quiet_from: row.quiet_from,
            quiet_until: row.quiet_until,
        }
    }
}

/// Writes what a person chose over the version seen, or over what was `left`.
pub(crate) async fn write(
    connection: &mut PgConnection,
    mut row: MeRow,
    left: Option<&Chosen>,
) -> Result<Done, AppError> {
    let before = people::me(connection, row.id).await?.ok_or_else(|| AppError::not_found("person"))?;
    let what = "your settings";
    if left.is_some_and(|left| *left == Chosen::of(&before)) {
        row.version = before.version;
    }
    let renamed =
        [("name", before.name != row.name), ("email", before.email != row.email), ("phone", before.phone != row.phone)];
    if let Some((field, _)) = renamed.iter().find(|(_, differs)| *differs)
        && !people::may_rename(connection, row.id).await?
    {
        return Err(invalid(
            field,
            "Several people share the login on this computer. An administrator changes names, mail addresses and telephone numbers.",
        ));
    }
    let version = people::save_me(connection, &row).await?.ok_or_else(|| changed_meanwhile(what))?;
    let clock = |t: Option<NaiveTime>| t.map(|t| t.format("%-I:%M %P").to_string());
    let (old_from, old_until) = (clock(before.quiet_from), clock(before.quiet_until));
    let (new_from, new_until) = (clock(row.quiet_from), clock(row.quiet_until));
    let fields = differing([
        ("Name", Some(before.name.as_str()), Some(row.name.as_str())),
        ("Email", before.email.as_deref(), row.email.as_deref()),
        ("Phone", before.phone.as_deref(), row.phone.as_deref()),
        ("Time zone", before.time_zone.as_deref(), row.time_zone.as_deref()),
        ("Quiet from", old_from.as_deref(), new_from.as_deref()),
        ("Quiet until", old_until.as_deref(), new_until.as_deref()),
    ]);
    Ok(Done {
        summary: format!("Settings of {} changed", domain::text::shorten(&row.name, 200)),
        about: None,
        fields,
        inverse: Inverse::Me {
            id: row.id,
            version,
            name: before.name,
            email: before.email,
            phone: before.phone,
            time_zone: before.time_zone,
            quiet_from: before.quiet_from,
            quiet_until: before.quiet_until,
            left: Some(Box::new(Chosen::of(&row))),
        },
        jobs: Vec::new(),
        messages: Vec::new(),
        tells: vec![DesktopEvent::MeChanged],
    })
}

fn check(input: &MeInput) -> Result<MeRow, AppError> {
    let name = input.name.trim();
    if name.is_empty() || name.chars().count() > 200 || name.contains('\0') {
        return Err(invalid("name", "Enter your name, up to 200 characters."));
    }
    let optional = |field: &str, text: &Option<String>, longest: usize| {
        let text = text.as_deref().map(str::trim).filter(|t| !t.is_empty());
        match text {
            Some(t) if t.chars().count() > longest || t.contains('\0') => {
                Err(invalid(field, &format!("This is too long: {longest} characters at most.")))
            }
            other => Ok(other.map(str::to_owned)),
        }
    };
    let email = optional("email", &input.email, 255)?;
    if email.as_deref().is_some_and(|mail| !looks_like_mail(mail)) {
        return Err(invalid("email", "This does not look like a mail address."));
    }
    let time_zone = optional("time_zone", &input.time_zone, 100)?;
    let time_zone = time_zone.map(|name| {
        let zone = zone::known(&name).ok_or_else(|| invalid("time_zone", "There is no time zone of this name."))?;
        Ok::<_, AppError>(zone.name().to_owned())
    });
    let time_zone = time_zone.transpose()?;
    let quiet = |field: &str, text: &Option<String>| {
        text.as_deref().filter(|t| !t.is_empty()).map(|t| time(field, t)).transpose()
    };
    let (quiet_from, quiet_until) =
        (quiet("quiet_from", &input.quiet_from)?, quiet("quiet_until", &input.quiet_until)?);
    match (quiet_from, quiet_until) {
        (Some(_), None) => return Err(invalid("quiet_until", "Enter when quiet hours end, or clear both.")),
        (None, Some(_)) => return Err(invalid("quiet_from", "Enter when quiet hours begin, or clear both.")),
        (Some(from), Some(until)) if from == until => {
            return Err(invalid("quiet_until", "Quiet hours that begin and end at the same time would be none."));
        }
        _ => {}
    }
    Ok(MeRow {
        id: uuid::Uuid::nil(),
        user_id: String::new(),
        name: name.to_owned(),
        email,
        phone: optional("phone", &input.phone, 50)?,
        office_role: String::new(),
        time_zone,
        quiet_from,
        quiet_until,
        version: input.version,
        login: String::new(),
    })
}

fn shown(row: MeRow, proven: bool, office_zone: String) -> Me {
    let clock = |t: Option<NaiveTime>| t.map(|t| t.format("%H:%M").to_string());
    Me {
        id: row.id,
        user_id: row.user_id,
        name: row.name,
        email: row.email,
        phone: row.phone,
        office_role: row.office_role,
        proven,
        login: row.login,
        time_zone: row.time_zone,
        office_zone,
        quiet_from: clock(row.quiet_from),
        quiet_until: clock(row.quiet_until),
        version: row.version,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(from: Option<&str>, until: Option<&str>) -> MeInput {
        MeInput {
            name: "Dana".into(),
            email: None,
            phone: Some("  ".into()),
            time_zone: None,
            quiet_from: from.map(str::to_owned),
            quiet_until: until.map(str::to_owned),
            version: 1,
        }
    }

    #[test]
    fn quiet_hours_are_both_or_neither_and_may_go_over_midnight() {
        let row = check(&input(Some("21:00"), Some("06:00"))).unwrap();
        assert_eq!((row.quiet_from, row.phone), (NaiveTime::from_hms_opt(21, 0, 0), None));
        assert!(check(&input(None, Some(""))).is_ok());
        assert_eq!(check(&input(Some("21:00"), None)).unwrap_err().field.as_deref(), Some("quiet_until"));
        assert_eq!(check(&input(None, Some("06:00"))).unwrap_err().field.as_deref(), Some("quiet_from"));
        assert!(check(&input(Some("06:00"), Some("06:00"))).is_err());
        assert!(check(&input(Some("25:00"), Some("06:00"))).is_err());
    }
}
