//! Reading the configuration the company's other programs have: a pasted `.env` file, or a database URL by itself.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};

use crate::connect::{ConnectionSettings, Encryption, InvalidSetting, Tuning, is_this_computer};

/// What was found in a configuration.
#[derive(Debug)]
pub struct Configuration {
    /// Where and how.
    pub settings: ConnectionSettings,
    /// The password, kept apart.
    pub password: Option<SecretString>,
    /// What should not stay as it is.
    pub warnings: Vec<String>,
    /// What was taken otherwise than it was written.
    pub notes: Vec<String>,
    /// Names that mean nothing here.
    pub ignored: Vec<String>,
}

const KNOWN: [&str; 13] = [
    "DATABASE_URL",
    "DB_HOST",
    "DB_PORT",
    "DB_NAME",
    "DB_USER",
    "DB_PASSWORD",
    "DB_SSL",
    "DB_SSLMODE",
    "DB_SSL_MODE",
    "DB_POOL_MIN",
    "DB_POOL_MAX",
    "DB_POOL_IDLE_TIMEOUT",
    "DB_POOL_ACQUIRE_TIMEOUT",
];
/// Passwords that anybody tries first.
const PUBLISHED: [&str; 9] =
    ["password", "postgres", "admin", "secret", "changeme", "neff", "your_password", "secure_password", "123456"];

/// Reads what was pasted. `DATABASE_URL` says where; each `DB_…` beside it that says otherwise is told as a note.
///
/// # Errors
/// A sentence, when no database is named in it or a part cannot be right.
pub fn read(text: &str) -> Result<Configuration, InvalidSetting> {
    let bad = |message: &str| InvalidSetting { field: "text", message: message.to_owned() };
    if text.len() > 100_000 {
        return Err(bad("This is too long to be a configuration. Paste only the part about the database."));
    }
    let mut values = variables(text);
    let trimmed = text.trim();
    if values.is_empty() && trimmed.starts_with("postgres") && !trimmed.contains(char::is_whitespace) {
        values.insert("DATABASE_URL".to_owned(), trimmed.to_owned());
    }
    let ignored: Vec<String> = values.keys().filter(|k| !KNOWN.contains(&k.as_str())).cloned().collect();
    let get = |name: &str| values.get(name).map(String::as_str).filter(|v| !v.is_empty());
    if get("DATABASE_URL").is_none() && get("DB_HOST").is_none() && get("DB_NAME").is_none() {
        return Err(bad("No database is named here. Paste the lines with DATABASE_URL, or DB_HOST, DB_NAME, DB_USER."));
    }

    let mut notes = Vec::new();
    let (mut settings, mut password) = match get("DATABASE_URL") {
        Some(url) => {
            let (settings, password) =
                ConnectionSettings::from_url(url).map_err(|e| InvalidSetting { field: "text", ..e })?;
            for (name, mine, theirs) in [
                ("DB_HOST", settings.host.as_str(), get("DB_HOST")),
                ("DB_NAME", settings.database.as_str(), get("DB_NAME")),
                ("DB_USER", settings.login.as_str(), get("DB_USER")),
            ] {
                if theirs.is_some_and(|theirs| theirs != mine) {
                    notes.push(format!("{name} says otherwise than DATABASE_URL, which was taken."));
                }
            }
            (settings, password)
        }
        None => (from_parts(&get)?, None),
    };
    if password.is_none() {
        password = get("DB_PASSWORD").map(SecretString::from);
    }
    if let Some(mode) = get("DB_SSLMODE").or(get("DB_SSL_MODE")).or(get("DB_SSL")) {
        settings.encryption = encryption(mode, &settings.host)
            .ok_or_else(|| bad("DB_SSL is one of true, false, verify-full, verify-ca, require, disable."))?;
    }
    settings.tuning = tuning(&get, &mut notes);
    settings.check().map_err(|e| InvalidSetting { field: "text", ..e })?;
    let warnings = warnings(&settings, password.as_ref());
    Ok(Configuration { settings, password, warnings, notes, ignored })
}

/// `NAME=value` lines; `export`, quotes, comments and blank lines as shells have them.
fn variables(text: &str) -> BTreeMap<String, String> {
    text.lines().filter_map(variable).collect()
}

fn variable(line: &str) -> Option<(String, String)> {
    let line = line.trim().trim_start_matches('\u{feff}');
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return None;
    }
    let value = value.trim();
    let value = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => value[1..].split(quote).next().unwrap_or_default(),
        _ => value.split(" #").next().unwrap_or_default().trim_end(),
    };
    Some((name.to_owned(), value.to_owned()))
}

fn from_parts<'a>(get: &impl Fn(&str) -> Option<&'a str>) -> Result<ConnectionSettings, InvalidSetting> {
    let host = get("DB_HOST").unwrap_or("localhost").to_owned();
    let port = get("DB_PORT").unwrap_or("5432").parse().ok().filter(|p| *p != 0);
    let port = port.ok_or_else(|| InvalidSetting {
        field: "text",
        message: "DB_PORT is a number from 1 to 65535, as a rule 5432.".to_owned(),
    })?;
    Ok(ConnectionSettings {
        encryption: if is_this_computer(&host) { Encryption::None } else { Encryption::VerifyFull },
        host,
        port,
        database: get("DB_NAME").unwrap_or("neff_paving_admin").to_owned(),
        login: get("DB_USER").unwrap_or_default().to_owned(),
        ca_file: None,
        tuning: Tuning::default(),
        must_prove: false,
    })
}

fn encryption(mode: &str, host: &str) -> Option<Encryption> {
    match mode.to_ascii_lowercase().as_str() {
        "false" | "0" | "no" | "off" if is_this_computer(host) => Some(Encryption::None),
        // A server that is not this computer is never reached in clear text, whatever another program did.
        "true" | "1" | "yes" | "on" | "false" | "0" | "no" | "off" => Some(Encryption::VerifyFull),
        other => other.parse().ok(),
    }
}

/// Their pools are a server's: what does not suit a desktop is brought into range, and said.
fn tuning<'a>(get: &impl Fn(&str) -> Option<&'a str>, notes: &mut Vec<String>) -> Tuning {
    let mut tuning = Tuning::default();
    let mut take = |name: &str, thousandths: bool, slot: &mut u32, least: u32, most: u32, unit: &str| {
        let Some(text) = get(name) else { return };
        let Ok(number) = text.parse::<u32>() else {
            notes.push(format!("{name} is no number and was left out."));
            return;
        };
        let number = if thousandths { number / 1000 } else { number };
        *slot = number.clamp(least, most);
        if *slot != number {
            notes.push(format!("{name}={text} was taken as {} {unit}: more suits a server, not a desktop.", *slot));
        }
    };
    // A desktop needs none kept ready; the server's minimum would hold connections on every computer.
    take("DB_POOL_MIN", false, &mut tuning.keep_ready, 0, 1, "kept ready");
    take("DB_POOL_MAX", false, &mut tuning.max_connections, 2, 5, "connections");
    take("DB_POOL_IDLE_TIMEOUT", true, &mut tuning.idle_seconds, 5, 3600, "seconds");
    take("DB_POOL_ACQUIRE_TIMEOUT", true, &mut tuning.acquire_seconds, 1, 8, "seconds");
    tuning
}

fn warnings(settings: &ConnectionSettings, password: Option<&SecretString>) -> Vec<String> {
    let mut warnings = Vec::new();
    let weak = password.is_some_and(|p| {
        let p = p.expose_secret();
        PUBLISHED.iter().any(|known| known.eq_ignore_ascii_case(p)) || p == settings.login
    });
    if weak {
        warnings.push(format!(
            "The password of the login {} is one that anybody tries first. Whoever reaches the server can read and change everything. Have it changed.",
            settings.login
        ));
    }
    if settings.login == "postgres" {
        warnings.push(
            "The login postgres may do anything on the server. Have a login made for the office (in the role neff_app), and use that here.".to_owned(),
        );
    }
    if settings.encryption == Encryption::Require {
        warnings.push(
            "The link is encrypted, but any server that pretends to be yours would be believed. Choose a checked certificate.".to_owned(),
        );
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The configuration of the specification, section "Environment".
    const COMPANY: &str = "# Database\nDB_HOST=localhost\nDB_PORT=5432\nDB_NAME=neff_paving_admin\nDB_USER=postgres\nDB_PASSWORD=password\n\
        DATABASE_URL=postgresql://postgres:password@localhost:5432/neff_paving_admin\n\nDB_POOL_MIN=2\nDB_POOL_MAX=10\n\
        DB_POOL_IDLE_TIMEOUT=30000\nDB_POOL_ACQUIRE_TIMEOUT=60000\nNODE_ENV=production\n";

    #[test]
    fn the_companys_own_file_is_understood_and_warned_about() {
        let c = read(COMPANY).unwrap();
        assert_eq!(c.settings.to_string(), "postgres@localhost:5432/neff_paving_admin");
        assert_eq!(c.password.unwrap().expose_secret(), "password");
        assert_eq!(c.settings.tuning, Tuning { keep_ready: 1, acquire_seconds: 8, ..Tuning::default() });
        assert_eq!(c.ignored, ["NODE_ENV"]);
        assert_eq!(c.warnings.len(), 2, "{:?}", c.warnings);
        assert!(c.warnings[0].contains("anybody tries first"));
        assert_eq!(c.notes.len(), 3, "{:?}", c.notes);
    }

    #[test]
    fn parts_quotes_exports_and_comments() {
        let c = read("export DB_HOST='db.example.com' # ours\nDB_USER=\"office app\"\r\nDB_NAME=office\nDB_PASSWORD=a#b=c\nDB_SSL=false").unwrap();
        assert_eq!(c.settings.to_string(), "office app@db.example.com:5432/office");
        assert_eq!(c.settings.encryption, Encryption::VerifyFull, "never clear text to another computer");
        assert_eq!(c.password.unwrap().expose_secret(), "a#b=c");
        assert!(c.warnings.is_empty());
    }

    #[test]
    fn a_url_by_itself_and_what_contradicts_it() {
        let c = read("  postgres://dana:s%40cret@db.example.com/office?sslmode=require \n").unwrap();
        assert_eq!((c.settings.login.as_str(), c.settings.encryption), ("dana", Encryption::Require));
        assert_eq!(c.warnings.len(), 1);
        let c = read("DATABASE_URL=postgres://dana@localhost/office\nDB_HOST=elsewhere").unwrap();
        assert_eq!((c.settings.host.as_str(), c.notes.len()), ("localhost", 1));
    }

    #[test]
    fn what_is_no_configuration_is_refused_with_a_sentence() {
        for text in
            ["", "hello", "FOO=bar", "DB_HOST=x\nDB_PORT=70000\nDB_USER=a", "DB_HOST=x", "DATABASE_URL=mysql://a@b/c"]
        {
            let error = read(text).unwrap_err();
            assert!(error.field == "text" && error.message.ends_with('.'), "{text}: {error:?}");
        }
    }
}
