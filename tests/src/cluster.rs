//! A private PostgreSQL cluster on a free port of this computer, gone when the test process is gone.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A cluster of its own: data folder, port, and a watchdog that removes both when this process ends.
pub struct Cluster {
    folder: PathBuf,
    port: u16,
    settings: Vec<String>,
    binaries: PathBuf,
    // Holds the pipe whose closing wakes the watchdog; also when the process is killed.
    watchdog: Child,
}

/// How a cluster lets people in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Anybody from this computer, without a password.
    Trust,
    /// By password only.
    Scram,
}

impl Cluster {
    /// Makes and starts a cluster with the superuser `postgres`.
    ///
    /// `settings` are `name=value` pairs of `postgresql.conf`.
    pub fn start(entry: Entry, superuser_password: &str, settings: &[&str]) -> Self {
        let binaries = binaries();
        let folder = TempDir::with_prefix("neff-postgres-").expect("a temporary folder").keep();
        let watchdog = watch(&folder, &binaries);
        own(&folder);

        let password_file = folder.join("password");
        write_private(&password_file, superuser_password);
        let method = match entry {
            Entry::Trust => "trust",
            Entry::Scram => "scram-sha-256",
        };
        run(as_server(&binaries.join("initdb"), &folder)
            .arg("--pgdata")
            .arg(folder.join("data"))
            .args(["--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync"])
            .arg(format!("--auth={method}"))
            .arg(format!("--pwfile={}", password_file.display())));
        fs::remove_file(&password_file).expect("the password file removed");

        let mut all: Vec<String> = [
            "fsync=off",
            "full_page_writes=off",
            "max_connections=200",
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "timezone=UTC",
            "log_min_messages=warning",
        ]
        .map(str::to_owned)
        .to_vec();
        all.extend(settings.iter().map(|&setting| setting.to_owned()));
        let mut cluster = Self { folder, port: 0, settings: all, binaries, watchdog };
        // Another process can take a free port between looking and listening.
        for attempt in 0.. {
            cluster.port = free_port();
            match cluster.try_resume() {
                Ok(()) => break,
                Err(reason) if attempt == 4 => panic!("PostgreSQL did not start: {reason}"),
                Err(_) => {}
            }
        }
        cluster
    }

    /// The port on 127.0.0.1; stays the same through stop and start.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder that holds the data and, beside it, whatever a test needs the server to read.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Stops the server as `mode` says: `smart`, `fast` or `immediate`.
    pub fn stop(&self, mode: &str) {
        run(as_server(&self.binaries.join("pg_ctl"), &self.folder)
            .args(["stop", "--wait", "--mode", mode, "--pgdata"])
            .arg(self.folder.join("data")));
    }

    /// Starts the server again, on the same port, and waits until it accepts connections.
    pub fn resume(&self) {
        self.try_resume().expect("PostgreSQL starts again");
    }

    /// The power fails: SIGKILL to the postmaster and every process of its.
    pub fn kill(&self) {
        let pid = self.postmaster().expect("a running server");
        let children = Command::new("pgrep").args(["-P", &pid]).output().expect("pgrep").stdout;
        let mut all = vec![pid.clone()];
        all.extend(String::from_utf8_lossy(&children).split_whitespace().map(str::to_owned));
        // Some may be gone by themselves once the postmaster is.
        Command::new("kill").arg("-9").args(&all).stderr(Stdio::null()).status().expect("kill");
        while all.iter().any(|process| is_alive(process)) {
            std::thread::yield_now();
        }
        // Until whoever adopted the killed postmaster has waited for it, its number looks alive to the next one.
        let left = self.folder.join("data/postmaster.pid");
        if left.exists() {
            fs::remove_file(left).expect("the pid file removed");
        }
    }

    fn try_resume(&self) -> Result<(), String> {
        let mut options = format!("-p {}", self.port);
        for setting in &self.settings {
            options.extend([" -c '", setting, "'"]);
        }
        let log = self.folder.join("log");
        let outcome = as_server(&self.binaries.join("pg_ctl"), &self.folder)
            .args(["start", "--wait", "--timeout=60", "--options", &options, "--pgdata"])
            .arg(self.folder.join("data"))
            .arg("--log")
            .arg(&log)
            // The server would keep a pipe open for as long as it runs.
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("pg_ctl");
        if outcome.success() { Ok(()) } else { Err(fs::read_to_string(log).unwrap_or_default()) }
    }

    fn postmaster(&self) -> Option<String> {
        let file = fs::read_to_string(self.folder.join("data/postmaster.pid")).ok()?;
        file.lines().next().map(str::to_owned)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.watchdog.stdin.take());
        // Its outcome changes nothing any more.
        let _ = self.watchdog.wait();
    }
}

/// Where the server's own programs are: `NEFF_POSTGRES_BIN`, or the newest installed on this computer.
pub fn binaries() -> PathBuf {
    if let Ok(folder) = std::env::var("NEFF_POSTGRES_BIN") {
        return folder.into();
    }
    let mut found: Vec<(u32, PathBuf)> = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"]
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name()?.to_str()?.trim_start_matches("postgresql@").parse().ok()?;
            path.join("bin/initdb").exists().then(|| (version, path.join("bin")))
        })
        .collect();
    found.sort();
    found.pop().map(|(_, path)| path).expect("PostgreSQL's programs (set NEFF_POSTGRES_BIN, or install postgresql)")
}

/// A port nobody listens on at this moment.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// The user the server runs as: PostgreSQL refuses to run as root.
fn server_user() -> Option<(u32, u32)> {
    if run(Command::new("id").arg("-u")).trim() != "0" {
        return None;
    }
    let id = |flag| run(Command::new("id").args([flag, "postgres"])).trim().parse().expect("a number");
    Some((id("-u"), id("-g")))
}

pub(crate) fn as_server(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env("LC_ALL", "C");
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PG")) {
        command.env_remove(name);
    }
    if let Some((user, group)) = server_user() {
        command.uid(user).gid(group);
    }
    command
}

/// Gives `path` to the user the server runs as.
pub fn own(path: &Path) {
    if let Some((user, group)) = server_user() {
        std::os::unix::fs::chown(path, Some(user), Some(group)).expect("chown");
    }
}

/// A file only the server can read, as it insists on for passwords and keys.
pub fn write_private(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    fs::write(path, text).expect("a file written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("permissions");
    own(path);
}

/// Waits for the end of this process, however it ends, then stops the server and removes its folder.
fn watch(folder: &Path, binaries: &Path) -> Child {
    let script = r#"
        cat >/dev/null
        if [ -s "$1/data/postmaster.pid" ]; then
            pid=$(head -n 1 "$1/data/postmaster.pid")
            kill -QUIT "$pid" 2>/dev/null
            while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
        fi
        rm -rf "$1"
    "#;
    Command::new("sh")
        .args(["-c", script, "neff-postgres-watchdog"])
        .arg(folder)
        .arg(binaries)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Not part of the terminal's group: Ctrl-C ends the tests, then this.
        .process_group(0)
        .spawn()
        .expect("a watchdog")
}

fn is_alive(pid: &str) -> bool {
    // A killed child of a process that does not wait for it stays as a zombie: not alive.
    let state = Command::new("ps").args(["-o", "stat=", "-p", pid]).output().expect("ps").stdout;
    let state = String::from_utf8_lossy(&state);
    !state.trim().is_empty() && !state.trim().starts_with('Z')
}

/// Runs a program to its end and gives what it printed.
pub fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?} failed:\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
