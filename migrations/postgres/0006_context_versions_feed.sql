-- Who acts, which version a row has, and what has changed since: the three things every screen leans on.
SET LOCAL ROLE neff_owner;
SET LOCAL timezone = 'UTC';

-- ---- Who acts ------------------------------------------------------------------------------------------------
-- A setting that was once set in a session reads '' afterwards, not NULL: '' means "not said" everywhere.
CREATE FUNCTION neff.app_setting(p_name text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
$$ SELECT nullif(btrim(current_setting(p_name, true)), '') $$;

-- The person or program that says it acts (a claim; the proof is session_user, which the audit keeps).
CREATE FUNCTION neff.app_actor() RETURNS varchar
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
$$ SELECT left(coalesce(neff.app_setting('app.current_user'), 'system'), 255)::varchar $$;

-- Where a change comes from, always a value the constraint `valid_source` accepts.
CREATE FUNCTION neff.app_source() RETURNS varchar
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
$$ SELECT CASE
       WHEN neff.app_setting('app.source') IS NULL THEN 'system'
       WHEN neff.app_setting('app.source') IN ('system', 'calendly_webhook', 'manual_admin', 'mobile_app', 'api')
           THEN neff.app_setting('app.source')
       ELSE 'api'
   END::varchar $$;

-- Settings of the office. A value somebody spoiled falls back to the default given, it never raises; one that is
-- kept from people is kept from here, too: everybody may call this.
CREATE FUNCTION neff.config_text(p_key text, p_default text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT coalesce((SELECT nullif(btrim(value), '') FROM public.system_config WHERE key = p_key AND NOT is_sensitive), p_default) $$;

CREATE FUNCTION neff.config_int(p_key text, p_default integer) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT CASE WHEN v ~ '^-?[0-9]{1,9}$' THEN v::integer ELSE p_default END
     FROM (SELECT neff.config_text(p_key, NULL) AS v) AS setting $$;

-- The office's time zone; UTC where the setting names none the server knows.
CREATE FUNCTION neff.office_time_zone() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    zone text := neff.config_text('office_time_zone', 'UTC');
BEGIN
    PERFORM now() AT TIME ZONE zone;  -- pg_timezone_names reads the disk on every call: trying is 1,000 times faster
    RETURN zone;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN 'UTC';
END $$;

-- ---- Versions and updated_at -----------------------------------------------------------------------------------
-- One function for every table that has `updated_at`; it keeps the specification's name.
CREATE OR REPLACE FUNCTION public.update_timestamp() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.updated_at = CURRENT_TIMESTAMP;
    RETURN NEW;
END $$;

-- `version` rises when a business column really differs, whoever writes; nobody can set it. Runs before the
-- timestamp trigger (triggers fire in the order of their names), so that `updated_at` alone is no difference.
-- `*<>` compares what is stored: a column of the company's own may be of a type that has no equality (json, xml).
CREATE FUNCTION neff.raise_version() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    written timestamptz := NEW.updated_at;  -- many programs set it in every UPDATE
BEGIN
    NEW.version := OLD.version;
    NEW.updated_at := OLD.updated_at;
    IF NEW *<> OLD THEN
        NEW.version := OLD.version + 1;
    END IF;
    NEW.updated_at := written;
    RETURN NEW;
END $$;

-- Totals of a customer are derived by the daily maintenance: they are no edit.
CREATE FUNCTION neff.raise_version_customers() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    compared public.customers := NEW;
BEGIN
    compared.version := OLD.version;
    compared.updated_at := OLD.updated_at;
    compared.total_projects := OLD.total_projects;
    compared.total_spent := OLD.total_spent;
    NEW.version := OLD.version + (compared *<> OLD)::integer;
    RETURN NEW;
END $$;

DO $$
DECLARE
    t text;
BEGIN
    -- Tables of the specification that people edit.
    FOREACH t IN ARRAY ARRAY['contracts', 'estimates', 'customers', 'job_schedules', 'crew_members', 'alert_types',
                             'alert_rules', 'email_templates', 'sms_templates', 'system_config'] LOOP
        EXECUTE format('ALTER TABLE %I ADD COLUMN IF NOT EXISTS version integer NOT NULL DEFAULT 1', t);
    END LOOP;
    ALTER TABLE alert_types ADD COLUMN IF NOT EXISTS updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP;
    ALTER TABLE sms_templates ADD COLUMN IF NOT EXISTS updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP;

    FOR t IN SELECT c.relname
               FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'updated_at'
              WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relowner = 'neff_owner'::regrole LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS %I ON %I', 'update_' || t || '_timestamp', t);
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION public.update_timestamp()',
                       'update_' || t || '_timestamp', t);
        EXECUTE format('CREATE TRIGGER b_raise_version BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION neff.%I()', t,
                       CASE t WHEN 'customers' THEN 'raise_version_customers' ELSE 'raise_version' END);
    END LOOP;
END $$;

-- ---- The change feed -------------------------------------------------------------------------------------------
-- One row for every row changed, written once a statement. Readers ask for what lies below
-- pg_snapshot_xmin(pg_current_snapshot()): "newer than last time" would skip transactions that commit late.
CREATE TABLE change_feed (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid        xid8 NOT NULL DEFAULT pg_current_xact_id(),
    table_name text NOT NULL,
    row_id     text NOT NULL,
    operation  "char" NOT NULL,                        -- I, U or D
    changed_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_change_feed_xid ON change_feed (xid, id);
CREATE INDEX idx_change_feed_changed_at ON change_feed USING brin (changed_at);

-- Identifies this history of changes. A restored copy is another database with another oid, so the id differs
-- and every computer refreshes in full.
CREATE TABLE change_feed_identity (
    id        uuid NOT NULL DEFAULT gen_random_uuid(),
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton)
);
INSERT INTO change_feed_identity DEFAULT VALUES;
CREATE FUNCTION neff.change_feed_id() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT md5(id::text || ':' || (SELECT oid FROM pg_database WHERE datname = current_database()))::uuid
     FROM public.change_feed_identity $$;

-- Writes the feed and wakes the listeners: one NOTIFY a table and transaction, carrying only the table's name.
-- Argument: the key column of the table.
CREATE FUNCTION neff.feed_changes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        EXECUTE format('INSERT INTO public.change_feed (table_name, row_id, operation)
                        SELECT %L, %I::text, %L FROM old_rows', TG_TABLE_NAME, TG_ARGV[0], 'D');
    ELSE
        EXECUTE format('INSERT INTO public.change_feed (table_name, row_id, operation)
                        SELECT %L, %I::text, %L FROM new_rows', TG_TABLE_NAME, TG_ARGV[0], left(TG_OP, 1));
    END IF;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n > 0 THEN
        PERFORM pg_notify('neff_changes', TG_TABLE_NAME);
    END IF;
    RETURN NULL;
END $$;

-- Attaches the feed to a table; later migrations call it for theirs.
CREATE FUNCTION neff.attach_change_feed(p_table regclass, p_key text DEFAULT 'id') RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER z_feed_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows
                    FOR EACH STATEMENT EXECUTE FUNCTION neff.feed_changes(%L)', p_table, p_key);
    EXECUTE format('CREATE TRIGGER z_feed_update AFTER UPDATE ON %s REFERENCING NEW TABLE AS new_rows
                    FOR EACH STATEMENT EXECUTE FUNCTION neff.feed_changes(%L)', p_table, p_key);
    EXECUTE format('CREATE TRIGGER z_feed_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows
                    FOR EACH STATEMENT EXECUTE FUNCTION neff.feed_changes(%L)', p_table, p_key);
END $$;

SELECT neff.attach_change_feed(t::regclass)
  FROM unnest(ARRAY['contracts', 'estimates', 'customers', 'job_schedules', 'crew_members', 'crews',
                    'crew_memberships', 'equipment', 'time_off', 'payments', 'customer_sites',
                    'dashboard_notifications', 'app_users']) AS t;
SELECT neff.attach_change_feed('system_config', 'key');

INSERT INTO schema_versions (version, description, min_program) VALUES ('3.0.6', 'Row versions and the change feed', '0.1.0');

RESET ROLE;
