//! Crew and equipment: people, crews, machines, time off, certificates.

use office::view::{
    CertificateOverview, ClosedDays, ContactInput, CrewInput, CrewMove, CrewOutcome, CrewRecord, CrewSaved,
    EmergencyContact, MachineInput, MachineRecord, MembershipInput, PersonInput, PersonRecord, ResourceJobs,
    ResourceJobsQuery, Roster, TimeOffInput,
};
use uuid::Uuid;

use super::{Answer, TheOffice};

#[tauri::command]
#[specta::specta]
pub(crate) async fn roster(office: TheOffice<'_>) -> Answer<Roster> {
    office.roster().await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn person_record(office: TheOffice<'_>, id: Uuid) -> Answer<PersonRecord> {
    office.person_record(id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn crew_record(office: TheOffice<'_>, id: Uuid) -> Answer<CrewRecord> {
    office.crew_record(id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn machine_record(office: TheOffice<'_>, id: Uuid) -> Answer<MachineRecord> {
    office.machine_record(id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn resource_jobs(office: TheOffice<'_>, query: ResourceJobsQuery) -> Answer<ResourceJobs> {
    office.resource_jobs(&query).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_person(
    office: TheOffice<'_>,
    id: Option<Uuid>,
    version: i32,
    input: PersonInput,
) -> Answer<CrewSaved> {
    office.save_person(id, version, &input).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_crew(
    office: TheOffice<'_>,
    id: Option<Uuid>,
    version: i32,
    input: CrewInput,
) -> Answer<CrewSaved> {
    office.save_crew(id, version, &input).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_machine(
    office: TheOffice<'_>,
    id: Option<Uuid>,
    version: i32,
    input: MachineInput,
) -> Answer<CrewSaved> {
    office.save_machine(id, version, &input).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_membership(office: TheOffice<'_>, input: MembershipInput) -> Answer<CrewOutcome> {
    office.save_membership(&input).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_membership(office: TheOffice<'_>, id: Uuid, version: i32) -> Answer<CrewOutcome> {
    office.remove_membership(id, version).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn move_to_crew(office: TheOffice<'_>, to: CrewMove) -> Answer<CrewOutcome> {
    office.move_to_crew(&to).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_time_off(office: TheOffice<'_>, input: TimeOffInput) -> Answer<CrewSaved> {
    office.save_time_off(&input).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_time_off(office: TheOffice<'_>, id: Uuid, version: i32) -> Answer<CrewSaved> {
    office.remove_time_off(id, version).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn closed_days(office: TheOffice<'_>, year: Option<i32>) -> Answer<ClosedDays> {
    office.closed_days(year).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn certificate_overview(office: TheOffice<'_>) -> Answer<CertificateOverview> {
    office.certificate_overview().await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_requirements(
    office: TheOffice<'_>,
    role: String,
    seen: Vec<String>,
    certificates: Vec<String>,
) -> Answer<CrewSaved> {
    office.save_requirements(&role, &seen, &certificates).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn emergency_contact(office: TheOffice<'_>, person: Uuid) -> Answer<EmergencyContact> {
    office.emergency_contact(person).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_emergency_contact(
    office: TheOffice<'_>,
    person: Uuid,
    version: i32,
    input: ContactInput,
) -> Answer<CrewSaved> {
    office.save_emergency_contact(person, version, &input).await
}
