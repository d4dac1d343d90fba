//! The real program in a real window, driven through WebKit's own WebDriver.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
pub use fantoccini::key::Key;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::cluster::free_port;
use crate::keeper::{is_alive, program, signal, until};
use crate::office::{Office, PASSWORD};
use crate::session::{Session, pictures};

/// How long anything in the window may take before the test fails. Waiting ends as soon as it is so.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A running program with its window.
pub struct Window {
    client: Client,
    driver: Child,
    process: u32,
    display: String,
}

impl Window {
    /// Starts the program in `session` and waits for its page.
    pub async fn launch(session: &Session) -> Self {
        Self::launch_with(session, &[]).await
    }

    /// The same with additional environment.
    pub async fn launch_with(session: &Session, environment: &[(&str, &str)]) -> Self {
        let port = free_port();
        let driver = session.spawn(
            session
                .command(Path::new("WebKitWebDriver"))
                .arg(format!("--port={port}"))
                .envs(environment.iter().copied())
                // The webview lets itself be driven only when it is told so from outside.
                .env("TAURI_AUTOMATION", "true")
                .env("TAURI_WEBVIEW_AUTOMATION", "true")
                .stdout(log(session, "driver.log"))
                .stderr(log(session, "program.log")),
        );
        let mut capabilities = Capabilities::new();
        capabilities
            .insert("webkitgtk:browserOptions".to_owned(), json!({ "binary": program("neff-office"), "args": [] }));
        let address = format!("http://127.0.0.1:{port}");
        until("the WebDriver listens", PATIENCE, async || {
            tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok()
        })
        .await;
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&address)
            .await
            .unwrap_or_else(|error| panic!("the window opens: {error}\n{}", said(session)));
        let process = children(driver.id()).first().copied().expect("the program is the driver's child");
        let display = session.environment().find(|(name, _)| name == "DISPLAY").expect("a display").1;
        let window = Self { client, driver, process, display };
        window
            .wait("the page is loaded", "return document.readyState === 'complete' && location.href !== 'about:blank'")
            .await;
        window
    }

    /// The program's process.
    pub fn process(&self) -> u32 {
        self.process
    }

    /// The processes of the program: its own, and those of its web pages.
    pub fn processes(&self) -> Vec<u32> {
        let mut all = vec![self.process];
        let mut next = 0;
        while next < all.len() {
            all.extend(children(all[next]));
            next += 1;
        }
        all
    }

    /// The element with this test id, as soon as it is shown.
    pub async fn find(&self, id: &str) -> Element {
        self.find_css(&test_id(id)).await
    }

    /// The element of this selector, as soon as it is shown.
    pub async fn find_css(&self, css: &str) -> Element {
        let script = "const e = document.querySelector(arguments[0]); return !!e && e.getClientRects().length > 0";
        self.wait_with(&format!("{css} is shown"), script, vec![json!(css)]).await;
        self.client.find(Locator::Css(css)).await.unwrap_or_else(|error| panic!("{css}: {error}"))
    }

    /// Whether an element with this test id is shown now.
    pub async fn shows(&self, id: &str) -> bool {
        let script = "const e = document.querySelector(arguments[0]); return !!e && e.getClientRects().length > 0";
        self.script(script, vec![json!(test_id(id))]).await == json!(true)
    }

    /// The text of the element with this test id.
    pub async fn text(&self, id: &str) -> String {
        self.find(id).await.text().await.expect("its text")
    }

    /// The attribute of the element with this test id.
    pub async fn attribute(&self, id: &str, name: &str) -> Option<String> {
        self.find(id).await.attr(name).await.expect("its attribute")
    }

    /// Clicks the element with this test id.
    pub async fn click(&self, id: &str) {
        self.click_css(&test_id(id)).await;
    }

    /// Clicks the element of this selector, once it is shown and can be clicked.
    pub async fn click_css(&self, css: &str) {
        let script = "const e = document.querySelector(arguments[0]);
            return !!e && e.getClientRects().length > 0 && !e.disabled && e.getAttribute('aria-disabled') !== 'true'";
        self.wait_with(&format!("{css} can be clicked"), script, vec![json!(css)]).await;
        // What is drawn anew between finding and clicking is found again.
        let mut last: Option<CmdError> = None;
        for _ in 0..5 {
            match self.find_css(css).await.click().await {
                Ok(()) => return,
                Err(error) => last = Some(error),
            }
        }
        panic!("{css} cannot be clicked: {last:?}");
    }

    /// Takes the element of this selector in its middle and drags it by so many pixels, in steps, as a hand does.
    pub async fn drag(&self, css: &str, right: f64, down: f64) {
        let middle = "const box = document.querySelector(arguments[0]).getBoundingClientRect();
            return [box.left + box.width / 2, box.top + box.height / 2]";
        self.find_css(css).await;
        let at = self.script(middle, vec![json!(css)]).await;
        let (x, y) = (at[0].as_f64().expect("a place"), at[1].as_f64().expect("a place"));
        let to = |share: f64| PointerAction::MoveTo {
            duration: Some(Duration::from_millis(20)),
            x: x + right * share,
            y: y + down * share,
        };
        let mut actions =
            MouseActions::new("mouse".to_owned()).then(to(0.0)).then(PointerAction::Down { button: MOUSE_BUTTON_LEFT });
        for step in 1..=10 {
            actions = actions.then(to(f64::from(step) / 10.0));
        }
        let actions = actions.then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        self.client.perform_actions(actions).await.expect("dragged");
    }

    /// Presses keys one after the other, wherever the focus is; [`Key::Control`] holds until [`Key::Null`].
    pub async fn press(&self, keys: &[char]) {
        let focused = self.client.active_element().await.expect("something has the focus");
        focused.send_keys(&keys.iter().collect::<String>()).await.expect("pressed");
    }

    /// Replaces what the field with this test id holds.
    pub async fn fill(&self, id: &str, text: &str) {
        let field = self.find(id).await;
        self.script("const e = document.querySelector(arguments[0]); e.focus(); e.select()", vec![json!(test_id(id))])
            .await;
        field.send_keys(&char::from(Key::Delete).to_string()).await.expect("emptied");
        field.send_keys(text).await.expect("filled");
        let value = field.prop("value").await.expect("its value");
        assert_eq!(value.as_deref(), Some(text), "{id} holds what was typed");
    }

    /// Chooses the option with this value of the native select with this test id.
    pub async fn choose(&self, id: &str, value: &str) {
        let script = "const e = document.querySelector(arguments[0]); e.value = arguments[1];
            e.dispatchEvent(new Event('input', { bubbles: true })); e.dispatchEvent(new Event('change', { bubbles: true }));
            return e.value";
        self.find(id).await;
        let chosen = self.script(script, vec![json!(test_id(id)), json!(value)]).await;
        assert_eq!(chosen, json!(value), "{id} offers {value}");
    }

    /// Fills in the form of a server.
    pub async fn fill_connect(&self, port: u16, database: &str, login: &str, password: &str, encryption: &str) {
        if !self.shows("server").await {
            self.click("choose-server").await;
        }
        self.fill("connect-host", "127.0.0.1").await;
        self.fill("connect-port", &port.to_string()).await;
        self.fill("connect-database", database).await;
        self.fill("connect-login", login).await;
        self.fill("connect-password", password).await;
        self.choose("connect-encryption", encryption).await;
    }

    /// Waits until the script returns true; fails the test when it does not within [`PATIENCE`].
    pub async fn wait(&self, what: &str, script: &str) {
        self.wait_with(what, script, Vec::new()).await;
    }

    /// The same with arguments.
    pub async fn wait_with(&self, what: &str, script: &str, arguments: Vec<Value>) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            // A page that is being replaced cannot answer; that is not yet a failure.
            let answer = self.client.execute(script, arguments.clone()).await;
            if matches!(answer, Ok(Value::Bool(true))) {
                return;
            }
            if tokio::time::Instant::now() > deadline {
                self.screenshot("failed").await;
                let page = self.script("return document.body.innerText", Vec::new()).await;
                panic!("not within {PATIENCE:?}: {what} (last answer {answer:?})\nthe window says: {page}");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until Today shows the first data.
    pub async fn wait_for_today(&self) {
        self.wait("Today is shown", "return document.documentElement.dataset.ready === 'today'").await;
    }

    /// Waits until the element with this test id says `text` somewhere.
    pub async fn wait_for_text(&self, id: &str, text: &str) {
        let script =
            "const e = document.querySelector(arguments[0]); return !!e && e.textContent.includes(arguments[1])";
        self.wait_with(&format!("{id} says {text:?}"), script, vec![json!(test_id(id)), json!(text)]).await;
    }

    /// Runs a script in the page.
    pub async fn script(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// A picture of the window, into `target/pictures/`: of the display, so what a person would see.
    pub async fn screenshot(&self, name: &str) {
        let painted = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(true)))";
        // A window that cannot paint any more is worth a picture all the same.
        let _ = tokio::time::timeout(Duration::from_secs(2), self.client.execute_async(painted, Vec::new())).await;
        let file = pictures().join(format!("{name}.png"));
        let taken = Command::new("import").args(["-window", "root"]).arg(&file).env("DISPLAY", &self.display).status();
        assert!(taken.expect("import").success(), "{} is taken", file.display());
    }

    /// SIGKILL: the program has no chance to say goodbye.
    pub async fn kill(mut self) {
        signal(self.process, "KILL");
        let process = self.process;
        until("the program is gone", PATIENCE, async || !is_alive(process)).await;
        self.end_driver();
    }

    /// SIGTERM, and how long the program took to end; fails the test when it does not within `limit`.
    pub async fn terminate(mut self, limit: Duration) -> Duration {
        let started = tokio::time::Instant::now();
        signal(self.process, "TERM");
        let process = self.process;
        until("the program ends", limit, async || !is_alive(process)).await;
        let took = started.elapsed();
        self.end_driver();
        took
    }

    fn end_driver(&mut self) {
        // It may have ended with the program.
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // The next start in the same session must not find this one (single instance).
        if is_alive(self.process) {
            signal(self.process, "KILL");
        }
        self.end_driver();
    }
}

/// The program at a desk of this office, set up and connected through `port`, with Today shown.
pub async fn at_the_desk(session: &Session, office: &Office, port: u16) -> Window {
    settle(session, office, port);
    let window = Window::launch_with(session, &[("NEFF_DATABASE_PASSWORD", PASSWORD)]).await;
    window.wait_for_today().await;
    window
}

/// Writes the settings a set-up program has.
pub fn settle(session: &Session, office: &Office, port: u16) {
    let settings = json!({
        "computer": Uuid::new_v4(),
        "connections": [{
            "id": Uuid::new_v4(), "name": "The office", "host": "127.0.0.1", "port": port, "database": office.name,
            "login": office.login, "encryption": "none", "ca_file": null, "person": null
        }]
    });
    std::fs::write(session.config().join("settings.json"), settings.to_string()).expect("the settings are written");
}

/// What the program wrote to its error output in this session.
pub fn said(session: &Session) -> String {
    std::fs::read_to_string(session.folder().join("program.log")).unwrap_or_default()
}

/// The selector of a test id.
pub fn test_id(id: &str) -> String {
    format!("[data-testid=\"{id}\"]")
}

fn children(process: u32) -> Vec<u32> {
    let output = Command::new("pgrep").args(["-P", &process.to_string()]).output().expect("pgrep").stdout;
    String::from_utf8_lossy(&output).split_whitespace().filter_map(|id| id.parse().ok()).collect()
}

fn log(session: &Session, name: &str) -> Stdio {
    let file = std::fs::File::options().create(true).append(true).open(session.folder().join(name));
    file.expect("a log file").into()
}
