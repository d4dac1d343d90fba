-- What the specification's schema refuses by accident is widened; what it lets through by accident is
-- repaired by a stated rule, and every repaired value is listed in adoption_repairs. No row is dropped.

-- 100 hours is a real duration. PostgreSQL widens no column that a view reads: the company's own views over jobs are
-- taken down, and put back as they were.
DO $$
DECLARE
    taken jsonb;
    view jsonb;
    line text;
BEGIN
    WITH RECURSIVE reader AS (
        SELECT r.ev_class AS oid, 1 AS depth
          FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
         WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
           AND d.refobjid = 'public.job_schedules'::regclass
           AND d.refobjsubid = (SELECT attnum FROM pg_attribute
                                 WHERE attrelid = 'public.job_schedules'::regclass AND attname = 'estimated_duration_hours')
        UNION
        SELECT r.ev_class, reader.depth + 1
          FROM reader
          JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = reader.oid
          JOIN pg_rewrite r ON r.oid = d.objid AND d.classid = 'pg_rewrite'::regclass AND r.ev_class <> reader.oid
    ), found AS (
        SELECT oid, max(depth) AS depth FROM reader GROUP BY oid
    )
    SELECT jsonb_agg(jsonb_build_object(
               'name', format('%I.%I', n.nspname, c.relname), 'query', pg_get_viewdef(c.oid),
               'options', coalesce('WITH (' || array_to_string(c.reloptions, ', ') || ')', ''),
               'after', ARRAY(SELECT format('GRANT %s ON %I.%I TO %s%s', a.privilege_type, n.nspname, c.relname,
                                            CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
                                            CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
                                FROM aclexplode(c.relacl) AS a WHERE a.grantee <> c.relowner)
                        || format('COMMENT ON VIEW %I.%I IS %L', n.nspname, c.relname, obj_description(c.oid, 'pg_class'))
                        || format('ALTER VIEW %I.%I OWNER TO %I', n.nspname, c.relname, pg_get_userbyid(c.relowner)))
               ORDER BY f.depth)
      INTO taken
      FROM found f JOIN pg_class c ON c.oid = f.oid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'v';

    FOR view IN SELECT t.v FROM jsonb_array_elements(coalesce(taken, '[]')) WITH ORDINALITY AS t(v, n) ORDER BY t.n DESC LOOP
        EXECUTE format('DROP VIEW %s', view->>'name');
    END LOOP;
    ALTER TABLE public.job_schedules ALTER COLUMN estimated_duration_hours TYPE numeric(7,2);
    FOR view IN SELECT jsonb_array_elements(coalesce(taken, '[]')) LOOP
        EXECUTE format('CREATE VIEW %s %s AS %s', view->>'name', view->>'options', view->>'query');
        FOR line IN SELECT jsonb_array_elements_text(view->'after') LOOP
            EXECUTE line;
        END LOOP;
    END LOOP;
END $$;

SET LOCAL ROLE neff_owner;
SET LOCAL timezone = 'UTC';

-- A job entered by hand has no Calendly event; a customer may have a phone only.
ALTER TABLE job_schedules ALTER COLUMN calendly_event_uri DROP NOT NULL;
ALTER TABLE customers ALTER COLUMN email DROP NOT NULL;
ALTER TABLE contracts ALTER COLUMN client_email DROP NOT NULL;
ALTER TABLE estimates ALTER COLUMN email DROP NOT NULL;

CREATE TABLE adoption_repairs (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    table_name  text NOT NULL,
    row_id      text NOT NULL,
    column_name text NOT NULL,
    old_value   jsonb,
    new_value   jsonb,
    rule        text NOT NULL,
    repaired_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);
COMMENT ON TABLE adoption_repairs IS 'Every value that was changed when an existing database was adopted, and by which rule';

-- One list: the columns whose NULL means "the default". It drives the repair, the trigger and NOT NULL.
-- The JSON columns are not in it: what another program wrote there is kept as written.
CREATE TABLE null_means_default (
    table_name  text NOT NULL,
    column_name text NOT NULL,
    replacement text NOT NULL,  -- an SQL expression, written here and nowhere else
    PRIMARY KEY (table_name, column_name)
);
COMMENT ON TABLE null_means_default IS 'Columns in which other programs may write NULL and the default is stored instead';

INSERT INTO null_means_default VALUES
    ('contracts', 'status', '''pending'''),
    ('estimates', 'status', '''pending'''),
    ('customers', 'status', '''active'''),
    ('customers', 'preferred_contact_method', '''email'''),
    ('customers', 'total_projects', '0'),
    ('customers', 'total_spent', '0'),
    ('job_schedules', 'status', '''scheduled'''),
    ('job_schedules', 'weather_dependent', 'true'),
    ('job_schedules', 'priority_level', '3'),
    ('schedule_changes', 'source', '''manual_admin'''),
    ('schedule_changes', 'changed_at', 'CURRENT_TIMESTAMP'),
    ('crew_members', 'status', '''active'''),
    ('alert_types', 'priority_level', '3'),
    ('alert_types', 'is_active', 'true'),
    ('alert_rules', 'throttle_minutes', '0'),
    ('alert_rules', 'is_active', 'true'),
    ('alert_history', 'status', '''pending'''),
    ('alert_history', 'retry_count', '0'),
    ('dashboard_notifications', 'is_read', 'false'),
    ('dashboard_notifications', 'priority_level', '3'),
    ('email_templates', 'is_html', 'true'),
    ('sms_templates', 'max_length', '160'),
    ('system_config', 'is_sensitive', 'false');
INSERT INTO null_means_default
SELECT t, c, 'CURRENT_TIMESTAMP'
  FROM unnest(ARRAY['contracts','estimates','customers','job_schedules','crew_members','alert_rules',
                    'alert_history','dashboard_notifications','email_templates','sms_templates','alert_types']) AS t,
       unnest(ARRAY['created_at','updated_at']) AS c
 WHERE EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t::regclass AND a.attname = c AND NOT a.attisdropped);

-- The specification's own triggers must not fire on repairs (its job trigger fails, and would alert).
DROP TRIGGER IF EXISTS job_schedule_alert_trigger ON job_schedules;
DROP TRIGGER IF EXISTS update_contracts_timestamp ON contracts;
DROP TRIGGER IF EXISTS update_estimates_timestamp ON estimates;
DROP TRIGGER IF EXISTS update_customers_timestamp ON customers;
DROP TRIGGER IF EXISTS update_job_schedules_timestamp ON job_schedules;

DO $$
DECLARE
    fix record;
    assignments text;
    tbl text;
BEGIN
    FOR fix IN SELECT * FROM null_means_default LOOP
        EXECUTE format(
            'WITH changed AS (UPDATE %1$I SET %2$I = %3$s WHERE %2$I IS NULL RETURNING to_jsonb(%1$I) AS changed_row)
             INSERT INTO adoption_repairs (table_name, row_id, column_name, old_value, new_value, rule)
             SELECT %1$L, coalesce(changed_row->>''id'', changed_row->>''key''), %2$L, ''null'', changed_row->%2$L, ''NULL becomes the default''
               FROM changed', fix.table_name, fix.column_name, fix.replacement);
        EXECUTE format('ALTER TABLE %I ALTER COLUMN %I SET DEFAULT %s, ALTER COLUMN %I SET NOT NULL',
            fix.table_name, fix.column_name, fix.replacement, fix.column_name);
    END LOOP;

    -- An ORM that writes `status = NULL` is not refused: one small BEFORE trigger a table, written out here.
    FOR tbl IN SELECT DISTINCT table_name FROM null_means_default LOOP
        SELECT string_agg(format('    IF NEW.%1$I IS NULL THEN NEW.%1$I := %2$s; END IF;', column_name, replacement),
                          E'\n' ORDER BY column_name)
          INTO assignments FROM null_means_default WHERE table_name = tbl;
        EXECUTE format(E'CREATE FUNCTION neff.%I() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $f$\nBEGIN\n%s\n    RETURN NEW;\nEND $f$',
            'default_for_null_' || tbl, assignments);
        EXECUTE format('CREATE TRIGGER a_default_for_null BEFORE INSERT OR UPDATE ON %I
                        FOR EACH ROW EXECUTE FUNCTION neff.%I()', tbl, 'default_for_null_' || tbl);
    END LOOP;
END $$;

-- The trail outlives its job: a foreign DELETE of a contract still works and takes its jobs, not their history.
ALTER TABLE schedule_changes ADD COLUMN job_id_was uuid;
UPDATE schedule_changes SET job_id_was = job_schedule_id;
ALTER TABLE schedule_changes ALTER COLUMN job_schedule_id DROP NOT NULL;
ALTER TABLE schedule_changes DROP CONSTRAINT IF EXISTS schedule_changes_job_schedule_id_fkey;
ALTER TABLE schedule_changes ADD CONSTRAINT schedule_changes_job_schedule_id_fkey
    FOREIGN KEY (job_schedule_id) REFERENCES job_schedules (id) ON DELETE SET NULL;
CREATE INDEX idx_schedule_changes_job_was ON schedule_changes (job_id_was, changed_at);

-- One change, one trail row; an address or a priority that changed is a change too.
ALTER TABLE schedule_changes DROP CONSTRAINT IF EXISTS valid_change_type;
ALTER TABLE schedule_changes ADD CONSTRAINT valid_change_type CHECK (change_type IN (
    'scheduled', 'rescheduled', 'canceled', 'completed', 'crew_changed',
    'equipment_changed', 'status_updated', 'notes_added', 'details_changed'));

-- Foreign keys of the specification that no index serves.
CREATE INDEX IF NOT EXISTS idx_alert_rules_type ON alert_rules (alert_type_id);
CREATE INDEX IF NOT EXISTS idx_alert_history_rule ON alert_history (alert_rule_id);
CREATE INDEX IF NOT EXISTS idx_email_templates_type ON email_templates (alert_type_id);
CREATE INDEX IF NOT EXISTS idx_sms_templates_type ON sms_templates (alert_type_id);
CREATE INDEX IF NOT EXISTS idx_dashboard_notifications_type ON dashboard_notifications (alert_type_id);

INSERT INTO schema_versions (version, description, min_program) VALUES ('3.0.4', 'Accidents of the schema repaired', '0.1.0');

RESET ROLE;
