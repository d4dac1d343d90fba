//! The way from the gate to the server: reaching it, encrypting, and logging in without giving the password away.

use std::io;
use std::path::Path;
use std::sync::Arc;

use md5::{Digest, Md5};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::{LONGEST, is_proven, scram};
use crate::connect::{ConnectionSettings, Encryption};

/// SQLSTATEs of what the gate says itself, of a class no server has.
pub(crate) const UNPROVEN: &str = "NF101";
pub(crate) const NOT_TRUSTED: &str = "NF102";
pub(crate) const NOT_ENCRYPTED: &str = "NF103";
/// "Could not connect", as PostgreSQL has it.
const NO_ANSWER: &str = "08001";

/// A server, however it is reached.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Why there is no session.
pub(super) enum Refused {
    /// The server said so; its own words.
    ByServer(Vec<u8>),
    /// We did.
    ByUs { code: &'static str, text: String },
}

impl Refused {
    fn unproven(text: impl Into<String>) -> Self {
        Self::ByUs { code: UNPROVEN, text: text.into() }
    }
    #[expect(clippy::needless_pass_by_value, reason = "so that it can be named in map_err")]
    fn encryption(text: impl ToString) -> Self {
        Self::ByUs { code: NOT_TRUSTED, text: text.to_string() }
    }
    /// As a server would say it.
    pub(super) fn message(&self) -> Vec<u8> {
        let fields = match self {
            Self::ByServer(fields) => fields.clone(),
            Self::ByUs { code, text } => {
                format!("SFATAL\0VFATAL\0C{code}\0M{}\0\0", text.replace('\0', " ")).into_bytes()
            }
        };
        message(b'E', &fields)
    }
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::ByUs { code: NO_ANSWER, text: error.to_string() }
    }
}

/// A session of the server that has let us in; what it says after that is not read yet.
pub(super) async fn log_in(
    settings: &ConnectionSettings,
    password: &SecretString,
    startup: &[u8],
) -> Result<Box<dyn Stream>, Refused> {
    let mut server = reach(settings).await?;
    if settings.encryption != Encryption::None {
        server = encrypt(server, settings).await?;
    }
    server.write_all(startup).await?;
    authenticate(server.as_mut(), settings, password).await?;
    Ok(server)
}

async fn reach(settings: &ConnectionSettings) -> io::Result<Box<dyn Stream>> {
    if settings.host.starts_with('/') {
        let socket = Path::new(&settings.host).join(format!(".s.PGSQL.{}", settings.port));
        #[cfg(unix)]
        return Ok(Box::new(tokio::net::UnixStream::connect(socket).await?));
        #[cfg(not(unix))]
        return Err(io::Error::new(io::ErrorKind::Unsupported, format!("no sockets here: {}", socket.display())));
    }
    let address = (settings.host.trim_matches(['[', ']']), settings.port);
    let server = tokio::net::TcpStream::connect(address).await?;
    server.set_nodelay(true)?;
    Ok(Box::new(server))
}

/// Asks for TLS, and never goes on without.
async fn encrypt(mut server: Box<dyn Stream>, settings: &ConnectionSettings) -> Result<Box<dyn Stream>, Refused> {
    server.write_all(&[0, 0, 0, 8, 4, 210, 22, 47]).await?;
    if server.read_u8().await? != b'S' {
        return Err(Refused::ByUs { code: NOT_ENCRYPTED, text: "server does not support TLS".into() });
    }
    let owned = settings.clone();
    let config = tokio::task::spawn_blocking(move || trust(&owned)).await.map_err(Refused::encryption)??;
    let host = settings.host.trim_matches(['[', ']']).to_owned();
    let name = ServerName::try_from(host).map_err(Refused::encryption)?;
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    match connector.connect(name, server).await {
        Ok(server) => Ok(Box::new(server)),
        // What is wrong with a certificate comes up as unreadable data.
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(Refused::encryption(error)),
        Err(error) => Err(error.into()),
    }
}

/// Whom to believe: the same as the driver does.
fn trust(settings: &ConnectionSettings) -> Result<ClientConfig, Refused> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(Refused::encryption)?;
    let any_of = |verifier| Arc::new(AnyName { verifier, provider: provider.clone() });
    if settings.encryption == Encryption::Require {
        return Ok(config.dangerous().with_custom_certificate_verifier(any_of(None)).with_no_client_auth());
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(file) = &settings.ca_file {
        let authorities = CertificateDer::pem_file_iter(file).map_err(Refused::encryption)?;
        for authority in authorities {
            roots.add(authority.map_err(Refused::encryption)?).map_err(Refused::encryption)?;
        }
    }
    if settings.encryption == Encryption::VerifyFull {
        return Ok(config.with_root_certificates(roots).with_no_client_auth());
    }
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .map_err(Refused::encryption)?;
    Ok(config.dangerous().with_custom_certificate_verifier(any_of(Some(verifier))).with_no_client_auth())
}

/// Accepts any name, of an authority that is trusted, or of any at all.
#[derive(Debug)]
struct AnyName {
    verifier: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(verifier) = &self.verifier else { return Ok(ServerCertVerified::assertion()) };
        match verifier.verify_server_cert(end_entity, intermediates, name, ocsp, now) {
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Answers the server's questions. In clear text, and by MD5, which is guessed in no time and proves nothing, only to one
/// that has proven itself before.
async fn authenticate(
    server: &mut dyn Stream,
    settings: &ConnectionSettings,
    password: &SecretString,
) -> Result<(), Refused> {
    let proven = is_proven(settings);
    let mut has_shown = false;
    loop {
        let (kind, body) = read(server).await?;
        match kind {
            b'E' => return Err(Refused::ByServer(body)),
            b'R' => {}
            // A notice: the driver reads none before it is in.
            b'N' => continue,
            _ => return Err(Refused::from(io::Error::other("this is no PostgreSQL"))),
        }
        let (question, rest) = body.split_at_checked(4).ok_or_else(|| io::Error::other("this is no PostgreSQL"))?;
        match u32::from_be_bytes([question[0], question[1], question[2], question[3]]) {
            0 if settings.must_prove && !has_shown => {
                return Err(Refused::unproven("it lets everybody in, and so proves nothing"));
            }
            0 => return Ok(()),
            3 if !proven => return Err(Refused::unproven("it asks for the password in clear text")),
            3 => {
                let text = [password.expose_secret().as_bytes(), b"\0"].concat();
                server.write_all(&message(b'p', &text)).await?;
            }
            5 if !proven => return Err(Refused::unproven("it asks for the password by MD5")),
            5 => {
                let answer = [md5(&settings.login, password, rest).as_bytes(), b"\0"].concat();
                server.write_all(&message(b'p', &answer)).await?;
            }
            10 => {
                if !rest.split(|byte| *byte == 0).any(|name| name == scram::NAME.as_bytes()) {
                    return Err(Refused::unproven("it offers no SCRAM-SHA-256"));
                }
                prove(server, password).await?;
                has_shown = true;
            }
            other => {
                return Err(Refused::unproven(format!("it asks for a login of a kind this program has not: {other}")));
            }
        }
        server.flush().await?;
    }
}

/// The two of them show each other that they know the password.
async fn prove(server: &mut dyn Stream, password: &SecretString) -> Result<(), Refused> {
    let scram = scram::Scram::new().map_err(Refused::unproven)?;
    let first = scram.first();
    let mut body = [scram::NAME.as_bytes(), b"\0"].concat();
    body.extend(u32::try_from(first.len()).unwrap_or_default().to_be_bytes());
    body.extend(first.as_bytes());
    server.write_all(&message(b'p', &body)).await?;
    server.flush().await?;
    let challenge = continued(server, 11).await?;
    let secret = password.clone();
    let answer = tokio::task::spawn_blocking(move || scram.answer(&challenge, secret.expose_secret())).await;
    let (answer, expected) = answer.map_err(|e| Refused::unproven(e.to_string()))?.map_err(Refused::unproven)?;
    server.write_all(&message(b'p', answer.as_bytes())).await?;
    server.flush().await?;
    if expected.is(&continued(server, 12).await?) {
        Ok(())
    } else {
        Err(Refused::unproven("it does not know the password itself"))
    }
}

async fn continued(server: &mut dyn Stream, step: u32) -> Result<String, Refused> {
    let (kind, body) = read(server).await?;
    match (kind, body.split_at_checked(4)) {
        (b'E', _) => Err(Refused::ByServer(body)),
        (b'R', Some((asked, text))) if asked == step.to_be_bytes() => {
            String::from_utf8(text.to_vec()).map_err(|_| Refused::unproven("its SCRAM cannot be read"))
        }
        _ => Err(Refused::unproven("its SCRAM breaks off")),
    }
}

/// What a server of old keeps, and a salt.
fn md5(login: &str, password: &SecretString, salt: &[u8]) -> String {
    let hex = |parts: [&[u8]; 2]| {
        let digest = Md5::new_with_prefix(parts[0]).chain_update(parts[1]).finalize();
        digest.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    };
    let kept = hex([password.expose_secret().as_bytes(), login.as_bytes()]);
    format!("md5{}", hex([kept.as_bytes(), salt]))
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap_or_default();
    [&[kind], &length.to_be_bytes()[..], body].concat()
}

/// One message: its kind and what is in it.
pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin + ?Sized)) -> io::Result<(u8, Vec<u8>)> {
    let kind = stream.read_u8().await?;
    let length = stream.read_u32().await? as usize;
    if !(4..=LONGEST).contains(&length) {
        return Err(io::Error::other("this is no PostgreSQL"));
    }
    let mut body = vec![0; length - 4];
    stream.read_exact(&mut body).await?;
    Ok((kind, body))
}
