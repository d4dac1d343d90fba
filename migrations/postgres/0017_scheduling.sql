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
CREATE INDEX idx_job_schedules_follows ON job_schedules (follows_job_id) WHERE follows_job_id IS NOT NULL;

-- What other programs entered, until somebody looked at it.
CREATE TABLE job_reviews (
    job_schedule_id uuid PRIMARY KEY REFERENCES job_schedules (id) ON DELETE CASCADE,
    reviewed_by     varchar(255) NOT NULL DEFAULT neff.app_actor(),
    reviewed_at     timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);
COMMENT ON TABLE job_reviews IS 'Jobs of other programs that somebody of the office has looked at';
CREATE INDEX idx_job_schedules_outside ON job_schedules (created_at)
    WHERE created_source IN ('calendly_webhook', 'mobile_app', 'api');

-- Sorting a list of any length. By status and priority the specification's own indexes do, by address and customer those of
-- 0016, by the last change job_order's.
CREATE INDEX idx_job_schedules_end_order ON job_schedules (end_date, id);
CREATE INDEX idx_job_schedules_created_order ON job_schedules (created_at, id);
-- Room for new row versions on the same page. No index holds updated_at: what changes no indexed column (instructions, a
-- pin, hours, an order of work) stays on its page and touches no index.
ALTER TABLE job_schedules SET (fillfactor = 85);

-- ---- Nobody on it ----------------------------------------------------------------------------------------------------
-- True for a column crew_assigned in which neff.read_written() finds no word: no person, no crew, not even an unknown name.
CREATE FUNCTION neff.names_nobody(p_crew jsonb) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 100 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_crew IS NULL OR p_crew = '[]' THEN
        RETURN true;
    ELSIF jsonb_typeof(p_crew->0) = 'string' AND btrim(p_crew->>0, E' \t\r\n\u00a0') <> '' THEN
        RETURN false;                                  -- as a rule, and without taking the list apart
    END IF;
    RETURN NOT EXISTS (
        SELECT FROM jsonb_array_elements(CASE jsonb_typeof(p_crew) WHEN 'array' THEN p_crew ELSE jsonb_build_array(p_crew) END) AS e
         WHERE CASE jsonb_typeof(e) WHEN 'object' THEN e <> '{}' WHEN 'null' THEN false
                    ELSE btrim(e #>> '{}', E' \t\r\n\u00a0') <> '' END);
END $$;
GRANT EXECUTE ON FUNCTION neff.names_nobody(jsonb) TO PUBLIC;  -- an index calls it for whoever writes
CREATE INDEX idx_job_schedules_nobody ON job_schedules (start_date, id) WHERE neff.names_nobody(crew_assigned);

-- ---- The order of lists ----------------------------------------------------------------------------------------------
-- What long lists are put in order by and no index of job_schedules holds: its first crew by name beside its start, and
-- its last change. Kept by triggers, whoever writes.
CREATE TABLE job_order (
    job_schedule_id uuid PRIMARY KEY,
    crew_id         uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',   -- the first of its crews by name; nil: none
                    -- (no NULL: rows that are found by IS NULL are not read in the order of the index)
    starts          timestamptz NOT NULL,
    touched         timestamptz NOT NULL
);
COMMENT ON TABLE job_order IS 'Derived from job_schedules and job_crews by triggers: what long lists are put in order by';
CREATE INDEX idx_job_order_crew ON job_order (crew_id, starts, job_schedule_id);
CREATE INDEX idx_job_order_touched ON job_order (touched, job_schedule_id);

-- Rows that could not be brought up to date at once: somebody else held them, or the transaction sees an old state of the
-- database. Nobody waits for a list's order, and nobody is refused for it: whoever reads or writes next does it.
CREATE TABLE neff.job_order_backlog (job_schedule_id uuid NOT NULL);
COMMENT ON TABLE neff.job_order_backlog IS 'Rows of job_order to be brought up to date';

-- Brings the rows of these jobs up to date; those that are held are left for later.
CREATE FUNCTION neff.order_again(p_jobs uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    jobs uuid[];
BEGIN
    IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
        INSERT INTO neff.job_order_backlog SELECT DISTINCT j FROM unnest(p_jobs) AS j;
        RETURN;
    END IF;
    jobs := ARRAY(SELECT o.job_schedule_id FROM public.job_order o WHERE o.job_schedule_id = ANY (p_jobs)
                   ORDER BY o.job_schedule_id FOR NO KEY UPDATE SKIP LOCKED);
    UPDATE public.job_order o SET crew_id = f.crew_id, starts = f.start_date, touched = f.updated_at
      FROM (SELECT s.id, s.start_date, s.updated_at,
                   coalesce((SELECT c.crew_id FROM public.job_crews c JOIN public.crews w ON w.id = c.crew_id
                              WHERE c.job_schedule_id = s.id ORDER BY w.name, w.id LIMIT 1),
                            '00000000-0000-0000-0000-000000000000') AS crew_id
              FROM public.job_schedules s WHERE s.id = ANY (jobs)) AS f
     WHERE o.job_schedule_id = f.id AND (o.crew_id, o.starts, o.touched) IS DISTINCT FROM (f.crew_id, f.start_date, f.updated_at);
    DELETE FROM public.job_order o
     WHERE o.job_schedule_id = ANY (jobs) AND NOT EXISTS (SELECT FROM public.job_schedules s WHERE s.id = o.job_schedule_id);
    INSERT INTO neff.job_order_backlog
    SELECT DISTINCT o.job_schedule_id FROM public.job_order o
     WHERE o.job_schedule_id = ANY (p_jobs) AND o.job_schedule_id <> ALL (jobs);
END $$;

-- Does what was left, unless somebody does it already. A reader that may not write leaves it.
CREATE FUNCTION neff.settle_job_order() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    jobs uuid[];
BEGIN
    IF current_setting('transaction_read_only')::boolean OR current_setting('transaction_isolation') IN ('repeatable read', 'serializable')
       OR NOT EXISTS (SELECT FROM neff.job_order_backlog) THEN
        RETURN;
    END IF;
    WITH taken AS (
        DELETE FROM neff.job_order_backlog b
         WHERE b.ctid = ANY (ARRAY(SELECT x.ctid FROM neff.job_order_backlog x LIMIT 1000 FOR UPDATE SKIP LOCKED))
        RETURNING b.job_schedule_id)
    SELECT array_agg(DISTINCT t.job_schedule_id) INTO jobs FROM taken t;
    PERFORM neff.order_again(jobs);
END $$;

CREATE FUNCTION neff.order_jobs() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM public.job_order;
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        PERFORM neff.order_again(ARRAY(SELECT n.id FROM new_rows n));
        IF NOT EXISTS (SELECT FROM new_rows n WHERE NOT EXISTS (SELECT FROM old_rows x WHERE x.id = n.id)) THEN
            RETURN NULL;
        END IF;
    END IF;
    IF TG_OP IN ('DELETE', 'UPDATE') AND current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
        -- Somebody may have written the row since: who deletes is not to be told 40001 for a list's order.
        INSERT INTO neff.job_order_backlog SELECT x.id FROM old_rows x;
    ELSIF TG_OP IN ('DELETE', 'UPDATE') THEN
        -- Gone, or under another id.
        DELETE FROM public.job_order o USING old_rows x
         WHERE o.job_schedule_id = x.id AND NOT EXISTS (SELECT FROM public.job_schedules s WHERE s.id = x.id);
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        INSERT INTO public.job_order (job_schedule_id, starts, touched) SELECT n.id, n.start_date, n.updated_at FROM new_rows n
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
-- Before everything else that follows a job: what derives its crews finds its row.
CREATE TRIGGER a_a_order_insert AFTER INSERT ON job_schedules REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.order_jobs();
CREATE TRIGGER a_a_order_update AFTER UPDATE ON job_schedules REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.order_jobs();
CREATE TRIGGER a_a_order_delete AFTER DELETE ON job_schedules REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.order_jobs();
CREATE TRIGGER a_a_order_truncate AFTER TRUNCATE ON job_schedules
    FOR EACH STATEMENT EXECUTE FUNCTION neff.order_jobs();

CREATE FUNCTION neff.order_job_crews() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'crews' THEN
        -- Another name: of jobs with several crews another may come first.
        PERFORM neff.order_again(ARRAY(
            SELECT c.job_schedule_id FROM new_rows n JOIN old_rows x ON x.id = n.id AND x.name <> n.name
              JOIN public.job_crews c ON c.crew_id = n.id
             WHERE EXISTS (SELECT FROM public.job_crews o WHERE o.job_schedule_id = c.job_schedule_id AND o.crew_id <> c.crew_id)));
    ELSIF TG_OP = 'TRUNCATE' THEN
        UPDATE public.job_order SET crew_id = DEFAULT WHERE crew_id <> '00000000-0000-0000-0000-000000000000';
    ELSE
        PERFORM neff.order_again(ARRAY(SELECT DISTINCT r.job_schedule_id FROM changed_rows r));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER a_order_insert AFTER INSERT ON job_crews REFERENCING NEW TABLE AS changed_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.order_job_crews();
CREATE TRIGGER a_order_update AFTER UPDATE ON job_crews REFERENCING NEW TABLE AS changed_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.order_job_crews();
CREATE TRIGGER a_order_delete AFTER DELETE ON job_crews REFERENCING OLD TABLE AS changed_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.order_job_crews();
CREATE TRIGGER a_order_truncate AFTER TRUNCATE ON job_crews
    FOR EACH STATEMENT EXECUTE FUNCTION neff.order_job_crews();
CREATE TRIGGER a_order_update AFTER UPDATE ON crews REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.order_job_crews();
-- The jobs of an adopted database.
INSERT INTO job_order (job_schedule_id, starts, touched) SELECT id, start_date, updated_at FROM job_schedules;
CREATE TRIGGER a_only_ours BEFORE INSERT ON job_order FOR EACH ROW WHEN (current_user <> 'neff_owner') EXECUTE FUNCTION neff.leave_out();
SELECT neff.order_again(ARRAY(SELECT DISTINCT job_schedule_id FROM job_crews));

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
CREATE UNIQUE INDEX saved_views_name ON saved_views (user_id, screen, neff.folded(name));

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
    ('neff_app', 'job_order', 'SELECT'),
    ('neff_admin', 'job_order', 'SELECT'),
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
-- (Ranges are written as text in the session's way of dates: it is ours here.)
CREATE FUNCTION neff.bounded_values() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, MDY' SET timezone = 'UTC' AS $$
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
            value := regexp_replace(value, '^[[(]"?(-infinity|[^",]* BC)"?,', '(,');
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
-- What was derived from such values is derived again.
SELECT neff.assign_all(neff.misassigned_jobs(), false),
       neff.order_again(ARRAY(SELECT o.job_schedule_id FROM job_order o JOIN job_schedules s ON s.id = o.job_schedule_id
                               WHERE o.starts <> s.start_date));

-- ---- Questions ------------------------------------------------------------------------------------------------------
-- Jobs whose place or client holds every word; 3,000 at most, so that one letter at a hundred times this office costs no
-- more than a name. A definer function for the same reason as neff.search_records(), and as quiet about hidden contracts.
CREATE FUNCTION neff.jobs_with_text(p_text text) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 200 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    words text[] := neff.sought_words(p_text);
BEGIN
    IF cardinality(words) = 0 OR NOT neff.may_look() THEN
        RETURN;
    END IF;
    RETURN QUERY EXECUTE
        '(SELECT j.id FROM public.job_schedules j
           WHERE ' || neff.holds_words(words, 'neff.searchable(NULL, NULL, NULL, j.location_address)') || ' LIMIT 1000)
         UNION
         (SELECT j.id
            FROM (SELECT c.id FROM public.contracts c
                   WHERE ' || neff.holds_words(words, 'neff.searchable(c.client_name, c.client_email, c.client_phone, c.project_address)') || '
                     AND ($1 OR c.status <> ''canceled'' OR greatest(c.created_at, c.updated_at) > CURRENT_TIMESTAMP - interval ''1 year'')
                   LIMIT 1000) AS c
            JOIN public.job_schedules j ON j.contract_id = c.id LIMIT 2000)'
    USING neff.sees_all();
END $$;

-- The WHERE of a filter, its values quoted as data and written out, so that what is known of them is planned with. `j` is
-- job_schedules, `k` its contract. Keys: from, until, statuses, services, crews, weather, min_priority, text, outside,
-- unassigned, clashing.
CREATE FUNCTION neff.job_filter(p_filter jsonb) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT concat_ws(' AND ', 'true',
        CASE WHEN p_filter ? 'from' AND p_filter ? 'until' THEN
            format('tstzrange(j.start_date, j.end_date, ''[)'') && tstzrange(%L, %L, ''[)'')', p_filter->>'from', p_filter->>'until')
             WHEN p_filter ? 'from' THEN format('j.start_date >= %L::timestamptz', p_filter->>'from')
             WHEN p_filter ? 'until' THEN format('j.start_date < %L::timestamptz', p_filter->>'until') END,
        CASE WHEN p_filter ? 'statuses' THEN
            format('j.status = ANY (%L::text[])', ARRAY(SELECT jsonb_array_elements_text(p_filter->'statuses'))) END,
        CASE WHEN p_filter ? 'services' THEN
            format(CASE WHEN p_filter->'services' ? 'none' THEN '(k.id IS NULL OR k.service_type = ANY (%L::text[]))'
                        ELSE 'k.service_type = ANY (%L::text[])' END, ARRAY(SELECT jsonb_array_elements_text(p_filter->'services'))) END,
        CASE WHEN p_filter ? 'crews' THEN
            format('EXISTS (SELECT FROM public.job_crews c WHERE c.job_schedule_id = j.id AND c.crew_id = ANY (%L::uuid[]))',
                   ARRAY(SELECT c::uuid FROM jsonb_array_elements_text(p_filter->'crews') AS c
                          WHERE c ~* '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$')) END,
        CASE WHEN p_filter ? 'weather' THEN format('j.weather_dependent = %L::boolean', p_filter->>'weather') END,
        CASE WHEN p_filter ? 'min_priority' THEN format('j.priority_level >= %L::integer', p_filter->>'min_priority') END,
        CASE WHEN p_filter ? 'text' THEN format('j.id IN (SELECT neff.jobs_with_text(%L))', p_filter->>'text') END,
        CASE WHEN p_filter->>'outside' = 'true' THEN
            'j.created_source IN (''calendly_webhook'', ''mobile_app'', ''api'')' END,
        CASE WHEN p_filter->>'unassigned' = 'true' THEN 'neff.names_nobody(j.crew_assigned)' END,
        CASE WHEN p_filter->>'clashing' = 'true' THEN
            'j.id IN (SELECT a.job_schedule_id FROM public.job_assignments a
                       WHERE a.state IN (''conflict'', ''overridden'') AND a.state = ''conflict'')' END) $$;

-- A page of many jobs by customer, along the index of their names: those without a contract have none, and come apart.
-- `p_sorted` is an expression of neff.list_jobs().
CREATE FUNCTION neff.list_jobs_by_customer(p_filter jsonb, p_grouped boolean, p_sorted text, p_descending boolean, p_after uuid, p_limit integer)
RETURNS TABLE (place bigint, id uuid, group_key text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    names constant text[] := ARRAY['neff.sortable(k.client_name) COLLATE "C"', quote_literal('') || '::text COLLATE "C"'];
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

-- A page of many jobs by crew, one name after the other along the index of job_order until it is full; those of no crew
-- come first.
CREATE FUNCTION neff.list_jobs_by_crew(p_filter jsonb, p_descending boolean, p_after uuid, p_limit integer)
RETURNS TABLE (place bigint, id uuid, group_key text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    way constant text := CASE WHEN p_descending THEN 'DESC' ELSE 'ASC' END;
    after record;
    crew record;
    found bigint := 0;
    n bigint;
BEGIN
    SELECT coalesce(w.name, '') AS name, o.starts, o.job_schedule_id AS id INTO after
      FROM public.job_order o LEFT JOIN public.crews w ON w.id = o.crew_id WHERE o.job_schedule_id = p_after;
    FOR crew IN SELECT c.name, array_agg(c.id) AS ids
                  FROM (SELECT ''::text AS name, '00000000-0000-0000-0000-000000000000'::uuid AS id UNION ALL SELECT w.name::text, w.id FROM public.crews w) AS c
                 WHERE p_after IS NULL OR c.name >= after.name
                 GROUP BY c.name ORDER BY c.name LOOP
        RETURN QUERY EXECUTE format(
            'SELECT %1$s + row_number() OVER (), x.id, %2$L::text
               FROM (SELECT j.id FROM (%3$s) AS o JOIN public.job_schedules j ON j.id = o.job_schedule_id
                       LEFT JOIN public.contracts k ON k.id = j.contract_id
                      WHERE %4$s ORDER BY o.starts %5$s, o.job_schedule_id %5$s LIMIT %6$s) AS x',
            found, crew.name,
            (SELECT string_agg(format('SELECT starts, job_schedule_id FROM public.job_order WHERE crew_id = %L %s', c,
                        CASE WHEN after.name = crew.name THEN format('AND (starts, job_schedule_id) %s (%L, %L)',
                            CASE WHEN p_descending THEN '<' ELSE '>' END, after.starts, after.id) ELSE '' END), ' UNION ALL ')
               FROM unnest(crew.ids) AS c),
            neff.job_filter(p_filter), way, p_limit - found);
        GET DIAGNOSTICS n = ROW_COUNT;
        found := found + n;
        EXIT WHEN found >= p_limit;
    END LOOP;
END $$;

-- What a list is put in groups by.
CREATE FUNCTION neff.job_group(p_group text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE p_group
        WHEN 'status' THEN 'j.status::text' WHEN 'service' THEN 'coalesce(k.service_type, ''none'')::text'
        WHEN 'customer' THEN 'coalesce(neff.sortable(k.client_name), '''') COLLATE "C"'
        WHEN 'day' THEN format('to_char(j.start_date AT TIME ZONE %L, ''YYYY-MM-DD'')', neff.office_time_zone())
        WHEN 'week' THEN format('to_char(date_trunc(''week'', j.start_date AT TIME ZONE %L), ''YYYY-MM-DD'')', neff.office_time_zone())
        WHEN 'crew' THEN 'coalesce(w.name::text, '''')' END $$;

-- Where the columns of a list come from.
CREATE FUNCTION neff.job_joined(p_group text, p_sort text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT ' FROM public.job_schedules j LEFT JOIN public.contracts k ON k.id = j.contract_id '
        || CASE WHEN p_group = 'crew' OR p_sort = 'updated' THEN 'JOIN public.job_order o ON o.job_schedule_id = j.id ' ELSE '' END
        || CASE WHEN p_group = 'crew' THEN 'LEFT JOIN public.crews w ON w.id = o.crew_id ' ELSE '' END $$;

-- Whether a filter lets through so many jobs that it is better to read them in an order than to sort them; by what the
-- server expects, not by counting. Volatile: within another one the server explains nothing.
CREATE FUNCTION neff.are_many_jobs(p_filter jsonb) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    expected jsonb;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON) SELECT' || neff.job_joined('none', 'start') || 'WHERE ' || neff.job_filter(p_filter) INTO expected;
    RETURN (expected #>> '{0,Plan,Plan Rows}')::numeric > 20000;
END $$;

-- A page of jobs: by group, then by what they are sorted by, then by id; after the job `p_after`, wherever it now stands.
-- `total`: how many there are, where the first page of jobs with a text knows it anyway.
CREATE FUNCTION neff.list_jobs(p_filter jsonb, p_group text, p_sort text, p_descending boolean, p_after uuid, p_limit integer)
RETURNS TABLE (place bigint, id uuid, group_key text, total bigint)
LANGUAGE plpgsql VOLATILE SET random_page_cost = 1.1 SET search_path = pg_catalog, pg_temp AS $$  -- what is looked at daily is in memory
DECLARE
    by_start constant boolean := p_sort NOT IN ('end', 'status', 'priority', 'updated', 'created', 'address', 'customer');
    many constant boolean := (p_group = 'customer' OR p_group = 'crew' AND by_start OR p_group = 'none' AND p_sort = 'customer')
                             AND neff.are_many_jobs(p_filter);
    grouped constant text := neff.job_group(p_group);
    joined constant text := neff.job_joined(p_group, p_sort);
    -- Jobs of some days are found first and put in order then: along the index of an order they are looked for among all.
    listed constant text := CASE WHEN p_filter ?& ARRAY['from', 'until'] THEN
        replace(joined, ' FROM public.job_schedules j ', format(' FROM (SELECT * FROM public.job_schedules
            WHERE tstzrange(start_date, end_date, ''[)'') && tstzrange(%L, %L, ''[)'') OFFSET 0) AS j ', p_filter->>'from', p_filter->>'until'))
        ELSE joined END;
    sorted constant text := CASE p_sort
        WHEN 'end' THEN 'j.end_date' WHEN 'status' THEN 'j.status, j.start_date' WHEN 'priority' THEN 'j.priority_level'
        WHEN 'updated' THEN 'o.touched' WHEN 'created' THEN 'j.created_at'
        WHEN 'address' THEN 'neff.sortable(j.location_address) COLLATE "C"'
        WHEN 'customer' THEN 'coalesce(neff.sortable(k.client_name), '''') COLLATE "C"'
        ELSE 'j.start_date' END;
    key constant text := CASE p_sort WHEN 'updated' THEN 'o.job_schedule_id' ELSE 'j.id' END;
    way constant text := CASE WHEN p_descending THEN ' DESC' ELSE ' ASC' END;
    beyond constant text := CASE WHEN p_descending THEN '<' ELSE '>' END;
    most constant integer := least(greatest(p_limit, 1), 5001);
    further text := '';
BEGIN
    IF p_group = 'crew' OR p_sort = 'updated' THEN
        PERFORM neff.settle_job_order();
    END IF;
    IF many AND p_group = 'crew' THEN
        RETURN QUERY SELECT x.*, NULL::bigint FROM neff.list_jobs_by_crew(p_filter, p_descending, p_after, most) AS x;
        RETURN;
    ELSIF many THEN
        RETURN QUERY SELECT x.*, NULL::bigint
            FROM neff.list_jobs_by_customer(p_filter, p_group = 'customer', sorted, p_descending, p_after, most) AS x;
        RETURN;
    END IF;
    IF p_after IS NOT NULL THEN
        -- Groups always rise; what they are sorted by within may fall.
        further := ' AND ' || CASE WHEN grouped IS NULL
            THEN format('(%1$s, %5$s) %2$s (SELECT %1$s, %5$s %3$s WHERE j.id = %4$L)', sorted, beyond, joined, p_after, key)
            ELSE format('(%1$s > (SELECT %1$s %3$s WHERE j.id = %4$L) OR (%1$s = (SELECT %1$s %3$s WHERE j.id = %4$L)
                          AND (%2$s, %6$s) %5$s (SELECT %2$s, %6$s %3$s WHERE j.id = %4$L)))',
                        grouped, sorted, joined, p_after, beyond, key) END;
    END IF;
    RETURN QUERY EXECUTE
        'SELECT row_number() OVER (), x.id, x.group_key, x.total FROM (SELECT j.id, ' || coalesce(grouped, 'NULL::text') || ' AS group_key, '
        || CASE WHEN p_filter ? 'text' AND p_after IS NULL THEN 'count(*) OVER ()' ELSE 'NULL::bigint' END || ' AS total' || listed
        || 'WHERE ' || neff.job_filter(p_filter) || further || ' ORDER BY ' || coalesce(grouped || ', ', '')
        || replace(sorted, ', j.start_date', way || ', j.start_date') || way || ', ' || key || way || ' LIMIT ' || most || ') AS x';
END $$;

-- How many there are: of each group, or (no group) in all; at most 10,000 are counted of all, and of a crew at most 1,000
-- where the list is that long.
CREATE FUNCTION neff.count_jobs(p_filter jsonb, p_group text) RETURNS TABLE (group_key text, jobs bigint)
LANGUAGE plpgsql VOLATILE SET random_page_cost = 1.1 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    grouped constant text := neff.job_group(p_group);
    joined constant text := neff.job_joined(p_group, 'start') || 'WHERE ' || neff.job_filter(p_filter);
BEGIN
    IF grouped IS NULL THEN
        RETURN QUERY EXECUTE 'SELECT NULL::text, count(*) FROM (SELECT' || joined || ' LIMIT 10000) AS x';
    ELSIF p_group = 'crew' AND neff.job_filter(p_filter) = 'true' AND neff.are_many_jobs(p_filter) THEN
        RETURN QUERY
            SELECT c.name, sum(n.jobs)::bigint
              FROM (SELECT ''::text AS name, '00000000-0000-0000-0000-000000000000'::uuid AS id UNION ALL SELECT w.name::text, w.id FROM public.crews w) AS c
             CROSS JOIN LATERAL (
                   SELECT count(*) AS jobs FROM (SELECT FROM public.job_order o WHERE o.crew_id = c.id LIMIT 1000) AS o) AS n
             GROUP BY c.name HAVING sum(n.jobs) > 0 ORDER BY c.name;
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

-- ---- Changing jobs ----------------------------------------------------------------------------------------------------
-- The office's clock and working time at this moment, as the settings write them.
CREATE FUNCTION neff.office_time()
RETURNS TABLE (now timestamptz, zone text, today date, working_days text, work_from text, work_until text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT t.now, z.zone, (t.now AT TIME ZONE z.zone)::date, neff.config_text('office_working_days', ''),
           neff.config_text('office_work_from', ''), neff.config_text('office_work_until', '')
      FROM (SELECT statement_timestamp() AS now) AS t, (SELECT neff.office_time_zone() AS zone) AS z $$;

-- The words of these jobs' columns as the office reads them, one list a job.
CREATE FUNCTION neff.words_in_json(p_jobs uuid[]) RETURNS TABLE (job_id uuid, words jsonb)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT w.job_id, jsonb_agg(jsonb_build_object('job_id', w.job_id, 'kind', w.kind, 'item', w.item, 'found', w.found,
               'resource_id', w.resource_id, 'written', w.written, 'ambiguous', coalesce(w.reason = 'ambiguous', false),
               'name', coalesce(p.name, c.name, e.name)) ORDER BY w.kind, w.item)
      FROM neff.job_words(p_jobs) AS w
      LEFT JOIN public.crew_members p ON p.id = w.resource_id AND w.found = 'person'
      LEFT JOIN public.crews c ON c.id = w.resource_id AND w.found = 'crew'
      LEFT JOIN public.equipment e ON e.id = w.resource_id AND w.found = 'machine'
     GROUP BY w.job_id $$;

-- Locks jobs until the transaction ends, in order of id, so that two who lock the same come one after the other, and gives
-- all that is needed to change them: each as it is, whom its words name, and whom or what it shares with another job.
CREATE FUNCTION neff.jobs_to_change(p_jobs uuid[]) RETURNS TABLE (job public.job_schedules, words jsonb, doubled uuid[])
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM s.id FROM public.job_schedules s WHERE s.id = ANY (p_jobs) ORDER BY s.id FOR NO KEY UPDATE;
    RETURN QUERY
    SELECT s, coalesce(w.words, '[]'), coalesce(d.doubled, '{}')
      FROM public.job_schedules s
      LEFT JOIN neff.words_in_json(p_jobs) AS w ON w.job_id = s.id
      LEFT JOIN (SELECT a.job_schedule_id, array_agg(DISTINCT a.resource_id) AS doubled
                   FROM public.job_assignments a
                  WHERE a.job_schedule_id = ANY (p_jobs) AND a.state <> 'released'
                    AND (a.state <> 'firm'
                         OR EXISTS (SELECT FROM public.job_assignments o
                                     WHERE o.resource_id = a.resource_id AND o.during && a.during
                                       AND o.job_schedule_id <> a.job_schedule_id
                                       AND o.state IN ('conflict', 'overridden')))
                  GROUP BY a.job_schedule_id) AS d ON d.job_schedule_id = s.id
     WHERE s.id = ANY (p_jobs) ORDER BY s.id;
END $$;

-- Writes jobs that are locked, or enters new ones, and has them judged. What clashes leaves the transaction as it was, and
-- `refused` says with whom; with a reason it goes ahead, and what clashes is overridden with it. Else the jobs as they are
-- then, and whom their words name.
CREATE FUNCTION neff.write_jobs(p_jobs jsonb, p_new boolean, p_override text)
RETURNS TABLE (refused jsonb, job public.job_schedules, words jsonb)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ids constant uuid[] := ARRAY(SELECT (j->>'id')::uuid FROM jsonb_array_elements(p_jobs) AS j);
    overridden text[] := '{}';                         -- job and resource
    more text[];
    told text;
    clashes jsonb;
BEGIN
    LOOP
        BEGIN
            INSERT INTO public.assignment_overrides AS o (job_schedule_id, resource_id, reason)
            SELECT split_part(x, ' ', 1)::uuid, split_part(x, ' ', 2)::uuid, p_override FROM unnest(overridden) AS x ORDER BY x
            ON CONFLICT (job_schedule_id, resource_id) DO UPDATE SET reason = excluded.reason, overridden_by = neff.app_actor();
            IF p_new THEN
                INSERT INTO public.job_schedules (id, contract_id, calendly_event_uri, start_date, end_date, status, crew_assigned,
                       equipment_needed, location_address, special_instructions, estimated_duration_hours, weather_dependent,
                       priority_level, pinned, follows_job_id, follows_after_hours)
                SELECT x.* FROM jsonb_to_recordset(p_jobs) AS x(
                       id uuid, contract_id uuid, calendly_event_uri varchar, start_date timestamptz, end_date timestamptz,
                       status varchar, crew_assigned jsonb, equipment_needed jsonb, location_address text, special_instructions text,
                       estimated_duration_hours numeric, weather_dependent boolean, priority_level integer, pinned boolean,
                       follows_job_id uuid, follows_after_hours numeric);
            ELSE
                -- An event may be in one job only: taken off first, so that two jobs can change theirs in one step.
                UPDATE public.job_schedules j SET calendly_event_uri = NULL
                  FROM jsonb_to_recordset(p_jobs) AS x(id uuid, calendly_event_uri varchar)
                 WHERE j.id = x.id AND j.calendly_event_uri IS NOT NULL AND j.calendly_event_uri IS DISTINCT FROM x.calendly_event_uri;
                UPDATE public.job_schedules j
                   SET contract_id = x.contract_id, calendly_event_uri = x.calendly_event_uri, start_date = x.start_date,
                       end_date = x.end_date, status = x.status, crew_assigned = x.crew_assigned,
                       equipment_needed = x.equipment_needed, location_address = x.location_address,
                       special_instructions = x.special_instructions, estimated_duration_hours = x.estimated_duration_hours,
                       weather_dependent = x.weather_dependent, priority_level = x.priority_level, pinned = x.pinned,
                       follows_job_id = x.follows_job_id, follows_after_hours = x.follows_after_hours
                  FROM jsonb_to_recordset(p_jobs) AS x(
                       id uuid, contract_id uuid, calendly_event_uri varchar, start_date timestamptz, end_date timestamptz,
                       status varchar, crew_assigned jsonb, equipment_needed jsonb, location_address text,
                       special_instructions text, estimated_duration_hours numeric, weather_dependent boolean,
                       priority_level integer, pinned boolean, follows_job_id uuid, follows_after_hours numeric)
                 WHERE j.id = x.id;
            END IF;
            PERFORM neff.judge_now();
            EXIT;
        EXCEPTION WHEN SQLSTATE 'NF001' THEN
            GET STACKED DIAGNOSTICS told = PG_EXCEPTION_DETAIL;
            clashes := told::jsonb->'clashes';
            more := ARRAY(SELECT concat(c->>'job', ' ', c #>> '{resource,id}') FROM jsonb_array_elements(clashes) AS c
                          EXCEPT SELECT unnest(overridden));
            -- The error names 50 at most: the rest comes with the next attempt. Nothing new: it will not get better.
            IF p_override IS NULL OR cardinality(more) = 0 THEN
                RETURN QUERY SELECT coalesce(clashes, '[]'), NULL::public.job_schedules, NULL::jsonb;
                RETURN;
            END IF;
            overridden := overridden || more;
        END;
    END LOOP;
    RETURN QUERY
    SELECT NULL::jsonb, s, coalesce(w.words, '[]')
      FROM public.job_schedules s LEFT JOIN neff.words_in_json(ids) AS w ON w.job_id = s.id
     WHERE s.id = ANY (ids) ORDER BY s.id;
END $$;

GRANT EXECUTE ON FUNCTION neff.jobs_with_text(text), neff.job_filter(jsonb), neff.count_jobs(jsonb, text),
    neff.list_jobs(jsonb, text, text, boolean, uuid, integer), neff.list_jobs_by_customer(jsonb, boolean, text, boolean, uuid, integer),
    neff.list_jobs_by_crew(jsonb, boolean, uuid, integer), neff.job_group(text), neff.job_joined(text, text), neff.are_many_jobs(jsonb), neff.job_words(uuid[]),
    neff.job_claims(timestamptz, timestamptz, jsonb, jsonb), neff.office_time(), neff.settle_job_order(), neff.words_in_json(uuid[]), neff.jobs_to_change(uuid[]),
    neff.write_jobs(jsonb, boolean, text) TO neff_app, neff_admin;

INSERT INTO schema_versions (version, description, min_program) VALUES ('3.0.17', 'Scheduling', '0.1.0');

RESET ROLE;
