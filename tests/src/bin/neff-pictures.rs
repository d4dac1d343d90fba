//! Pictures of each main screen into `target/pictures/`, of the program as the environment sets it up.

use neff_tests::session::{Session, pictures};
use neff_tests::window::Window;

#[tokio::main]
async fn main() {
    let session = Session::start().await;
    // The settings of the office that is to be shown, and how to get in.
    let given: Vec<(String, String)> = std::env::vars()
        .filter(|(name, _)| matches!(name.as_str(), "NEFF_CONFIG_DIR" | "NEFF_DATA_DIR" | "NEFF_DATABASE_PASSWORD"))
        .collect();
    let given: Vec<(&str, &str)> = given.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();

    let connect = Window::launch(&session).await;
    connect.find("choose-local").await;
    connect.screenshot("first-run").await;
    connect.click("choose-server").await;
    connect.find("connect-host").await;
    connect.screenshot("connect").await;
    connect.kill().await;

    let window = Window::launch_with(&session, &given).await;
    window.wait_for_today().await;
    window.screenshot("today").await;
    if window.shows("estimate-due").await {
        window.click("estimate-due").await;
        window.find("detail-panel").await;
        window.screenshot("estimate").await;
    }
    if window.shows("job-card").await {
        window.click("job-card").await;
        window.find("detail-panel").await;
        window.screenshot("job").await;
    }
    window.click("bell").await;
    window.screenshot("bell").await;
    for (screen, shows) in [
        ("schedule", "board"),
        ("crew", "crew"),
        ("alerts", "alert"),
        ("changes", "change"),
        ("settings", "settings"),
        ("help", "help"),
    ] {
        window.click(&format!("nav-{screen}")).await;
        window.find(shows).await;
        window.screenshot(screen).await;
    }
    window.click("nav-today").await;
    window.wait_for_today().await;
    window.click("theme-toggle").await;
    window.screenshot("today-dark").await;
    session.picture("desktop");
    println!("Pictures are in {}", pictures().display());
}
