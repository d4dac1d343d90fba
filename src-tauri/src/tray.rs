//! The icon beside the clock: the program goes on alerting with its window closed.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tauri::menu::{Menu, MenuItem, PredefinedMenuItem};
use tauri::tray::{MouseButton, MouseButtonState, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager};
use tauri_specta::Event;

use crate::bindings::RunCommand;
use crate::desktop::open;

/// There is an icon beside the clock.
pub(crate) struct Tray(pub bool);

/// Commands of the window's registry, as the menu calls them.
const GOES: [(&str, &str); 3] = [("go.today", "Today"), ("go.alerts", "Alerts"), ("go.settings", "Settings")];

/// Makes the icon. A system without a place for it (some Linux desktops) goes without.
pub(crate) fn make(app: &AppHandle) -> Tray {
    // The library behind it panics where the system has none.
    let made = catch_unwind(AssertUnwindSafe(|| build(app)));
    match made {
        Ok(Ok(())) => Tray(true),
        Ok(Err(error)) => {
            tracing::warn!(%error, "no icon beside the clock");
            Tray(false)
        }
        Err(_) => Tray(false),
    }
}

fn build(app: &AppHandle) -> tauri::Result<()> {
    let menu = Menu::new(app)?;
    menu.append(&MenuItem::with_id(app, "open", "Open Neff Office", true, None::<&str>)?)?;
    menu.append(&PredefinedMenuItem::separator(app)?)?;
    for (id, title) in GOES {
        menu.append(&MenuItem::with_id(app, id, title, true, None::<&str>)?)?;
    }
    menu.append(&PredefinedMenuItem::separator(app)?)?;
    menu.append(&MenuItem::with_id(app, "quit", "Quit", true, None::<&str>)?)?;
    let mut tray = TrayIconBuilder::with_id("main").menu(&menu).show_menu_on_left_click(false).tooltip("Neff Office");
    if let Some(icon) = app.default_window_icon() {
        tray = tray.icon(icon.clone());
    }
    tray.on_menu_event(|app, event| match event.id().as_ref() {
        "quit" => app.exit(0),
        "open" => open(app, None),
        id => {
            open(app, None);
            if GOES.iter().any(|(known, _)| *known == id)
                && let Err(error) = RunCommand(id.to_owned()).emit(app)
            {
                tracing::warn!(%error, "the window could not be told where to go");
            }
        }
    })
    .on_tray_icon_event(|tray, event| {
        if let TrayIconEvent::Click { button: MouseButton::Left, button_state: MouseButtonState::Up, .. } = event {
            open(tray.app_handle(), None);
        }
    })
    .build(app)?;
    Ok(())
}

/// True when closing the window is to leave the program in the tray.
pub(crate) fn keeps_running(app: &AppHandle, wanted: bool) -> bool {
    wanted && app.try_state::<Tray>().is_some_and(|tray| tray.0)
}
