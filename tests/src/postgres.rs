//! Databases for tests: empty, migrated, or made from the specification's own SQL.
//!
//! ```no_run
//! # async fn example() {
//! use neff_tests::postgres::Server;
//!
//! let office = Server::get().await.office_database().await;
//! sqlx::query("SELECT 1").execute(&office.pool().await).await.unwrap();
//! # }
//! ```

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, PgPool, Row};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::cluster::{Cluster, Entry};

/// A server for tests, shared by all tests of a process (and of a run, where `NEFF_TEST_POSTGRES` says so).
pub struct Server {
    superuser: PgConnectOptions,
    /// Major version: 13, 15, 18 …
    pub major: u32,
    /// The private one, which ends with this.
    pub cluster: Option<Cluster>,
}

static SERVER: OnceCell<Server> = OnceCell::const_new();

impl Server {
    /// The server at `NEFF_TEST_POSTGRES` (the address of a superuser who needs no password on this computer), or
    /// a private one that ends with this process.
    pub async fn get() -> &'static Self {
        SERVER.get_or_init(Self::find).await
    }

    async fn find() -> Self {
        let (superuser, cluster) = if let Ok(url) = std::env::var("NEFF_TEST_POSTGRES") {
            (PgConnectOptions::from_str(&url).expect("NEFF_TEST_POSTGRES is an address"), None)
        } else {
            let cluster = tokio::task::spawn_blocking(|| {
                Cluster::start(Entry::Trust, "unused", &["max_prepared_transactions=20"])
            })
            .await
            .expect("a cluster");
            let superuser = PgConnectOptions::new_without_pgpass()
                .host("127.0.0.1")
                .port(cluster.port())
                .username("postgres")
                .database("postgres");
            (superuser, Some(cluster))
        };
        let superuser =
            superuser.ssl_mode(PgSslMode::Disable).application_name("neff-tests").disable_statement_logging();
        let mut connection = superuser.connect().await.expect("the tests' server answers");
        let number: i32 = sqlx::query_scalar("SELECT current_setting('server_version_num')::int")
            .fetch_one(&mut connection)
            .await
            .expect("a version");
        Self { superuser, major: u32::try_from(number / 10_000).expect("a version"), cluster }
    }

    /// How the superuser gets in; `database` is the maintenance database.
    pub fn superuser(&self) -> &PgConnectOptions {
        &self.superuser
    }

    /// A database with nothing in it, owned by the superuser.
    pub async fn empty_database(&self) -> TestDatabase {
        self.create("template0", None).await
    }

    /// A database with every migration applied.
    pub async fn office_database(&self) -> TestDatabase {
        let files = migrations();
        let template = format!("neff_template_office_{:016x}", hash(&files));
        self.prepare(&template, async |url| migrate(&url, &files).await).await;
        self.create(&template, Some(&template)).await
    }

    /// A database made from the specification's own SQL, statement by statement, whichever of them run.
    pub async fn specification_database(&self) -> TestDatabase {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/specification.sql");
        let text = fs::read_to_string(&file).expect("the specification's SQL");
        let template = format!("neff_template_specification_{:016x}", hash(&text));
        self.prepare(&template, async |url| {
            let status = Command::new("psql")
                .args(["--no-psqlrc", "--quiet", "--file"])
                .arg(&file)
                .arg(&url)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .expect("psql");
            assert!(status.success(), "psql could not connect to {url}");
        })
        .await;
        self.create(&template, Some(&template)).await
    }

    /// A login with these roles. Logins belong to the whole server: give each test's its own name
    /// ([`unique`]), or one that every test may share with the same roles.
    pub async fn create_login(&self, name: &str, password: &str, in_roles: &[&str]) {
        let mut connection = self.superuser.connect().await.expect("the superuser connects");
        let mut transaction = connection.begin().await.expect("a transaction");
        // Changing one role from two sessions at once is an error ("tuple concurrently updated").
        sqlx::query("SELECT pg_advisory_xact_lock(7310001)").execute(&mut *transaction).await.expect("the lock");
        let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)")
            .bind(name)
            .fetch_one(&mut *transaction)
            .await
            .expect("an answer");
        let verb = if exists { "ALTER" } else { "CREATE" };
        let (login, password) = (identifier(name), literal(password));
        let mut text = format!("{verb} ROLE {login} LOGIN PASSWORD {password};");
        for role in in_roles {
            text.extend(["GRANT ", &identifier(role), " TO ", &login, ";"]);
        }
        sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut *transaction).await.expect("the login");
        transaction.commit().await.expect("committed");
    }

    /// Makes `template` once, however many test processes ask for it at the same time.
    async fn prepare(&self, template: &str, fill: impl AsyncFnOnce(String)) {
        let mut connection = self.superuser.connect().await.expect("the superuser connects");
        sqlx::query("SELECT pg_advisory_lock(hashtextextended($1, 0))")
            .bind(template)
            .execute(&mut connection)
            .await
            .expect("the lock");
        // Only a finished one is marked as a template; a half-made one of a killed run is made again.
        let finished: Option<bool> = sqlx::query_scalar("SELECT datistemplate FROM pg_database WHERE datname = $1")
            .bind(template)
            .fetch_optional(&mut connection)
            .await
            .expect("an answer");
        if finished != Some(true) {
            execute(&mut connection, format!("DROP DATABASE IF EXISTS {template} WITH (FORCE)")).await;
            execute(&mut connection, format!("CREATE DATABASE {template} TEMPLATE template0")).await;
            fill(self.url(template)).await;
            // Nobody connects to it, also not autovacuum: copying needs it to itself.
            execute(
                &mut connection,
                format!("ALTER DATABASE {template} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false"),
            )
            .await;
        }
        connection.close().await.expect("the lock goes with the connection");
    }

    async fn create(&self, template: &str, settings_of: Option<&str>) -> TestDatabase {
        let name = unique("neff_test");
        let mut connection = self.superuser.connect().await.expect("the superuser connects");
        execute(&mut connection, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        if let Some(original) = settings_of {
            // A copy has neither the settings (time zone) nor the rights of the database itself.
            sqlx::query(
                "INSERT INTO pg_db_role_setting
                 SELECT (SELECT oid FROM pg_database WHERE datname = $1), s.setrole, s.setconfig
                 FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname = $2",
            )
            .bind(&name)
            .bind(original)
            .execute(&mut connection)
            .await
            .expect("the settings");
            sqlx::query(
                "UPDATE pg_database SET datacl = (SELECT datacl FROM pg_database WHERE datname = $2) WHERE datname = $1",
            ).bind(&name).bind(original).execute(&mut connection).await.expect("the rights");
        }
        TestDatabase {
            url: self.url(&name),
            options: self.superuser.clone().database(&name),
            superuser: self.superuser.clone(),
            name,
        }
    }

    fn url(&self, database: &str) -> String {
        address(&self.superuser, "postgres", database)
    }
}

/// A database of one test, dropped at its end (kept with `NEFF_TEST_KEEP=1`).
pub struct TestDatabase {
    /// The superuser's address of it.
    pub url: String,
    /// Its name on the server.
    pub name: String,
    options: PgConnectOptions,
    superuser: PgConnectOptions,
}

impl TestDatabase {
    /// Sixteen connections of the superuser, who is also the database's owner.
    pub async fn pool(&self) -> PgPool {
        PgPoolOptions::new().max_connections(16).connect_with(self.options.clone()).await.expect("the database answers")
    }

    /// One connection of the superuser.
    pub async fn connect(&self) -> PgConnection {
        self.options.connect().await.expect("the database answers")
    }

    /// One connection of a login made by [`Server::create_login`], or of a role of the office that may log in.
    pub async fn connect_as(&self, login: &str) -> PgConnection {
        self.options_for(login).connect().await.unwrap_or_else(|error| panic!("{login} connects: {error}"))
    }

    /// How the superuser gets in.
    pub fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// How `login` gets in; the tests' server asks nobody on this computer for a password.
    pub fn options_for(&self, login: &str) -> PgConnectOptions {
        self.options.clone().username(login)
    }

    /// The address of this database for `login`.
    pub fn url_for(&self, login: &str) -> String {
        address(&self.superuser, login, &self.name)
    }

    /// Runs a file or text with psql as the superuser, stopping at the first error; gives what it printed.
    pub fn psql(&self, text: &str) -> String {
        crate::cluster::run(
            Command::new("psql")
                .args([
                    "--no-psqlrc",
                    "--quiet",
                    "--tuples-only",
                    "--no-align",
                    "--set=ON_ERROR_STOP=1",
                    "--command",
                    text,
                ])
                .arg(&self.url),
        )
    }

    /// Applies every migration, as [`Server::office_database`] does.
    pub async fn migrate(&self) {
        migrate(&self.url, &migrations()).await;
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if std::env::var_os("NEFF_TEST_KEEP").is_some() {
            return;
        }
        let (superuser, name) = (self.superuser.clone(), self.name.clone());
        // The test's own runtime may be this very thread, and cannot be waited for from here.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut connection = superuser.connect().await.map_err(std::io::Error::other)?;
                let text = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut connection).await.map_err(std::io::Error::other)
            })
        })
        .join();
        // A server that a test has stopped, or that ended first, takes the database with it.
        if let Ok(Err(error)) = dropped {
            eprintln!("{} stays behind: {error}", self.name);
        }
    }
}

/// A name nobody else uses, for a database or a login.
pub fn unique(prefix: &str) -> String {
    format!("{prefix}_{}", Uuid::new_v4().simple())
}

/// The migrations of the office database, in order: file name and text.
pub fn migrations() -> Vec<(String, String)> {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations/postgres");
    let mut files: Vec<(String, String)> = fs::read_dir(&folder)
        .expect("migrations/postgres")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).expect("a migration"))
        })
        .collect();
    files.sort();
    files
}

/// Applies every migration to the database that `options` reach.
pub async fn migrate_database(options: &PgConnectOptions) {
    let connection = options.connect().await.expect("the database answers");
    apply(connection, &migrations()).await;
}

async fn migrate(url: &str, files: &[(String, String)]) {
    apply(PgConnection::connect(url).await.expect("the database answers"), files).await;
}

async fn apply(mut connection: PgConnection, files: &[(String, String)]) {
    for (name, text) in files {
        let mut transaction = connection.begin().await.expect("a transaction");
        sqlx::raw_sql(AssertSqlSafe(text.clone()))
            .execute(&mut *transaction)
            .await
            .unwrap_or_else(|error| panic!("migration {name}: {}", explain(&error, text)));
        transaction.commit().await.unwrap_or_else(|error| panic!("migration {name}: {error}"));
    }
}

/// The error with the line it points to.
fn explain(error: &sqlx::Error, text: &str) -> String {
    let Some(database) = error.as_database_error() else { return error.to_string() };
    let postgres = database.downcast_ref::<sqlx::postgres::PgDatabaseError>();
    let line = match postgres.position() {
        Some(sqlx::postgres::PgErrorPosition::Original(position)) => {
            text.chars().take(position).filter(|&character| character == '\n').count() + 1
        }
        _ => 0,
    };
    format!(
        "line {line}: {database} ({}) {} {}",
        postgres.code(),
        postgres.detail().unwrap_or(""),
        postgres.r#where().unwrap_or("")
    )
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

fn address(server: &PgConnectOptions, login: &str, database: &str) -> String {
    format!("postgres://{login}@{}:{}/{database}?sslmode=disable", server.get_host(), server.get_port())
}

fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

async fn execute(connection: &mut PgConnection, text: String) {
    sqlx::raw_sql(AssertSqlSafe(text.clone()))
        .execute(connection)
        .await
        .unwrap_or_else(|error| panic!("{text}: {error}"));
}

/// What one row of one column says, as text; for comparing whole tables.
pub async fn rows_as_text(connection: &mut PgConnection, query: &str) -> Vec<String> {
    let text = format!("SELECT row_to_json(t)::text FROM ({query}) t");
    sqlx::raw_sql(AssertSqlSafe(text)).fetch_all(connection).await.expect("rows").iter().map(|row| row.get(0)).collect()
}
