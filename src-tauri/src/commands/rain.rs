//! Rain-out: the plan, and the customers to tell.

use office::view::{
    AgreedMove, CustomerMessage, MessageInput, MessagesQuery, PlanProblem, RainOut, RainPlan, RainRequest,
    ScheduleOutcome,
};

use super::{Answer, TheOffice};

#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_rain_out(office: TheOffice<'_>, request: RainRequest) -> Answer<RainPlan> {
    office.plan_rain_out(&request).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn check_rain_out(
    office: TheOffice<'_>,
    request: RainRequest,
    moves: Vec<AgreedMove>,
) -> Answer<Vec<PlanProblem>> {
    office.check_rain_out(&request, &moves).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn apply_rain_out(office: TheOffice<'_>, rain_out: RainOut) -> Answer<ScheduleOutcome> {
    office.apply_rain_out(&rain_out).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn customer_messages(office: TheOffice<'_>, query: MessagesQuery) -> Answer<Vec<CustomerMessage>> {
    office.customer_messages(&query).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_message(office: TheOffice<'_>, input: MessageInput) -> Answer<CustomerMessage> {
    office.save_message(&input).await
}
