//! `neff`: the office database from a terminal. Migrate it, examine it, fill it with sample data, work for it.

mod doctor;
mod fill;
mod local;
mod password;
mod schema;
mod worker;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use database::ConnectionSettings;
use secrecy::SecretString;

/// Why a command failed, for the person at the terminal.
pub(crate) type Failed = String;

#[derive(Parser)]
#[command(name = "neff", version, about = "The office database of a paving contractor, from a terminal.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Args)]
pub(crate) struct Where {
    /// The database, without its password: `postgres://login@host:5432/database?sslmode=verify-full`.
    ///
    /// The password comes from the keychain, from `NEFF_DATABASE_PASSWORD`, or is asked for.
    #[arg(long, value_name = "URL", required_unless_present = "local")]
    url: Option<String>,
    /// The local office of this computer, as its owner.
    #[arg(long, conflicts_with = "url")]
    local: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Bring a database to the schema of this program: an empty one, the company's own, or an older one.
    Migrate {
        #[command(flatten)]
        at: Where,
        /// Where the verified backup goes that is made first when the database holds rows.
        #[arg(long, value_name = "DIR", conflicts_with = "no_backup")]
        backup_to: Option<PathBuf>,
        /// Make none: you have one.
        #[arg(long)]
        no_backup: bool,
    },
    /// Look at a database from outside in and say what is so; exit 1 when something is wrong.
    Doctor {
        #[command(flatten)]
        at: Where,
        /// For programs.
        #[arg(long)]
        json: bool,
    },
    /// Fill an empty office with believable people, streets, estimates and jobs.
    SampleData {
        #[command(flatten)]
        at: Where,
        /// 1, 10, 100 or 1000 times a real office of five years.
        #[arg(long, value_parser = ["1", "10", "100", "1000"])]
        scale: String,
        /// The same number gives the same data.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The day the data is made for, YYYY-MM-DD; as a rule today.
        #[arg(long)]
        today: Option<chrono::NaiveDate>,
    },
    /// Make the local office of this computer, or finish one that was begun.
    LocalOffice {
        /// Who works here.
        #[arg(long, value_name = "NAME")]
        person: String,
        /// Fill it with believable customers, estimates and jobs to look around in.
        #[arg(long)]
        sample_data: bool,
    },
    /// Do the background work with no window: popups, and whatever the office does by itself.
    Worker {
        #[command(flatten)]
        at: Where,
        /// Who the popups are for, where the login does not say: a name or user id of the office.
        #[arg(long, value_name = "NAME")]
        person: Option<String>,
    },
}

impl Where {
    /// The settings of the URL and the password, from wherever it is.
    async fn resolve(&self) -> Result<(ConnectionSettings, Option<SecretString>), Failed> {
        let Some(url) = self.url.as_deref().filter(|_| !self.local) else {
            return local::as_superuser().await;
        };
        let (settings, in_url) = ConnectionSettings::from_url(url).map_err(|e| e.message)?;
        if in_url.is_some() {
            return Err(
                "The URL holds a password, which everybody on this computer can read in the list of programs. \
                        Leave it out: it comes from the keychain, NEFF_DATABASE_PASSWORD, or is asked for."
                    .into(),
            );
        }
        let password = password::find(&settings).await?;
        Ok((settings, password))
    }
}

fn main() -> ExitCode {
    database::session::forget_environment();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("NEFF_LOG").unwrap_or_else(|_| "warn,office=info".into()),
        )
        .init();
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("neff: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(async {
        let outcome = match cli.command {
            Command::Migrate { at, backup_to, no_backup } => schema::migrate(&at, backup_to, no_backup).await,
            Command::Doctor { at, json } => doctor::examine(&at, json).await,
            Command::SampleData { at, scale, seed, today } => fill::fill(&at, &scale, seed, today).await,
            Command::LocalOffice { person, sample_data } => local::make(&person, sample_data).await,
            Command::Worker { at, person } => worker::work(&at, person.as_deref()).await,
        };
        local::finish().await;
        outcome
    });
    // A keychain that never answers must not keep the program from ending.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    match outcome {
        Ok(code) => code,
        Err(sentence) => {
            eprintln!("neff: {sentence}");
            ExitCode::FAILURE
        }
    }
}
