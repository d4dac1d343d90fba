-- Rules: what a rule's conditions mean, and how what they catch reads in one line. `{"field": {"operator": value}}`
-- compiles to one jsonpath, kept beside the conditions, so that one statement evaluates every rule of a type over
-- every event, in C.
SET LOCAL ROLE neff_owner;
SET LOCAL timezone = 'UTC';

ALTER TABLE alert_rules
    ADD COLUMN predicate       jsonpath,     -- what is evaluated; NULL: never true
    ADD COLUMN predicate_error text,         -- why the conditions cannot be used, as a sentence
    ADD COLUMN retired_at      timestamptz,  -- deleted by the office, kept for its history, restorable
    ADD COLUMN retired_by      varchar(255);

-- ---- Small words -------------------------------------------------------------------------------------------------
-- One line of at most p_limit characters, without control characters. (plpgsql where the server would not inline a
-- SQL function: it keeps its plan, 20 times faster.)
CREATE FUNCTION neff.shortened(p_text text, p_limit integer) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    line text := btrim(regexp_replace(left(p_text, p_limit * 4), '[[:cntrl:][:space:]]+', ' ', 'g'));
BEGIN
    RETURN CASE WHEN length(line) > p_limit THEN rtrim(left(line, p_limit - 1)) || '…' ELSE line END;
END $$;

-- An instant as text of fixed width, so that the order of the text is the order of time.
CREATE FUNCTION neff.utc_text(p_at timestamptz) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN isfinite(p_at) THEN to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END $$;

-- The same for text that spells an instant in one of the usual ways; NULL where it does not. Without an offset it
-- is the office's clock.
CREATE FUNCTION neff.utc_text_of(p_text text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_text !~ '^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)? ?([Zz]|[+-]\d{2}(:?\d{2})?)?$' THEN
        RETURN NULL;
    END IF;
    IF p_text ~ '([Zz]|[+-]\d{2}(:?\d{2})?)$' THEN
        RETURN neff.utc_text(p_text::timestamptz);
    END IF;
    RETURN neff.utc_text(p_text::timestamp AT TIME ZONE neff.office_time_zone());
EXCEPTION WHEN datetime_field_overflow OR invalid_datetime_format OR invalid_parameter_value THEN
    RETURN NULL;  -- 2026-13-45T10:00
END $$;

-- Data another program hands over: instants at the top level become comparable, the rest stays.
CREATE FUNCTION neff.comparable_data(p_data jsonb) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN jsonb_typeof(p_data) <> 'object' OR p_data::text !~ '"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}' THEN p_data
        ELSE p_data || coalesce((
            SELECT jsonb_object_agg(key, neff.utc_text_of(value #>> '{}'))
              FROM jsonb_each(p_data)
             WHERE jsonb_typeof(value) = 'string' AND neff.utc_text_of(value #>> '{}') IS NOT NULL), '{}')
    END $$;

-- JSON that every program can read: PostgreSQL keeps 1e400 and 300 levels of nesting, most readers refuse the whole
-- document for either. A number beyond 1e300 becomes its first digits as text, what lies deeper than p_levels a dot.
CREATE FUNCTION neff.bounded_json(p_json jsonb, p_levels integer DEFAULT 64) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    written text := p_json::text;
BEGIN
    IF length(written) - length(translate(written, '[{', '')) < p_levels AND written !~ '[0-9]{255}' THEN
        RETURN p_json;  -- nearly always
    END IF;
    CASE jsonb_typeof(p_json)
        WHEN 'number' THEN
            RETURN CASE WHEN abs((p_json #>> '{}')::numeric) < 1e300 THEN p_json ELSE to_jsonb(left(p_json #>> '{}', 40) || '…') END;
        WHEN 'object' THEN
            RETURN CASE WHEN p_levels <= 0 THEN '"…"'
                ELSE (SELECT coalesce(jsonb_object_agg(key, neff.bounded_json(value, p_levels - 1)), '{}') FROM jsonb_each(p_json)) END;
        WHEN 'array' THEN
            RETURN CASE WHEN p_levels <= 0 THEN '"…"'
                ELSE (SELECT coalesce(jsonb_agg(neff.bounded_json(e.value, p_levels - 1) ORDER BY e.n), '[]')
                        FROM jsonb_array_elements(p_json) WITH ORDINALITY AS e(value, n)) END;
        ELSE
            RETURN p_json;
    END CASE;
END $$;

-- ---- The compiler ------------------------------------------------------------------------------------------------
-- How a field is reached: by its whole name and, where it is dotted, also step by step. Names are quoted as data.
CREATE FUNCTION neff.condition_paths(p_field text) RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN position('.' IN p_field) > 0 AND '' <> ALL (steps)
            THEN ARRAY[whole, '$.' || (SELECT string_agg(to_jsonb(s)::text, '.' ORDER BY n) FROM unnest(steps) WITH ORDINALITY AS t(s, n))]
        ELSE ARRAY[whole]
    END
    FROM (SELECT string_to_array(p_field, '.') AS steps, '$.' || to_jsonb(p_field)::text AS whole) AS f $$;

-- One comparison with one plain value. In strict mode a missing field, an array or another type makes it unknown,
-- which is never true; null is asked for where `!=` would accept it. A value that spells an instant or a day is
-- compared as that too: a day is a day of the office's clock.
CREATE FUNCTION neff.condition_comparison(p_path text, p_operator text, p_value jsonb) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    literal text := p_value::text;   -- JSON's own quoting is jsonpath's
    spelled text := p_value #>> '{}';
    op text := CASE p_operator WHEN '=' THEN '==' ELSE p_operator END;
    plain text := format(CASE op WHEN '!=' THEN '(%1$s != %3$s && %1$s != null)' ELSE '%1$s %2$s %3$s' END, p_path, op, literal);
    instant text;
    day timestamp;
    low text;
    high text;
BEGIN
    IF jsonb_typeof(p_value) <> 'string' THEN
        RETURN plain;
    END IF;
    instant := to_jsonb(neff.utc_text_of(spelled))::text;
    IF instant IS NOT NULL THEN
        RETURN CASE
            WHEN instant = literal THEN plain
            WHEN op = '==' THEN format('(%1$s == %2$s || %1$s == %3$s)', p_path, literal, instant)
            WHEN op = '!=' THEN format('(%1$s != %2$s && %1$s != %3$s && %1$s != null)', p_path, literal, instant)
            ELSE format('%s %s %s', p_path, op, instant) END;
    END IF;
    IF spelled ~ '^\d{4}-\d{2}-\d{2}$' THEN
        BEGIN
            day := spelled::date;
        EXCEPTION WHEN datetime_field_overflow OR invalid_datetime_format THEN
            RETURN plain;
        END;
        low := to_jsonb(neff.utc_text(day AT TIME ZONE neff.office_time_zone()))::text;
        high := to_jsonb(neff.utc_text((day + interval '1 day') AT TIME ZONE neff.office_time_zone()))::text;
        RETURN format('((%1$s like_regex "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{15}Z$" && %2$s) || '
                      '(!(%1$s like_regex "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{15}Z$") && %3$s))', p_path,
                      format(CASE op WHEN '==' THEN '%1$s >= %2$s && %1$s < %3$s'
                                     WHEN '!=' THEN '(%1$s < %2$s || %1$s >= %3$s)'
                                     WHEN '>'  THEN '%1$s >= %3$s'
                                     WHEN '>=' THEN '%1$s >= %2$s'
                                     WHEN '<'  THEN '%1$s < %2$s'
                                     ELSE           '%1$s < %3$s' END, p_path, low, high),
                      plain);
    END IF;
    RETURN plain;
END $$;

CREATE FUNCTION neff.refuse_condition(p_sentence text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'NF002', MESSAGE = p_sentence;
END $$;

-- One operator on one path. Refuses, in a plain sentence, what is not in the grammar.
CREATE FUNCTION neff.condition_part(p_field text, p_path text, p_operator text, p_value jsonb) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    kind text := jsonb_typeof(p_value);
    field text := neff.shortened(p_field, 60);
    other text;
BEGIN
    IF p_operator IN ('=', '!=', '>', '>=', '<', '<=') THEN
        IF kind NOT IN ('number', 'string') AND NOT (kind = 'boolean' AND p_operator IN ('=', '!=')) THEN
            PERFORM neff.refuse_condition(format('The condition on "%s" compares with %s: "%s" needs a number or a text%s.',
                field, CASE kind WHEN 'null' THEN 'nothing' WHEN 'boolean' THEN 'yes or no' ELSE 'a list' END, p_operator,
                CASE WHEN p_operator IN ('=', '!=') THEN ', or yes or no' ELSE '' END));
        END IF;
        RETURN neff.condition_comparison(p_path, p_operator, p_value);

    ELSIF p_operator IN ('in', 'not_in') THEN
        IF kind <> 'array' OR jsonb_array_length(p_value) = 0
            OR EXISTS (SELECT FROM jsonb_array_elements(p_value) v WHERE jsonb_typeof(v) NOT IN ('number', 'string', 'boolean')) THEN
            PERFORM neff.refuse_condition(format('The condition on "%s" needs a list of numbers or texts to choose from.', field));
        END IF;
        IF p_operator = 'in' THEN
            RETURN (SELECT '(' || string_agg(neff.condition_comparison(p_path, '=', v), ' || ') || ')'
                      FROM jsonb_array_elements(p_value) AS v);
        END IF;
        -- Values of another type than the field's say nothing about it: each type is a group of its own.
        RETURN (SELECT '(' || string_agg(alternative, ' || ') || ')'
                  FROM (SELECT '(' || string_agg(neff.condition_comparison(p_path, '!=', v), ' && ') || ')' AS alternative
                          FROM jsonb_array_elements(p_value) AS v GROUP BY jsonb_typeof(v)) AS groups);

    ELSIF p_operator = 'between' THEN
        IF kind <> 'array' OR jsonb_array_length(p_value) <> 2 OR jsonb_typeof(p_value->0) <> jsonb_typeof(p_value->1)
            OR jsonb_typeof(p_value->0) NOT IN ('number', 'string') THEN
            PERFORM neff.refuse_condition(format('The condition on "%s" needs two values of one kind to lie between.', field));
        END IF;
        IF (CASE jsonb_typeof(p_value->0)
                WHEN 'number' THEN (p_value->>0)::numeric > (p_value->>1)::numeric
                ELSE coalesce(neff.utc_text_of(p_value->>0), p_value->>0) COLLATE "C"
                     > coalesce(neff.utc_text_of(p_value->>1), p_value->>1) COLLATE "C" END) THEN
            PERFORM neff.refuse_condition(format('The condition on "%s" has its smaller value second.', field));
        END IF;
        RETURN format('(%s && %s)', neff.condition_comparison(p_path, '>=', p_value->0),
                                    neff.condition_comparison(p_path, '<=', p_value->1));

    ELSIF p_operator = 'contains' THEN
        IF kind NOT IN ('number', 'string', 'boolean') THEN
            PERFORM neff.refuse_condition(format('The condition on "%s" needs one value to contain.', field));
        END IF;
        other := format('(%1$s.type() == "array" && exists (%1$s[*] ? (@ == %2$s)))', p_path, p_value);
        RETURN CASE kind WHEN 'string' THEN format('(%s || %s like_regex %s flag "q")', other, p_path, p_value) ELSE other END;

    ELSIF p_operator = 'starts_with' THEN
        IF kind <> 'string' THEN
            PERFORM neff.refuse_condition(format('The condition on "%s" needs a text to start with.', field));
        END IF;
        RETURN format('%s starts with %s', p_path, p_value);

    ELSIF p_operator = 'exists' THEN
        IF kind <> 'boolean' THEN
            PERFORM neff.refuse_condition(format('The condition on "%s" needs yes or no for "exists".', field));
        END IF;
        RETURN format(CASE WHEN p_value = 'true' THEN '%1$s != null' ELSE '(!(%1$s != null) || (%1$s != null) is unknown)' END, p_path);
    END IF;
    PERFORM neff.refuse_condition(format('The condition on "%s" uses "%s", which is no operator.', field, neff.shortened(p_operator, 30)));
    RETURN NULL;
END $$;

-- The predicate of a rule. Raises NF002 with a sentence a person can read.
CREATE FUNCTION neff.compile_alert_conditions(conditions jsonb) RETURNS jsonpath
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    entry record;
    part record;
    parts text[] := '{}';
    compiled text;
    values_here integer;
    comparisons integer := 0;
    written bigint := 0;
BEGIN
    IF conditions IS NULL OR jsonb_typeof(conditions) <> 'object' THEN
        PERFORM neff.refuse_condition('The conditions must be a set of fields, each with an operator and a value.');
    END IF;
    -- As written: what is stored may be compressed to a hundredth.
    IF octet_length(conditions::text) > 100000 THEN
        PERFORM neff.refuse_condition('The conditions are too long.');
    END IF;
    FOR entry IN SELECT key AS field, value AS operators FROM jsonb_each(conditions) LOOP
        IF jsonb_typeof(entry.operators) <> 'object' OR entry.operators = '{}' THEN
            PERFORM neff.refuse_condition(format('The condition on "%s" has no operator.', neff.shortened(entry.field, 60)));
        END IF;
        FOR part IN SELECT key AS operator, value FROM jsonb_each(entry.operators) LOOP
            values_here := CASE jsonb_typeof(part.value) WHEN 'array' THEN jsonb_array_length(part.value) ELSE 1 END;
            comparisons := comparisons + values_here;
            IF comparisons > 1000 THEN  -- deep predicates would run into the stack limit
                PERFORM neff.refuse_condition('The conditions hold more than 1,000 comparisons.');
            END IF;
            -- Each comparison repeats the field's name: 3 kB of conditions could become 100 MB. Looked at before it is
            -- put together, and again after.
            IF octet_length(entry.field) * values_here > 200000 THEN
                PERFORM neff.refuse_condition(format('The condition on "%s" compares too long a name with too many values.', neff.shortened(entry.field, 60)));
            END IF;
            SELECT '(' || string_agg(neff.condition_part(entry.field, path, part.operator, part.value),
                -- Absent means absent by either way of reaching it.
                CASE WHEN part.operator = 'exists' AND part.value = 'false' THEN ' && ' ELSE ' || ' END) || ')'
              INTO compiled FROM unnest(neff.condition_paths(entry.field)) AS path;
            written := written + octet_length(compiled);
            IF written > 1000000 THEN
                PERFORM neff.refuse_condition('The conditions are too long.');
            END IF;
            parts := parts || compiled;
        END LOOP;
    END LOOP;
    RETURN ('strict (' || coalesce(nullif(array_to_string(parts, ' && '), ''), '1 == 1') || ')')::jsonpath;
END $$;

-- The specification's evaluator: false on anything that cannot be compiled.
CREATE OR REPLACE FUNCTION public.evaluate_alert_conditions(data jsonb, conditions jsonb) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce(jsonb_path_match(neff.comparable_data(data), neff.compile_alert_conditions(conditions), '{}', true), false);
EXCEPTION WHEN OTHERS THEN
    RETURN false;
END $$;

-- ---- Rules -------------------------------------------------------------------------------------------------------
-- What the office saves must be usable; what another program writes is stored, marked broken and never true.
CREATE FUNCTION neff.keep_rule_predicate() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.predicate := NULL;
    NEW.predicate_error := NULL;
    BEGIN
        NEW.predicate := neff.compile_alert_conditions(NEW.conditions);
        PERFORM jsonb_path_match('{}', NEW.predicate, '{}', true);
    EXCEPTION WHEN OTHERS THEN
        NEW.predicate := NULL;
        NEW.predicate_error := CASE SQLSTATE WHEN 'NF002' THEN SQLERRM ELSE 'The conditions cannot be used: ' || SQLERRM END;
    END;
    IF NEW.predicate IS NULL AND neff.app_source() = 'manual_admin'
        AND (TG_OP = 'INSERT' OR NEW.conditions IS DISTINCT FROM OLD.conditions) THEN
        RAISE EXCEPTION USING ERRCODE = 'NF002', MESSAGE = NEW.predicate_error;
    END IF;
    RETURN NEW;
END $$;

-- A rule with history is retired, not deleted: its deliveries still say where they come from.
CREATE FUNCTION neff.retire_instead_of_delete() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.alert_history WHERE alert_rule_id = OLD.id) THEN
        RETURN OLD;
    END IF;
    UPDATE public.alert_rules SET retired_at = clock_timestamp(), retired_by = neff.app_actor()
     WHERE id = OLD.id AND retired_at IS NULL;
    RETURN NULL;
END $$;

-- Rules that are there already are compiled without touching their versions or their dates.
ALTER TABLE alert_rules DISABLE TRIGGER USER;
CREATE TRIGGER a_rule_predicate BEFORE INSERT OR UPDATE ON alert_rules FOR EACH ROW EXECUTE FUNCTION neff.keep_rule_predicate();
CREATE TRIGGER a_retire BEFORE DELETE ON alert_rules FOR EACH ROW EXECUTE FUNCTION neff.retire_instead_of_delete();
UPDATE alert_rules SET conditions = conditions;
ALTER TABLE alert_rules ENABLE TRIGGER USER;

CREATE INDEX idx_alert_rules_live ON alert_rules (alert_type_id)
    WHERE is_active AND retired_at IS NULL AND predicate IS NOT NULL;
SELECT neff.attach_change_feed('alert_rules');

-- Days in conditions are days of the office's clock: another clock, other predicates.
CREATE FUNCTION neff.recompile_alert_rules() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.alert_rules SET conditions = conditions WHERE conditions::text ~ '\d{4}-\d{2}-\d{2}';
    RETURN NULL;
END $$;
CREATE TRIGGER n_recompile_alert_rules AFTER UPDATE ON system_config FOR EACH ROW
    WHEN (NEW.key = 'office_time_zone' AND NEW.value IS DISTINCT FROM OLD.value) EXECUTE FUNCTION neff.recompile_alert_rules();

-- New rules start from the office's setting; who writes 0 gets 0.
CREATE FUNCTION neff.default_throttle_minutes() RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT greatest(neff.config_int('alert_throttle_default', 15), 0) $$;
GRANT EXECUTE ON FUNCTION neff.default_throttle_minutes() TO PUBLIC;
ALTER TABLE alert_rules ALTER COLUMN throttle_minutes SET DEFAULT neff.default_throttle_minutes();

-- ---- How it reads ------------------------------------------------------------------------------------------------
CREATE FUNCTION neff.office_moment(p_text text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT to_char(neff.utc_text_of(p_text)::timestamptz AT TIME ZONE neff.office_time_zone(), 'Dy Mon FMDD, FMHH12:MI AM') $$;

CREATE FUNCTION neff.dollars(p_amount jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE WHEN jsonb_typeof(p_amount) = 'number'
        THEN CASE WHEN p_amount #>> '{}' LIKE '-%' THEN '-' ELSE '' END || to_char(abs((p_amount #>> '{}')::numeric), 'FM$999,999,999,990.00') END;
END $$;

-- A title and a sentence for one event, whatever its data holds.
CREATE FUNCTION neff.alert_words(p_type varchar, d jsonb, OUT title text, OUT sentence text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who text := coalesce(nullif(btrim(d->>'customer_name'), ''), nullif(btrim(d->>'location_address'), ''), 'no name');
    work text := nullif(upper(left(d->>'project_type', 1)) || replace(substr(d->>'project_type', 2), '_', ' '), '');
    place text := nullif(coalesce(d->>'location_address', d->>'project_address'), who);
BEGIN
    CASE p_type
        WHEN 'estimate_requested' THEN
            title := 'New estimate request: ' || who;
            sentence := concat_ws(', ', work, place, coalesce(neff.dollars(d->'estimated_cost'), 'no price yet'));
        WHEN 'job_scheduled' THEN
            title := 'Job scheduled: ' || who;
            sentence := concat_ws(', ', work, place, neff.office_moment(d->>'start_date'));
        WHEN 'job_rescheduled' THEN
            title := 'Job moved: ' || who;
            sentence := concat_ws(', ', work, place,
                CASE WHEN d->>'previous_start_date' <> d->>'start_date' THEN 'from ' || neff.office_moment(d->>'previous_start_date') || ' to ' ELSE '' END
                || neff.office_moment(d->>'start_date'));
        WHEN 'job_canceled' THEN
            title := 'Job canceled: ' || who;
            sentence := concat_ws(', ', work, place, 'was ' || neff.office_moment(d->>'start_date'));
        WHEN 'payment_received' THEN
            title := CASE WHEN d->>'amount' LIKE '-%' THEN 'Refund: ' ELSE 'Payment received: ' END || who;
            sentence := concat_ws(', ', neff.dollars(d->'amount') || ' by ' || (d->>'method'), 'balance ' || neff.dollars(d->'balance'));
        WHEN 'double_booking' THEN
            title := 'Double booking: ' || coalesce(d->>'resource_name', who);
            sentence := concat_ws(', ', who, place, neff.office_moment(d->>'conflict_start'));
        ELSE
            title := coalesce(d->>'title', CASE p_type
                WHEN 'system_error' THEN 'Something went wrong' WHEN 'database_issue' THEN 'Database problem'
                WHEN 'security_breach' THEN 'Security warning'
                ELSE upper(left(p_type, 1)) || replace(substr(p_type, 2), '_', ' ') END || coalesce(': ' || (d->>'component'), ''));
            sentence := coalesce(d->>'message', d->>'description');
    END CASE;
    title := coalesce(nullif(neff.shortened(title, 200), ''), p_type);
    sentence := coalesce(nullif(neff.shortened(sentence, 400), ''), title);
END $$;

-- The same for many: "312 jobs were scheduled", with the first names.
CREATE FUNCTION neff.combined_alert_words(p_type varchar, p_count integer, p_names jsonb, OUT title text, OUT sentence text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT to_char(p_count, 'FM999,999,999') || ' ' || CASE p_type
               WHEN 'estimate_requested' THEN 'estimates were requested'
               WHEN 'job_scheduled' THEN 'jobs were scheduled'
               WHEN 'job_rescheduled' THEN 'jobs were moved'
               WHEN 'job_canceled' THEN 'jobs were canceled'
               WHEN 'payment_received' THEN 'payments came in'
               WHEN 'double_booking' THEN 'double bookings'
               WHEN 'system_error' THEN 'errors'
               ELSE 'alerts: ' || replace(p_type, '_', ' ') END,
           coalesce(nullif(neff.shortened(
               (SELECT string_agg(n, ', ') FROM jsonb_array_elements_text(p_names) AS n)
               || CASE WHEN p_count > jsonb_array_length(p_names)
                       THEN ' and ' || to_char(p_count - jsonb_array_length(p_names), 'FM999,999,999') || ' more' ELSE '' END, 400), ''),
               'Open the list to see them') $$;

-- What one event is called in a list of many.
CREATE FUNCTION neff.alert_name(d jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN neff.shortened(coalesce(d->>'customer_name', d->>'resource_name', d->>'location_address', d->>'component',
                                   d->>'title', d #>> '{names,0}'), 80);
END $$;

INSERT INTO schema_versions (version, description, min_program) VALUES ('3.0.10', 'Rules compile to predicates', '0.1.0');

RESET ROLE;
