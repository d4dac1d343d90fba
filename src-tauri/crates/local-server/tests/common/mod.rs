//! An office of one test alone, on real PostgreSQL programs; its server and folder are gone when the test is.
#![allow(dead_code, reason = "each test file uses its part")]
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use local_server::{LocalServer, Programs, Running, random_password};
use secrecy::{ExposeSecret, SecretString};

/// What a program of its own is asked to do, and where.
const TASK: &str = "NEFF_TEST_TASK";
const FOLDER: &str = "NEFF_TEST_FOLDER";
/// Longer than anything takes that works.
pub const LIMIT: Duration = Duration::from_mins(1);

pub struct Office {
    pub temporary: PathBuf,
    pub folder: PathBuf,
    pub password: SecretString,
    pub programs: Programs,
    /// Reached by a port, as on Windows.
    pub by_port: bool,
    watchdog: Child,
}

impl Office {
    /// A folder with nothing in it.
    pub async fn empty() -> Self {
        let temporary = tempfile::Builder::new().prefix("neff-local-").tempdir().unwrap().keep();
        let watchdog = watch(&temporary);
        // As a person's home is: others may pass, or the server's user could not when these tests run as root.
        fs::set_permissions(&temporary, fs::Permissions::from_mode(0o755)).unwrap();
        let programs = programs().await;
        let folder = temporary.join("local-office");
        Self { folder, temporary, password: random_password().unwrap(), programs, by_port: false, watchdog }
    }

    /// With a cluster, not started.
    pub async fn made() -> Self {
        let office = Self::empty().await;
        office.make().await;
        office
    }

    /// The same, reached by a port.
    pub async fn made_by_port() -> Self {
        let mut office = Self::empty().await;
        office.by_port = true;
        office.make().await;
        office
    }

    pub fn server(&self) -> LocalServer {
        let server = LocalServer::at(self.folder.clone()).with_base_for_root(self.temporary.join("base"));
        if self.by_port { server.by_port() } else { server }
    }

    /// Where its server is reached.
    pub fn host(&self) -> String {
        if self.by_port { "127.0.0.1".into() } else { self.folder.join("sockets").display().to_string() }
    }

    pub async fn make(&self) {
        self.server().make(&self.programs, &self.password).await.unwrap();
    }

    pub async fn start(&self) -> Running {
        self.server().start(&self.programs).await.unwrap()
    }

    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Runs SQL as the superuser by the same way as the program does.
    pub fn sql(&self, port: u16, text: &str) -> Result<String, String> {
        sql(&self.host(), port, self.password.expose_secret(), text)
    }

    /// A table with a row in it.
    pub fn fill(&self, port: u16) {
        self.sql(port, "CREATE TABLE jobs (name text); INSERT INTO jobs VALUES ('Büro Größe')").unwrap();
    }

    pub fn assert_kept(&self, port: u16) {
        assert_eq!(self.sql(port, "SELECT name FROM jobs").unwrap(), "Büro Größe");
    }

    /// The process of the server, by its own note.
    pub fn postmaster(&self) -> u32 {
        let note = fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        note.lines().next().unwrap().parse().unwrap()
    }

    /// Another program of the same person, which does `task`.
    pub fn other_program(&self, task: &str) -> OtherProgram {
        let mut path = std::env::var("PATH").unwrap();
        if task.contains("without a user") {
            path = format!("{}:{path}", self.temporary.display());
        }
        let mut child = Command::new(std::env::current_exe().unwrap())
            .env("PATH", path)
            .args(["--exact", "other_program", "--nocapture"])
            .env(TASK, task)
            .env(FOLDER, &self.temporary)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .unwrap();
        let (stdin, stdout) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        OtherProgram { child, stdin, stdout }
    }

    /// Everything in the folder except the server's tables, to look for what must not be there.
    pub fn assert_nowhere(&self, secret: &str) {
        let found = Command::new("grep").args(["-r", "-l", "-a", "-F", secret]).arg(&self.temporary).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&found.stdout), "", "a file holds the secret");
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        drop(self.watchdog.stdin.take());
        let _ = self.watchdog.wait();
    }
}

pub struct OtherProgram {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<std::process::ChildStdout>,
}

impl OtherProgram {
    /// Waits for a line "word: rest" and gives the rest.
    pub fn says(&mut self, word: &str) -> String {
        let mut line = String::new();
        while self.stdout.read_line(&mut line).unwrap() > 0 {
            if let Some((_, rest)) = line.split_once(&format!("{word}: ")) {
                return rest.trim().to_owned();
            }
            line.clear();
        }
        panic!("the other program ended without saying {word}");
    }

    /// Lets it end properly.
    pub fn finish(mut self) -> String {
        drop(self.stdin.take());
        let said = self.says("stopped");
        assert!(self.child.wait().unwrap().success());
        said
    }

    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ctrl-C in the terminal it was started from.
    pub fn interrupt(mut self) {
        run(Command::new("kill").args(["-INT", "--", &format!("-{}", self.child.id())]));
        assert!(!self.child.wait().unwrap().success());
    }
}

/// The body of the test `other_program` of each file: nothing, unless it was started as one.
pub async fn be_other_program() {
    let Ok(task) = std::env::var(TASK) else { return };
    let temporary = PathBuf::from(std::env::var_os(FOLDER).unwrap());
    let server = LocalServer::at(temporary.join("local-office")).with_base_for_root(temporary.join("base"));
    let programs = programs().await;
    match task.as_str() {
        "make" => {
            println!("begins: now");
            server.make(&programs, &random_password().unwrap()).await.unwrap();
            println!("made: yes");
        }
        "make without a user" => {
            let refused = server.make(&programs, &random_password().unwrap()).await.unwrap_err();
            println!("refused: {refused:?}");
        }
        "use" => {
            let running = server.start(&programs).await.unwrap();
            println!("port: {}", running.port);
            // Until the test closes it.
            tokio::task::spawn_blocking(|| std::io::stdin().lines().count()).await.unwrap();
            println!("stopped: {:?}", running.stop(LIMIT).await.unwrap());
        }
        other => panic!("what is {other}?"),
    }
}

/// Those in `NEFF_POSTGRES_BIN`, or the newest on this computer.
pub async fn programs() -> Programs {
    let setting = std::env::var_os("NEFF_POSTGRES_BIN").map(PathBuf::from);
    Programs::find(setting.as_deref(), None).await.unwrap()
}

pub fn sql(host: &str, port: u16, password: &str, text: &str) -> Result<String, String> {
    let output = Command::new("psql")
        .args(["--no-psqlrc", "--no-password", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"])
        .args(["-h", host, "-p", &port.to_string(), "-U", "postgres", "-d", "postgres", "-c", text])
        .env("PGPASSWORD", password)
        .env("PGCONNECT_TIMEOUT", "10")
        .output()
        .unwrap();
    if output.status.success() {
        Ok(String::from_utf8(output.stdout).unwrap().trim().to_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

pub fn is_root() -> bool {
    run(Command::new("id").arg("-u")).trim() == "0"
}

/// A command as the user the server runs as.
pub fn as_server_user(program: &str) -> Command {
    let mut command = Command::new(program);
    if is_root() {
        let id = |flag| run(Command::new("id").args([flag, "postgres"])).trim().parse().unwrap();
        command.uid(id("-u")).gid(id("-g")).current_dir("/");
    }
    command
}

pub fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The power fails: SIGKILL to the postmaster and every process of its.
pub fn kill_all(postmaster: u32) {
    let pid = postmaster.to_string();
    let children = Command::new("pgrep").args(["-P", &pid]).output().unwrap().stdout;
    let mut all = vec![pid];
    all.extend(String::from_utf8_lossy(&children).split_whitespace().map(str::to_owned));
    // Some may be gone by themselves once the postmaster is.
    let _ = Command::new("kill").arg("-9").args(&all).stderr(Stdio::null()).status().unwrap();
    until("the server is dead", || !lives(postmaster));
}

pub fn until(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + LIMIT;
    while !condition() {
        assert!(Instant::now() < deadline, "not in time: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Whether a process lives; one that is dead and not waited for does not.
pub fn lives(pid: u32) -> bool {
    let state = Command::new("ps").args(["-o", "stat=", "-p", &pid.to_string()]).output().unwrap().stdout;
    let state = String::from_utf8_lossy(&state);
    !state.trim().is_empty() && !state.trim().starts_with('Z')
}

/// Writes until not another byte fits.
pub fn fill_up(path: &Path) {
    let mut file = fs::File::create(path).unwrap();
    while file.write_all(&[0; 4096]).is_ok() {}
}

/// A disk of its own with so many kilobytes, when this computer lets the test make one.
pub fn small_disk(at: &Path, kilobytes: u32) -> bool {
    fs::create_dir_all(at).unwrap();
    let made = Command::new("mount")
        .args(["-t", "tmpfs", "-o", &format!("size={kilobytes}k,mode=755"), "tmpfs"])
        .arg(at)
        .stderr(Stdio::null())
        .status();
    let made = made.is_ok_and(|status| status.success());
    if !made {
        eprintln!("SKIPPED: only root can make a small disk to fill");
    }
    made
}

/// Waits for the end of this process, however it ends, then stops all servers in its folder and removes it.
fn watch(folder: &Path) -> Child {
    let script = r#"
        cat >/dev/null
        # Twice: one may be starting just now.
        for round in 1 2; do
            find "$1" -name postmaster.pid | while read -r note; do
                pid=$(head -n 1 "$note")
                case $(ps -o comm= -p "$pid") in *postgres*) ;; *) continue ;; esac
                [ "$(readlink "/proc/$pid/cwd" || dirname "$note")" = "$(dirname "$note")" ] || continue
                kill -CONT "$pid"; kill -QUIT "$pid"
                for moment in $(seq 200); do kill -0 "$pid" 2>/dev/null || break; sleep 0.05; done
            done
        done
        ! [ -d "$1/small" ] || umount -l "$1/small"
        rm -rf "$1"
    "#;
    Command::new("sh")
        .args(["-c", script, "neff-local-watchdog"])
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .unwrap()
}
