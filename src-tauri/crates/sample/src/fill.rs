//! The one transaction in which an office is filled.

use std::collections::BTreeMap;
use std::time::Instant;

use chrono_tz::Tz;
use sqlx::{Connection, Executor, PgConnection};
use tokio::sync::mpsc;

use crate::copy::{Batch, Gone, Message, Outlet, Source};
use crate::plan::Plan;
use crate::{
    Options, SampleError, Sizes, Summary, crews, customers, estimates, history, jobs, notices, payments, time_off,
};

const ZONE: &str = "America/Chicago";

/// Fills an office database that is migrated and holds no business rows.
///
/// All of it in one transaction, triggers on, alerts quiet; afterwards each person of the office has a few unread
/// notifications. `progress` is told the table, the rows written so far and the rows there will be.
///
/// # Errors
/// [`SampleError`]; nothing was written then. The same holds when the future is dropped before it ends.
pub async fn fill(
    connection: &mut PgConnection,
    options: &Options,
    mut progress: impl FnMut(&str, u64, u64) + Send,
) -> Result<Summary, SampleError> {
    let started = Instant::now();
    let sizes = Sizes::of(options.scale).ok_or(SampleError::Scale(options.scale))?;
    let mut transaction = connection.begin().await?;
    prepare(&mut transaction).await?;
    let zone = time_zone(&mut transaction).await?;

    // One thread tells the rows while the database writes those before; it ends when nobody listens any more.
    let (sender, mut receiver) = mpsc::channel(4);
    let asked = options.clone();
    let telling = tokio::task::spawn_blocking(move || {
        let plan = Plan::new(&asked, sizes, zone);
        // Refused: the reason is on the other end.
        let _ = tell(&plan, &Outlet::new(sender));
    });
    let mut rows = BTreeMap::new();
    let (mut done, mut total) = (0, 0);
    while let Some(message) = receiver.recv().await {
        match message {
            Message::Total(number) => total = number,
            Message::Rows(batch) => {
                write(&mut transaction, &batch).await?;
                let table = if batch.then.is_some() { "schedule_changes" } else { batch.table };
                done += batch.rows;
                *rows.entry(table).or_insert(0) += batch.rows;
                progress(table, done, total);
            }
        }
    }
    // The thread has let go of its end of the channel: it is over.
    telling.await.map_err(|error| sqlx::Error::Io(std::io::Error::other(error)))?;
    transaction.execute("ALTER TABLE schedule_changes ENABLE TRIGGER b_stamp").await?;
    let notices = notices::write(&mut transaction).await?;
    if notices > 0 {
        rows.insert("dashboard_notifications", notices);
    }
    put_in_order(&mut transaction).await?;
    analyze(&mut transaction).await?;
    transaction.commit().await?;
    settle(connection).await?;
    Ok(Summary { rows, elapsed: started.elapsed() })
}

/// What other programs entered is judged after it, in short steps.
async fn settle(connection: &mut PgConnection) -> Result<(), SampleError> {
    loop {
        let mut step = connection.begin().await?;
        step.execute("SET LOCAL app.quiet = 'on'; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '30s'")
            .await?;
        let settled: i64 = sqlx::query_scalar("SELECT neff.settle_assignments()").fetch_one(&mut *step).await?;
        step.commit().await?;
        if settled == 0 {
            return Ok(());
        }
    }
}

/// Tells every row, in the order in which they refer to each other.
fn tell(plan: &Plan, outlet: &Outlet) -> Result<(), Gone> {
    let sizes = plan.sizes;
    let places: usize = plan.customers.iter().map(|customer| customer.sites).sum();
    let known =
        sizes.customers + sizes.estimates + sizes.jobs + sizes.changes + sizes.members + sizes.machines + sizes.crews;
    let total = known + places + plan.contracts.len() + plan.items + plan.payments;
    outlet.send(Message::Total(total as u64))?;
    estimates::write_prices(plan, outlet)?;
    crews::write(plan, outlet)?;
    time_off::write(plan, outlet)?;
    customers::write(plan, outlet)?;
    estimates::write(plan, outlet)?;
    estimates::write_contracts(plan, outlet)?;
    payments::write(plan, outlet)?;
    jobs::write(plan, outlet)
}

/// Makes sure the office is there, is empty, and stays so until this is over.
async fn prepare(connection: &mut PgConnection) -> Result<(), SampleError> {
    connection
        .execute(
            "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '30s'; SET LOCAL client_min_messages = warning",
        )
        .await?;
    let migrated: bool = sqlx::query_scalar(
        "SELECT to_regclass('public.job_schedules') IS NOT NULL AND to_regclass('public.job_assignments') IS NOT NULL",
    )
    .fetch_one(&mut *connection)
    .await?;
    if !migrated {
        return Err(SampleError::NotMigrated);
    }
    // COPY does not work where row policies apply to the login: they do not to the owner.
    let owner: bool = sqlx::query_scalar(
        "SELECT NOT row_security_active('public.customers') AND NOT row_security_active('public.system_config')
            AND bool_and(has_table_privilege(c.oid, 'INSERT, UPDATE'))
           FROM pg_class c WHERE c.oid IN ('public.customers'::regclass, 'public.job_schedules'::regclass)",
    )
    .fetch_one(&mut *connection)
    .await?;
    if !owner {
        return Err(SampleError::RightsMissing);
    }
    connection
        .execute("LOCK TABLE customers, estimates, contracts, job_schedules, crew_members IN SHARE ROW EXCLUSIVE MODE")
        .await?;
    let found: Option<String> = sqlx::query_scalar(
        "SELECT CASE WHEN EXISTS (SELECT FROM customers) THEN 'customers'
                     WHEN EXISTS (SELECT FROM estimates) THEN 'estimates'
                     WHEN EXISTS (SELECT FROM job_schedules) THEN 'jobs'
                     WHEN EXISTS (SELECT FROM contracts) THEN 'contracts'
                     WHEN EXISTS (SELECT FROM crew_members) OR EXISTS (SELECT FROM crews) THEN 'crew members'
                     WHEN EXISTS (SELECT FROM equipment) THEN 'machines'
                     WHEN EXISTS (SELECT FROM price_book_items) THEN 'prices' END",
    )
    .fetch_one(&mut *connection)
    .await?;
    match found.as_deref() {
        None => {}
        Some("customers") => return Err(SampleError::NotEmpty("customers")),
        Some("estimates") => return Err(SampleError::NotEmpty("estimates")),
        Some("jobs") => return Err(SampleError::NotEmpty("jobs")),
        Some("contracts") => return Err(SampleError::NotEmpty("contracts")),
        Some("crew members") => return Err(SampleError::NotEmpty("crew members")),
        Some("machines") => return Err(SampleError::NotEmpty("machines")),
        Some(_) => return Err(SampleError::NotEmpty("prices")),
    }
    connection
        .execute(
            "SELECT set_config('app.quiet', 'on', true), set_config('app.reason', '', true),
                    set_config('work_mem', '256MB', true), set_config('jit', 'off', true),
                    set_config('gin_pending_list_limit', '65536', true)",
        )
        .await?;
    // What is made up happened in the past, and was not written by this login.
    connection.execute("ALTER TABLE schedule_changes DISABLE TRIGGER b_stamp").await?;
    connection.execute(history::WAITING).await?;
    Ok(())
}

/// The office's time zone; where none is set, the one of these towns.
async fn time_zone(connection: &mut PgConnection) -> Result<Tz, SampleError> {
    let set: Option<String> =
        sqlx::query_scalar("SELECT nullif(btrim(value), '') FROM system_config WHERE key = 'office_time_zone'")
            .fetch_optional(&mut *connection)
            .await?
            .flatten();
    let name = if let Some(name) = set {
        name
    } else {
        sqlx::query(
            "INSERT INTO system_config (key, value, description, data_type)
             VALUES ('office_time_zone', $1, 'The office''s time zone (IANA name)', 'string')
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )
        .bind(ZONE)
        .execute(&mut *connection)
        .await?;
        ZONE.to_owned()
    };
    domain::zone::known(&name).ok_or(SampleError::TimeZone(name))
}

async fn write(connection: &mut PgConnection, batch: &Batch) -> Result<(), SampleError> {
    say(connection, batch.source).await?;
    let statement = format!("COPY {} ({}) FROM STDIN", batch.table, batch.columns);
    let mut copy = connection.copy_in_raw(&statement).await?;
    if let Err(error) = copy.send(batch.text.as_bytes()).await {
        copy.abort("the rows could not be sent").await?;
        return Err(error.into());
    }
    copy.finish().await?;
    if let Some(statement) = batch.then {
        connection.execute(statement).await?;
    }
    Ok(())
}

/// Says who writes from here on.
pub(crate) async fn say(connection: &mut PgConnection, source: Source) -> Result<(), SampleError> {
    sqlx::query("SELECT set_config('app.source', $1, true), set_config('app.current_user', $2, true)")
        .bind(source.name())
        .bind(source.actor())
        .execute(connection)
        .await?;
    Ok(())
}

/// The search indexes take what was only noted for them: in large pieces, which is many times faster than one row after the
/// other, and before anybody searches.
async fn put_in_order(connection: &mut PgConnection) -> Result<(), SampleError> {
    connection
        .execute(
            "SELECT gin_clean_pending_list(i.indexrelid) FROM pg_index i
               JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam AND a.amname = 'gin'
              WHERE c.relnamespace = 'public'::regnamespace AND pg_has_role(c.relowner, 'USAGE')",
        )
        .await?;
    Ok(())
}

/// Lets the planner know what is there: the first screen after a million rows should be as fast as the hundredth.
async fn analyze(connection: &mut PgConnection) -> Result<(), SampleError> {
    connection
        .execute(
            "ANALYZE customers; ANALYZE customer_sites; ANALYZE estimates; ANALYZE estimate_items; ANALYZE contracts;
             ANALYZE payments; ANALYZE job_schedules; ANALYZE schedule_changes; ANALYZE job_assignments;
             ANALYZE crew_members; ANALYZE crews; ANALYZE crew_memberships; ANALYZE equipment; ANALYZE time_off",
        )
        .await?;
    Ok(())
}
