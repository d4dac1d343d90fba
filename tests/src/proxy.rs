//! The link between the program and the server, to be broken in every way a link breaks.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

/// What the link does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// Everything passes.
    Pass,
    /// Everything passes, this much later.
    Delay(Duration),
    /// Nothing arrives, nothing is closed. What was open then never wakes up again, as when a router forgot it.
    Stall,
    /// Nothing the program says arrives, what the server says does; what was open then stays so for good.
    Mute,
    /// Nothing arrives until the link passes again, then all of it does.
    Hold,
    /// What is open is reset, and so is every new connection.
    Reset,
    /// What is open is reset, and nobody listens any more.
    Refuse,
}

/// The link and how often it has been cut for good so far, so that no cut is missed however short it was.
#[derive(Clone, Copy, Debug)]
struct State {
    link: Link,
    stalls: u32,
    mutes: u32,
}

/// A proxy on a port of its own, in front of a port of this computer.
pub struct Proxy {
    port: u16,
    target: u16,
    state: watch::Sender<State>,
    listening: Mutex<Option<JoinHandle<()>>>,
    seen: Arc<Mutex<Seen>>,
    asked: Asked,
}

/// How often the program has sent something on each connection, in the order in which they were opened.
type Asked = Arc<Mutex<Vec<usize>>>;

/// What went through.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// Connections accepted so far.
    pub connections: usize,
    /// Connections open now.
    pub open: usize,
}

impl Proxy {
    /// A proxy that passes everything to `target`.
    pub async fn start(target: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port for the proxy");
        let port = listener.local_addr().expect("its address").port();
        let proxy = Self {
            port,
            target,
            state: watch::Sender::new(State { link: Link::Pass, stalls: 0, mutes: 0 }),
            listening: Mutex::new(None),
            seen: Arc::default(),
            asked: Asked::default(),
        };
        proxy.listen(listener);
        proxy
    }

    /// The port to connect to.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Connections so far, and now.
    pub fn seen(&self) -> Seen {
        *self.seen.lock().expect("the count")
    }

    /// How often the program has sent something on each connection: once for each question it waits for.
    pub fn asked(&self) -> Vec<usize> {
        self.asked.lock().expect("the counts").clone()
    }

    /// From now on the link does this.
    pub async fn set(&self, link: Link) {
        let was = self.state.borrow().link;
        self.state.send_modify(|state| {
            state.link = link;
            state.stalls += u32::from(link == Link::Stall);
            state.mutes += u32::from(link == Link::Mute);
        });
        let handle = self.listening.lock().expect("the listener").take();
        match (was, link) {
            (Link::Refuse, Link::Refuse) => {}
            (_, Link::Refuse) => {
                if let Some(handle) = handle {
                    handle.abort();
                    // The port is free, and refuses, only when the listener is gone.
                    let _ = handle.await;
                }
            }
            (Link::Refuse, _) => {
                let socket = TcpSocket::new_v4().expect("a socket");
                socket.set_reuseaddr(true).expect("the port again");
                socket.bind(([127, 0, 0, 1], self.port).into()).expect("the same port");
                self.listen(socket.listen(64).expect("a listener"));
            }
            _ => *self.listening.lock().expect("the listener") = handle,
        }
    }

    fn listen(&self, listener: TcpListener) {
        let (state, target, seen) = (self.state.subscribe(), self.target, Arc::clone(&self.seen));
        let asked = Arc::clone(&self.asked);
        let handle = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                seen.lock().expect("the count").connections += 1;
                let own = {
                    let mut counts = asked.lock().expect("the counts");
                    counts.push(0);
                    counts.len() - 1
                };
                let asked = Arc::clone(&asked);
                let count = move || asked.lock().expect("the counts")[own] += 1;
                tokio::spawn(carry(client, target, state.clone(), Arc::clone(&seen), count));
            }
        });
        *self.listening.lock().expect("the listener") = Some(handle);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(handle) = self.listening.lock().expect("the listener").take() {
            handle.abort();
        }
    }
}

/// One connection, until either side closes it or the link breaks it.
async fn carry(client: TcpStream, target: u16, state: watch::Receiver<State>, seen: Arc<Mutex<Seen>>, asks: impl Fn()) {
    let mut born = *state.borrow();
    match born.link {
        Link::Reset | Link::Refuse => return reset(&client),
        // Opened while the link is cut: cut from the start.
        Link::Stall => born.stalls -= 1,
        Link::Mute => born.mutes -= 1,
        _ => {}
    }
    let Ok(server) = TcpStream::connect(("127.0.0.1", target)).await else { return reset(&client) };
    seen.lock().expect("the count").open += 1;
    for stream in [&client, &server] {
        stream.set_nodelay(true).expect("nodelay");
    }
    let (client_read, client_write) = client.into_split();
    let (server_read, server_write) = server.into_split();
    let mut broken = state.clone();
    let cut_to_server = move |now: State| now.stalls > born.stalls || now.mutes > born.mutes;
    let cut_to_client = move |now: State| now.stalls > born.stalls;
    let ended_by_reset = tokio::select! {
        () = pump(&client_read, &server_write, state.clone(), cut_to_server, &asks) => false,
        () = pump(&server_read, &client_write, state.clone(), cut_to_client, || ()) => false,
        _ = broken.wait_for(|state| matches!(state.link, Link::Reset | Link::Refuse)) => true,
    };
    if ended_by_reset {
        reset(client_read.as_ref());
        reset(server_read.as_ref());
    }
    seen.lock().expect("the count").open -= 1;
}

/// Carries bytes one way until that side closes; what arrives once `cut` holds is swallowed.
async fn pump(
    from: &OwnedReadHalf,
    to: &OwnedWriteHalf,
    mut state: watch::Receiver<State>,
    cut: impl Fn(State) -> bool,
    noted: impl Fn(),
) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let Ok(length) = read(from, &mut buffer).await else { return };
        if length == 0 {
            return;
        }
        let arrived = Instant::now();
        noted();
        let held = state.wait_for(|state| state.link != Link::Hold || cut(*state)).await.map(|state| *state);
        let Ok(now) = held else { return };
        if let Link::Delay(time) = now.link {
            sleep_until(arrived + time).await;
        }
        if !cut(*state.borrow()) && write(to, &buffer[..length]).await.is_err() {
            return;
        }
    }
}

async fn read(from: &OwnedReadHalf, buffer: &mut [u8]) -> std::io::Result<usize> {
    loop {
        from.readable().await?;
        match from.try_read(buffer) {
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            outcome => return outcome,
        }
    }
}

async fn write(to: &OwnedWriteHalf, mut bytes: &[u8]) -> std::io::Result<()> {
    while !bytes.is_empty() {
        to.writable().await?;
        match to.try_write(bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Closing it from now on sends RST instead of FIN.
fn reset(stream: &TcpStream) {
    // Already closed by the other side is as good.
    let _ = stream.set_zero_linger();
}
