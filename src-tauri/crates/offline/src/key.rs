//! The key of a copy.

use std::fmt::{self, Write};
use std::sync::Arc;

use rand::TryRngCore;
use rand::rngs::OsRng;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretBox, SecretString};

const LENGTH: usize = 32;

/// 32 random bytes, wiped from memory with the last clone. It is used as it is: what a person types would need
/// stretching first, and is no key for this.
#[derive(Clone)]
pub struct CopyKey(Arc<SecretBox<[u8; LENGTH]>>);

impl CopyKey {
    /// A new one from the operating system's random numbers.
    ///
    /// # Errors
    /// When the operating system has none to give.
    pub fn random() -> std::io::Result<Self> {
        let mut bytes = Zeroizing::new([0; LENGTH]);
        OsRng.try_fill_bytes(bytes.as_mut()).map_err(std::io::Error::other)?;
        Ok(Self::from_bytes(&bytes))
    }

    /// These bytes; the caller wipes its own.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; LENGTH]) -> Self {
        Self(Arc::new(SecretBox::new(Box::new(*bytes))))
    }

    /// As [`CopyKey::to_text`] wrote it; `None` for anything else.
    #[must_use]
    pub fn from_text(text: &SecretString) -> Option<Self> {
        let text = text.expose_secret();
        if text.len() != 2 * LENGTH || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let mut bytes = Zeroizing::new([0; LENGTH]);
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok()?;
        }
        Some(Self::from_bytes(&bytes))
    }

    /// 64 hexadecimal digits, for the keychain.
    #[must_use]
    pub fn to_text(&self) -> SecretString {
        let mut text = Zeroizing::new(String::with_capacity(2 * LENGTH));
        self.write_to(&mut text);
        SecretString::from(text.as_str())
    }

    /// The statement that gives it to `SQLCipher`, which takes it without stretching it.
    pub(crate) fn statement(&self) -> Zeroizing<String> {
        // Never longer than its capacity: growing would leave a part of the key behind in memory.
        let mut statement = Zeroizing::new(String::with_capacity(128));
        statement.push_str("PRAGMA key = \"x'");
        self.write_to(&mut statement);
        statement.push_str("'\"");
        statement
    }

    fn write_to(&self, text: &mut String) {
        for byte in self.0.expose_secret() {
            // Writing to a string does not fail.
            let _ = write!(text, "{byte:02x}");
        }
    }
}

impl fmt::Debug for CopyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CopyKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_survives_the_keychain_and_is_never_printed() {
        let key = CopyKey::random().unwrap();
        let text = key.to_text();
        let again = CopyKey::from_text(&text).unwrap();
        assert_eq!(again.0.expose_secret(), key.0.expose_secret());
        assert_ne!(CopyKey::random().unwrap().0.expose_secret(), key.0.expose_secret());
        assert!(!format!("{key:?}").contains(&text.expose_secret()[..8]));
        assert_eq!(key.statement().capacity(), 128, "it has not grown");
    }

    #[test]
    fn anything_else_in_the_keychain_is_no_key() {
        for text in ["", "abc", &"0".repeat(63), &"0".repeat(65), &"é".repeat(32), &"+1".repeat(32)] {
            assert!(CopyKey::from_text(&SecretString::from(text)).is_none(), "{text}");
        }
    }
}
