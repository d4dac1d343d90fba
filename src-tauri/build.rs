//! Tauri's own build step, with the complete list of commands: what is not listed cannot be called.
fn main() {
    println!("cargo:rerun-if-changed=../ui/dist");
    let commands = &[
        "app_info",
        "connection_state",
        "saved_connection",
        "check_connection",
        "connect",
        "reconnect",
        "forget_connection",
        "migrate",
        "i_am",
        "i_am_new",
        "today",
        "notifications",
        "mark_read",
        "mark_all_read",
        "test_popup",
        "estimate",
        "job",
    ];
    let attributes = tauri_build::Attributes::new().app_manifest(tauri_build::AppManifest::new().commands(commands));
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo:warning=is the window built? `npm --prefix ui run build`");
        panic!("{error:#}");
    }
}
