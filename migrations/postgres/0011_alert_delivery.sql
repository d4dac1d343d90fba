-- From an event to what people get: which rules match, whom they name, one message or one for many, now or when the
-- window ends. All of it in the transaction of the change, without ever waiting and without ever failing the change.
SET LOCAL ROLE neff_owner;
SET LOCAL timezone = 'UTC';

-- ---- Columns -----------------------------------------------------------------------------------------------------
-- No foreign keys from here to people and targets: checking one waits for whoever holds the row.
ALTER TABLE alert_history
    ADD COLUMN event_id         uuid,                        -- what happened, once, however many rules and people
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
    (event_id, coalesce(alert_rule_id, '00000000-0000-0000-0000-000000000000'), recipient_key, channel) WHERE event_id IS NOT NULL;
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

-- When a throttled rule (or, without a rule, a type) last sent something.
CREATE TABLE alert_windows (
    subject_id uuid PRIMARY KEY,
    sent_at    timestamptz NOT NULL
);

CREATE TYPE neff.alert_hit AS (
    rule_id uuid, rule_name text, channels jsonb, recipient_groups jsonb, throttle_minutes integer,
    events integer[]                                         -- positions in the array of contexts
);
CREATE TYPE neff.alert_message AS (
    hit integer, event_id uuid, title text, sentence text, data jsonb, status text, summarised_count integer, due timestamptz
);

-- ---- Small words -------------------------------------------------------------------------------------------------
CREATE FUNCTION neff.app_quiet() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
$$ SELECT coalesce(lower(neff.app_setting('app.quiet')) NOT IN ('off', 'false', 'f', '0', 'no', 'n'), false) $$;

-- What this transaction has sent so far: {rule or type: {n, e, c, t, tc, w}, "seen": {type: events}}. It lives in a
-- setting of the transaction, which a rollback to a savepoint takes back, and no row is written for it. Anybody can
-- write the setting, so what is done by it touches rows of this very transaction only (created_at = now()).
CREATE FUNCTION neff.alerts_so_far() RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    so_far jsonb;
BEGIN
    so_far := nullif(current_setting('neff.alerts_so_far', true), '')::jsonb;
    RETURN CASE jsonb_typeof(so_far) WHEN 'object' THEN so_far ELSE '{}' END;
EXCEPTION WHEN OTHERS THEN
    RETURN '{}';  -- somebody spoiled it: the count starts again
END $$;

-- The names in a list, each once; the fallback where it is no list or an empty one.
CREATE FUNCTION neff.names_in(p_list jsonb, p_fallback text[]) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT array_agg(DISTINCT neff.shortened(v, 100))
                       FROM jsonb_array_elements_text(CASE jsonb_typeof(p_list) WHEN 'array' THEN p_list ELSE '[]' END) AS v
                      WHERE btrim(v) <> ''), p_fallback);
END $$;

-- What is stored with a delivery: long texts cut, big trees dropped. Rules have seen the whole.
CREATE FUNCTION neff.trimmed_data(p_data jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE WHEN pg_column_size(p_data) <= 4000 OR jsonb_typeof(p_data) <> 'object' THEN p_data
        ELSE (SELECT jsonb_object_agg(left(key, 200), CASE
                  WHEN jsonb_typeof(value) = 'string' THEN to_jsonb(left(value #>> '{}', 1000))
                  WHEN pg_column_size(value) <= 1000 THEN value
                  ELSE 'null' END)
                FROM (SELECT * FROM jsonb_each(p_data) LIMIT 200) AS fields) END;
END $$;

-- Does this person want this channel at this urgency? {"sms": {"enabled": true, "min_priority": 4}}
CREATE FUNCTION neff.wants_channel(p_preferences jsonb, p_channel text, p_priority integer) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(p_preferences #>> ARRAY[p_channel, 'enabled'], 'true') <> 'false'
       AND CASE jsonb_typeof(p_preferences #> ARRAY[p_channel, 'min_priority'])
               WHEN 'number' THEN (p_preferences #>> ARRAY[p_channel, 'min_priority'])::numeric <= p_priority ELSE true END $$;

-- NULL: the window is open and now ours. Otherwise when it ends. The lock is tried, never waited for: who does not
-- get it is throttled and summed up later, also when the holder rolls back.
CREATE FUNCTION neff.open_alert_window(p_subject uuid, p_minutes integer) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ends timestamptz;
    length interval := make_interval(mins => least(p_minutes, 1000000));
BEGIN
    SELECT sent_at + length INTO ends FROM public.alert_windows WHERE subject_id = p_subject;
    IF ends > clock_timestamp() THEN
        RETURN ends;
    END IF;
    ends := clock_timestamp() + length;
    IF NOT pg_try_advisory_xact_lock(hashtextextended('alert window ' || p_subject, 0)) THEN
        RETURN ends;
    END IF;
    BEGIN
        INSERT INTO public.alert_windows VALUES (p_subject, clock_timestamp())
        ON CONFLICT (subject_id) DO UPDATE SET sent_at = excluded.sent_at
            WHERE alert_windows.sent_at + length <= clock_timestamp();
        RETURN CASE WHEN FOUND THEN NULL ELSE ends END;
    EXCEPTION WHEN serialization_failure THEN
        RETURN ends;  -- REPEATABLE READ: somebody else sent since our snapshot
    END;
END $$;

-- ---- Delivery ----------------------------------------------------------------------------------------------------
-- Writes what the messages say to everybody their rules name: one delivery a recipient and channel, and one
-- notification a person and event, however many rules matched. Mail and texts are rendered when they are sent.
CREATE FUNCTION neff.write_alert_messages(p_type alert_types, p_hits neff.alert_hit[], p_messages neff.alert_message[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    held uuid[];
BEGIN
    -- A rule somebody holds (an editor in a transaction, a delete under way) is not waited for: the delivery then
    -- names it in `data` only.
    SELECT array_agg(id) INTO held
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
    ), notified AS (
        INSERT INTO public.dashboard_notifications
            (user_id, alert_type_id, title, message, data, priority_level, expires_at, event_id, alert_rule_id, summarised_count)
        SELECT DISTINCT ON (m.event_id, t.user_id)
               t.user_id, p_type.id, neff.shortened(m.title, 255), m.sentence,
               jsonb_strip_nulls(jsonb_build_object('about', m.data->'about', 'of', m.data->'of', 'alert_type', p_type.name,
                                                    'rule', m.rule_name, 'count', m.summarised_count)),
               p_type.priority_level, now() + interval '90 days', m.event_id, m.rule_id, m.summarised_count
          FROM message m JOIN target t USING (hit)
         WHERE t.channel = 'dashboard' AND t.problem IS NULL AND m.status = 'pending'
         ORDER BY m.event_id, t.user_id, m.hit
        ON CONFLICT DO NOTHING
    )
    INSERT INTO public.alert_history
        (alert_type_id, alert_rule_id, event_id, recipient_key, app_user_id, endpoint_id, recipient_email, recipient_phone,
         channel, status, subject, message, data, summarised_count, error_message, next_attempt_at, sent_at, delivered_at)
    SELECT p_type.id, CASE WHEN m.rule_id = ANY (held) THEN m.rule_id END, m.event_id, t.recipient, t.app_user_id, t.endpoint_id,
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
    SELECT p_type.id, CASE WHEN m.rule_id = ANY (held) THEN m.rule_id END, m.event_id, 'rule', NULL, NULL, NULL, NULL,
           coalesce((SELECT min(c.channel) FROM channel c WHERE c.hit = m.hit), 'dashboard'), 'throttled',
           neff.shortened(m.title, 500), m.sentence, m.full_data, m.summarised_count, NULL, m.due, NULL, NULL
      FROM message m WHERE m.status = 'throttled'
    ON CONFLICT DO NOTHING;
END $$;

-- Decides, rule by rule, what is sent: each event, one message for many, or nothing until the window ends.
CREATE FUNCTION neff.deliver_alerts(p_type alert_types, p_contexts jsonb[], p_hits neff.alert_hit[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    above integer := greatest(coalesce((SELECT CASE WHEN c.value ~ '^[0-9]{1,9}$' THEN c.value::integer END
                                          FROM public.system_config c WHERE c.key = 'alert_combine_above'), 5), 1);
    so_far jsonb := neff.alerts_so_far();
    ids uuid[] := array_fill(NULL::uuid, ARRAY[cardinality(p_contexts)]);
    messages neff.alert_message[] := '{}';
    absorbed_rules uuid[] := '{}';
    absorbed_events uuid[] := '{}';
    h neff.alert_hit;
    hit integer := 0;
    key text;
    mine jsonb;                 -- what this transaction has sent for this rule
    many integer;               -- events now
    before integer;             -- events before
    due timestamptz;
    singles boolean;
    combined uuid;
    event integer;
    words record;
BEGIN
    FOREACH h IN ARRAY p_hits LOOP
        hit := hit + 1;
        key := coalesce(h.rule_id, p_type.id)::text;
        mine := coalesce(so_far->key, '{}');
        many := cardinality(h.events);
        due := NULL;
        combined := NULL;
        IF coalesce(h.throttle_minutes, 0) > 0 THEN
            due := clock_timestamp() + make_interval(mins => least(h.throttle_minutes, 1000000));
            IF NOT mine ? 'w' THEN
                due := neff.open_alert_window(key::uuid, h.throttle_minutes);
                mine := mine || '{"w": 1}';
            END IF;
            before := coalesce((mine->>'t')::integer, 0);
            singles := CASE WHEN due IS NULL THEN many = 1 ELSE before + many <= above END;
            IF due IS NOT NULL THEN
                mine := mine || jsonb_build_object('t', before + many);
            END IF;
            IF NOT singles AND due IS NULL THEN
                combined := gen_random_uuid();
            ELSIF NOT singles AND NOT mine ? 'tc' THEN
                combined := gen_random_uuid();
                mine := mine || jsonb_build_object('tc', combined, 'tb', before);
            END IF;
            before := 0;
        ELSE
            before := coalesce((mine->>'n')::integer, 0);
            singles := before + many <= above;
            mine := mine || jsonb_build_object('n', before + many);
            IF NOT singles AND NOT mine ? 'c' THEN
                combined := gen_random_uuid();
                absorbed_events := absorbed_events || ARRAY(SELECT e::uuid FROM jsonb_array_elements_text(mine->'e') AS e);
                absorbed_rules := absorbed_rules || array_fill(h.rule_id, ARRAY[coalesce(jsonb_array_length(mine->'e'), 0)]);
                mine := (mine - 'e') || jsonb_build_object('c', combined, 'f',
                    neff.alert_names(p_contexts, h.events, coalesce(mine->'f', '[]')));
            END IF;
        END IF;

        IF singles THEN
            FOREACH event IN ARRAY h.events LOOP
                ids[event] := coalesce(ids[event], CASE WHEN p_contexts[event]->>'event_id' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                    THEN (p_contexts[event]->>'event_id')::uuid END, gen_random_uuid());
                SELECT * INTO words FROM neff.alert_words(p_type.name, p_contexts[event]);
                messages := messages || ROW(hit, ids[event], words.title, words.sentence, neff.trimmed_data(p_contexts[event]),
                    CASE WHEN due IS NULL THEN 'pending' ELSE 'throttled' END, NULL, due)::neff.alert_message;
                IF coalesce(h.throttle_minutes, 0) = 0 THEN
                    mine := mine || jsonb_build_object('e', coalesce(mine->'e', '[]') || to_jsonb(ids[event]),
                        'f', neff.alert_names(p_contexts, ARRAY[event], coalesce(mine->'f', '[]')));
                END IF;
            END LOOP;
        ELSIF combined IS NOT NULL THEN
            SELECT * INTO words FROM neff.combined_alert_words(p_type.name, before + many,
                coalesce(mine->'f', neff.alert_names(p_contexts, h.events, '[]')));
            messages := messages || ROW(hit, combined, words.title, words.sentence,
                jsonb_build_object('about', jsonb_build_object('kind', 'alert', 'id', combined), 'count', before + many,
                    'of', p_contexts[h.events[1]] #> '{about,kind}', 'names', coalesce(mine->'f', neff.alert_names(p_contexts, h.events, '[]'))),
                CASE WHEN due IS NULL THEN 'pending' ELSE 'throttled' END, before + many, due)::neff.alert_message;
        END IF;
        so_far := so_far || jsonb_build_object(key, mine);
    END LOOP;

    PERFORM set_config('neff.alerts_so_far', so_far::text, true);
    IF cardinality(absorbed_events) > 0 THEN
        DELETE FROM public.alert_history a USING unnest(absorbed_rules, absorbed_events) AS x(rule_id, event_id)
         WHERE a.event_id = x.event_id AND a.alert_rule_id IS NOT DISTINCT FROM x.rule_id AND a.created_at = now();
        DELETE FROM public.dashboard_notifications d
         WHERE d.event_id = ANY (absorbed_events) AND d.created_at = now()
           AND NOT EXISTS (SELECT FROM public.alert_history a JOIN public.app_users u ON u.id = a.app_user_id
                            WHERE a.event_id = d.event_id AND a.channel = 'dashboard' AND u.user_id = d.user_id);
    END IF;
    IF cardinality(messages) > 0 THEN
        PERFORM neff.write_alert_messages(p_type, p_hits, messages);
    END IF;
END $$;

-- At commit the combined messages of this transaction get their final count, once; a rule that saw every event
-- speaks for the others of its type.
CREATE FUNCTION neff.finish_combined_alerts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    so_far jsonb := neff.alerts_so_far();
    entry record;
    words record;
BEGIN
    IF so_far = '{}' THEN
        RETURN NULL;
    END IF;
    PERFORM set_config('neff.alerts_so_far', '', true);
    FOR entry IN
        SELECT (v->>'c')::uuid AS event_id, (v->>'n')::integer AS n, coalesce(v->'f', '[]') AS names
          FROM jsonb_each(so_far) AS e(k, v) WHERE v ? 'c'
        UNION ALL
        SELECT (v->>'tc')::uuid, (v->>'t')::integer - (v->>'tb')::integer, '[]'
          FROM jsonb_each(so_far) AS e(k, v) WHERE v ? 'tc'
    LOOP
        SELECT w.* INTO words
          FROM public.alert_history a JOIN public.alert_types t ON t.id = a.alert_type_id
         CROSS JOIN LATERAL neff.combined_alert_words(t.name, entry.n, entry.names) AS w
         WHERE a.event_id = entry.event_id AND a.summarised_count <> entry.n AND a.created_at = now() LIMIT 1;
        CONTINUE WHEN NOT FOUND;
        UPDATE public.alert_history
           SET summarised_count = entry.n, subject = words.title, message = words.sentence,
               data = data || jsonb_build_object('count', entry.n)
         WHERE event_id = entry.event_id AND created_at = now();
        UPDATE public.dashboard_notifications
           SET summarised_count = entry.n, title = words.title, message = words.sentence,
               data = data || jsonb_build_object('count', entry.n)
         WHERE event_id = entry.event_id AND created_at = now();
    END LOOP;
    DELETE FROM public.dashboard_notifications d
     USING public.dashboard_notifications whole
     WHERE d.created_at = now() AND whole.created_at = now()
       AND d.event_id IN (SELECT (v->>'c')::uuid FROM jsonb_each(so_far) AS e(k, v) WHERE v ? 'c')
       AND whole.event_id IN (SELECT (v->>'c')::uuid FROM jsonb_each(so_far) AS e(k, v) WHERE v ? 'c')
       AND whole.user_id = d.user_id AND whole.alert_type_id = d.alert_type_id AND whole.event_id <> d.event_id
       AND whole.summarised_count = (so_far #>> ARRAY['seen', whole.alert_type_id::text])::integer
       AND (whole.summarised_count > d.summarised_count OR whole.event_id < d.event_id);
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    RAISE WARNING 'combined alerts keep an earlier count: %', SQLERRM;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER n_finish_combined_alerts AFTER INSERT ON alert_history DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.summarised_count IS NOT NULL) EXECUTE FUNCTION neff.finish_combined_alerts();

-- A wake-up, once a transaction, whoever writes: listeners then ask for what is theirs and unread.
CREATE FUNCTION neff.wake_for_notifications() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('neff_notifications', '');
    RETURN NULL;
END $$;
CREATE TRIGGER n_wake_for_notifications AFTER INSERT OR UPDATE OF is_read ON dashboard_notifications
    FOR EACH STATEMENT EXECUTE FUNCTION neff.wake_for_notifications();

INSERT INTO schema_versions (version, description, min_program) VALUES ('3.0.11', 'Alert delivery', '0.1.0');

RESET ROLE;
