//! What can be seen before the server lets anybody in.

use super::{CONNECT_TIMEOUT, CheckName, CheckState, Report, quoted};
use crate::connect::{ConnectionSettings, Encryption, is_this_computer};
use crate::error::{DatabaseError, Failure};

/// Whether anybody answers there at all.
pub(super) async fn reached(report: &mut Report, settings: &ConnectionSettings) -> bool {
    let (host, port) = (&settings.host, settings.port);
    match reach(settings).await {
        Ok(()) => {
            report.add(CheckName::Host, CheckState::Ok, format!("{host} answers on port {port}."));
            true
        }
        Err(error) => {
            report.add(CheckName::Host, CheckState::Failed, format!("Nothing answers at {host} port {port}.")).remedy(
                "Check the name and port, that the server is switched on, and that this computer is on its network.",
            );
            report.failure = Some(Failure::NoAnswer);
            report.technical = Some(error);
            false
        }
    }
}

/// The server lets this login in.
pub(super) fn let_in(report: &mut Report, settings: &ConnectionSettings) {
    encryption(report, settings);
    let sentence = format!("{} may log in to {}.", settings.login, settings.database);
    report.add(CheckName::Login, CheckState::Ok, sentence);
}

async fn reach(settings: &ConnectionSettings) -> Result<(), String> {
    if settings.host.starts_with('/') {
        let socket = std::path::Path::new(&settings.host).join(format!(".s.PGSQL.{}", settings.port));
        return if socket.exists() { Ok(()) } else { Err(format!("no socket at {}", socket.display())) };
    }
    let address = (settings.host.trim_matches(['[', ']']), settings.port);
    match tokio::time::timeout(CONNECT_TIMEOUT, tokio::net::TcpStream::connect(address)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("no answer in time".into()),
    }
}

fn encryption(report: &mut Report, settings: &ConnectionSettings) {
    match settings.encryption {
        Encryption::VerifyFull => report.add(
            CheckName::Encryption,
            CheckState::Ok,
            "The link is encrypted and the server's certificate is trusted.",
        ),
        Encryption::VerifyCa => report.add(
            CheckName::Encryption,
            CheckState::Ok,
            "The link is encrypted and its certificate is trusted; the server's name is not checked.",
        ),
        Encryption::Require => report
            .add(
                CheckName::Encryption,
                CheckState::Warning,
                "The link is encrypted, but anybody could pose as the server.",
            )
            .remedy("Choose \"certificate checked\" and give the certificate authority's file."),
        Encryption::None => {
            report.add(CheckName::Encryption, CheckState::Ok, "Not encrypted: the server is on this computer.")
        }
    };
}

/// The server answered and said no: which of the checks that is.
pub(super) fn refused(report: &mut Report, settings: &ConnectionSettings, error: &DatabaseError) {
    report.failure = Some(error.failure());
    report.technical = Some(error.technical().to_owned());
    if unencrypted(report, settings, error.failure()) {
        return;
    }
    encryption(report, settings);
    if super::server::refused(report, settings, error) {
        return;
    }
    let (login, database) = (&settings.login, &settings.database);
    let (sentence, remedy, command) = match error.failure() {
        Failure::WrongPassword => (
            "The login or its password is wrong.".to_owned(),
            "Type the password again. It is the database's password, not your e-mail's.",
            None,
        ),
        Failure::NotLetIn => (
            format!("The server does not let {login} in from this computer."),
            "Whoever keeps the server adds a line for this computer, database and login to its pg_hba.conf; the server's \
             own words are in the details.",
            None,
        ),
        Failure::NoSuchDatabase => (
            format!("The server has no database called {database}."),
            "Check the name, or have an empty database made.",
            Some(format!("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0;", quoted(database))),
        ),
        Failure::TooManyConnections => (
            "The server takes no more connections at the moment.".to_owned(),
            "Close programs that use the database, or have max_connections (or the login's own limit) raised.",
            None,
        ),
        Failure::ServerRestarting => {
            ("The server is starting or shutting down.".to_owned(), "Try again in a minute.", None)
        }
        Failure::RightsMissing => (
            format!("{login} may not connect to {database}."),
            "Whoever keeps the database gives the login a role of the office, which may connect: neff_app for staff, \
             neff_program for the website and other programs.",
            Some(format!(
                "GRANT neff_app TO {};\nGRANT CONNECT ON DATABASE {} TO neff_app;",
                quoted(login),
                quoted(database)
            )),
        ),
        _ => (
            "The server answered, but the connection did not come about.".to_owned(),
            "Check that the port is PostgreSQL's and that the server lets this computer in (pg_hba.conf).",
            None,
        ),
    };
    let check = report.add(CheckName::Login, CheckState::Failed, sentence).remedy(remedy);
    check.command = command;
}

/// The link could not be protected as the settings ask.
fn unencrypted(report: &mut Report, settings: &ConnectionSettings, failure: Failure) -> bool {
    match failure {
        Failure::NotEncrypted => {
            let check = report.add(
                CheckName::Encryption,
                CheckState::Failed,
                "The server does not encrypt (TLS is switched off there), and this connection asks for it.",
            );
            if is_this_computer(&settings.host) {
                check.remedy("Choose \"not encrypted\" (sslmode=disable): the server is on this computer.");
            } else {
                check
                    .remedy(
                        "Have TLS switched on at the server, with a certificate. Nothing is sent in clear text to another \
                         computer; sslmode=prefer and allow would fall back to that and count as require.",
                    )
                    .command("ALTER SYSTEM SET ssl = on; -- with ssl_cert_file and ssl_key_file, then restart");
            }
            true
        }
        Failure::Encryption => {
            report.add(CheckName::Encryption, CheckState::Failed, "The server's certificate is not trusted.").remedy(
                "Give the file of the certificate authority that signed the server's certificate, and use the name \
                     the certificate was made for.",
            );
            true
        }
        _ => false,
    }
}
