//! A server of one test alone: to be stopped, killed, or reached only by password or encryption.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection};

use crate::cluster::{Cluster, Entry, own, run};

/// Whether the server speaks TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// It refuses TLS.
    Off,
    /// It offers TLS with a certificate of its own making, for `localhost` and `127.0.0.1`.
    On,
}

/// A private server that asks for passwords.
pub struct PrivateServer {
    cluster: Cluster,
    password: String,
    encryption: Encryption,
}

impl PrivateServer {
    /// Makes and starts one.
    pub fn start(encryption: Encryption) -> Self {
        let password = uuid::Uuid::new_v4().simple().to_string();
        let cluster = Cluster::start(Entry::Scram, &password, &[]);
        let server = Self { cluster, password, encryption };
        if encryption == Encryption::On {
            server.make_certificate();
        }
        server
    }

    fn make_certificate(&self) {
        let data = self.cluster.folder().join("data");
        let folder = self.cluster.folder();
        let (key, certificate, request) = (data.join("server.key"), data.join("server.crt"), folder.join("request"));
        let (authority, authority_key) = (self.certificate(), folder.join("authority.key"));
        let names = folder.join("names");
        std::fs::write(&names, "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n")
            .expect("names");
        let openssl = |arguments: &[&str], files: &[(&str, &Path)]| {
            let files = files.iter().flat_map(|(flag, path)| [OsStr::new(flag), path.as_os_str()]);
            run(Command::new("openssl").args(arguments).args(files));
        };
        let fresh = ["-newkey", "rsa:2048", "-nodes", "-subj"];
        openssl(
            &[&["req", "-x509", "-days", "2"], &fresh[..], &["/CN=the tests' own authority"]].concat(),
            &[("-keyout", &authority_key), ("-out", &authority)],
        );
        openssl(&[&["req"], &fresh[..], &["/CN=localhost"]].concat(), &[("-keyout", &key), ("-out", &request)]);
        openssl(
            &["x509", "-req", "-days", "2", "-CAcreateserial"],
            &[
                ("-in", &request),
                ("-CA", &authority),
                ("-CAkey", &authority_key),
                ("-extfile", &names),
                ("-out", &certificate),
            ],
        );
        own(&key);
        own(&certificate);
        let settings = data.join("postgresql.auto.conf");
        std::fs::write(settings, "ssl = on\n").expect("the server's settings");
        self.restart();
    }

    /// The certificate of the authority that signed the server's.
    pub fn certificate(&self) -> PathBuf {
        self.cluster.folder().join("authority.crt")
    }

    /// The port on 127.0.0.1, the same through every stop and start.
    pub fn port(&self) -> u16 {
        self.cluster.port()
    }

    /// The password of the superuser `postgres`.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// How the superuser gets in.
    pub fn options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(self.port())
            .username("postgres")
            .password(&self.password)
            .database("postgres")
            .ssl_mode(if self.encryption == Encryption::On { PgSslMode::Require } else { PgSslMode::Disable })
            .disable_statement_logging()
    }

    /// A connection of the superuser.
    pub async fn connect(&self, database: &str) -> PgConnection {
        self.options().database(database).connect().await.expect("the private server answers")
    }

    /// The address of `database` for `login`, without a password.
    pub fn url(&self, login: &str, database: &str) -> String {
        format!("postgres://{login}@127.0.0.1:{}/{database}", self.port())
    }

    /// Makes a database.
    pub async fn create_database(&self, name: &str) {
        let text = format!("CREATE DATABASE {name} TEMPLATE template0");
        sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut self.connect("postgres").await).await.expect("a database");
    }

    /// Stops it in an orderly way, ending every session.
    pub fn stop(&self) {
        self.cluster.stop("fast");
    }

    /// Starts it again.
    pub fn resume(&self) {
        self.cluster.resume();
    }

    /// Stops and starts it.
    pub fn restart(&self) {
        self.stop();
        self.resume();
    }

    /// What the server has written to its log so far.
    pub fn log(&self) -> String {
        let log = std::fs::read(self.cluster.folder().join("log")).expect("the server's log");
        String::from_utf8_lossy(&log).into_owned()
    }

    /// SIGKILL to all of its processes.
    pub fn kill(&self) {
        self.cluster.kill();
    }
}
