//! The password is given to nobody who has not proven to be the server: impostors on this computer, and real servers that
//! ask in each of the ways there are.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use database::{ConnectionSettings, Encryption, Failure, Tuning};
use neff_tests::private_server::{Encryption as Tls, PrivateServer};
use secrecy::SecretString;
use sqlx::AssertSqlSafe;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const PASSWORD: &str = "Kiesgrube-7148";
const PATIENCE: Duration = Duration::from_secs(20);
const CLEAR: &[u8] = b"R\0\0\0\x08\0\0\0\x03";
const MD5: &[u8] = b"R\0\0\0\x0c\0\0\0\x05salt";
const SCRAM: &[u8] = b"R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0";
const LET_IN: &[u8] = b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I";

fn settings(port: u16, encryption: Encryption) -> ConnectionSettings {
    ConnectionSettings {
        host: "localhost".into(),
        port,
        database: "postgres".into(),
        login: "office".into(),
        encryption,
        ca_file: None,
        tuning: Tuning::default(),
        must_prove: false,
    }
}

fn secret() -> SecretString {
    PASSWORD.to_owned().into()
}

/// Listens where the server should, asks for the password in its own way, and keeps what it got.
struct Impostor {
    port: u16,
    got: Arc<Mutex<Vec<u8>>>,
}

impl Impostor {
    async fn start(asks: &'static [u8]) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let got = Arc::new(Mutex::new(Vec::new()));
        let kept = got.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(pose(stream, asks, kept.clone()));
            }
        });
        Self { port, got }
    }

    fn got(&self) -> String {
        String::from_utf8_lossy(&self.got.lock().unwrap()).into_owned()
    }
}

async fn pose(mut stream: TcpStream, asks: &[u8], kept: Arc<Mutex<Vec<u8>>>) {
    let mut buffer = [0; 4096];
    let mut asked = false;
    loop {
        let n = stream.read(&mut buffer).await.unwrap_or(0);
        if n == 0 {
            return;
        }
        kept.lock().unwrap().extend(&buffer[..n]);
        let text = String::from_utf8_lossy(&buffer[..n]).into_owned();
        let answer = if n == 8 {
            b"N".to_vec()
        } else if !asked {
            asked = true;
            asks.to_vec()
        } else if let Some((_, nonce)) = text.split_once("n=,r=") {
            // SCRAM goes on as it should, up to what nobody can know who does not know the password.
            scram(11, &format!("r={nonce}Impostor,s=c2FsdHNhbHRzYWx0c2FsdA==,i=4096"))
        } else if text.contains(",p=") {
            scram(12, "v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
        } else {
            LET_IN.to_vec()
        };
        if stream.write_all(&answer).await.is_err() {
            return;
        }
    }
}

fn scram(step: u32, text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len() + 8).unwrap();
    [b"R", &length.to_be_bytes()[..], &step.to_be_bytes()[..], text.as_bytes()].concat()
}

async fn refused(settings: &ConnectionSettings) -> Failure {
    let opened = settings.open(Some(&secret()), "neff-tests", PATIENCE).await;
    opened.map(|_| ()).expect_err("nobody is let in").failure()
}

#[tokio::test]
async fn an_impostor_on_this_computer_gets_nothing_however_it_asks() {
    for (how, asks) in [("clear", CLEAR), ("md5", MD5), ("scram", SCRAM)] {
        let impostor = Impostor::start(asks).await;
        let there = settings(impostor.port, Encryption::None);
        assert_eq!(refused(&there).await, Failure::Unproven, "{how}");
        // Every way in: one connection, the pool, the one that listens.
        let pool = there.pool(Some(&secret()), "neff-tests");
        let error = pool.acquire().await.map(|_| ()).unwrap_err();
        assert_eq!(database::DatabaseError::from(error).failure(), Failure::Unproven, "{how}");
        let error = database::listen::Listener::connect(&there, Some(&secret()), "neff-tests").await.map(|_| ());
        assert_eq!(error.unwrap_err().failure(), Failure::Unproven, "{how}");
        let got = impostor.got();
        assert!(got.contains("office"), "it was asked for: {got:?}");
        assert!(!got.contains(PASSWORD) && !got.contains("\0md5") && !got.contains("(md5"), "{how}: {got:?}");
        if how != "scram" {
            assert!(!got.contains('p') || !got.contains("p\0\0"), "{how}: no answer at all: {got:?}");
        }
    }
}

#[tokio::test]
async fn whoever_must_prove_itself_may_not_just_let_everybody_in() {
    let impostor = Impostor::start(LET_IN).await;
    let there = settings(impostor.port, Encryption::None);
    assert_ne!(refused(&there).await, Failure::Unproven, "a developer's server may trust everybody; this is none");
    let strict = ConnectionSettings { must_prove: true, ..there };
    assert_eq!(refused(&strict).await, Failure::Unproven);
    assert!(!impostor.got().contains(PASSWORD));
}

#[tokio::test]
async fn a_server_without_encryption_is_not_spoken_to_further() {
    let impostor = Impostor::start(CLEAR).await;
    for encryption in [Encryption::Require, Encryption::VerifyCa, Encryption::VerifyFull] {
        assert_eq!(refused(&settings(impostor.port, encryption)).await, Failure::NotEncrypted, "{encryption:?}");
    }
    let got = impostor.got();
    assert!(!got.contains("office") && !got.contains(PASSWORD), "{got:?}");
}

#[tokio::test]
async fn a_backup_gives_nothing_away_either() {
    let server = PrivateServer::start(Tls::Off);
    let mut real = server.connect("postgres").await;
    let impostor = Impostor::start(CLEAR).await;
    let folder = tempfile::tempdir().unwrap();
    let there = settings(impostor.port, Encryption::None);
    let outcome = database::dump::verified_dump(&mut real, &there, Some(&secret()), folder.path()).await;
    let error = outcome.map(|_| ()).expect_err("no backup of an impostor");
    assert!(error.technical().contains("clear text"), "{error}");
    assert!(impostor.got().contains("neff-backup") && !impostor.got().contains(PASSWORD));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing that looks like a backup");
}

/// A real server with one way of asking for the login `office`, over TLS and without.
async fn asking(server: &PrivateServer, method: &str, hashed: &str) {
    let mut superuser = server.connect("postgres").await;
    let setup = format!(
        "SET password_encryption = '{hashed}'; DROP ROLE IF EXISTS office; CREATE ROLE office LOGIN PASSWORD '{PASSWORD}'"
    );
    sqlx::raw_sql(AssertSqlSafe(setup)).execute(&mut superuser).await.unwrap();
    let file: String = sqlx::query_scalar("SHOW hba_file").fetch_one(&mut superuser).await.unwrap();
    std::fs::write(&file, format!("host all office all {method}\nhost all postgres all scram-sha-256\n")).unwrap();
    sqlx::query("SELECT pg_reload_conf()").execute(&mut superuser).await.unwrap();
    let read = "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method = $1 AND user_name = '{office}'";
    let rows: i64 = sqlx::query_scalar(read).bind(method).fetch_one(&mut superuser).await.unwrap();
    assert_eq!(rows, 1);
    // Until the postmaster has read it, too.
    let probe = || async {
        let there = settings(server.port(), Encryption::Require);
        there.open(Some(&secret()), "neff-tests", PATIENCE).await.err().map(|e| e.failure())
    };
    let wanted = if method == "scram-sha-256" { None } else { Some(Failure::Unproven) };
    while probe().await != wanted {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn below_a_certificate_that_names_the_server_only_scram_will_do() {
    let server = PrivateServer::start(Tls::On);
    for (method, hashed) in [("password", "scram-sha-256"), ("md5", "md5"), ("scram-sha-256", "scram-sha-256")] {
        asking(&server, method, hashed).await;
        for encryption in [Encryption::None, Encryption::Require, Encryption::VerifyCa, Encryption::VerifyFull] {
            let ca_file = Some(server.certificate());
            let there = ConnectionSettings { ca_file, ..settings(server.port(), encryption) };
            let outcome = there.open(Some(&secret()), "neff-tests", PATIENCE).await;
            let what = format!("{method} {encryption:?}");
            if method == "scram-sha-256" || encryption == Encryption::VerifyFull {
                let mut connection = outcome.unwrap_or_else(|e| panic!("{what}: {e}"));
                let encrypted: bool = sqlx::query_scalar("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
                    .fetch_one(&mut connection)
                    .await
                    .unwrap();
                assert_eq!(encrypted, encryption != Encryption::None, "{what}");
                let wrong = there.open(Some(&"wrong".to_owned().into()), "neff-tests", PATIENCE).await;
                assert_eq!(wrong.map(|_| ()).unwrap_err().failure(), Failure::WrongPassword, "{what}");
            } else {
                assert_eq!(outcome.map(|_| ()).unwrap_err().failure(), Failure::Unproven, "{what}");
            }
        }
    }
    // Whom the certificate does not name, and whom nobody vouches for.
    let elsewhere = ConnectionSettings {
        host: "127.0.0.2".into(),
        ca_file: Some(server.certificate()),
        ..settings(server.port(), Encryption::VerifyFull)
    };
    assert!(matches!(refused(&elsewhere).await, Failure::Encryption | Failure::NoAnswer));
    assert_eq!(refused(&settings(server.port(), Encryption::VerifyCa)).await, Failure::Encryption);
    let nowhere = ConnectionSettings { database: "nowhere".into(), ..settings(server.port(), Encryption::None) };
    assert_eq!(refused(&nowhere).await, Failure::NoSuchDatabase);
}

#[tokio::test]
async fn a_session_through_the_gate_carries_everything_and_ends_on_both_sides() {
    let server = PrivateServer::start(Tls::On);
    asking(&server, "scram-sha-256", "scram-sha-256").await;
    for encryption in [Encryption::None, Encryption::Require] {
        let mut there = settings(server.port(), encryption);
        there.tuning.acquire_seconds = 60;
        let pool = there.pool(Some(&secret()), "gate-test");
        let asks = (0..8).map(|n: i32| {
            let pool = pool.clone();
            async move {
                let text = format!("SELECT repeat('{n}', 3000000) WHERE length($1) = 2000000");
                let answer: String =
                    sqlx::query_scalar(AssertSqlSafe(text)).bind("x".repeat(2_000_000)).fetch_one(&pool).await.unwrap();
                assert!(
                    answer.len() == 3_000_000 && answer.starts_with(&n.to_string()) && answer.ends_with(&n.to_string())
                );
            }
        });
        futures_util::future::join_all(asks).await;
        // The server goes: the session ends here, and another is got.
        let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&pool).await.unwrap();
        let mut superuser = server.connect("postgres").await;
        sqlx::query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gate-test'")
            .execute(&mut superuser)
            .await
            .unwrap();
        let again = async {
            loop {
                match sqlx::query_scalar::<_, i32>("SELECT pg_backend_pid()").fetch_one(&pool).await {
                    Ok(other) if other != pid => return,
                    _ => tokio::task::yield_now().await,
                }
            }
        };
        tokio::time::timeout(PATIENCE, again).await.expect("another session");
        // We go: the server's session ends.
        pool.close().await;
        let gone = async {
            let count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'gate-test'";
            while sqlx::query_scalar::<_, i64>(count).fetch_one(&mut superuser).await.unwrap() > 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, gone).await.expect("the server's sessions end");
    }
}

#[tokio::test]
async fn passwords_of_any_characters_log_in_as_with_psql() {
    let server = PrivateServer::start(Tls::On);
    asking(&server, "scram-sha-256", "scram-sha-256").await;
    let mut superuser = server.connect("postgres").await;
    for password in
        ["grün😀blau", "a\u{7}b\tc", "ﬁne\u{a0}print", "ⅸ\u{ad}x", "שלום1", "\u{378}new", " kept ", "\u{fffd}"]
    {
        let literal = password.replace('\'', "''");
        sqlx::raw_sql(AssertSqlSafe(format!("ALTER ROLE office PASSWORD '{literal}'")))
            .execute(&mut superuser)
            .await
            .unwrap();
        for encryption in [Encryption::None, Encryption::Require, Encryption::VerifyFull] {
            let ca_file = Some(server.certificate());
            let there = ConnectionSettings { ca_file, ..settings(server.port(), encryption) };
            let opened = there.open(Some(&password.to_owned().into()), "neff-tests", PATIENCE).await;
            assert!(opened.is_ok(), "{password:?} {encryption:?}: {:?}", opened.map(|_| ()));
        }
    }
}
