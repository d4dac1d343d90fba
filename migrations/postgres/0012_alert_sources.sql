-- Where alerts come from, and what rules can ask about.
SET LOCAL ROLE neff_owner;
SET LOCAL timezone = 'UTC';

INSERT INTO alert_types (name, description, category, priority_level, default_channels)
VALUES ('double_booking', 'Someone or something is booked twice', 'job_scheduling', 4, '["dashboard"]')
ON CONFLICT (name) DO NOTHING;
ALTER TABLE alert_types DISABLE TRIGGER USER;
UPDATE alert_types SET is_shipped = true
 WHERE name IN ('job_scheduled', 'job_canceled', 'job_rescheduled', 'payment_received', 'estimate_requested',
                'system_error', 'database_issue', 'security_breach', 'double_booking');
ALTER TABLE alert_types ENABLE TRIGGER USER;

-- ---- From events to deliveries -------------------------------------------------------------------------------------
-- All events of a statement against all live rules of the type, in one statement. Raises; its callers do not.
CREATE FUNCTION neff.dispatch_alerts(p_type varchar, p_contexts jsonb[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan SET work_mem = '64MB' SET lock_timeout = '1s' AS $$
DECLARE
    type public.alert_types;
    hits neff.alert_hit[];
    so_far jsonb;
BEGIN
    IF coalesce(cardinality(p_contexts), 0) = 0 OR neff.app_quiet() THEN
        RETURN;
    END IF;
    SELECT t.* INTO type FROM public.alert_types t WHERE t.name = p_type AND t.is_active;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT array_agg(ROW(r.id, r.name, r.notification_channels, r.recipient_groups, r.throttle_minutes, matched.events)::neff.alert_hit
                     ORDER BY r.created_at, r.id)
      INTO hits
      FROM (SELECT rule.id, array_agg(event.n::integer ORDER BY event.n) AS events
              FROM public.alert_rules rule
              JOIN unnest(p_contexts) WITH ORDINALITY AS event(context, n)
                ON jsonb_path_match(event.context, rule.predicate, '{}', true)
             WHERE rule.alert_type_id = type.id AND rule.is_active AND rule.retired_at IS NULL AND rule.predicate IS NOT NULL
             GROUP BY rule.id) AS matched
      JOIN public.alert_rules r USING (id);
    IF hits IS NULL AND NOT EXISTS (SELECT FROM public.alert_rules r WHERE r.alert_type_id = type.id AND r.retired_at IS NULL
                                       AND (r.predicate IS NOT NULL OR NOT r.is_active)) THEN
        -- No rule at all (or none but broken ones): the type's own channels, to the admins. Errors come in floods.
        hits := ARRAY[ROW(NULL, NULL, type.default_channels, '["admins"]',
            CASE p_type WHEN 'system_error' THEN neff.default_throttle_minutes() ELSE 0 END,
            ARRAY(SELECT generate_series(1, cardinality(p_contexts))))::neff.alert_hit];
    END IF;
    so_far := neff.alerts_so_far();
    PERFORM set_config('neff.alerts_so_far', (so_far || jsonb_build_object('seen', coalesce(so_far->'seen', '{}') || jsonb_build_object(
        type.id::text, coalesce((so_far #>> ARRAY['seen', type.id::text])::integer, 0) + cardinality(p_contexts))))::text, true);
    IF hits IS NOT NULL THEN
        PERFORM neff.deliver_alerts(type, p_contexts, hits);
    END IF;
END $$;

-- Alerting failed and the change goes on: that it failed is a failed delivery and a system error.
CREATE FUNCTION neff.record_alert_failure(p_type varchar, p_error text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' AS $$
BEGIN
    BEGIN
        INSERT INTO public.alert_history (alert_type_id, event_id, recipient_key, channel, status, subject, message, error_message)
        SELECT id, gen_random_uuid(), 'rule', 'dashboard', 'failed', 'An alert could not be made', description, left(p_error, 2000)
          FROM public.alert_types WHERE name = p_type;
    EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'alert % failed (%), and so did recording it: %', p_type, p_error, SQLERRM;
    END;
    IF p_type <> 'system_error' THEN
        PERFORM neff.record_system_error('alerts', 'An alert could not be made: ' || p_error, jsonb_build_object('alert_type', p_type));
    END IF;
END $$;

-- Something of the office's own went wrong. Never raises.
CREATE FUNCTION neff.record_problem(p_type varchar, p_component text, p_message text, p_details jsonb DEFAULT '{}') RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_type NOT IN ('system_error', 'database_issue', 'security_breach') THEN
        RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'a problem is a system_error, a database_issue or a security_breach';
    END IF;
    BEGIN
        PERFORM neff.dispatch_alerts(p_type, ARRAY[neff.comparable_data(neff.trimmed_data(
                CASE WHEN jsonb_typeof(p_details) = 'object' THEN p_details ELSE '{}' END)) || jsonb_build_object(
            'component', left(p_component, 200), 'message', left(p_message, 2000), 'login', session_user,
            'application', current_setting('application_name', true), 'occurred_at', neff.utc_text(clock_timestamp()))]);
    EXCEPTION WHEN OTHERS THEN
        PERFORM neff.record_alert_failure(p_type, SQLERRM);
    END;
END $$;
CREATE FUNCTION neff.record_system_error(p_component text, p_message text, p_details jsonb DEFAULT '{}') RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT neff.record_problem('system_error', p_component, p_message, p_details) $$;

-- Alerts of types the office has added, for roles granted this function.
CREATE FUNCTION neff.raise_alert(p_type varchar, p_data jsonb DEFAULT '{}') RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.alert_types WHERE name = p_type AND NOT is_shipped) THEN
        RAISE EXCEPTION USING ERRCODE = 'NF003', MESSAGE = format('"%s" is not an alert type this office has added.', neff.shortened(p_type, 60));
    END IF;
    IF p_data IS NULL OR jsonb_typeof(p_data) <> 'object' OR octet_length(p_data::text) > 8000 THEN
        RAISE EXCEPTION USING ERRCODE = 'NF003', MESSAGE = 'The data of an alert is one object of at most 8,000 characters.';
    END IF;
    BEGIN
        PERFORM neff.dispatch_alerts(p_type, ARRAY[neff.comparable_data(p_data)]);
    EXCEPTION WHEN OTHERS THEN
        PERFORM neff.record_alert_failure(p_type, SQLERRM);
    END;
END $$;

-- The specification's way in: one rule, its data, channels and groups. The same data in one transaction is the same
-- event, whatever the rule.
CREATE FUNCTION public.send_alert_notifications(p_rule_id uuid, p_alert_type_id uuid, p_data jsonb, p_channels jsonb, p_groups jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
    type public.alert_types;
    rule public.alert_rules;
BEGIN
    SELECT r.* INTO rule FROM public.alert_rules r WHERE r.id = p_rule_id;
    SELECT t.* INTO type FROM public.alert_types t WHERE t.id = coalesce(p_alert_type_id, rule.alert_type_id);
    IF type.id IS NULL OR neff.app_quiet() THEN
        RETURN;
    END IF;
    PERFORM neff.deliver_alerts(type, ARRAY[neff.comparable_data(CASE WHEN jsonb_typeof(p_data) = 'object' THEN p_data ELSE '{}' END)
            || jsonb_build_object('event_id', md5(pg_current_xact_id()::text || type.id || coalesce(p_data, 'null')::text)::uuid)],
        ARRAY[ROW(rule.id, rule.name, p_channels, p_groups, coalesce(rule.throttle_minutes, 0), ARRAY[1])::neff.alert_hit]);
EXCEPTION WHEN OTHERS THEN
    PERFORM neff.record_alert_failure(coalesce(type.name, 'system_error'), SQLERRM);
END $$;

-- Sums up what was throttled, where the window has ended; the program calls it every minute on every computer, and
-- the window's own lock lets one of them do it. Gives the number of messages.
CREATE FUNCTION neff.flush_throttled_alerts() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
    due record;
    taken record;
    type public.alert_types;
    rule public.alert_rules;
    words record;
    summary uuid;
    made integer := 0;
BEGIN
    FOR due IN SELECT DISTINCT alert_type_id, alert_rule_id FROM public.alert_history
                WHERE status = 'throttled' AND summarised_in IS NULL AND event_id IS NOT NULL AND next_attempt_at <= clock_timestamp() LOOP
        CONTINUE WHEN NOT pg_try_advisory_xact_lock(hashtextextended('alert window ' || coalesce(due.alert_rule_id, due.alert_type_id), 0));
        BEGIN
            summary := gen_random_uuid();
            WITH gone AS (
                UPDATE public.alert_history SET summarised_in = summary
                 WHERE alert_type_id = due.alert_type_id AND alert_rule_id IS NOT DISTINCT FROM due.alert_rule_id
                   AND status = 'throttled' AND summarised_in IS NULL AND event_id IS NOT NULL
                RETURNING subject, message, data, coalesce(summarised_count, 1) AS n, summarised_count, created_at, id
            )
            SELECT sum(n)::integer AS n, count(summarised_count) AS combined, min(subject) AS subject, min(message) AS message,
                   (array_agg(data ORDER BY created_at, id))[1:3] AS contexts
              INTO taken FROM gone;
            CONTINUE WHEN taken.n IS NULL;  -- another computer was faster
            SELECT t.* INTO type FROM public.alert_types t WHERE t.id = due.alert_type_id;
            SELECT r.* INTO rule FROM public.alert_rules r WHERE r.id = due.alert_rule_id;
            IF taken.n = 1 THEN
                SELECT taken.subject AS title, taken.message AS sentence, taken.contexts[1] AS data INTO words;
            ELSE
                SELECT w.title, w.sentence, jsonb_build_object('about', jsonb_build_object('kind', 'alert', 'id', summary), 'count', taken.n, 'of', taken.contexts[1] #> '{about,kind}') AS data
                  INTO words FROM neff.combined_alert_words(type.name, taken.n, neff.alert_names(taken.contexts, ARRAY[1, 2, 3], '[]')) AS w;
            END IF;
            PERFORM neff.write_alert_messages(type,
                ARRAY[ROW(rule.id, rule.name, coalesce(rule.notification_channels, type.default_channels),
                          CASE WHEN rule.id IS NULL THEN '["admins"]' ELSE rule.recipient_groups END, 0, ARRAY[1])::neff.alert_hit],
                ARRAY[ROW(1, summary, words.title, words.sentence, words.data, 'pending', nullif(taken.n, 1), NULL)::neff.alert_message]);
            INSERT INTO public.alert_windows VALUES (coalesce(due.alert_rule_id, due.alert_type_id), clock_timestamp())
            ON CONFLICT (subject_id) DO UPDATE SET sent_at = excluded.sent_at;
            made := made + 1;
        EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'what was throttled could not be summed up: %', SQLERRM;
        END;
    END LOOP;
    RETURN made;
END $$;

-- ---- What rules can ask about ----------------------------------------------------------------------------------
-- Row by row and by index (hence LATERAL … OFFSET 0): a plan kept from when a table was empty would otherwise read
-- the whole of it for every row of an import.
-- A job with its contract and customer; `p_previous`: what it was before, for changes.
CREATE FUNCTION neff.job_alert_contexts(p_ids uuid[], p_previous jsonb[] DEFAULT NULL) RETURNS jsonb[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN RETURN (
    SELECT array_agg(to_jsonb(j) || jsonb_build_object(
               'about', jsonb_build_object('kind', 'job', 'id', j.id),
               'customer_id', cu.id, 'customer_name', coalesce(c.client_name, cu.name),
               'customer_email', coalesce(c.client_email, cu.email), 'customer_phone', coalesce(c.client_phone, cu.phone),
               'customer_status', cu.status, 'contract_status', c.status, 'contract_value', c.estimated_cost,
               'project_type', c.service_type, 'service_type', c.service_type, 'project_size', c.project_size,
               'duration', coalesce(j.estimated_duration_hours, z.hours), 'duration_hours', z.hours,
               'start_date', neff.utc_text(j.start_date), 'end_date', neff.utc_text(j.end_date),
               'created_at', neff.utc_text(j.created_at), 'updated_at', neff.utc_text(j.updated_at),
               'lead_time_hours', CASE WHEN isfinite(j.start_date) THEN round(extract(epoch FROM j.start_date - now())::numeric / 3600, 2) END,
               'start_hour', CASE WHEN isfinite(j.start_date) THEN extract(hour FROM j.start_date AT TIME ZONE z.zone)::integer END,
               'start_weekday', CASE WHEN isfinite(j.start_date) THEN extract(isodow FROM j.start_date AT TIME ZONE z.zone)::integer END,
               'changed_by', neff.app_actor(), 'change_source', neff.app_source())
               || coalesce(i.previous, '{}') ORDER BY i.n)
      FROM unnest(p_ids, p_previous) WITH ORDINALITY AS i(id, previous, n)
     CROSS JOIN LATERAL (SELECT * FROM public.job_schedules x WHERE x.id = i.id OFFSET 0) AS j
      LEFT JOIN LATERAL (SELECT * FROM public.contracts x WHERE x.id = j.contract_id OFFSET 0) AS c ON true
      LEFT JOIN LATERAL (SELECT * FROM public.customers x
                          WHERE x.id = coalesce(c.customer_id, (SELECT e.id FROM public.customers e WHERE e.email = c.client_email))
                         OFFSET 0) AS cu ON true
     CROSS JOIN LATERAL (SELECT CASE WHEN isfinite(j.start_date) AND isfinite(j.end_date)
                                     THEN round(extract(epoch FROM j.end_date - j.start_date)::numeric / 3600, 2) END AS hours,
                                office.zone FROM (SELECT neff.office_time_zone() AS zone OFFSET 0) AS office) AS z);
END $$;

CREATE FUNCTION neff.estimate_alert_contexts(p_ids uuid[]) RETURNS jsonb[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN RETURN (
    SELECT array_agg(to_jsonb(e) || jsonb_build_object(
               'about', jsonb_build_object('kind', 'estimate', 'id', e.id),
               'project_type', e.service_type, 'location_address', e.project_address,
               'has_cost', e.estimated_cost IS NOT NULL, 'is_known_customer', e.customer_id IS NOT NULL,
               'response_by', neff.utc_text(e.response_by), 'created_at', neff.utc_text(e.created_at), 'updated_at', neff.utc_text(e.updated_at),
               'response_hours', CASE WHEN isfinite(e.response_by) THEN round(extract(epoch FROM e.response_by - now())::numeric / 3600, 2) END)
               ORDER BY i.n)
      FROM unnest(p_ids) WITH ORDINALITY AS i(id, n)
     CROSS JOIN LATERAL (SELECT * FROM public.estimates x WHERE x.id = i.id OFFSET 0) AS e);
END $$;

CREATE FUNCTION neff.payment_alert_contexts(p_ids uuid[]) RETURNS jsonb[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN RETURN (
    SELECT array_agg(to_jsonb(p) || jsonb_build_object(
               'about', jsonb_build_object('kind', 'contract', 'id', c.id),
               'customer_id', c.customer_id, 'customer_name', c.client_name, 'customer_email', c.client_email,
               'project_type', c.service_type, 'service_type', c.service_type, 'location_address', c.project_address,
               'contract_status', c.status, 'contract_value', c.estimated_cost,
               'total_paid', paid.total, 'balance', c.estimated_cost - paid.total, 'is_refund', p.amount < 0,
               'created_at', neff.utc_text(p.created_at), 'updated_at', neff.utc_text(p.updated_at)) ORDER BY i.n)
      FROM unnest(p_ids) WITH ORDINALITY AS i(id, n)
     CROSS JOIN LATERAL (SELECT * FROM public.payments x WHERE x.id = i.id OFFSET 0) AS p
     CROSS JOIN LATERAL (SELECT * FROM public.contracts x WHERE x.id = p.contract_id OFFSET 0) AS c
     CROSS JOIN LATERAL (SELECT sum(x.amount) AS total FROM public.payments x WHERE x.contract_id = c.id) AS paid);
END $$;

-- ---- Sources -----------------------------------------------------------------------------------------------------
-- The specification's way in, for one job.
CREATE OR REPLACE FUNCTION public.process_job_alert(p_job_id uuid, p_alert_type varchar) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM neff.dispatch_alerts(p_alert_type, neff.job_alert_contexts(ARRAY[p_job_id]));
EXCEPTION WHEN OTHERS THEN
    PERFORM neff.record_alert_failure(p_alert_type, SQLERRM);
END $$;

-- A statement's jobs: new ones, canceled ones, moved ones. One change is one alert, the weightiest.
CREATE OR REPLACE FUNCTION public.trigger_job_schedule_alerts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    kind text := 'job_scheduled';
    ids uuid[];
    previous jsonb[];
BEGIN
    IF neff.app_quiet() THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        -- Work that is over or called off when it is entered is history, not news.
        ids := ARRAY(SELECT n.id FROM new_rows n WHERE n.status NOT IN ('canceled', 'completed'));
        IF cardinality(ids) > 0 THEN
            PERFORM neff.dispatch_alerts(kind, neff.job_alert_contexts(ids));
        END IF;
        RETURN NULL;
    END IF;
    FOR kind, ids, previous IN
        SELECT c.kind, array_agg(c.id ORDER BY c.start_date, c.id), array_agg(c.previous ORDER BY c.start_date, c.id)
          FROM (SELECT n.id, n.start_date,
                       CASE WHEN n.status = 'canceled' AND o.status IS DISTINCT FROM n.status THEN 'job_canceled'
                            WHEN n.status = 'canceled' THEN NULL
                            WHEN n.start_date IS DISTINCT FROM o.start_date OR n.end_date IS DISTINCT FROM o.end_date
                                OR (n.status = 'rescheduled' AND o.status IS DISTINCT FROM n.status) THEN 'job_rescheduled' END AS kind,
                       jsonb_build_object('previous_status', o.status, 'previous_start_date', neff.utc_text(o.start_date),
                           'previous_end_date', neff.utc_text(o.end_date), 'previous_priority_level', o.priority_level,
                           'previous_location_address', o.location_address, 'moved_hours',
                           CASE WHEN isfinite(n.start_date) AND isfinite(o.start_date)
                                THEN round(extract(epoch FROM n.start_date - o.start_date)::numeric / 3600, 2) END) AS previous
                  FROM new_rows n JOIN old_rows o USING (id)) AS c
         WHERE c.kind IS NOT NULL GROUP BY c.kind
    LOOP
        PERFORM neff.dispatch_alerts(kind, neff.job_alert_contexts(ids, previous));
    END LOOP;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    PERFORM neff.record_alert_failure(kind, SQLERRM);
    RETURN NULL;
END $$;
CREATE TRIGGER job_schedule_alert_trigger AFTER INSERT ON job_schedules REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION public.trigger_job_schedule_alerts();
CREATE TRIGGER n_alerts_job_update AFTER UPDATE ON job_schedules REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION public.trigger_job_schedule_alerts();

CREATE FUNCTION neff.trigger_new_row_alerts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ids uuid[];
BEGIN
    IF neff.app_quiet() THEN
        RETURN NULL;
    END IF;
    ids := ARRAY(SELECT n.id FROM new_rows n);
    IF cardinality(ids) > 0 THEN
        PERFORM neff.dispatch_alerts(TG_ARGV[0], CASE TG_TABLE_NAME
            WHEN 'estimates' THEN neff.estimate_alert_contexts(ids) ELSE neff.payment_alert_contexts(ids) END);
    END IF;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    PERFORM neff.record_alert_failure(TG_ARGV[0], SQLERRM);
    RETURN NULL;
END $$;
CREATE TRIGGER n_alerts_estimate AFTER INSERT ON estimates REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.trigger_new_row_alerts('estimate_requested');
CREATE TRIGGER n_alerts_payment AFTER INSERT ON payments REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.trigger_new_row_alerts('payment_received');

-- Somebody or something is booked twice now and was not before: one alert a job and person or machine.
CREATE FUNCTION neff.trigger_double_booking_alerts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    clashes public.job_assignments[];
    ids uuid[];
    details jsonb[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        clashes := ARRAY(SELECT ROW(n.*)::public.job_assignments FROM new_rows n WHERE n.state = 'conflict');
    ELSE
        clashes := ARRAY(SELECT ROW(n.*)::public.job_assignments FROM new_rows n JOIN old_rows o USING (id)
                          WHERE n.state = 'conflict' AND o.state <> 'conflict');
    END IF;
    IF cardinality(clashes) = 0 OR neff.app_quiet() THEN
        RETURN NULL;
    END IF;
    SELECT array_agg(c.job_schedule_id), array_agg(jsonb_build_object('resource_kind', c.resource_kind, 'resource_id', c.resource_id,
               'resource_name', coalesce(m.name, q.name), 'conflict_start', neff.utc_text(c.starts), 'conflict_end', neff.utc_text(c.ends)))
      INTO ids, details
      FROM (SELECT x.job_schedule_id, x.resource_kind, x.resource_id, min(lower(x.during)) AS starts, max(upper(x.during)) AS ends
              FROM unnest(clashes) AS x GROUP BY 1, 2, 3 ORDER BY 4, 1, 3) AS c
      LEFT JOIN public.crew_members m ON m.id = c.resource_id
      LEFT JOIN public.equipment q ON q.id = c.resource_id;
    PERFORM neff.dispatch_alerts('double_booking', neff.job_alert_contexts(ids, details));
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    PERFORM neff.record_alert_failure('double_booking', SQLERRM);
    RETURN NULL;
END $$;
CREATE TRIGGER n_alerts_insert AFTER INSERT ON job_assignments REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.trigger_double_booking_alerts();
CREATE TRIGGER n_alerts_update AFTER UPDATE ON job_assignments REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.trigger_double_booking_alerts();

-- ---- Templates -----------------------------------------------------------------------------------------------------
-- Mail and texts for every shipped type that has none. An instant ({{start_date}}) is written in the office's clock
-- when the message is rendered.
INSERT INTO email_templates (name, subject_template, body_template, alert_type_id, variables)
SELECT t.name || '_email', m.subject, m.body, t.id,
       (SELECT jsonb_agg(DISTINCT v[1]) FROM regexp_matches(m.subject || m.body, '{{([a-z_]+)}}', 'g') AS v)
  FROM (VALUES
    ('job_scheduled', 'Job Scheduled: {{project_type}} - {{customer_name}}',
     '<h2>New job scheduled</h2><p>{{customer_name}}, {{project_type}}</p><p>{{start_date}}, {{duration}} hours</p><p>{{location_address}}</p>'),
    ('job_canceled', 'Job canceled: {{customer_name}}',
     '<h2>Job canceled</h2><p>{{customer_name}}, {{project_type}}</p><p>It was planned for {{start_date}} at {{location_address}}.</p>'),
    ('job_rescheduled', 'Job moved: {{customer_name}}',
     '<h2>Job moved</h2><p>{{customer_name}}, {{project_type}}</p><p>From {{previous_start_date}} to {{start_date}}</p><p>{{location_address}}</p>'),
    ('payment_received', 'Payment received: {{customer_name}}, {{amount}}',
     '<h2>Payment received</h2><p>{{customer_name}}: {{amount}} by {{method}} on {{received_on}}</p><p>Balance: {{balance}}</p>'),
    ('estimate_requested', 'New estimate request: {{customer_name}}',
     '<h2>New estimate request</h2><p>{{customer_name}}, {{phone}}, {{email}}</p><p>{{service_type}} at {{project_address}}</p><p>{{description}}</p><p>Answer by {{response_by}}</p>'),
    ('double_booking', 'Double booking: {{resource_name}}',
     '<h2>Double booking</h2><p>{{resource_name}} is booked twice at {{conflict_start}}.</p><p>{{customer_name}}, {{location_address}}</p>'),
    ('system_error', 'Something went wrong: {{component}}', '<h2>Something went wrong</h2><p>{{message}}</p><p>{{occurred_at}}</p>'),
    ('database_issue', 'Database problem', '<h2>Database problem</h2><p>{{component}}: {{message}}</p><p>{{occurred_at}}</p>'),
    ('security_breach', 'Security warning', '<h2>Security warning</h2><p>{{component}}: {{message}}</p><p>{{occurred_at}}</p>')
  ) AS m(type, subject, body) JOIN alert_types t ON t.name = m.type
 WHERE NOT EXISTS (SELECT FROM email_templates e WHERE e.alert_type_id = t.id)
ON CONFLICT (name) DO NOTHING;

INSERT INTO sms_templates (name, message_template, alert_type_id, variables)
SELECT t.name || '_sms', m.message, t.id, (SELECT jsonb_agg(DISTINCT v[1]) FROM regexp_matches(m.message, '{{([a-z_]+)}}', 'g') AS v)
  FROM (VALUES
    ('job_scheduled', 'NEFF: Job for {{customer_name}} on {{start_date}}, {{location_address}}'),
    ('job_canceled', 'NEFF: Job canceled: {{customer_name}}, {{start_date}}, {{location_address}}'),
    ('job_rescheduled', 'NEFF: Job moved: {{customer_name}} to {{start_date}}, {{location_address}}'),
    ('payment_received', 'NEFF: {{customer_name}} paid {{amount}}. Balance {{balance}}'),
    ('estimate_requested', 'NEFF: Estimate request: {{customer_name}}, {{phone}}, {{project_address}}'),
    ('double_booking', 'NEFF: {{resource_name}} is booked twice at {{conflict_start}}'),
    ('system_error', 'NEFF: Error in {{component}}: {{message}}'),
    ('database_issue', 'NEFF: Database problem: {{message}}'),
    ('security_breach', 'NEFF: Security warning: {{message}}')
  ) AS m(type, message) JOIN alert_types t ON t.name = m.type
 WHERE NOT EXISTS (SELECT FROM sms_templates s WHERE s.alert_type_id = t.id)
ON CONFLICT (name) DO NOTHING;

ALTER TABLE alert_types DISABLE TRIGGER USER;
UPDATE alert_types t
   SET template_id = (SELECT e.id FROM email_templates e WHERE e.alert_type_id = t.id ORDER BY e.created_at, e.name LIMIT 1)
 WHERE t.template_id IS NULL;
ALTER TABLE alert_types ENABLE TRIGGER USER;

INSERT INTO schema_versions (version, description, min_program) VALUES ('3.0.12', 'Alert sources', '0.1.0');

RESET ROLE;
