-- Scheduling: what the board, the list, the planner and the papers need beside the specification's columns, and the
-- questions they ask.
SET LOCAL ROLE neff_owner;
SET LOCAL timezone = 'UTC';

-- ---- Jobs ------------------------------------------------------------------------------------------------------------
-- What a planner must not move, and what waits for what (striping for the seal coat).
ALTER TABLE job_schedules
    ADD COLUMN pinned boolean NOT NULL DEFAULT false,
    ADD COLUMN follows_job_id uuid REFERENCES job_schedules (id) ON DELETE SET NULL,
    ADD COLUMN follows_after_hours numeric(6,2) NOT NULL DEFAULT 0 CONSTRAINT valid_follows_after CHECK (follows_after_hours >= 0);
COMMENT ON COLUMN job_schedules.pinned IS 'Never moved by a plan';
COMMENT ON COLUMN job_schedules.follows_after_hours IS 'Hours between the end of follows_job_id and the start of this';
CREATE INDEX idx_job_schedules_follows ON job_schedules (follows_job_id);

-- What other programs entered, until somebody looked at it.
CREATE TABLE job_reviews (
    job_schedule_id uuid PRIMARY KEY REFERENCES job_schedules (id) ON DELETE CASCADE,
    reviewed_by     varchar(255) NOT NULL DEFAULT neff.app_actor(),
    reviewed_at     timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);
COMMENT ON TABLE job_reviews IS 'Jobs of other programs that somebody of the office has looked at';
CREATE INDEX idx_job_schedules_outside ON job_schedules (created_at)
    WHERE created_source IN ('calendly_webhook', 'mobile_app', 'api');

-- Sorting a list of any length. Only the beginning of a text is in an index: longer ones would be refused.
CREATE INDEX idx_job_schedules_end_order ON job_schedules (end_date, id);
CREATE INDEX idx_job_schedules_updated ON job_schedules (updated_at, id);
CREATE INDEX idx_job_schedules_created_order ON job_schedules (created_at, id);
CREATE INDEX idx_job_schedules_address_order ON job_schedules ((left(lower(location_address), 80)), id);
CREATE INDEX idx_job_schedules_priority_order ON job_schedules (priority_level, id);
CREATE INDEX idx_job_schedules_status_order ON job_schedules (status, id);
CREATE INDEX idx_contracts_client_order ON contracts ((left(lower(client_name), 80)), id);

-- ---- Views, certificates, messages ----------------------------------------------------------------------------------
CREATE TABLE saved_views (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id    varchar(255) NOT NULL DEFAULT neff.app_actor(),
    screen     varchar(50) NOT NULL,
    name       varchar(100) NOT NULL CHECK (btrim(name) <> ''),
    filters    text NOT NULL,                         -- as the screen's route writes them
    version    integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);
COMMENT ON TABLE saved_views IS 'What a person narrowed a list to and gave a name';
CREATE UNIQUE INDEX saved_views_name ON saved_views (user_id, screen, lower(name));

-- Who must hold what: told while a job is planned, never refused.
CREATE TABLE certificate_requirements (
    role        varchar(100) NOT NULL,
    certificate varchar(100) NOT NULL CHECK (btrim(certificate) <> ''),
    PRIMARY KEY (role, certificate)
);
COMMENT ON TABLE certificate_requirements IS 'Certificates people of a role must hold on the job';
INSERT INTO certificate_requirements VALUES
    ('truck driver', 'CDL'), ('truck driver', 'DOT medical card'), ('flagger', 'Flagger (ATSSA)'), ('foreman', 'OSHA 30');

-- What a customer is to be told about a job. Nothing leaves before a channel is set up: until then they are drafts.
CREATE TABLE customer_messages (
    id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    job_schedule_id  uuid REFERENCES job_schedules (id) ON DELETE SET NULL,
    office_change_id uuid REFERENCES office_changes (id) ON DELETE SET NULL,   -- what it tells of
    channel          varchar(50) NOT NULL CHECK (channel IN ('email', 'sms', 'phone')),
    to_name          varchar(255),
    to_address       varchar(255),                    -- mail address or telephone number; NULL: none is known
    subject          varchar(500),
    body             text NOT NULL,
    instead_of       timestamptz,                     -- the start for which a new date is to be agreed on; NULL: it only tells
    state            varchar(50) NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'queued', 'sent', 'done', 'dropped')),
    note             text,                            -- what they said on the telephone
    created_by       varchar(255) NOT NULL DEFAULT neff.app_actor(),
    version          integer NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at       timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);
COMMENT ON TABLE customer_messages IS 'What customers are told about their jobs: call list, mails and texts';
CREATE INDEX idx_customer_messages_job ON customer_messages (job_schedule_id);
CREATE INDEX idx_customer_messages_change ON customer_messages (office_change_id);
CREATE INDEX idx_customer_messages_open ON customer_messages (created_at DESC) WHERE state IN ('draft', 'queued');

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['saved_views', 'customer_messages'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION public.update_timestamp()',
                       'update_' || t || '_timestamp', t);
        EXECUTE format('CREATE TRIGGER b_raise_version BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION neff.raise_version()', t);
    END LOOP;
END $$;
SELECT neff.attach_change_feed('customer_messages'), neff.attach_change_feed('job_reviews', 'job_schedule_id'),
       neff.attach_audit('customer_messages'), neff.attach_audit('resource_aliases'),
       neff.attach_audit('certificate_requirements', 'role');

INSERT INTO role_privileges
SELECT r, t, 'SELECT, INSERT, UPDATE, DELETE'
  FROM unnest(ARRAY['neff_app', 'neff_admin']) AS r,
       unnest(ARRAY['saved_views', 'customer_messages', 'certificate_requirements']) AS t;
INSERT INTO role_privileges VALUES
    ('neff_app', 'job_reviews', 'SELECT, INSERT, DELETE'),
    ('neff_admin', 'job_reviews', 'SELECT, INSERT, DELETE'),
    ('neff_readonly', 'certificate_requirements', 'SELECT');
SELECT neff.apply_role_privileges();

-- A saved view is its person's.
ALTER TABLE saved_views ENABLE ROW LEVEL SECURITY;
CREATE POLICY saved_view_policy ON saved_views FOR ALL TO neff_app, neff_admin
    USING (user_id = neff.app_actor()) WITH CHECK (user_id = neff.app_actor());

-- ---- Values no program can show ----------------------------------------------------------------------------------------
-- Other programs write leave that ends at infinity and sizes that are not a number. Nobody may be refused for it, and
-- nothing that reads such a row may fail: ends of time become dates, open ranges stay open, NaN is no value.
CREATE FUNCTION neff.bounded_values() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    written constant jsonb := to_jsonb(NEW);
    held jsonb := written;
    c record;
    value text;
BEGIN
    FOR c IN SELECT a.attname AS name, a.atttypid AS kind, a.attnotnull AS needed FROM pg_attribute a
              WHERE a.attrelid = TG_RELID AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
                AND a.atttypid IN ('timestamptz'::regtype, 'date'::regtype, 'numeric'::regtype, 'tstzrange'::regtype, 'daterange'::regtype)
    LOOP
        value := held->>c.name;
        CONTINUE WHEN value IS NULL;
        IF c.kind = 'numeric'::regtype THEN
            CONTINUE WHEN value NOT IN ('NaN', 'Infinity', '-Infinity');
            value := CASE WHEN c.needed THEN '0' END;
        ELSIF c.kind IN ('tstzrange'::regtype, 'daterange'::regtype) THEN
            value := regexp_replace(value, '^[[(]"?-infinity"?,', '(,');
            value := regexp_replace(value, ',"?(infinity|\d{5,}-[^,]*)[])]$', ',)');
        ELSIF value = '-infinity' OR value ~ 'BC$' THEN
            value := '1900-01-01T00:00:00Z';
        ELSIF value = 'infinity' OR value ~ '^\d{5,}-' THEN
            value := '2200-01-01T00:00:00Z';
        END IF;
        held := held || jsonb_build_object(c.name, value);
    END LOOP;
    -- What ended after it began still does.
    IF (written->>'end_date')::timestamptz > (written->>'start_date')::timestamptz
       AND (held->>'end_date')::timestamptz <= (held->>'start_date')::timestamptz THEN
        held := held || jsonb_build_object('end_date', (held->>'start_date')::timestamptz + interval '1 day');
    END IF;
    RETURN jsonb_populate_record(NEW, held);
END $$;

CREATE FUNCTION neff.attach_bounded_values(p_table regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    odd text;
    there boolean;
    other text;
    others text[];
BEGIN
    SELECT string_agg(format(CASE a.atttypid
               WHEN 'numeric'::regtype THEN '%1$s IN (''NaN''::numeric)'
               WHEN 'timestamptz'::regtype THEN '(%1$s < ''0001-01-01Z'' OR %1$s >= ''10000-01-01Z'')'
               WHEN 'date'::regtype THEN '(%1$s < ''0001-01-01'' OR %1$s >= ''10000-01-01'')'
               WHEN 'tstzrange'::regtype THEN '(lower(%1$s) < ''0001-01-01Z'' OR upper(%1$s) >= ''10000-01-01Z'')'
               ELSE '(lower(%1$s) < ''0001-01-01'' OR upper(%1$s) >= ''10000-01-01'')' END, 'NEW.' || quote_ident(a.attname)),
               ' OR ' ORDER BY a.attnum) INTO odd
      FROM pg_attribute a
     WHERE a.attrelid = p_table AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
       AND a.atttypid IN ('timestamptz'::regtype, 'date'::regtype, 'numeric'::regtype, 'tstzrange'::regtype, 'daterange'::regtype);
    IF odd IS NULL THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TRIGGER a_bounded_values BEFORE INSERT OR UPDATE ON %s FOR EACH ROW WHEN (%s)
                    EXECUTE FUNCTION neff.bounded_values()', p_table, odd);
    -- Also what logical replication and a restore bring.
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER a_bounded_values', p_table);
    -- What is there already: listed among the repairs, and nobody is told of it, as nothing happened.
    EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE %s)', p_table, replace(odd, 'NEW.', '')) INTO there;
    IF there THEN
        others := ARRAY(SELECT t.tgname::text FROM pg_trigger t WHERE t.tgrelid = p_table AND NOT t.tgisinternal
                           AND t.tgenabled = 'O' AND t.tgname <> 'a_bounded_values');
        FOREACH other IN ARRAY others LOOP EXECUTE format('ALTER TABLE %s DISABLE TRIGGER %I', p_table, other); END LOOP;
        EXECUTE format(
            'WITH odd AS (SELECT t.ctid AS place, to_jsonb(t) AS was FROM %1$s AS t WHERE %2$s),
                  changed AS (UPDATE %1$s AS t SET %4$I = t.%4$I FROM odd WHERE t.ctid = odd.place RETURNING odd.was, to_jsonb(t) AS becomes)
             INSERT INTO public.adoption_repairs (table_name, row_id, column_name, old_value, new_value, rule)
             SELECT %3$L, coalesce(c.was->>''id'', c.was->>''key'', c.was::text), v.key, v.value, c.becomes->v.key, ''no program can show it''
               FROM changed AS c, jsonb_each(c.was) AS v WHERE c.becomes->v.key IS DISTINCT FROM v.value',
            p_table, replace(odd, 'NEW.', 't.'), (SELECT relname FROM pg_class WHERE oid = p_table),
            (SELECT attname FROM pg_attribute WHERE attrelid = p_table AND attnum > 0 AND NOT attisdropped ORDER BY attnum LIMIT 1));
        FOREACH other IN ARRAY others LOOP EXECUTE format('ALTER TABLE %s ENABLE TRIGGER %I', p_table, other); END LOOP;
    END IF;
END $$;
-- Every table that somebody beside its owner writes.
SELECT neff.attach_bounded_values(t.oid)
  FROM pg_class t
 WHERE t.relnamespace = 'public'::regnamespace AND t.relkind = 'r'
   AND t.relname IN (SELECT p.table_name FROM role_privileges p WHERE p.privileges ~ 'INSERT|UPDATE')
 ORDER BY t.relname;

-- ---- Questions ------------------------------------------------------------------------------------------------------
-- "expression LIKE …" for each of these words, longest first: that it is in the text or, as no index finds fewer than three
-- letters within one, where no word is longer, that a word of the text begins with it.
CREATE FUNCTION neff.holds_words(p_words text[], p_expression text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT string_agg(CASE WHEN length(p_words[1]) < 3
               THEN format('(%1$s LIKE %2$L OR %1$s LIKE %3$L)', p_expression, neff.like_literal(w) || '%', '% ' || neff.like_literal(w) || '%')
               ELSE format('%1$s LIKE %2$L', p_expression, '%' || neff.like_literal(w) || '%') END, ' AND ')
      FROM unnest(p_words) AS w $$;

-- Jobs whose place or client holds every word; 3,000 at most, so that one letter at a hundred times this office costs no
-- more than a name. A definer function for the same reason as neff.search_records().
CREATE FUNCTION neff.jobs_with_text(p_text text) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 200 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    asked text := lower(btrim(regexp_replace(left(coalesce(p_text, ''), 200), '\s+', ' ', 'g')));
    words text[] := ARRAY(SELECT w FROM unnest(string_to_array(asked, ' ')) AS w ORDER BY length(w) DESC LIMIT 6);
BEGIN
    IF asked = '' OR NOT (pg_has_role(session_user, 'neff_app', 'MEMBER') OR pg_has_role(session_user, 'neff_admin', 'MEMBER')) THEN
        RETURN;
    END IF;
    RETURN QUERY EXECUTE
        '(SELECT j.id FROM public.job_schedules j WHERE ' || neff.holds_words(words, 'lower(j.location_address)') || ' LIMIT 1000)
         UNION
         (SELECT j.id
            FROM (SELECT c.id FROM public.contracts c
                   WHERE ' || neff.holds_words(words, 'neff.searchable(c.client_name, c.client_email, c.client_phone, c.project_address)') || ' LIMIT 1000) AS c
            JOIN public.job_schedules j ON j.contract_id = c.id LIMIT 2000)';
END $$;

-- The WHERE of a filter, its values quoted as data. `j` is job_schedules, `k` its contract. Keys: from, until, statuses,
-- services, crews, weather, min_priority, text, outside, unassigned, clashing.
CREATE FUNCTION neff.job_filter(p_filter jsonb) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT concat_ws(' AND ', 'true',
        CASE WHEN p_filter ? 'from' AND p_filter ? 'until' THEN
            format('tstzrange(j.start_date, j.end_date, ''[)'') && tstzrange(%L, %L, ''[)'')', p_filter->>'from', p_filter->>'until')
             WHEN p_filter ? 'from' THEN format('j.start_date >= %L::timestamptz', p_filter->>'from')
             WHEN p_filter ? 'until' THEN format('j.start_date < %L::timestamptz', p_filter->>'until') END,
        CASE WHEN p_filter ? 'statuses' THEN
            format('j.status = ANY (ARRAY(SELECT jsonb_array_elements_text(%L::jsonb)))', p_filter->'statuses') END,
        CASE WHEN p_filter ? 'services' THEN
            format('coalesce(k.service_type, ''none'') = ANY (ARRAY(SELECT jsonb_array_elements_text(%L::jsonb)))', p_filter->'services') END,
        CASE WHEN p_filter ? 'crews' THEN
            format('EXISTS (SELECT FROM public.job_crews c WHERE c.job_schedule_id = j.id
                               AND c.crew_id::text = ANY (ARRAY(SELECT jsonb_array_elements_text(%L::jsonb))))', p_filter->'crews') END,
        CASE WHEN p_filter ? 'weather' THEN format('j.weather_dependent = %L::boolean', p_filter->>'weather') END,
        CASE WHEN p_filter ? 'min_priority' THEN format('j.priority_level >= %L::integer', p_filter->>'min_priority') END,
        CASE WHEN p_filter ? 'text' THEN format('j.id IN (SELECT neff.jobs_with_text(%L))', p_filter->>'text') END,
        CASE WHEN p_filter->>'outside' = 'true' THEN
            'j.created_source IN (''calendly_webhook'', ''mobile_app'', ''api'')' END,
        CASE WHEN p_filter->>'unassigned' = 'true' THEN
            'NOT EXISTS (SELECT FROM public.job_assignments a WHERE a.job_schedule_id = j.id AND a.resource_kind = ''person'')
             AND NOT EXISTS (SELECT FROM public.job_crews c WHERE c.job_schedule_id = j.id)
             AND NOT EXISTS (SELECT FROM public.job_unknown_resources u WHERE u.job_schedule_id = j.id AND u.kind = ''person'')' END,
        CASE WHEN p_filter->>'clashing' = 'true' THEN
            'j.id IN (SELECT a.job_schedule_id FROM public.job_assignments a
                       WHERE a.state IN (''conflict'', ''overridden'', ''probe'') AND a.state = ''conflict'')' END) $$;

-- A page of many jobs by customer, along the index of their names: those without a contract have none, and come apart.
-- `p_sorted` is an expression of neff.list_jobs().
CREATE FUNCTION neff.list_jobs_by_customer(p_filter jsonb, p_grouped boolean, p_sorted text, p_descending boolean, p_after uuid, p_limit integer)
RETURNS TABLE (place bigint, id uuid, group_key text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    names constant text[] := ARRAY['left(lower(k.client_name), 80)', quote_literal('') || '::text'];
    sources constant text[] := ARRAY['public.contracts k JOIN public.job_schedules j ON j.contract_id = k.id WHERE true',
        'public.job_schedules j LEFT JOIN public.contracts k ON k.id = j.contract_id WHERE j.contract_id IS NULL'];
    one constant text := 'public.job_schedules j LEFT JOIN public.contracts k ON k.id = j.contract_id WHERE j.id = ' || quote_nullable(p_after);
    -- Groups always rise; what they are sorted by within may fall.
    falls constant boolean := p_descending AND NOT p_grouped;
    way constant text := CASE WHEN p_descending THEN ' DESC' ELSE ' ASC' END;
    sorted constant text := CASE WHEN p_grouped THEN p_sorted ELSE '0' END;
    ordered constant text := ' ORDER BY name' || CASE WHEN falls THEN ' DESC' ELSE ' ASC' END || ', sorted' || way || ', id' || way
                             || ' LIMIT ' || p_limit;
    branches text[] := '{}';
    after_name text;
    further text := '';
BEGIN
    IF p_after IS NOT NULL THEN
        EXECUTE 'SELECT coalesce(' || names[1] || ', '''') FROM ' || one INTO after_name;
    END IF;
    FOR i IN 1..2 LOOP
        IF p_after IS NOT NULL THEN
            further := format(' AND %1$s %2$s %3$L AND (%1$s <> %3$L OR (%4$s, j.id) %5$s (SELECT %4$s, j.id FROM %6$s))',
                names[i], CASE WHEN falls THEN '<=' ELSE '>=' END, after_name, sorted, CASE WHEN p_descending THEN '<' ELSE '>' END, one);
        END IF;
        branches := branches || ('(SELECT j.id, ' || names[i] || ' AS name, ' || sorted || ' AS sorted FROM ' || sources[i] || ' AND '
                                 || neff.job_filter(p_filter) || further || ordered || ')');
    END LOOP;
    RETURN QUERY EXECUTE
        'SELECT row_number() OVER (), x.id, ' || CASE WHEN p_grouped THEN 'x.name' ELSE 'NULL::text' END
        || ' FROM (SELECT * FROM (' || array_to_string(branches, ' UNION ALL ') || ') AS u' || ordered || ') AS x';
END $$;

-- What a list is put in groups by.
CREATE FUNCTION neff.job_group(p_group text, p_many boolean) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE p_group
        WHEN 'status' THEN 'j.status::text' WHEN 'service' THEN 'coalesce(k.service_type, ''none'')::text'
        WHEN 'customer' THEN 'left(lower(coalesce(k.client_name, '''')), 80)'
        WHEN 'day' THEN format('to_char(j.start_date AT TIME ZONE %L, ''YYYY-MM-DD'')', neff.office_time_zone())
        WHEN 'week' THEN format('to_char(date_trunc(''week'', j.start_date AT TIME ZONE %L), ''YYYY-MM-DD'')', neff.office_time_zone())
        WHEN 'crew' THEN CASE WHEN p_many THEN 'coalesce(g.name, '''')' ELSE
            'coalesce((SELECT min(w.name::text) FROM public.job_crews c JOIN public.crews w ON w.id = c.crew_id WHERE c.job_schedule_id = j.id), '''')' END
        END $$;

-- Where the columns of a list come from. The crews of a few jobs are looked up, those of many put together once.
CREATE FUNCTION neff.job_joined(p_group text, p_many boolean) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT ' FROM public.job_schedules j LEFT JOIN public.contracts k ON k.id = j.contract_id '
        || CASE WHEN p_group = 'crew' AND p_many THEN 'LEFT JOIN (SELECT c.job_schedule_id, min(w.name::text) AS name
               FROM public.job_crews c JOIN public.crews w ON w.id = c.crew_id GROUP BY 1) AS g ON g.job_schedule_id = j.id ' ELSE '' END $$;

-- Whether a filter lets through so many jobs that it is better to read them in an order than to sort them; by what the
-- server expects, not by counting. Volatile: within another one the server explains nothing.
CREATE FUNCTION neff.are_many_jobs(p_filter jsonb) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    expected jsonb;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON) SELECT' || neff.job_joined('none', false) || 'WHERE ' || neff.job_filter(p_filter) INTO expected;
    RETURN (expected #>> '{0,Plan,Plan Rows}')::numeric > 20000;
END $$;

-- A page of jobs: by group, then by what they are sorted by, then by id; after the job `p_after`, wherever it now stands.
CREATE FUNCTION neff.list_jobs(p_filter jsonb, p_group text, p_sort text, p_descending boolean, p_after uuid, p_limit integer)
RETURNS TABLE (place bigint, id uuid, group_key text)
LANGUAGE plpgsql VOLATILE SET random_page_cost = 1.1 SET search_path = pg_catalog, pg_temp AS $$  -- what is looked at daily is in memory
DECLARE
    many constant boolean := (p_group IN ('customer', 'crew') OR p_group = 'none' AND p_sort = 'customer') AND neff.are_many_jobs(p_filter);
    grouped constant text := neff.job_group(p_group, many);
    joined constant text := neff.job_joined(p_group, many);
    -- Jobs of some days are found first and put in order then: along the index of an order they are looked for among all.
    listed constant text := CASE WHEN p_filter ?& ARRAY['from', 'until'] THEN
        replace(joined, ' FROM public.job_schedules j ', format(' FROM (SELECT * FROM public.job_schedules
            WHERE tstzrange(start_date, end_date, ''[)'') && tstzrange(%L, %L, ''[)'') OFFSET 0) AS j ', p_filter->>'from', p_filter->>'until'))
        ELSE joined END;
    sorted constant text := CASE p_sort
        WHEN 'end' THEN 'j.end_date' WHEN 'status' THEN 'j.status' WHEN 'priority' THEN 'j.priority_level'
        WHEN 'updated' THEN 'j.updated_at' WHEN 'created' THEN 'j.created_at'
        WHEN 'address' THEN 'left(lower(j.location_address), 80)'
        WHEN 'customer' THEN 'left(lower(coalesce(k.client_name, '''')), 80)'
        ELSE 'j.start_date' END;
    way constant text := CASE WHEN p_descending THEN ' DESC' ELSE ' ASC' END;
    beyond constant text := CASE WHEN p_descending THEN '<' ELSE '>' END;
    most constant integer := least(greatest(p_limit, 1), 5001);
    further text := '';
BEGIN
    IF many AND p_group <> 'crew' THEN
        RETURN QUERY SELECT * FROM neff.list_jobs_by_customer(p_filter, p_group = 'customer', sorted, p_descending, p_after, most);
        RETURN;
    END IF;
    IF p_after IS NOT NULL THEN
        -- Groups always rise; what they are sorted by within may fall.
        further := ' AND ' || CASE WHEN grouped IS NULL
            THEN format('(%1$s, j.id) %2$s (SELECT %1$s, j.id %3$s WHERE j.id = %4$L)', sorted, beyond, joined, p_after)
            ELSE format('(%1$s > (SELECT %1$s %3$s WHERE j.id = %4$L) OR (%1$s = (SELECT %1$s %3$s WHERE j.id = %4$L)
                          AND (%2$s, j.id) %5$s (SELECT %2$s, j.id %3$s WHERE j.id = %4$L)))',
                        grouped, sorted, joined, p_after, beyond) END;
    END IF;
    RETURN QUERY EXECUTE
        'SELECT row_number() OVER (), x.id, x.group_key FROM (SELECT j.id, ' || coalesce(grouped, 'NULL::text') || ' AS group_key' || listed
        || 'WHERE ' || neff.job_filter(p_filter) || further || ' ORDER BY ' || coalesce(grouped || ', ', '') || sorted || way || ', j.id' || way
        || ' LIMIT ' || most || ') AS x';
END $$;

-- How many there are: of each group, or (no group) in all; at most 10,000 are counted of all.
CREATE FUNCTION neff.count_jobs(p_filter jsonb, p_group text) RETURNS TABLE (group_key text, jobs bigint)
LANGUAGE plpgsql VOLATILE SET random_page_cost = 1.1 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    many constant boolean := p_group = 'crew' AND neff.are_many_jobs(p_filter);
    grouped constant text := neff.job_group(p_group, many);
    joined constant text := neff.job_joined(p_group, many) || 'WHERE ' || neff.job_filter(p_filter);
BEGIN
    IF grouped IS NULL THEN
        RETURN QUERY EXECUTE 'SELECT NULL::text, count(*) FROM (SELECT' || joined || ' LIMIT 10000) AS x';
    ELSE
        RETURN QUERY EXECUTE 'SELECT ' || grouped || ', count(*)' || joined || ' GROUP BY 1 ORDER BY 1';
    END IF;
END $$;

-- What each word of the JSON columns of these jobs names: `item` is its place in the array, from 1.
CREATE FUNCTION neff.job_words(p_jobs uuid[])
RETURNS TABLE (job_id uuid, kind text, item bigint, found text, resource_id uuid, written text, reason text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    jobs uuid[];
    crews jsonb[];
    machines jsonb[];
BEGIN
    SELECT array_agg(j.id), array_agg(j.crew_assigned), array_agg(j.equipment_needed) INTO jobs, crews, machines
      FROM public.job_schedules j WHERE j.id = ANY (p_jobs);
    RETURN QUERY
    SELECT jobs[m.place], m.kind, m.item, m.found, m.resource_id, m.written, m.reason
      FROM neff.match_written(ARRAY(SELECT w FROM neff.read_written(crews, machines) AS w)) AS m;
END $$;

-- Whom and what a job with these times and words would claim, one row a person or machine and working day.
CREATE FUNCTION neff.job_claims(p_start timestamptz, p_end timestamptz, p_crew jsonb, p_equipment jsonb)
RETURNS TABLE (resource_kind text, resource_id uuid, via_crew_id uuid, during tstzrange)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT c.resource_kind, c.resource_id, c.via_crew_id, c.during
      FROM neff.spread_claims(ARRAY[p_start], ARRAY[p_end], ARRAY(
               SELECT m FROM neff.match_written(ARRAY(
                   SELECT w FROM neff.read_written(ARRAY[p_crew], ARRAY[p_equipment]) AS w)) AS m)) AS c
     WHERE p_start < p_end;
END $$;

GRANT EXECUTE ON FUNCTION neff.jobs_with_text(text), neff.job_filter(jsonb), neff.count_jobs(jsonb, text),
    neff.list_jobs(jsonb, text, text, boolean, uuid, integer), neff.list_jobs_by_customer(jsonb, boolean, text, boolean, uuid, integer),
    neff.job_group(text, boolean), neff.job_joined(text, boolean), neff.are_many_jobs(jsonb), neff.job_words(uuid[]),
    neff.job_claims(timestamptz, timestamptz, jsonb, jsonb) TO neff_app, neff_admin;

INSERT INTO schema_versions (version, description, min_program) VALUES ('3.0.17', 'Scheduling', '0.1.0');

RESET ROLE;
