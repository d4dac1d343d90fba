//! Keeping the copy up to date: what the change feed names, and everything once a day.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use database::people::PersonRow;
use database::schedule::full;
use database::{DatabaseError, PgConnection, PgPool, feed};
use offline::{CopyError, Expected, FeedPosition, Identity, Kind, OpenError, Progress, Refresh, ScheduleCopy, Window};
use tokio::sync::{OwnedMutexGuard, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::gather::{self, WHOLE};
use super::{Extent, LONGEST, LocalCopy, Opened, SCHEMA};
use crate::error::{AppError, ErrorCode};
use crate::link::ConnectionState;

/// Also when nothing was heard.
const EVERY: Duration = Duration::from_mins(1);
/// What the person came for is read first; then the connections that are kept ready are there, and no other is opened.
const AFTER_CONNECTING: Duration = Duration::from_secs(1);
/// Changes come in bursts: one refresh for all of them.
const SETTLE: Duration = Duration::from_millis(200);
/// Everything is read anew so often.
const FULL_PASS: TimeDelta = TimeDelta::hours(24);
/// The window moves on with the days by full passes only: it reaches this much further than is asked for.
const SPARE: TimeDelta = TimeDelta::days(2);

/// What is kept.
pub(crate) struct Keep {
    pub copy: Arc<LocalCopy>,
    pub connection: Uuid,
    pub pool: PgPool,
    pub state: watch::Receiver<ConnectionState>,
    pub me: watch::Receiver<Option<PersonRow>>,
    pub token: CancellationToken,
}

/// Keeps the copy of a connection while the link is up, until the token is cancelled.
pub(crate) async fn keep(mut k: Keep) {
    let mut settled = false;
    loop {
        let state = k.state.borrow_and_update().clone();
        let me = k.me.borrow().clone();
        match (&state, me) {
            (ConnectionState::Online { .. }, Some(_)) if !settled => {
                settled = true;
                tokio::select! {
                    () = k.token.cancelled() => return,
                    () = tokio::time::sleep(AFTER_CONNECTING) => {}
                }
            }
            (ConnectionState::Online { .. }, Some(me)) => {
                k.copy.accepted(k.connection);
                // The connection has another login: whoever worked through it before leaves nothing to them.
                if k.copy.last_person(k.connection).is_some_and(|last| last != me.id) {
                    k.copy.leave(k.connection).await;
                }
                let outcome = if let Some(extent) = k.copy.extent() {
                    refresh(&k, extent, &me).await
                } else {
                    k.copy.wipe(k.connection).await;
                    Ok(())
                };
                if let Err(error) = outcome {
                    tracing::warn!(code = ?error.code, details = error.details, "the copy of the schedule was not refreshed");
                }
                tokio::select! {
                    () = k.token.cancelled() => return,
                    () = k.copy.wanted.notified() => tokio::time::sleep(SETTLE).await,
                    () = tokio::time::sleep(EVERY) => {}
                    changed = k.state.changed() => if changed.is_err() { return },
                }
            }
            (other, _) => {
                settled = false;
                if is_over(other) {
                    k.copy.leave(k.connection).await;
                }
                tokio::select! {
                    () = k.token.cancelled() => return,
                    changed = k.state.changed() => if changed.is_err() { return },
                }
            }
        }
    }
}

/// Nobody works here any more: they said so, or were switched off, and the login with them. That the server lets nobody in
/// from where this computer is now, or is a standby for the moment, is no such thing.
fn is_over(state: &ConnectionState) -> bool {
    match state {
        ConnectionState::WhoAreYou { .. } => true,
        ConnectionState::Offline { error, .. } => error.code == ErrorCode::RightsMissing,
        _ => false,
    }
}

/// Brings the copy up to date, or makes it. Nobody waits for the network to read it: it is held only to be looked at
/// and to be written.
async fn refresh(k: &Keep, extent: Extent, me: &PersonRow) -> Result<(), AppError> {
    let identity = Identity { connection: k.connection, person: me.id, schema: SCHEMA };
    let state = open(k, identity).await?.as_ref().and_then(|open| open.copy.state().ok());
    let mut connection = k.pool.acquire().await.map_err(DatabaseError::from)?;
    let c = &mut *connection;
    // The position first: what changes while it is read is read again.
    let position = feed::position(c).await?;
    let fresh = state.filter(|state| {
        let young = position.now - state.full_pass < FULL_PASS;
        // A server whose transactions are counted from an earlier number than was seen has another history.
        let same_feed = state.progress.feed.feed == position.feed && state.progress.feed.xmin <= position.xmin;
        young && same_feed && covers(&state.progress.window, position.now, extent)
    });
    let Some(state) = fresh else {
        return full_pass(k, extent, identity, c, position, me).await;
    };
    let progress = Progress { feed: feed_of(&position), as_of: position.now, window: state.progress.window };
    let Some(refresh) = changes(c, &state.progress.feed, me, &progress.window).await? else {
        return full_pass(k, extent, identity, c, position, me).await;
    };
    drop(connection);
    let mut slot = k.copy.slot.clone().lock_owned().await;
    let token = k.token.clone();
    let outcome = tokio::task::spawn_blocking(move || {
        // Whoever left meanwhile took it along.
        let Some(open) = slot.as_mut().filter(|open| open.identity == identity && !token.is_cancelled()) else {
            return Ok(());
        };
        let outcome = open.copy.apply(&refresh, &progress);
        if matches!(outcome, Err(CopyError::Damaged | CopyError::OtherFeed)) {
            *slot = None;
        }
        outcome
    })
    .await;
    told(outcome)
}

/// What the feed names, read anew, and the notifications. None: everything is to be read anew.
async fn changes(
    c: &mut PgConnection,
    since: &FeedPosition,
    me: &PersonRow,
    window: &Window,
) -> Result<Option<Refresh>, AppError> {
    let feed::Changes::Rows(rows) = feed::changed(c, since.xmin, &since.snapshot).await? else { return Ok(None) };
    let mut jobs: BTreeSet<Uuid> = BTreeSet::new();
    let mut contracts: Vec<Uuid> = Vec::new();
    let mut named = full::Named::default();
    let mut kinds: BTreeSet<Kind> = BTreeSet::from([Kind::Notification]);
    for row in rows {
        let id = row.row.parse::<Uuid>().ok();
        match row.table.as_str() {
            "job_schedules" => {
                jobs.extend(id);
                kinds.insert(Kind::Contract);
            }
            "job_reviews" => jobs.extend(id),
            "contracts" => {
                contracts.extend(id);
                kinds.insert(Kind::Contract);
            }
            "estimates" => drop(kinds.insert(Kind::Estimate)),
            // A job's record holds the names of whom and what it names, and who that is changes with them. What is
            // derived from jobs (`job_assignments`) is not in the feed.
            "crews" => {
                named.ids.extend(id);
                kinds.insert(Kind::Crew);
            }
            "crew_memberships" => {
                named.memberships = true;
                kinds.insert(Kind::Crew);
            }
            "crew_members" => {
                named.ids.extend(id);
                kinds.extend([Kind::Person, Kind::Crew]);
            }
            "equipment" => {
                named.ids.extend(id);
                kinds.insert(Kind::Machine);
            }
            "resource_aliases" => named.aliases.extend(id),
            "time_off" => drop(kinds.insert(Kind::TimeOff)),
            "system_config" | "app_users" => drop(kinds.insert(Kind::Office)),
            _ => {}
        }
    }
    if !contracts.is_empty() {
        jobs.extend(full::of_contracts(c, &contracts).await?);
    }
    if !named.ids.is_empty() || named.memberships || !named.aliases.is_empty() {
        jobs.extend(full::naming(c, &named, window.from, window.until).await?);
    }
    let ids: Vec<Uuid> = jobs.into_iter().collect();
    let mut upserts = gather::jobs(c, &ids).await?;
    let there: BTreeSet<Uuid> = upserts.iter().map(offline::Record::id).collect();
    let deletions = ids.into_iter().filter(|id| !there.contains(id)).map(|id| (Kind::Job, id)).collect();
    let replaced: Vec<Kind> = kinds.into_iter().collect();
    upserts.extend(gather::whole(c, &replaced, me, window).await?);
    Ok(Some(Refresh { upserts, deletions, replaced }))
}

/// Reads everything into a new file. The old one is read meanwhile by whoever asks.
async fn full_pass(
    k: &Keep,
    extent: Extent,
    identity: Identity,
    c: &mut PgConnection,
    position: feed::Position,
    me: &PersonRow,
) -> Result<(), AppError> {
    let window = window_at(position.now, extent);
    let progress = Progress { feed: feed_of(&position), as_of: position.now, window };
    let ids = gather::job_ids(c, &window).await?;
    let mut records = gather::jobs(c, &ids).await?;
    records.extend(gather::whole(c, &WHOLE, me, &window).await?);
    // One that is open has its key, and the keychain is not asked.
    let open = k.copy.slot.lock().await.as_ref().is_some_and(|open| open.identity == identity);
    let key = if open { None } else { Some(k.copy.key_or_new(identity.connection, identity.person).await?) };
    let path = offline::path_for(&k.copy.folder, identity.connection, identity.person);
    let mut slot = k.copy.slot.clone().lock_owned().await;
    let (copy, token) = (k.copy.clone(), k.token.clone());
    let outcome = tokio::task::spawn_blocking(move || {
        // Whoever left meanwhile, or wants no copy any more, leaves nothing behind.
        if token.is_cancelled() || copy.extent().is_none() {
            return Ok(());
        }
        if let Some(open) = slot.as_mut().filter(|open| open.identity == identity) {
            let mut pass = open.copy.full_pass()?;
            pass.add(records)?;
            open.copy.swap_in(pass, &progress)?;
        } else {
            // It was closed meanwhile: the next time opens it, or makes it anew.
            let Some(key) = key else { return Err(CopyError::Busy) };
            *slot = None;
            let mut pass = ScheduleCopy::begin(&path, &key, identity)?;
            pass.add(records)?;
            *slot = Some(Opened { identity, copy: pass.finish(&progress)? });
        }
        Ok(copy.note_person(identity.connection, identity.person)?)
    })
    .await;
    told(outcome)
}

/// The copy of this person, open if there is one that can be used.
async fn open(k: &Keep, identity: Identity) -> Result<OwnedMutexGuard<Option<Opened>>, AppError> {
    let mut slot = k.copy.slot.clone().lock_owned().await;
    // At the end it was closed for good.
    if k.token.is_cancelled() || slot.as_ref().is_some_and(|open| open.identity == identity) {
        return Ok(slot);
    }
    *slot = None;
    let Some(key) = k.copy.key(identity.connection, identity.person).await? else { return Ok(slot) };
    let path = offline::path_for(&k.copy.folder, identity.connection, identity.person);
    let opened = tokio::task::spawn_blocking(move || {
        let expected = Expected { identity, now: crate::clock::now(), readable_for: LONGEST };
        match ScheduleCopy::open(&path, &key, &expected) {
            Ok(copy) => {
                *slot = Some(Opened { identity, copy });
                Ok(slot)
            }
            Err(error) if error.calls_for_a_new_copy() => Ok(slot),
            Err(error) => Err(AppError::from(error)),
        }
    })
    .await;
    opened.unwrap_or_else(|error| Err(broken(error.to_string())))
}

fn told(outcome: Result<Result<(), CopyError>, tokio::task::JoinError>) -> Result<(), AppError> {
    match outcome {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(OpenError::from(error).into()),
        Err(error) => Err(broken(error.to_string())),
    }
}

fn broken(details: String) -> AppError {
    AppError::new(ErrorCode::Internal, "The copy of the schedule could not be written.").with_details(details)
}

fn feed_of(position: &feed::Position) -> FeedPosition {
    FeedPosition {
        feed: position.feed,
        snapshot: position.snapshot.clone(),
        xmin: position.xmin,
        last_id: position.last_id,
    }
}

fn window_at(now: DateTime<Utc>, extent: Extent) -> Window {
    let days = |n: u32| TimeDelta::days(i64::from(n.clamp(1, 400)));
    Window { from: now - days(extent.back), until: now + days(extent.ahead) + SPARE }
}

fn covers(window: &Window, now: DateTime<Utc>, extent: Extent) -> bool {
    let wanted = window_at(now, extent);
    window.from <= wanted.from + TimeDelta::minutes(1) && window.until >= wanted.until - SPARE
}

#[cfg(test)]
mod tests {
    use database::Failure;

    use super::*;

    #[test]
    fn a_window_is_as_wide_as_asked_with_a_little_to_spare_ahead() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let extent = Extent { back: 30, ahead: 90 };
        let window = window_at(now, extent);
        assert_eq!((now - window.from, window.until - now), (TimeDelta::days(30), TimeDelta::days(92)));
        // Settings somebody spoiled keep it within reason.
        let odd = window_at(now, Extent { back: 0, ahead: u32::MAX });
        assert_eq!((now - odd.from, odd.until - now), (TimeDelta::days(1), TimeDelta::days(402)));
    }

    #[test]
    fn a_window_covers_what_is_asked_until_the_days_have_moved_on() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let extent = Extent { back: 30, ahead: 90 };
        let window = window_at(now, extent);
        assert!(covers(&window, now, extent));
        assert!(covers(&window, now + SPARE, extent) && !covers(&window, now + SPARE + TimeDelta::hours(1), extent));
        assert!(covers(&window, now, Extent { back: 7, ahead: 14 }), "less than there is");
        assert!(!covers(&window, now, Extent { back: 31, ..extent }));
        assert!(!covers(&window, now, Extent { ahead: 93, ..extent }));
    }

    #[test]
    fn only_a_login_without_its_rights_takes_the_copy_along() {
        for (failure, over) in [
            (Failure::RightsMissing, true),
            (Failure::NotLetIn, false),
            (Failure::ReadOnly, false),
            (Failure::NoAnswer, false),
            (Failure::Pooler, false),
            (Failure::TooManyConnections, false),
            (Failure::Occupied, false),
            // For that there is a grace.
            (Failure::WrongPassword, false),
        ] {
            let state = ConnectionState::Offline { since: crate::clock::now(), error: AppError::of_failure(failure) };
            assert_eq!(is_over(&state), over, "{failure:?}");
        }
        assert!(is_over(&ConnectionState::WhoAreYou { people: Vec::new(), suggestion: String::new() }));
    }
}
