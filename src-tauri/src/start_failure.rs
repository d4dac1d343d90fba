//! Why the program could not start, as a dialog a person can read over the phone and an exit code a script can test.

use std::process::ExitCode;

/// Every known reason.
#[derive(Debug)]
pub enum StartFailure {
    /// The settings or data folder cannot be used.
    Folders(std::io::Error),
    /// The window could not be made.
    Window(tauri::Error),
}

impl std::fmt::Display for StartFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folders(error) => {
                write!(f, "its folder for settings cannot be read or written ({error}). Is the disk full?")
            }
            Self::Window(error) => write!(f, "its window could not be opened ({error})."),
        }
    }
}

impl StartFailure {
    /// 3: folders, 4: window.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Folders(_) => ExitCode::from(3),
            Self::Window(_) => ExitCode::from(4),
        }
    }

    /// Shows the reason in the system's own dialog, where there is a display to show it on.
    pub fn show(&self) {
        if cfg!(target_os = "linux")
            && std::env::var_os("DISPLAY").is_none()
            && std::env::var_os("WAYLAND_DISPLAY").is_none()
        {
            return;
        }
        // For scripts and tests, which cannot press OK.
        if std::env::var_os("NEFF_NO_DIALOGS").is_some() {
            return;
        }
        rfd::MessageDialog::new()
            .set_level(rfd::MessageLevel::Error)
            .set_title("Neff Office could not start")
            .set_description(format!("Neff Office could not start: {self}"))
            .show();
    }
}
