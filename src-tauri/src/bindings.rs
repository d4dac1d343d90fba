//! The one list of commands and events, from which the window's TypeScript is generated.

use office::link::ConnectionState;
use office::view::{Progress, RecordRef};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri_specta::{Builder, Event, collect_commands, collect_events};

use crate::commands as c;

/// The state of the connection changed.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub(crate) struct ConnectionChanged(pub ConnectionState);
/// Something Today shows has changed: read it again.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub(crate) struct TodayChanged(pub ());
/// My notifications have changed.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub(crate) struct NotificationsChanged(pub ());
/// A popup was clicked: show this.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub(crate) struct OpenRecord(pub RecordRef);
/// Something the schedule shows has changed: read it again.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub(crate) struct ScheduleChanged(pub ());
/// The company's settings have changed.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub(crate) struct CompanyChanged(pub ());
/// What I chose for myself has changed.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub(crate) struct MeChanged(pub ());
/// Something was done or undone.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub(crate) struct ChangesChanged(pub ());
/// The tray asks for a command of the window's registry.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub(crate) struct RunCommand(pub String);
/// A step of making the local office.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub(crate) struct LocalOfficeProgress(pub Progress);
/// A step of a migration.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
#[tauri_specta(event_name = "migration-progress")]
pub(crate) struct MigrationStep(pub Progress);

/// Every command and event.
#[expect(clippy::too_many_lines, reason = "a list")]
pub(crate) fn builder() -> Builder<tauri::Wry> {
    Builder::<tauri::Wry>::new()
        // One shape for both directions: what is optional is `| null` either way.
        .disable_serde_phases()
        .commands(collect_commands![
            c::system::app_info,
            c::system::support_details,
            c::system::export_logs,
            c::system::print_window,
            c::connection::connection_state,
            c::connection::connections,
            c::connection::check_connection,
            c::connection::connect,
            c::connection::switch_connection,
            c::connection::update_connection,
            c::connection::forget_connection,
            c::connection::read_configuration,
            c::connection::default_tuning,
            c::connection::reconnect,
            c::connection::migrate,
            c::connection::i_am,
            c::connection::i_am_new,
            c::connection::change_person,
            c::connection::local_office,
            c::connection::create_local_office,
            c::connection::open_local_office,
            c::settings::me,
            c::settings::save_me,
            c::settings::company,
            c::settings::save_company,
            c::settings::computer_settings,
            c::settings::save_computer_settings,
            c::settings::test_popup,
            c::schedule::today,
            c::schedule::job,
            c::schedule::schedule,
            c::schedule::move_jobs,
            c::schedule::set_job_status,
            c::schedule::pin_jobs,
            c::schedule::check_jobs,
            c::schedule::unscheduled,
            c::schedule::job_list,
            c::schedule::schedule_clashes,
            c::schedule::saved_views,
            c::schedule::save_view,
            c::schedule::delete_view,
            c::schedule::offline_copy,
            c::jobs::job_edit,
            c::jobs::job_seed,
            c::jobs::create_job,
            c::jobs::create_jobs,
            c::jobs::save_job,
            c::jobs::job_span,
            c::jobs::contract_choices,
            c::jobs::job_history,
            c::jobs::outside,
            c::jobs::mark_looked_at,
            c::jobs::match_name,
            c::jobs::join_moved,
            c::rain::plan_rain_out,
            c::rain::check_rain_out,
            c::rain::apply_rain_out,
            c::rain::customer_messages,
            c::rain::save_message,
            c::papers::open_day_sheet,
            c::papers::open_week_plan,
            c::papers::export_calendar,
            c::papers::export_jobs,
            c::alerts::notifications,
            c::alerts::inbox,
            c::alerts::alert_kinds,
            c::alerts::set_read,
            c::alerts::mark_all_read_in,
            c::alerts::export_inbox,
            c::estimates::estimate,
            c::estimates::save_estimate_notes,
            c::records::search,
            c::records::record,
            c::records::recent_changes,
            c::records::undo_change,
            c::crew::roster,
            c::crew::person_record,
            c::crew::crew_record,
            c::crew::machine_record,
            c::crew::resource_jobs,
            c::crew::save_person,
            c::crew::save_crew,
            c::crew::save_machine,
            c::crew::save_membership,
            c::crew::remove_membership,
            c::crew::move_to_crew,
            c::crew::save_time_off,
            c::crew::remove_time_off,
            c::crew::closed_days,
            c::crew::certificate_overview,
            c::crew::save_requirements,
            c::crew::emergency_contact,
            c::crew::save_emergency_contact,
        ])
        .events(collect_events![
            ConnectionChanged,
            TodayChanged,
            ScheduleChanged,
            NotificationsChanged,
            OpenRecord,
            MigrationStep,
            LocalOfficeProgress,
            CompanyChanged,
            MeChanged,
            ChangesChanged,
            RunCommand,
        ])
}

#[cfg(test)]
mod tests {
    use specta_typescript::Typescript;

    /// The committed file is what these commands generate. `NEFF_WRITE_BINDINGS=1` writes it anew.
    #[test]
    fn the_windows_types_are_current() {
        let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/src/ipc/bindings.ts");
        let fresh = std::env::temp_dir().join(format!("neff-bindings-{}.ts", uuid::Uuid::new_v4()));
        let header = "// Generated from src-tauri/src/commands; do not edit. `./dev prepare` writes it anew.\n";
        super::builder().export(Typescript::default().header(header), &fresh).unwrap();
        let generated = std::fs::read_to_string(&fresh).unwrap();
        std::fs::remove_file(fresh).unwrap();
        if std::env::var_os("NEFF_WRITE_BINDINGS").is_some() {
            std::fs::write(committed, &generated).unwrap();
        }
        let committed = std::fs::read_to_string(committed).unwrap();
        assert!(committed == generated, "ui/src/ipc/bindings.ts is stale: run ./dev prepare");
    }
}
