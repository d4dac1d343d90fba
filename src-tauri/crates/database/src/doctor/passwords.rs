//! Passwords that everybody can read in a document.

use secrecy::SecretString;

use super::{CONNECT_TIMEOUT, CheckName, CheckState, Report};
use crate::connect::{ConnectionSettings, is_this_computer};
use crate::error::Failure;

/// The logins and passwords the specification prints: worse than none, everybody can read them.
const PUBLISHED: [(&str, &str); 3] =
    [("postgres", "password"), ("neff_app", "secure_app_password"), ("neff_readonly", "readonly_password")];

/// Tries the three published passwords. A server that checks no passwords at all (as on a developer's computer)
/// accepts any, which is its own warning.
pub(super) async fn passwords(report: &mut Report, settings: &ConnectionSettings) {
    let probe = |login: &str, secret: &str| {
        let settings = ConnectionSettings { login: login.to_owned(), ..settings.clone() };
        let secret = SecretString::from(secret.to_owned());
        async move {
            match settings.open(Some(&secret), "neff-doctor", CONNECT_TIMEOUT).await {
                Ok(connection) => {
                    let _ = sqlx::Connection::close(connection).await;
                    true
                }
                // The password was right, and only then was it looked at what the login may.
                Err(error) => matches!(
                    error.failure(),
                    Failure::RightsMissing | Failure::TooManyConnections | Failure::TriggersOff
                ),
            }
        }
    };
    if probe(&settings.login, "not-the-password-of-anybody-1f8b").await {
        let here = is_this_computer(&settings.host);
        let state = if here { CheckState::Warning } else { CheckState::Failed };
        report
            .add(CheckName::Passwords, state, "The server lets anybody in without checking passwords.")
            .remedy("Have the lines with \"trust\" in its pg_hba.conf changed to \"scram-sha-256\".");
        return;
    }
    let mut found = Vec::new();
    for (login, secret) in PUBLISHED {
        if probe(login, secret).await {
            found.push(login);
        }
    }
    if found.is_empty() {
        report.add(CheckName::Passwords, CheckState::Ok, "No login has a published password.");
    } else {
        report
            .add(
                CheckName::Passwords,
                CheckState::Failed,
                format!(
                    "Anybody who read the manual can log in: {} still has its published password.",
                    found.join(", ")
                ),
            )
            .remedy("Have these passwords changed now, and in the programs that use them.")
            .command(found.iter().map(|login| format!("\\password {login}")).collect::<Vec<_>>().join("\n"));
    }
}
