//! Records for reading: customers, contracts, crews, their people, machines.

use chrono::{DateTime, Utc};
use database::sheets::{self, LinkRow};
use database::{DatabaseError, PgConnection};
use uuid::Uuid;

use super::today::count;
use crate::error::{AppError, ErrorCode};
use crate::office::Office;
use crate::view::{RecordKind, RecordRef, RecordSheet, SheetField, SheetItem, SheetSection, SheetValue};

impl Office {
    /// A record for reading. Jobs and estimates have their own.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] when it is gone or hidden from this login.
    pub async fn record(&self, kind: RecordKind, id: Uuid) -> Result<RecordSheet, AppError> {
        let (pool, _) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let c = &mut *connection;
        match kind {
            RecordKind::Customer => customer(c, id).await,
            RecordKind::Contract => contract(c, id).await,
            RecordKind::Crew => crew(c, id).await,
            RecordKind::Person => person(c, id).await,
            RecordKind::Machine => machine(c, id).await,
            RecordKind::Estimate | RecordKind::Job | RecordKind::Alert => {
                Err(AppError::new(ErrorCode::NotFound, "This kind of record has a view of its own."))
            }
        }
    }
}

async fn customer(c: &mut PgConnection, id: Uuid) -> Result<RecordSheet, AppError> {
    let row = sheets::customer(c, id).await?.ok_or_else(|| AppError::not_found("customer"))?;
    let mut fields = Fields::default();
    fields.add("Phone", row.phone, SheetValue::Phone);
    fields.add("Email", row.email, SheetValue::Email);
    fields.add("Address", row.address, SheetValue::Address);
    fields.add("Reached best by", Some(row.preferred_contact_method), SheetValue::Text);
    fields.add("Service area", row.service_area, SheetValue::Text);
    fields.add("Customer since", row.customer_since.map(|d| d.to_string()), SheetValue::Date);
    fields.add("Projects", Some(row.total_projects.to_string()), SheetValue::Text);
    fields.add("Spent in all", Some(row.total_spent.to_string()), SheetValue::Money);
    fields.add("Status", Some(row.status), SheetValue::Status);
    fields.add("Notes", row.notes, SheetValue::Text);
    let sections = vec![
        section("Estimates", sheets::customer_estimates(c, id).await?, Some(RecordKind::Estimate)),
        section("Contracts", sheets::customer_contracts(c, id).await?, Some(RecordKind::Contract)),
    ];
    Ok(sheet(RecordKind::Customer, id, row.name, "Customer", fields, sections))
}

async fn contract(c: &mut PgConnection, id: Uuid) -> Result<RecordSheet, AppError> {
    let row = sheets::contract(c, id).await?.ok_or_else(|| AppError::not_found("contract"))?;
    let linked = |kind, id: Option<Uuid>| id.map(|id| RecordRef { kind, id });
    let mut fields = Fields::default();
    fields.link("Client", row.client_name.clone(), linked(RecordKind::Customer, row.customer_id));
    fields.add("Phone", row.client_phone, SheetValue::Phone);
    fields.add("Email", row.client_email, SheetValue::Email);
    fields.add("Project address", Some(row.project_address.clone()), SheetValue::Address);
    fields.add("Service", Some(row.service_type), SheetValue::Service);
    fields.add("Status", Some(row.status), SheetValue::Status);
    fields.add("Value", row.estimated_cost.map(|n| n.to_string()), SheetValue::Money);
    fields.add("Paid", Some(row.paid.to_string()), SheetValue::Money);
    let balance = row.estimated_cost.map(|cost| (cost - row.paid).to_string());
    fields.add("Balance", balance, SheetValue::Money);
    fields.add("Size", row.project_size.map(|n| format!("{} sq ft", n.normalize())), SheetValue::Text);
    fields.add("Signed up", Some(row.created_at.to_rfc3339()), SheetValue::Instant);
    if let Some(about) = linked(RecordKind::Estimate, row.estimate_id) {
        fields.link("From", "Its estimate".to_owned(), Some(about));
    }
    let sections = vec![section("Jobs", sheets::contract_jobs(c, id).await?, Some(RecordKind::Job))];
    Ok(sheet(RecordKind::Contract, id, row.client_name, "Contract", fields, sections))
}

async fn crew(c: &mut PgConnection, id: Uuid) -> Result<RecordSheet, AppError> {
    let row = sheets::crew(c, id).await?.ok_or_else(|| AppError::not_found("crew"))?;
    let mut fields = Fields::default();
    fields.add("Status", Some(row.status), SheetValue::Status);
    fields.add("Notes", row.notes, SheetValue::Text);
    let sections = vec![
        section("People today", sheets::crew_people(c, id).await?, Some(RecordKind::Person)),
        section("Next jobs", sheets::crew_jobs(c, id).await?, Some(RecordKind::Job)),
    ];
    Ok(sheet(RecordKind::Crew, id, row.name, "Crew", fields, sections))
}

async fn person(c: &mut PgConnection, id: Uuid) -> Result<RecordSheet, AppError> {
    let row = sheets::crew_member(c, id).await?.ok_or_else(|| AppError::not_found("person"))?;
    let mut fields = Fields::default();
    fields.add("Role", Some(row.role), SheetValue::Text);
    fields.add("Phone", row.phone, SheetValue::Phone);
    fields.add("Email", row.email, SheetValue::Email);
    fields.add("Status", Some(row.status), SheetValue::Status);
    fields.add("With us since", row.hire_date.map(|d| d.to_string()), SheetValue::Date);
    let mut sections = vec![
        section("Next jobs", sheets::resource_jobs(c, id).await?, Some(RecordKind::Job)),
        section("Time off", sheets::time_off(c, id).await?, None),
    ];
    sections.insert(0, certificates(row.certifications.as_ref()));
    Ok(sheet(RecordKind::Person, id, row.name, "Crew member", fields, sections))
}

async fn machine(c: &mut PgConnection, id: Uuid) -> Result<RecordSheet, AppError> {
    let row = sheets::machine(c, id).await?.ok_or_else(|| AppError::not_found("machine"))?;
    let mut fields = Fields::default();
    fields.add("Kind", Some(row.kind), SheetValue::Text);
    fields.add("Status", Some(row.status), SheetValue::Status);
    fields.add("Notes", row.notes, SheetValue::Text);
    let sections = vec![
        section("Next jobs", sheets::resource_jobs(c, id).await?, Some(RecordKind::Job)),
        section("Maintenance", sheets::time_off(c, id).await?, None),
    ];
    Ok(sheet(RecordKind::Machine, id, row.name, "Machine", fields, sections))
}

#[derive(Default)]
struct Fields(Vec<SheetField>);

impl Fields {
    fn add(&mut self, label: &str, value: Option<String>, kind: SheetValue) {
        if let Some(value) = value.filter(|v| !v.trim().is_empty()) {
            self.0.push(SheetField { label: label.to_owned(), value, kind, about: None });
        }
    }
    fn link(&mut self, label: &str, value: String, about: Option<RecordRef>) {
        self.0.push(SheetField { label: label.to_owned(), value, kind: SheetValue::Text, about });
    }
}

fn sheet(
    kind: RecordKind,
    id: Uuid,
    title: String,
    subtitle: &str,
    fields: Fields,
    sections: Vec<SheetSection>,
) -> RecordSheet {
    // A section with nothing in it says so in the window; one that never had a meaning for this record is left out.
    let sections = sections.into_iter().filter(|s| !s.title.is_empty()).collect();
    RecordSheet { kind, id, title, subtitle: subtitle.to_owned(), fields: fields.0, sections }
}

fn section(title: &str, rows: Vec<LinkRow>, kind: Option<RecordKind>) -> SheetSection {
    let more = rows.first().map_or(0, |r| count(r.total).saturating_sub(count(rows.len())));
    let items = rows
        .into_iter()
        .map(|row| SheetItem {
            title: row.title,
            subtitle: row.subtitle.unwrap_or_default(),
            when: row.at,
            about: kind.map(|kind| RecordRef { kind, id: row.id }),
        })
        .collect();
    SheetSection { title: title.to_owned(), items, more }
}

/// Certificates as some program wrote them: a list of names, or of objects with `name` and `expires`.
fn certificates(json: Option<&serde_json::Value>) -> SheetSection {
    let items = json.and_then(|j| j.as_array()).into_iter().flatten().take(50).filter_map(|entry| {
        let text = |keys: &[&str]| keys.iter().find_map(|k| entry.get(k)?.as_str()).map(str::to_owned);
        let title = entry.as_str().map(str::to_owned).or_else(|| text(&["name", "type", "title"]))?;
        let expires = text(&["expires", "expires_on", "expiry", "expiration_date", "expires_at"]);
        let when: Option<DateTime<Utc>> = expires.as_deref().and_then(|t| t.parse().ok());
        let subtitle = expires.map(|t| format!("until {t}")).unwrap_or_default();
        Some(SheetItem { title, subtitle, when, about: None })
    });
    SheetSection { title: "Certificates".to_owned(), items: items.collect(), more: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn certificates_are_read_however_they_were_written() {
        let section =
            certificates(Some(&json!(["OSHA 10", {"name": "CDL A", "expires": "2027-01-31"}, 7, null, {"x": 1}])));
        let titles: Vec<_> = section.items.iter().map(|i| (i.title.as_str(), i.subtitle.as_str())).collect();
        assert_eq!(titles, [("OSHA 10", ""), ("CDL A", "until 2027-01-31")]);
        assert!(certificates(Some(&json!("x"))).items.is_empty() && certificates(None).items.is_empty());
    }
}
