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
    /// Nothing arrives until the link passes again, then all of it does.
    Hold,
    /// What is open is reset, and so is every new connection.
    Reset,
    /// What is open is reset, and nobody listens any more.
    Refuse,
}

/// A proxy on a port of its own, in front of a port of this computer.
pub struct Proxy {
    port: u16,
    target: u16,
    link: watch::Sender<Link>,
    listening: Mutex<Option<JoinHandle<()>>>,
    seen: Arc<Mutex<Seen>>,
}

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
            link: watch::Sender::new(Link::Pass),
            listening: Mutex::new(None),
            seen: Arc::default(),
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

    /// From now on the link does this.
    pub async fn set(&self, link: Link) {
        let was = self.link.send_replace(link);
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
        let (link, target, seen) = (self.link.subscribe(), self.target, Arc::clone(&self.seen));
        let handle = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                seen.lock().expect("the count").connections += 1;
                tokio::spawn(carry(client, target, link.clone(), Arc::clone(&seen)));
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
async fn carry(client: TcpStream, target: u16, mut link: watch::Receiver<Link>, seen: Arc<Mutex<Seen>>) {
    let current = *link.borrow_and_update();
    if matches!(current, Link::Reset | Link::Refuse) {
        reset(&client);
        return;
    }
    // A stalled link carries no connection through either: the client waits for a server that never says a word.
    let Ok(server) = TcpStream::connect(("127.0.0.1", target)).await else {
        reset(&client);
        return;
    };
    seen.lock().expect("the count").open += 1;
    for stream in [&client, &server] {
        stream.set_nodelay(true).expect("nodelay");
    }
    let forgotten = watch::Sender::new(current == Link::Stall);
    let (client_read, client_write) = client.into_split();
    let (server_read, server_write) = server.into_split();
    let mut broken = link.clone();
    let watcher = {
        let forgotten = forgotten.clone();
        let mut link = link.clone();
        async move {
            loop {
                if link.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
                if *link.borrow_and_update() == Link::Stall {
                    forgotten.send_replace(true);
                }
            }
        }
    };
    let ended_by_reset = tokio::select! {
        () = pump(&client_read, &server_write, link.clone(), forgotten.subscribe()) => false,
        () = pump(&server_read, &client_write, link.clone(), forgotten.subscribe()) => false,
        () = async { let _ = broken.wait_for(|link| matches!(link, Link::Reset | Link::Refuse)).await; } => true,
        () = watcher => false,
    };
    if ended_by_reset {
        reset(client_read.as_ref());
        reset(server_read.as_ref());
    }
    seen.lock().expect("the count").open -= 1;
}

async fn pump(
    from: &OwnedReadHalf,
    to: &OwnedWriteHalf,
    mut link: watch::Receiver<Link>,
    forgotten: watch::Receiver<bool>,
) {
    let mut from = from;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let Ok(length) = read(&mut from, &mut buffer).await else { return };
        if length == 0 {
            return;
        }
        let arrived = Instant::now();
        loop {
            let current = *link.borrow_and_update();
            if *forgotten.borrow() || current == Link::Stall {
                break; // swallowed
            }
            match current {
                Link::Delay(time) => sleep_until(arrived + time).await,
                Link::Hold => {
                    if link.changed().await.is_err() {
                        return;
                    }
                    continue;
                }
                _ => {}
            }
            if write(to, &buffer[..length]).await.is_err() {
                return;
            }
            break;
        }
    }
}

async fn read(from: &mut &OwnedReadHalf, buffer: &mut [u8]) -> std::io::Result<usize> {
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
