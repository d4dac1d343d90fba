//! How the private server is set: for one person's computer, and for nobody's eyes.

use std::fs;
use std::io::{self, Write};

use crate::error::LocalServerError;
use crate::place::Place;
use crate::platform;

const FILE: &str = "neff-office.conf";

/// Nobody else on this computer gets as far as the question for the password. The folder is relative to the data's.
const BY_SOCKET: &str = "
# Reached by a socket in a folder nobody else may look into.
listen_addresses = ''
unix_socket_directories = '../sockets'
unix_socket_permissions = 0700
";

const BY_PORT: &str = "
# Reached on a port of this computer.
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
";

/// Beside PostgreSQL's own defaults, in which room for crashes (`fsync`) stays as it is.
const TEXT: &str = "\
# Written by Neff Office at each start. Settings of your own belong into postgresql.auto.conf (ALTER SYSTEM).

# This computer only, and by password only.
password_encryption = 'scram-sha-256'

# An office's desktop computer has other things to do.
max_connections = 50
shared_buffers = '64MB'
maintenance_work_mem = '64MB'
min_wal_size = '64MB'
max_wal_size = '512MB'
jit = off

timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'

# A file a weekday; no statements and no values: they hold the customers' data.
logging_collector = on
log_destination = 'stderr'
log_directory = '../logs'
log_filename = 'server-%a.log'
log_rotation_age = '1d'
log_rotation_size = 0
log_truncate_on_rotation = on
log_line_prefix = '%m [%p] %q%u@%d '
log_min_messages = 'warning'
log_min_error_statement = 'panic'
log_error_verbosity = 'terse'
log_statement = 'none'
log_min_duration_statement = -1
log_autovacuum_min_duration = -1
log_checkpoints = off
log_connections = off
log_disconnections = off
";

/// Makes a new cluster read our settings, after its own. The caller makes both files durable.
pub(crate) fn include(place: &Place, data: &std::path::Path) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().append(true).open(data.join("postgresql.conf"))?;
    writeln!(file, "\ninclude_if_exists = '{FILE}'")?;
    file.sync_all()?;
    write(place, data)
}

/// Brings the settings of a cluster an earlier version of this program made up to date.
pub(crate) fn renew(place: &Place) -> Result<(), LocalServerError> {
    let data = place.data();
    if fs::read(data.join(FILE)).is_ok_and(|current| current == text(place).as_bytes()) {
        return Ok(());
    }
    write(place, &data).map_err(|error| LocalServerError::io("write the server's settings", &data, error))
}

fn text(place: &Place) -> String {
    format!("{TEXT}{}", if place.sockets.is_some() { BY_SOCKET } else { BY_PORT })
}

fn write(place: &Place, data: &std::path::Path) -> io::Result<()> {
    let (path, new) = (data.join(FILE), data.join(format!("{FILE}.new")));
    let mut file = place.open(&new, fs::OpenOptions::new().create(true).truncate(true).write(true))?;
    file.write_all(text(place).as_bytes())?;
    file.sync_all()?;
    drop(file);
    fs::rename(&new, &path)?;
    platform::sync_folder(data)
}
