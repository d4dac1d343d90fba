//! What a login may do here, and the command that grants what it may not.

use serde::Serialize;
use sqlx::PgConnection;

use crate::error::DatabaseError;

/// One right that is missing, with the statement somebody who may can run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissingRight {
    /// A plain clause: what the login may not do.
    pub what: String,
    /// SQL for a superuser or the owner.
    pub command: String,
}

/// The objects of the specification, whose owner a migrating login must be (or be a member of).
const SPECIFIED: &str = "'schema_versions', 'contracts', 'estimates', 'customers', 'job_schedules', 'schedule_changes',
    'crew_members', 'alert_types', 'alert_rules', 'alert_history', 'email_templates', 'sms_templates',
    'dashboard_notifications', 'audit_logs', 'system_config', 'slow_queries', 'table_sizes', 'database_health',
    'alert_system_health', 'query_performance', 'table_statistics', '_sqlx_migrations'";

/// What the present login lacks to migrate this database; empty when it may.
///
/// # Errors
/// When the catalogue cannot be read.
pub async fn missing_to_migrate(connection: &mut PgConnection) -> Result<Vec<MissingRight>, DatabaseError> {
    let (login, superuser, create_role, inherits, database, create_database, version): (String, bool, bool, bool, String, bool, i32) = sqlx::query_as(
        "SELECT quote_ident(current_user::text), rolsuper, rolcreaterole, rolinherit, quote_ident(current_database()::text),
                has_database_privilege(current_database(), 'CREATE'), current_setting('server_version_num')::int
           FROM pg_roles WHERE rolname = current_user",
    )
    .fetch_one(&mut *connection)
    .await?;
    let mut missing = Missing::default();
    others_in_the_schema(connection, &mut missing).await?;
    if superuser {
        return Ok(missing.0);
    }
    if !inherits {
        missing.lack("does not inherit the rights of its roles".into(), format!("ALTER ROLE {login} INHERIT;"));
    }
    of_the_database(connection, &login, &database, create_database, &mut missing).await?;
    of_the_roles(connection, &login, create_role, version, &mut missing).await?;
    of_the_objects(connection, &login, &mut missing).await?;
    of_the_schema(connection, &login, &mut missing).await?;
    Ok(missing.0)
}

#[derive(Default)]
struct Missing(Vec<MissingRight>);

impl Missing {
    fn lack(&mut self, what: String, command: String) {
        self.0.push(MissingRight { what, command });
    }
}

async fn of_the_database(
    connection: &mut PgConnection,
    login: &str,
    database: &str,
    create_database: bool,
    missing: &mut Missing,
) -> Result<(), DatabaseError> {
    if !create_database {
        missing.lack(
            "may not create objects in this database".into(),
            format!("GRANT CREATE ON DATABASE {database} TO {login} WITH GRANT OPTION;"),
        );
    }
    // neff_owner must be given CREATE too, which only an owner or a holder of the grant option can do.
    let (may_pass_on, owner_may): (bool, bool) = sqlx::query_as(
        "SELECT has_database_privilege(current_database(), 'CREATE WITH GRANT OPTION'),
                coalesce((SELECT has_database_privilege(rolname, current_database(), 'CREATE')
                            FROM pg_roles WHERE rolname = 'neff_owner'), false)",
    )
    .fetch_one(&mut *connection)
    .await?;
    if create_database && !may_pass_on && !owner_may {
        missing.lack(
            "may not pass the right to create objects on".into(),
            format!("GRANT CREATE ON DATABASE {database} TO {login} WITH GRANT OPTION;"),
        );
    }
    Ok(())
}

async fn of_the_roles(
    connection: &mut PgConnection,
    login: &str,
    create_role: bool,
    version: i32,
    missing: &mut Missing,
) -> Result<(), DatabaseError> {
    let (roles, owner_exists, owner_member, owner_admin): (i64, bool, bool, bool) = sqlx::query_as(
        "SELECT count(*), bool_or(rolname = 'neff_owner') IS TRUE,
                bool_or(rolname = 'neff_owner' AND pg_has_role(oid, 'MEMBER')) IS TRUE,
                bool_or(rolname = 'neff_owner' AND pg_has_role(oid, 'MEMBER WITH ADMIN OPTION')) IS TRUE
           FROM pg_roles WHERE rolname IN ('neff_owner', 'neff_admin', 'neff_app', 'neff_program', 'neff_readonly')",
    )
    .fetch_one(&mut *connection)
    .await?;
    if roles < 5 && !create_role {
        missing.lack(
            "may not create the roles neff_owner, neff_admin, neff_app, neff_program and neff_readonly".into(),
            format!("ALTER ROLE {login} CREATEROLE;"),
        );
    }
    let may_join = owner_admin || (create_role && version < 160_000);
    if owner_exists && !owner_member && !may_join {
        missing.lack(
            "is not a member of neff_owner, which owns the objects".into(),
            format!("GRANT neff_owner TO {login} WITH ADMIN OPTION;"),
        );
    }
    Ok(())
}

async fn of_the_objects(
    connection: &mut PgConnection,
    login: &str,
    missing: &mut Missing,
) -> Result<(), DatabaseError> {
    let others: Vec<(String, String)> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, format('public.%I', c.relname)
           FROM pg_class c
          WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v') AND c.relname IN ({SPECIFIED})
            AND NOT pg_has_role(c.relowner, 'USAGE') AND pg_get_userbyid(c.relowner) <> 'neff_owner'
          UNION ALL
         SELECT 'FUNCTION', p.oid::regprocedure::text
           FROM pg_proc p
          WHERE p.pronamespace = 'public'::regnamespace AND NOT pg_has_role(p.proowner, 'USAGE')
            AND pg_get_userbyid(p.proowner) <> 'neff_owner'
            AND p.proname IN ('process_job_alert', 'evaluate_alert_conditions', 'trigger_job_schedule_alerts',
                'update_timestamp', 'audit_trigger_function', 'daily_maintenance', 'weekly_optimization',
                'send_alert_notifications')
          ORDER BY 1, 2"
    )))
    .fetch_all(&mut *connection)
    .await?;
    // What neff_owner owns comes with being its member.
    if !others.is_empty() {
        let commands: Vec<_> =
            others.iter().map(|(kind, name)| format!("ALTER {kind} {name} OWNER TO {login};")).collect();
        missing.lack(
            format!("does not own {} of the database's tables, views and functions", others.len()),
            commands.join("\n"),
        );
    }

    // A column is widened that views of the company's own may read: they are taken down and put back.
    let views: Vec<(String,)> = sqlx::query_as(
        "WITH RECURSIVE reader AS (
             SELECT r.ev_class AS oid
               FROM pg_depend d
               JOIN pg_rewrite r ON r.oid = d.objid
               JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
              WHERE d.classid = 'pg_rewrite'::regclass AND d.refobjid = to_regclass('public.job_schedules')
                AND a.attname = 'estimated_duration_hours' AND a.atttypmod <> ((7 << 16) | 2) + 4
             UNION
             SELECT r.ev_class
               FROM reader
               JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = reader.oid
               JOIN pg_rewrite r ON r.oid = d.objid AND d.classid = 'pg_rewrite'::regclass)
         SELECT c.oid::regclass::text FROM reader JOIN pg_class c USING (oid)
          WHERE c.relkind = 'v' AND NOT pg_has_role(c.relowner, 'USAGE') ORDER BY 1",
    )
    .fetch_all(&mut *connection)
    .await?;
    if !views.is_empty() {
        let commands: Vec<_> = views.iter().map(|(name,)| format!("ALTER VIEW {name} OWNER TO {login};")).collect();
        missing.lack(format!("does not own {} views that read job_schedules", views.len()), commands.join("\n"));
    }
    Ok(())
}

/// Roles that may create in `public` beside its owner: they could put something in the way of what runs there with
/// more rights than theirs. (What PUBLIC may, the migration takes back itself.)
async fn others_in_the_schema(connection: &mut PgConnection, missing: &mut Missing) -> Result<(), DatabaseError> {
    let others: Vec<String> = sqlx::query_scalar(
        "SELECT a.grantee::regrole::text
           FROM pg_namespace n CROSS JOIN LATERAL aclexplode(n.nspacl) AS a
          WHERE n.nspname = 'public' AND a.privilege_type = 'CREATE' AND a.grantee NOT IN (0, n.nspowner)
            AND NOT coalesce((SELECT pg_has_role(a.grantee, o.oid, 'MEMBER') FROM pg_roles o WHERE o.rolname = 'neff_owner'), false)
            AND NOT pg_has_role(a.grantee, current_user, 'MEMBER')
          ORDER BY 1",
    )
    .fetch_all(&mut *connection)
    .await?;
    if !others.is_empty() {
        let others = others.join(", ");
        missing.lack(
            format!("is not alone in creating objects in the schema public: {others} may, too"),
            format!("REVOKE CREATE ON SCHEMA public FROM {others};"),
        );
    }
    Ok(())
}

async fn of_the_schema(connection: &mut PgConnection, login: &str, missing: &mut Missing) -> Result<(), DatabaseError> {
    let (owns, owner_may, open): (bool, bool, bool) = sqlx::query_as(
        "SELECT pg_has_role(nspowner, 'USAGE'),
                coalesce((SELECT has_schema_privilege(rolname, 'public', 'CREATE') FROM pg_roles WHERE rolname = 'neff_owner'), false),
                EXISTS (SELECT FROM aclexplode(coalesce(nspacl, acldefault('n', nspowner))) a
                         WHERE a.grantee = 0 AND a.privilege_type = 'CREATE')
           FROM pg_namespace WHERE nspname = 'public'",
    )
    .fetch_one(&mut *connection)
    .await?;
    if !owns && (open || !owner_may) {
        let what = if open {
            "may not take the right to create objects in the schema public from everybody"
        } else {
            "may not create objects in the schema public"
        };
        missing.lack(what.into(), format!("ALTER SCHEMA public OWNER TO {login};"));
    }

    let unavailable: Vec<(String,)> = sqlx::query_as(
        "SELECT name FROM pg_available_extensions WHERE name IN ('pg_trgm', 'btree_gist') AND installed_version IS NULL
            AND NOT EXISTS (SELECT FROM pg_available_extension_versions v
                             WHERE v.name = pg_available_extensions.name AND v.trusted)",
    )
    .fetch_all(&mut *connection)
    .await?;
    for (name,) in unavailable {
        missing.lack(format!("may not install the extension {name}"), format!("CREATE EXTENSION {name};"));
    }
    Ok(())
}

/// What the present login lacks to dump the whole database; empty when it may. `migrating`: it is about to own what
/// [`missing_to_migrate`] names, which then needs no right of its own.
///
/// # Errors
/// When the catalogue cannot be read.
pub async fn missing_to_back_up(
    connection: &mut PgConnection,
    migrating: bool,
) -> Result<Vec<MissingRight>, DatabaseError> {
    let left_out = if migrating { SPECIFIED } else { "''" };
    let (login, unread, hidden): (String, Vec<String>, Vec<String>) = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "WITH kept AS (
             SELECT c.* FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              WHERE c.relkind IN ('r', 'm', 'S', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
                -- The tables of an extension are dumped as the extension; a table's own sequence goes with it.
                AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
                AND NOT (n.nspname = 'public' AND c.relname IN ({left_out}))
                AND NOT EXISTS (SELECT FROM pg_depend d JOIN pg_class t ON t.oid = d.refobjid
                                 WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')
                                   AND c.relkind = 'S' AND t.relname IN ({left_out})))
         SELECT quote_ident(current_user::text),
                ARRAY(SELECT CASE k.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE '' END || k.oid::regclass::text FROM kept k
                       WHERE NOT (has_schema_privilege(k.relnamespace, 'USAGE') AND has_table_privilege(k.oid, 'SELECT')) ORDER BY 1),
                ARRAY(SELECT k.oid::regclass::text FROM kept k
                       WHERE k.relrowsecurity AND (k.relforcerowsecurity OR NOT pg_has_role(k.relowner, 'USAGE'))
                         AND NOT (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user) ORDER BY 1)"
    )))
    .fetch_one(&mut *connection)
    .await?;
    let mut missing = Vec::new();
    if !unread.is_empty() {
        let commands: Vec<_> = unread.iter().map(|name| format!("GRANT SELECT ON {name} TO {login};")).collect();
        missing.push(MissingRight {
            what: format!("may not read {} for a backup", unread.join(", ")),
            command: commands.join("\n"),
        });
    }
    if !hidden.is_empty() {
        missing.push(MissingRight {
            what: format!("does not see every row of {} for a backup", hidden.join(", ")),
            command: format!("ALTER ROLE {login} BYPASSRLS;"),
        });
    }
    Ok(missing)
}

/// What the present login lacks to do office work in a database of ours; empty when it may.
///
/// # Errors
/// When the catalogue cannot be read.
pub async fn missing_to_work(connection: &mut PgConnection) -> Result<Vec<MissingRight>, DatabaseError> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT quote_ident(current_user::text), t
           FROM unnest(ARRAY['job_schedules', 'estimates', 'contracts', 'dashboard_notifications', 'app_users',
                             'notification_popups', 'office_computers', 'crews', 'job_assignments']) AS t
          WHERE to_regclass('public.' || t) IS NOT NULL
            AND NOT has_table_privilege(to_regclass('public.' || t), 'SELECT')",
    )
    .fetch_all(&mut *connection)
    .await?;
    let Some((login, _)) = rows.first() else { return Ok(Vec::new()) };
    let tables: Vec<_> = rows.iter().map(|(_, t)| t.as_str()).collect();
    Ok(vec![MissingRight {
        what: format!("may not read {}", tables.join(", ")),
        command: format!("GRANT neff_app TO {login};"),
    }])
}
