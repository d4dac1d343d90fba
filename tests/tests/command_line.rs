//! `neff` at a terminal: what it says, how it ends, and what it never says.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use neff_tests::cluster::free_port;
use neff_tests::keeper::{Keeper, is_alive, program, signal, until};
use neff_tests::postgres::{Server, TestDatabase, migrate_database, unique};
use neff_tests::private_server::{Encryption, PrivateServer};
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection};

/// Not to be found in anything the program writes, in whatever spelling.
const PASSWORD: &str = "Kies grube:71\\&ß'\"%s";

/// The program on a computer of its own, with no desktop, no keychain, and a folder for everything it might leave.
fn neff(keeper: &Keeper) -> Command {
    let temporary = keeper.folder().join("temporary");
    std::fs::create_dir_all(&temporary).unwrap();
    let mut command = Command::new(program("neff"));
    command
        .env_clear()
        .envs(std::env::vars().filter(|(name, _)| name == "PATH" || name == "NEFF_POSTGRES_BIN"))
        .envs(["HOME", "NEFF_CONFIG_DIR", "NEFF_DATA_DIR"].map(|name| (name, keeper.folder())))
        .env("TMPDIR", temporary)
        .stdin(Stdio::null());
    command
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

async fn run(connection: &mut PgConnection, statements: &str) {
    sqlx::raw_sql(AssertSqlSafe(statements.to_owned()))
        .execute(connection)
        .await
        .unwrap_or_else(|error| panic!("{statements}: {error}"));
}

/// `neff doctor`, for people and for programs: both say the same, and end the same. Gives the text and the report.
fn doctor(url: &str, password: &str) -> (i32, String, Value) {
    let keeper = Keeper::new();
    let ask = |arguments: &[&str]| {
        neff(&keeper)
            .args(["doctor", "--url", url])
            .args(arguments)
            // What the environment says to libpq is nothing to us.
            .env("PGOPTIONS", "-c default_transaction_read_only=on -c no_such_setting=1")
            .env("PGSSLROOTCERT", "/nowhere")
            .env("NEFF_DATABASE_PASSWORD", password)
            .output()
            .unwrap()
    };
    let (people, programs) = (ask(&[]), ask(&["--json"]));
    let report: Value = serde_json::from_slice(&programs.stdout).unwrap_or_else(|e| panic!("{e}: {}", said(&programs)));
    let text = String::from_utf8(people.stdout).unwrap();
    assert_eq!(people.status.code(), programs.status.code());
    assert_eq!(report["ok"], people.status.success());
    let checks = report["checks"].as_array().unwrap();
    let names: Vec<&str> = checks.iter().map(|c| c["name"].as_str().unwrap()).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    assert_eq!(names[..5], ["host", "encryption", "login", "session", "writing"], "from outside in");
    assert_eq!(
        sorted[..6],
        ["encryption", "extensions", "host", "login", "messages", "passwords"],
        "each once, whatever is found"
    );
    assert_eq!(sorted[6..], ["permissions", "roles", "schema", "session", "settings", "writing"]);
    for check in checks {
        let line = text.lines().find(|line| line.ends_with(check["sentence"].as_str().unwrap())).unwrap();
        assert!(
            line[9..].split_once(": ").is_some_and(|(name, _)| !name.is_empty()),
            "every line has its name: {text}"
        );
        assert!(text.contains(check["sentence"].as_str().unwrap()), "{check}: {text}");
        if let Some(remedy) = check["remedy"].as_str() {
            assert!(text.contains(remedy), "{check}: {text}");
        }
    }
    (people.status.code().unwrap(), text, report)
}

/// One check of a report: its state and its sentence.
fn check<'a>(report: &'a Value, name: &str) -> (&'a str, &'a str) {
    let check = report["checks"].as_array().unwrap().iter().find(|c| c["name"] == name).unwrap();
    (check["state"].as_str().unwrap(), check["sentence"].as_str().unwrap())
}

fn command<'a>(report: &'a Value, name: &str) -> &'a str {
    let check = report["checks"].as_array().unwrap().iter().find(|c| c["name"] == name).unwrap();
    check["command"].as_str().unwrap_or_default()
}

/// A server that asks for passwords, with an office in the database `office` and the login `dana` of its staff.
async fn guarded_office(encryption: Encryption) -> PrivateServer {
    let server = PrivateServer::start(encryption);
    server.create_database("office").await;
    migrate_database(&server.options().database("office")).await;
    let password = PASSWORD.replace('\'', "''");
    run(
        &mut server.connect("office").await,
        &format!(
            "CREATE ROLE dana LOGIN PASSWORD '{password}' IN ROLE neff_app; SELECT neff.register_person('Dana Neff')"
        ),
    )
    .await;
    server
}

// ---- The doctor -----------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn the_doctor_finds_nothing_wrong_with_a_sound_office() {
    let server = guarded_office(Encryption::Off).await;
    let (code, text, report) = doctor(&server.url("dana", "office"), PASSWORD);
    assert_eq!(code, 0, "{text}");
    assert!(report["checks"].as_array().unwrap().iter().all(|c| c["state"] == "ok"), "{report}");
    assert_eq!(text.lines().count(), 12, "{text}");
    assert!(text.lines().all(|line| line.starts_with("ok ")), "{text}");
    assert_eq!((&report["schema"], &report["error"]), (&"current".into(), &Value::Null));
    assert!(report["schema_version"].as_str().unwrap().starts_with("3.0."));
}

#[tokio::test]
async fn the_doctor_says_how_connecting_fails() {
    let server = guarded_office(Encryption::Off).await;

    let nowhere = format!("postgres://dana@127.0.0.1:{}/office", free_port());
    let (code, text, report) = doctor(&nowhere, PASSWORD);
    assert_eq!((code, check(&report, "host").0), (1, "failed"), "{text}");
    assert!(text.starts_with("FAILED   Host and port: Nothing answers at 127.0.0.1 port "), "{text}");
    assert!(report["checks"].as_array().unwrap().iter().skip(1).all(|c| c["state"] == "skipped"), "{report}");
    assert_eq!(report["error"]["code"], "no_answer");

    let (code, text, report) = doctor("postgres://dana@nowhere.invalid/office", PASSWORD);
    assert_eq!((code, check(&report, "host").0), (1, "failed"), "{text}");

    let (code, _, report) = doctor(&server.url("dana", "office"), "wrong");
    assert_eq!((code, check(&report, "login")), (1, ("failed", "The login or its password is wrong.")));
    assert_eq!((check(&report, "host").0, &report["error"]["code"]), ("ok", &"wrong_password".into()));
    let (_, _, unknown) = doctor(&server.url("nobody", "office"), PASSWORD);
    assert_eq!(check(&unknown, "login"), check(&report, "login"), "who is known here is nobody's business");

    let (code, _, report) = doctor(&server.url("dana", "offices"), PASSWORD);
    assert_eq!((code, check(&report, "login")), (1, ("failed", "The server has no database called offices.")));
    assert!(command(&report, "login").starts_with("CREATE DATABASE \"offices\""), "{report}");

    let mut keeper = server.connect("office").await;
    run(&mut keeper, "REVOKE CONNECT ON DATABASE office FROM PUBLIC, neff_app").await;
    let (code, _, report) = doctor(&server.url("dana", "office"), PASSWORD);
    assert_eq!((code, check(&report, "login")), (1, ("failed", "dana may not connect to office.")));
    run(&mut keeper, command(&report, "login")).await;
    assert_eq!(doctor(&server.url("dana", "office"), PASSWORD).0, 0, "its own command helps");

    run(&mut keeper, "ALTER ROLE dana CONNECTION LIMIT 0").await;
    let (code, _, report) = doctor(&server.url("dana", "office"), PASSWORD);
    assert_eq!((code, check(&report, "login")), (1, ("failed", "The server takes no more connections at the moment.")));
}

#[tokio::test]
async fn the_doctor_names_missing_rights_and_its_commands_help() {
    let server = guarded_office(Encryption::Off).await;
    let mut keeper = server.connect("office").await;
    let password = PASSWORD.replace('\'', "''");
    run(&mut keeper, &format!("CREATE ROLE \"New O'Neil\" LOGIN PASSWORD '{password}'")).await;
    let url = server.url("New%20O'Neil", "office");
    // Without business in the office it is not even let in.
    let (code, text, report) = doctor(&url, PASSWORD);
    assert_eq!((code, check(&report, "login").0), (1, "failed"), "{text}");
    assert!(command(&report, "login").starts_with("GRANT neff_app TO \"New O'Neil\";"), "{report}");
    run(&mut keeper, "GRANT CONNECT ON DATABASE office TO \"New O'Neil\"").await;
    let (code, text, report) = doctor(&url, PASSWORD);
    assert_eq!(
        (code, check(&report, "permissions").0, &report["error"]["code"]),
        (1, "failed", &"rights_missing".into()),
        "{text}"
    );
    assert_eq!(command(&report, "permissions"), "GRANT neff_app TO \"New O'Neil\";");
    run(&mut keeper, command(&report, "permissions")).await;
    let (code, text, _) = doctor(&url, PASSWORD);
    assert_eq!(code, 0, "{text}");
}

#[tokio::test]
async fn the_doctor_tells_what_state_a_database_is_in() {
    let server = Server::get().await;
    let of = |database: &TestDatabase| doctor(&database.url, "");

    let empty = server.empty_database().await;
    let (code, _, report) = of(&empty);
    assert_eq!(
        (code, check(&report, "schema"), &report["can_migrate"]),
        (1, ("failed", "The database is empty."), &true.into())
    );
    assert_eq!((check(&report, "permissions").0, &report["holds_rows"]), ("ok", &false.into()));

    let specified = server.specification_database().await;
    let (code, _, report) = of(&specified);
    assert_eq!(
        (code, &report["schema"], &report["can_migrate"], &report["holds_rows"]),
        (1, &"specification".into(), &true.into(), &true.into())
    );
    assert!(check(&report, "schema").1.contains("version 2.0.0"), "{report}");

    let other = server.empty_database().await;
    other.psql("CREATE TABLE orders (id int)");
    let (code, _, report) = of(&other);
    assert_eq!(
        (code, check(&report, "schema"), &report["can_migrate"]),
        (1, ("failed", "The database holds other tables, not an office."), &false.into())
    );

    // Migrations only add, so a newer one can be worked with, until it says otherwise.
    let newer = server.office_database().await;
    newer.psql("INSERT INTO schema_versions (version, min_program) VALUES ('3.0.999', '0.0.1')");
    let (code, _, report) = of(&newer);
    assert_eq!((code, check(&report, "schema").0), (0, "warning"), "{report}");
    newer.psql("UPDATE schema_versions SET min_program = '99.0.0' WHERE version = '3.0.999'");
    let (code, _, report) = of(&newer);
    assert_eq!((code, check(&report, "schema").0), (1, "failed"), "{report}");
    assert!(check(&report, "schema").1.contains("asks for a newer Neff Office"), "{report}");

    let bare = server.office_database().await;
    bare.psql("DROP EXTENSION pg_trgm CASCADE");
    let (code, _, report) = of(&bare);
    assert_eq!((code, command(&report, "extensions")), (1, "CREATE EXTENSION pg_trgm;"));

    // This server asks nobody for a password.
    let sound = server.office_database().await;
    let (code, _, report) = of(&sound);
    assert_eq!(
        (code, check(&report, "passwords")),
        (0, ("warning", "The server lets anybody in without checking passwords."))
    );
}

#[tokio::test]
async fn the_doctor_finds_published_passwords() {
    let server = guarded_office(Encryption::Off).await;
    let mut keeper = server.connect("office").await;
    let url = server.url("dana", "office");
    run(
        &mut keeper,
        "ALTER ROLE neff_app PASSWORD 'secure_app_password'; ALTER ROLE neff_readonly PASSWORD 'something else'",
    )
    .await;
    let (code, _, report) = doctor(&url, PASSWORD);
    assert_eq!(code, 1);
    assert_eq!(
        check(&report, "passwords"),
        ("failed", "Anybody who read the manual can log in: neff_app still has its published password.")
    );
    // Also where that login may not get in here: the password is right all the same.
    run(&mut keeper, "REVOKE CONNECT ON DATABASE office FROM PUBLIC, neff_app, neff_readonly; GRANT CONNECT ON DATABASE office TO dana;
         ALTER ROLE neff_readonly PASSWORD 'readonly_password'; ALTER ROLE postgres PASSWORD 'password'").await;
    let (_, _, report) = doctor(&url, PASSWORD);
    assert!(check(&report, "passwords").1.contains("postgres, neff_app, neff_readonly"), "{report}");
    assert_eq!(command(&report, "passwords"), "\\password postgres\n\\password neff_app\n\\password neff_readonly");
    run(
        &mut keeper,
        "ALTER ROLE postgres PASSWORD 'x1'; ALTER ROLE neff_app PASSWORD 'x2'; ALTER ROLE neff_readonly PASSWORD NULL",
    )
    .await;
    assert_eq!(doctor(&url, PASSWORD).0, 0);
}

#[tokio::test]
async fn the_doctor_trusts_only_certificates_it_can_check() {
    let server = guarded_office(Encryption::On).await;
    let url = server.url("dana", "office");
    let authority = server.certificate();
    let (code, _, report) = doctor(&format!("{url}?sslmode=verify-full"), PASSWORD);
    assert_eq!(
        (code, check(&report, "encryption").0, &report["error"]["code"]),
        (1, "failed", &"encryption_failed".into()),
        "{report}"
    );
    let (code, text, report) =
        doctor(&format!("{url}?sslmode=verify-full&sslrootcert={}", authority.display()), PASSWORD);
    assert_eq!((code, check(&report, "encryption").0), (0, "ok"), "{text}");
    let (code, _, report) = doctor(&format!("{url}?sslmode=require"), PASSWORD);
    assert_eq!((code, check(&report, "encryption").0), (0, "warning"), "{report}");
    // Clear text to another computer is refused before anything is sent.
    let keeper = Keeper::new();
    let output = neff(&keeper)
        .args(["doctor", "--url", "postgres://dana@db.example.com/office?sslmode=disable"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said(&output).contains("Without encryption only a server on this computer may be used."),
        "{}",
        said(&output)
    );

    // The backup goes by the same rules.
    let mut keeper_of_all = server.connect("office").await;
    run(&mut keeper_of_all, &format!("ALTER ROLE postgres PASSWORD '{}'", PASSWORD.replace('\'', "''"))).await;
    run(&mut keeper_of_all, "CREATE DATABASE specified TEMPLATE template0").await;
    let mut specified =
        sqlx::ConnectOptions::connect(&server.options().database("specified").password(PASSWORD)).await.unwrap();
    run(&mut specified, "CREATE TABLE customers (id uuid, status text); CREATE TABLE contracts (id uuid); CREATE TABLE estimates (id uuid); INSERT INTO contracts VALUES (NULL)").await;
    let folder = keeper.folder().join("backups");
    let backup = |parameters: &str| {
        neff(&keeper)
            .args(["migrate", "--url", &format!("{}?{parameters}", server.url("postgres", "specified")), "--backup-to"])
            .arg(&folder)
            .env("NEFF_DATABASE_PASSWORD", PASSWORD)
            .output()
            .unwrap()
    };
    let output = backup("sslmode=verify-full");
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(!folder.exists());
    // (These are not the specification's tables: the migration itself ends at its second step. The backup is there.)
    let output = backup(&format!("sslmode=verify-full&sslrootcert={}", authority.display()));
    assert_eq!(
        std::fs::read_dir(&folder).unwrap_or_else(|_| panic!("{}", said(&output))).count(),
        2,
        "{}",
        said(&output)
    );
}

// ---- Passwords ------------------------------------------------------------------------------------------------------------

#[test]
fn a_password_in_the_address_is_refused_and_not_repeated() {
    let keeper = Keeper::new();
    for url in [
        "postgres://dana:swordfish@127.0.0.1/office",
        "postgres://dana:s%77ordfish@127.0.0.1/office",
        "postgres://dana@127.0.0.1/office?password=swordfish",
        "postgres://dana@127.0.0.1/office?sslmode=disable&password=swordfish",
        "postgres://dana:swordfish@127.0.0.1:99999/office",
        "postgres://dana:swordfish@",
        "mysql://dana:swordfish@127.0.0.1/office",
    ] {
        for arguments in
            [&["doctor"][..], &["migrate"], &["migrate", "--no-backup"], &["worker"], &["sample-data", "--scale", "1"]]
        {
            let output = neff(&keeper).args(arguments).args(["--url", url]).env("NEFF_LOG", "trace").output().unwrap();
            assert_eq!(output.status.code(), Some(1), "{arguments:?} {url}: {}", said(&output));
            assert!(
                !said(&output).contains("swordfish") && !said(&output).contains("s%77"),
                "{arguments:?}: {}",
                said(&output)
            );
        }
    }
    let output =
        neff(&keeper).args(["doctor", "--url", "postgres://dana:swordfish@127.0.0.1/office"]).output().unwrap();
    assert!(said(&output).contains("The URL holds a password"), "{}", said(&output));
}

#[tokio::test]
async fn without_a_password_and_a_terminal_it_says_where_one_comes_from() {
    let server = guarded_office(Encryption::Off).await;
    let keeper = Keeper::new();
    for command in [&["doctor"][..], &["migrate"], &["worker"]] {
        let output = neff(&keeper).args(command).args(["--url", &server.url("dana", "office")]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{command:?}");
        assert!(
            said(&output).contains("A password is needed: set NEFF_DATABASE_PASSWORD"),
            "{command:?}: {}",
            said(&output)
        );
    }
    let output = neff(&keeper)
        .args(["migrate", "--url", &server.url("dana", "office")])
        .env("NEFF_DATABASE_PASSWORD", "wrong")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("The login or its password is wrong."), "{}", said(&output));
}

#[tokio::test]
async fn at_a_terminal_it_asks_and_does_not_show_what_is_typed() {
    let server = guarded_office(Encryption::Off).await;
    run(&mut server.connect("office").await, "ALTER ROLE dana PASSWORD 'typed by hand'").await;
    let keeper = Keeper::new();
    let asked = neff(&keeper);
    let mut terminal = Command::new("script");
    for (name, value) in asked.get_envs() {
        if let Some(value) = value {
            terminal.env(name, value);
        }
    }
    let line = format!("{} doctor --url {}", program("neff").display(), server.url("dana", "office"));
    let mut child = keeper.spawn(
        terminal
            .args(["--quiet", "--return", "--command", &line, "/dev/null"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null()),
    );
    let mut screen = Vec::new();
    let mut output = child.stdout.take().unwrap();
    let mut byte = [0];
    while !screen.ends_with(b"Password of dana at 127.0.0.1: ") {
        assert_eq!(output.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&screen));
        screen.push(byte[0]);
    }
    // Typed once echoing is off, as a person types: after the prompt.
    std::thread::sleep(Duration::from_millis(200));
    let mut keys = child.stdin.take().unwrap();
    keys.write_all(b"typed by hand\n").unwrap();
    keys.flush().unwrap();
    output.read_to_end(&mut screen).unwrap();
    let screen = String::from_utf8_lossy(&screen);
    assert!(child.wait().unwrap().success(), "{screen}");
    assert!(screen.contains("ok       Login: dana may log in to office."), "{screen}");
    assert!(!screen.contains("typed by hand"), "{screen}");
}

/// The password and what others might make of it.
fn spellings() -> Vec<String> {
    let bytes = PASSWORD.as_bytes();
    let hex = bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    let percent = bytes.iter().fold(String::new(), |text, byte| {
        text + &if byte.is_ascii_alphanumeric() { char::from(*byte).to_string() } else { format!("%{byte:02X}") }
    });
    let decimal = format!("{bytes:?}");
    vec![
        PASSWORD.to_owned(),
        "Kies grube".to_owned(),
        hex.to_uppercase(),
        hex,
        percent,
        decimal.trim_matches(['[', ']']).to_owned(),
        format!("{PASSWORD:?}").trim_matches('"').to_owned(),
        PASSWORD.replace('\\', "\\\\").replace(':', "\\:"),
    ]
}

fn assert_silent(about: &str, text: &str) {
    for spelling in spellings() {
        assert!(!text.contains(&spelling), "{about} tells the password");
    }
}

/// Every file below a folder, as far as it can be read.
fn everything_in(folder: &Path) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text += &everything_in(&path);
        } else if path.is_file() {
            text += &String::from_utf8_lossy(&std::fs::read(&path).unwrap());
        }
    }
    text
}

#[tokio::test]
async fn the_password_is_never_printed_logged_left_behind_or_handed_on() {
    let server = guarded_office(Encryption::Off).await;
    server.create_database("specified").await;
    let mut specified = server.connect("specified").await;
    for statement in std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/specification.sql"))
        .unwrap()
        .split(";\n\n")
    {
        let _ = sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut specified).await;
    }
    run(&mut specified, &format!("ALTER ROLE postgres PASSWORD '{}'", PASSWORD.replace('\'', "''"))).await;
    let keeper = Keeper::new();

    // The programs it starts get neither argument nor variable; what they get is a file only this person reads.
    let own = neff_tests::cluster::binaries();
    let programs = keeper.folder().join("programs");
    std::fs::create_dir(&programs).unwrap();
    for name in ["pg_dump", "pg_restore"] {
        let real = if own.join(name).exists() { own.join(name) } else { Path::new("/usr/bin").join(name) };
        let script = format!(
            "#!/bin/sh\n{{ echo \"$0 $*\"; cat /proc/$$/cmdline; env; [ -z \"$PGPASSFILE\" ] || {{ stat -c 'passfile %a' \"$PGPASSFILE\"; cat \"$PGPASSFILE\"; }}; }} >>'{}/given'\nexec '{}' \"$@\"\n",
            programs.display(),
            real.display()
        );
        std::fs::write(programs.join(name), script).unwrap();
        std::fs::set_permissions(programs.join(name), std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    let backups = keeper.folder().join("backups");
    let url = |login: &str, database: &str| server.url(login, database);
    for arguments in [
        vec!["doctor".to_owned(), "--url".to_owned(), url("dana", "office")],
        vec!["doctor".to_owned(), "--json".to_owned(), "--url".to_owned(), url("postgres", "specified")],
        vec![
            "migrate".to_owned(),
            "--url".to_owned(),
            url("postgres", "specified"),
            "--backup-to".to_owned(),
            backups.display().to_string(),
        ],
        vec![
            "sample-data".to_owned(),
            "--scale".to_owned(),
            "1".to_owned(),
            "--url".to_owned(),
            url("dana", "nowhere"),
        ],
    ] {
        let output = neff(&keeper)
            .args(&arguments)
            .env("NEFF_DATABASE_PASSWORD", PASSWORD)
            .env("NEFF_LOG", "trace")
            .env("RUST_LOG", "trace")
            .env("RUST_BACKTRACE", "full")
            .env("NEFF_POSTGRES_BIN", &programs)
            .output()
            .unwrap();
        assert_silent(&arguments[0], &said(&output));
        if arguments[0] == "migrate" {
            assert!(output.status.success(), "{}", said(&output));
            assert!(said(&output).contains("migration applied"), "the log is on: {}", said(&output));
        }
    }
    let given = std::fs::read_to_string(programs.join("given")).unwrap();
    assert!(given.contains("--format=custom") && given.contains("passfile 600"), "{given}");
    // Nor is it given the password at all: a word for this program's own gate.
    assert!(given.contains("127.0.0.1:*:*:postgres:"), "{given}");
    assert_silent("what pg_dump was given", &given);
    assert!(!given.contains("NEFF_DATABASE_PASSWORD"), "{given}");

    let worker = keeper.folder().join("worker.log");
    let log = std::fs::File::create(&worker).unwrap();
    let mut child = keeper.spawn(
        neff(&keeper)
            .args(["worker", "--url", &url("dana", "office"), "--person", "Dana Neff"])
            .env("NEFF_DATABASE_PASSWORD", PASSWORD)
            .env("NEFF_LOG", "trace")
            .stdout(log.try_clone().unwrap())
            .stderr(log),
    );
    until("the worker is online", Duration::from_secs(30), async || {
        std::fs::read_to_string(&worker).unwrap().contains("online as Dana Neff")
    })
    .await;
    let command_line = std::fs::read_to_string(format!("/proc/{}/cmdline", child.id())).unwrap();
    assert_silent("the list of programs", &command_line);
    signal(child.id(), "TERM");
    assert!(child.wait().unwrap().success());

    // Whatever was left behind: settings, journals, backups, temporary files.
    assert_silent("a file", &everything_in(keeper.folder()));
    assert_eq!(
        std::fs::read_dir(keeper.folder().join("temporary")).unwrap().count(),
        0,
        "a temporary file stayed behind"
    );
}

// ---- Migrating and working -----------------------------------------------------------------------------------------------

#[tokio::test]
async fn migrating_says_each_step_and_then_that_it_is_done() {
    let database = Server::get().await.empty_database().await;
    let keeper = Keeper::new();
    let output = neff(&keeper).args(["migrate", "--url", &database.url]).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let (steps, end) = (String::from_utf8(output.stderr).unwrap(), String::from_utf8(output.stdout).unwrap());
    let count = steps.lines().count();
    assert!(count >= 14, "{steps}");
    for (index, line) in steps.lines().enumerate() {
        assert!(line.starts_with(&format!("[{}/{count}] ", index + 1)), "{line}");
    }
    assert!(steps.starts_with(&format!("[1/{count}] roles and ownership\n")), "{steps}");
    let place = database.url.trim_start_matches("postgres://").split('?').next().unwrap();
    assert_eq!(end, format!("{place} is up to date: {count} steps done.\n"));

    let again = neff(&keeper).args(["migrate", "--url", &database.url]).output().unwrap();
    assert!(again.status.success());
    assert_eq!(said(&again), format!("{place} is up to date.\n"));

    let login = unique("viewer");
    Server::get().await.create_login(&login, "x", &["neff_app"]).await;
    let staff = neff(&keeper).args(["migrate", "--url", &database.url_for(&login)]).output().unwrap();
    assert!(staff.status.success(), "nothing is to be done, which needs no right: {}", said(&staff));
}

#[test]
fn what_cannot_be_meant_is_refused_with_a_hint() {
    let keeper = Keeper::new();
    for arguments in [
        &[][..],
        &["migrate"],
        &["doctor", "--url"],
        &["dance"],
        &["sample-data", "--url", "postgres://a@localhost/b", "--scale", "7"],
    ] {
        let output = neff(&keeper).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains("--help"), "{arguments:?}: {}", said(&output));
    }
    let help = neff(&keeper).args(["doctor", "--help"]).output().unwrap();
    assert!(help.status.success() && said(&help).contains("NEFF_DATABASE_PASSWORD"), "{}", said(&help));
    for url in [
        "office",
        "postgres://",
        "postgres://a@localhost/",
        "postgres:///office",
        "postgres://a@localhost:0/office",
        "postgres://a@localhost/b?sslmode=maybe",
        "",
    ] {
        let output = neff(&keeper).args(["doctor", "--url", url]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{url}: {}", said(&output));
        assert!(said(&output).starts_with("neff: ") && !said(&output).contains("panicked"), "{url}: {}", said(&output));
    }
}

/// A worker without any desktop; what it says goes to a file.
fn worker(keeper: &Keeper, url: &str, password: &str) -> Child {
    let log = std::fs::File::create(keeper.folder().join("said")).unwrap();
    keeper.spawn(
        neff(keeper)
            .args(["worker", "--url", url, "--person", "Dana Neff"])
            .env("NEFF_DATABASE_PASSWORD", password)
            .stdout(log.try_clone().unwrap())
            .stderr(log),
    )
}

/// Asks it to end, as a system does, and gives how it ended and what it had said.
fn stop(keeper: &Keeper, mut child: Child, how: &str) -> (Option<i32>, Duration, String) {
    let started = Instant::now();
    signal(child.id(), how);
    while is_alive(child.id()) && started.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(5));
    }
    let took = started.elapsed();
    let code = child.wait().unwrap().code();
    (code, took, std::fs::read_to_string(keeper.folder().join("said")).unwrap())
}

#[tokio::test]
async fn the_worker_ends_in_good_order_whatever_it_was_doing() {
    let server = guarded_office(Encryption::Off).await;
    let url = server.url("dana", "office");
    let online = async |keeper: &Keeper| {
        let log = keeper.folder().join("said");
        until("the worker is online", Duration::from_secs(30), async || {
            std::fs::read_to_string(&log).unwrap().contains("online as Dana Neff")
        })
        .await;
    };

    for how in ["TERM", "INT"] {
        let keeper = Keeper::new();
        let child = worker(&keeper, &url, PASSWORD);
        online(&keeper).await;
        let (code, took, text) = stop(&keeper, child, how);
        assert_eq!(code, Some(0), "{how}: {text}");
        assert!(took < Duration::from_secs(3), "{how}: {took:?}");
        assert!(text.ends_with("stopped\n"), "{how}: {text}");
    }
    let mut connection = server.connect("office").await;
    until("its sessions are gone", Duration::from_secs(5), async || {
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_stat_activity WHERE usename = 'dana'")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        count == 0
    })
    .await;
    drop(connection);

    // With the server gone.
    let keeper = Keeper::new();
    let child = worker(&keeper, &url, PASSWORD);
    online(&keeper).await;
    server.stop();
    let log = keeper.folder().join("said");
    until("it notices", Duration::from_secs(30), async || std::fs::read_to_string(&log).unwrap().contains("offline: "))
        .await;
    let (code, took, text) = stop(&keeper, child, "TERM");
    assert_eq!(code, Some(0), "{text}");
    assert!(took < Duration::from_secs(3), "{took:?}");
}

#[tokio::test]
async fn the_worker_says_why_it_cannot_work() {
    let server = Server::get().await;
    let database = server.office_database().await;
    let keeper = Keeper::new();
    let mut child = worker(&keeper, &database.url, "");
    until("it gives up on a person nobody knows", Duration::from_secs(20), async || {
        child.try_wait().unwrap().is_some()
    })
    .await;
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let text = std::fs::read_to_string(keeper.folder().join("said")).unwrap();
    assert!(text.contains("Nobody in this office is called Dana Neff."), "{text}");
}
