-- Who and what is on a job, when: derived from job_schedules.crew_assigned and equipment_needed, never written by
-- hand. This file holds the tables and the functions that derive, check and claim; 0009 attaches them to the tables
-- whose changes matter.
--
-- How two writers are kept apart (no sleep, no retry, right at READ COMMITTED and at REPEATABLE READ):
--   1. advisory transaction locks, always in this order: the whole office (shared; a bulk statement takes it alone
--      and needs no other), the names a job mentions (shared; whoever changes a person, crew or machine takes them
--      alone), each person's and machine's days (alone), each kind in the order of its keys;
--   2. a new statement, which therefore sees everything committed before the locks were had;
--   3. at REPEATABLE READ it does not, so every claim that looks free is tried out against both exclusion
--      constraints, which look at what is really there, in a subtransaction that is always rolled back.
-- Row locks would not do: at REPEATABLE READ a row changed meanwhile raises 40001, and every lock is a write.
SET LOCAL ROLE neff_owner;
SET LOCAL timezone = 'UTC';

-- No foreign key to job_schedules: its checks would cost a third of a bulk insert, and its cascade would delete rows
-- before the locks are had. The triggers of 0009 delete what a deleted job held.
CREATE TABLE job_assignments (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,   -- also who came first
    job_schedule_id uuid NOT NULL,
    resource_kind   text NOT NULL CHECK (resource_kind IN ('person', 'machine')),
    resource_id     uuid NOT NULL,
    via_crew_id     uuid,                             -- the crew that brought the person along
    during          tstzrange NOT NULL CHECK (NOT isempty(during)),
    state           text NOT NULL CHECK (state IN ('firm', 'overridden', 'conflict', 'released', 'probe')),
    created_at      timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT job_assignments_never_two EXCLUDE USING gist (resource_id WITH =, during WITH &&)
        WHERE (state = 'firm'),
    -- Finds what is not firm; and a probe (never committed) runs into every row of it that overlaps.
    CONSTRAINT job_assignments_probe EXCLUDE USING gist
        (resource_id WITH =, during WITH &&, ((state = 'probe')::integer) WITH <>)
        WHERE (state IN ('conflict', 'overridden', 'probe'))
);
CREATE INDEX idx_job_assignments_job ON job_assignments (job_schedule_id);
-- What somebody did: the constraints find what is not released, this the rest.
CREATE INDEX idx_job_assignments_released ON job_assignments (resource_id) WHERE state = 'released';
COMMENT ON TABLE job_assignments IS
    'Derived from job_schedules by triggers: which person or machine a job claims, and whether the claim stands';
COMMENT ON COLUMN job_assignments.state IS
    'firm; overridden: double booked with a reason; conflict: double booked by another program; released: the job is over or cancelled';

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
CREATE INDEX idx_job_unknown_resources_written ON job_unknown_resources (lower(btrim(written, E' \t\r\n\u00a0')));

-- "Whenever somebody writes 'Big Bob', it is this person": said once.
CREATE TABLE resource_aliases (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind        text NOT NULL CHECK (kind IN ('person', 'crew', 'machine')),
    written     varchar(500) NOT NULL CHECK (btrim(written, E' \t\r\n\u00a0') <> ''),
    resource_id uuid NOT NULL,
    created_by  varchar(255) NOT NULL DEFAULT neff.app_actor(),
    created_at  timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE UNIQUE INDEX resource_aliases_written
    ON resource_aliases ((kind = 'machine'), lower(btrim(written, E' \t\r\n\u00a0')));
CREATE INDEX idx_resource_aliases_resource ON resource_aliases (resource_id);
CREATE INDEX idx_crew_members_name ON crew_members (lower(btrim(name, E' \t\r\n\u00a0')));
CREATE INDEX idx_crews_name ON crews (lower(btrim(name, E' \t\r\n\u00a0')));
CREATE INDEX idx_equipment_name ON equipment (lower(btrim(name, E' \t\r\n\u00a0')));

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

-- What a writer could not finish (it may not wait, and may not fail): neff.settle_assignments() does it with fresh eyes.
CREATE TABLE assignment_backlog (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_schedule_id uuid,                             -- derive this job again …
    resource_id     uuid,                             -- … or look again at who waits for this person or machine
    during          tstzrange,
    why             text,
    created_at      timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TYPE neff.written_word AS (
    place bigint, kind text, item bigint, rank integer, only_crew boolean, key text, written text);
CREATE TYPE neff.written_match AS (
    place bigint, kind text, item bigint, found text, resource_id uuid, written text, reason text);
CREATE TYPE neff.assignment_claim AS (
    n bigint, job_schedule_id uuid, holds boolean, resource_kind text, resource_id uuid, via_crew_id uuid, during tstzrange);

-- ---- Reading what is written -----------------------------------------------------------------------------------
-- Every word of the JSON columns that could name somebody, in the order in which it is tried; `place` is the
-- position of the job in the arrays. Whatever the columns hold, this does not raise.
CREATE FUNCTION neff.read_written(p_crew jsonb[], p_equipment jsonb[]) RETURNS SETOF neff.written_word
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT j.place, c.kind, e.item, w.rank, w.only_crew,
           CASE WHEN c.is_list AND length(w.word) <= 500 THEN lower(btrim(w.word, E' \t\r\n\u00a0')) END,
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

-- Whom the words name: by id, by a name only one of those still employed has, by an alias, by a name only one
-- ever had. Nobody, or more than one: unknown.
CREATE FUNCTION neff.match_written(p_words neff.written_word[]) RETURNS SETOF neff.written_match
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    WITH asked AS (
        SELECT DISTINCT w.kind, w.only_crew, w.key,
               CASE WHEN w.key ~ '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' THEN w.key::uuid END AS as_id
          FROM unnest(p_words) AS w WHERE w.key IS NOT NULL
    ), answer AS (
        SELECT a.kind, a.only_crew, a.key, found.*
          FROM asked a
         CROSS JOIN LATERAL (
            SELECT (array_agg(r.found ORDER BY r.rank) FILTER (WHERE r.hits = 1))[1] AS found,
                   (array_agg(r.id ORDER BY r.rank) FILTER (WHERE r.hits = 1))[1]::uuid AS resource_id,
                   coalesce(bool_or(r.hits > 1), false) AS ambiguous
              FROM (SELECT c.rank, count(*) AS hits, min(c.found) AS found, min(c.id::text) AS id
                      FROM (SELECT 1 AS rank, 'person' AS found, m.id FROM public.crew_members m
                             WHERE m.id = a.as_id AND a.kind = 'person' AND NOT a.only_crew
                            UNION ALL
                            SELECT 1, 'crew', g.id FROM public.crews g WHERE g.id = a.as_id AND a.kind = 'person'
                            UNION ALL
                            SELECT 1, 'machine', q.id FROM public.equipment q WHERE q.id = a.as_id AND a.kind = 'machine'
                            UNION ALL
                            SELECT r.rank, 'person', m.id FROM public.crew_members m, (VALUES (2), (4)) AS r(rank)
                             WHERE lower(btrim(m.name, E' \t\r\n\u00a0')) = a.key AND a.kind = 'person' AND NOT a.only_crew
                               AND (r.rank = 4 OR m.status <> 'terminated')
                            UNION ALL
                            SELECT r.rank, 'crew', g.id FROM public.crews g, (VALUES (2), (4)) AS r(rank)
                             WHERE lower(btrim(g.name, E' \t\r\n\u00a0')) = a.key AND a.kind = 'person'
                               AND (r.rank = 4 OR g.status = 'active')
                            UNION ALL
                            SELECT r.rank, 'machine', q.id FROM public.equipment q, (VALUES (2), (4)) AS r(rank)
                             WHERE lower(btrim(q.name, E' \t\r\n\u00a0')) = a.key AND a.kind = 'machine'
                               AND (r.rank = 4 OR q.status <> 'retired')
                            UNION ALL
                            SELECT 3, s.kind, s.resource_id FROM public.resource_aliases s
                             WHERE (s.kind = 'machine') = (a.kind = 'machine')
                               AND lower(btrim(s.written, E' \t\r\n\u00a0')) = a.key
                               AND (s.kind = 'crew' OR NOT a.only_crew)
                               AND (EXISTS (SELECT FROM public.crew_members m WHERE m.id = s.resource_id AND s.kind = 'person')
                                 OR EXISTS (SELECT FROM public.crews g WHERE g.id = s.resource_id AND s.kind = 'crew')
                                 OR EXISTS (SELECT FROM public.equipment q WHERE q.id = s.resource_id AND s.kind = 'machine'))
                           ) AS c
                     GROUP BY c.rank) AS r
            ) AS found
    )
    SELECT DISTINCT ON (w.place, w.kind, w.item)
           w.place, w.kind, w.item, coalesce(a.found, 'unknown'), a.resource_id, w.written,
           CASE WHEN a.found IS NULL THEN CASE WHEN a.ambiguous THEN 'ambiguous' ELSE 'unknown' END END
      FROM unnest(p_words) AS w
      LEFT JOIN answer a ON a.kind = w.kind AND a.only_crew = w.only_crew AND a.key = w.key
     ORDER BY w.place, w.kind, w.item, a.found IS NULL, a.ambiguous DESC NULLS LAST, w.rank;
END $$;

-- What jobs with these times and these people, crews and machines claim. Up to 24 hours: one range. Longer: one range
-- for each working day, and for the first and the last day whatever they are; a local day is what the office's
-- clock says, 23 and 25 hours long when the clocks change. Over a year, or without end: one range. In zones
-- whose clocks repeat midnight, a job that ends within the repeated hour has a last day that is no stretch of time: left out.
CREATE FUNCTION neff.spread_claims(p_starts timestamptz[], p_ends timestamptz[], p_matches neff.written_match[])
RETURNS TABLE (place bigint, resource_kind text, resource_id uuid, via_crew_id uuid, during tstzrange)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    zone text := neff.office_time_zone();
    working text;
BEGIN
    SELECT c.value INTO working FROM public.system_config c WHERE c.key = 'office_working_days' AND c.value ~ '[1-7]';
    working := coalesce(working, '1,2,3,4,5');
    RETURN QUERY
    WITH span AS (
        SELECT j.place, j.starts, j.ends,
               (least(greatest(j.starts, '1900-01-01Z'), '2200-01-01Z') AT TIME ZONE zone)::date AS first_day,
               CASE WHEN j.starts >= '1900-01-01Z' AND j.ends < '2200-01-01Z'
                     AND j.ends > j.starts + interval '24 hours' AND j.ends <= j.starts + interval '366 days'
                    THEN ((j.ends - interval '1 microsecond') AT TIME ZONE zone)::date END AS last_day
          FROM unnest(p_starts, p_ends) WITH ORDINALITY AS j(starts, ends, place)
    ), part AS (
        SELECT s.place, s.first_day AS day, tstzrange(s.starts, s.ends) AS during FROM span s WHERE s.last_day IS NULL
        UNION ALL
        SELECT s.place, d.day::date,
               CASE WHEN greatest(s.starts, d.day AT TIME ZONE zone) < least(s.ends, (d.day + interval '1 day') AT TIME ZONE zone)
                    THEN tstzrange(greatest(s.starts, d.day AT TIME ZONE zone),
                                   least(s.ends, (d.day + interval '1 day') AT TIME ZONE zone)) END
          FROM span s
         CROSS JOIN LATERAL generate_series(s.first_day::timestamp, s.last_day::timestamp, interval '1 day') AS d(day)
         WHERE s.last_day IS NOT NULL
           AND (d.day::date IN (s.first_day, s.last_day) OR position(extract(isodow FROM d.day)::text IN working) > 0)
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
     WHERE c.during IS NOT NULL AND NOT isempty(c.during)
     ORDER BY c.place, c.during, c.resource_id, c.via_crew_id NULLS FIRST;
END $$;

-- ---- Checking and claiming --------------------------------------------------------------------------------------
-- Which of these claims (those that hold) meet a claim that is not released, or an earlier one among themselves.
-- A few: look each up. Many: one pass over all of them in the order of time, and a closer look at what touches.
CREATE FUNCTION neff.clashing_claims(p_claims neff.assignment_claim[]) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
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

-- Nobody else claims, releases or promotes these people and machines on these days until the transaction ends. (Days
-- begin at eight in UTC: at night, in America.) For spans of no sensible length: nobody does anything.
CREATE FUNCTION neff.lock_claims(p_resources uuid[], p_times tstzrange[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF cardinality(p_times) > 1000
       OR EXISTS (SELECT FROM unnest(p_times) AS t
                   WHERE lower(t) < '1900-01-01Z' OR upper(t) > '2200-01-01Z' OR upper(t) > lower(t) + interval '3 days') THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('neff assignments', 0));
    ELSE
        PERFORM pg_advisory_xact_lock(k.key)
           FROM (SELECT DISTINCT hashtextextended('neff claim ' || c.resource_id || ' ' || d.day, 0) AS key
                   FROM unnest(p_resources, p_times) AS c(resource_id, during)
                  CROSS JOIN LATERAL generate_series(floor((extract(epoch FROM lower(c.during)) - 28800) / 86400)::bigint,
                                                     floor((extract(epoch FROM upper(c.during)) - 28800.000001) / 86400)::bigint
                             ) AS d(day)
                  ORDER BY 1) AS k;
    END IF;
END $$;

-- At REPEATABLE READ: is it really free, whatever this transaction can see? Tried out, and always rolled back.
CREATE FUNCTION neff.claims_are_free(p_claims neff.assignment_claim[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.job_assignments (job_schedule_id, resource_kind, resource_id, during, state)
    SELECT c.job_schedule_id, c.resource_kind, c.resource_id, c.during, s.state
      FROM unnest(p_claims) AS c, (VALUES ('firm'), ('probe')) AS s(state);
    RAISE EXCEPTION USING ERRCODE = 'NF000', MESSAGE = 'tried out';
EXCEPTION
    WHEN exclusion_violation THEN
        RETURN false;
    WHEN SQLSTATE 'NF000' THEN
        RETURN true;
END $$;

-- Who waits (conflict) where time became free is looked at again; who came first is first served.
CREATE FUNCTION neff.promote_waiting(p_resources uuid[], p_times tstzrange[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
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
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
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
      LEFT JOIN public.contracts t ON t.id = j.contract_id
     WHERE o.job_schedule_id IS DISTINCT FROM c.job_schedule_id
     ORDER BY c.n, lower(o.during), j.id;
END $$;

-- The whole of it: brings job_assignments, job_crews and job_unknown_resources in line with these jobs (those that
-- are gone included). What did not change, or only shrank, keeps its state. `p_refuse`: a new clash without a reason raises NF001.
-- `p_new`: the jobs were just inserted and hold nothing yet.
CREATE FUNCTION neff.assign_jobs(p_jobs uuid[], p_refuse boolean, p_new boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
SET plan_cache_mode = force_generic_plan SET work_mem = '16MB' AS $$
DECLARE
    fresh_eyes constant boolean := current_setting('transaction_isolation') LIKE 'read %';
    bulk constant boolean := cardinality(p_jobs) > 32;
    alone boolean := bulk;
    days numeric;
    jobs uuid[];
    starts timestamptz[];
    ends timestamptz[];
    holding boolean[];
    crews jsonb[];
    machines jsonb[];
    words neff.written_word[];
    matches neff.written_match[];
    claims neff.assignment_claim[];
    kept bigint[] := '{}';
    freed uuid[];
    freed_times tstzrange[];
    clashing bigint[];
    suspects neff.assignment_claim[];
    suspect neff.assignment_claim;
    refused neff.assignment_claim[];
    details jsonb;
BEGIN
    IF bulk THEN
        PERFORM set_config('plan_cache_mode', 'force_custom_plan', true), set_config('work_mem', '64MB', true);
    END IF;

    SELECT array_agg(j.id), array_agg(j.start_date), array_agg(j.end_date),
           array_agg(j.status NOT IN ('completed', 'canceled')), array_agg(j.crew_assigned), array_agg(j.equipment_needed),
           sum(extract(epoch FROM least(j.end_date, '2200-01-01Z') - greatest(j.start_date, '1900-01-01Z')) / 86400)
      INTO jobs, starts, ends, holding, crews, machines, days
      FROM (SELECT s.* FROM public.job_schedules s WHERE s.id = ANY (p_jobs) ORDER BY s.created_at, s.start_date, s.id) AS j;
    words := ARRAY(SELECT w FROM neff.read_written(crews, machines) AS w);
    alone := alone OR days > 40 OR cardinality(words) > 1000;

    IF alone THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('neff assignments', 0));
    ELSE
        PERFORM pg_advisory_xact_lock_shared(hashtextextended('neff assignments', 0));
        PERFORM pg_advisory_xact_lock_shared(k.key)
           FROM (SELECT DISTINCT hashtextextended('neff mention ' || m.mention, 0) AS key
                   FROM (SELECT w.key AS mention FROM unnest(words) AS w WHERE w.key IS NOT NULL
                         UNION ALL SELECT a.resource_id::text FROM public.job_assignments a
                                    WHERE NOT p_new AND a.job_schedule_id = ANY (p_jobs)
                         UNION ALL SELECT c.crew_id::text FROM public.job_crews c
                                    WHERE NOT p_new AND c.job_schedule_id = ANY (p_jobs)
                        ) AS m ORDER BY 1) AS k;
    END IF;

    matches := ARRAY(SELECT m FROM neff.match_written(words) AS m);
    claims := ARRAY(
        SELECT ROW(row_number() OVER (ORDER BY c.place, lower(c.during), c.resource_id), jobs[c.place], holding[c.place],
                   c.resource_kind, c.resource_id, c.via_crew_id, c.during)::neff.assignment_claim
          FROM neff.spread_claims(starts, ends, matches) AS c ORDER BY 1);

    IF NOT alone THEN
        PERFORM neff.lock_claims(array_agg(r.resource_id), array_agg(r.during))
           FROM (SELECT c.resource_id, c.during FROM unnest(claims) AS c WHERE c.holds
                 UNION ALL SELECT a.resource_id, a.during FROM public.job_assignments a
                            WHERE NOT p_new AND a.job_schedule_id = ANY (p_jobs) AND a.state <> 'released') AS r;
    END IF;

    -- Release everything that changed, of all the jobs, before anything is claimed.
    IF NOT p_new THEN
        WITH old AS MATERIALIZED (
            SELECT a.* FROM public.job_assignments a WHERE a.job_schedule_id = ANY (p_jobs)
        ), pair AS (
            SELECT DISTINCT ON (c.n) c.n, o.id, o.state, o.during, o.via_crew_id, c.during AS new_during,
                   c.via_crew_id AS new_via, CASE WHEN c.holds THEN o.state ELSE 'released' END AS new_state
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
               AND NOT EXISTS (SELECT FROM keep k WHERE k.id = o.id AND k.new_state <> 'released' AND k.new_during = o.during)
        )
        SELECT (SELECT array_agg(k.n) FROM keep k), (SELECT array_agg(f.resource_id) FROM free f),
               (SELECT array_agg(f.during) FROM free f)
          INTO kept, freed, freed_times;
        IF kept IS NOT NULL THEN
            claims := ARRAY(SELECT c FROM unnest(claims) AS c LEFT JOIN unnest(kept) AS k(n) ON k.n = c.n
                             WHERE k.n IS NULL ORDER BY c.n);
        END IF;
    END IF;

    -- Check in a new statement; then claim.
    IF cardinality(claims) > 0 THEN
        clashing := neff.clashing_claims(claims);
        IF NOT fresh_eyes THEN
            suspects := ARRAY(SELECT c FROM unnest(claims) AS c LEFT JOIN unnest(clashing) AS x(n) ON x.n = c.n
                               WHERE c.holds AND x.n IS NULL ORDER BY c.n);
            IF NOT neff.claims_are_free(suspects) THEN
                FOREACH suspect IN ARRAY suspects LOOP
                    IF NOT neff.claims_are_free(ARRAY[suspect]) THEN
                        clashing := clashing || suspect.n;
                    END IF;
                END LOOP;
            END IF;
        END IF;

        IF cardinality(clashing) > 0 THEN
            UPDATE public.assignment_overrides o SET covers = tstzrange(s.start_date, s.end_date)
              FROM public.job_schedules s
             WHERE o.job_schedule_id = ANY (p_jobs) AND s.id = o.job_schedule_id AND o.given_in = pg_current_xact_id()
               AND o.covers IS DISTINCT FROM tstzrange(s.start_date, s.end_date);
        END IF;
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
                IF details IS NULL THEN
                    RAISE EXCEPTION 'could not serialize access: somebody booked the same people or machines meanwhile'
                        USING ERRCODE = 'serialization_failure';
                END IF;
                RAISE EXCEPTION 'double booking: % is on another job at that time', details #>> '{0,resource,name}'
                    USING ERRCODE = 'NF001', DETAIL = jsonb_build_object('clashes', details)::text,
                          HINT = 'Choose another time or resource, or give a reason in assignment_overrides first.';
            END IF;
        END IF;
    END IF;
    IF freed IS NOT NULL THEN
        PERFORM neff.promote_waiting(freed, freed_times);
    END IF;

    -- The crews named, and what names nobody.
    IF NOT p_new THEN
        DELETE FROM public.job_crews x
         WHERE x.job_schedule_id = ANY (p_jobs)
           AND NOT EXISTS (SELECT FROM unnest(matches) AS m
                            WHERE jobs[m.place] = x.job_schedule_id AND m.found = 'crew' AND m.resource_id = x.crew_id);
        DELETE FROM public.job_unknown_resources x
         WHERE x.job_schedule_id = ANY (p_jobs)
           AND NOT EXISTS (SELECT FROM unnest(matches) AS m
                            WHERE jobs[m.place] = x.job_schedule_id AND m.found = 'unknown' AND m.kind = x.kind
                              AND m.written = x.written AND m.reason = x.reason);
    END IF;
    INSERT INTO public.job_crews (job_schedule_id, crew_id)
    SELECT DISTINCT jobs[m.place], m.resource_id FROM unnest(matches) AS m WHERE m.found = 'crew'
    ON CONFLICT DO NOTHING;
    INSERT INTO public.job_unknown_resources (job_schedule_id, kind, written, reason)
    SELECT DISTINCT ON (m.place, m.kind, m.written) jobs[m.place], m.kind, m.written, m.reason
      FROM unnest(matches) AS m WHERE m.found = 'unknown'
    ON CONFLICT DO NOTHING;

    -- What an old snapshot may have missed is looked at again, soon and with fresh eyes.
    IF NOT fresh_eyes THEN
        INSERT INTO public.assignment_backlog (job_schedule_id, why) SELECT j, 'old snapshot' FROM unnest(p_jobs) AS j;
        INSERT INTO public.assignment_backlog (resource_id, during, why)
        SELECT f.r, f.t, 'old snapshot' FROM unnest(freed, freed_times) AS f(r, t);
    END IF;
END $$;

-- The same for writers that must never fail. Whatever goes wrong, a deadlock above all, is kept from them: what
-- they claim becomes `conflict`, and neff.settle_assignments() looks at it again.
CREATE FUNCTION neff.assign_jobs_or_conflict(p_jobs uuid[], p_new boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    their_wait constant bigint := extract(epoch FROM current_setting('lock_timeout')::interval) * 1000;
    their_time constant bigint := extract(epoch FROM current_setting('statement_timeout')::interval) * 1000;
    problem text;
BEGIN
    BEGIN
        -- Waits at most five seconds, and less where the writer has less time.
        PERFORM set_config('lock_timeout', least(5000, nullif(their_wait, 0), nullif(their_time / 3, 0))::text, true);
        PERFORM neff.assign_jobs(p_jobs, false, p_new);
        PERFORM set_config('lock_timeout', their_wait::text, true);
        RETURN;
    EXCEPTION WHEN OTHERS THEN
        problem := SQLSTATE || ' ' || SQLERRM;
    END;
    BEGIN
        -- Without a lock: conflicts stand in nobody's way, and what the job held before stays until it is settled.
        INSERT INTO public.job_assignments (job_schedule_id, resource_kind, resource_id, via_crew_id, during, state)
        SELECT j.ids[c.place], c.resource_kind, c.resource_id, c.via_crew_id, c.during, 'conflict'
          FROM (SELECT array_agg(s.id) AS ids, array_agg(s.start_date) AS starts, array_agg(s.end_date) AS ends,
                       array_agg(s.crew_assigned) AS crews, array_agg(s.equipment_needed) AS machines
                  FROM public.job_schedules s
                 WHERE s.id = ANY (p_jobs) AND s.status NOT IN ('completed', 'canceled')) AS j
         CROSS JOIN LATERAL neff.spread_claims(j.starts, j.ends, ARRAY(
                    SELECT m FROM neff.match_written(ARRAY(SELECT w FROM neff.read_written(j.crews, j.machines) AS w)) AS m)) AS c
         WHERE NOT EXISTS (SELECT FROM public.job_assignments a
                            WHERE a.job_schedule_id = j.ids[c.place] AND a.resource_id = c.resource_id
                              AND a.during && c.during AND a.state <> 'released');
    EXCEPTION WHEN OTHERS THEN
        problem := problem || '; ' || SQLSTATE || ' ' || SQLERRM;
    END;
    INSERT INTO public.assignment_backlog (job_schedule_id, why) SELECT j, problem FROM unnest(p_jobs) AS j;
END $$;

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
        SELECT DISTINCT coalesce(d.job_schedule_id, a.job_schedule_id)
          FROM (SELECT jobs[c.place] AS job_schedule_id, c.resource_id, c.during, NOT holding[c.place] AS released
                  FROM neff.spread_claims(starts, ends, matches) AS c) AS d
          FULL JOIN (SELECT x.job_schedule_id, x.resource_id, x.during, x.state = 'released' AS released
                       FROM public.job_assignments x LEFT JOIN public.job_schedules s ON s.id = x.job_schedule_id
                      WHERE s.id IS NULL OR s.end_date > now()) AS a
            ON a.job_schedule_id = d.job_schedule_id AND a.resource_id = d.resource_id AND a.during = d.during
               AND a.released = d.released
         WHERE a.job_schedule_id IS NULL OR d.job_schedule_id IS NULL);
END $$;

-- Two releases at the same time, each seeing only its own, may leave somebody waiting for nothing.
CREATE FUNCTION neff.somebody_waits_in_vain() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
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

-- Finishes what writers left, with fresh eyes: call it at READ COMMITTED, after a conflict and every minute or so.
-- `p_everything`: looks for anything else that is not in line, too (the daily maintenance). Returns how many jobs.
CREATE FUNCTION neff.settle_assignments(p_everything boolean DEFAULT false) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    done bigint[];
    jobs uuid[];
    chunk uuid[];
    resources uuid[];
    times tstzrange[];
BEGIN
    SELECT array_agg(b.id), array_agg(DISTINCT b.job_schedule_id) FILTER (WHERE b.job_schedule_id IS NOT NULL),
           array_agg(b.resource_id) FILTER (WHERE b.resource_id IS NOT NULL),
           array_agg(b.during) FILTER (WHERE b.resource_id IS NOT NULL)
      INTO done, jobs, resources, times
      FROM (SELECT * FROM public.assignment_backlog ORDER BY id LIMIT 5000 FOR UPDATE SKIP LOCKED) AS b;
    IF p_everything THEN
        jobs := jobs || neff.misassigned_jobs();
    END IF;
    IF done IS NULL AND coalesce(cardinality(jobs), 0) = 0 AND NOT neff.somebody_waits_in_vain() THEN
        RETURN 0;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('neff assignments', 0));
    FOR chunk IN SELECT array_agg(u.job) FROM (SELECT j.job, row_number() OVER () / 5000 AS part
                                                 FROM (SELECT DISTINCT job FROM unnest(jobs) AS job) AS j) AS u
                  GROUP BY u.part LOOP
        PERFORM neff.assign_jobs(chunk, false);
    END LOOP;
    SELECT resources || array_agg(a.resource_id), times || array_agg(a.during) INTO resources, times
      FROM public.job_assignments a
     WHERE a.state = 'conflict' AND (upper(a.during) > now() OR a.job_schedule_id = ANY (jobs));
    PERFORM neff.promote_waiting(resources, times);
    DELETE FROM public.assignment_backlog b WHERE b.id = ANY (done);
    RETURN coalesce(cardinality(jobs), 0);
END $$;

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
                WHERE p_start < p_end)) AS d;
END $$;
GRANT EXECUTE ON FUNCTION neff.find_clashes(uuid, timestamptz, timestamptz, jsonb, jsonb), neff.settle_assignments(boolean)
    TO neff_app, neff_admin;

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

INSERT INTO schema_versions (version, description, min_program) VALUES ('3.0.8', 'Double booking: deriving and checking', '0.1.0');

RESET ROLE;
