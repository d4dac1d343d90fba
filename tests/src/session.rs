//! A desktop of its own: display, bus, keychain and notification service, all private to one test.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::keeper::{Keeper, until};
use crate::notifications::Recorder;

/// What the desktop's notification service says it can do, as GNOME's does.
pub const CAPABILITIES: [&str; 5] = ["actions", "body", "body-markup", "icon-static", "persistence"];

/// A running desktop session.
pub struct Session {
    /// The notification service.
    pub popups: Recorder,
    keeper: Keeper,
    environment: Vec<(String, String)>,
    /// Display, bus and keychain; the keeper ends them.
    pub services: Vec<Child>,
}

impl Session {
    /// Starts one with the usual notification service.
    pub async fn start() -> Self {
        Self::start_with(&CAPABILITIES).await
    }

    /// Starts one whose notification service can do this.
    pub async fn start_with(capabilities: &[&str]) -> Self {
        let keeper = Keeper::new();
        let home = keeper.folder().to_path_buf();
        for folder in ["config", "data", "state", "cache", "runtime", "office/config", "office/data", "office/log"] {
            // 0700: the bus and the keychain insist on it for the runtime folder. As root the local office's server runs
            // as another user, who has to reach its folder in here.
            let mode = if folder.starts_with("office") { 0o711 } else { 0o700 };
            std::fs::DirBuilder::new().recursive(true).mode(mode).create(home.join(folder)).expect("a folder");
        }
        std::fs::set_permissions(&home, std::fs::Permissions::from_mode(0o711)).expect("the session's folder");
        let path = |name: &str| home.join(name).to_string_lossy().into_owned();
        let mut environment: Vec<(String, String)> = [
            ("HOME", path("")),
            ("XDG_CONFIG_HOME", path("config")),
            ("XDG_DATA_HOME", path("data")),
            ("XDG_STATE_HOME", path("state")),
            ("XDG_CACHE_HOME", path("cache")),
            ("XDG_RUNTIME_DIR", path("runtime")),
            ("NEFF_CONFIG_DIR", path("office/config")),
            ("NEFF_DATA_DIR", path("office/data")),
            ("LANG", "C.UTF-8".to_owned()),
            ("LC_ALL", "C.UTF-8".to_owned()),
            ("PATH", std::env::var("PATH").expect("a path")),
            // WebKit in a virtual display, without a graphics card or an accessibility service.
            ("WEBKIT_DISABLE_DMABUF_RENDERER", "1".to_owned()),
            ("GDK_BACKEND", "x11".to_owned()),
            ("NO_AT_BRIDGE", "1".to_owned()),
            ("GTK_A11Y", "none".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();

        let mut services = Vec::new();
        let number = first_line(
            &keeper,
            &mut services,
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"])
                .stderr(Stdio::null()),
        );
        environment.push(("DISPLAY".to_owned(), format!(":{number}")));
        let bus = first_line(
            &keeper,
            &mut services,
            Command::new("dbus-daemon")
                .args(["--session", "--nofork", "--print-address=1"])
                .env_clear()
                .envs(environment.iter().cloned())
                .stderr(Stdio::null()),
        );
        environment.push(("DBUS_SESSION_BUS_ADDRESS".to_owned(), bus.clone()));
        let popups = Recorder::start(&bus, capabilities).await;

        let mut keychain = keeper.spawn(
            Command::new("gnome-keyring-daemon")
                .args(["--foreground", "--unlock", "--components=secrets"])
                .env_clear()
                .envs(environment.iter().cloned())
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        );
        keychain.stdin.take().expect("its input").write_all(b"the session's own").expect("its password");
        services.push(keychain);
        let session = Self { popups, keeper, environment, services };
        session.wait_for_keychain(&bus).await;
        session
    }

    /// The environment a program of this session runs in, and nothing else.
    pub fn environment(&self) -> impl Iterator<Item = (String, String)> {
        self.environment.clone().into_iter()
    }

    /// A program of this session, with its output in a file of the session's folder.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.environment()).current_dir(self.folder()).stdin(Stdio::null());
        command
    }

    /// Starts a program that ends with the session at the latest.
    pub fn spawn(&self, command: &mut Command) -> Child {
        self.keeper.spawn(command)
    }

    /// The session's folder: home, settings, data, logs. All that a program writes is in here.
    pub fn folder(&self) -> &Path {
        self.keeper.folder()
    }

    /// Where the program keeps its settings in this session.
    pub fn config(&self) -> PathBuf {
        self.folder().join("office/config")
    }

    /// A picture of the whole display, into `target/pictures/`.
    pub fn picture(&self, name: &str) -> PathBuf {
        let file = pictures().join(format!("{name}.png"));
        crate::cluster::run(self.command(Path::new("import")).args(["-window", "root"]).arg(&file));
        file
    }

    /// Every file under the session's folder whose bytes hold `secret`, besides the keychain's own (encrypted) ones.
    pub fn files_with(&self, secret: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder().to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
                let path = entry.path();
                let Ok(kind) = entry.file_type() else { continue };
                if kind.is_dir() {
                    folders.push(path);
                } else if kind.is_file() && holds(&std::fs::read(&path).unwrap_or_default(), secret.as_bytes()) {
                    found.push(path);
                }
            }
        }
        found
    }

    async fn wait_for_keychain(&self, bus: &str) {
        let connection =
            zbus::connection::Builder::address(bus).expect("an address").build().await.expect("the bus answers");
        let names = zbus::fdo::DBusProxy::new(&connection).await.expect("the bus itself");
        until("the keychain service is there", Duration::from_secs(20), async || {
            let name = "org.freedesktop.secrets".try_into().expect("a name");
            names.name_has_owner(name).await.expect("an answer")
        })
        .await;
        until("the keychain has its default collection", Duration::from_secs(20), async || {
            let answer = connection
                .call_method(
                    Some("org.freedesktop.secrets"),
                    "/org/freedesktop/secrets",
                    Some("org.freedesktop.Secret.Service"),
                    "ReadAlias",
                    &"default",
                )
                .await;
            answer.is_ok_and(|answer| {
                let body = answer.body();
                body.deserialize::<zbus::zvariant::ObjectPath>().is_ok_and(|path| path.as_str() != "/")
            })
        })
        .await;
    }
}

/// `target/pictures/` of the repository.
pub fn pictures() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/pictures");
    std::fs::create_dir_all(&folder).expect("target/pictures");
    folder.canonicalize().expect("its path")
}

/// Starts a service and gives the first line it prints.
fn first_line(keeper: &Keeper, services: &mut Vec<Child>, command: &mut Command) -> String {
    let mut child = keeper.spawn(command.stdin(Stdio::null()).stdout(Stdio::piped()));
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
    assert!(!line.trim().is_empty(), "{command:?} ended without a word");
    services.push(child);
    line.trim().to_owned()
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
