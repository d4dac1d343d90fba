//! Programs a test starts, which end with it however it ends: also when the test runner kills it.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// A temporary folder and the programs that work in it. Dropping ends the programs and removes the folder.
pub struct Keeper {
    folder: PathBuf,
    watchdog: Child,
    // Closing it, which the end of this process does too, is what the watchdog waits for.
    pipe: Option<ChildStdin>,
}

impl Keeper {
    /// A keeper with an empty folder of its own.
    pub fn new() -> Self {
        let folder = TempDir::with_prefix("neff-test-").expect("a temporary folder").keep();
        let script = r#"
            groups=
            while read -r group; do groups="$groups $group"; done
            for group in $groups; do kill -9 "-$group"; done
            # A program may write its last file while it is being ended.
            for attempt in 1 2 3 4 5; do rm -rf "$1" && break; sleep 0.2; done
        "#;
        let mut watchdog = Command::new("sh")
            .args(["-c", script, "neff-test-watchdog"])
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("a watchdog");
        let pipe = watchdog.stdin.take();
        Self { folder, watchdog, pipe }
    }

    /// The folder, which goes with this keeper.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts a program in a process group of its own.
    pub fn spawn(&self, command: &mut Command) -> Child {
        let child = command.process_group(0).spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut pipe = self.pipe.as_ref().expect("a watchdog");
        writeln!(pipe, "{}", child.id()).expect("the watchdog listens");
        child
    }
}

impl Default for Keeper {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.pipe.take());
        // Its outcome changes nothing any more.
        let _ = self.watchdog.wait();
    }
}

/// The program `name` of the same build as this test, or of the folder `NEFF_PROGRAMS` (an installed one).
pub fn program(name: &str) -> PathBuf {
    if let Some(folder) = std::env::var_os("NEFF_PROGRAMS") {
        return Path::new(&folder).join(name);
    }
    let this = std::env::current_exe().expect("this test's own path");
    let folder = this.ancestors().find(|folder| folder.join(".fingerprint").exists()).expect("a target folder");
    let program = folder.join(name);
    assert!(program.exists(), "{} is missing: cargo build --workspace", program.display());
    program
}

/// Sends a signal, such as `TERM` or `KILL`, to one process.
pub fn signal(process: u32, name: &str) {
    let status = Command::new("kill").arg(format!("-{name}")).arg(process.to_string()).status().expect("kill");
    assert!(status.success(), "process {process} is there to be sent SIG{name}");
}

/// Whether a process still runs; one that has ended and was not waited for does not.
pub fn is_alive(process: u32) -> bool {
    let state = Command::new("ps").args(["-o", "stat=", "-p", &process.to_string()]).output().expect("ps").stdout;
    let state = String::from_utf8_lossy(&state);
    !state.trim().is_empty() && !state.trim().starts_with('Z')
}

/// Asks until the answer is yes; fails the test when it is not within `limit`.
pub async fn until(what: &str, limit: Duration, mut condition: impl AsyncFnMut() -> bool) {
    assert!(within(limit, &mut condition).await, "not within {limit:?}: {what}");
}

/// Asks until the answer is yes, or `limit` is over.
pub async fn within(limit: Duration, mut condition: impl AsyncFnMut() -> bool) -> bool {
    let deadline = tokio::time::Instant::now() + limit;
    loop {
        if condition().await {
            return true;
        }
        if tokio::time::Instant::now() >= deadline {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
