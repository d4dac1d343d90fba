-- Two records of what happened. The trail (schedule_changes) is what people read and undo: one row a change of a
-- job. The audit (audit_logs) is what nobody can rewrite: every edit, old and new, with the login that proved
-- itself and the person it said it was.
SET LOCAL ROLE neff_owner;
SET LOCAL timezone = 'UTC';

-- ---- The trail -------------------------------------------------------------------------------------------------
-- What the triggers write is what happened. Other programs add lines of their own (the specification has them do it):
-- those stand beside, stamped with the login and the time at which they were really written, and hide nothing. `number` is
-- the order of events, also within one transaction.
ALTER TABLE schedule_changes
    ADD COLUMN number bigint,
    ADD COLUMN login name,                             -- who wrote it, proven; NULL: before the database was adopted
    ADD COLUMN said_at timestamptz,                    -- the time another program gave
    ADD COLUMN written_by_trigger boolean NOT NULL DEFAULT false;
UPDATE schedule_changes s SET number = o.number
  FROM (SELECT id, row_number() OVER (ORDER BY changed_at, id) AS number FROM schedule_changes) AS o WHERE o.id = s.id;
ALTER TABLE schedule_changes ALTER COLUMN number SET NOT NULL;
ALTER TABLE schedule_changes ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY;
SELECT setval(pg_get_serial_sequence('schedule_changes', 'number'), (SELECT count(*) + 1 FROM schedule_changes), false);
ALTER TABLE job_schedules ADD COLUMN created_source varchar(100) NOT NULL DEFAULT 'system';

-- What kind of change this is: one, the weightiest. NULL: nothing a person would call a change.
CREATE FUNCTION neff.schedule_change_type(p_old job_schedules, p_new job_schedules) RETURNS varchar
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE
        WHEN p_old.status IS DISTINCT FROM p_new.status AND p_new.status IN ('canceled', 'completed') THEN p_new.status
        WHEN p_old.start_date IS DISTINCT FROM p_new.start_date OR p_old.end_date IS DISTINCT FROM p_new.end_date
            OR (p_old.status IS DISTINCT FROM p_new.status AND p_new.status = 'rescheduled') THEN 'rescheduled'
        WHEN p_old.status IS DISTINCT FROM p_new.status THEN 'status_updated'
        WHEN p_old.crew_assigned IS DISTINCT FROM p_new.crew_assigned THEN 'crew_changed'
        WHEN p_old.equipment_needed IS DISTINCT FROM p_new.equipment_needed THEN 'equipment_changed'
        WHEN p_old.special_instructions IS DISTINCT FROM p_new.special_instructions THEN 'notes_added'
        WHEN p_old.version IS DISTINCT FROM p_new.version THEN 'details_changed'
    END;
END $$;

-- What follows the reason on every line of a statement: that a quiet import was one.
CREATE FUNCTION neff.schedule_change_note() RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE WHEN neff.app_quiet() THEN ' (quiet import: no alerts)' ELSE '' END;
END $$;

CREATE FUNCTION neff.trail_job_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    -- Names that no column of the company's own has.
    told_actor constant varchar := neff.app_actor();
    told_source constant varchar := neff.app_source();
    told_reason constant text := neff.app_setting('app.reason');
    told_note constant text := neff.schedule_change_note();
BEGIN
    INSERT INTO public.schedule_changes
        (job_schedule_id, job_id_was, change_type, new_data, changed_by, source, reason, written_by_trigger)
    SELECT n.id, n.id, 'scheduled', to_jsonb(n), told_actor, told_source,
           coalesce(told_reason, 'Job initially scheduled') || told_note, true
      FROM new_rows n;
    RETURN NULL;
END $$;

CREATE FUNCTION neff.trail_job_update() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    -- Names that no column of the company's own has.
    told_actor constant varchar := neff.app_actor();
    told_source constant varchar := neff.app_source();
    told_reason constant text := neff.app_setting('app.reason');
    told_note constant text := neff.schedule_change_note();
BEGIN
    INSERT INTO public.schedule_changes
        (job_schedule_id, job_id_was, change_type, previous_data, new_data, changed_by, source, reason, written_by_trigger)
    SELECT n.id, n.id, c.change_type, to_jsonb(o), to_jsonb(n), told_actor, told_source,
           coalesce(told_reason, CASE c.change_type
               WHEN 'rescheduled' THEN 'Job dates modified'
               WHEN 'crew_changed' THEN 'Crew changed'
               WHEN 'equipment_changed' THEN 'Equipment changed'
               WHEN 'notes_added' THEN 'Instructions changed'
               WHEN 'details_changed' THEN 'Details changed'
               ELSE format('Status changed from %s to %s', o.status, n.status) END) || told_note, true
      FROM new_rows n
      JOIN old_rows o USING (id)
     CROSS JOIN LATERAL (SELECT neff.schedule_change_type(o, n) AS change_type) AS c
     WHERE c.change_type IS NOT NULL;
    RETURN NULL;
END $$;

-- Every job at once: one line, of no job.
CREATE FUNCTION neff.trail_job_truncate() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.schedule_changes (change_type, changed_by, source, reason, written_by_trigger)
    VALUES ('canceled', neff.app_actor(), neff.app_source(),
            coalesce(neff.app_setting('app.reason'), 'Every job was deleted at once (TRUNCATE)') || neff.schedule_change_note(), true);
    RETURN NULL;
END $$;

CREATE FUNCTION neff.created_source() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.created_source := neff.app_source();
    IF NEW.created_source = 'system' AND NEW.calendly_event_uri IS NOT NULL THEN
        NEW.created_source := 'calendly_webhook';  -- a webhook that does not say who it is, but names an event
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER a_created_source BEFORE INSERT ON job_schedules FOR EACH ROW EXECUTE FUNCTION neff.created_source();

CREATE TRIGGER m_trail_insert AFTER INSERT ON job_schedules REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.trail_job_insert();
CREATE TRIGGER m_trail_update AFTER UPDATE ON job_schedules REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.trail_job_update();

CREATE TRIGGER m_trail_truncate AFTER TRUNCATE ON job_schedules FOR EACH STATEMENT EXECUTE FUNCTION neff.trail_job_truncate();

-- Who wrote a line, and when. Runs with the rights of the writer: only the triggers above write as the owner, whatever a
-- line says of itself.
CREATE FUNCTION neff.stamp_trail_line() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.job_id_was := coalesce(NEW.job_id_was, NEW.job_schedule_id);
    NEW.login := session_user;
    NEW.said_at := NULL;
    IF current_user <> 'neff_owner' THEN
        NEW.written_by_trigger := false;
        NEW.said_at := nullif(NEW.changed_at, CURRENT_TIMESTAMP);
    END IF;
    NEW.changed_at := clock_timestamp();  -- the order in which things happened, also in a transaction that was long open
    RETURN NEW;
END $$;
CREATE TRIGGER b_stamp BEFORE INSERT ON schedule_changes FOR EACH ROW EXECUTE FUNCTION neff.stamp_trail_line();

-- Its place in the order of events is not the writer's to choose (OVERRIDING SYSTEM VALUE, COPY) either.
CREATE FUNCTION neff.number_trail_line() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.number := nextval(pg_get_serial_sequence('public.schedule_changes', 'number'));
    RETURN NEW;
END $$;
CREATE TRIGGER b_number BEFORE INSERT ON schedule_changes FOR EACH ROW WHEN (current_user <> 'neff_owner')
    EXECUTE FUNCTION neff.number_trail_line();

SELECT neff.attach_change_feed('schedule_changes');

-- ---- The audit -------------------------------------------------------------------------------------------------
-- `user_name` is the login that proved itself; what the session claims about the person is in session_info.
-- `number` is the order of events.
ALTER TABLE audit_logs
    ADD COLUMN number bigint,
    ADD COLUMN row_id text,                            -- '*': the whole table
    ADD COLUMN xid xid8;
UPDATE audit_logs l SET number = o.number
  FROM (SELECT id, row_number() OVER (ORDER BY "timestamp", id) AS number FROM audit_logs) AS o WHERE o.id = l.id;
ALTER TABLE audit_logs ALTER COLUMN number SET NOT NULL;
ALTER TABLE audit_logs ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY;
SELECT setval(pg_get_serial_sequence('audit_logs', 'number'), (SELECT count(*) + 1 FROM audit_logs), false);
ALTER TABLE audit_logs ALTER COLUMN xid SET DEFAULT pg_current_xact_id();
CREATE INDEX idx_audit_logs_row ON audit_logs (table_name, row_id, "timestamp");
CREATE INDEX idx_audit_logs_timestamp ON audit_logs ("timestamp");

CREATE FUNCTION neff.audit_session() RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN jsonb_build_object(
        'application_name', current_setting('application_name', true),
        'client_addr', inet_client_addr(),
        'client_port', inet_client_port(),
        'claimed_person', nullif(btrim(current_setting('app.current_user', true)), ''),
        'source', nullif(btrim(current_setting('app.source', true)), ''),
        'reason', nullif(btrim(current_setting('app.reason', true)), ''));
END $$;

-- Keeps the specification's name. One INSERT a statement. Argument: the key column. The company may have attached it
-- to a table of its own, for each row, as the specification's function was made for: that goes on working. Ranges of days
-- are written in one way, whatever the session's.
CREATE OR REPLACE FUNCTION public.audit_trigger_function() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, MDY' SET timezone = 'UTC' AS $$
DECLARE
    key text := coalesce(TG_ARGV[0], 'id');
    session jsonb := neff.audit_session();
    old_row jsonb;
    new_row jsonb;
    held bigint;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        EXECUTE format('SELECT count(*) FROM %s', TG_RELID::regclass) INTO held;
        INSERT INTO public.audit_logs (table_name, operation, row_id, old_values, user_name, session_info, "timestamp")
        VALUES (left(TG_TABLE_NAME, 100), TG_OP, '*', jsonb_build_object('rows', held), left(session_user, 100), session, clock_timestamp());
        RETURN NULL;
    END IF;
    IF TG_LEVEL = 'ROW' THEN
        IF TG_OP <> 'INSERT' THEN old_row := to_jsonb(OLD); END IF;
        IF TG_OP <> 'DELETE' THEN new_row := to_jsonb(NEW); END IF;
        INSERT INTO public.audit_logs (table_name, operation, row_id, old_values, new_values, user_name, session_info, "timestamp")
        VALUES (left(TG_TABLE_NAME, 100), TG_OP, coalesce(new_row->>key, old_row->>key),
                neff.audit_redacted(old_row), neff.audit_redacted(new_row), left(session_user, 100), session, clock_timestamp());
        RETURN coalesce(NEW, OLD);
    END IF;
    IF TG_OP = 'INSERT' THEN
        INSERT INTO public.audit_logs (table_name, operation, row_id, new_values, user_name, session_info, "timestamp")
        SELECT TG_TABLE_NAME, TG_OP, r.v->>key, neff.audit_redacted(r.v), session_user, session, clock_timestamp()
          FROM (SELECT to_jsonb(n) AS v FROM new_rows n) AS r;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO public.audit_logs (table_name, operation, row_id, old_values, user_name, session_info, "timestamp")
        SELECT TG_TABLE_NAME, TG_OP, r.v->>key, neff.audit_redacted(r.v), session_user, session, clock_timestamp()
          FROM (SELECT to_jsonb(o) AS v FROM old_rows o) AS r;
    ELSE
        -- A changed key is a row of its own on each side.
        INSERT INTO public.audit_logs (table_name, operation, row_id, old_values, new_values, user_name, session_info, "timestamp")
        SELECT TG_TABLE_NAME, TG_OP, coalesce(n.v->>key, o.v->>key),
               neff.audit_redacted(o.v), neff.audit_redacted(n.v), session_user, session, clock_timestamp()
          FROM (SELECT to_jsonb(o) AS v FROM old_rows o) AS o
          FULL JOIN (SELECT to_jsonb(n) AS v FROM new_rows n) AS n ON o.v->>key = n.v->>key
         WHERE o.v - 'updated_at' IS DISTINCT FROM n.v - 'updated_at';
    END IF;
    RETURN NULL;
END $$;

-- A sensitive setting is audited as changed, not as a value.
CREATE FUNCTION neff.audit_redacted(p_row jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE WHEN p_row->>'is_sensitive' = 'true' THEN jsonb_set(p_row, '{value}', '"(hidden)"') ELSE p_row END;
END $$;

CREATE FUNCTION neff.attach_audit(p_table regclass, p_key text DEFAULT 'id') RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    already name;
BEGIN
    -- One edit, one row: the company may have attached the function already.
    FOR already IN SELECT t.tgname FROM pg_trigger t
                    WHERE t.tgrelid = p_table AND t.tgfoid = 'public.audit_trigger_function()'::regprocedure LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', already, p_table);
    END LOOP;
    EXECUTE format('CREATE TRIGGER y_audit_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows
                    FOR EACH STATEMENT EXECUTE FUNCTION public.audit_trigger_function(%L)', p_table, p_key);
    EXECUTE format('CREATE TRIGGER y_audit_update AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
                    FOR EACH STATEMENT EXECUTE FUNCTION public.audit_trigger_function(%L)', p_table, p_key);
    EXECUTE format('CREATE TRIGGER y_audit_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows
                    FOR EACH STATEMENT EXECUTE FUNCTION public.audit_trigger_function(%L)', p_table, p_key);
    EXECUTE format('CREATE TRIGGER y_audit_truncate BEFORE TRUNCATE ON %s
                    FOR EACH STATEMENT EXECUTE FUNCTION public.audit_trigger_function(%L)', p_table, p_key);
END $$;

-- Every table people edit; not deliveries, notifications, statistics and derived rows.
SELECT neff.attach_audit(t::regclass)
  FROM unnest(ARRAY['contracts', 'estimates', 'customers', 'job_schedules', 'crew_members', 'crews',
                    'crew_memberships', 'equipment', 'time_off', 'payments', 'customer_sites', 'app_users',
                    'alert_types', 'alert_rules', 'email_templates', 'sms_templates', 'recipient_groups',
                    'channel_endpoints', 'price_book_items', 'estimate_items', 'estimate_versions']) AS t;
SELECT neff.attach_audit('recipient_group_members', 'group_id');
SELECT neff.attach_audit('system_config', 'key');

-- Of those that are not audited row by row it is still said when somebody empties them; of the audit itself, too.
CREATE TRIGGER y_audit_truncate BEFORE TRUNCATE ON schedule_changes FOR EACH STATEMENT EXECUTE FUNCTION public.audit_trigger_function();
CREATE TRIGGER y_audit_truncate BEFORE TRUNCATE ON dashboard_notifications FOR EACH STATEMENT EXECUTE FUNCTION public.audit_trigger_function();
CREATE TRIGGER y_audit_truncate BEFORE TRUNCATE ON alert_history FOR EACH STATEMENT EXECUTE FUNCTION public.audit_trigger_function();

CREATE FUNCTION neff.audit_was_emptied() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.audit_logs (table_name, operation, row_id, user_name, session_info, "timestamp")
    VALUES ('audit_logs', 'TRUNCATE', '*', left(session_user, 100), neff.audit_session(), clock_timestamp());
    PERFORM neff.record_problem('security_breach', 'audit', format('The audit was emptied by the login %s', session_user));
    RETURN NULL;
END $$;
CREATE TRIGGER y_audit_was_emptied AFTER TRUNCATE ON audit_logs FOR EACH STATEMENT EXECUTE FUNCTION neff.audit_was_emptied();

INSERT INTO schema_versions (version, description, min_program) VALUES ('3.0.7', 'Trail and audit', '0.1.0');

RESET ROLE;
