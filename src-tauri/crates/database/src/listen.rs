//! Hearing what changes: one connection that listens, and knows when it has gone deaf.

use std::time::Duration;

use secrecy::SecretString;
use sqlx::postgres::{PgListener, PgNotification, PgPoolOptions};
use sqlx::{PgConnection, PgPool};

use crate::connect::{ConnectionSettings, Way};
use crate::error::{DatabaseError, Failure};

/// Tables whose changes Today shows.
const TODAY: [&str; 9] = [
    "job_schedules",
    "contracts",
    "estimates",
    "crews",
    "crew_memberships",
    "crew_members",
    "equipment",
    "time_off",
    "system_config",
];

/// … and those that only the schedule shows.
const SCHEDULE_TOO: [&str; 4] = ["job_assignments", "job_reviews", "resource_aliases", "customer_messages"];

/// How long connecting may take.
const PATIENCE: Duration = Duration::from_secs(8);

/// How many seconds a question on the listening connection may take.
const QUESTION: u32 = 8;

/// Why [`Listener::next`] returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// Somebody committed something.
    Changed(Changed),
    /// Popups that were held back are due.
    Popups,
    /// Nothing was heard for a while: time to ask whether the link still stands.
    Silence,
}

/// What kind of things were committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "a set of kinds")]
pub struct Changed {
    /// Dashboard notifications were added or read.
    pub notifications: bool,
    /// Something Today shows.
    pub today: bool,
    /// Something the schedule shows.
    pub schedule: bool,
    /// Settings of the office.
    pub company: bool,
    /// People of the office.
    pub people: bool,
    /// What "Recent changes" lists.
    pub changes: bool,
    /// What says when a person wants no popups: the person, or the office's zone.
    pub quiet: bool,
    /// Something a transaction had to leave undone, for whoever comes first.
    pub work: bool,
}

impl Changed {
    fn note(&mut self, notification: &PgNotification) {
        match (notification.channel(), notification.payload()) {
            ("neff_notifications", _) | (_, "dashboard_notifications") => self.notifications = true,
            ("neff_alerts", _) | (_, "assignment_notes") => self.work = true,
            (_, table) => {
                self.today |= TODAY.contains(&table);
                self.schedule |= table != "estimates" && TODAY.contains(&table) || SCHEDULE_TOO.contains(&table);
                self.company |= table == "system_config";
                self.people |= table == "app_users";
                self.changes |= matches!(table, "office_changes" | "schedule_changes");
                self.quiet |= matches!(table, "app_users" | "system_config");
            }
        }
    }
}

/// A connection that listens. It can be asked questions too: the popups' questions need no second connection.
#[derive(Debug)]
pub struct Listener {
    hears: PgListener,
    // The listener's connection belongs to this pool of one; it closes with it.
    _pool: PgPool,
    _way: Way,
}

impl Listener {
    /// Connects; hears nothing yet.
    ///
    /// # Errors
    /// Why the connection failed.
    pub async fn connect(
        settings: &ConnectionSettings,
        password: Option<&SecretString>,
        application: &str,
    ) -> Result<Self, DatabaseError> {
        reach(settings).await?;
        // The server gives up on a question before we do: a slow one is not taken for a link that swallows everything.
        let mut settings = settings.clone();
        settings.tuning.statement_seconds = settings.tuning.statement_seconds.min(QUESTION);
        let way = settings.way(password, application);
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(PATIENCE)
            .connect_with(way.options().clone())
            .await?;
        let mut listener = PgListener::connect_with(&pool).await?;
        // A reconnect behind our back would lose what was notified meanwhile: we catch up ourselves.
        listener.eager_reconnect(false);
        let mut listener = Self { hears: listener, _pool: pool, _way: way };
        crate::session::verify(listener.connection().await?).await?;
        Ok(listener)
    }

    /// Starts hearing. Everything committed from here on wakes [`Listener::next`].
    ///
    /// # Errors
    /// When the link broke.
    pub async fn listen(&mut self) -> Result<(), DatabaseError> {
        Ok(self.hears.listen_all(["neff_notifications", "neff_alerts", "neff_changes"]).await?)
    }

    /// The connection, for short questions.
    ///
    /// # Errors
    /// When the link broke.
    pub async fn connection(&mut self) -> Result<&mut PgConnection, DatabaseError> {
        use sqlx::Acquire;
        Ok(Acquire::acquire(&mut self.hears).await?)
    }

    /// Waits for a change, at most for `silence`. What else has come in by then is told at once with it.
    ///
    /// # Errors
    /// When the link broke: everything since the last call may have been missed.
    pub async fn next(&mut self, silence: Duration) -> Result<Wake, DatabaseError> {
        let first = match tokio::time::timeout(silence, self.hears.try_recv()).await {
            Err(_) => return Ok(Wake::Silence),
            Ok(Ok(Some(notification))) => notification,
            Ok(Ok(None)) => {
                return Err(DatabaseError::new(Failure::NoAnswer, "the server closed the listening connection"));
            }
            Ok(Err(error)) => return Err(error.into()),
        };
        let mut changed = Changed::default();
        changed.note(&first);
        while let Some(more) = self.hears.next_buffered() {
            changed.note(&more);
        }
        Ok(Wake::Changed(changed))
    }

    /// Asks whether the link still stands. TCP alone does not notice a link that swallows everything.
    ///
    /// # Errors
    /// When there is no answer within `patience`.
    pub async fn beat(&mut self, patience: Duration) -> Result<(), DatabaseError> {
        match tokio::time::timeout(patience, sqlx::query("SELECT 1").execute(&mut self.hears)).await {
            Ok(result) => result.map(|_| ()).map_err(Into::into),
            Err(_) => Err(DatabaseError::new(Failure::NoAnswer, "no answer to the heartbeat")),
        }
    }
}

/// Whether anybody listens there at all. A pool asks a server that refuses again by itself, first after 10 ms, and in the
/// same rhythm on every desktop that lost it in the same moment: all would come back at once. Who calls this has a
/// rhythm of its own.
async fn reach(settings: &ConnectionSettings) -> Result<(), DatabaseError> {
    if settings.host.starts_with('/') {
        return Ok(());
    }
    let host = settings.host.trim_matches(['[', ']']);
    match tokio::time::timeout(PATIENCE, tokio::net::TcpStream::connect((host, settings.port))).await {
        Ok(reached) => reached.map(drop).map_err(|error| sqlx::Error::Io(error).into()),
        Err(_) => Err(DatabaseError::new(Failure::NoAnswer, "nobody answers at that host and port")),
    }
}
