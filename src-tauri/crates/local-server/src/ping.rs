//! Whether something speaks PostgreSQL on a port, without a password.

use std::net::Ipv4Addr;
use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

const PATIENCE: Duration = Duration::from_secs(2);
/// SQLSTATE of a server that is starting up or shutting down.
const CANNOT_CONNECT_NOW: &[u8] = b"C57P03\0";

/// What a port answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Nobody listens there.
    Nobody,
    /// Somebody listens and says nothing that PostgreSQL would say.
    Silent,
    /// A server that lets nobody in yet, or any more.
    NotNow,
    /// A server that asks who is there.
    Ready,
}

/// Begins a session as far as the server's question for the password.
pub(crate) async fn ping(port: u16) -> Answer {
    match tokio::time::timeout(PATIENCE, TcpStream::connect((Ipv4Addr::LOCALHOST, port))).await {
        Ok(Ok(stream)) => answer_of(stream).await,
        _ => Answer::Nobody,
    }
}

/// The same by a socket in this folder.
pub(crate) async fn ping_socket(folder: &Path, port: u16) -> Answer {
    #[cfg(unix)]
    {
        let socket = folder.join(format!(".s.PGSQL.{port}"));
        match tokio::time::timeout(PATIENCE, tokio::net::UnixStream::connect(socket)).await {
            Ok(Ok(stream)) => answer_of(stream).await,
            _ => Answer::Nobody,
        }
    }
    #[cfg(not(unix))]
    {
        let _ = (folder, port);
        Answer::Nobody
    }
}

/// Whether certainly not this process listens on the socket in this folder: nobody does, or another one. Says nothing to
/// whoever does.
pub(crate) async fn is_not_behind(pid: u32, folder: &Path, port: u16) -> bool {
    #[cfg(unix)]
    {
        use std::io::ErrorKind;
        let socket = folder.join(format!(".s.PGSQL.{port}"));
        match tokio::time::timeout(PATIENCE, tokio::net::UnixStream::connect(socket)).await {
            // Of the process that began to listen, as Linux has it; zero is one of another container.
            Ok(Ok(stream)) if cfg!(target_os = "linux") => {
                let listens = stream.peer_cred().ok().and_then(|peer| peer.pid()).filter(|&listens| listens > 0);
                listens.is_some_and(|listens| u32::try_from(listens) != Ok(pid))
            }
            Ok(Err(error)) => matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused),
            _ => false,
        }
    }
    #[cfg(not(unix))]
    {
        let _ = (pid, folder, port);
        false
    }
}

async fn answer_of(stream: impl AsyncRead + AsyncWrite + Unpin) -> Answer {
    match tokio::time::timeout(PATIENCE, greet(stream)).await {
        Ok(Ok(answer)) => answer,
        _ => Answer::Silent,
    }
}

async fn greet(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> std::io::Result<Answer> {
    let body = b"\0\x03\0\0user\0postgres\0database\0postgres\0application_name\0Neff Office\0\0";
    let length = u32::try_from(body.len() + 4).unwrap_or_default();
    stream.write_all(&length.to_be_bytes()).await?;
    stream.write_all(body).await?;
    match stream.read_u8().await? {
        b'R' => Ok(Answer::Ready),
        b'E' => {
            let length = stream.read_u32().await?.clamp(4, 8192) as usize - 4;
            let mut fields = vec![0; length];
            stream.read_exact(&mut fields).await?;
            let busy = fields.windows(CANNOT_CONNECT_NOW.len()).any(|part| part == CANNOT_CONNECT_NOW);
            // Any other refusal, such as too many sessions, comes from a server that is up.
            Ok(if busy { Answer::NotNow } else { Answer::Ready })
        }
        _ => Ok(Answer::Silent),
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    async fn answered(reply: &'static [u8]) -> Answer {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let length = stream.read_u32().await.unwrap() as usize;
            let mut asked = vec![0; length - 4];
            stream.read_exact(&mut asked).await.unwrap();
            assert!(asked.starts_with(&[0, 3, 0, 0]));
            stream.write_all(reply).await.unwrap();
        };
        tokio::join!(ping(port), server).0
    }

    #[tokio::test]
    async fn tells_a_server_from_others() {
        assert_eq!(answered(b"R\0\0\0\x17\0\0\0\nSCRAM-SHA-256\0\0").await, Answer::Ready);
        assert_eq!(answered(b"E\0\0\0\x13SFATAL\0C57P03\0\0").await, Answer::NotNow);
        assert_eq!(answered(b"E\0\0\0\x13SFATAL\0C53300\0\0").await, Answer::Ready);
        assert_eq!(answered(b"HTTP/1.1 400 Bad Request\r\n\r\n").await, Answer::Silent);
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap().local_addr().unwrap().port();
        assert_eq!(ping(free).await, Answer::Nobody);
    }
}
