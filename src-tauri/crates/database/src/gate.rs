//! A gate between the driver and a server that has not proven who it is.
//!
//! The driver answers whoever asks for the password in clear text, and has no hook to be told otherwise. Asking the server
//! first how it would ask is no help: an impostor answers differently the second time. So where the server's certificate does
//! not name it, the driver never gets the password. It connects to a port of this program on 127.0.0.1, shows a word of
//! chance made for this one purpose, and gets a session that was logged in by us: by SCRAM, in which the password does not
//! leave this computer, and the server proves that it knew it. After that the gate only carries bytes to and fro.
//!
//! Where the certificate is checked by name, and at a socket in a folder only this person may write, the driver connects by
//! itself, without a detour; but for a password that `SASLprep` refuses, which the driver does not take and `psql` does.

mod scram;
mod server;

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use ring::rand::{SecureRandom, SystemRandom};
use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::connect::{ConnectionSettings, Encryption};

pub(crate) use server::{NOT_ENCRYPTED, NOT_TRUSTED, UNPROVEN};

/// How long whoever knocks has to show the word.
const KNOCK: Duration = Duration::from_secs(5);
/// How long reaching the server and logging in may take; the callers are less patient.
const LOGIN: Duration = Duration::from_secs(30);
/// How long a side that is told of the other's end may take to hear it.
const GOODBYE: Duration = Duration::from_secs(1);
/// The longest message of a login.
const LONGEST: usize = 64 * 1024;
/// What a server sends is carried in pieces of this size.
const PIECE: usize = 64 * 1024;

/// Requests that come before a session: the protocol's version, and the two offers to encrypt.
const PROTOCOL: u32 = 196_608;
const ENCRYPT: [u32; 2] = [80_877_103, 80_877_104];

/// Open for as long as this lives; sessions that came through it live on.
#[derive(Debug)]
pub(crate) struct Gate {
    pub(crate) port: u16,
    pub(crate) word: SecretString,
    keeper: tokio::task::JoinHandle<()>,
}

impl Gate {
    /// Whether a connection has to be made through a gate.
    pub(crate) fn needed(settings: &ConnectionSettings, password: &SecretString) -> bool {
        !is_proven(settings) || stringprep::saslprep(password.expose_secret()).is_err()
    }

    /// Opens one on 127.0.0.1. In a runtime only.
    ///
    /// # Errors
    /// When this computer gives no port or no chance.
    pub(crate) fn open(settings: &ConnectionSettings, password: &SecretString) -> io::Result<Self> {
        let mut chance = [0_u8; 32];
        SystemRandom::new().fill(&mut chance).map_err(|_| io::Error::other("no random numbers"))?;
        let word: SecretString = chance.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}")).into();
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let listener = TcpListener::from_std(listener)?;
        let keeper = Arc::new(Keeper { settings: settings.clone(), password: password.clone(), word: word.clone() });
        let keeper = tokio::spawn(async move {
            loop {
                match listener.accept().await {
                    Ok((driver, _)) => drop(tokio::spawn(keeper.clone().let_in(driver))),
                    // Out of files, as a rule.
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                }
            }
        });
        Ok(Self { port, word, keeper })
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

struct Keeper {
    settings: ConnectionSettings,
    password: SecretString,
    word: SecretString,
}

impl Keeper {
    async fn let_in(self: Arc<Self>, mut driver: TcpStream) {
        let _ = driver.set_nodelay(true);
        let Ok(Ok(Some(startup))) = tokio::time::timeout(KNOCK, self.greet(&mut driver)).await else { return };
        let login = server::log_in(&self.settings, &self.password, &startup);
        let server = match tokio::time::timeout(LOGIN, login).await {
            Ok(Ok(server)) => server,
            Ok(Err(refused)) => return refuse(&mut driver, &refused.message()).await,
            Err(_) => return,
        };
        if driver.write_all(&[b'R', 0, 0, 0, 8, 0, 0, 0, 0]).await.is_ok() {
            carry(driver, server).await;
        }
    }

    /// What the driver wants to say to the server, once it has shown the word.
    async fn greet(&self, driver: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
        let startup = loop {
            let length = driver.read_u32().await? as usize;
            if !(8..=LONGEST).contains(&length) {
                return Ok(None);
            }
            let mut message = u32::try_from(length).unwrap_or_default().to_be_bytes().to_vec();
            message.resize(length, 0);
            driver.read_exact(&mut message[4..]).await?;
            match u32::from_be_bytes([message[4], message[5], message[6], message[7]]) {
                // Nobody listens on the way from this program to itself.
                offer if ENCRYPT.contains(&offer) => driver.write_all(b"N").await?,
                PROTOCOL => break message,
                _ => return Ok(None),
            }
        };
        driver.write_all(&[b'R', 0, 0, 0, 8, 0, 0, 0, 3]).await?;
        let (b'p', shown) = server::read(driver).await? else { return Ok(None) };
        let shown = shown.strip_suffix(b"\0").unwrap_or_default();
        Ok(scram::same(shown, self.word.expose_secret().as_bytes()).then_some(startup))
    }
}

async fn refuse(driver: &mut TcpStream, message: &[u8]) {
    let _ = driver.write_all(message).await;
    let _ = tokio::time::timeout(GOODBYE, driver.shutdown()).await;
}

/// Until one of the two is gone; then the other hears the rest, and is let go.
async fn carry(driver: TcpStream, server: Box<dyn server::Stream>) {
    let (mut from_driver, mut to_driver) = driver.into_split();
    let (from_server, mut to_server) = tokio::io::split(server);
    let mut from_server = BufReader::with_capacity(PIECE, from_server);
    tokio::select! {
        _ = tokio::io::copy(&mut from_driver, &mut to_server) => {}
        _ = tokio::io::copy_buf(&mut from_server, &mut to_driver) => {}
    }
    let goodbye = async { tokio::join!(to_server.shutdown(), to_driver.shutdown()) };
    let _ = tokio::time::timeout(GOODBYE, goodbye).await;
}

/// Whether it is certain, before a word is said, that this is the server it should be: its certificate names it, or it is
/// reached by a socket in a folder nobody else may write.
pub(crate) fn is_proven(settings: &ConnectionSettings) -> bool {
    settings.encryption == Encryption::VerifyFull || crate::private_socket::is_private(&settings.host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connect::Tuning;

    fn settings(host: &str, encryption: Encryption) -> ConnectionSettings {
        ConnectionSettings {
            host: host.into(),
            port: 1,
            database: "office".into(),
            login: "dana".into(),
            encryption,
            ca_file: None,
            tuning: Tuning::default(),
            must_prove: false,
        }
    }

    #[test]
    fn the_driver_gets_the_password_where_the_server_is_proven_only() {
        let needed =
            |host, encryption, password: &str| Gate::needed(&settings(host, encryption), &password.to_owned().into());
        assert!(!needed("db.example.com", Encryption::VerifyFull, "plain"));
        for encryption in [Encryption::VerifyCa, Encryption::Require] {
            assert!(needed("db.example.com", encryption, "plain"), "{encryption:?}");
        }
        for host in ["localhost", "127.0.0.1", "::1", "/tmp"] {
            assert!(needed(host, Encryption::None, "plain"), "{host}");
        }
        assert!(needed("db.example.com", Encryption::VerifyFull, "gr\u{1f600}n"), "what the driver refuses");
    }

    #[tokio::test]
    async fn nobody_else_on_this_computer_comes_through() {
        let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = server.local_addr().unwrap().port();
        let there = ConnectionSettings { port, ..settings("127.0.0.1", Encryption::None) };
        let gate = Gate::open(&there, &"secret".to_owned().into()).unwrap();
        let startup = vec![0, 0, 0, 9, 0, 3, 0, 0, 0];
        for word in ["", "secret", &"0".repeat(64)] {
            let mut knock = TcpStream::connect((Ipv4Addr::LOCALHOST, gate.port)).await.unwrap();
            knock.write_all(&startup).await.unwrap();
            let (kind, asked) = server::read(&mut knock).await.unwrap();
            assert_eq!((kind, asked), (b'R', vec![0, 0, 0, 3]));
            let length = u32::try_from(word.len() + 5).unwrap();
            let shown = [b"p", &length.to_be_bytes()[..], word.as_bytes(), b"\0"].concat();
            knock.write_all(&shown).await.unwrap();
            let mut rest = Vec::new();
            let _ = knock.read_to_end(&mut rest).await;
            assert_eq!(rest, b"", "{word}");
        }
        // Something that is no start of a session.
        let mut knock = TcpStream::connect((Ipv4Addr::LOCALHOST, gate.port)).await.unwrap();
        knock.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
        let mut rest = Vec::new();
        let _ = knock.read_to_end(&mut rest).await;
        assert_eq!(rest, b"");
        let came = tokio::time::timeout(Duration::from_millis(200), server.accept()).await;
        assert!(came.is_err(), "the server was not even asked");
        let closed = gate.port;
        drop(gate);
        tokio::task::yield_now().await;
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, closed)).await.is_err());
    }
}
