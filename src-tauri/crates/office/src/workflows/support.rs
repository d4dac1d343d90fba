//! For whoever helps: what this program is and is connected to, and its log without customer data.

use std::fmt::Write;
use std::path::Path;

use super::inbox::write_file;
use crate::error::{AppError, ErrorCode};
use crate::link::ConnectionState;
use crate::office::Office;
use crate::view::Exported;

/// As much of the newest logs is exported.
const LOG_BYTES: usize = 5_000_000;

impl Office {
    /// Text for a mail to whoever helps. No customer data and no secret.
    pub async fn support_details(&self) -> String {
        let mut text = String::new();
        let _ = writeln!(text, "Neff Office {}", env!("CARGO_PKG_VERSION"));
        let _ = writeln!(text, "System: {} {}", std::env::consts::OS, std::env::consts::ARCH);
        let _ = writeln!(text, "Computer: {}", crate::settings::computer_name());
        let _ = writeln!(text, "Time: {}", crate::clock::now().to_rfc3339());
        if let Some(stored) = self.active_connection() {
            let _ = writeln!(text, "Connection: {} ({:?})", stored.settings, stored.kind);
            let _ = writeln!(text, "Protection: {:?}", stored.settings.encryption);
        }
        let _ = match self.connection_state().await {
            ConnectionState::Online { person_is_proven, read_only, .. } => {
                writeln!(text, "State: online, person proven: {person_is_proven}, read only: {read_only}")
            }
            ConnectionState::Offline { since, error } => {
                writeln!(
                    text,
                    "State: offline since {}, {:?}\n  {}",
                    since.to_rfc3339(),
                    error.code,
                    scrubbed(&error.details.unwrap_or_default())
                )
            }
            ConnectionState::NeedsMigration { report } => {
                writeln!(text, "State: needs migration, schema {:?} {:?}", report.schema, report.schema_version)
            }
            ConnectionState::NotConfigured => writeln!(text, "State: no connection set up"),
            ConnectionState::Connecting { .. } => writeln!(text, "State: connecting"),
            ConnectionState::WhoAreYou { .. } => writeln!(text, "State: connected, nobody said who they are"),
        };
        if let Ok((pool, _)) = self.at_work().await
            && let Ok((server, schema)) = database::doctor::versions(&pool).await
        {
            let _ = writeln!(text, "Server: PostgreSQL {server}, schema {schema}");
        }
        text
    }

    /// Writes the newest logs to a file.
    ///
    /// # Errors
    /// When there are none, or the file cannot be written.
    pub async fn export_logs(&self, file: &Path) -> Result<Exported, AppError> {
        let folder = self.log_folder();
        let head = self.support_details().await;
        let read = tokio::task::spawn_blocking(move || newest_logs(&folder)).await;
        let logs = read.ok().and_then(Result::ok).unwrap_or_default();
        if logs.is_empty() {
            return Err(AppError::new(ErrorCode::NotFound, "There is no log yet."));
        }
        let scrubbed: Vec<String> = logs.lines().map(scrubbed).collect();
        let rows = super::today::count(scrubbed.len());
        write_file(file.to_owned(), format!("{head}\n{}\n", scrubbed.join("\n"))).await?;
        Ok(Exported { path: file.display().to_string(), rows })
    }
}

/// The end of the newest files, in order of time.
fn newest_logs(folder: &Path) -> std::io::Result<String> {
    let mut files: Vec<_> =
        std::fs::read_dir(folder)?.filter_map(|e| e.ok().map(|e| e.path())).filter(|p| p.is_file()).collect();
    files.sort();
    let mut parts = Vec::new();
    let mut room = LOG_BYTES;
    for file in files.iter().rev() {
        let content = std::fs::read(file)?;
        let from = content.len().saturating_sub(room);
        room -= content.len() - from;
        parts.push(String::from_utf8_lossy(&content[from..]).into_owned());
        if room == 0 {
            break;
        }
    }
    parts.reverse();
    Ok(parts.join("\n"))
}

/// Logs hold no customer data by rule; what a server or a library wrote into a message is taken out here: mail
/// addresses, telephone numbers, and what stands in quotes.
fn scrubbed(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    for (n, part) in line.split('\'').enumerate() {
        // `'…'` in a message of the server is a value.
        if n % 2 == 1 && part.len() > 2 { text.push_str("'…'") } else { text.push_str(part) }
    }
    text.split(' ').map(|word| if is_private(word) { "…" } else { word }).collect::<Vec<_>>().join(" ")
}

fn is_private(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    let mail = bare.contains('@') && bare.contains('.') && !bare.contains(':') && !bare.contains('/');
    let digits = bare.chars().filter(char::is_ascii_digit).count();
    let number = digits >= 7 && bare.chars().all(|c| c.is_ascii_digit() || "()-+.".contains(c));
    mail || number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_customer_leaves_with_the_log() {
        let line = "WARN refused value 'Smith & Sons' for dana@example.com (630-555-0100) failure=Constraint";
        assert_eq!(scrubbed(line), "WARN refused value '…' for … … failure=Constraint");
        let kept = "2026-04-01T06:00:00.123Z INFO office: swept settled=3 login neff_app@db.example.com:5432/office";
        assert_eq!(scrubbed(kept), kept);
    }
}
