//! How a connection to the office database is described and opened.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgSslMode};
use sqlx::{ConnectOptions, Connection, PgConnection};

use crate::error::{DatabaseError, Failure};
use crate::gate::Gate;
use crate::session;

/// A connection of the pool that was in use so lately is there.
const FRESH: Duration = Duration::from_secs(1);

/// How the link to the server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Encryption {
    /// Encrypted; the certificate is checked and names this host. The default.
    #[default]
    VerifyFull,
    /// Encrypted; the certificate is checked, its name is not.
    VerifyCa,
    /// Encrypted against listeners only: any certificate is accepted.
    Require,
    /// Clear text. Allowed on this computer itself only.
    None,
}

impl FromStr for Encryption {
    type Err = ();
    /// Accepts libpq's names of `sslmode` and our own.
    fn from_str(s: &str) -> Result<Self, ()> {
        match s {
            "verify-full" | "verify_full" => Ok(Self::VerifyFull),
            "verify-ca" | "verify_ca" => Ok(Self::VerifyCa),
            // `prefer` and `allow` fall back to clear text: never what was meant.
            "require" | "prefer" | "allow" => Ok(Self::Require),
            "disable" | "none" => Ok(Self::None),
            _ => Err(()),
        }
    }
}

/// How many connections a computer holds, and how long anything may take. Whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Tuning {
    /// Connections kept open while idle: 0–5.
    pub keep_ready: u32,
    /// 2–20. Each computer has one more, which listens.
    pub max_connections: u32,
    /// An idle connection is closed after this: 5–3,600 s.
    pub idle_seconds: u32,
    /// A person waits for a free connection at most this long: 1–60 s.
    pub acquire_seconds: u32,
    /// The server stops a statement after this: 1–600 s.
    pub statement_seconds: u32,
    /// A statement waits for somebody else's lock at most this long: 1–60 s.
    pub lock_seconds: u32,
    /// The server ends a transaction in which nothing happens after this: 5–3,600 s.
    pub idle_in_transaction_seconds: u32,
}

impl Default for Tuning {
    /// What suits a desktop; the specification's own values are a server's.
    fn default() -> Self {
        Self {
            keep_ready: 0,
            max_connections: 5,
            idle_seconds: 30,
            acquire_seconds: 6,
            statement_seconds: 15,
            lock_seconds: 3,
            idle_in_transaction_seconds: 60,
        }
    }
}

impl Tuning {
    /// # Errors
    /// The first value that is out of its range.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        let ranges = [
            ("keep_ready", self.keep_ready, 0, 5),
            ("max_connections", self.max_connections, 2, 20),
            ("idle_seconds", self.idle_seconds, 5, 3600),
            ("acquire_seconds", self.acquire_seconds, 1, 60),
            ("statement_seconds", self.statement_seconds, 1, 600),
            ("lock_seconds", self.lock_seconds, 1, 60),
            ("idle_in_transaction_seconds", self.idle_in_transaction_seconds, 5, 3600),
        ];
        for (field, value, least, most) in ranges {
            if !(least..=most).contains(&value) {
                return Err(InvalidSetting { field, message: format!("Enter a number from {least} to {most}.") });
            }
        }
        Ok(())
    }
    /// Every value brought into its range: for what comes from a file.
    #[must_use]
    pub fn in_range(self) -> Self {
        Self {
            keep_ready: self.keep_ready.clamp(0, 5),
            max_connections: self.max_connections.clamp(2, 20),
            idle_seconds: self.idle_seconds.clamp(5, 3600),
            acquire_seconds: self.acquire_seconds.clamp(1, 60),
            statement_seconds: self.statement_seconds.clamp(1, 600),
            lock_seconds: self.lock_seconds.clamp(1, 60),
            idle_in_transaction_seconds: self.idle_in_transaction_seconds.clamp(5, 3600),
        }
    }
}

/// Everything needed to reach an office database but the password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionSettings {
    /// Host name or address; a folder of the server's socket starts with `/`.
    pub host: String,
    /// 1–65535, as a rule 5432.
    pub port: u16,
    /// As a rule `neff_paving_admin`.
    pub database: String,
    /// The login (role) on the server.
    pub login: String,
    /// How the link is protected.
    #[serde(default)]
    pub encryption: Encryption,
    /// A file with the certificate authority to trust (PEM); the system's own are trusted as well when absent.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// How many connections, how much patience.
    #[serde(default, deserialize_with = "with_defaults")]
    pub tuning: Tuning,
    /// The server has to prove that it knows the password; one that lets everybody in is none. For the local office.
    #[serde(skip)]
    pub must_prove: bool,
}

/// Where the driver connects to. To be kept for as long as connections may be opened by it.
#[derive(Debug)]
pub struct Way {
    options: PgConnectOptions,
    _gate: Option<Gate>,
}

impl Way {
    /// For the driver.
    #[must_use]
    pub fn options(&self) -> &PgConnectOptions {
        &self.options
    }
}

/// Reads a part of a settings file: what it does not say, or says wrongly, is as usual. A file of an older or newer
/// program is no damaged one.
///
/// # Errors
/// When the file is not even readable as data.
pub fn with_defaults<'de, D, T>(file: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + Serialize + serde::de::DeserializeOwned,
{
    let said = serde_json::Value::deserialize(file)?;
    let mut value = serde_json::to_value(T::default()).unwrap_or_default();
    for (name, said) in said.as_object().into_iter().flatten() {
        if let Some(usual) = value.get_mut(name) {
            let usual = std::mem::replace(usual, said.clone());
            if serde_json::from_value::<T>(value.clone()).is_err() {
                value[name] = usual;
            }
        }
    }
    Ok(serde_json::from_value(value).unwrap_or_default())
}

/// A part of the settings that cannot be right, before anything was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidSetting {
    /// The name of the field.
    pub field: &'static str,
    /// A sentence for a person.
    pub message: String,
}

impl fmt::Display for ConnectionSettings {
    /// `login@host:port/database`, without any secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}:{}/{}", self.login, self.host, self.port, self.database)
    }
}

impl ConnectionSettings {
    /// Reads `postgres://login@host:port/database?sslmode=…&sslrootcert=…`.
    ///
    /// A password in the URL is taken out and returned beside the settings, so that it is never stored or printed.
    ///
    /// # Errors
    /// A sentence saying which part of the URL is not usable.
    pub fn from_url(text: &str) -> Result<(Self, Option<SecretString>), InvalidSetting> {
        let bad = |message: &str| InvalidSetting { field: "url", message: message.to_owned() };
        let url = url::Url::parse(text)
            .map_err(|_| bad("This is not a database URL: postgres://login@host:5432/database."))?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(bad("A database URL starts with postgres://."));
        }
        let decode = |s: &str| percent_decode(s).ok_or_else(|| bad("The URL holds a part that is not readable text."));
        let mut host = decode(url.host_str().unwrap_or_default())?;
        let mut encryption = None;
        let mut ca_file = None;
        let mut in_query = None;
        for (key, value) in url.query_pairs() {
            match key.as_ref() {
                "sslmode" | "ssl-mode" => {
                    encryption = Some(
                        value
                            .parse()
                            .map_err(|()| bad("sslmode is one of verify-full, verify-ca, require, disable."))?,
                    );
                }
                "sslrootcert" => ca_file = Some(PathBuf::from(value.as_ref())),
                "host" => value.as_ref().clone_into(&mut host),
                "password" => in_query = Some(SecretString::from(value.into_owned())),
                _ => {}
            }
        }
        let host = host.trim_matches(['[', ']']).to_owned();
        let host = if host.is_empty() { "localhost".to_owned() } else { host };
        let encryption =
            encryption.unwrap_or(if is_this_computer(&host) { Encryption::None } else { Encryption::VerifyFull });
        let settings = Self {
            port: url.port().unwrap_or(5432),
            database: decode(url.path().trim_start_matches('/'))?,
            login: decode(url.username())?,
            host,
            encryption,
            ca_file,
            tuning: Tuning::default(),
            must_prove: false,
        };
        settings.check()?;
        let password = url.password().map(decode).transpose()?.map(SecretString::from).or(in_query);
        Ok((settings, password))
    }

    /// # Errors
    /// The first part that cannot be right: empty, too long, or clear text to another computer.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        let bad = |field, message: &str| Err(InvalidSetting { field, message: message.to_owned() });
        let unusable = |s: &str| s.trim().is_empty() || s.len() > 255 || s.contains(['\0', '\n', '\r']);
        if unusable(&self.host) {
            return bad("host", "Enter the name or address of the server.");
        }
        if self.port == 0 {
            return bad("port", "The port is a number from 1 to 65535, as a rule 5432.");
        }
        if unusable(&self.database) {
            return bad("database", "Enter the name of the database.");
        }
        if unusable(&self.login) {
            return bad("login", "Enter the login name.");
        }
        if self.encryption == Encryption::None && !is_this_computer(&self.host) {
            return bad("encryption", "Without encryption only a server on this computer may be used.");
        }
        self.tuning.check()
    }

    /// The same database by the same login, equally protected: a password that was kept for one may go to the other.
    #[must_use]
    pub fn same_place(&self, other: &Self) -> bool {
        Self { tuning: other.tuning, ..self.clone() } == *other
    }

    /// The way to the server: straight, or through a gate where it has not proven that it may be given the password. In a
    /// runtime only.
    #[must_use]
    pub fn way(&self, password: Option<&SecretString>, application: &str) -> Way {
        let Some(password) = password.filter(|password| Gate::needed(self, password)) else {
            return Way { options: self.straight(password, application), _gate: None };
        };
        let options = self.options(application).host("127.0.0.1").ssl_mode(PgSslMode::Disable);
        match Gate::open(self, password) {
            Ok(gate) => {
                let options = options.port(gate.port).password(gate.word.expose_secret());
                Way { options, _gate: Some(gate) }
            }
            Err(error) => {
                tracing::error!(%error, "this computer gave no port to itself");
                // Nobody is there.
                Way { options: options.port(0), _gate: None }
            }
        }
    }

    fn straight(&self, password: Option<&SecretString>, application: &str) -> PgConnectOptions {
        let options =
            self.options(application).port(self.port).password(password.map_or("", |p| p.expose_secret())).ssl_mode(
                match self.encryption {
                    Encryption::VerifyFull => PgSslMode::VerifyFull,
                    Encryption::VerifyCa => PgSslMode::VerifyCa,
                    Encryption::Require => PgSslMode::Require,
                    Encryption::None => PgSslMode::Disable,
                },
            );
        let options = if self.host.starts_with('/') { options.socket(&self.host) } else { options.host(&self.host) };
        match &self.ca_file {
            Some(file) => options.ssl_root_cert(file),
            None => options,
        }
    }

    /// What a session is set to. Every field the environment could fill (`PGHOST`, `PGPASSWORD`, …) is set, here or by
    /// the way.
    fn options(&self, application: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .username(&self.login)
            .database(&self.database)
            .application_name(&application.chars().take(60).collect::<String>())
            .extra_float_digits(3)
            .options(session::settings(&self.tuning))
            // Statements hold customers' names as parameters only, but logging them at all buys nothing.
            .disable_statement_logging()
    }

    /// Opens one connection, within `timeout`.
    ///
    /// # Errors
    /// Why it failed, as one of the ways a person can do something about.
    pub async fn open(
        &self,
        password: Option<&SecretString>,
        application: &str,
        timeout: Duration,
    ) -> Result<PgConnection, DatabaseError> {
        let way = self.way(password, application);
        let opened = async {
            let mut connection = PgConnection::connect_with(way.options()).await?;
            session::verify(&mut connection).await?;
            Ok(connection)
        };
        match tokio::time::timeout(timeout, opened).await {
            Ok(result) => result,
            Err(_) => Err(DatabaseError::new(Failure::NoAnswer, "no answer in time")),
        }
    }

    /// The pool of a desktop, as [`Tuning`] says: few connections, none kept when idle, seconds to get one.
    #[must_use]
    pub fn pool(&self, password: Option<&SecretString>, application: &str) -> PgPool {
        let tuning = self.tuning.in_range();
        let way = Arc::new(self.way(password, application));
        let options = way.options().clone();
        PgPoolOptions::new()
            .min_connections(tuning.keep_ready.min(tuning.max_connections))
            .max_connections(tuning.max_connections)
            .idle_timeout(Duration::from_secs(tuning.idle_seconds.into()))
            .acquire_timeout(Duration::from_secs(tuning.acquire_seconds.into()))
            .after_connect(|connection, _| Box::pin(session::verify_in_pool(connection)))
            // What lay idle for a while is asked whether it is still there; what was in use a moment ago is not: that
            // would be one question more for everything a person does.
            .test_before_acquire(false)
            .before_acquire(|connection, about| {
                Box::pin(async move {
                    if about.idle_for > FRESH {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            // A cancelled `begin()` leaves a transaction open on the connection: end it before somebody else gets it.
            .after_release(move |connection, _| {
                // As long as there is the pool, there is the way.
                let _held = &way;
                Box::pin(async move { Ok(sqlx::raw_sql("ROLLBACK").execute(&mut *connection).await.is_ok()) })
            })
            .connect_lazy_with(options)
    }
}

/// True for `localhost`, loopback addresses and socket folders: what never leaves this computer.
#[must_use]
pub fn is_this_computer(host: &str) -> bool {
    host.starts_with('/')
        || host.eq_ignore_ascii_case("localhost")
        || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let hex = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&hex).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_gives_settings_and_keeps_the_password_apart() {
        let (s, p) =
            ConnectionSettings::from_url("postgres://neff%5Fapp:p%40ss@db.example.com:6432/office?sslmode=verify-ca")
                .unwrap();
        assert_eq!(
            (s.host.as_str(), s.port, s.login.as_str(), s.database.as_str()),
            ("db.example.com", 6432, "neff_app", "office")
        );
        assert_eq!(s.encryption, Encryption::VerifyCa);
        assert_eq!(p.unwrap().expose_secret(), "p@ss");
        assert!(!s.to_string().contains("p@ss"));
    }

    #[test]
    fn another_computer_is_never_reached_in_clear_text() {
        assert_eq!(
            ConnectionSettings::from_url("postgres://a@db.example.com/x").unwrap().0.encryption,
            Encryption::VerifyFull
        );
        assert_eq!(
            ConnectionSettings::from_url("postgres://a@db.example.com/x?sslmode=prefer").unwrap().0.encryption,
            Encryption::Require
        );
        let refused = ConnectionSettings::from_url("postgres://a@db.example.com/x?sslmode=disable").unwrap_err();
        assert_eq!(refused.field, "encryption");
        assert!(ConnectionSettings::from_url("postgres://a@[::1]/x?sslmode=disable").is_ok());
    }

    #[test]
    fn what_a_settings_file_does_not_say_or_says_wrongly_is_as_usual() {
        let text = r#"{"host": "localhost", "port": 5432, "database": "d", "login": "l",
                       "tuning": {"lock_seconds": 9, "idle_seconds": "soon", "of_a_newer_program": true}}"#;
        let settings: ConnectionSettings = serde_json::from_str(text).unwrap();
        assert_eq!(settings.tuning, Tuning { lock_seconds: 9, ..Tuning::default() });
    }

    #[test]
    fn what_stays_on_this_computer() {
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1", "[::1]", "/run/postgresql"] {
            assert!(is_this_computer(host), "{host}");
        }
        for host in ["10.0.0.1", "localhost.example.com", "0.0.0.0", "127.0.0.1.example.com"] {
            assert!(!is_this_computer(host), "{host}");
        }
    }
}
