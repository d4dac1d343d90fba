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

-- ---- What rules can ask about ----------------------------------------------------------------------------------
-- Events as rules see them: a job with its contract and customer, an estimate, a payment with its contract. An event
-- that is none any more (its job is gone, a double booking solved in the same transaction) is left out.
-- Row by row and by index (hence LATERAL … OFFSET 0): a plan kept from when a table was empty would otherwise read
-- the whole of it for every row of an import.
CREATE FUNCTION neff.alert_contexts(p_transaction xid8, p_ids bigint[]) RETURNS SETOF neff.alert_context
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off AS $$
DECLARE
    zone text;
    sources text[] := ARRAY(SELECT DISTINCT e.source FROM neff.alert_events e WHERE e.transaction = p_transaction AND e.id = ANY (p_ids));
BEGIN
    IF 'data' = ANY (sources) THEN
        RETURN QUERY
        SELECT e.id, e.event_id, e.addressed, neff.comparable_data(e.facts) || e.more
          FROM neff.alert_events e WHERE e.transaction = p_transaction AND e.id = ANY (p_ids) AND e.source = 'data' ORDER BY e.id;
    END IF;
    IF ARRAY['job', 'booking'] && sources THEN
        zone := neff.office_time_zone();
        RETURN QUERY
        SELECT e.id, e.event_id, e.addressed, f.job || jsonb_build_object(
                   'about', jsonb_build_object('kind', 'job', 'id', e.subject_id),
                   'customer_id', cu.id, 'customer_name', coalesce(c.client_name, cu.name),
                   'customer_email', coalesce(c.client_email, cu.email), 'customer_phone', coalesce(c.client_phone, cu.phone),
                   'customer_status', cu.status, 'contract_status', c.status, 'contract_value', c.estimated_cost,
                   'project_type', c.service_type, 'service_type', c.service_type, 'project_size', c.project_size,
                   'duration', coalesce((f.job->>'estimated_duration_hours')::numeric, t.hours), 'duration_hours', t.hours,
                   'start_date', neff.utc_text(t.starts), 'end_date', neff.utc_text(t.ends),
                   'created_at', neff.utc_text((f.job->>'created_at')::timestamptz), 'updated_at', neff.utc_text((f.job->>'updated_at')::timestamptz),
                   'lead_time_hours', CASE WHEN isfinite(t.starts) THEN round(extract(epoch FROM t.starts - e.occurred_at)::numeric / 3600, 2) END,
                   'start_hour', CASE WHEN isfinite(t.starts) THEN extract(hour FROM t.starts AT TIME ZONE zone)::integer END,
                   'start_weekday', CASE WHEN isfinite(t.starts) THEN extract(isodow FROM t.starts AT TIME ZONE zone)::integer END)
                   || CASE WHEN e.source = 'booking' THEN jsonb_build_object('resource_name', coalesce(
                          (SELECT m.name FROM public.crew_members m WHERE m.id = (e.more->>'resource_id')::uuid),
                          (SELECT q.name FROM public.equipment q WHERE q.id = (e.more->>'resource_id')::uuid))) ELSE '{}' END
                   || e.more
          FROM (SELECT x.*, row_number() OVER (PARTITION BY x.source, x.subject_id, x.more->>'resource_id' ORDER BY x.id) AS nth
                  FROM neff.alert_events x
                 WHERE x.transaction = p_transaction AND x.id = ANY (p_ids) AND x.source IN ('job', 'booking')) AS e
         CROSS JOIN LATERAL (SELECT coalesce(e.facts, (SELECT to_jsonb(x) FROM public.job_schedules x WHERE x.id = e.subject_id)) AS job OFFSET 0) AS f
         CROSS JOIN LATERAL (SELECT s.starts, s.ends, CASE WHEN isfinite(s.starts) AND isfinite(s.ends)
                                         THEN round(extract(epoch FROM s.ends - s.starts)::numeric / 3600, 2) END AS hours
                               FROM (SELECT (f.job->>'start_date')::timestamptz AS starts, (f.job->>'end_date')::timestamptz AS ends OFFSET 0) AS s) AS t
          LEFT JOIN LATERAL (SELECT * FROM public.contracts x WHERE x.id = (f.job->>'contract_id')::uuid OFFSET 0) AS c ON true
          LEFT JOIN LATERAL (SELECT * FROM public.customers x
                              WHERE x.id = coalesce(c.customer_id, (SELECT o.id FROM public.customers o WHERE o.email = c.client_email))
                             OFFSET 0) AS cu ON true
         WHERE f.job IS NOT NULL
           AND (e.source = 'job' OR e.source = 'booking' AND e.nth = 1
                AND EXISTS (SELECT FROM public.job_assignments a WHERE a.job_schedule_id = e.subject_id AND a.state = 'conflict'
                               AND a.resource_kind = e.more->>'resource_kind' AND a.resource_id = (e.more->>'resource_id')::uuid))
         ORDER BY e.id;
    END IF;
    IF 'estimate' = ANY (sources) THEN
        RETURN QUERY
        SELECT e.id, e.event_id, e.addressed, e.facts || jsonb_build_object(
                   'about', jsonb_build_object('kind', 'estimate', 'id', e.subject_id),
                   'project_type', e.facts->'service_type', 'location_address', e.facts->'project_address',
                   'has_cost', e.facts->>'estimated_cost' IS NOT NULL, 'is_known_customer', e.facts->>'customer_id' IS NOT NULL,
                   'response_by', neff.utc_text(t.answer), 'created_at', neff.utc_text((e.facts->>'created_at')::timestamptz),
                   'updated_at', neff.utc_text((e.facts->>'updated_at')::timestamptz),
                   'response_hours', CASE WHEN isfinite(t.answer) THEN round(extract(epoch FROM t.answer - e.occurred_at)::numeric / 3600, 2) END) || e.more
          FROM neff.alert_events e CROSS JOIN LATERAL (SELECT (e.facts->>'response_by')::timestamptz AS answer OFFSET 0) AS t
         WHERE e.transaction = p_transaction AND e.id = ANY (p_ids) AND e.source = 'estimate' ORDER BY e.id;
    END IF;
    IF 'payment' = ANY (sources) THEN
        RETURN QUERY
        SELECT e.id, e.event_id, e.addressed, e.facts || jsonb_build_object(
                   'about', jsonb_build_object('kind', 'contract', 'id', e.facts->'contract_id'),
                   'customer_id', c.customer_id, 'customer_name', c.client_name, 'customer_email', c.client_email,
                   'project_type', c.service_type, 'service_type', c.service_type, 'location_address', c.project_address,
                   'contract_status', c.status, 'contract_value', c.estimated_cost,
                   'total_paid', paid.total, 'balance', c.estimated_cost - paid.total, 'is_refund', (e.facts->>'amount')::numeric < 0,
                   'created_at', neff.utc_text((e.facts->>'created_at')::timestamptz),
                   'updated_at', neff.utc_text((e.facts->>'updated_at')::timestamptz)) || e.more
          FROM neff.alert_events e
          LEFT JOIN LATERAL (SELECT * FROM public.contracts x WHERE x.id = (e.facts->>'contract_id')::uuid OFFSET 0) AS c ON true
          LEFT JOIN LATERAL (SELECT sum(x.amount) AS total FROM public.payments x WHERE x.contract_id = c.id) AS paid ON true
         WHERE e.transaction = p_transaction AND e.id = ANY (p_ids) AND e.source = 'payment' ORDER BY e.id;
    END IF;
END $$;

-- ---- Sources -----------------------------------------------------------------------------------------------------
-- Writes down one event. It reads nothing and refers to nothing: there is nothing to wait for.
CREATE FUNCTION neff.note_alert(p_type text, p_source text, p_subject uuid, p_facts jsonb, p_more jsonb DEFAULT '{}',
                                p_addressed jsonb DEFAULT NULL, p_event uuid DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- A session's SET CONSTRAINTS ALL IMMEDIATE is not for the telling: it happens once, at the end.
    SET CONSTRAINTS neff.tell_at_commit DEFERRED;
    INSERT INTO neff.alert_events (event_id, type_name, source, subject_id, facts, more, addressed, quiet)
    VALUES (coalesce(p_event, gen_random_uuid()), left(p_type, 200), p_source, p_subject, p_facts, p_more, p_addressed, neff.app_quiet());
END $$;

-- Alerting failed and the change goes on: that it failed is a failed delivery and a system error. Never raises.
CREATE FUNCTION neff.record_alert_failure(p_type text, p_error text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '10ms' AS $$
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
EXCEPTION WHEN OTHERS THEN
    RAISE WARNING 'that alert % failed (%) could not be said: %', p_type, p_error, SQLERRM;
END $$;

-- Something of the office's own went wrong.
CREATE FUNCTION neff.record_problem(p_type varchar, p_component text, p_message text, p_details jsonb DEFAULT '{}') RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_type NOT IN ('system_error', 'database_issue', 'security_breach') THEN
        RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'a problem is a system_error, a database_issue or a security_breach';
    END IF;
    PERFORM neff.note_alert(p_type, 'data', NULL,
        neff.trimmed_data(CASE WHEN jsonb_typeof(p_details) = 'object' THEN p_details ELSE '{}' END),
        jsonb_build_object('component', left(p_component, 200), 'message', left(p_message, 2000), 'login', session_user,
            'application', current_setting('application_name', true), 'occurred_at', neff.utc_text(clock_timestamp())));
END $$;
CREATE FUNCTION neff.record_system_error(p_component text, p_message text, p_details jsonb DEFAULT '{}') RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT neff.record_problem('system_error', p_component, p_message, p_details) $$;

-- Alerts of types the office has added, for roles granted this function.
CREATE FUNCTION neff.raise_alert(p_type varchar, p_data jsonb DEFAULT '{}') RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '10ms' AS $$
DECLARE
    known boolean;
BEGIN
    BEGIN
        known := EXISTS (SELECT FROM public.alert_types WHERE name = p_type AND NOT is_shipped);
    EXCEPTION WHEN lock_not_available THEN
        -- Somebody holds the whole table. An alert of a type there is not is told to nobody.
        known := p_type NOT IN ('job_scheduled', 'job_canceled', 'job_rescheduled', 'payment_received', 'estimate_requested',
                                'system_error', 'database_issue', 'security_breach', 'double_booking');
    END;
    IF known IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'NF003', MESSAGE = format('"%s" is not an alert type this office has added.', neff.shortened(p_type, 60));
    END IF;
    IF p_data IS NULL OR jsonb_typeof(p_data) <> 'object' OR octet_length(p_data::text) > 8000 THEN
        RAISE EXCEPTION USING ERRCODE = 'NF003', MESSAGE = 'The data of an alert is one object of at most 8,000 characters.';
    END IF;
    PERFORM neff.note_alert(p_type, 'data', NULL, p_data);
END $$;

-- The specification's way in: one rule, its data, channels and groups. The same data in one transaction is the same
-- event, whatever the rule. The type goes by its id, or by the rule's.
CREATE FUNCTION public.send_alert_notifications(p_rule_id uuid, p_alert_type_id uuid, p_data jsonb, p_channels jsonb, p_groups jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    type text := coalesce(p_alert_type_id::text, 'rule ' || p_rule_id);
BEGIN
    IF type IS NOT NULL THEN
        PERFORM neff.note_alert(type, 'data', NULL, CASE WHEN jsonb_typeof(p_data) = 'object' THEN p_data ELSE '{}' END, '{}',
            jsonb_build_object('rule', p_rule_id, 'channels', p_channels, 'groups', p_groups),
            md5(pg_current_xact_id()::text || type || coalesce(p_data, 'null')::text)::uuid);
    END IF;
END $$;

-- The specification's way in, for one job.
CREATE OR REPLACE FUNCTION public.process_job_alert(p_job_id uuid, p_alert_type varchar) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_job_id IS NOT NULL AND p_alert_type IS NOT NULL THEN
        PERFORM neff.note_alert(p_alert_type, 'job', p_job_id, NULL,
            jsonb_build_object('changed_by', neff.app_actor(), 'change_source', neff.app_source()));
    END IF;
END $$;

-- A statement's jobs: new ones, canceled ones, moved ones. One change is one alert, the weightiest.
CREATE OR REPLACE FUNCTION public.trigger_job_schedule_alerts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    who jsonb := jsonb_build_object('changed_by', neff.app_actor(), 'change_source', neff.app_source());
BEGIN
    IF neff.app_quiet() THEN
        RETURN NULL;
    END IF;
    SET CONSTRAINTS neff.tell_at_commit DEFERRED;
    IF TG_OP = 'INSERT' THEN
        -- Work that is over or called off when it is entered is history, not news.
        INSERT INTO neff.alert_events (type_name, source, subject_id, facts, more, calls)
        SELECT 'job_scheduled', 'job', n.id, to_jsonb(n), who, row_number() OVER () = 1
          FROM new_rows n WHERE n.status NOT IN ('canceled', 'completed');
        RETURN NULL;
    END IF;
    INSERT INTO neff.alert_events (type_name, source, subject_id, facts, more, calls)
    SELECT c.kind, 'job', c.id, c.facts, who || c.previous, row_number() OVER () = 1
      FROM (SELECT n.id, n.start_date, to_jsonb(n) AS facts,
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
     WHERE c.kind IS NOT NULL ORDER BY c.start_date, c.id;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    PERFORM neff.record_alert_failure('job_scheduled', SQLERRM);
    RETURN NULL;
END $$;
CREATE TRIGGER job_schedule_alert_trigger AFTER INSERT ON job_schedules REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION public.trigger_job_schedule_alerts();
CREATE TRIGGER n_alerts_job_update AFTER UPDATE ON job_schedules REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION public.trigger_job_schedule_alerts();

-- New estimates and payments. Arguments: type and source.
CREATE FUNCTION neff.trigger_new_row_alerts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
BEGIN
    IF neff.app_quiet() THEN
        RETURN NULL;
    END IF;
    SET CONSTRAINTS neff.tell_at_commit DEFERRED;
    INSERT INTO neff.alert_events (type_name, source, subject_id, facts, calls)
    SELECT TG_ARGV[0], TG_ARGV[1], n.id, to_jsonb(n), row_number() OVER () = 1 FROM new_rows n;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    PERFORM neff.record_alert_failure(TG_ARGV[0], SQLERRM);
    RETURN NULL;
END $$;
CREATE TRIGGER n_alerts_estimate AFTER INSERT ON estimates REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.trigger_new_row_alerts('estimate_requested', 'estimate');
CREATE TRIGGER n_alerts_payment AFTER INSERT ON payments REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.trigger_new_row_alerts('payment_received', 'payment');

-- Somebody or something is booked twice now and was not before: one alert a job and person or machine. Whether it still
-- is so is asked when it is told.
CREATE FUNCTION neff.trigger_double_booking_alerts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    clashes public.job_assignments[];
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
    SET CONSTRAINTS neff.tell_at_commit DEFERRED;
    INSERT INTO neff.alert_events (type_name, source, subject_id, more, calls)
    SELECT 'double_booking', 'booking', c.job_schedule_id,
           jsonb_build_object('changed_by', neff.app_actor(), 'change_source', neff.app_source(),
               'resource_kind', c.resource_kind, 'resource_id', c.resource_id,
               'conflict_start', neff.utc_text(c.starts), 'conflict_end', neff.utc_text(c.ends)), row_number() OVER () = 1
      FROM (SELECT x.job_schedule_id, x.resource_kind, x.resource_id, min(lower(x.during)) AS starts, max(upper(x.during)) AS ends
              FROM unnest(clashes) AS x GROUP BY 1, 2, 3 ORDER BY 4, 1, 3) AS c;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    PERFORM neff.record_alert_failure('double_booking', SQLERRM);
    RETURN NULL;
END $$;
CREATE TRIGGER n_alerts_insert AFTER INSERT ON job_assignments REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.trigger_double_booking_alerts();
CREATE TRIGGER n_alerts_update AFTER UPDATE ON job_assignments REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.trigger_double_booking_alerts();

-- ---- What was held back --------------------------------------------------------------------------------------------
-- Sums up what was throttled, where the window has ended; every computer's sweep calls it, and one of them does it.
-- Gives the number of messages.
CREATE FUNCTION neff.flush_throttled_alerts() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '100ms' AS $$
DECLARE
    due record;
    taken record;
    type public.alert_types;
    hit neff.alert_hit;
    words record;
    summary uuid;
    made integer := 0;
BEGIN
    PERFORM FROM neff.duties d WHERE d.task = 'sum up throttled alerts' FOR UPDATE SKIP LOCKED;
    IF NOT FOUND OR neff.login_is_disabled() THEN
        RETURN 0;  -- another computer is at it
    END IF;
    FOR due IN SELECT DISTINCT h.alert_type_id, h.for_rule FROM public.alert_history h
                WHERE h.status = 'throttled' AND h.summarised_in IS NULL AND h.event_id IS NOT NULL AND h.next_attempt_at <= clock_timestamp() LOOP
        BEGIN
            summary := gen_random_uuid();
            WITH gone AS (
                UPDATE public.alert_history SET summarised_in = summary
                 WHERE alert_type_id = due.alert_type_id AND for_rule IS NOT DISTINCT FROM due.for_rule
                   AND status = 'throttled' AND summarised_in IS NULL AND event_id IS NOT NULL
                RETURNING subject, message, data, audience, coalesce(summarised_count, 1) AS n, created_at, id
            )
            SELECT sum(n)::integer AS n, min(subject) AS subject, min(message) AS message,
                   (array_agg(data ORDER BY created_at, id))[1:3] AS contexts, (array_agg(audience ORDER BY created_at DESC, id))[1] AS audience
              INTO taken FROM gone;
            CONTINUE WHEN taken.n IS NULL;
            SELECT t.* INTO type FROM public.alert_types t WHERE t.id = due.alert_type_id;
            IF taken.n = 1 THEN
                SELECT taken.subject AS title, taken.message AS sentence, taken.contexts[1] AS data INTO words;
            ELSE
                SELECT w.title, w.sentence, jsonb_build_object('about', jsonb_build_object('kind', 'alert', 'id', summary), 'count', taken.n,
                           'of', coalesce(taken.contexts[1]->'of', taken.contexts[1] #> '{about,kind}')) AS data
                  INTO words
                  FROM neff.combined_alert_words(type.name, taken.n, (SELECT coalesce(jsonb_agg(neff.alert_name(c) ORDER BY n) FILTER (WHERE neff.alert_name(c) IS NOT NULL), '[]')
                            FROM unnest(taken.contexts) WITH ORDINALITY AS t(c, n))) AS w;
            END IF;
            -- Whom the rule names now; whom it named then where it is gone.
            SELECT r.id, r.name, r.notification_channels, r.recipient_groups, 0, 1, NULL INTO hit
              FROM public.alert_rules r WHERE r.id = due.for_rule;
            IF NOT FOUND THEN
                hit := ROW(due.for_rule, taken.audience->>'name', coalesce(taken.audience->'channels', type.default_channels),
                           coalesce(taken.audience->'groups', '["admins"]'), 0, 1, NULL)::neff.alert_hit;
            END IF;
            PERFORM neff.write_alert_messages(type, ARRAY[hit],
                ARRAY[ROW(1, summary, words.title, words.sentence, words.data, 'pending', nullif(taken.n, 1), NULL)::neff.alert_message], NULL);
            -- The summary is a message too: the next event waits for its window. (Held by an event that is just being told:
            -- that one has opened it.)
            UPDATE neff.alert_windows w SET sent_at = clock_timestamp()
              FROM (SELECT x.subject_id FROM neff.alert_windows x WHERE x.subject_id = coalesce(due.for_rule, due.alert_type_id) FOR UPDATE SKIP LOCKED) AS free
             WHERE w.subject_id = free.subject_id;
            made := made + 1;
        EXCEPTION
            WHEN lock_not_available THEN
                EXIT;  -- somebody holds the history: the next sweep
            WHEN OTHERS THEN
                RAISE WARNING 'what was throttled could not be summed up: %', SQLERRM;
        END;
    END LOOP;
    IF made > 0 THEN
        PERFORM neff.wake('neff_notifications');
    END IF;
    RETURN made;
END $$;

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
