//! SCRAM-SHA-256 (RFC 5802 and 7677) from the client's side, with `psql`'s idea of what a password is.

use std::num::NonZeroU32;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::rand::{SecureRandom, SystemRandom};
use ring::{digest, hmac, pbkdf2};

/// The mechanism's name.
pub(super) const NAME: &str = "SCRAM-SHA-256";
/// What the RFC and PostgreSQL take as the least. An impostor would ask for one round, to guess quickly afterwards.
const FEWEST: u32 = 4096;
/// More would keep this computer busy for seconds.
const MOST: u32 = 2_000_000;

/// One login, at its first step.
pub(super) struct Scram {
    nonce: String,
}

/// … at its last: what the server has to answer.
pub(super) struct Expected {
    signature: hmac::Tag,
}

impl Scram {
    /// # Errors
    /// When this computer gives no chance.
    pub(super) fn new() -> Result<Self, String> {
        let mut chance = [0_u8; 24];
        SystemRandom::new().fill(&mut chance).map_err(|_| "no random numbers")?;
        Ok(Self { nonce: BASE64.encode(chance) })
    }

    /// The first message. The user is the one of the session, as the server knows.
    pub(super) fn first(&self) -> String {
        format!("n,,{}", self.bare())
    }

    fn bare(&self) -> String {
        format!("n=,r={}", self.nonce)
    }

    /// The answer to the server's first message, and what it has to say to that. Takes a while: not on the runtime.
    ///
    /// # Errors
    /// What is wrong with the server's message.
    pub(super) fn answer(&self, server: &str, password: &str) -> Result<(String, Expected), String> {
        let mut parts = server.split(',');
        let mut part = |name: &str| parts.next().and_then(|p| p.strip_prefix(name)).ok_or("its SCRAM cannot be read");
        let (nonce, salt, rounds) = (part("r=")?, part("s=")?, part("i=")?);
        if !nonce.starts_with(&self.nonce) || nonce.len() == self.nonce.len() {
            return Err("its SCRAM is not about this login".into());
        }
        let salt = BASE64.decode(salt).map_err(|_| "its SCRAM cannot be read")?;
        let rounds = rounds.parse::<u32>().ok().filter(|n| (FEWEST..=MOST).contains(n)).and_then(NonZeroU32::new);
        let rounds = rounds.ok_or("its SCRAM asks for too few or too many rounds")?;

        // As psql does: what cannot be prepared is taken as it is.
        let prepared = stringprep::saslprep(password).unwrap_or(password.into());
        let mut salted = [0_u8; digest::SHA256_OUTPUT_LEN];
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, &salt, prepared.as_bytes(), &mut salted);
        let salted = hmac::Key::new(hmac::HMAC_SHA256, &salted);
        let key = hmac::sign(&salted, b"Client Key");
        let stored = digest::digest(&digest::SHA256, key.as_ref());
        let without_proof = format!("c=biws,r={nonce}");
        let said = format!("{},{server},{without_proof}", self.bare());
        let mask = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, stored.as_ref()), said.as_bytes());
        let proof: Vec<u8> = key.as_ref().iter().zip(mask.as_ref()).map(|(a, b)| a ^ b).collect();
        let server_key = hmac::sign(&salted, b"Server Key");
        let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, server_key.as_ref()), said.as_bytes());
        Ok((format!("{without_proof},p={}", BASE64.encode(proof)), Expected { signature }))
    }
}

impl Expected {
    /// Whether the server has proven that it knows the password.
    pub(super) fn is(&self, server: &str) -> bool {
        let shown = server.split(',').next().and_then(|p| p.strip_prefix("v=")).and_then(|v| BASE64.decode(v).ok());
        shown.is_some_and(|shown| same(&shown, self.signature.as_ref()))
    }
}

/// Compares without telling by the time it takes where they differ.
pub(super) fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7677, in which the user's name stands in the message.
    fn example() -> (Scram, &'static str) {
        let scram = Scram { nonce: "rOprNGfwEbeRWgbNEkqO".into() };
        (scram, "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")
    }

    #[test]
    fn the_servers_proof_is_looked_at() {
        let (scram, server) = example();
        let (said, expected) = scram.answer(server, "pencil").unwrap();
        assert!(said.starts_with("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p="), "{said}");
        let right = format!("v={}", BASE64.encode(expected.signature.as_ref()));
        assert!(expected.is(&right));
        for wrong in ["", "v=", "v=AAAA", &right[..right.len() - 4], "e=other-error"] {
            assert!(!expected.is(wrong), "{wrong}");
        }
        let (_, other) = scram.answer(server, "pencils").unwrap();
        assert!(!other.is(&right));
    }

    #[test]
    fn a_server_that_wants_to_guess_afterwards_gets_nothing() {
        let (scram, server) = example();
        for wrong in [
            server.replace("4096", "1"),
            server.replace("4096", "4294967295"),
            server.replace("r=rOpr", "r=sOpr"),
            "r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096".into(),
            server.replace("s=W", "s=%"),
            String::new(),
        ] {
            assert!(scram.answer(&wrong, "pencil").is_err(), "{wrong}");
        }
    }
}
