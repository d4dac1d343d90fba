//! A `PgBouncer` between a test and its server.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;

use crate::cluster::{as_server, free_port, own, write_private};
use crate::keeper::{Keeper, until};

/// A pooler that lends the server's connections from transaction to transaction.
pub struct Pooler {
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
    // Ends it; the folder goes last.
    _keeper: Keeper,
    _folder: TempDir,
}

impl Pooler {
    /// Starts one in front of `database` at `port`, where `login` needs no password. `passes_over`: startup parameters
    /// that it swallows instead of refusing them.
    #[expect(clippy::zombie_processes, reason = "the keeper ends it")]
    pub async fn start(port: u16, database: &str, login: &str, passes_over: &str) -> Self {
        let folder = TempDir::with_prefix("neff-pooler-").expect("a folder");
        let own_port = free_port();
        let file = folder.path().join("pgbouncer.ini");
        write_private(
            &file,
            &format!(
                "[databases]\n{database} = host=127.0.0.1 port={port} dbname={database} user={login}\n[pgbouncer]\n\
                 listen_addr = 127.0.0.1\nlisten_port = {own_port}\nunix_socket_dir =\nauth_type = any\n\
                 pool_mode = transaction\nignore_startup_parameters = {passes_over}\n"
            ),
        );
        own(folder.path());
        let keeper = Keeper::new();
        // It refuses to run as root.
        let mut command = as_server(&program(), folder.path());
        keeper.spawn(command.arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()));
        until("the pooler listens", Duration::from_secs(10), async || {
            tokio::net::TcpStream::connect(("127.0.0.1", own_port)).await.is_ok()
        })
        .await;
        Self { port: own_port, _keeper: keeper, _folder: folder }
    }
}

fn program() -> PathBuf {
    let places = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/opt/homebrew/bin/pgbouncer"];
    places.map(PathBuf::from).into_iter().find(|p| p.is_file()).expect("pgbouncer is missing: tests/dev/install.sh")
}
