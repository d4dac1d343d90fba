//! The link to the office database, kept up: connect, listen, beat, and when it breaks try again.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use chrono::{DateTime, Utc};
use database::listen::{Listener, Wake};
use database::migrate::SchemaKind;
use database::people::{PersonRow, Who};
use database::{ConnectionSettings, DatabaseError, PgPool, Way};
use rand::Rng;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use specta::Type;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::connecting::DoctorReport;
use crate::copy::{Keep, LocalCopy};
use crate::desktop::{Desktop, DesktopEvent};
use crate::error::{AppError, ErrorCode};
use crate::local_office::LocalOffice;
use crate::popups::Popups;
use crate::settings::StoredConnection;
use crate::view::Person;

/// How long a link may be silent before it is asked whether it is still there, and how long it has to answer. A
/// stalled link is noticed within the sum.
const HEARTBEAT: Duration = Duration::from_secs(10);
const HEARTBEAT_PATIENCE: Duration = Duration::from_secs(5);
/// How long a short question on the listening connection may take. A link that swallows everything never answers.
const ANSWER_PATIENCE: Duration = Duration::from_secs(10);
const FIRST_RETRY: Duration = Duration::from_millis(250);
const LONGEST_RETRY: Duration = Duration::from_secs(10);
/// The sweep after connecting waits this long, each computer a time of its own: it then finds a connection that what is
/// asked first has opened, and twenty desktops do not open one more each in the moment a server comes back.
const FIRST_SWEEP: Duration = Duration::from_secs(2);
/// A server that did not answer is knocked at this often between the attempts, which costs nobody anything.
const KNOCK: Duration = Duration::from_secs(1);

/// What the connection is doing, for the dot, the banner and the screens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ConnectionState {
    /// No connection was ever set up on this computer.
    NotConfigured,
    /// Trying for the first time.
    Connecting {
        /// What takes a while, in words: "Starting the local office".
        step: Option<String>,
    },
    /// Working.
    Online {
        /// The saved connection.
        connection_id: Uuid,
        /// Its name.
        connection_name: String,
        /// It is this computer's own office.
        local: bool,
        /// This login may change the company's settings.
        may_administer: bool,
        /// Host of the server.
        server: String,
        /// Name of the database.
        database: String,
        /// Who works here.
        person: Person,
        /// Their own login proves it; otherwise they said so.
        person_is_proven: bool,
        /// The database asks for a newer program to write to it.
        read_only: bool,
    },
    /// Connected, but nobody has said who they are on this computer.
    WhoAreYou {
        /// The people of the office.
        people: Vec<Person>,
        /// The name this computer knows.
        suggestion: String,
    },
    /// The schema is not the one this program knows.
    NeedsMigration {
        /// What the doctor found.
        report: DoctorReport,
    },
    /// Not reachable, since when and why. It is being tried again.
    Offline {
        /// Since when.
        since: DateTime<Utc>,
        /// Why.
        error: AppError,
    },
}

/// What a session of the link needs to know.
#[derive(Debug, Clone)]
pub struct Target {
    /// The saved connection.
    pub connection: StoredConnection,
    /// Its server, where this program keeps it itself.
    pub local: Option<Arc<LocalOffice>>,
    /// Where.
    pub settings: ConnectionSettings,
    /// The password, if one is needed.
    pub password: Option<SecretString>,
    /// Who said they work here on this computer.
    pub person: Option<Uuid>,
    /// This computer.
    pub computer: Uuid,
    /// Its name.
    pub computer_name: String,
    /// Name of the program on the server's list of sessions.
    pub application: String,
}

/// One kept-up link. Dropping it does not end it: [`Link::stop`] does.
pub struct Link {
    pool: PgPool,
    state: watch::Receiver<ConnectionState>,
    me: watch::Receiver<Option<PersonRow>>,
    again: Arc<Notify>,
    token: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

impl Link {
    /// Starts keeping up a link.
    #[must_use]
    pub fn start(target: Target, desktop: Arc<dyn Desktop>, popups: Arc<Popups>) -> Self {
        Self::start_with_copy(target, desktop, popups, None)
    }

    /// The same, keeping a copy of the schedule on this computer.
    pub(crate) fn start_with_copy(
        target: Target,
        desktop: Arc<dyn Desktop>,
        popups: Arc<Popups>,
        copy: Option<Arc<LocalCopy>>,
    ) -> Self {
        let pool = target.settings.pool(target.password.as_ref(), &target.application);
        let step = target.local.is_some().then(|| "Starting the local office".to_owned());
        let (sender, state) = watch::channel(ConnectionState::Connecting { step });
        let (me_sender, me) = watch::channel(None);
        let (again, work, token) = (Arc::new(Notify::new()), Arc::new(Notify::new()), CancellationToken::new());
        let keeper = Keeper {
            target,
            desktop,
            popups,
            pool: pool.clone(),
            sender,
            me: me_sender,
            again: again.clone(),
            work: work.clone(),
            token: token.clone(),
            copy: copy.clone(),
            way: None,
        };
        if let Some(copy) = copy {
            let keep = Keep {
                copy,
                connection: keeper.target.connection.id,
                pool: pool.clone(),
                state: state.clone(),
                me: me.clone(),
                token: token.clone(),
            };
            tokio::spawn(crate::copy::keep(keep));
        }
        let task = tokio::spawn(keeper.run());
        tokio::spawn(crate::sweep::sweep(pool.clone(), state.clone(), work, token.clone()));
        Self { pool, state, me, again, token, task }
    }
    /// Connections for what the person does.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }
    /// The state at this moment.
    #[must_use]
    pub fn state(&self) -> ConnectionState {
        self.state.borrow().clone()
    }
    /// Who works here, once that is known.
    #[must_use]
    pub fn me(&self) -> Option<PersonRow> {
        self.me.borrow().clone()
    }
    /// Waits until the first attempt has come out one way or the other.
    pub async fn settled(&self) -> ConnectionState {
        let mut state = self.state.clone();
        match state.wait_for(|s| !matches!(s, ConnectionState::Connecting { .. })).await {
            Ok(settled) => settled.clone(),
            Err(_) => self.state(),
        }
    }
    /// Tries now instead of at the next attempt.
    pub fn try_again(&self) {
        self.again.notify_one();
    }
    /// Ends the link and closes its connections, within three seconds.
    pub async fn stop(self) {
        self.token.cancel();
        let _ = tokio::time::timeout(Duration::from_secs(2), self.task).await;
        let _ = tokio::time::timeout(Duration::from_secs(1), self.pool.close()).await;
    }
}

struct Keeper {
    target: Target,
    desktop: Arc<dyn Desktop>,
    popups: Arc<Popups>,
    pool: PgPool,
    sender: watch::Sender<ConnectionState>,
    me: watch::Sender<Option<PersonRow>>,
    again: Arc<Notify>,
    /// Tells the sweep that something waits.
    work: Arc<Notify>,
    token: CancellationToken,
    copy: Option<Arc<LocalCopy>>,
    /// To a local office, as it was found last.
    way: Option<Way>,
}

/// Why a session ended without an error: what is waited for next.
enum Ended {
    /// Nothing can be done before the person acts (says who they are, migrates); looked at again now and then.
    WaitForPerson,
}

impl Keeper {
    async fn run(mut self) {
        let mut failures: u32 = 0;
        let token = self.token.clone();
        loop {
            let started = tokio::time::Instant::now();
            let outcome = tokio::select! {
                () = token.cancelled() => return,
                outcome = self.session() => outcome,
            };
            let mut knock = false;
            let pause = match outcome {
                Ok(Ended::WaitForPerson) => LONGEST_RETRY,
                Err(error) => {
                    knock = error.code == ErrorCode::NoAnswer;
                    // Before anybody is told, and looks into the copy.
                    if error.code == ErrorCode::WrongPassword
                        && let Some(copy) = &self.copy
                    {
                        copy.refused(self.target.connection.id).await;
                    }
                    // A link that held for a while and then broke is tried again at once.
                    failures = if started.elapsed() > HEARTBEAT { 0 } else { failures + 1 };
                    self.went_offline(error);
                    backoff(failures)
                }
            };
            tokio::select! {
                () = self.token.cancelled() => return,
                () = self.again.notified() => failures = 0,
                () = tokio::time::sleep(pause) => {}
                () = until_it_answers(&self.target.settings), if knock => {}
            }
        }
    }

    /// One session: from connecting to the first failure.
    async fn session(&mut self) -> Result<Ended, AppError> {
        self.prepare_local_office().await?;
        let t = &self.target;
        let mut listener = Listener::connect(&t.settings, t.password.as_ref(), &t.application).await?;
        let schema = in_time(database::migrate::state(listener.connection().await?)).await?;
        match schema.kind {
            SchemaKind::Current | SchemaKind::Newer => {}
            _ => {
                // The doctor tries passwords and connects a few times: once for each state it finds is enough.
                let known = matches!(&*self.sender.borrow(), ConnectionState::NeedsMigration { report } if report.schema == Some(schema.kind));
                if !known {
                    let report = database::doctor::examine(&t.settings, t.password.as_ref(), &t.application).await;
                    self.set(ConnectionState::NeedsMigration { report: report.into() });
                }
                return Ok(Ended::WaitForPerson);
            }
        }
        database::drop_broken(&self.pool).await;
        let Some(me) = self.who(&mut listener).await? else { return Ok(Ended::WaitForPerson) };
        // Without it nothing pops up here; everything else goes on.
        of_one_question(
            "this computer could not be entered",
            in_time(database::people::register_computer(listener.connection().await?, t.computer, &t.computer_name))
                .await,
        )?;
        let inbox = crate::popups::Inbox { user_id: me.user_id.clone(), computer: t.computer };

        // LISTEN first, then catch up, then wait: nothing falls between.
        in_time(listener.listen()).await?;
        self.me.send_replace(Some(me.clone()));
        let may_administer = of_one_question(
            "whether this login may administer is not known",
            in_time(database::company::may_administer(listener.connection().await?)).await,
        )?
        .unwrap_or(false);
        self.set(ConnectionState::Online {
            connection_id: t.connection.id,
            connection_name: t.connection.name.clone(),
            local: t.local.is_some(),
            may_administer,
            server: t.settings.host.clone(),
            database: t.settings.database.clone(),
            person: Person { id: me.id, name: me.name, email: me.email },
            person_is_proven: me.proven,
            read_only: !schema.writable,
        });
        self.open_ready_connections();
        self.desktop.tell(DesktopEvent::TodayChanged);
        self.desktop.tell(DesktopEvent::ScheduleChanged);
        self.desktop.tell(DesktopEvent::NotificationsChanged);
        let mut failing = false;
        self.catch_up(&mut listener, &inbox, &mut failing).await?;
        loop {
            let wake = tokio::select! {
                wake = listener.next(HEARTBEAT) => wake?,
                () = self.popups.wanted() => Wake::Popups,
            };
            if matches!(wake, Wake::Silence) || matches!(wake, Wake::Changed(what) if what.work) {
                self.work.notify_one();
            }
            match wake {
                Wake::Silence => {
                    listener.beat(HEARTBEAT_PATIENCE).await?;
                    // What a lost notification would have said.
                    self.catch_up(&mut listener, &inbox, &mut failing).await?;
                }
                Wake::Popups => self.catch_up(&mut listener, &inbox, &mut failing).await?,
                Wake::Changed(what) => {
                    if what.notifications || what.quiet {
                        self.catch_up(&mut listener, &inbox, &mut failing).await?;
                    }
                    if let Some(copy) = &self.copy {
                        copy.refresh_soon();
                    }
                    if what.notifications {
                        self.desktop.tell(DesktopEvent::NotificationsChanged);
                    }
                    // Today lists the waiting alerts too.
                    if what.today || what.notifications {
                        self.desktop.tell(DesktopEvent::TodayChanged);
                    }
                    if what.schedule {
                        self.desktop.tell(DesktopEvent::ScheduleChanged);
                    }
                    if what.company {
                        self.desktop.tell(DesktopEvent::CompanyChanged);
                    }
                    if what.people {
                        self.desktop.tell(DesktopEvent::MeChanged);
                        // Whoever was switched off goes at once, not when they connect again.
                        if self.who(&mut listener).await?.is_none_or(|now| now.id != me.id) {
                            return Ok(Ended::WaitForPerson);
                        }
                    }
                    if what.changes {
                        self.desktop.tell(DesktopEvent::ChangesChanged);
                    }
                }
            }
        }
    }

    /// It may have been killed since, or its password lost: started and mended before every attempt.
    async fn prepare_local_office(&mut self) -> Result<(), AppError> {
        let Some(local) = self.target.local.clone() else { return Ok(()) };
        // In a task of its own: a session that is broken off must not leave a server half started.
        let connection = self.target.connection.clone();
        let ready = tokio::spawn(async move { local.prepare(&connection).await }).await.map_err(|error| {
            AppError::new(ErrorCode::Internal, "The local office could not be started.").with_details(error.to_string())
        })??;
        let way = ready.settings.way(Some(&ready.password), &self.target.application);
        self.pool.set_connect_options(way.options().clone());
        self.way = Some(way);
        self.target.settings = ready.settings;
        self.target.password = Some(ready.password);
        Ok(())
    }

    /// The popups, which can fail without the link; that they do is logged once.
    async fn catch_up(
        &self,
        listener: &mut Listener,
        inbox: &crate::popups::Inbox,
        failing: &mut bool,
    ) -> Result<(), DatabaseError> {
        match self.popups.catch_up(listener, inbox, self.desktop.as_ref()).await {
            Err(error) if *failing && !error.is_disconnect() => Ok(()),
            outcome => {
                *failing = of_one_question("the popups are not up to date", outcome)?.is_none();
                Ok(())
            }
        }
    }

    /// Who works here; none: the window is asking.
    async fn who(&self, listener: &mut Listener) -> Result<Option<PersonRow>, AppError> {
        match in_time(database::people::who_am_i(listener.connection().await?, self.target.person)).await? {
            Who::Person(me) => Ok(Some(me)),
            Who::Nobody => {
                let people = in_time(database::people::active(listener.connection().await?)).await?;
                let people: Vec<Person> = people.into_iter().map(Person::from).collect();
                self.set(ConnectionState::WhoAreYou { people, suggestion: crate::settings::person_suggestion() });
                Ok(None)
            }
            Who::SwitchedOff => Err(AppError::new(
                ErrorCode::RightsMissing,
                "This login was switched off in the office. An administrator can switch it on again.",
            )),
        }
    }

    /// Those that are to be kept ready: the pool itself opens them only when it closes others. Then the sweep has one of
    /// them; beside them it would open another, which every computer would hold for as long as it may be idle.
    fn open_ready_connections(&self) {
        let (pool, work) = (self.pool.clone(), self.work.clone());
        let wanted = self.target.settings.tuning.in_range().keep_ready;
        let pause = FIRST_SWEEP.mul_f64(rand::rng().random_range(0.5..1.5));
        tokio::spawn(async move {
            futures_util::future::join_all((0..wanted).map(|_| pool.acquire())).await;
            tokio::time::sleep(pause).await;
            work.notify_one();
        });
    }

    fn set(&self, state: ConnectionState) {
        let changed = self.sender.send_if_modified(|old| {
            let changed = *old != state;
            if changed {
                old.clone_from(&state);
            }
            changed
        });
        if changed {
            self.desktop.tell(DesktopEvent::Connection(Box::new(state)));
        }
    }

    fn went_offline(&self, error: AppError) {
        tracing::warn!(code = ?error.code, "the link to the office database broke");
        let since = match &*self.sender.borrow() {
            ConnectionState::Offline { since, .. } => *since,
            _ => crate::clock::now(),
        };
        self.set(ConnectionState::Offline { since, error });
    }
}

/// The outcome of a question, or [`database::Failure::NoAnswer`] when there is none in [`ANSWER_PATIENCE`]. A value the
/// driver panics over is the failure of this question.
pub(crate) async fn in_time<T>(question: impl Future<Output = Result<T, DatabaseError>>) -> Result<T, DatabaseError> {
    let mut question = std::pin::pin!(question);
    let caught = std::future::poll_fn(move |context| {
        let polled = catch_unwind(AssertUnwindSafe(|| question.as_mut().poll(context)));
        polled.unwrap_or_else(|_| {
            let what = "the answer holds a value that cannot be read";
            Poll::Ready(Err(DatabaseError::new(database::Failure::Other, what)))
        })
    });
    match tokio::time::timeout(ANSWER_PATIENCE, caught).await {
        Ok(outcome) => outcome,
        Err(_) => Err(DatabaseError::new(database::Failure::NoAnswer, "no answer to a question in time")),
    }
}

/// What came of a question; none: it alone failed, which is logged. Only the connection's own failures end a session.
fn of_one_question<T>(what: &str, outcome: Result<T, DatabaseError>) -> Result<Option<T>, DatabaseError> {
    match outcome {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.is_disconnect() => Err(error),
        Err(error) => {
            tracing::error!(%error, "{what}");
            Ok(None)
        }
    }
}

/// Knocks at the server's port until somebody opens. Each computer waits a time of its own, so that they do not all come
/// in the same moment when it does.
async fn until_it_answers(settings: &ConnectionSettings) {
    if settings.host.starts_with('/') {
        return std::future::pending().await;
    }
    loop {
        let pause = KNOCK.mul_f64(rand::rng().random_range(0.5..1.5));
        tokio::time::sleep(pause).await;
        let knocking = tokio::net::TcpStream::connect((settings.host.as_str(), settings.port));
        if matches!(tokio::time::timeout(KNOCK, knocking).await, Ok(Ok(_))) {
            return;
        }
    }
}

/// Doubles from a quarter of a second to ten, with half of it left to chance: twenty desktops do not come at once.
fn backoff(failures: u32) -> Duration {
    let full = FIRST_RETRY.saturating_mul(1 << failures.min(8)).min(LONGEST_RETRY);
    full.mul_f64(rand::rng().random_range(0.5..1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_question_that_fails_does_not_end_a_session() {
        let failed = |failure| of_one_question::<()>("tried", Err(DatabaseError::new(failure, "")));
        assert!(matches!(failed(database::Failure::Other), Ok(None)));
        assert!(matches!(failed(database::Failure::TookTooLong), Ok(None)));
        assert!(matches!(failed(database::Failure::RightsMissing), Ok(None)));
        assert!(failed(database::Failure::NoAnswer).is_err() && failed(database::Failure::ServerRestarting).is_err());
        assert!(matches!(of_one_question("tried", Ok(7)), Ok(Some(7))));
    }

    #[tokio::test]
    async fn a_question_ends_by_its_answer_or_by_its_own_panic() {
        assert_eq!(in_time(async { Ok(7) }).await.unwrap(), 7);
        let panicked = in_time::<u32>(async { panic!("year 294276") }).await.unwrap_err();
        assert!(!panicked.is_disconnect());
    }

    #[test]
    fn retries_start_soon_and_never_wait_longer_than_ten_seconds() {
        for failures in 0..40 {
            let pause = backoff(failures);
            assert!(pause <= LONGEST_RETRY && pause >= FIRST_RETRY / 2, "{failures}: {pause:?}");
        }
        assert!(backoff(0) < Duration::from_millis(260));
    }
}
