//! The log: a file a day in the data folder, two weeks of them, without customers' data, for this person's eyes.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};
use office::Paths;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;

const PREFIX: &str = "neff-office.";
const SUFFIX: &str = ".log";
/// So many days are kept.
const KEPT: usize = 14;

/// Starts writing. Dropping the guard writes out what is left.
///
/// # Errors
/// When the folder cannot be written.
pub fn start(paths: &Paths) -> io::Result<WorkerGuard> {
    paths.make()?;
    let files = Daily::open(paths.logs(), office::clock::now)?;
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

/// Goes over to another file when the day does. The usual appender makes files everybody on the computer may read.
struct Daily {
    folder: PathBuf,
    now: fn() -> DateTime<Utc>,
    day: NaiveDate,
    file: File,
}

impl Daily {
    fn open(folder: PathBuf, now: fn() -> DateTime<Utc>) -> io::Result<Self> {
        files::own_folder(&folder)?;
        let day = now().date_naive();
        let file = file_of(&folder, day)?;
        remove_old(&folder);
        Ok(Self { folder, now, day, file })
    }
}

impl Write for Daily {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        let today = (self.now)().date_naive();
        if today != self.day {
            self.file = file_of(&self.folder, today)?;
            self.day = today;
            remove_old(&self.folder);
        }
        self.file.write(text)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn file_of(folder: &Path, day: NaiveDate) -> io::Result<File> {
    files::private().create(true).append(true).open(folder.join(format!("{PREFIX}{day}{SUFFIX}")))
}

fn remove_old(folder: &Path) {
    let is_log = |path: &PathBuf| {
        path.file_name().and_then(|n| n.to_str()).is_some_and(|n| n.starts_with(PREFIX) && n.ends_with(SUFFIX))
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut logs: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_log).collect();
    // By their names they are in order of days.
    logs.sort();
    for old in logs.iter().rev().skip(KEPT) {
        let _ = std::fs::remove_file(old);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    static DAY: AtomicI64 = AtomicI64::new(20_000);

    fn now() -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + chrono::TimeDelta::days(DAY.load(Ordering::SeqCst))
    }

    #[test]
    fn a_file_a_day_for_nobody_else_and_two_weeks_of_them() {
        let temporary = std::env::temp_dir().join(format!("neff-logs-{}", uuid::Uuid::new_v4()));
        let folder = temporary.join("logs");
        let mut log = Daily::open(folder.clone(), now).unwrap();
        std::fs::write(folder.join("notes.txt"), "mine").unwrap();
        for day in 0..20 {
            DAY.store(20_000 + day, Ordering::SeqCst);
            writeln!(log, "day {day}").unwrap();
        }
        let mut names: Vec<String> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names.len(), 15, "{names:?}");
        assert_eq!(
            (names[0].as_str(), names[13].as_str()),
            ("neff-office.2024-10-10.log", "neff-office.2024-10-23.log")
        );
        assert_eq!(std::fs::read_to_string(folder.join(&names[13])).unwrap(), "day 19\n");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let rights = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((rights(&folder), rights(&folder.join(&names[13]))), (0o700, 0o600));
        }
        std::fs::remove_dir_all(temporary).unwrap();
    }
}
