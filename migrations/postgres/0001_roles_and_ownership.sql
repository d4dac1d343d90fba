-- Who owns the office database, and where it stands: roles, schema rights, extensions, the clock.
--
-- Runs on an empty database and on one the company made from the specification (owned, as a rule, by
-- `postgres`). Nothing here needs a superuser: it needs ownership of the objects, CREATE on the database and
-- CREATEROLE. `neff doctor` names whichever is missing, with the command that grants it.

DO $$
BEGIN
    IF current_setting('server_version_num')::int < 130000 THEN
        RAISE EXCEPTION 'Neff Office needs PostgreSQL 13 or newer, this is %', current_setting('server_version');
    END IF;
    IF current_setting('server_encoding') <> 'UTF8' THEN
        RAISE EXCEPTION 'the database must be UTF-8, this one is %', current_setting('server_encoding');
    END IF;
END $$;

-- Roles, only where absent and never with a password. Another database of the same server may be migrating at
-- this moment (roles belong to the whole server), so "it is there already" is no error.
DO $$
DECLARE
    wanted record;
BEGIN
    FOR wanted IN
        SELECT * FROM (VALUES
            ('neff_owner',    'NOLOGIN'),  -- owns every object, migrates
            ('neff_admin',    'NOLOGIN'),  -- keeps people, settings and rights
            ('neff_app',      'LOGIN'),    -- the office staff, and the programs of the specification
            ('neff_program',  'NOLOGIN'),  -- other programs: the website, a webhook, the mobile app
            ('neff_readonly', 'LOGIN')     -- reporting
        ) AS roles(name, login)
    LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted.name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I %s', wanted.name, wanted.login);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;
            END;
        END IF;
    END LOOP;

    -- The login that migrates acts as the owner. `pg_has_role(…)` is true for superusers too.
    IF NOT pg_has_role(current_user, 'neff_owner', 'MEMBER') THEN
        EXECUTE format('GRANT neff_owner TO %I', current_user);
    END IF;
    -- Since 16 the creator of a role administers it, but may not act as it until it says so.
    IF current_setting('server_version_num')::int >= 160000 THEN
        IF NOT (pg_has_role(current_user, 'neff_owner', 'USAGE') AND pg_has_role(current_user, 'neff_owner', 'SET')) THEN
            EXECUTE format('GRANT neff_owner TO %I WITH INHERIT TRUE, SET TRUE', current_user);
        END IF;
    END IF;

    -- Whoever is switched off in the office loses these roles; that is done as the owner.
    BEGIN
        EXECUTE 'GRANT neff_admin, neff_app, neff_program, neff_readonly TO neff_owner WITH '
            || CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'ADMIN TRUE, INHERIT FALSE, SET FALSE' ELSE 'ADMIN OPTION' END;
    EXCEPTION WHEN OTHERS THEN
        RAISE NOTICE 'the roles of people who are switched off will have to be taken away by hand: %', SQLERRM;
    END;

    -- To count everybody's connections (database_health). Without it they are "could not check".
    BEGIN
        GRANT pg_read_all_stats TO neff_owner;
    EXCEPTION WHEN OTHERS THEN
        RAISE NOTICE 'connections will not be counted: %', SQLERRM;
    END;
END $$;

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;
DO $$
DECLARE
    schema_name name;
BEGIN
    -- The company may have installed them in a schema of their own.
    FOR schema_name IN SELECT DISTINCT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
                        WHERE e.extname IN ('pg_trgm', 'btree_gist') AND NOT has_schema_privilege('neff_owner', n.oid, 'USAGE') LOOP
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO neff_owner', schema_name);
    END LOOP;
END $$;

-- Rights on the database and the schema `public`, which belongs to the server's superuser on PostgreSQL 13 and 14.
DO $$
DECLARE
    connects record;
BEGIN
    EXECUTE format('GRANT CREATE, CONNECT, TEMPORARY ON DATABASE %I TO neff_owner', current_database());
    -- Programs make temporary tables: until now everybody might.
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO neff_app, neff_program, neff_readonly, neff_admin', current_database());
    BEGIN
        GRANT USAGE, CREATE ON SCHEMA public TO neff_owner;
        GRANT USAGE ON SCHEMA public TO neff_app, neff_program, neff_readonly, neff_admin;
        REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    EXCEPTION WHEN insufficient_privilege THEN
        RAISE NOTICE 'the schema public belongs to another login';
    END;
    IF pg_has_role(current_user, (SELECT datdba FROM pg_database WHERE datname = current_database()), 'USAGE') THEN
        EXECUTE format('ALTER DATABASE %I SET timezone TO %L', current_database(), 'UTC');
        -- Only whoever has business here may come in: who owns something here or was given rights on it, in whatever schema.
        FOR connects IN
            SELECT r.oid::regrole AS name
              FROM pg_roles r
             WHERE r.rolname !~ '^pg_' AND r.oid IN (
                   SELECT unnest(c.relowner || ARRAY(SELECT a.grantee FROM aclexplode(c.relacl) AS a))
                     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname !~ '^(pg_|information_schema$)'
                   UNION
                   SELECT unnest(n.nspowner || ARRAY(SELECT a.grantee FROM aclexplode(n.nspacl) AS a))
                     FROM pg_namespace n WHERE n.nspname !~ '^(pg_|information_schema$)')
        LOOP
            EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO %s', current_database(), connects.name);
        END LOOP;
        EXECUTE format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    END IF;
END $$;

-- Whoever may create in `public` could put a function or an operator in the way of what runs there with more rights
-- than theirs. Nothing is made until that is over; the program says beforehand which command ends it.
DO $$
DECLARE
    others text;
BEGIN
    SELECT string_agg(CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END, ', ') INTO others
      FROM pg_namespace n CROSS JOIN LATERAL aclexplode(n.nspacl) AS a
     WHERE n.nspname = 'public' AND a.privilege_type = 'CREATE' AND a.grantee <> n.nspowner
       AND (a.grantee = 0 OR NOT pg_has_role(a.grantee, 'neff_owner', 'MEMBER'));
    IF others IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
            MESSAGE = format('%s may create in the schema public', others),
            HINT = format('As its owner: REVOKE CREATE ON SCHEMA public FROM %s;', others);
    END IF;
END $$;

-- What is ours and runs: functions, their types, and tables nobody else reads. Anybody may call what they are granted;
-- only the owner may put something there. Tables that people and programs know stay in `public`.
CREATE SCHEMA neff AUTHORIZATION neff_owner;
SET LOCAL ROLE neff_owner;
GRANT USAGE ON SCHEMA neff TO PUBLIC;
COMMENT ON SCHEMA neff IS 'Neff Office: functions and private tables. Only neff_owner may create here';
RESET ROLE;

SET LOCAL timezone = 'UTC';

-- Everything of the specification that is there already becomes the owner's, and so does the list of applied
-- migrations: the next person to migrate may have another login. Grants others hold stay.
DO $$
DECLARE
    object record;
BEGIN
    FOR object IN
        SELECT c.oid::regclass AS name,
               CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END AS kind
          FROM pg_class c
         WHERE c.relnamespace = 'public'::regnamespace
           AND c.relkind IN ('r', 'v')
           AND c.relname IN (
               'schema_versions', 'contracts', 'estimates', 'customers', 'job_schedules', 'schedule_changes',
               'crew_members', 'alert_types', 'alert_rules', 'alert_history', 'email_templates', 'sms_templates',
               'dashboard_notifications', 'audit_logs', 'system_config', 'slow_queries', 'table_sizes',
               'database_health', 'alert_system_health', 'query_performance', 'table_statistics', '_sqlx_migrations')
           AND c.relowner <> 'neff_owner'::regrole
    LOOP
        EXECUTE format('ALTER %s %s OWNER TO neff_owner', object.kind, object.name);
    END LOOP;
    FOR object IN
        SELECT p.oid::regprocedure AS name
          FROM pg_proc p
         WHERE p.pronamespace = 'public'::regnamespace
           AND p.proname IN (
               'process_job_alert', 'evaluate_alert_conditions', 'trigger_job_schedule_alerts', 'update_timestamp',
               'audit_trigger_function', 'daily_maintenance', 'weekly_optimization', 'send_alert_notifications')
           AND p.proowner <> 'neff_owner'::regrole
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO neff_owner', object.name);
    END LOOP;
END $$;

-- From here on every migration acts as neff_owner, and functions are nobody's to call until granted.
SET LOCAL ROLE neff_owner;
ALTER DEFAULT PRIVILEGES FOR ROLE neff_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
RESET ROLE;
