-- Who may do what: one table of rights, row policies, and the few definer functions that do what a right would be
-- too wide for. Everything a role may do to a table stands here; the tests try the opposite.
SET LOCAL ROLE neff_owner;
SET LOCAL timezone = 'UTC';

-- ---- The table of rights ------------------------------------------------------------------------------------------
CREATE TABLE role_privileges (
    role_name  name NOT NULL,
    table_name name NOT NULL,
    privileges text NOT NULL,               -- as GRANT takes them; columns in brackets where only some
    PRIMARY KEY (role_name, table_name)
);
COMMENT ON TABLE role_privileges IS 'What each role may do on each table: granted by neff.apply_role_privileges(), checked by the doctor';

-- neff_app: the office staff, and the programs that log in as it or in it since the specification had them do so.
INSERT INTO role_privileges
SELECT 'neff_app', t, 'SELECT, INSERT, UPDATE, DELETE'
  FROM unnest(ARRAY['contracts', 'estimates', 'customers', 'job_schedules', 'crew_members', 'crews', 'crew_memberships',
                    'equipment', 'time_off', 'customer_sites', 'estimate_items', 'price_book_items', 'payments',
                    'dashboard_notifications', 'assignment_overrides', 'resource_aliases']) AS t;
INSERT INTO role_privileges VALUES
    ('neff_app', 'schedule_changes',        'SELECT, INSERT'),          -- the trail is added to, never rewritten
    ('neff_app', 'estimate_versions',       'SELECT, INSERT'),
    ('neff_app', 'job_assignments',         'SELECT'),                  -- derived: written by triggers only
    ('neff_app', 'job_unknown_resources',   'SELECT'),
    ('neff_app', 'job_crews',               'SELECT'),
    ('neff_app', 'alert_types',             'SELECT'),
    ('neff_app', 'alert_rules',             'SELECT, INSERT, UPDATE, DELETE'),
    ('neff_app', 'email_templates',         'SELECT, INSERT, UPDATE, DELETE'),
    ('neff_app', 'sms_templates',           'SELECT, INSERT, UPDATE, DELETE'),
    ('neff_app', 'alert_history',           'SELECT, INSERT, UPDATE'),
    ('neff_app', 'recipient_groups',        'SELECT'),
    ('neff_app', 'recipient_group_members', 'SELECT'),
    ('neff_app', 'channel_endpoints',       'SELECT'),
    ('neff_app', 'app_users',               'SELECT, UPDATE (name, email, phone, time_zone, quiet_from, quiet_until, channels)'),
    ('neff_app', 'office_computers',        'SELECT, INSERT, UPDATE (name, last_seen)'),
    ('neff_app', 'notification_popups',     'SELECT, INSERT'),
    ('neff_app', 'change_feed',             'SELECT'),
    ('neff_app', 'schema_versions',         'SELECT'),
    ('neff_app', 'backups',                 'SELECT, INSERT, UPDATE (finished_at, file_name, bytes, sha256, result, error_message)'),
    ('neff_app', 'maintenance_runs',        'SELECT'),
    ('neff_app', 'adoption_repairs',        'SELECT'),
    ('neff_app', 'role_privileges',         'SELECT'),
    ('neff_app', 'system_config',           'SELECT');                  -- with a row policy: nothing sensitive

-- neff_admin: the owner of the company and whoever keeps the database.
INSERT INTO role_privileges
SELECT 'neff_admin', table_name, privileges FROM role_privileges WHERE role_name = 'neff_app'
    AND table_name NOT IN ('alert_types', 'recipient_groups', 'recipient_group_members', 'channel_endpoints',
                           'app_users', 'system_config', 'office_computers');
INSERT INTO role_privileges
SELECT 'neff_admin', t, 'SELECT, INSERT, UPDATE, DELETE'
  FROM unnest(ARRAY['alert_types', 'recipient_groups', 'recipient_group_members', 'channel_endpoints', 'app_users',
                    'system_config', 'office_computers']) AS t;
INSERT INTO role_privileges VALUES
    ('neff_admin', 'audit_logs', 'SELECT');                             -- nobody may change or delete it

-- neff_readonly: reporting. Not the audit, not the settings, not other people's notifications.
INSERT INTO role_privileges
SELECT 'neff_readonly', t, 'SELECT'
  FROM unnest(ARRAY['contracts', 'estimates', 'customers', 'job_schedules', 'schedule_changes', 'crews',
                    'crew_memberships', 'equipment', 'time_off', 'customer_sites', 'estimate_items', 'price_book_items',
                    'payments', 'job_assignments', 'job_crews', 'job_unknown_resources', 'alert_types', 'schema_versions']) AS t;
INSERT INTO role_privileges VALUES
    ('neff_readonly', 'crew_members',
     'SELECT (id, name, email, phone, role, specializations, availability_schedule, status, hire_date, certifications, created_at, updated_at, version)');

-- neff_program: other programs, each with a login of its own. What the website, the webhook and the mobile app of the
-- specification write and read; nothing of the office's people, of its rules, of what was sent and of what it undid.
INSERT INTO role_privileges
SELECT 'neff_program', t, 'SELECT, INSERT, UPDATE'
  FROM unnest(ARRAY['contracts', 'estimates', 'customers', 'job_schedules', 'payments', 'dashboard_notifications']) AS t;
INSERT INTO role_privileges
SELECT 'neff_program', t, 'SELECT'
  FROM unnest(ARRAY['crews', 'crew_memberships', 'equipment', 'time_off', 'customer_sites', 'estimate_items', 'price_book_items',
                    'job_assignments', 'job_crews', 'job_unknown_resources', 'alert_types', 'change_feed', 'schema_versions',
                    'system_config']) AS t;
INSERT INTO role_privileges VALUES
    ('neff_program', 'schedule_changes', 'SELECT, INSERT'),
    ('neff_program', 'crew_members',
     'SELECT (id, name, email, phone, role, specializations, availability_schedule, status, hire_date, certifications, created_at, updated_at, version)');

-- Views: everybody in the office may look at health; reporting sees sizes. alert_system_health runs with the rights of
-- who looks (since 15): reporting may count alerts, not read them.
INSERT INTO role_privileges
SELECT r, v, 'SELECT'
  FROM unnest(ARRAY['neff_app', 'neff_admin', 'neff_readonly']) AS r,
       unnest(ARRAY['database_health', 'alert_system_health', 'table_sizes', 'table_statistics', 'assignment_conflicts']) AS v;
INSERT INTO role_privileges VALUES
    ('neff_readonly', 'alert_history', 'SELECT (status, created_at)'),
    ('neff_admin', 'slow_queries', 'SELECT'),
    ('neff_admin', 'query_performance', 'SELECT');

CREATE FUNCTION neff.refuse_disabled() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF neff.login_is_disabled() THEN
        RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('The login %s was switched off in this office', session_user),
            HINT = 'An administrator of the office can switch it on again.';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION neff.apply_role_privileges() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    entry record;
BEGIN
    -- The specification's blanket grants go first: table rights, then column rights (which REVOKE ALL covers).
    FOR entry IN SELECT c.oid::regclass AS name
                   FROM pg_class c
                  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'S')
                    AND c.relowner = 'neff_owner'::regrole LOOP
        EXECUTE format('REVOKE ALL ON %s FROM PUBLIC, neff_app, neff_admin, neff_program, neff_readonly', entry.name);
    END LOOP;
    -- The statement views come and go with their extension.
    FOR entry IN SELECT * FROM public.role_privileges WHERE to_regclass(format('public.%I', table_name)) IS NOT NULL LOOP
        EXECUTE format('GRANT %s ON public.%I TO %I', entry.privileges, entry.table_name, entry.role_name);
    END LOOP;
    -- Whoever may write somewhere may not after they were switched off.
    FOR entry IN SELECT DISTINCT c.oid::regclass AS name
                   FROM public.role_privileges p JOIN pg_class c ON c.relnamespace = 'public'::regnamespace AND c.relname = p.table_name
                  WHERE c.relkind = 'r' AND p.privileges ~ 'INSERT|UPDATE|DELETE'
                    AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'a_in_order') LOOP
        EXECUTE format('CREATE TRIGGER a_in_order BEFORE INSERT OR UPDATE OR DELETE ON %s
                        FOR EACH STATEMENT EXECUTE FUNCTION neff.refuse_disabled()', entry.name);
    END LOOP;
END $$;
SELECT neff.apply_role_privileges();

-- ---- Functions ----------------------------------------------------------------------------------------------------
-- Plain look-ups that triggers and defaults call with the rights of whoever writes, a role of the company's own too.
GRANT EXECUTE ON FUNCTION neff.app_setting(text), neff.app_actor(), neff.app_source(), neff.config_text(text, text),
    neff.config_int(text, integer), neff.time_zone(text), neff.office_time_zone(), neff.weekdays(text),
    neff.office_working_days() TO PUBLIC;
GRANT EXECUTE ON FUNCTION neff.change_feed_id(), neff.client_connections() TO neff_app, neff_admin, neff_readonly;
GRANT EXECUTE ON FUNCTION neff.proven_person(), neff.acting_role(), neff.login_is_disabled(), neff.sees_all(), neff.may_look() TO PUBLIC;
GRANT EXECUTE ON FUNCTION neff.change_feed_id(), neff.record_system_error(text, text, jsonb), public.process_job_alert(uuid, varchar),
    public.evaluate_alert_conditions(jsonb, jsonb), public.send_alert_notifications(uuid, uuid, jsonb, jsonb, jsonb) TO neff_program;
-- The background work of any computer of the office, and the specification's way to send an alert. neff.raise_alert() is
-- granted role by role, to programs that raise alerts of types the office added.
GRANT EXECUTE ON FUNCTION neff.deliver_pending_alerts(integer), neff.daily_maintenance_if_due() TO neff_app, neff_admin;
GRANT EXECUTE ON FUNCTION neff.flush_throttled_alerts(), neff.record_system_error(text, text, jsonb),
    neff.record_problem(varchar, text, text, jsonb), neff.compile_alert_conditions(jsonb),
    public.send_alert_notifications(uuid, uuid, jsonb, jsonb, jsonb) TO neff_app, neff_admin;
GRANT EXECUTE ON FUNCTION neff.make_statement_views(), public.daily_maintenance(), public.weekly_optimization(), neff.apply_role_privileges()
    TO neff_admin;
REVOKE EXECUTE ON FUNCTION public.update_timestamp(), public.audit_trigger_function(), public.daily_maintenance(), public.weekly_optimization(),
    public.process_job_alert(uuid, varchar), public.evaluate_alert_conditions(jsonb, jsonb), public.trigger_job_schedule_alerts()
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.process_job_alert(uuid, varchar), public.evaluate_alert_conditions(jsonb, jsonb) TO neff_app, neff_admin;

-- Settings that hide their value are the admin's.
ALTER TABLE system_config ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS setting_access_policy ON system_config;
CREATE POLICY setting_access_policy ON system_config FOR SELECT TO PUBLIC USING (NOT is_sensitive);
DROP POLICY IF EXISTS setting_admin_policy ON system_config;
CREATE POLICY setting_admin_policy ON system_config FOR ALL TO neff_admin USING (true);

-- ---- Row level security of the specification --------------------------------------------------------------------
ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
ALTER TABLE contracts ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS customer_access_policy ON customers;
CREATE POLICY customer_access_policy ON customers FOR ALL TO neff_app USING (status <> 'blocked');
CREATE POLICY customer_program_policy ON customers FOR ALL TO neff_program USING (status <> 'blocked');
DROP POLICY IF EXISTS customer_admin_policy ON customers;
CREATE POLICY customer_admin_policy ON customers FOR ALL TO neff_admin USING (true);
DROP POLICY IF EXISTS customer_reporting_policy ON customers;
CREATE POLICY customer_reporting_policy ON customers FOR SELECT TO neff_readonly USING (true);

-- Canceling a contract over a year old works: what counts is when it was last touched. (For a new row version the
-- SELECT policy looks at the new updated_at, which the timestamp trigger has just set.)
DROP POLICY IF EXISTS contract_access_policy ON contracts;
CREATE POLICY contract_access_policy ON contracts FOR ALL TO neff_app
    USING (status <> 'canceled' OR greatest(created_at, updated_at) > CURRENT_TIMESTAMP - INTERVAL '1 year');
CREATE POLICY contract_program_policy ON contracts FOR ALL TO neff_program
    USING (status <> 'canceled' OR greatest(created_at, updated_at) > CURRENT_TIMESTAMP - INTERVAL '1 year');
DROP POLICY IF EXISTS contract_admin_policy ON contracts;
CREATE POLICY contract_admin_policy ON contracts FOR ALL TO neff_admin USING (true);
DROP POLICY IF EXISTS contract_reporting_policy ON contracts;
CREATE POLICY contract_reporting_policy ON contracts FOR SELECT TO neff_readonly USING (true);

-- Blocking hides the row from those who block it, so the policy itself forbids it to them. These do it, and find a
-- blocked customer again.
CREATE FUNCTION neff.block_customer(p_customer uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ UPDATE public.customers SET status = 'blocked' WHERE id = p_customer $$;
CREATE FUNCTION neff.unblock_customer(p_customer uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ UPDATE public.customers SET status = 'active' WHERE id = p_customer AND status = 'blocked' $$;
CREATE FUNCTION neff.find_blocked_customer(p_email text) RETURNS TABLE (id uuid, name varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT id, name FROM public.customers WHERE email = p_email AND status = 'blocked' AND neff.may_look() $$;
GRANT EXECUTE ON FUNCTION neff.block_customer(uuid), neff.unblock_customer(uuid), neff.find_blocked_customer(text) TO neff_app, neff_admin;

-- ---- People -------------------------------------------------------------------------------------------------------
-- Everybody of the office sees who is in it. A row is changed by an administrator, or by the person themselves: the one
-- whose login this is or, on a login that many share, the one they say they are, if that person has no login of their own.
ALTER TABLE app_users ENABLE ROW LEVEL SECURITY;
CREATE POLICY person_seen_policy ON app_users FOR SELECT TO neff_app USING (true);
CREATE POLICY person_own_policy ON app_users FOR UPDATE TO neff_app
    USING (user_id = (SELECT neff.app_actor()) AND (database_login IS NULL OR database_login = session_user));
CREATE POLICY person_admin_policy ON app_users FOR ALL TO neff_admin USING (true);

-- Saying who one is proves nothing: what alerts go to, and the name they are known by, only somebody proven changes.
CREATE FUNCTION neff.guard_person() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF OLD.database_login = session_user OR neff.sees_all() THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION USING ERRCODE = '42501',
        MESSAGE = 'On a login that many share only an administrator changes a person''s name, mail address or telephone number';
END $$;
CREATE TRIGGER a_guard_person BEFORE UPDATE ON app_users FOR EACH ROW
    WHEN ((NEW.name, NEW.email, NEW.phone) IS DISTINCT FROM (OLD.name, OLD.email, OLD.phone)) EXECUTE FUNCTION neff.guard_person();

-- Adds a person. An office's first owner is whoever may administer it, and comes first to the alerts; until there is
-- one, alerts reach whoever is there. Only an administrator ties a login to a person, their own: from then on it proves
-- who they are, so it must not be one that many share.
CREATE FUNCTION neff.register_person(p_name text, p_tie_login boolean DEFAULT false) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    person uuid := gen_random_uuid();
    called text := btrim(regexp_replace(p_name, '\s+', ' ', 'g'));
    administers boolean := neff.sees_all();
    alike varchar;
    owner boolean;
BEGIN
    IF coalesce(called, '') = '' OR length(called) > 200 THEN
        RAISE EXCEPTION 'a name of 1 to 200 characters is needed' USING ERRCODE = '22023';
    END IF;
    IF neff.login_is_disabled() THEN
        RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('The login %s was switched off in this office', session_user);
    END IF;
    IF NOT administers AND (p_tie_login OR neff.proven_person() IS NOT NULL) THEN
        RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = CASE WHEN p_tie_login THEN 'Only an administrator ties a login to a person'
            ELSE format('The login %s is somebody''s own: others are added by an administrator', session_user) END;
    END IF;
    LOCK TABLE public.app_users IN SHARE ROW EXCLUSIVE MODE;  -- two computers may be first at once
    SELECT u.status INTO alike FROM public.app_users u
     WHERE neff.word_key(regexp_replace(u.name, '\s+', ' ', 'g')) = neff.word_key(called) ORDER BY u.status DESC LIMIT 1;
    IF alike = 'disabled' AND NOT administers THEN
        RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('%s was switched off: an administrator can switch them on again', called);
    ELSIF alike IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = '23505', MESSAGE = format('Somebody called %s is here already', called);
    END IF;
    owner := administers AND NOT EXISTS (SELECT FROM public.app_users u WHERE u.office_role = 'owner' AND u.status = 'active');
    INSERT INTO public.app_users (id, user_id, name, database_login, office_role)
    VALUES (person, person::text, called, CASE WHEN p_tie_login THEN session_user END, CASE WHEN owner THEN 'owner' ELSE 'manager' END);
    INSERT INTO public.recipient_group_members (group_id, app_user_id)
    SELECT g.id, person FROM public.recipient_groups g
     WHERE g.name = 'admins'
       AND (owner OR NOT EXISTS (SELECT FROM public.recipient_group_members m JOIN public.app_users u ON u.id = m.app_user_id
                                  WHERE m.group_id = g.id AND u.status = 'active'));
    RETURN person;
END $$;
GRANT EXECUTE ON FUNCTION neff.register_person(text, boolean) TO neff_app, neff_admin;

-- ---- Whoever is switched off ----------------------------------------------------------------------------------------
-- `disabled` is not a word the programs may heed or not. The person's login loses its roles of this office as far as the
-- owner or whoever does it may take them away; nothing it still reaches can be written, and what row policies guard is
-- not seen. What is left it is told of: since PostgreSQL 16 only whoever gave a role may take it back. Switched on again,
-- the login gets back what it had.
CREATE TABLE neff.taken_access (
    app_user_id uuid NOT NULL REFERENCES app_users (id) ON DELETE CASCADE,
    login       name NOT NULL,                         -- given back to none but this
    role_name   name NOT NULL,
    PRIMARY KEY (app_user_id, login, role_name)
);

-- What of the office the logins of switched-off people still reach, and what takes it away. `role_name`: a role of the
-- office that was given to the login itself; NULL: it comes through a group of the company's own, or the login may everything.
CREATE FUNCTION neff.disabled_with_rights() RETURNS TABLE (person uuid, name varchar, login name, role_name name, command text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE office AS (
        SELECT r.oid FROM pg_roles r WHERE r.rolname IN ('neff_owner', 'neff_admin', 'neff_app', 'neff_program', 'neff_readonly')
    ), disabled AS (
        SELECT u.id, u.name, l.oid, l.rolname, l.rolsuper
          FROM public.app_users u JOIN pg_roles l ON l.rolname = u.database_login WHERE u.status = 'disabled'
    ), held AS (
        SELECT d.oid AS login, m.roleid AS first, m.grantor, m.roleid FROM disabled d JOIN pg_auth_members m ON m.member = d.oid
        UNION
        SELECT h.login, h.first, h.grantor, m.roleid FROM held h JOIN pg_auth_members m ON m.member = h.roleid
         WHERE h.roleid NOT IN (SELECT o.oid FROM office o)
    )
    SELECT DISTINCT d.id, d.name, d.rolname, CASE WHEN h.first = h.roleid THEN r.rolname END,
           format('REVOKE %I FROM %I%s;', r.rolname, d.rolname,
                  CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN format(' GRANTED BY %I', g.rolname) ELSE '' END)
      FROM held h
      JOIN disabled d ON d.oid = h.login
      JOIN pg_roles r ON r.oid = h.first
      JOIN pg_roles g ON g.oid = h.grantor
     WHERE h.roleid IN (SELECT o.oid FROM office o)
    UNION ALL
    SELECT d.id, d.name, d.rolname, NULL, format('ALTER ROLE %I NOSUPERUSER NOLOGIN;', d.rolname) FROM disabled d WHERE d.rolsuper $$;

-- The owner takes what it may. Only of people who are switched off, so whoever may call it gains nothing.
CREATE FUNCTION neff.take_access(p_person uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    held record;
BEGIN
    FOR held IN SELECT d.* FROM neff.disabled_with_rights() AS d WHERE d.person = p_person AND d.role_name IS NOT NULL LOOP
        INSERT INTO neff.taken_access VALUES (p_person, held.login, held.role_name) ON CONFLICT DO NOTHING;
        BEGIN
            EXECUTE held.command;
        EXCEPTION WHEN OTHERS THEN
            NULL;  -- whoever switches them off may be able to
        END;
    END LOOP;
END $$;
CREATE FUNCTION neff.give_back_access(p_person uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    taken record;
BEGIN
    FOR taken IN SELECT u.database_login AS login, t.role_name
                   FROM neff.taken_access t JOIN public.app_users u ON u.id = t.app_user_id AND u.database_login = t.login
                   JOIN pg_roles l ON l.rolname = u.database_login
                  WHERE u.id = p_person AND u.status = 'active' AND NOT pg_has_role(l.oid, t.role_name, 'MEMBER') LOOP
        BEGIN
            EXECUTE format('GRANT %I TO %I', taken.role_name, taken.login);
        EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'the login % is to be given its role again by hand: GRANT % TO %', taken.login, taken.role_name, taken.login;
        END;
    END LOOP;
    DELETE FROM neff.taken_access t USING public.app_users u WHERE u.id = t.app_user_id AND u.id = p_person AND u.status = 'active';
END $$;
GRANT EXECUTE ON FUNCTION neff.disabled_with_rights(), neff.take_access(uuid), neff.give_back_access(uuid) TO neff_admin;

-- Runs with the rights of whoever switches somebody off or on: what they may take away themselves they do.
CREATE FUNCTION neff.switch_person() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    held record;
    left_over text[] := '{}';
BEGIN
    IF NEW.status = 'active' THEN
        PERFORM neff.give_back_access(NEW.id);
        RETURN NULL;
    END IF;
    PERFORM neff.take_access(NEW.id);
    FOR held IN SELECT d.* FROM neff.disabled_with_rights() AS d WHERE d.person = NEW.id LOOP
        BEGIN
            IF held.role_name IS NOT NULL THEN
                EXECUTE held.command;
                CONTINUE;
            END IF;
        EXCEPTION WHEN OTHERS THEN
            NULL;
        END;
        left_over := left_over || held.command;
    END LOOP;
    IF left_over <> '{}' THEN
        PERFORM neff.record_problem('security_breach', 'rights', format('%s is switched off, but the login %s keeps rights on the server. Whoever keeps it runs: %s',
                                    NEW.name, NEW.database_login, array_to_string(left_over, ' ')));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER c_switch_person AFTER UPDATE OF status ON app_users FOR EACH ROW
    WHEN (NEW.status IS DISTINCT FROM OLD.status AND NEW.database_login IS NOT NULL) EXECUTE FUNCTION neff.switch_person();

-- Above every other policy.
CREATE POLICY disabled_policy ON app_users AS RESTRICTIVE FOR ALL TO PUBLIC USING ((SELECT NOT neff.login_is_disabled()));
CREATE POLICY disabled_policy ON customers AS RESTRICTIVE FOR ALL TO PUBLIC USING ((SELECT NOT neff.login_is_disabled()));
CREATE POLICY disabled_policy ON contracts AS RESTRICTIVE FOR ALL TO PUBLIC USING ((SELECT NOT neff.login_is_disabled()));
CREATE POLICY disabled_policy ON system_config AS RESTRICTIVE FOR ALL TO PUBLIC USING ((SELECT NOT neff.login_is_disabled()));

-- ---- What is derived ------------------------------------------------------------------------------------------------
CREATE TRIGGER a_only_ours BEFORE INSERT ON job_assignments FOR EACH ROW WHEN (current_user <> 'neff_owner') EXECUTE FUNCTION neff.leave_out();
CREATE TRIGGER a_only_ours BEFORE INSERT ON job_crews FOR EACH ROW WHEN (current_user <> 'neff_owner') EXECUTE FUNCTION neff.leave_out();
CREATE TRIGGER a_only_ours BEFORE INSERT ON job_unknown_resources FOR EACH ROW WHEN (current_user <> 'neff_owner') EXECUTE FUNCTION neff.leave_out();

SELECT neff.attach_audit('assignment_overrides');

INSERT INTO schema_versions (version, description, min_program) VALUES ('3.0.14', 'Rights', '0.1.0');

RESET ROLE;
