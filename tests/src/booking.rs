//! An office whose people, crews and machines are booked: what the tests of double booking share.

use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use crate::postgres::{Server, TestDatabase};

/// Four crews of six, six people of no crew, twenty machines.
pub const RESOURCES: &str =
    "INSERT INTO crew_members (name, role) SELECT 'Person ' || i, 'laborer' FROM generate_series(1, 30) i;
     INSERT INTO crews (name) SELECT 'Crew ' || i FROM generate_series(1, 4) i;
     INSERT INTO crew_memberships (crew_id, crew_member_id, during)
     SELECT c.id, m.id, '[2020-01-01,)' FROM crews c JOIN crew_members m
         ON (substr(m.name, 8)::int - 1) / 6 + 1 = substr(c.name, 6)::int;
     INSERT INTO equipment (name, kind) SELECT 'Machine ' || i, 'paver' FROM generate_series(1, 20) i";

/// The office, and a connection of whoever asks.
pub struct Office {
    /// Where it is.
    pub database: TestDatabase,
    /// A superuser's connection that says no source.
    pub connection: PgConnection,
}

impl Office {
    /// With its people and machines.
    pub async fn open() -> Self {
        let database = Server::get().await.office_database().await;
        let mut office = Self { connection: database.connect().await, database };
        office.run(RESOURCES).await;
        office
    }

    /// Runs statements that must succeed.
    pub async fn run(&mut self, text: &str) {
        run(&mut self.connection, text).await.unwrap_or_else(|error| panic!("{text}: {error}"));
    }

    /// The answer to a question, as text.
    pub async fn text(&mut self, query: &str) -> String {
        text(&mut self.connection, query).await
    }

    /// A job on a day of May 2030, 8 to 17 o'clock in Chicago.
    pub async fn job(&mut self, day: u32, crew: Value) -> Uuid {
        job(&mut self.connection, day, crew).await.expect("no other program is refused")
    }

    /// "name state, …" of a job's claims, in the order of name and time.
    pub async fn claims(&mut self, job: Uuid) -> String {
        self.text(&format!(
            "SELECT string_agg(coalesce(m.name, q.name, '?') || ' ' || a.state, ', '
                               ORDER BY coalesce(m.name, q.name) COLLATE \"C\", lower(a.during))
               FROM job_assignments a LEFT JOIN crew_members m ON m.id = a.resource_id
               LEFT JOIN equipment q ON q.id = a.resource_id WHERE a.job_schedule_id = '{job}'"
        ))
        .await
    }

    /// A connection that says where it writes from.
    pub async fn writer(&self, source: &str) -> PgConnection {
        let mut connection = self.database.connect().await;
        let name = format!(
            "SELECT set_config('app.source', '{source}', false), set_config('application_name', '{source}', false)"
        );
        run(&mut connection, &name).await.expect("a writer");
        connection
    }

    /// Settles as desktops do; then everything must be in line and nothing left. How many steps it took.
    pub async fn settle(&mut self) -> usize {
        let mut steps = 0;
        while self.text("SELECT neff.settle_assignments()").await != "0" {
            steps += 1;
        }
        assert_eq!(self.text("SELECT neff.misassigned_jobs()").await, "{}", "settled, and in line");
        assert_eq!(self.text("SELECT neff.misread_words()").await, "{}", "words mean what they mean");
        for left in ["assignment_notes", "assignment_turns"] {
            assert_eq!(self.text(&format!("SELECT count(*) FROM neff.{left}")).await, "0", "{left}");
        }
        steps
    }
}

/// Runs statements.
///
/// # Errors
/// What the database says.
pub async fn run(connection: &mut PgConnection, text: &str) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(text.to_owned())).execute(connection).await.map(|_| ())
}

/// The first column of the first row, as text; empty for NULL.
pub async fn text(connection: &mut PgConnection, query: &str) -> String {
    let query = format!("SELECT ({query})::text");
    sqlx::query_scalar::<_, Option<String>>(AssertSqlSafe(query.clone()))
        .fetch_one(connection)
        .await
        .unwrap_or_else(|error| panic!("{query}: {error}"))
        .unwrap_or_default()
}

/// A job on a day of May 2030, 8 to 17 o'clock in Chicago.
///
/// # Errors
/// What the database says.
pub async fn job(connection: &mut PgConnection, day: u32, crew: Value) -> Result<Uuid, sqlx::Error> {
    let at = |hour: u32| format!("2030-05-{day:02} {hour:02}:00 America/Chicago");
    job_at(connection, &at(8), &at(17), crew).await
}

/// A job at these times.
///
/// # Errors
/// What the database says.
pub async fn job_at(c: &mut PgConnection, start: &str, end: &str, crew: Value) -> Result<Uuid, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO job_schedules (start_date, end_date, location_address, crew_assigned)
         VALUES ($1::text::timestamptz, $2::text::timestamptz, '12 Elm Street', $3) RETURNING id",
    )
    .bind(start)
    .bind(end)
    .bind(crew)
    .fetch_one(c)
    .await
}

/// The SQLSTATE of an error.
pub fn code(error: &sqlx::Error) -> String {
    error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .map_or_else(|| error.to_string(), std::borrow::Cow::into_owned)
}
