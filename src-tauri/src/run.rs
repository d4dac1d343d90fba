//! Builds the window over the office, and takes both down in bounded time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use office::{Office, Paths, Secrets};
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager, RunEvent, WebviewUrl, WebviewWindowBuilder, WindowEvent};

use crate::desktop::{Shell, open};
use crate::{StartFailure, bindings, dialogs, logging, tray};

/// However the office is at that moment, the program is gone after this. A local office's server has to put its files
/// in order; everything else takes three seconds at most.
const SHUTDOWN: Duration = Duration::from_secs(15);
/// Given by the system when it starts the program at login.
const AT_LOGIN: &str = "--at-login";

/// Runs the program until its window is closed.
///
/// # Errors
/// Why it could not start.
pub fn run() -> Result<(), StartFailure> {
    let paths = Paths::find().map_err(StartFailure::Folders)?;
    let _log = logging::start(&paths).map_err(StartFailure::Folders)?;
    let secrets = match std::env::var("NEFF_DATABASE_PASSWORD") {
        // Whoever gives the password by the environment wants no keychain (a test, a kiosk).
        Ok(password) => Secrets::given(password.into()),
        Err(_) => Secrets::keychain(),
    };
    let shell = Arc::new(Shell::new());
    let office = Arc::new(Office::open(paths, secrets, shell.clone()).map_err(StartFailure::Folders)?);

    let builder = bindings::builder();
    let app = tauri::Builder::default()
        // First of all plugins: a second start only raises the first window.
        .plugin(tauri_plugin_single_instance::init({
            #[cfg(windows)]
            let shell = shell.clone();
            move |app, _arguments, _folder| {
                #[cfg(windows)]
                if shell.clicked(&_arguments) {
                    return;
                }
                open(app, None);
            }
        }))
        .plugin(tauri_plugin_autostart::Builder::new().arg(AT_LOGIN).app_name("Neff Office").build())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .invoke_handler(builder.invoke_handler())
        .manage(office.clone())
        .setup({
            let (office, shell) = (office.clone(), shell.clone());
            move |app| {
                builder.mount_events(app);
                shell.attach(app.handle().clone());
                let (starting, behaviour) = (office.clone(), office.behaviour());
                tauri::async_runtime::spawn(async move {
                    // The database first: Today waits for it, popups only wait for something to happen.
                    starting.start().await;
                    shell.warm_up().await;
                });
                let tray = tray::make(app.handle());
                app.manage(tray);
                let hidden = std::env::args().any(|a| a == AT_LOGIN)
                    && tray::keeps_running(app.handle(), behaviour.close_to_tray);
                window(app.handle(), office, !hidden)?;
                stop_when_asked(app.handle().clone());
                Ok(())
            }
        })
        .build(tauri::generate_context!())
        .map_err(StartFailure::Window)?;

    let stopping = AtomicBool::new(false);
    app.run(move |app, event| {
        #[cfg(target_os = "macos")]
        if let RunEvent::Reopen { .. } = event {
            open(app, None);
        }
        if let RunEvent::ExitRequested { api, code, .. } = event {
            if stopping.swap(true, Ordering::SeqCst) {
                return;
            }
            api.prevent_exit();
            let (app, office) = (app.clone(), office.clone());
            tauri::async_runtime::spawn(async move {
                if tokio::time::timeout(SHUTDOWN, office.stop()).await.is_err() {
                    tracing::warn!("the office did not stop in time");
                }
                app.exit(code.unwrap_or(0));
            });
        }
    });
    Ok(())
}

fn window(app: &AppHandle, office: Arc<Office>, visible: bool) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
        .title("Neff Office")
        .visible(visible)
        .inner_size(1280.0, 800.0)
        .min_inner_size(900.0, 600.0)
        // The window shows the program and nothing else: no link leads out of it, and none opens another. A telephone
        // number goes to the program that dials.
        .on_navigation({
            let app = app.clone();
            move |url| {
                if url.scheme() == "tel" {
                    dialogs::dial(&app, url.path());
                }
                is_own_page(url)
            }
        })
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    window.on_window_event({
        let window = window.clone();
        move |event| {
            if let WindowEvent::CloseRequested { api, .. } = event
                && tray::keeps_running(window.app_handle(), office.behaviour().close_to_tray)
            {
                api.prevent_close();
                let _ = window.hide();
            }
        }
    });
    Ok(())
}

/// The page this program serves to itself: under its own scheme, or, on Windows, at a name that stands for it. Another port
/// of that name is somebody else's.
fn is_own_page(url: &tauri::Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost") && url.port().is_none(),
        "http" | "https" => url.host_str() == Some("tauri.localhost") && url.port().is_none(),
        _ => false,
    }
}

/// SIGTERM and Ctrl+C end the program as closing its window does.
fn stop_when_asked(app: AppHandle) {
    tauri::async_runtime::spawn(async move {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        #[cfg(not(unix))]
        if tokio::signal::ctrl_c().await.is_err() {
            return;
        }
        app.exit(0);
    });
}

#[cfg(test)]
mod tests {
    use super::is_own_page;

    #[test]
    fn the_window_goes_to_its_own_page_only() {
        let goes = |url: &str| is_own_page(&url.parse().unwrap());
        for own in [
            "tauri://localhost/",
            "tauri://localhost/index.html#/today",
            "http://tauri.localhost/",
            "https://tauri.localhost:443/",
            "http://tauri.localhost:80/x",
        ] {
            assert!(goes(own), "{own}");
        }
        for other in [
            "http://tauri.localhost:8080/",
            "https://tauri.localhost:80/",
            "https://tauri.localhost.example.com/",
            "https://user@example.com/tauri.localhost",
            "http://localhost/",
            "http://127.0.0.1/",
            "tauri://example.com/",
            "tauri://localhost:8080/",
            "file:///etc/passwd",
            "data:text/html,hello",
            "javascript:alert(1)",
        ] {
            assert!(!goes(other), "{other}");
        }
    }
}
