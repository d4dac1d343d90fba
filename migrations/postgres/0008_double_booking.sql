-- Who and what is on a job, when: derived from job_schedules.crew_assigned and equipment_needed, never written by
-- hand. This file holds the tables and the functions that read, derive and claim; 0009 judges: what changed, when it is
-- looked at, and who is told.
SET LOCAL ROLE neff_owner;
SET LOCAL timezone = 'UTC';

-- No foreign key to job_schedules: its checks would cost a third of a bulk insert, and its cascade would delete rows
-- outside the gate of 0009.
CREATE TABLE job_assignments (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,   -- also who came first
    job_schedule_id uuid NOT NULL,
    resource_kind   text NOT NULL CHECK (resource_kind IN ('person', 'machine')),
    resource_id     uuid NOT NULL,
    via_crew_id     uuid,                             -- the crew that brought the person along
    during          tstzrange NOT NULL CHECK (NOT isempty(during)),
    state           text NOT NULL CHECK (state IN ('firm', 'overridden', 'conflict', 'released')),
    created_at      timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT job_assignments_never_two EXCLUDE USING gist (resource_id WITH =, during WITH &&)
        WHERE (state = 'firm')
);
-- Who and what is on the jobs of a week is read from the index alone.
CREATE INDEX idx_job_assignments_job ON job_assignments (job_schedule_id) INCLUDE (resource_kind, resource_id, state);
CREATE INDEX idx_job_assignments_waiting ON job_assignments USING gist (resource_id, during)
    WHERE (state <> 'firm' AND state <> 'released');
-- What somebody did: the two above find what is not released, this the rest.
CREATE INDEX idx_job_assignments_released ON job_assignments (resource_id) WHERE state = 'released';
COMMENT ON TABLE job_assignments IS
    'Derived from job_schedules by triggers: which person or machine a job claims, and whether the claim stands';
COMMENT ON COLUMN job_assignments.state IS
    'firm; overridden: double booked with a reason; conflict: double booked by another program; released: the job is over or cancelled';

-- While a GiST index has one page and that page is split, PostgreSQL (13 to 18) may mark entries of living rows dead: a
-- query that asks the index again and again meanwhile remembers places on the page as it was. What is lost so no query finds
-- and the constraint does not see. An index that was larger once never has one page again.
INSERT INTO job_assignments (job_schedule_id, resource_kind, resource_id, during, state)
SELECT gen_random_uuid(), 'person', gen_random_uuid(), '[2000-01-01,2000-01-02)', s.state
  FROM generate_series(1, 400), (VALUES ('firm'), ('conflict')) AS s(state);
DELETE FROM job_assignments;
DO $$
DECLARE
    t text;
    crew uuid;
    member uuid;
BEGIN
    FOREACH t IN ARRAY ARRAY['crews', 'crew_members', 'crew_memberships', 'time_off'] LOOP
        EXECUTE format('ALTER TABLE %I DISABLE TRIGGER USER', t);
    END LOOP;
    INSERT INTO crews (name) VALUES (gen_random_uuid()::text) RETURNING id INTO crew;
    INSERT INTO crew_members (name, role) VALUES ('nobody', 'none') RETURNING id INTO member;
    INSERT INTO crew_memberships (crew_id, crew_member_id, during)
    SELECT crew, member, daterange(date '2000-01-01' + i, date '2000-01-02' + i) FROM generate_series(1, 400) AS i;
    INSERT INTO time_off (crew_member_id, kind, during)
    SELECT member, 'leave', tstzrange(d, d + interval '1 day') FROM generate_series(timestamptz '2000-01-01', '2001-06-01', interval '1 day') AS d;
    DELETE FROM crews WHERE id = crew;  -- with its members, and with theirs
    DELETE FROM crew_members WHERE id = member;
    FOREACH t IN ARRAY ARRAY['crews', 'crew_members', 'crew_memberships', 'time_off'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE TRIGGER USER', t);
    END LOOP;
END $$;

-- The crews a job names, with or without members that day.
CREATE TABLE job_crews (
    job_schedule_id uuid NOT NULL,
    crew_id         uuid NOT NULL,
    PRIMARY KEY (job_schedule_id, crew_id)
);
CREATE INDEX idx_job_crews_crew ON job_crews (crew_id);

-- What stands in the JSON columns and matches nobody, or more than one.
CREATE TABLE job_unknown_resources (
    job_schedule_id uuid NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('person', 'machine')),   -- the column: crew or equipment
    written         text NOT NULL,                    -- at most the first 500 characters
    reason          text NOT NULL CHECK (reason IN ('unknown', 'ambiguous')),
    PRIMARY KEY (job_schedule_id, kind, written)
);

-- ---- What a word means ---------------------------------------------------------------------------------------------
-- How written words are compared: case, accents and outer blanks do not count.
CREATE FUNCTION neff.word_key(p_written text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
$$ SELECT btrim(neff.folded(left(p_written, 500)), E' \t\r\n') $$;
GRANT EXECUTE ON FUNCTION neff.word_key(text) TO PUBLIC;  -- indexes call it for whoever writes

-- "Whenever somebody writes 'Big Bob', it is this person": said once.
CREATE TABLE resource_aliases (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind        text NOT NULL CHECK (kind IN ('person', 'crew', 'machine')),
    written     varchar(500) NOT NULL CHECK (btrim(written, E' \t\r\n\u00a0') <> ''),
    resource_id uuid NOT NULL,
    created_by  varchar(255) NOT NULL DEFAULT neff.app_actor(),
    created_at  timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE UNIQUE INDEX resource_aliases_written ON resource_aliases ((kind = 'machine'), neff.word_key(written));
CREATE INDEX idx_resource_aliases_word ON resource_aliases (neff.word_key(written));
CREATE INDEX idx_resource_aliases_resource ON resource_aliases (resource_id);
CREATE INDEX idx_crew_members_word ON crew_members (neff.word_key(name));  -- those of crews and machines: 0018

-- What each word (a name, an alias, an id) means now; kept by the judgement of 0009 alone, and so the same for everybody
-- who derives. 'person' and 'machine' are the columns in which it stands, 'crew' is {"crew": …} in the former. A word that
-- is not here names nobody; without a resource it names more than one.
CREATE TABLE neff.resource_words (
    kind        text NOT NULL CHECK (kind IN ('person', 'crew', 'machine')),
    word        text NOT NULL,
    found       text CHECK (found IN ('person', 'crew', 'machine')),
    resource_id uuid,
    PRIMARY KEY (word, kind),
    CHECK ((found IS NULL) = (resource_id IS NULL))
);

-- The words of each job to come, as numbers: those of a word that comes to mean somebody else are derived again. Two
-- words of one number cost a look, no more.
CREATE TABLE neff.job_mentions (
    job_schedule_id uuid PRIMARY KEY,
    numbers         integer[] NOT NULL
);
CREATE INDEX job_mentions_numbers ON neff.job_mentions USING gin (numbers) WITH (fastupdate = off);

-- Going ahead anyway, and why. It may be written before its job, in the same transaction. A reason counts for the
-- time it was given for: a job moved to another clash needs a new one.
CREATE TABLE assignment_overrides (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    job_schedule_id uuid NOT NULL REFERENCES job_schedules (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    resource_id     uuid NOT NULL,
    reason          text NOT NULL CHECK (btrim(reason) <> ''),
    overridden_by   varchar(255) NOT NULL DEFAULT neff.app_actor(),
    created_at      timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    covers          tstzrange,                        -- set by the database: the job's time it was given for
    given_in        xid8,                             -- set by the database: the transaction that gave it
    UNIQUE (job_schedule_id, resource_id)
);
CREATE INDEX idx_assignment_overrides_given_in ON assignment_overrides (given_in);

CREATE TYPE neff.written_word AS (
    place bigint, kind text, item bigint, rank integer, only_crew boolean, key text, written text);
CREATE TYPE neff.written_match AS (
    place bigint, kind text, item bigint, found text, resource_id uuid, written text, reason text);
CREATE TYPE neff.assignment_claim AS (
    n bigint, job_schedule_id uuid, holds boolean, resource_kind text, resource_id uuid, via_crew_id uuid, during tstzrange);

-- What these words mean by the tables of people, crews, machines and aliases: an id; else a name that only one of those
-- still employed has; else an alias; else a name that only one ever had. Those that name nobody are left out.
CREATE FUNCTION neff.meaning_of(p_words text[]) RETURNS SETOF neff.resource_words
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY
    WITH asked AS (
        SELECT DISTINCT w.word,
               CASE WHEN w.word ~ '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' THEN w.word::uuid END AS as_id
          FROM unnest(p_words) AS w(word) WHERE w.word <> ''
    ), candidate AS (
        SELECT a.word, c.*
          FROM asked a
         CROSS JOIN LATERAL (
               SELECT 1 AS rank, 'person' AS found, m.id FROM public.crew_members m WHERE m.id = a.as_id
               UNION ALL
               SELECT 1, 'crew', g.id FROM public.crews g WHERE g.id = a.as_id
               UNION ALL
               SELECT 1, 'machine', q.id FROM public.equipment q WHERE q.id = a.as_id
               UNION ALL
               SELECT r.rank, 'person', m.id FROM public.crew_members m, (VALUES (2), (4)) AS r(rank)
                WHERE neff.word_key(m.name) = a.word AND (r.rank = 4 OR m.status <> 'terminated')
               UNION ALL
               SELECT r.rank, 'crew', g.id FROM public.crews g, (VALUES (2), (4)) AS r(rank)
                WHERE neff.word_key(g.name) = a.word AND (r.rank = 4 OR g.status = 'active')
               UNION ALL
               SELECT r.rank, 'machine', q.id FROM public.equipment q, (VALUES (2), (4)) AS r(rank)
                WHERE neff.word_key(q.name) = a.word AND (r.rank = 4 OR q.status <> 'retired')
               UNION ALL
               SELECT 3, s.kind, s.resource_id FROM public.resource_aliases s
                WHERE neff.word_key(s.written) = a.word
                  AND (EXISTS (SELECT FROM public.crew_members m WHERE m.id = s.resource_id AND s.kind = 'person')
                    OR EXISTS (SELECT FROM public.crews g WHERE g.id = s.resource_id AND s.kind = 'crew')
                    OR EXISTS (SELECT FROM public.equipment q WHERE q.id = s.resource_id AND s.kind = 'machine'))
               ) AS c
    ), ranked AS (
        SELECT k.kind, c.word, c.rank, count(*) AS hits, min(c.found) AS found, min(c.id::text)::uuid AS id
          FROM candidate c
          JOIN (VALUES ('person', 'person'), ('person', 'crew'), ('crew', 'crew'), ('machine', 'machine')) AS k(kind, found)
            ON k.found = c.found
         GROUP BY k.kind, c.word, c.rank
    )
    SELECT r.kind, r.word, (array_agg(r.found ORDER BY r.rank) FILTER (WHERE r.hits = 1))[1],
           (array_agg(r.id ORDER BY r.rank) FILTER (WHERE r.hits = 1))[1]
      FROM ranked r GROUP BY r.kind, r.word;
END $$;

-- Every word that may mean somebody.
CREATE FUNCTION neff.all_words() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT w.word FROM neff.resource_words w
    UNION SELECT x.word FROM public.crew_members m, LATERAL (VALUES (m.id::text), (neff.word_key(m.name))) AS x(word)
    UNION SELECT x.word FROM public.crews g, LATERAL (VALUES (g.id::text), (neff.word_key(g.name))) AS x(word)
    UNION SELECT x.word FROM public.equipment q, LATERAL (VALUES (q.id::text), (neff.word_key(q.name))) AS x(word)
    UNION SELECT neff.word_key(s.written) FROM public.resource_aliases s $$;

-- ---- Reading what is written -----------------------------------------------------------------------------------
-- Every word of the JSON columns that could name somebody, in the order in which it is tried; `place` is the
-- position of the job in the arrays. Whatever the columns hold, this does not raise.
CREATE FUNCTION neff.read_written(p_crew jsonb[], p_equipment jsonb[]) RETURNS SETOF neff.written_word
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT j.place, c.kind, e.item, w.rank, w.only_crew,
           CASE WHEN c.is_list AND length(w.word) <= 500 THEN btrim(neff.folded(w.word), E' \t\r\n') END,
           left(coalesce(nullif(btrim(CASE WHEN jsonb_typeof(e.value) = 'object'
                THEN coalesce(e.value->>'name', e.value->>'crew', e.value->>'id') ELSE e.value #>> '{}' END), ''),
                e.value::text), 500)
      FROM unnest(p_crew, p_equipment) WITH ORDINALITY AS j(crew, equipment, place)
     CROSS JOIN LATERAL (VALUES ('person', j.crew, coalesce(jsonb_typeof(j.crew) = 'array', false)),
                                ('machine', j.equipment, coalesce(jsonb_typeof(j.equipment) = 'array', false))
           ) AS c(kind, doc, is_list)
     CROSS JOIN LATERAL jsonb_array_elements(CASE WHEN c.is_list THEN c.doc ELSE jsonb_build_array(c.doc) END)
           WITH ORDINALITY AS e(value, item)
     CROSS JOIN LATERAL (
           SELECT 1 AS rank, false AS only_crew, e.value #>> '{}' AS word
            WHERE jsonb_typeof(e.value) NOT IN ('object', 'null') AND btrim(e.value #>> '{}', E' \t\r\n\u00a0') <> ''
           UNION ALL
           SELECT o.rank, o.only_crew, o.word
             FROM (VALUES (1, false, e.value->>'id'), (2, false, e.value->>'name'), (3, true, e.value->>'crew'),
                          (4, false, NULL)) AS o(rank, only_crew, word)
            WHERE jsonb_typeof(e.value) = 'object' AND e.value <> '{}'
              AND (o.rank = 4 OR o.word IS NOT NULL) AND (NOT o.only_crew OR c.kind = 'person')
           ) AS w;
END $$;

-- Whom the words name. The first word of an item that means somebody decides: an id beats a name, whoever else may have
-- that name.
CREATE FUNCTION neff.match_written(p_words neff.written_word[]) RETURNS SETOF neff.written_match
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT DISTINCT ON (w.place, w.kind, w.item)
           w.place, w.kind, w.item, coalesce(m.found, 'unknown'), m.resource_id, w.written,
           CASE WHEN m.found IS NULL THEN CASE WHEN m.word IS NOT NULL THEN 'ambiguous' ELSE 'unknown' END END
      FROM unnest(p_words) AS w
      LEFT JOIN neff.resource_words m ON m.word = w.key AND m.kind = CASE WHEN w.only_crew THEN 'crew' ELSE w.kind END
     ORDER BY w.place, w.kind, w.item, m.found IS NULL, CASE WHEN m.found IS NOT NULL THEN w.rank END, m.word IS NULL, w.rank;
END $$;

-- When a day begins in a zone: the first of two midnights where the clocks go back at midnight, the end of the gap where
-- they go forward.
CREATE FUNCTION neff.start_of_day(p_day date, p_zone text) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT min(t.at - b.before)
      FROM (SELECT p_day::timestamp AT TIME ZONE p_zone AS at) AS t,
           (VALUES (interval '0'), (interval '30 minutes'), (interval '1 hour'), (interval '2 hours')) AS b(before)
     WHERE b.before = interval '0' OR (t.at - b.before) AT TIME ZONE p_zone >= p_day $$;

-- What jobs with these times and these people, crews and machines claim. Up to 24 hours: one range. Longer: one range
-- for each working day, and for the first and the last day whatever they are; a local day is what the office's
-- clock says, 23 and 25 hours long when the clocks change. Over a year, or without end: one range.
CREATE FUNCTION neff.spread_claims(p_starts timestamptz[], p_ends timestamptz[], p_matches neff.written_match[])
RETURNS TABLE (place bigint, resource_kind text, resource_id uuid, via_crew_id uuid, during tstzrange)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_indexscan = off SET enable_indexonlyscan = off AS $$
DECLARE
    zone constant text := neff.office_time_zone();
    working integer[];
BEGIN
    IF EXISTS (SELECT FROM unnest(p_starts, p_ends) AS j(starts, ends) WHERE j.ends > j.starts + interval '24 hours') THEN
        working := neff.office_working_days();
    END IF;
    RETURN QUERY
    WITH span AS MATERIALIZED (
        SELECT j.place, j.starts, j.ends,
               (least(greatest(j.starts, '1900-01-01Z'), '2200-01-01Z') AT TIME ZONE zone)::date AS first_day,
               CASE WHEN j.starts >= '1900-01-01Z' AND j.ends < '2200-01-01Z'
                     AND j.ends > j.starts + interval '24 hours' AND j.ends <= j.starts + interval '366 days'
                    THEN ((j.ends - interval '1 microsecond') AT TIME ZONE zone)::date END AS last_day
          FROM unnest(p_starts, p_ends) WITH ORDINALITY AS j(starts, ends, place)
    ), asked AS (
        SELECT DISTINCT d.day::date AS day
          FROM span s CROSS JOIN LATERAL generate_series(s.first_day::timestamp, s.last_day::timestamp, interval '1 day') AS d(day)
         WHERE s.last_day IS NOT NULL AND (d.day::date IN (s.first_day, s.last_day) OR extract(isodow FROM d.day)::integer = ANY (working))
    ), day AS MATERIALIZED (
        SELECT a.day, tstzrange(e.starts, greatest(e.starts, e.ends)) AS during
          FROM asked a
         CROSS JOIN LATERAL (SELECT neff.start_of_day(a.day, zone) AS starts, neff.start_of_day(a.day + 1, zone) AS ends OFFSET 0) AS e
    ), part AS (
        SELECT s.place, s.first_day AS day, tstzrange(s.starts, s.ends) AS during FROM span s WHERE s.last_day IS NULL
        UNION ALL
        SELECT s.place, d.day, d.during * tstzrange(s.starts, s.ends)
          FROM span s JOIN day d ON d.day BETWEEN s.first_day AND s.last_day
         WHERE s.last_day IS NOT NULL
           AND (d.day IN (s.first_day, s.last_day) OR extract(isodow FROM d.day)::integer = ANY (working))
    ), claim AS (
        SELECT p.place, m.found AS resource_kind, m.resource_id, NULL::uuid AS via_crew_id, p.during
          FROM unnest(p_matches) AS m JOIN part p ON p.place = m.place
         WHERE m.found IN ('person', 'machine')
        UNION ALL
        SELECT p.place, 'person', s.crew_member_id, s.crew_id, p.during
          FROM unnest(p_matches) AS m
          JOIN part p ON p.place = m.place
          JOIN public.crew_memberships s ON s.crew_id = m.resource_id AND s.during @> p.day
         WHERE m.found = 'crew'
    )
    SELECT DISTINCT ON (c.place, c.during, c.resource_id)
           c.place, c.resource_kind, c.resource_id, c.via_crew_id, c.during
      FROM claim c
     WHERE NOT isempty(c.during)
     ORDER BY c.place, c.during, c.resource_id, c.via_crew_id NULLS FIRST;
END $$;

-- ---- Checking and claiming --------------------------------------------------------------------------------------
-- Functions that ask a GiST index again and again within one statement turn plain index scans off (see above): bitmap scans
-- never mark an entry.
-- Which of these claims (those that hold) meet a claim that is not released, or an earlier one among themselves.
-- A few: look each up. Many: one pass over all of them in the order of time, and a closer look at what touches.
CREATE FUNCTION neff.clashing_claims(p_claims neff.assignment_claim[]) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off AS $$
DECLARE
    clashing bigint[];
BEGIN
    IF cardinality(p_claims) <= 100 THEN
        RETURN ARRAY(
            SELECT c.n FROM unnest(p_claims) AS c
             WHERE c.holds
               AND ((SELECT true FROM public.job_assignments x
                      WHERE x.resource_id = c.resource_id AND x.during && c.during AND x.state = 'firm'
                        AND x.job_schedule_id <> c.job_schedule_id LIMIT 1)
                 OR (SELECT true FROM public.job_assignments x
                      WHERE x.resource_id = c.resource_id AND x.during && c.during AND x.state IN ('conflict', 'overridden')
                        AND x.job_schedule_id <> c.job_schedule_id LIMIT 1)
                 OR (SELECT true FROM unnest(p_claims) AS o
                      WHERE o.holds AND o.n < c.n AND o.resource_id = c.resource_id AND o.during && c.during
                        AND o.job_schedule_id <> c.job_schedule_id LIMIT 1)));
    END IF;
    WITH asked AS (
        SELECT c.n, c.job_schedule_id, c.resource_id, c.during FROM unnest(p_claims) AS c WHERE c.holds
    ), reach AS (
        SELECT a.resource_id, tstzrange(min(lower(a.during)), max(upper(a.during)), '[]') AS during
          FROM asked a GROUP BY a.resource_id
    ), line AS (
        SELECT a.n, a.job_schedule_id, a.resource_id, a.during FROM asked a
        UNION ALL
        SELECT 0, f.job_schedule_id, r.resource_id, f.during
          FROM reach r CROSS JOIN LATERAL (
               SELECT x.job_schedule_id, x.during FROM public.job_assignments x
                WHERE x.resource_id = r.resource_id AND x.during && r.during AND x.state = 'firm' OFFSET 0) AS f
        UNION ALL
        SELECT 0, f.job_schedule_id, r.resource_id, f.during
          FROM reach r CROSS JOIN LATERAL (
               SELECT x.job_schedule_id, x.during FROM public.job_assignments x
                WHERE x.resource_id = r.resource_id AND x.during && r.during
                  AND x.state IN ('conflict', 'overridden') OFFSET 0) AS f
    ), walk AS (
        SELECT l.*, max(upper(l.during)) OVER (before ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS busy_until,
               lead(lower(l.during)) OVER before AS next_start
          FROM line l
        WINDOW before AS (PARTITION BY l.resource_id ORDER BY lower(l.during), upper(l.during), l.n)
    ), heap AS (  -- claims that hang together in time
        SELECT w.*, count(*) FILTER (WHERE w.busy_until IS NULL OR w.busy_until <= lower(w.during))
                    OVER (PARTITION BY w.resource_id ORDER BY lower(w.during), upper(w.during), w.n
                          ROWS UNBOUNDED PRECEDING) AS island
          FROM walk w
         ORDER BY w.n DESC  -- the earliest last: a hash join meets it first
    )
    SELECT array_agg(h.n) INTO clashing
      FROM heap h
     WHERE h.n > 0
       AND (h.busy_until > lower(h.during) OR h.next_start < upper(h.during))
       AND EXISTS (SELECT FROM heap o
                    WHERE o.resource_id = h.resource_id AND o.island = h.island AND o.n < h.n
                      AND o.during && h.during AND o.job_schedule_id <> h.job_schedule_id);
    RETURN coalesce(clashing, '{}');
END $$;

-- Who waits (conflict) where time became free is looked at again; who came first is first served.
CREATE FUNCTION neff.promote_waiting(p_resources uuid[], p_times tstzrange[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off AS $$
DECLARE
    promoted bigint;
BEGIN
    WITH waiting AS MATERIALIZED (
        SELECT DISTINCT w.id, w.job_schedule_id, w.resource_id, w.during
          FROM unnest(p_resources, p_times) AS f(resource_id, during)
         CROSS JOIN LATERAL (
               SELECT x.id, x.job_schedule_id, x.resource_id, x.during FROM public.job_assignments x
                WHERE x.resource_id = f.resource_id AND x.during && f.during AND x.state = 'conflict' OFFSET 0) AS w
    ), free AS (
        SELECT w.id FROM waiting w
         WHERE (SELECT true FROM public.job_assignments y
                 WHERE y.resource_id = w.resource_id AND y.during && w.during AND y.state = 'firm'
                   AND y.job_schedule_id <> w.job_schedule_id LIMIT 1) IS NULL
           AND (SELECT true FROM public.job_assignments y
                 WHERE y.resource_id = w.resource_id AND y.during && w.during AND y.state IN ('conflict', 'overridden')
                   AND y.job_schedule_id <> w.job_schedule_id AND y.id < w.id LIMIT 1) IS NULL
    )
    UPDATE public.job_assignments x SET state = 'firm' FROM free f WHERE x.id = f.id;
    GET DIAGNOSTICS promoted = ROW_COUNT;
    RETURN promoted;
END $$;

-- What the office is told, and the programs that ask beforehand: each claim beside the other job it meets.
CREATE FUNCTION neff.describe_clashes(p_claims neff.assignment_claim[])
RETURNS TABLE (job_id uuid, resource_kind text, resource_id uuid, resource_name text, via_crew_id uuid,
               during tstzrange, other_job_id uuid, other_address text, other_customer text,
               other_start timestamptz, other_end timestamptz, other_status text, other_state text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off AS $$
BEGIN
    RETURN QUERY
    SELECT c.job_schedule_id, c.resource_kind, c.resource_id,
           coalesce((SELECT m.name FROM public.crew_members m WHERE m.id = c.resource_id AND c.resource_kind = 'person'),
                    (SELECT q.name FROM public.equipment q WHERE q.id = c.resource_id AND c.resource_kind = 'machine'))::text,
           c.via_crew_id, o.during * c.during, j.id, j.location_address, t.client_name::text,
           j.start_date, j.end_date, j.status::text, o.state
      FROM unnest(p_claims) AS c
     CROSS JOIN LATERAL (
           SELECT x.job_schedule_id, x.during, x.state FROM public.job_assignments x
            WHERE x.resource_id = c.resource_id AND x.during && c.during AND x.state = 'firm'
           UNION ALL
           SELECT x.job_schedule_id, x.during, x.state FROM public.job_assignments x
            WHERE x.resource_id = c.resource_id AND x.during && c.during AND x.state IN ('conflict', 'overridden')
           OFFSET 0) AS o
      JOIN public.job_schedules j ON j.id = o.job_schedule_id
      -- What the row policy of contracts hides is not told here either.
      LEFT JOIN public.contracts t ON t.id = j.contract_id
       AND ((SELECT neff.sees_all()) OR t.status <> 'canceled' OR greatest(t.created_at, t.updated_at) > CURRENT_TIMESTAMP - INTERVAL '1 year')
     WHERE o.job_schedule_id IS DISTINCT FROM c.job_schedule_id
     ORDER BY c.n, lower(o.during), j.id;
END $$;

-- Brings job_assignments, job_crews and job_unknown_resources in line with these jobs (those that are gone included):
-- releases what changed, of all the jobs, before anything is claimed. What did not change, or only shrank, keeps its
-- state. `p_refuse`: a new clash without a reason raises NF001. `p_new`: the jobs hold nothing yet. `p_only_release`: as
-- far as the first half. `p_part` of `p_parts`: only every so many of the people and machines. `p_same_words`: only times
-- and states changed. Returned: what became free, for promote_waiting(). Callers stand in the gate of 0009.
CREATE FUNCTION neff.assign_jobs(p_jobs uuid[], p_refuse boolean, p_new boolean DEFAULT false, p_only_release boolean DEFAULT false,
                                 p_part integer DEFAULT 0, p_parts integer DEFAULT 1, p_same_words boolean DEFAULT false,
                                 OUT freed uuid[], OUT freed_times tstzrange[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
SET plan_cache_mode = force_generic_plan SET work_mem = '16MB' AS $$
DECLARE
    jobs uuid[];
    starts timestamptz[];
    ends timestamptz[];
    holding boolean[];
    crews jsonb[];
    machines jsonb[];
    words neff.written_word[];
    matches neff.written_match[];
    claims neff.assignment_claim[];
    kept bigint[];
    clashing bigint[];
    refused neff.assignment_claim[];
    details jsonb;
    named record;
BEGIN
    IF cardinality(p_jobs) > 32 THEN
        PERFORM set_config('plan_cache_mode', 'force_custom_plan', true), set_config('work_mem', '64MB', true);
    END IF;

    SELECT array_agg(j.id), array_agg(j.start_date), array_agg(j.end_date),
           array_agg(j.status NOT IN ('completed', 'canceled')), array_agg(j.crew_assigned), array_agg(j.equipment_needed)
      INTO jobs, starts, ends, holding, crews, machines
      FROM (SELECT s.* FROM public.job_schedules s WHERE s.id = ANY (p_jobs) ORDER BY s.created_at, s.start_date, s.id) AS j;
    words := ARRAY(SELECT w FROM neff.read_written(crews, machines) AS w);
    matches := ARRAY(SELECT m FROM neff.match_written(words) AS m
                      WHERE p_parts = 1 OR m.found NOT IN ('person', 'machine') OR abs(uuid_hash(m.resource_id) % p_parts) = p_part);
    claims := ARRAY(
        SELECT ROW(row_number() OVER (ORDER BY c.place, lower(c.during), c.resource_id), jobs[c.place], holding[c.place],
                   c.resource_kind, c.resource_id, c.via_crew_id, c.during)::neff.assignment_claim
          FROM neff.spread_claims(starts, ends, matches) AS c
         WHERE p_parts = 1 OR abs(uuid_hash(c.resource_id) % p_parts) = p_part
         ORDER BY 1);

    IF NOT p_new THEN
        WITH old AS MATERIALIZED (
            SELECT a.* FROM public.job_assignments a
             WHERE a.job_schedule_id = ANY (p_jobs) AND (p_parts = 1 OR abs(uuid_hash(a.resource_id) % p_parts) = p_part)
        ), pair AS (
            SELECT DISTINCT ON (c.n) c.n, o.id, o.state, o.during, o.via_crew_id, c.during AS new_during,
                   c.via_crew_id AS new_via,
                   CASE WHEN NOT c.holds THEN 'released'
                        WHEN o.state NOT IN ('conflict', 'overridden') THEN o.state
                        WHEN EXISTS (SELECT FROM public.assignment_overrides r
                                      WHERE r.job_schedule_id = c.job_schedule_id AND r.resource_id = c.resource_id
                                        AND r.covers @> c.during) THEN 'overridden'
                        ELSE 'conflict' END AS new_state
              FROM unnest(claims) AS c
              JOIN old o ON o.job_schedule_id = c.job_schedule_id AND o.resource_id = c.resource_id
                        AND c.during <@ o.during
                        AND CASE WHEN c.holds THEN o.state <> 'released' ELSE c.during = o.during END
             ORDER BY c.n, o.id
        ), keep AS MATERIALIZED (
            SELECT DISTINCT ON (p.id) p.* FROM pair p ORDER BY p.id, p.n
        ), changed AS (
            UPDATE public.job_assignments a SET during = k.new_during, via_crew_id = k.new_via, state = k.new_state
              FROM keep k
             WHERE a.id = k.id
               AND (k.during <> k.new_during OR k.state <> k.new_state OR k.via_crew_id IS DISTINCT FROM k.new_via)
        ), gone AS (
            DELETE FROM public.job_assignments a USING old o
             WHERE a.id = o.id AND NOT EXISTS (SELECT FROM keep k WHERE k.id = o.id)
        ), free AS (
            SELECT o.resource_id, o.during FROM old o
             WHERE o.state <> 'released'
               AND NOT EXISTS (SELECT FROM keep k WHERE k.id = o.id AND k.new_state <> 'released' AND k.new_during = o.during
                                                    AND NOT (k.new_state = 'conflict' AND k.state = 'overridden'))
        )
        SELECT (SELECT array_agg(k.n) FROM keep k), (SELECT array_agg(f.resource_id) FROM free f),
               (SELECT array_agg(f.during) FROM free f)
          INTO kept, freed, freed_times;
        IF p_only_release THEN
            RETURN;
        ELSIF kept IS NOT NULL THEN
            claims := ARRAY(SELECT c FROM unnest(claims) AS c LEFT JOIN unnest(kept) AS k(n) ON k.n = c.n
                             WHERE k.n IS NULL ORDER BY c.n);
        END IF;
    END IF;

    -- Check in a new statement; then claim.
    IF cardinality(claims) > 0 THEN
        clashing := neff.clashing_claims(claims);
        INSERT INTO public.job_assignments (job_schedule_id, resource_kind, resource_id, via_crew_id, during, state)
        SELECT c.job_schedule_id, c.resource_kind, c.resource_id, c.via_crew_id, c.during,
               CASE WHEN NOT c.holds THEN 'released' WHEN x.n IS NULL THEN 'firm'
                    WHEN EXISTS (SELECT FROM public.assignment_overrides o
                                  WHERE o.job_schedule_id = c.job_schedule_id AND o.resource_id = c.resource_id
                                    AND o.covers @> c.during) THEN 'overridden'
                    ELSE 'conflict' END
          FROM unnest(claims) AS c LEFT JOIN unnest(clashing) AS x(n) ON x.n = c.n
         ORDER BY c.n;

        IF p_refuse AND cardinality(clashing) > 0 THEN
            refused := ARRAY(
                SELECT c FROM unnest(clashing) AS x(n)
                  JOIN unnest(claims) AS c ON c.n = x.n
                  JOIN public.job_assignments a ON a.job_schedule_id = c.job_schedule_id AND a.resource_id = c.resource_id
                   AND a.during = c.during AND a.state = 'conflict'
                 ORDER BY c.n LIMIT 50);
            IF cardinality(refused) > 0 THEN
                SELECT jsonb_agg(jsonb_build_object(
                           'job', d.job_id,
                           'resource', jsonb_build_object('kind', d.resource_kind, 'id', d.resource_id,
                                                          'name', d.resource_name, 'crew', d.via_crew_id),
                           'other', jsonb_build_object('id', d.other_job_id, 'address', d.other_address,
                                                       'customer', d.other_customer, 'start', d.other_start,
                                                       'end', d.other_end, 'status', d.other_status)))
                  INTO details
                  FROM (SELECT * FROM neff.describe_clashes(refused) LIMIT 50) AS d;
                RAISE EXCEPTION 'double booking: % is on another job at that time', details #>> '{0,resource,name}'
                    USING ERRCODE = 'NF001', DETAIL = jsonb_build_object('clashes', coalesce(details, '[]'))::text,
                          HINT = 'Choose another time or resource, or give a reason in assignment_overrides first.';
            END IF;
        END IF;
    END IF;

    -- The crews named, what names nobody, and the words by which all of it was found.
    IF p_same_words THEN
        RETURN;
    ELSIF NOT p_new THEN
        WITH crew_gone AS (
            DELETE FROM public.job_crews x
             WHERE x.job_schedule_id = ANY (p_jobs)
               AND NOT EXISTS (SELECT FROM unnest(matches) AS m
                                WHERE jobs[m.place] = x.job_schedule_id AND m.found = 'crew' AND m.resource_id = x.crew_id)
        ), known AS (
            DELETE FROM public.job_unknown_resources x
             WHERE x.job_schedule_id = ANY (p_jobs)
               AND NOT EXISTS (SELECT FROM unnest(matches) AS m
                                WHERE jobs[m.place] = x.job_schedule_id AND m.found = 'unknown' AND m.kind = x.kind
                                  AND m.written = x.written AND m.reason = x.reason)
        )
        DELETE FROM neff.job_mentions x
         WHERE x.job_schedule_id = ANY (p_jobs)
           AND NOT EXISTS (SELECT FROM unnest(words) AS w
                            WHERE jobs[w.place] = x.job_schedule_id AND w.key IS NOT NULL AND ends[w.place] > now());
    END IF;
    SELECT bool_or(m.found = 'crew') AS a_crew, bool_or(m.found = 'unknown') AS nobody INTO named FROM unnest(matches) AS m;
    IF named.a_crew THEN
        INSERT INTO public.job_crews (job_schedule_id, crew_id)
        SELECT DISTINCT jobs[m.place], m.resource_id FROM unnest(matches) AS m WHERE m.found = 'crew'
        ON CONFLICT DO NOTHING;
    END IF;
    IF named.nobody THEN
        INSERT INTO public.job_unknown_resources (job_schedule_id, kind, written, reason)
        SELECT DISTINCT ON (m.place, m.kind, m.written) jobs[m.place], m.kind, m.written, m.reason
          FROM unnest(matches) AS m WHERE m.found = 'unknown'
        ON CONFLICT DO NOTHING;
    END IF;
    INSERT INTO neff.job_mentions AS x (job_schedule_id, numbers)
    SELECT jobs[w.place], array_agg(DISTINCT ('x' || left(md5(w.key), 8))::bit(32)::integer)
      FROM unnest(words) AS w WHERE w.key IS NOT NULL AND ends[w.place] > now() GROUP BY w.place
    ON CONFLICT (job_schedule_id) DO UPDATE SET numbers = excluded.numbers WHERE x.numbers <> excluded.numbers;
END $$;

-- Any number of jobs, some thousand at a time; then who waited for what they leave. All of them release before the first
-- claims.
CREATE FUNCTION neff.assign_all(p_jobs uuid[], p_refuse boolean, p_new boolean DEFAULT false, p_same_words boolean DEFAULT false)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    at_once constant integer := 5000;
    many constant boolean := cardinality(p_jobs) > at_once;
    jobs uuid[] := p_jobs;
    resources uuid[];
    times tstzrange[];
    step record;
BEGIN
    IF many THEN
        jobs := ARRAY(SELECT j.id FROM unnest(p_jobs) AS j(id) LEFT JOIN public.job_schedules s ON s.id = j.id
                       ORDER BY s.created_at, s.start_date, j.id);
    END IF;
    FOR pass IN CASE WHEN many AND NOT p_new THEN 1 ELSE 2 END .. 2 LOOP
        FOR i IN 1 .. cardinality(jobs) BY at_once LOOP
            step := neff.assign_jobs(jobs[i : i + at_once - 1], p_refuse, p_new, pass = 1, 0, 1, p_same_words);
            resources := resources || step.freed;
            times := times || step.freed_times;
            IF many THEN  -- one stretch of each person and machine says enough
                SELECT array_agg(f.resource_id), array_agg(f.during) INTO resources, times
                  FROM (SELECT x.resource_id, tstzrange(min(lower(x.during)), max(upper(x.during)), '[]') AS during
                          FROM unnest(resources, times) AS x(resource_id, during) GROUP BY 1) AS f;
            END IF;
        END LOOP;
    END LOOP;
    IF resources IS NOT NULL THEN
        PERFORM neff.promote_waiting(resources, times);
        -- What an old snapshot does not show waits there, too.
        IF current_setting('transaction_isolation') NOT LIKE 'read %' THEN
            INSERT INTO neff.assignment_notes (xid, resource_id, during)
            SELECT NULL, f.resource_id, f.during FROM unnest(resources, times) AS f(resource_id, during);
        END IF;
    END IF;
END $$;

-- Words whose meaning is not what the tables of people, crews, machines and aliases say.
CREATE FUNCTION neff.misread_words() RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT coalesce(n.word, w.word)), '{}')
      FROM neff.meaning_of(ARRAY(SELECT neff.all_words())) AS n
      FULL JOIN neff.resource_words w ON w.word = n.word AND w.kind = n.kind
     WHERE n.word IS NULL OR w.word IS NULL OR n.resource_id IS DISTINCT FROM w.resource_id $$;

-- The jobs still to come whose assignments are not what they should be. Looks only: no lock is taken.
CREATE FUNCTION neff.misassigned_jobs() RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
SET plan_cache_mode = force_custom_plan SET work_mem = '64MB' AS $$
DECLARE
    jobs uuid[];
    starts timestamptz[];
    ends timestamptz[];
    holding boolean[];
    crews jsonb[];
    machines jsonb[];
    matches neff.written_match[];
BEGIN
    SELECT array_agg(s.id), array_agg(s.start_date), array_agg(s.end_date),
           array_agg(s.status NOT IN ('completed', 'canceled')), array_agg(s.crew_assigned), array_agg(s.equipment_needed)
      INTO jobs, starts, ends, holding, crews, machines
      FROM public.job_schedules s WHERE s.end_date > now();
    matches := ARRAY(SELECT m FROM neff.match_written(ARRAY(SELECT w FROM neff.read_written(crews, machines) AS w)) AS m);
    RETURN ARRAY(
        SELECT coalesce(d.job_schedule_id, a.job_schedule_id)
          FROM (SELECT jobs[c.place] AS job_schedule_id, c.resource_id, c.during, NOT holding[c.place] AS released
                  FROM neff.spread_claims(starts, ends, matches) AS c) AS d
          FULL JOIN (SELECT x.job_schedule_id, x.resource_id, x.during, x.state = 'released' AS released
                       FROM public.job_assignments x LEFT JOIN public.job_schedules s ON s.id = x.job_schedule_id
                      WHERE s.id IS NULL OR s.end_date > now()) AS a
            ON a.job_schedule_id = d.job_schedule_id AND a.resource_id = d.resource_id AND a.during = d.during
               AND a.released = d.released
         WHERE a.job_schedule_id IS NULL OR d.job_schedule_id IS NULL
        UNION
        SELECT m.job_schedule_id FROM neff.job_mentions m
         WHERE m.numbers && (SELECT array_agg(('x' || left(md5(w.word), 8))::bit(32)::integer) FROM unnest(neff.misread_words()) AS w(word)));
END $$;

-- Somebody waits for nothing: no firm claim and no earlier one of anybody else is in the way.
CREATE FUNCTION neff.somebody_waits_in_vain() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off AS $$
    SELECT EXISTS (
        SELECT FROM public.job_assignments a
         WHERE a.state = 'conflict' AND upper(a.during) > now()
           AND (SELECT true FROM public.job_assignments b
                 WHERE b.resource_id = a.resource_id AND b.during && a.during AND b.state = 'firm'
                   AND b.job_schedule_id <> a.job_schedule_id LIMIT 1) IS NULL
           AND (SELECT true FROM public.job_assignments b
                 WHERE b.resource_id = a.resource_id AND b.during && a.during AND b.state IN ('conflict', 'overridden')
                   AND b.job_schedule_id <> a.job_schedule_id AND b.id < a.id LIMIT 1) IS NULL)
$$;

-- While dragging, and before saving: whom would this job meet? `p_job` may be NULL (a new one).
CREATE FUNCTION neff.find_clashes(p_job uuid, p_start timestamptz, p_end timestamptz, p_crew jsonb, p_equipment jsonb)
RETURNS TABLE (resource_kind text, resource_id uuid, resource_name text, via_crew_id uuid, during tstzrange,
               other_job_id uuid, other_address text, other_customer text, other_start timestamptz,
               other_end timestamptz, other_status text, other_state text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET jit = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY
    SELECT d.resource_kind, d.resource_id, d.resource_name, d.via_crew_id, d.during, d.other_job_id, d.other_address,
           d.other_customer, d.other_start, d.other_end, d.other_status, d.other_state
      FROM neff.describe_clashes(ARRAY(
               SELECT ROW(row_number() OVER (ORDER BY lower(c.during), c.resource_id), p_job, true, c.resource_kind,
                          c.resource_id, c.via_crew_id, c.during)::neff.assignment_claim
                 FROM neff.spread_claims(ARRAY[p_start], ARRAY[p_end], ARRAY(
                          SELECT m FROM neff.match_written(ARRAY(
                              SELECT w FROM neff.read_written(ARRAY[p_crew], ARRAY[p_equipment]) AS w)) AS m)) AS c
                WHERE p_start < p_end AND neff.may_look())) AS d;  -- nobody who was switched off
END $$;
GRANT EXECUTE ON FUNCTION neff.find_clashes(uuid, timestamptz, timestamptz, jsonb, jsonb) TO neff_app, neff_admin;

-- What Today shows: each claim in conflict beside the other job (none, where a writer could not wait to find out).
CREATE VIEW assignment_conflicts AS
SELECT c.id AS assignment_id, c.job_schedule_id, c.resource_kind, c.resource_id, c.via_crew_id, c.during, c.created_at,
       o.job_schedule_id AS other_job_id, o.during AS other_during, o.state AS other_state
  FROM job_assignments c
  LEFT JOIN LATERAL (
       SELECT x.job_schedule_id, x.during, x.state FROM job_assignments x
        WHERE x.resource_id = c.resource_id AND x.during && c.during AND x.state = 'firm'
          AND x.job_schedule_id <> c.job_schedule_id
       UNION ALL
       SELECT x.job_schedule_id, x.during, x.state FROM job_assignments x
        WHERE x.resource_id = c.resource_id AND x.during && c.during AND x.state IN ('conflict', 'overridden')
          AND x.job_schedule_id <> c.job_schedule_id
       OFFSET 0) AS o ON true
 WHERE c.state = 'conflict';

INSERT INTO schema_versions (version, description, min_program) VALUES ('3.0.8', 'Double booking: reading, deriving, claiming', '0.1.0');

RESET ROLE;
