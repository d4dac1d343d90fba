-- From an event to what people get: which rules match, whom they name, one message or one for many, now or when the
-- window ends. A change writes down what happened (alert_events) and nothing else; who is told is worked out when its
-- transaction commits, all of it at once, or by whoever comes next where that would have meant waiting.
SET LOCAL ROLE neff_owner;
SET LOCAL timezone = 'UTC';

-- ---- Columns -----------------------------------------------------------------------------------------------------
-- No foreign keys from here to people and targets: checking one waits for whoever holds the row.
ALTER TABLE alert_history
    ADD COLUMN event_id         uuid,                        -- what happened, once, however many rules and people
    ADD COLUMN for_rule         uuid,                        -- as alert_rule_id, also where that rule could not be referred to
    ADD COLUMN audience         jsonb,                       -- throttled: whom the rule named then, in case it is gone by the end
    ADD COLUMN recipient_key    text,                        -- person:…, endpoint:…, group:…, channel:…, or rule
    ADD COLUMN app_user_id      uuid,
    ADD COLUMN endpoint_id      uuid,
    ADD COLUMN summarised_count integer,                     -- a message about this many events
    ADD COLUMN summarised_in    uuid,                        -- throttled: the event_id of the message that summed it up
    ADD COLUMN next_attempt_at  timestamptz,                 -- pending: not before; throttled: when the window ends
    ADD COLUMN attempts         integer NOT NULL DEFAULT 0,
    ADD COLUMN lease_until      timestamptz,
    ADD COLUMN lease_owner      text,
    ADD COLUMN fence            bigint NOT NULL DEFAULT 0;   -- raised by each lease: an older holder writes nothing
CREATE UNIQUE INDEX alert_history_once ON alert_history
    (event_id, coalesce(for_rule, '00000000-0000-0000-0000-000000000000'), recipient_key, channel) WHERE event_id IS NOT NULL;
CREATE INDEX idx_alert_history_to_send ON alert_history (next_attempt_at NULLS FIRST, created_at) WHERE status = 'pending';
CREATE INDEX idx_alert_history_to_sum_up ON alert_history (next_attempt_at)
    WHERE status = 'throttled' AND summarised_in IS NULL AND event_id IS NOT NULL;

ALTER TABLE dashboard_notifications
    ADD COLUMN event_id         uuid,
    ADD COLUMN alert_rule_id    uuid,
    ADD COLUMN summarised_count integer;
CREATE UNIQUE INDEX dashboard_notifications_once ON dashboard_notifications (event_id, user_id) WHERE event_id IS NOT NULL;

-- Shipped types cannot be raised by neff.raise_alert(); the office's own can.
ALTER TABLE alert_types ADD COLUMN is_shipped boolean NOT NULL DEFAULT false;

-- ---- What happened -------------------------------------------------------------------------------------------------
-- Every event, from when it happened until everybody is told. It refers to nothing and nobody else may touch it: there
-- is nothing to wait for. What is still in it after its transaction is told by deliver_pending_alerts().
CREATE TABLE neff.alert_events (
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
    id          bigint GENERATED ALWAYS AS IDENTITY,
    event_id    uuid NOT NULL DEFAULT gen_random_uuid(),
    type_name   text NOT NULL,
    source      text NOT NULL CHECK (source IN ('job', 'booking', 'estimate', 'payment', 'data')),
    subject_id  uuid,                                  -- the job, the estimate or the payment
    facts       jsonb,                                 -- its row as it was written; NULL: it is read when it is told
    more        jsonb NOT NULL DEFAULT '{}',           -- what else a rule may ask about
    addressed   jsonb,                                 -- {"rule", "channels", "groups"}: instead of asking the rules
    quiet       boolean NOT NULL DEFAULT false,        -- an import that alerts nobody, unless it is about security
    calls       boolean NOT NULL DEFAULT true,         -- queues the telling: one event a statement does
    occurred_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    attempts    integer NOT NULL DEFAULT 0,
    next_try    timestamptz,
    error       text,
    PRIMARY KEY (transaction, id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

-- When a throttled rule (or, without a rule, a type) last sent something. A row each, made with the rule: who finds it
-- held by another transaction does not wait, and is throttled.
CREATE TABLE neff.alert_windows (
    subject_id uuid PRIMARY KEY,
    sent_at    timestamptz NOT NULL DEFAULT '-infinity'
);
CREATE FUNCTION neff.make_alert_window() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO neff.alert_windows (subject_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER n_make_alert_window AFTER INSERT ON alert_rules FOR EACH ROW EXECUTE FUNCTION neff.make_alert_window();
CREATE TRIGGER n_make_alert_window AFTER INSERT ON alert_types FOR EACH ROW EXECUTE FUNCTION neff.make_alert_window();
INSERT INTO neff.alert_windows (subject_id) SELECT id FROM alert_rules UNION SELECT id FROM alert_types;

-- Work that one computer does for all, once: whoever finds the row held leaves it to the holder.
CREATE TABLE neff.duties (
    task     text PRIMARY KEY,
    last_day date,                                     -- of the office's clock, where it is done once a day
    next_try timestamptz
);
INSERT INTO neff.duties (task) VALUES ('sum up throttled alerts'), ('daily maintenance');

CREATE TYPE neff.alert_context AS (id bigint, event_id uuid, addressed jsonb, context jsonb);  -- an event as rules see it
CREATE TYPE neff.alert_hit AS (
    rule_id uuid, rule_name text, channels jsonb, recipient_groups jsonb, throttle_minutes integer,
    total integer, events bigint[]                           -- how many events, and the first of them
);
CREATE TYPE neff.alert_message AS (
    hit integer, event_id uuid, title text, sentence text, data jsonb, status text, summarised_count integer, due timestamptz
);

-- ---- Small words -------------------------------------------------------------------------------------------------
-- A wake-up. NOTIFY would make PREPARE TRANSACTION impossible: it is sent by triggers that are deferred to the end of
-- the transaction, and not where that end is a PREPARE. (Who listens asks every ten seconds without being woken, too.)
CREATE FUNCTION neff.wake(p_channel text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT neff.is_preparing() THEN
        PERFORM pg_notify(p_channel, '');
    END IF;
END $$;

-- The names in a list, each once; the fallback where it is no list or an empty one.
CREATE FUNCTION neff.names_in(p_list jsonb, p_fallback text[]) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT array_agg(DISTINCT neff.shortened(v, 100))
                       FROM jsonb_array_elements_text(CASE jsonb_typeof(p_list) WHEN 'array' THEN p_list ELSE '[]' END) AS v
                      WHERE btrim(v) <> ''), p_fallback);
END $$;

-- What is stored with a delivery: long texts cut, big trees dropped, nothing that a reader would choke on. Rules have
-- seen the whole.
CREATE FUNCTION neff.trimmed_data(p_data jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN neff.bounded_json(CASE WHEN octet_length(p_data::text) <= 4000 OR jsonb_typeof(p_data) <> 'object' THEN p_data
        ELSE (SELECT jsonb_object_agg(left(key, 200), CASE
                  WHEN jsonb_typeof(value) = 'string' THEN to_jsonb(left(value #>> '{}', 1000))
                  WHEN octet_length(value::text) <= 1000 THEN value
                  ELSE 'null' END)
                FROM (SELECT * FROM jsonb_each(p_data) LIMIT 200) AS fields) END);
END $$;

-- Does this person want this channel at this urgency? {"sms": {"enabled": true, "min_priority": 4}}
CREATE FUNCTION neff.wants_channel(p_preferences jsonb, p_channel text, p_priority integer) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce(p_preferences #>> ARRAY[p_channel, 'enabled'], 'true') <> 'false'
       AND CASE jsonb_typeof(p_preferences #> ARRAY[p_channel, 'min_priority'])
               WHEN 'number' THEN (p_preferences #>> ARRAY[p_channel, 'min_priority'])::numeric <= p_priority ELSE true END;
END $$;

-- For each of these rules: NULL where its window is open and now ours, otherwise when it ends. Who finds the row held
-- is throttled and summed up later, also when the holder rolls back.
CREATE FUNCTION neff.open_alert_windows(p_subjects uuid[], p_minutes integer[]) RETURNS TABLE (subject uuid, ends timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO neff.alert_windows (subject_id)
    SELECT s FROM unnest(p_subjects) AS s WHERE NOT EXISTS (SELECT FROM neff.alert_windows w WHERE w.subject_id = s)
    ON CONFLICT DO NOTHING;
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT s.id, make_interval(mins => least(s.minutes, 1000000)) AS length FROM unnest(p_subjects, p_minutes) AS s(id, minutes)
    ), free AS MATERIALIZED (
        SELECT w.subject_id FROM neff.alert_windows w JOIN asked ON asked.id = w.subject_id
         WHERE w.sent_at + asked.length <= clock_timestamp() FOR UPDATE OF w SKIP LOCKED
    ), opened AS (
        UPDATE neff.alert_windows w SET sent_at = clock_timestamp() FROM free WHERE w.subject_id = free.subject_id RETURNING w.subject_id
    )
    SELECT asked.id, CASE WHEN opened.subject_id IS NULL
                          THEN (CASE WHEN w.sent_at + asked.length > clock_timestamp() THEN w.sent_at ELSE clock_timestamp() END) + asked.length END
      FROM asked JOIN neff.alert_windows w ON w.subject_id = asked.id LEFT JOIN opened ON opened.subject_id = asked.id;
END $$;

-- ---- Delivery ----------------------------------------------------------------------------------------------------
-- Writes what the messages say to everybody their rules name: one delivery a recipient and channel, and one
-- notification a person and event, however many rules matched. Mail and texts are rendered when they are sent.
-- p_total: how many events there were; a combined message about all of them speaks, for a person, for the other combined
-- ones.
CREATE FUNCTION neff.write_alert_messages(p_type public.alert_types, p_hits neff.alert_hit[], p_messages neff.alert_message[], p_total integer)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_nestloop = off SET jit = off AS $$
DECLARE
    free uuid[];
BEGIN
    -- A rule somebody holds (an editor in a transaction, a delete under way) is not waited for: the delivery then
    -- has it in for_rule only.
    SELECT array_agg(id) INTO free
      FROM (SELECT r.id FROM public.alert_rules r WHERE r.id = ANY (ARRAY(SELECT h.rule_id FROM unnest(p_hits) AS h))
               FOR KEY SHARE SKIP LOCKED) AS rules;

    WITH hit AS MATERIALIZED (
        SELECT h.ordinality AS hit, h.rule_id, coalesce(h.rule_name, p_type.name) AS rule_name,
               neff.names_in(h.channels, neff.names_in(p_type.default_channels, ARRAY['dashboard'])) AS channels,
               neff.names_in(h.recipient_groups, CASE WHEN h.recipient_groups = '[]' THEN '{}' ELSE ARRAY['admins'] END) AS groups
          FROM unnest(p_hits) WITH ORDINALITY AS h
         WHERE h.ordinality IN (SELECT m.hit FROM unnest(p_messages) AS m)
    ), channel AS MATERIALIZED (
        SELECT hit.hit, c.name AS asked,
               CASE WHEN lower(c.name) IN ('email', 'sms', 'dashboard', 'webhook', 'slack') THEN lower(c.name) END AS channel
          FROM hit, unnest(hit.channels) AS c(name)
    ), named AS MATERIALIZED (
        SELECT hit.hit, n.name, g.id
          FROM hit CROSS JOIN unnest(hit.groups) AS n(name) LEFT JOIN public.recipient_groups g ON g.name = n.name
    ), person AS MATERIALIZED (
        SELECT DISTINCT named.hit, u.id, u.user_id, u.name, u.channels AS preferences,
               nullif(btrim(u.email), '') AS email, nullif(btrim(u.phone), '') AS phone
          FROM named
          JOIN public.recipient_group_members gm ON gm.group_id = named.id
          JOIN public.app_users u ON u.id = gm.app_user_id AND u.status = 'active'
    ), target AS MATERIALIZED (
        SELECT c.hit, c.channel, 'person:' || p.id AS recipient, p.id AS app_user_id, NULL::uuid AS endpoint_id, p.user_id,
               CASE c.channel WHEN 'email' THEN p.email END AS email, CASE c.channel WHEN 'sms' THEN p.phone END AS phone,
               CASE WHEN c.channel = 'email' AND p.email IS NULL THEN format('%s has no e-mail address', p.name)
                    WHEN c.channel = 'sms' AND p.phone IS NULL THEN format('%s has no phone number', p.name) END AS problem
          FROM channel c JOIN person p USING (hit)
         WHERE c.channel IN ('email', 'sms', 'dashboard') AND neff.wants_channel(p.preferences, c.channel, p_type.priority_level)
        UNION ALL
        SELECT c.hit, c.channel, 'endpoint:' || e.id, NULL, e.id, NULL, NULL, NULL, NULL
          FROM channel c JOIN public.channel_endpoints e ON e.channel = c.channel AND e.is_active
        UNION ALL
        SELECT c.hit, c.channel, 'channel:' || c.channel, NULL, NULL, NULL, NULL, NULL, format('No %s target is set up', c.channel)
          FROM channel c
         WHERE c.channel IN ('slack', 'webhook')
           AND NOT EXISTS (SELECT FROM public.channel_endpoints e WHERE e.channel = c.channel AND e.is_active)
        UNION ALL
        SELECT c.hit, 'dashboard', 'channel:' || c.asked, NULL, NULL, NULL, NULL, NULL, format('There is no channel called "%s"', c.asked)
          FROM channel c WHERE c.channel IS NULL
        UNION ALL
        SELECT n.hit, 'dashboard', 'group:' || n.name, NULL, NULL, NULL, NULL, NULL, format('There is no group called "%s"', n.name)
          FROM named n WHERE n.id IS NULL
        UNION ALL
        SELECT h.hit, c.channel, 'rule', NULL, NULL, NULL, NULL, NULL,
               CASE WHEN h.groups = '{}' THEN 'The rule names nobody'
                    ELSE format('Nobody is in the group %s', array_to_string(h.groups, ', ')) END
          FROM hit h JOIN channel c USING (hit)
         WHERE c.channel IN ('email', 'sms', 'dashboard') AND NOT EXISTS (SELECT FROM person p WHERE p.hit = h.hit)
    ), message AS MATERIALIZED (
        SELECT m.*, h.rule_id, h.rule_name,
               m.data || jsonb_build_object('alert_type', p_type.name, 'rule', h.rule_name, 'rule_id', h.rule_id) AS full_data
          FROM unnest(p_messages) AS m JOIN hit h USING (hit)
    ), notice AS MATERIALIZED (
        SELECT DISTINCT ON (m.event_id, t.user_id) m.*, t.user_id
          FROM message m JOIN target t USING (hit)
         WHERE t.channel = 'dashboard' AND t.problem IS NULL AND m.status = 'pending'
         ORDER BY m.event_id, t.user_id, m.hit
    ), notified AS (
        INSERT INTO public.dashboard_notifications
            (user_id, alert_type_id, title, message, data, priority_level, expires_at, event_id, alert_rule_id, summarised_count)
        SELECT n.user_id, p_type.id, neff.shortened(n.title, 255), n.sentence,
               neff.bounded_json(jsonb_strip_nulls(jsonb_build_object('about', n.data->'about', 'of', n.data->'of',
                   'alert_type', p_type.name, 'rule', n.rule_name, 'count', n.summarised_count))),
               p_type.priority_level, now() + interval '90 days', n.event_id, n.rule_id, n.summarised_count
          FROM (SELECT notice.*, first_value(CASE WHEN summarised_count = p_total THEN event_id END)
                           OVER (PARTITION BY user_id ORDER BY (summarised_count = p_total) IS TRUE DESC, hit) AS whole
                  FROM notice) AS n
         WHERE n.summarised_count IS NULL OR n.whole IS NULL OR n.event_id = n.whole
        ON CONFLICT DO NOTHING
    )
    INSERT INTO public.alert_history
        (alert_type_id, alert_rule_id, for_rule, audience, event_id, recipient_key, app_user_id, endpoint_id, recipient_email,
         recipient_phone, channel, status, subject, message, data, summarised_count, error_message, next_attempt_at, sent_at, delivered_at)
    SELECT p_type.id, CASE WHEN m.rule_id = ANY (free) THEN m.rule_id END, m.rule_id, NULL, m.event_id, t.recipient, t.app_user_id, t.endpoint_id,
           t.email, t.phone, t.channel,
           CASE WHEN t.problem IS NOT NULL THEN 'failed' WHEN t.channel = 'dashboard' THEN 'delivered' ELSE 'pending' END,
           neff.shortened(m.title, 500), m.sentence, m.full_data, m.summarised_count, t.problem,
           CASE WHEN t.problem IS NULL AND t.channel <> 'dashboard' THEN now() END,
           CASE WHEN t.problem IS NULL AND t.channel = 'dashboard' THEN now() END,
           CASE WHEN t.problem IS NULL AND t.channel = 'dashboard' THEN now() END
      FROM message m JOIN target t USING (hit)
     WHERE m.status = 'pending'
    UNION ALL
    -- Throttled: one row, for nobody yet. Who gets the summary is asked when the window ends.
    SELECT p_type.id, CASE WHEN m.rule_id = ANY (free) THEN m.rule_id END, m.rule_id,
           (SELECT jsonb_build_object('name', h.rule_name, 'channels', h.channels, 'groups', h.groups) FROM hit h WHERE h.hit = m.hit),
           m.event_id, 'rule', NULL, NULL, NULL, NULL,
           coalesce((SELECT min(c.channel) FROM channel c WHERE c.hit = m.hit), 'dashboard'), 'throttled',
           neff.shortened(m.title, 500), m.sentence, m.full_data, m.summarised_count, NULL, m.due, NULL, NULL
      FROM message m WHERE m.status = 'throttled'
    ON CONFLICT DO NOTHING;
END $$;

-- Who is told about the events of one type in one transaction, and the telling: all of it, or an error. Everything at
-- once: what a transaction did in ten thousand statements is one message as if it had been one.
CREATE FUNCTION neff.tell_alerts(p_transaction xid8, p_type text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan SET work_mem = '64MB' SET enable_nestloop = off SET jit = off AS $$
DECLARE
    type public.alert_types;
    above integer;              -- more events than this are one message
    ids bigint[];
    chunk integer := 2000;      -- contexts held at a time
    asked bigint[] := '{}';     -- the events a rule may match, of the chunks so far
    known neff.alert_context[];
    matched neff.alert_hit[];
    hits neff.alert_hit[];
    messages neff.alert_message[];
    total integer := 0;
BEGIN
    SELECT t.* INTO type FROM public.alert_types t
     WHERE t.name = p_type OR t.id::text = p_type
        OR t.id = (SELECT r.alert_type_id FROM public.alert_rules r WHERE 'rule ' || r.id = p_type);
    DELETE FROM neff.alert_events e
     WHERE e.transaction = p_transaction AND e.type_name = p_type
       AND (type.is_active IS NOT TRUE OR e.quiet AND type.category <> 'security');
    ids := ARRAY(SELECT e.id FROM neff.alert_events e WHERE e.transaction = p_transaction AND e.type_name = p_type ORDER BY e.id);
    IF cardinality(ids) = 0 THEN
        RETURN;
    END IF;
    -- What is written refers to the type; where somebody holds its row that would wait.
    PERFORM FROM public.alert_types t WHERE t.id = type.id FOR KEY SHARE SKIP LOCKED;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'lock_not_available', MESSAGE = format('the alert type "%s" is held by another transaction', p_type);
    END IF;
    above := coalesce((SELECT CASE WHEN c.value ~ '^[0-9]{1,9}$' THEN least(greatest(c.value::integer, 1), 1000) END
                         FROM public.system_config c WHERE c.key = 'alert_combine_above'), 5);

    FOR n IN 1 .. cardinality(ids) BY chunk LOOP
        known := ARRAY(SELECT c FROM neff.alert_contexts(p_transaction, ids[n:n + chunk - 1]) AS c);
        total := total + (SELECT count(*) FROM unnest(known) AS c WHERE c.addressed IS NULL);
        asked := asked || ARRAY(SELECT c.id FROM unnest(known) AS c WHERE c.addressed IS NULL LIMIT greatest(above + 1 - cardinality(asked), 0));
        -- All rules against all events, in one statement.
        SELECT array_agg(ROW(h.rule_id, NULL, h.channels, h.groups, NULL, h.n, h.events)::neff.alert_hit) INTO matched
          FROM (SELECT m.rule_id, m.channels, m.groups, (sum(m.n) FILTER (WHERE e.nth = 1))::integer AS n,
                       (array_agg(e.id ORDER BY e.id))[1:greatest(above, 3)] AS events
                  FROM (SELECT f.rule_id, f.channels, f.recipient_groups AS groups, f.total AS n, f.events FROM unnest(matched) AS f
                        UNION ALL
                        SELECT rule.id, NULL, NULL, count(*), (array_agg(c.id ORDER BY c.id))[1:greatest(above, 3)]
                          FROM public.alert_rules rule
                          JOIN unnest(known) AS c ON c.addressed IS NULL AND jsonb_path_match(c.context, rule.predicate, '{}', true)
                         WHERE rule.alert_type_id = type.id AND rule.is_active AND rule.retired_at IS NULL AND rule.predicate IS NOT NULL
                         GROUP BY rule.id
                        UNION ALL
                        SELECT (c.addressed->>'rule')::uuid, c.addressed->'channels', c.addressed->'groups', count(*),
                               (array_agg(c.id ORDER BY c.id))[1:greatest(above, 3)]
                          FROM unnest(known) AS c WHERE c.addressed IS NOT NULL GROUP BY c.addressed) AS m
                 CROSS JOIN unnest(m.events) WITH ORDINALITY AS e(id, nth)
                 GROUP BY 1, 2, 3) AS h;
    END LOOP;

    SELECT array_agg(ROW(r.id, r.name, coalesce(h.channels, r.notification_channels), coalesce(h.recipient_groups, r.recipient_groups),
                         coalesce(r.throttle_minutes, 0), h.total, h.events)::neff.alert_hit ORDER BY r.created_at, r.id)
      INTO hits FROM unnest(matched) AS h LEFT JOIN public.alert_rules r ON r.id = h.rule_id;
    IF total > 0 AND NOT EXISTS (SELECT FROM public.alert_rules r WHERE r.alert_type_id = type.id AND r.retired_at IS NULL
                                    AND (r.predicate IS NOT NULL OR NOT r.is_active)) THEN
        -- No rule at all (or none but broken ones): the type's own channels, to the admins. Errors come in floods.
        hits := hits || ROW(NULL, NULL, type.default_channels, '["admins"]',
            CASE p_type WHEN 'system_error' THEN neff.default_throttle_minutes() ELSE 0 END, total, asked)::neff.alert_hit;
    END IF;
    IF cardinality(ids) > chunk THEN
        known := ARRAY(SELECT c FROM neff.alert_contexts(p_transaction, ARRAY(SELECT DISTINCT e FROM unnest(hits) AS h, unnest(h.events) AS e)) AS c);
    END IF;

    WITH hit AS MATERIALIZED (
        SELECT h.*, h.ordinality::integer AS hit, coalesce(h.rule_id, type.id) AS subject FROM unnest(hits) WITH ORDINALITY AS h
    ), throttled AS MATERIALIZED (
        SELECT w.subject, w.ends
          FROM (SELECT array_agg(subject) AS subjects, array_agg(minutes) AS minutes
                  FROM (SELECT subject, max(throttle_minutes) AS minutes FROM hit WHERE throttle_minutes > 0 GROUP BY 1) AS t) AS all_of_them
         CROSS JOIN LATERAL neff.open_alert_windows(subjects, minutes) AS w WHERE subjects IS NOT NULL
    ), decided AS MATERIALIZED (
        -- In an open window one message goes out, whatever there is; otherwise few events are told singly.
        SELECT hit.*, throttled.ends AS due, CASE WHEN throttled.ends IS NULL THEN 'pending' ELSE 'throttled' END AS status,
               CASE WHEN throttle_minutes > 0 AND throttled.ends IS NULL THEN hit.total = 1 ELSE hit.total <= above END AS singly
          FROM hit LEFT JOIN throttled ON throttled.subject = hit.subject AND hit.throttle_minutes > 0
    ), event AS MATERIALIZED (
        SELECT d.hit, d.singly, e.id, e.nth FROM decided d CROSS JOIN unnest(d.events) WITH ORDINALITY AS e(id, nth)
         WHERE d.singly OR e.nth <= 3
    ), context AS MATERIALIZED (
        SELECT c.id, c.event_id, c.context FROM unnest(known) AS c
    ), worded AS MATERIALIZED (
        SELECT c.id, c.event_id, w.title, w.sentence, neff.trimmed_data(c.context) AS data
          FROM context c CROSS JOIN LATERAL neff.alert_words(type.name, c.context) AS w
         WHERE c.id IN (SELECT e.id FROM event e WHERE e.singly)
    ), combined AS MATERIALIZED (
        SELECT d.hit, d.total, d.status, d.due, gen_random_uuid() AS event_id, n.names, n.of
          FROM decided d
          JOIN (SELECT e.hit, coalesce(jsonb_agg(neff.alert_name(c.context) ORDER BY e.nth) FILTER (WHERE neff.alert_name(c.context) IS NOT NULL), '[]') AS names,
                       (array_agg(c.context #> '{about,kind}' ORDER BY e.nth))[1] AS of
                  FROM event e JOIN context c USING (id) WHERE NOT e.singly GROUP BY e.hit) AS n USING (hit)
         WHERE NOT d.singly
    )
    SELECT array_agg(ROW(m.hit, m.event_id, m.title, m.sentence, m.data, m.status, m.summarised_count, m.due)::neff.alert_message ORDER BY m.hit, m.n)
      INTO messages
      FROM (SELECT d.hit, w.event_id, w.title, w.sentence, w.data, d.status, NULL::integer AS summarised_count, d.due, e.nth AS n
              FROM decided d JOIN event e USING (hit) JOIN worded w USING (id) WHERE d.singly
            UNION ALL
            SELECT c.hit, c.event_id, w.title, w.sentence,
                   jsonb_build_object('about', jsonb_build_object('kind', 'alert', 'id', c.event_id), 'count', c.total, 'of', c.of, 'names', c.names),
                   c.status, c.total, c.due, 1
              FROM combined c CROSS JOIN LATERAL neff.combined_alert_words(type.name, c.total, c.names) AS w) AS m;
    IF messages IS NOT NULL THEN
        PERFORM neff.write_alert_messages(type, hits, messages, total);
        IF EXISTS (SELECT FROM unnest(messages) AS m WHERE m.status = 'pending') THEN
            PERFORM neff.wake('neff_notifications');
        END IF;
    END IF;
    DELETE FROM neff.alert_events e WHERE e.transaction = p_transaction AND e.type_name = p_type;
END $$;

-- The same, never raising: false where it has to be done later. Where it would have waited it is tried again at once
-- by whoever comes next; what else went wrong is recorded, and tried again at growing intervals.
CREATE FUNCTION neff.told_alerts(p_transaction xid8, p_type text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '10ms' AS $$
DECLARE
    first boolean;
BEGIN
    PERFORM neff.tell_alerts(p_transaction, p_type);
    RETURN true;
EXCEPTION
    WHEN lock_not_available OR serialization_failure OR deadlock_detected OR query_canceled THEN
        UPDATE neff.alert_events e SET attempts = 1 WHERE e.transaction = p_transaction AND e.type_name = p_type AND e.attempts = 0;
        RETURN false;
    WHEN OTHERS THEN
        first := EXISTS (SELECT FROM neff.alert_events e WHERE e.transaction = p_transaction AND e.type_name = p_type AND e.error IS NULL);
        UPDATE neff.alert_events e
           SET attempts = e.attempts + 1, error = left(SQLERRM, 2000),
               next_try = clock_timestamp() + make_interval(secs => least(10 * 2 ^ least(e.attempts, 10), 3600))
         WHERE e.transaction = p_transaction AND e.type_name = p_type;
        IF first THEN
            PERFORM neff.record_alert_failure(p_type, SQLERRM);
        END IF;
        RETURN false;
END $$;

-- At the end of the transaction, once for all its events.
CREATE FUNCTION neff.tell_at_commit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    kind text;
    told boolean := true;
BEGIN
    -- At SERIALIZABLE whatever is read here could cost somebody their transaction.
    IF current_setting('transaction_isolation') = 'serializable' THEN
        PERFORM neff.wake('neff_alerts');
        RETURN NULL;
    END IF;
    IF NOT EXISTS (SELECT FROM neff.alert_events e WHERE e.transaction = pg_current_xact_id() AND e.id = NEW.id AND e.attempts = 0) THEN
        RETURN NULL;  -- an earlier call has seen to all of them
    END IF;
    BEGIN
        FOR kind IN SELECT e.type_name FROM neff.alert_events e WHERE e.transaction = pg_current_xact_id() AND e.attempts = 0
                     GROUP BY 1 ORDER BY min(e.id) LOOP
            told := neff.told_alerts(pg_current_xact_id(), kind) AND told;
        END LOOP;
    EXCEPTION WHEN OTHERS OR query_canceled THEN
        told := false;
        RAISE WARNING 'alerts are told later: %', SQLERRM;
    END;
    IF NOT told THEN
        PERFORM neff.wake('neff_alerts');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER tell_at_commit AFTER INSERT ON neff.alert_events DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.calls) EXECUTE FUNCTION neff.tell_at_commit();

-- What its own transaction could not tell: any desktop, worker or sweep does it as soon as it hears of it. Safe on many
-- at once: the first event of a transaction is the claim, and nobody waits for one that is taken. `waiting`: how many
-- are still to be told, by a later call.
CREATE FUNCTION neff.deliver_pending_alerts(p_limit integer DEFAULT 200, OUT told integer, OUT waiting integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    pending record;
    held text[] := '{}';
BEGIN
    told := 0;
    waiting := 0;
    IF neff.login_is_disabled() THEN
        RETURN;  -- nothing it could write: the events would count as failed
    END IF;
    FOR pending IN SELECT e.transaction, e.type_name, min(e.id) AS first FROM neff.alert_events e
                    WHERE e.next_try IS NULL OR e.next_try <= clock_timestamp()
                    GROUP BY 1, 2 ORDER BY 3 LOOP
        IF told >= p_limit OR pending.type_name = ANY (held) THEN
            waiting := waiting + 1;
            CONTINUE;
        END IF;
        PERFORM FROM neff.alert_events e WHERE e.transaction = pending.transaction AND e.id = pending.first FOR UPDATE SKIP LOCKED;
        CONTINUE WHEN NOT FOUND;
        IF neff.told_alerts(pending.transaction, pending.type_name) THEN
            told := told + 1;
        ELSE
            waiting := waiting + 1;
            held := held || pending.type_name;
        END IF;
    END LOOP;
END $$;

-- What other programs write, and what is read, wakes too.
CREATE FUNCTION neff.wake_for_notifications() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM neff.wake('neff_notifications');
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER n_wake_for_new AFTER INSERT ON dashboard_notifications DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.event_id IS NULL) EXECUTE FUNCTION neff.wake_for_notifications();
CREATE CONSTRAINT TRIGGER n_wake_for_read AFTER UPDATE OF is_read ON dashboard_notifications DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.is_read IS DISTINCT FROM OLD.is_read) EXECUTE FUNCTION neff.wake_for_notifications();

INSERT INTO schema_versions (version, description, min_program) VALUES ('3.0.11', 'Alert delivery', '0.1.0');

RESET ROLE;
