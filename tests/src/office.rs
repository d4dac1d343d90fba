//! An office at work: its database, a person with a login of their own, and a website that writes to it.

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::postgres::{Server, TestDatabase, migrate_database, unique};
use crate::private_server::PrivateServer;

/// The password of the office's logins, where the server asks for one.
pub const PASSWORD: &str = "Kiesgrube-71 & Söhne";

/// A migrated database with one person, who is in `admins` and proven by their login.
pub struct Office {
    /// Where the server listens.
    pub port: u16,
    /// The database's name.
    pub name: String,
    /// The person's login.
    pub login: String,
    /// The person, as in `app_users.id`.
    pub person: Uuid,
    /// The person, as in `dashboard_notifications.user_id`.
    pub user_id: String,
    superuser: PgConnectOptions,
    website: PgConnectOptions,
    pool: OnceCell<PgPool>,
    /// The database itself, where it is one of the shared server: dropped with this.
    pub database: Option<TestDatabase>,
}

impl Office {
    /// An office on the tests' shared server.
    pub async fn open() -> Self {
        let database = Server::get().await.office_database().await;
        let superuser = database.options().clone();
        Self::furnish(superuser, Some(database)).await
    }

    /// An office on a server of its own.
    pub async fn open_on(server: &PrivateServer) -> Self {
        let name = "neff_paving_admin";
        server.create_database(name).await;
        let superuser = server.options().database(name);
        migrate_database(&superuser).await;
        Self::furnish(superuser, None).await
    }

    async fn furnish(superuser: PgConnectOptions, database: Option<TestDatabase>) -> Self {
        let (login, website) = (unique("dana"), unique("website"));
        let mut connection = superuser.connect().await.expect("the superuser connects");
        // Two tests that give the same role to their logins at once: "tuple concurrently updated".
        let text = format!(
            "BEGIN; SELECT pg_advisory_xact_lock(7310001);
             CREATE ROLE {login} LOGIN PASSWORD '{PASSWORD}' IN ROLE neff_app;
             CREATE ROLE {website} LOGIN PASSWORD '{PASSWORD}' IN ROLE neff_app; COMMIT"
        );
        sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut connection).await.expect("two logins");
        let (person, user_id): (Uuid, String) = sqlx::query_as(
            "WITH person AS (INSERT INTO app_users (user_id, name, database_login, office_role)
                 VALUES ($1, 'Dana Neff', $1::name, 'owner') RETURNING id, user_id),
             member AS (INSERT INTO recipient_group_members (group_id, app_user_id)
                 SELECT g.id, p.id FROM recipient_groups g, person p WHERE g.name = 'admins')
             SELECT id, user_id::text FROM person",
        )
        .bind(&login)
        .fetch_one(&mut connection)
        .await
        .expect("a person");
        Self {
            port: superuser.get_port(),
            name: superuser.get_database().expect("a database").to_owned(),
            website: superuser.clone().username(&website).password(PASSWORD),
            login,
            person,
            user_id,
            superuser,
            pool: OnceCell::new(),
            database,
        }
    }

    /// The address for the person's program, through `port`.
    pub fn url(&self, port: u16) -> String {
        format!("postgres://{}@127.0.0.1:{port}/{}?sslmode=disable", self.login, self.name)
    }

    /// A connection of the website's form: an ordinary login that knows nothing of this program.
    pub async fn website(&self) -> PgConnection {
        self.website.connect().await.expect("the website connects")
    }

    /// The same, of a server that may be away.
    ///
    /// # Errors
    /// Why it does not connect.
    pub async fn try_website(&self) -> Result<PgConnection, sqlx::Error> {
        self.website.connect().await
    }

    /// Connections of the superuser.
    pub async fn keeper(&self) -> &PgPool {
        let options = self.superuser.clone();
        let pool = async || PgPoolOptions::new().max_connections(4).connect_with(options).await.expect("connections");
        self.pool.get_or_init(pool).await
    }

    /// The website takes an estimate request, without a cost, as it always does.
    pub async fn request_estimate(&self, customer: &str) -> Uuid {
        request_estimate(&mut self.website().await, customer).await
    }

    /// The notification of an estimate request for this person.
    pub async fn notification_of(&self, estimate: Uuid) -> Option<Uuid> {
        sqlx::query_scalar(
            "SELECT id FROM dashboard_notifications WHERE user_id = $1 AND to_jsonb(dashboard_notifications)::text LIKE '%' || $2 || '%'",
        )
        .bind(&self.user_id)
        .bind(estimate.to_string())
        .fetch_optional(self.keeper().await)
        .await
        .expect("an answer")
    }

    /// Another program notifies this person directly.
    pub async fn notify(&self, title: &str, message: &str) -> Uuid {
        sqlx::query_scalar(
            "INSERT INTO dashboard_notifications (user_id, alert_type_id, title, message)
             SELECT $1, id, $2, $3 FROM alert_types WHERE name = 'system_error' RETURNING id",
        )
        .bind(&self.user_id)
        .bind(title)
        .bind(message)
        .fetch_one(self.keeper().await)
        .await
        .expect("a notification")
    }

    /// One number the database answers with.
    pub async fn count(&self, query: &str) -> i64 {
        sqlx::query_scalar(AssertSqlSafe(query.to_owned())).fetch_one(self.keeper().await).await.expect("a number")
    }

    /// Runs one statement as the superuser.
    pub async fn execute(&self, text: &str) {
        sqlx::raw_sql(AssertSqlSafe(text.to_owned())).execute(self.keeper().await).await.expect("the statement");
    }

    /// How many sessions the person's login has on this database.
    pub async fn sessions(&self) -> i64 {
        self.count(&format!("SELECT count(*) FROM pg_stat_activity WHERE usename = '{}'", self.login)).await
    }

    /// Ends every session of the person's program.
    pub async fn terminate_sessions(&self) -> i64 {
        self.count(&format!(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = '{}'",
            self.login
        ))
        .await
    }
}

/// The website takes an estimate request over this connection.
pub async fn request_estimate(website: &mut PgConnection, customer: &str) -> Uuid {
    sqlx::query_scalar(
        "INSERT INTO estimates (customer_name, email, phone, service_type, project_address, description)
         VALUES ($1, 'customer@example.com', '555-0100', 'residential', '12 Quarry Road', 'A driveway') RETURNING id",
    )
    .bind(customer)
    .fetch_one(website)
    .await
    .expect("the estimate request is taken")
}
