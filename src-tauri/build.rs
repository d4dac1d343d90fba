//! Tauri's own build step, with the complete list of commands: what is not listed cannot be called.
fn main() {
    println!("cargo:rerun-if-changed=../ui/dist");
    let commands = &[
        "app_info",
        "support_details",
        "export_logs",
        "print_window",
        "connection_state",
        "connections",
        "check_connection",
        "connect",
        "switch_connection",
        "update_connection",
        "forget_connection",
        "read_configuration",
        "default_tuning",
        "reconnect",
        "migrate",
        "i_am",
        "i_am_new",
        "change_person",
        "local_office",
        "create_local_office",
        "open_local_office",
        "me",
        "save_me",
        "company",
        "save_company",
        "computer_settings",
        "save_computer_settings",
        "test_popup",
        "today",
        "job",
        "notifications",
        "inbox",
        "alert_kinds",
        "set_read",
        "mark_all_read_in",
        "export_inbox",
        "estimate",
        "save_estimate_notes",
        "search",
        "record",
        "recent_changes",
        "undo_change",
    ];
    let attributes = tauri_build::Attributes::new().app_manifest(tauri_build::AppManifest::new().commands(commands));
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo:warning=is the window built? `npm --prefix ui run build`");
        panic!("{error:#}");
    }
}
