//! Who somebody is: proven by a login of their own, said on one that many share, switched off for good.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use neff_tests::postgres::{Server, TestDatabase, unique};
use neff_tests::sql::{assert_forbidden, list, run, somebody, text, try_run};
use sqlx::{ConnectOptions, PgConnection};

async fn office() -> (TestDatabase, PgConnection) {
    let database = Server::get().await.office_database().await;
    let connection = database.connect().await;
    (database, connection)
}

/// A person with a login of their own in these roles.
async fn person(
    database: &TestDatabase,
    keeper: &mut PgConnection,
    name: &str,
    roles: &[&str],
) -> (String, PgConnection) {
    let (login, connection) = somebody(database, roles).await;
    run(
        keeper,
        &format!("INSERT INTO app_users (user_id, name, database_login) VALUES ('{login}', '{name}', '{login}')"),
    )
    .await;
    (login, connection)
}

const ALERTED: &str = "SELECT string_agg(u.name || ' ' || u.office_role, ', ' ORDER BY u.created_at, u.name) FROM recipient_group_members m
    JOIN recipient_groups g ON g.id = m.group_id JOIN app_users u ON u.id = m.app_user_id WHERE g.name = 'admins'";

#[tokio::test]
async fn the_first_who_may_administer_is_the_owner_and_alerts_reach_whoever_is_there() {
    let (database, mut keeper) = office().await;
    let (_, mut website) = somebody(&database, &["neff_app"]).await;
    run(&mut website, "SELECT neff.register_person(' The   website ')").await;
    // Nobody else would hear of anything; but it owns nothing.
    assert_eq!(text(&mut keeper, ALERTED).await, "The website manager");
    let (login, mut karen) = somebody(&database, &["neff_app", "neff_admin"]).await;
    run(&mut karen, "SELECT neff.register_person('Karen Neff', true)").await;
    assert_eq!(text(&mut keeper, ALERTED).await, "The website manager, Karen Neff owner");
    assert_eq!(text(&mut keeper, "SELECT database_login FROM app_users WHERE name = 'Karen Neff'").await, login);
    // The next administrator is not another owner, and adds people, who are not asked for their alerts.
    run(&mut karen, "SELECT neff.register_person('Tom')").await;
    assert_eq!(text(&mut keeper, "SELECT office_role FROM app_users WHERE name = 'Tom'").await, "manager");
    assert_eq!(text(&mut keeper, ALERTED).await, "The website manager, Karen Neff owner");
}

#[tokio::test]
async fn only_an_administrator_ties_a_login_and_never_one_that_roles_share() {
    let (database, mut keeper) = office().await;
    let (_, mut shared) = somebody(&database, &["neff_app"]).await;
    assert_forbidden(&mut shared, "SELECT neff.register_person('Eve', true)").await;
    assert_forbidden(
        &mut shared,
        "INSERT INTO app_users (user_id, name, database_login) VALUES ('x', 'X', session_user)",
    )
    .await;
    run(&mut shared, "SELECT neff.register_person('Eve')").await;
    assert_forbidden(&mut shared, "UPDATE app_users SET database_login = session_user").await;
    assert_eq!(text(&mut keeper, "SELECT count(database_login) FROM app_users").await, "0");
    let (login, mut dana) = person(&database, &mut keeper, "Dana Neff", &["neff_app"]).await;
    // Their own login adds nobody else, and nobody is added twice or under a name that looks the same.
    assert_forbidden(&mut dana, "SELECT neff.register_person('Somebody')").await;
    for name in ["eve", " EVE ", "Ève", "dana  NEFF"] {
        let told = try_run(&mut shared, &format!("SELECT neff.register_person('{name}')")).await.unwrap_err();
        assert!(told.starts_with("23505"), "{name}: {told}");
    }
    for role in ["neff_app", "neff_admin", "neff_owner", "neff_program", "neff_readonly"] {
        let told =
            try_run(&mut keeper, &format!("UPDATE app_users SET database_login = '{role}' WHERE name = 'Eve'")).await;
        assert!(told.unwrap_err().starts_with("23514"), "{role}");
    }
    // One login is one person.
    let told =
        try_run(&mut keeper, &format!("UPDATE app_users SET database_login = '{login}' WHERE name = 'Eve'")).await;
    assert!(told.unwrap_err().starts_with("23505"));
}

#[tokio::test]
async fn a_persons_row_is_theirs_or_an_administrators() {
    let (database, mut keeper) = office().await;
    let (login, mut dana) = person(&database, &mut keeper, "Dana", &["neff_app"]).await;
    let (_, mut shared) = somebody(&database, &["neff_app"]).await;
    run(&mut keeper, "INSERT INTO app_users (user_id, name) VALUES ('mike', 'Mike'), ('pat', 'Pat')").await;
    let quiet = |from: &str| format!("UPDATE app_users SET quiet_from = '{from}', quiet_until = '06:00'");
    let who =
        "SELECT string_agg(name || ' ' || quiet_from, ', ' ORDER BY name) FROM app_users WHERE quiet_from IS NOT NULL";

    // Nobody has said who they are: no row is theirs.
    run(&mut shared, &quiet("20:00")).await;
    assert_eq!(text(&mut keeper, who).await, "");
    run(&mut shared, "SELECT set_config('app.current_user', 'mike', false)").await;
    run(&mut shared, &quiet("21:00")).await;
    // Saying one is somebody with a login of their own does not make one of them.
    run(&mut shared, &format!("SELECT set_config('app.current_user', '{login}', false)")).await;
    run(&mut shared, &quiet("22:00")).await;
    assert_eq!(text(&mut keeper, who).await, "Mike 21:00:00");
    run(&mut dana, "SELECT set_config('app.current_user', 'mike', false)").await;
    run(&mut dana, &quiet("23:00")).await;
    assert_eq!(text(&mut keeper, who).await, "Dana 23:00:00, Mike 21:00:00");

    // What is said proves nothing: where alerts go is not changed by it.
    run(&mut shared, "SELECT set_config('app.current_user', 'mike', false)").await;
    for change in ["email = 'evil@example.com'", "phone = '555'", "name = 'Karen'"] {
        assert_forbidden(&mut shared, &format!("UPDATE app_users SET {change}")).await;
    }
    run(&mut dana, "UPDATE app_users SET email = 'dana@example.com', phone = '1', name = 'Dana N.'").await;
    assert_eq!(text(&mut keeper, "SELECT count(email) FROM app_users").await, "1");
    let (_, mut admin) = somebody(&database, &["neff_admin"]).await;
    run(&mut admin, "UPDATE app_users SET email = user_id || '@example.com'").await;
    assert_eq!(text(&mut keeper, "SELECT count(email) FROM app_users").await, "3");
}

#[tokio::test]
async fn a_claim_is_believed_only_where_nobody_can_know_better() {
    let (database, mut keeper) = office().await;
    let (login, mut dana) = person(&database, &mut keeper, "Dana", &["neff_app"]).await;
    let (shared_login, mut shared) = somebody(&database, &["neff_app"]).await;
    run(&mut keeper, "INSERT INTO app_users (user_id, name) VALUES ('mike', 'Mike')").await;
    let as_dana = format!("'{login}'");
    for (claim, said) in
        [("''", "system"), ("'mike'", "mike"), ("'the app'", "the app"), (as_dana.as_str(), shared_login.as_str())]
    {
        run(&mut dana, &format!("SELECT set_config('app.current_user', {claim}, false)")).await;
        run(&mut shared, &format!("SELECT set_config('app.current_user', {claim}, false)")).await;
        assert_eq!(text(&mut dana, "neff.app_actor()").await, login, "{claim}");
        assert_eq!(text(&mut shared, "neff.app_actor()").await, said, "{claim}");
    }
    // So it stands in the trail, and in the list of what people did.
    let job = "INSERT INTO job_schedules (start_date, end_date, location_address) VALUES (now(), now() + interval '1 h', 'x');
               INSERT INTO office_changes (changed_by, login, proven, source, summary) VALUES ('x', 'x', true, 'api', 'x')";
    for connection in [&mut dana, &mut shared] {
        run(connection, job).await;
    }
    let lines = "SELECT changed_by || ' ' || login FROM schedule_changes ORDER BY number";
    let by = [format!("{login} {login}"), format!("{shared_login} {shared_login}")];
    assert_eq!(list(&mut keeper, lines).await, by);
    let changes = "SELECT changed_by || ' ' || proven FROM office_changes ORDER BY changed_at";
    assert_eq!(list(&mut keeper, changes).await, [format!("{login} true"), format!("{shared_login} false")]);
}

#[tokio::test]
async fn a_disabled_person_is_out() {
    let (database, mut keeper) = office().await;
    let (login, mut dana) = person(&database, &mut keeper, "Dana", &["neff_app", "neff_admin"]).await;
    let (_, mut admin) = somebody(&database, &["neff_admin"]).await;
    let (_, mut shared) = somebody(&database, &["neff_app"]).await;
    // Since 16 only whoever gave a role takes it back: there the owner gives it.
    if Server::get().await.major >= 16 {
        run(
            &mut keeper,
            &format!(
                "REVOKE neff_app, neff_admin FROM {login}; GRANT neff_app, neff_admin TO {login} GRANTED BY neff_owner"
            ),
        )
        .await;
    }
    run(&mut dana, "INSERT INTO customers (name, email) VALUES ('C', 'c@example.com')").await;
    run(&mut admin, "UPDATE app_users SET status = 'disabled' WHERE name = 'Dana'").await;
    // The session that is open has nothing left, and no other is let in.
    for statement in [
        "SELECT * FROM customers",
        "SELECT * FROM job_schedules",
        "SELECT * FROM app_users",
        "SELECT neff.register_person('Dana Two')",
    ] {
        assert_forbidden(&mut dana, statement).await;
    }
    let refused = database.options_for(&login).connect().await.unwrap_err();
    assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("42501"), "{refused}");
    assert_eq!(text(&mut admin, "SELECT count(*) FROM neff.disabled_with_rights()").await, "0");
    // Nor does the name come back through a login that many share.
    assert_forbidden(&mut shared, "SELECT neff.register_person('dana')").await;
    // Switched on again it has what it had.
    run(&mut admin, "UPDATE app_users SET status = 'active' WHERE name = 'Dana'").await;
    let mut dana = database.connect_as(&login).await;
    run(&mut dana, "SELECT * FROM job_schedules; INSERT INTO system_config (key, value) VALUES ('a', 'b')").await;
}

#[tokio::test]
async fn what_cannot_be_taken_from_a_disabled_login_is_told_and_writes_nothing() {
    let (database, mut keeper) = office().await;
    run(&mut keeper, "SELECT neff.register_person('Karen')").await;
    // It is in the office through a group of the company's own, which others are in as well.
    let (group, login) = (unique("group"), unique("eve"));
    Server::get().await.create_login(&group, "x", &["neff_app"]).await;
    Server::get().await.create_login(&login, "x", &[&group]).await;
    let colleague = unique("colleague");
    Server::get().await.create_login(&colleague, "x", &[&group]).await;
    let mut eve = database.connect_as(&login).await;
    run(
        &mut keeper,
        &format!(
            "INSERT INTO customers (name, email) VALUES ('C', 'c@example.com');
        INSERT INTO contracts (client_name, service_type, project_address) VALUES ('C', 'residential', 'x');
        INSERT INTO app_users (user_id, name, database_login) VALUES ('eve', 'Eve', '{login}')"
        ),
    )
    .await;
    let (_, mut admin) = somebody(&database, &["neff_admin"]).await;
    run(&mut admin, "UPDATE app_users SET status = 'disabled' WHERE name = 'Eve'").await;
    let told =
        text(&mut keeper, "SELECT message FROM dashboard_notifications WHERE title LIKE 'Security warning%'").await;
    assert!(told.contains(&format!("REVOKE {group} FROM {login}")), "{told}");
    assert!(
        text(&mut admin, "SELECT string_agg(login || command, ' ') FROM neff.disabled_with_rights()")
            .await
            .contains(&login)
    );
    // Everything staff may write to is shut, whatever the statement would do.
    let tables = "SELECT table_name::text FROM role_privileges WHERE role_name = 'neff_app' AND privileges ~ 'INSERT' ORDER BY 1";
    let tables = list(&mut keeper, tables).await;
    assert!(tables.len() > 20, "{tables:?}");
    for table in &tables {
        assert_forbidden(&mut eve, &format!("INSERT INTO {table} DEFAULT VALUES")).await;
    }
    for statement in [
        "UPDATE job_schedules SET priority_level = 1",
        "DELETE FROM estimates",
        "SELECT neff.register_person('Eva')",
        "SELECT neff.block_customer(gen_random_uuid())",
    ] {
        assert_forbidden(&mut eve, statement).await;
    }
    for table in ["customers", "contracts", "app_users", "system_config", "neff.find_blocked_customer('c@example.com')"]
    {
        assert_eq!(text(&mut eve, &format!("SELECT count(*) FROM {table}")).await, "0", "{table}");
    }
    // The others of the group go on.
    let mut colleague = database.connect_as(&colleague).await;
    run(
        &mut colleague,
        "INSERT INTO estimates (customer_name, email, service_type, project_address) VALUES ('x', 'x', 'x', 'x')",
    )
    .await;
    assert_eq!(text(&mut colleague, "SELECT count(*) FROM customers").await, "1");
}

#[tokio::test]
async fn other_programs_have_a_role_of_their_own() {
    let (database, mut keeper) = office().await;
    let (_, mut website) = somebody(&database, &["neff_program"]).await;
    run(
        &mut keeper,
        "INSERT INTO customers (name, email, status) VALUES ('Bad', 'bad@example.com', 'blocked');
        INSERT INTO system_config (key, value, is_sensitive) VALUES ('mail_password', 'swordfish', true);
        INSERT INTO crew_members (name, role, emergency_contact) VALUES ('Ann', 'operator', '{}')",
    )
    .await;
    // The form, the webhook, the mobile app.
    run(&mut website, "
        INSERT INTO estimates (customer_name, email, service_type, project_address) VALUES ('E', 'e@example.com', 'residential', 'x');
        INSERT INTO customers (name, email) VALUES ('C', 'c@example.com') ON CONFLICT (email) DO UPDATE SET phone = '1';
        INSERT INTO contracts (client_name, client_email, service_type, project_address) VALUES ('C', 'c@example.com', 'residential', 'x');
        INSERT INTO job_schedules (contract_id, calendly_event_uri, start_date, end_date, location_address, crew_assigned)
            SELECT id, 'https://calendly.com/1', now(), now() + interval '1 h', 'x', '[\"Ann\"]' FROM contracts;
        UPDATE job_schedules SET status = 'completed';
        INSERT INTO schedule_changes (job_schedule_id, change_type, changed_by, source) SELECT id, 'completed', 'the app', 'mobile_app' FROM job_schedules;
        INSERT INTO payments (contract_id, amount) SELECT id, 5 FROM contracts;
        INSERT INTO dashboard_notifications (user_id, alert_type_id, title, message) SELECT 'x', id, 't', 'm' FROM alert_types LIMIT 1;
        UPDATE dashboard_notifications SET is_read = true WHERE user_id = 'x';
        SELECT process_job_alert(id, 'job_scheduled') FROM job_schedules;
        SELECT neff.record_system_error('website', 'the form failed');
        CREATE TEMP TABLE batch (a int);
        SELECT * FROM schedule_changes; SELECT * FROM crews; SELECT name, phone FROM crew_members; SELECT * FROM job_assignments; SELECT * FROM change_feed").await;
    assert_eq!(text(&mut website, "SELECT string_agg(name, ',') FROM customers").await, "C");
    assert_eq!(text(&mut website, "SELECT count(*) FROM system_config WHERE is_sensitive").await, "0");
    for statement in [
        "SELECT neff.register_person('X')",
        "SELECT * FROM app_users",
        "UPDATE app_users SET email = 'x'",
        "SELECT emergency_contact FROM crew_members",
        "UPDATE crew_members SET phone = '1'",
        "DELETE FROM job_schedules",
        "DELETE FROM customers",
        "UPDATE schedule_changes SET reason = 'x'",
        "SELECT * FROM audit_logs",
        "SELECT * FROM office_changes",
        "INSERT INTO office_changes (changed_by, login, proven, source, summary) VALUES ('x', 'x', true, 'api', 'x')",
        "INSERT INTO alert_rules (alert_type_id, name, conditions) SELECT id, 'R', '{}' FROM alert_types",
        "UPDATE email_templates SET body_template = ''",
        "SELECT * FROM recipient_group_members",
        "INSERT INTO assignment_overrides (job_schedule_id, resource_id, reason) VALUES (gen_random_uuid(), gen_random_uuid(), 'x')",
        "SELECT neff.block_customer(gen_random_uuid())",
        "SELECT neff.search_records('C')",
        "SELECT neff.apply_role_privileges()",
        "SELECT neff.raise_alert('job_scheduled', '{}')",
        "CREATE TABLE mine (id int)",
    ] {
        assert_forbidden(&mut website, statement).await;
    }
}

#[tokio::test]
async fn only_whoever_has_business_here_is_let_in() {
    let (database, _keeper) = office().await;
    let stranger = unique("stranger");
    Server::get().await.create_login(&stranger, "x", &[]).await;
    let refused = database.options_for(&stranger).connect().await.unwrap_err();
    assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("42501"), "{refused}");
    for role in ["neff_app", "neff_admin", "neff_program", "neff_readonly"] {
        let (_, mut connection) = somebody(&database, &[role]).await;
        run(&mut connection, "CREATE TEMP TABLE t (a int)").await;
    }
    // A program that the company gave a right of its own, before the database was adopted, goes on.
    let database = Server::get().await.specification_database().await;
    let program = unique("program");
    Server::get().await.create_login(&program, "x", &[]).await;
    run(&mut database.connect().await, &format!("GRANT SELECT, INSERT ON estimates TO {program}")).await;
    database.migrate().await;
    let mut program = database.connect_as(&program).await;
    run(&mut program, "CREATE TEMP TABLE t (a int); SELECT * FROM estimates;
        INSERT INTO estimates (customer_name, email, service_type, project_address) VALUES ('E', 'e', 'residential', 'x')").await;
    assert!(database.options_for(&stranger).connect().await.is_err());
}
