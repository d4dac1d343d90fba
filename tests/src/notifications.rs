//! A notification service that shows nothing and remembers everything.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::watch;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedValue;
use zbus::{Connection, connection, interface};

const PATH: &str = "/org/freedesktop/Notifications";

/// One popup, as the service was asked to show it.
#[derive(Clone)]
pub struct Shown {
    /// When the call arrived.
    pub at: Instant,
    /// The service's number of it.
    pub id: u32,
    /// The number it was to replace, or 0.
    pub replaces: u32,
    /// The program's name.
    pub program: String,
    /// The title.
    pub summary: String,
    /// The text.
    pub body: String,
    /// Key and label, in turn.
    pub actions: Vec<String>,
    /// The picture's name or path.
    pub icon: String,
    /// 0 low, 1 normal, 2 critical; as the program said it.
    pub urgency: Option<u8>,
    /// The service is to make no sound of its own.
    pub suppress_sound: bool,
    /// The sound of the person's theme it asks for.
    pub sound: Option<String>,
    /// What kind it is.
    pub category: Option<String>,
    /// The program's desktop file, by which a desktop knows what is set for it.
    pub desktop_entry: Option<String>,
    /// Milliseconds; -1 leaves it to the service, 0 is never.
    pub expires: i32,
}

impl std::fmt::Debug for Shown {
    /// One line: a failed test prints all of them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:?} {:?} {:?}", self.id, self.summary, self.body, self.actions)
    }
}

#[derive(Default)]
struct Memory {
    shown: Vec<Shown>,
    closed: Vec<(Instant, u32)>,
    capabilities: Vec<String>,
    refuse: bool,
}

/// The recording service, on a bus of its own.
pub struct Recorder {
    connection: Connection,
    memory: Arc<Mutex<Memory>>,
    changed: watch::Receiver<u64>,
    answering: watch::Sender<bool>,
}

struct Service {
    memory: Arc<Mutex<Memory>>,
    changed: watch::Sender<u64>,
    answering: watch::Receiver<bool>,
}

impl Recorder {
    /// Takes the name `org.freedesktop.Notifications` on the bus at `address`.
    pub async fn start(address: &str, capabilities: &[&str]) -> Self {
        let memory = Arc::new(Mutex::new(Memory {
            capabilities: capabilities.iter().map(|&name| name.to_owned()).collect(),
            ..Memory::default()
        }));
        let changed = watch::Sender::new(0);
        let receiver = changed.subscribe();
        let answering = watch::Sender::new(true);
        let service = Service { memory: Arc::clone(&memory), changed, answering: answering.subscribe() };
        let connection = connection::Builder::address(address)
            .expect("the bus's address")
            .serve_at(PATH, service)
            .expect("the object")
            .name("org.freedesktop.Notifications")
            .expect("the name")
            .build()
            .await
            .expect("the bus answers");
        Self { connection, memory, changed: receiver, answering }
    }

    /// Every popup so far, in order.
    pub fn shown(&self) -> Vec<Shown> {
        self.memory.lock().expect("the memory").shown.clone()
    }

    /// The numbers the program asked to close, in order.
    pub fn closed(&self) -> Vec<u32> {
        self.memory.lock().expect("the memory").closed.iter().map(|&(_, id)| id).collect()
    }

    /// Forgets what was shown and closed; the numbers go on.
    pub fn forget(&self) {
        let mut memory = self.memory.lock().expect("the memory");
        memory.shown.clear();
        memory.closed.clear();
    }

    /// How many connections the bus has in all.
    pub async fn bus_connections(&self) -> usize {
        let bus = zbus::fdo::DBusProxy::new(&self.connection).await.expect("the bus itself");
        bus.list_names().await.expect("its names").iter().filter(|name| name.starts_with(':')).count()
    }

    /// From now on `Notify` fails (or no longer).
    pub fn refuse(&self, refuse: bool) {
        self.memory.lock().expect("the memory").refuse = refuse;
    }

    /// With `false`, popups are shown from now on but the program is not answered before it is `true` again.
    pub fn answer(&self, answer: bool) {
        self.answering.send_replace(answer);
    }

    /// Waits until `condition` holds of what was shown; fails the test when it does not within `limit`.
    pub async fn wait(&self, what: &str, limit: Duration, condition: impl Fn(&[Shown]) -> bool) -> Vec<Shown> {
        let mut changed = self.changed.clone();
        let waited = tokio::time::timeout(limit, async {
            loop {
                let shown = self.shown();
                if condition(&shown) {
                    return shown;
                }
                changed.changed().await.expect("the service lives");
            }
        })
        .await;
        waited.unwrap_or_else(|_| panic!("not within {limit:?}: {what}; shown: {:#?}", self.shown()))
    }

    /// Waits until the program asked to close popup `id`.
    pub async fn wait_closed(&self, id: u32, limit: Duration) {
        let mut changed = self.changed.clone();
        let waited = tokio::time::timeout(limit, async {
            while !self.closed().contains(&id) {
                changed.changed().await.expect("the service lives");
            }
        })
        .await;
        assert!(waited.is_ok(), "popup {id} was not closed within {limit:?}; closed: {:?}", self.closed());
    }

    /// The person clicks: the action is invoked and the popup goes away.
    pub async fn invoke(&self, id: u32, action: &str) {
        self.emit("ActionInvoked", &(id, action)).await;
        self.emit("NotificationClosed", &(id, 2_u32)).await;
    }

    /// The person closes the popup without reading it.
    pub async fn dismiss(&self, id: u32) {
        self.emit("NotificationClosed", &(id, 2_u32)).await;
    }

    async fn emit(&self, signal: &str, body: &(impl serde::Serialize + zbus::zvariant::DynamicType)) {
        let emitter = SignalEmitter::new(&self.connection, PATH).expect("the object");
        emitter.emit("org.freedesktop.Notifications", signal, body).await.expect("the signal is sent");
    }
}

#[interface(name = "org.freedesktop.Notifications")]
impl Service {
    #[expect(clippy::too_many_arguments, reason = "the service's interface")]
    async fn notify(
        &self,
        program: String,
        replaces: u32,
        icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        expires: i32,
    ) -> zbus::fdo::Result<u32> {
        let at = Instant::now();
        if self.memory.lock().expect("the memory").refuse {
            return Err(zbus::fdo::Error::Failed("the service is told to refuse".to_owned()));
        }
        let next = self.changed.borrow().wrapping_add(1);
        let id = if replaces == 0 { u32::try_from(next).expect("fewer popups") } else { replaces };
        let urgency = hints.get("urgency").and_then(|value| value.downcast_ref().ok());
        let text = |name: &str| hints.get(name).and_then(|value| value.downcast_ref::<String>().ok());
        let shown = Shown {
            at,
            id,
            replaces,
            program,
            summary,
            body,
            actions,
            icon,
            urgency,
            suppress_sound: hints.get("suppress-sound").and_then(|value| value.downcast_ref().ok()) == Some(true),
            sound: text("sound-name"),
            category: text("category"),
            desktop_entry: text("desktop-entry"),
            expires,
        };
        self.memory.lock().expect("the memory").shown.push(shown);
        self.changed.send_replace(next);
        // The recorder itself is gone when this fails, and the answer does not matter any more.
        let _ = self.answering.clone().wait_for(|answering| *answering).await;
        Ok(id)
    }

    fn close_notification(&self, id: u32) {
        self.memory.lock().expect("the memory").closed.push((Instant::now(), id));
        self.changed.send_modify(|count| *count += 1);
    }

    fn get_capabilities(&self) -> Vec<String> {
        self.memory.lock().expect("the memory").capabilities.clone()
    }

    #[expect(clippy::unused_self, reason = "the service's interface")]
    fn get_server_information(&self) -> (String, String, String, String) {
        ("recorder".to_owned(), "neff-tests".to_owned(), "1".to_owned(), "1.2".to_owned())
    }
}
