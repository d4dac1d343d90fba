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

-- neff_app: the office staff, the website, the webhook, the mobile app.
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
        EXECUTE format('REVOKE ALL ON %s FROM PUBLIC, neff_app, neff_admin, neff_readonly', entry.name);
    END LOOP;
    -- The statement views come and go with their extension.
    FOR entry IN SELECT * FROM public.role_privileges WHERE to_regclass(format('public.%I', table_name)) IS NOT NULL LOOP
        EXECUTE format('GRANT %s ON public.%I TO %I', entry.privileges, entry.table_name, entry.role_name);
    END LOOP;
END $$;
SELECT neff.apply_role_privileges();

-- ---- Functions ----------------------------------------------------------------------------------------------------
-- Plain look-ups that triggers and defaults call with the rights of whoever writes, a role of the company's own too.
GRANT EXECUTE ON FUNCTION neff.app_setting(text), neff.app_actor(), neff.app_source(), neff.config_text(text, text),
    neff.config_int(text, integer), neff.time_zone(text), neff.office_time_zone(), neff.weekdays(text),
    neff.office_working_days() TO PUBLIC;
GRANT EXECUTE ON FUNCTION neff.change_feed_id(), neff.client_connections() TO neff_app, neff_admin, neff_readonly;
-- The background work of any computer of the office, and the specification's way to send an alert. neff.raise_alert() is
-- granted role by role, to programs that raise alerts of types the office added.
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
DROP POLICY IF EXISTS customer_admin_policy ON customers;
CREATE POLICY customer_admin_policy ON customers FOR ALL TO neff_admin USING (true);
DROP POLICY IF EXISTS customer_reporting_policy ON customers;
CREATE POLICY customer_reporting_policy ON customers FOR SELECT TO neff_readonly USING (true);

-- Canceling a contract over a year old works: what counts is when it was last touched. (For a new row version the
-- SELECT policy looks at the new updated_at, which the timestamp trigger has just set.)
DROP POLICY IF EXISTS contract_access_policy ON contracts;
CREATE POLICY contract_access_policy ON contracts FOR ALL TO neff_app
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
$$ SELECT id, name FROM public.customers WHERE email = p_email AND status = 'blocked' $$;
GRANT EXECUTE ON FUNCTION neff.block_customer(uuid), neff.unblock_customer(uuid), neff.find_blocked_customer(text) TO neff_app, neff_admin;

-- ---- Who I am -----------------------------------------------------------------------------------------------------
-- The person this login is, or a new one. The very first person of an office keeps it: owner, and in `admins`.
-- A login that is nobody's yet may be tied to the person; one that many share must not be.
CREATE FUNCTION neff.register_person(p_name text, p_tie_login boolean DEFAULT false) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    person uuid;
    first boolean;
BEGIN
    IF coalesce(btrim(p_name), '') = '' OR length(p_name) > 200 THEN
        RAISE EXCEPTION 'a name of 1 to 200 characters is needed' USING ERRCODE = '22023';
    END IF;
    LOCK TABLE public.app_users IN SHARE ROW EXCLUSIVE MODE;  -- two computers may be first at once
    first := NOT EXISTS (SELECT FROM public.app_users);
    person := gen_random_uuid();
    INSERT INTO public.app_users (id, user_id, name, database_login, office_role)
    VALUES (person, person::text, btrim(p_name), CASE WHEN p_tie_login THEN session_user END,
            CASE WHEN first THEN 'owner' ELSE 'manager' END);
    IF first THEN
        INSERT INTO public.recipient_group_members (group_id, app_user_id)
        SELECT id, person FROM public.recipient_groups WHERE name = 'admins'
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN person;
END $$;
GRANT EXECUTE ON FUNCTION neff.register_person(text, boolean) TO neff_app, neff_admin;

INSERT INTO schema_versions (version, description, min_program) VALUES ('3.0.14', 'Rights', '0.1.0');

RESET ROLE;
