//! The log: a file a day in the data folder, two weeks of them, without customers' data.

use office::Paths;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{Builder, Rotation};
use tracing_subscriber::EnvFilter;

/// Starts writing. Dropping the guard writes out what is left.
///
/// # Errors
/// When the folder cannot be written.
pub fn start(paths: &Paths) -> std::io::Result<WorkerGuard> {
    let files = Builder::new()
        .rotation(Rotation::DAILY)
        .filename_prefix("neff-office")
        .filename_suffix("log")
        .max_log_files(14)
        .build(paths.logs())
        .map_err(std::io::Error::other)?;
    let (writer, guard) = tracing_appender::non_blocking(files);
    // sqlx at debug would log statements; nothing below info leaves this program's own crates.
    let filter = EnvFilter::try_from_env("NEFF_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,office=info,shell=info,database=info,local_server=info"));
    tracing_subscriber::fmt().with_ansi(false).with_writer(writer).with_env_filter(filter).init();
    std::panic::set_hook(Box::new(|panic| {
        tracing::error!(place = panic.location().map(ToString::to_string), "a defect stopped a task: {panic}");
    }));
    Ok(guard)
}
