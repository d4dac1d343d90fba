//! The system's own windows for files. Asked for by the core; nothing from the page becomes a path.

use std::path::{Path, PathBuf};

use office::{AppError, ErrorCode, Office};
use tauri::AppHandle;
use tauri_plugin_dialog::DialogExt;
use tauri_plugin_opener::OpenerExt;

/// Asks where to save; none when the person changed their mind. Where nobody can press a button (a test), the file goes
/// into the data folder.
pub(crate) async fn save_as(
    app: &AppHandle,
    office: &Office,
    name: &str,
    kind: &str,
    extension: &str,
) -> Option<PathBuf> {
    if std::env::var_os("NEFF_NO_DIALOGS").is_some() {
        let folder = office.data_folder().join("exports");
        files::own_folder(&folder).ok()?;
        return Some(folder.join(name));
    }
    let (sender, chosen) = tokio::sync::oneshot::channel();
    app.dialog().file().set_file_name(name).add_filter(kind, &[extension]).save_file(move |file| {
        let _ = sender.send(file);
    });
    chosen.await.ok().flatten()?.into_path().ok()
}

/// Shows a file in the system's own file window.
pub(crate) fn reveal(app: &AppHandle, file: &Path) {
    if std::env::var_os("NEFF_NO_DIALOGS").is_none()
        && let Err(error) = app.opener().reveal_item_in_dir(file)
    {
        tracing::info!(%error, "the file could not be shown");
    }
}

/// Opens a paper this program just made in the system's own viewer, from where it is read and printed.
pub(crate) fn open(app: &AppHandle, file: &Path) -> Result<(), AppError> {
    if std::env::var_os("NEFF_NO_DIALOGS").is_some() {
        return Ok(());
    }
    app.opener().open_path(file.to_string_lossy(), None::<&str>).map_err(|error| {
        let sentence =
            format!("The paper is made, but nothing on this computer opened it. It is here: {}", file.display());
        AppError::new(ErrorCode::Internal, sentence).with_details(error.to_string())
    })
}

/// Gives a number to the system's program for calls, if it has one. Of what the page asked for only digits are left, and the
/// sign of a number from abroad: with stars and hashes a number is a command to the telephone, such as to forward calls.
pub(crate) fn dial(app: &AppHandle, asked: &str) {
    let Some(number) = dialed(asked) else { return };
    if std::env::var_os("NEFF_NO_DIALOGS").is_none()
        && let Err(error) = app.opener().open_url(format!("tel:{number}"), None::<&str>)
    {
        tracing::warn!(%error, "no program dials");
    }
}

fn dialed(asked: &str) -> Option<String> {
    let asked = percent_encoding::percent_decode_str(asked).decode_utf8().ok()?;
    // "ext. 12" is for the person who calls, and so is what would make a command of it.
    let number = asked.split(|c: char| c.is_ascii_alphabetic() || matches!(c, '*' | '#')).next().unwrap_or_default();
    let number: String = number
        .chars()
        .enumerate()
        .filter(|(at, c)| c.is_ascii_digit() || (*at == 0 && *c == '+'))
        .map(|(_, c)| c)
        .collect();
    let digits = number.chars().filter(char::is_ascii_digit).count();
    (3..=20).contains(&digits).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::dialed;

    #[test]
    fn only_a_number_is_dialed() {
        assert_eq!(dialed("(630)%20555-0114").as_deref(), Some("6305550114"));
        assert_eq!(dialed("+1%20630%20555%200114%20ext.%2012").as_deref(), Some("+16305550114"));
        assert_eq!(dialed("630-555-0114%3Bphone-context%3Devil").as_deref(), Some("6305550114"));
        assert_eq!(dialed("630-555-0114%2312").as_deref(), Some("6305550114"));
        for bad in [
            "",
            "12",
            "*%2321%236305550114%23",
            "**21*6305550114%23",
            "%23%23002%23",
            "%22%3E%3Cimg",
            "smith@example.com",
            "%ff%fe1234",
            &"1".repeat(21),
        ] {
            assert_eq!(dialed(bad), None, "{bad}");
        }
    }
}
