-- Double booking is judged once a transaction, at its end, behind a gate that nobody else can shut.
--
-- Statements only note what changed: jobs, crews, words (names, aliases, ids). A deferred constraint trigger, queued once a
-- transaction, judges when it commits. There it takes the one lock, on a private table that no login may lock, and so has
-- it for the milliseconds of a judgement and a commit, however long the transaction was open; behind it, it sees all that
-- was committed, and nobody else derives. The office asks earlier, with neff.judge_now(), to be refused with names.
--
-- No other program is ever refused, or waits longer than half a second. What it cannot judge then stays noted: whoever
-- judges next, a desktop that hears of it, or the next sweep settles it (settle_assignments()), with the same result as if
-- it had been committed a moment later. So does what an old snapshot cannot see (REPEATABLE READ), what may read nothing
-- (SERIALIZABLE: every index page read would be a conflict with somebody), what may hold no lock afterwards (PREPARE
-- TRANSACTION, SET CONSTRAINTS in the midst of a transaction), and what would take too long: no judgement of another
-- program holds the gate for more than about half a second.
--
-- Why not as before, with advisory locks for names, people and days: any login could take them, they were held for as long
-- as somebody's transaction stayed open, an import ran out of them, a crew's name and its id were two locks that never
-- met, and of 480 SERIALIZABLE writes 360 were refused. Figures of both are in the tests (double_booking_storms.rs).
SET LOCAL ROLE neff_owner;
SET LOCAL timezone = 'UTC';

-- Locked by enter_gate() alone; it never holds a row.
CREATE TABLE neff.assignment_gate (nothing boolean);

-- What is to be judged. A row of another transaction that can be seen was left to others.
CREATE TABLE neff.assignment_notes (
    id            bigint GENERATED ALWAYS AS IDENTITY,  -- no key, as in the change feed: two of one number are judged together
    xid           xid8 DEFAULT pg_current_xact_id(),  -- who is to judge it; NULL: anybody
    job_id        uuid,                               -- derive this job again …
    part          integer NOT NULL DEFAULT 0,         -- … for every so many of its people and machines: it has too many
    parts         integer NOT NULL DEFAULT 1,
    entered       boolean NOT NULL DEFAULT false,     -- it was inserted by this transaction, and holds nothing yet
    same_words    boolean NOT NULL DEFAULT false,     -- only its times or its status changed
    released      boolean NOT NULL DEFAULT false,     -- its old claims are gone already
    crew_id       uuid,                               -- the jobs to come of this crew
    word          text,                               -- those that mention this word, if it means somebody else now
    every_job     boolean NOT NULL DEFAULT false,     -- all jobs to come
    resource_id   uuid,                               -- whoever waits for this person or machine
    during        tstzrange,
    alias_kind    text,                               -- a renamed person, crew or machine goes on being found under
    alias_of      uuid,                               -- the old name; nothing written: it is gone
    alias_written text,
    -- The office made this change, and is refused what clashes; whatever else is written may only come into conflict.
    may_refuse    boolean NOT NULL DEFAULT false,
    actor         varchar(255),                       -- who renamed them
    noted_at      timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    tries         integer NOT NULL DEFAULT 0,
    why           text                                -- what went wrong with it
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
CREATE INDEX assignment_notes_id ON neff.assignment_notes (id);
CREATE INDEX assignment_notes_xid ON neff.assignment_notes (xid);

-- A transaction that has something to judge: its one row queues the one judgement.
CREATE TABLE neff.assignment_turns (
    xid xid8 PRIMARY KEY DEFAULT pg_current_xact_id(),
    why text                                          -- it was left to others
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- When all assignments were last checked.
CREATE TABLE neff.assignment_checks (checked_at timestamptz NOT NULL);
INSERT INTO neff.assignment_checks VALUES ('-infinity');

-- ---- The gate -------------------------------------------------------------------------------------------------------
-- Waits as long as is said (milliseconds), then says for whom.
CREATE FUNCTION neff.enter_gate(p_wait integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    their_wait constant text := current_setting('lock_timeout');
    others text;
BEGIN
    PERFORM set_config('lock_timeout', p_wait::text, true);
    LOCK TABLE neff.assignment_gate IN EXCLUSIVE MODE;
    PERFORM set_config('lock_timeout', their_wait, true);
EXCEPTION WHEN lock_not_available THEN
    SELECT string_agg(format('%s (login %s, since %s)', coalesce(nullif(a.application_name, ''), 'a program without a name'), a.usename,
                             to_char(coalesce(a.xact_start, a.query_start) AT TIME ZONE neff.office_time_zone(), 'HH24:MI:SS')), ', ')
      INTO others
      FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
     WHERE l.relation = 'neff.assignment_gate'::regclass AND l.granted AND l.mode = 'ExclusiveLock'
       AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database());
    RAISE EXCEPTION 'somebody else is saving jobs: %', coalesce(others, 'it is through by now')
        USING ERRCODE = 'lock_not_available', DETAIL = coalesce(others, ''), HINT = 'Nothing was saved. Try again in a moment.';
END $$;

-- ---- Noting -----------------------------------------------------------------------------------------------------------
CREATE FUNCTION neff.take_turn() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO neff.assignment_turns DEFAULT VALUES ON CONFLICT DO NOTHING;
END $$;

-- Named to fire before every other statement trigger of the table. A job on which nobody is has nothing to be judged.
CREATE FUNCTION neff.note_jobs() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    of_office constant boolean := neff.app_source() = 'manual_admin';
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO neff.assignment_notes (job_id, may_refuse, entered)
        SELECT n.id, of_office, true FROM new_rows n WHERE coalesce(n.crew_assigned, '[]') <> '[]' OR coalesce(n.equipment_needed, '[]') <> '[]';
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO neff.assignment_notes (job_id, may_refuse) SELECT o.id, of_office FROM old_rows o;
    ELSE
        INSERT INTO neff.assignment_notes (job_id, may_refuse, same_words)
        SELECT coalesce(n.id, o.id), of_office, coalesce(o.end_date > now() AND n.crew_assigned IS NOT DISTINCT FROM o.crew_assigned
                                              AND n.equipment_needed IS NOT DISTINCT FROM o.equipment_needed AND n.id = o.id, false)
          FROM new_rows n FULL JOIN old_rows o ON o.id = n.id
         WHERE n.id IS NULL OR o.id IS NULL
            OR n.start_date <> o.start_date OR n.end_date <> o.end_date
            OR (n.status IN ('completed', 'canceled')) <> (o.status IN ('completed', 'canceled'))
            OR n.crew_assigned IS DISTINCT FROM o.crew_assigned
            OR n.equipment_needed IS DISTINCT FROM o.equipment_needed;
    END IF;
    IF FOUND THEN
        PERFORM neff.take_turn();
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER a_assignments_insert AFTER INSERT ON job_schedules REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.note_jobs();
CREATE TRIGGER a_assignments_update AFTER UPDATE ON job_schedules REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.note_jobs();
CREATE TRIGGER a_assignments_delete AFTER DELETE ON job_schedules REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.note_jobs();

-- Members of a crew.
CREATE FUNCTION neff.note_memberships() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    of_office constant boolean := neff.app_source() = 'manual_admin';
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO neff.assignment_notes (crew_id, may_refuse) SELECT DISTINCT n.crew_id, of_office FROM new_rows n;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO neff.assignment_notes (crew_id, may_refuse) SELECT DISTINCT o.crew_id, of_office FROM old_rows o;
    ELSE
        INSERT INTO neff.assignment_notes (crew_id, may_refuse)
        SELECT DISTINCT d.crew_id, of_office
          FROM ((SELECT id, crew_id, crew_member_id, during FROM new_rows EXCEPT SELECT id, crew_id, crew_member_id, during FROM old_rows)
                UNION ALL
                (SELECT id, crew_id, crew_member_id, during FROM old_rows EXCEPT SELECT id, crew_id, crew_member_id, during FROM new_rows)) AS d;
    END IF;
    IF FOUND THEN
        PERFORM neff.take_turn();
    END IF;
    RETURN NULL;
END $$;

-- People, crews, machines: a new one, a new name, a new status, one gone. Argument: what the table holds.
CREATE FUNCTION neff.note_resources() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who constant text := neff.app_actor();
    anything boolean;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO neff.assignment_notes (word)
        SELECT w.word FROM new_rows n, LATERAL (VALUES (n.id::text), (neff.word_key(n.name))) AS w(word);
        anything := FOUND;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO neff.assignment_notes (word, alias_kind, alias_of)
        SELECT w.word, TG_ARGV[0], o.id
          FROM old_rows o, LATERAL (VALUES (o.id::text), (neff.word_key(o.name))) AS w(word)
        UNION ALL
        SELECT neff.word_key(a.written), TG_ARGV[0], o.id
          FROM old_rows o JOIN public.resource_aliases a ON a.resource_id = o.id AND a.kind = TG_ARGV[0];
        anything := FOUND;
    ELSE
        INSERT INTO neff.assignment_notes (word, alias_kind, alias_of, alias_written, actor)
        SELECT w.word, CASE WHEN w.old AND w.word <> neff.word_key(n.name) AND w.word <> '' THEN TG_ARGV[0] END,
               n.id, CASE WHEN w.old AND w.word <> neff.word_key(n.name) AND w.word <> '' THEN o.name END, who
          FROM new_rows n JOIN old_rows o ON o.id = n.id
         CROSS JOIN LATERAL (VALUES (neff.word_key(n.name), false), (neff.word_key(o.name), true)) AS w(word, old)
         WHERE n.name <> o.name OR n.status IS DISTINCT FROM o.status;
        anything := FOUND;
        -- An id that was changed is one gone and one new.
        INSERT INTO neff.assignment_notes (word)
        SELECT w.word
          FROM new_rows n FULL JOIN old_rows o ON o.id = n.id
         CROSS JOIN LATERAL (VALUES (coalesce(n.id, o.id)::text), (neff.word_key(coalesce(n.name, o.name)))) AS w(word)
         WHERE n.id IS NULL OR o.id IS NULL;
        anything := anything OR FOUND;
    END IF;
    IF anything THEN
        PERFORM neff.take_turn();
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION neff.note_aliases() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    anything boolean := false;
BEGIN
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO neff.assignment_notes (word) SELECT neff.word_key(n.written) FROM new_rows n;
        anything := FOUND;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO neff.assignment_notes (word) SELECT neff.word_key(o.written) FROM old_rows o;
        anything := anything OR FOUND;
    END IF;
    IF anything THEN
        PERFORM neff.take_turn();
    END IF;
    RETURN NULL;
END $$;

-- A reason for a clash that is there already settles it; a reason taken back opens it again.
CREATE FUNCTION neff.mark_override() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.covers := NULL;
        NEW.given_in := pg_current_xact_id();
    ELSIF NEW.covers IS NOT DISTINCT FROM OLD.covers THEN  -- a reason given anew
        NEW.given_in := pg_current_xact_id();
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER a_mark_override BEFORE INSERT OR UPDATE ON assignment_overrides
    FOR EACH ROW EXECUTE FUNCTION neff.mark_override();

CREATE FUNCTION neff.note_overrides() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    of_office constant boolean := neff.app_source() = 'manual_admin';
    anything boolean := false;
BEGIN
    IF TG_OP = 'UPDATE' THEN  -- the judgement itself writes `covers`
        INSERT INTO neff.assignment_notes (job_id, may_refuse)
        SELECT unnest(ARRAY[n.job_schedule_id, nullif(o.job_schedule_id, n.job_schedule_id)]), of_office
          FROM new_rows n JOIN old_rows o ON o.id = n.id
         WHERE n.covers IS NOT DISTINCT FROM o.covers OR n.job_schedule_id <> o.job_schedule_id OR n.resource_id <> o.resource_id;
        anything := FOUND;
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO neff.assignment_notes (job_id, may_refuse) SELECT DISTINCT n.job_schedule_id, of_office FROM new_rows n;
        anything := FOUND;
    ELSE
        INSERT INTO neff.assignment_notes (job_id, may_refuse) SELECT DISTINCT o.job_schedule_id, of_office FROM old_rows o;
        anything := FOUND;
    END IF;
    IF anything THEN
        PERFORM neff.take_turn(), set_config('neff.reason_given', 'yes', true);
    END IF;
    RETURN NULL;
END $$;

DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT * FROM (VALUES ('crew_memberships', 'note_memberships()'), ('crew_members', 'note_resources(''person'')'),
                                   ('crews', 'note_resources(''crew'')'), ('equipment', 'note_resources(''machine'')'),
                                   ('resource_aliases', 'note_aliases()'), ('assignment_overrides', 'note_overrides()')) AS x(name, call) LOOP
        EXECUTE format('CREATE TRIGGER a_assignments_insert AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows
                        FOR EACH STATEMENT EXECUTE FUNCTION neff.%s', t.name, t.call);
        EXECUTE format('CREATE TRIGGER a_assignments_update AFTER UPDATE ON %I REFERENCING OLD TABLE AS old_rows
                        NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION neff.%s', t.name, t.call);
        EXECUTE format('CREATE TRIGGER a_assignments_delete AFTER DELETE ON %I REFERENCING OLD TABLE AS old_rows
                        FOR EACH STATEMENT EXECUTE FUNCTION neff.%s', t.name, t.call);
    END LOOP;
END $$;

-- All of a table gone; the office's clock or its working days changed.
CREATE FUNCTION neff.note_everything() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO neff.assignment_notes (every_job) VALUES (true);
    IF TG_OP = 'TRUNCATE' THEN
        INSERT INTO neff.assignment_notes (word) SELECT DISTINCT w.word FROM neff.resource_words w;
        INSERT INTO neff.assignment_notes (job_id)
        SELECT a.job_schedule_id FROM public.job_assignments a
        UNION SELECT c.job_schedule_id FROM public.job_crews c
        UNION SELECT u.job_schedule_id FROM public.job_unknown_resources u
        UNION SELECT m.job_schedule_id FROM neff.job_mentions m;
    END IF;
    PERFORM neff.take_turn();
    RETURN NULL;
END $$;
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['job_schedules', 'crew_memberships', 'crew_members', 'crews', 'equipment', 'resource_aliases', 'job_assignments'] LOOP
        EXECUTE format('CREATE TRIGGER a_assignments_truncate AFTER TRUNCATE ON %I
                        FOR EACH STATEMENT EXECUTE FUNCTION neff.note_everything()', t);
    END LOOP;
END $$;
CREATE TRIGGER a_assignments_update AFTER UPDATE ON system_config FOR EACH ROW
    WHEN (NEW.key IN ('office_time_zone', 'office_working_days') AND NEW.value IS DISTINCT FROM OLD.value)
    EXECUTE FUNCTION neff.note_everything();
CREATE TRIGGER a_assignments_insert AFTER INSERT ON system_config FOR EACH ROW
    WHEN (NEW.key IN ('office_time_zone', 'office_working_days')) EXECUTE FUNCTION neff.note_everything();
CREATE TRIGGER a_assignments_delete AFTER DELETE ON system_config FOR EACH ROW
    WHEN (OLD.key IN ('office_time_zone', 'office_working_days')) EXECUTE FUNCTION neff.note_everything();

-- ---- Judging ----------------------------------------------------------------------------------------------------------
-- Reasons given in this transaction count for the time their job has now. (Only looked for where there are any: to read
-- nothing of it is what keeps two SERIALIZABLE writers apart.)
CREATE FUNCTION neff.cover_overrides() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF coalesce(current_setting('neff.reason_given', true), '') = '' THEN
        RETURN;
    END IF;
    UPDATE public.assignment_overrides o SET covers = tstzrange(s.start_date, s.end_date)
      FROM public.job_schedules s
     WHERE o.given_in = pg_current_xact_id() AND s.id = o.job_schedule_id
       AND o.covers IS DISTINCT FROM tstzrange(s.start_date, s.end_date);
END $$;

-- Whoever is there may settle what is noted: desktops listen.
CREATE FUNCTION neff.call_for_settling() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT pg_notify('neff_changes', 'assignment_notes') $$;

-- Judges these notes, and crosses them out; whether that may have made new ones (an alias on the way is a new word). What is
-- more than 250 jobs and need not be refused is left to others.
CREATE FUNCTION neff.judge_notes(p_notes bigint[], p_refuse boolean) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    asked record;
    changed text[];
    refusing uuid[];
    finding uuid[] := '{}';
    note record;
    step record;
BEGIN
    SELECT array_agg(DISTINCT n.word) FILTER (WHERE n.word IS NOT NULL) AS words,
           array_agg(DISTINCT n.crew_id) FILTER (WHERE n.crew_id IS NOT NULL AND refuses) AS crews,
           array_agg(DISTINCT n.crew_id) FILTER (WHERE n.crew_id IS NOT NULL AND NOT refuses) AS other_crews,
           array_agg(DISTINCT n.job_id) FILTER (WHERE n.job_id IS NOT NULL AND n.parts = 1 AND refuses) AS jobs,
           array_agg(DISTINCT n.job_id) FILTER (WHERE n.job_id IS NOT NULL AND n.parts = 1 AND NOT refuses) AS other_jobs,
           coalesce(bool_and(n.entered AND n.xid = pg_current_xact_id()) FILTER (WHERE n.job_id IS NOT NULL), false) AS all_new,
           bool_and(n.same_words) AS same_words, bool_or(n.every_job) AS every_job, bool_or(n.parts > 1) AS a_part,
           array_agg(n.resource_id) FILTER (WHERE n.resource_id IS NOT NULL) AS freed,
           array_agg(n.during) FILTER (WHERE n.resource_id IS NOT NULL) AS freed_times
      INTO asked FROM neff.assignment_notes n, LATERAL (SELECT n.may_refuse AND p_refuse AS refuses) AS r WHERE n.id = ANY (p_notes);
    IF asked.words IS NOT NULL THEN
        INSERT INTO public.resource_aliases (kind, written, resource_id, created_by)
        SELECT n.alias_kind, n.alias_written, n.alias_of, coalesce(n.actor, 'system')
          FROM neff.assignment_notes n
         WHERE n.id = ANY (p_notes) AND n.alias_written IS NOT NULL
           -- Only if the old name meant them: of two Bobs, the one who is renamed does not take the name along.
           AND EXISTS (SELECT FROM neff.resource_words w WHERE w.word = n.word AND w.resource_id = n.alias_of)
           AND (EXISTS (SELECT FROM public.crew_members m WHERE m.id = n.alias_of AND n.alias_kind = 'person')
             OR EXISTS (SELECT FROM public.crews g WHERE g.id = n.alias_of AND n.alias_kind = 'crew')
             OR EXISTS (SELECT FROM public.equipment q WHERE q.id = n.alias_of AND n.alias_kind = 'machine'))
         ORDER BY n.id
        ON CONFLICT DO NOTHING;
        DELETE FROM public.resource_aliases a USING neff.assignment_notes n
         WHERE n.id = ANY (p_notes) AND n.alias_kind IS NOT NULL AND n.alias_written IS NULL
           AND a.resource_id = n.alias_of AND a.kind = n.alias_kind
           AND NOT EXISTS (SELECT FROM public.crew_members m WHERE m.id = n.alias_of AND n.alias_kind = 'person')
           AND NOT EXISTS (SELECT FROM public.crews g WHERE g.id = n.alias_of AND n.alias_kind = 'crew')
           AND NOT EXISTS (SELECT FROM public.equipment q WHERE q.id = n.alias_of AND n.alias_kind = 'machine');

        changed := ARRAY(
            SELECT DISTINCT coalesce(n.word, w.word)
              FROM neff.meaning_of(asked.words) AS n
              FULL JOIN (SELECT * FROM neff.resource_words x WHERE x.word = ANY (asked.words)) AS w ON w.word = n.word AND w.kind = n.kind
             WHERE n.word IS NULL OR w.word IS NULL OR n.resource_id IS DISTINCT FROM w.resource_id);
        IF cardinality(changed) > 0 THEN
            DELETE FROM neff.resource_words w WHERE w.word = ANY (changed);
            INSERT INTO neff.resource_words SELECT m.* FROM neff.meaning_of(changed) AS m;
            finding := ARRAY(SELECT m.job_schedule_id FROM neff.job_mentions m JOIN public.job_schedules s ON s.id = m.job_schedule_id
                              WHERE s.end_date > now()
                                AND m.numbers && (SELECT array_agg(('x' || left(md5(c), 8))::bit(32)::integer) FROM unnest(changed) AS c));
        END IF;
    END IF;
    IF asked.every_job THEN
        finding := ARRAY(SELECT s.id FROM public.job_schedules s WHERE s.end_date > now());
    END IF;
    IF asked.other_crews IS NOT NULL THEN
        finding := finding || ARRAY(SELECT c.job_schedule_id FROM public.job_crews c JOIN public.job_schedules s ON s.id = c.job_schedule_id
                                     WHERE c.crew_id = ANY (asked.other_crews) AND s.end_date > now());
    END IF;
    refusing := coalesce(asked.jobs, '{}');
    IF asked.crews IS NOT NULL THEN
        refusing := ARRAY(SELECT r.id FROM unnest(refusing) AS r(id)
                           UNION
                          SELECT c.job_schedule_id FROM public.job_crews c JOIN public.job_schedules s ON s.id = c.job_schedule_id
                           WHERE c.crew_id = ANY (asked.crews) AND s.end_date > now());
    END IF;
    -- Jobs found by what they mention were there before, unless this transaction entered all of them.
    asked.all_new := asked.all_new AND (cardinality(finding) = 0 AND asked.crews IS NULL OR NOT EXISTS (
        SELECT x.id FROM unnest(finding || refusing) AS x(id)
        EXCEPT SELECT n.job_id FROM neff.assignment_notes n WHERE n.id = ANY (p_notes)));
    finding := finding || asked.other_jobs;
    IF cardinality(finding) > 0 AND cardinality(refusing) > 0 THEN
        finding := ARRAY(SELECT f.id FROM unnest(finding) AS f(id) EXCEPT SELECT r.id FROM unnest(refusing) AS r(id));
    END IF;
    IF cardinality(finding) > 250 THEN
        INSERT INTO neff.assignment_notes (xid, job_id) SELECT NULL, f.id FROM unnest(finding) AS f(id);
        PERFORM neff.call_for_settling();
    ELSIF cardinality(finding) > 0 THEN
        PERFORM neff.assign_all(finding, false, asked.all_new, asked.same_words);
    END IF;
    IF cardinality(refusing) > 0 THEN
        PERFORM neff.assign_all(refusing, true, asked.all_new, asked.same_words);
    END IF;
    IF asked.a_part THEN
        FOR note IN SELECT n.* FROM neff.assignment_notes n WHERE n.id = ANY (p_notes) AND n.parts > 1 ORDER BY n.id LOOP
            step := neff.assign_jobs(ARRAY[note.job_id], false, false, false, note.part, note.parts);
            IF step.freed IS NOT NULL THEN
                PERFORM neff.promote_waiting(step.freed, step.freed_times);
            END IF;
        END LOOP;
    END IF;
    IF asked.freed IS NOT NULL THEN
        PERFORM neff.promote_waiting(asked.freed, asked.freed_times);
    END IF;
    DELETE FROM neff.assignment_notes n WHERE n.id = ANY (p_notes);
    RETURN asked.words IS NOT NULL;
END $$;

-- How much work a job is: its words times its days.
CREATE FUNCTION neff.assignment_weight(p_job public.job_schedules) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (1 + CASE WHEN jsonb_typeof(p_job.crew_assigned) = 'array' THEN jsonb_array_length(p_job.crew_assigned) ELSE 0 END
              + CASE WHEN jsonb_typeof(p_job.equipment_needed) = 'array' THEN jsonb_array_length(p_job.equipment_needed) ELSE 0 END)
           * CASE WHEN p_job.end_date - p_job.start_date <= interval '366 days'
                  THEN 1 + extract(epoch FROM p_job.end_date - p_job.start_date)::bigint / 86400 ELSE 1 END;
END $$;

-- One step of settling, behind the gate: some of the oldest notes that others left. How many. Where there are more than one
-- step can take, the jobs of all of them let go of what they held before the first claims anew: a plan that moves a
-- thousand jobs by a day must not clash with itself. What somebody holds is not waited for, as everybody else waits at the
-- gate meanwhile, and is no fault of the note: it goes to the end. Returned is how many were judged.
CREATE FUNCTION neff.settle_some(p_limit integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '50ms' AS $$
DECLARE
    judged bigint := 0;
    held integer := 0;
    me constant xid8 := pg_current_xact_id();  -- its own notes are judged by itself
    batch bigint[];
    jobs uuid[];
    big record;
    step record;
    one bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM neff.assignment_notes n WHERE n.tries < 3 AND n.xid IS DISTINCT FROM me) THEN
        RETURN 0;
    ELSIF (SELECT count(*) FROM (SELECT FROM neff.assignment_notes n WHERE n.tries < 3 AND n.xid IS DISTINCT FROM me LIMIT p_limit + 1) AS x) > p_limit THEN
        SELECT array_agg(x.id), array_agg(DISTINCT x.job_id) INTO batch, jobs
          FROM (SELECT n.id, n.job_id FROM neff.assignment_notes n
                 WHERE n.job_id IS NOT NULL AND NOT n.released AND n.parts = 1 AND n.tries < 3 AND n.xid IS DISTINCT FROM me
                 ORDER BY n.id LIMIT 500) AS x;
        IF batch IS NOT NULL THEN
            BEGIN
                step := neff.assign_jobs(jobs, false, false, true);
                INSERT INTO neff.assignment_notes (xid, resource_id, during)
                SELECT NULL, f.resource_id, f.during FROM unnest(step.freed, step.freed_times) AS f(resource_id, during);
            EXCEPTION
                WHEN lock_not_available THEN
                    RETURN 0;
                WHEN OTHERS THEN
                    NULL;  -- told below, when it is derived
            END;
            UPDATE neff.assignment_notes n SET released = true WHERE n.id = ANY (batch);
            RETURN cardinality(batch);
        END IF;
    END IF;

    -- The oldest, as far as they are no more work than others should wait for; who waits, when nobody claims any more.
    SELECT array_agg(x.id ORDER BY x.id) INTO batch
      FROM (SELECT y.id, sum(y.weight) OVER (ORDER BY y.id) - y.weight AS before, y.weight
              FROM (SELECT n.id, coalesce(neff.assignment_weight(s) / n.parts, 1) AS weight
                      FROM (SELECT * FROM neff.assignment_notes o
                             WHERE o.tries < 3 AND o.resource_id IS NULL AND o.xid IS DISTINCT FROM me ORDER BY o.id LIMIT p_limit) AS n
                      LEFT JOIN public.job_schedules s ON s.id = n.job_id) AS y) AS x
     WHERE x.before = 0 OR x.before + x.weight <= 1500;
    IF batch IS NULL THEN
        batch := ARRAY(SELECT n.id FROM neff.assignment_notes n WHERE n.tries < 3 AND n.xid IS DISTINCT FROM me ORDER BY n.id LIMIT 5000);
    END IF;
    IF cardinality(batch) = 0 THEN
        RETURN 0;
    END IF;
    SELECT n.id, n.job_id, neff.assignment_weight(s) / 700 + 1 AS parts INTO big
      FROM neff.assignment_notes n JOIN public.job_schedules s ON s.id = n.job_id
     WHERE n.id = batch[1] AND n.parts = 1 AND neff.assignment_weight(s) > 1500;
    IF FOUND THEN  -- one job alone is too much: a part of its people at a time
        INSERT INTO neff.assignment_notes (xid, job_id, part, parts)
        SELECT NULL, big.job_id, p, big.parts FROM generate_series(0, big.parts - 1) AS p;
        DELETE FROM neff.assignment_notes n WHERE n.id = big.id;
        RETURN 1;
    END IF;

    BEGIN
        PERFORM neff.judge_notes(batch, false);
        RETURN cardinality(batch);
    EXCEPTION WHEN OTHERS THEN
        NULL;
    END;
    -- One of them cannot be judged: it must not keep the others.
    FOREACH one IN ARRAY batch LOOP
        BEGIN
            PERFORM neff.judge_notes(ARRAY[one], false);
            judged := judged + 1;
        EXCEPTION
            WHEN lock_not_available THEN
                UPDATE neff.assignment_notes n SET id = DEFAULT WHERE n.id = one;
                held := held + 1;
                EXIT WHEN held = 3;
            WHEN OTHERS THEN
                UPDATE neff.assignment_notes n SET tries = n.tries + 1, why = SQLSTATE || ' ' || SQLERRM WHERE n.id = one;
                judged := judged + 1;
        END;
    END LOOP;
    RETURN judged;
END $$;

-- Judges what this transaction noted, after some of what others left before it.
CREATE FUNCTION neff.judge_own(p_refuse boolean, p_wait integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me constant xid8 := pg_current_xact_id();
    fresh_eyes constant boolean := current_setting('transaction_isolation') LIKE 'read %';
    own bigint[] := ARRAY(SELECT n.id FROM neff.assignment_notes n WHERE n.xid = me);
    their_wait constant text := current_setting('lock_timeout');
BEGIN
    IF cardinality(own) > 0 THEN
        PERFORM neff.enter_gate(p_wait);
        PERFORM set_config('lock_timeout', p_wait::text, true);  -- nobody is waited for behind the gate either
        PERFORM neff.cover_overrides();
        IF fresh_eyes THEN
            PERFORM neff.settle_some(100);
        ELSE  -- only the office comes here: whoever looks with fresh eyes does it again
            INSERT INTO neff.assignment_notes (xid, job_id, crew_id, word, every_job, alias_kind, alias_of, alias_written, actor)
            SELECT NULL, n.job_id, n.crew_id, n.word, n.every_job, n.alias_kind, n.alias_of, n.alias_written, n.actor
              FROM neff.assignment_notes n WHERE n.xid = me;
            PERFORM neff.call_for_settling();
        END IF;
        WHILE neff.judge_notes(own, p_refuse) LOOP
            own := ARRAY(SELECT n.id FROM neff.assignment_notes n WHERE n.xid = me);
            EXIT WHEN cardinality(own) = 0;
        END LOOP;
        PERFORM set_config('lock_timeout', their_wait, true);
    END IF;
    DELETE FROM neff.assignment_turns t WHERE t.xid = me;
EXCEPTION WHEN exclusion_violation THEN
    RAISE EXCEPTION 'could not serialize access: somebody booked the same people or machines meanwhile'
        USING ERRCODE = 'serialization_failure';
END $$;

-- At the end of each transaction that noted something.
CREATE FUNCTION neff.judge_at_the_end() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    prepared constant boolean := neff.is_preparing();
    fresh_eyes constant boolean := current_setting('transaction_isolation') LIKE 'read %';
    their_time constant integer := extract(epoch FROM current_setting('statement_timeout')::interval) * 1000;
    their_wait constant integer := extract(epoch FROM current_setting('lock_timeout')::interval) * 1000;
    called_from text;
    early boolean;
    problem text;
    jobs bigint;
    work bigint;
BEGIN
    -- A turn that comes within a statement (depth 2), by SET CONSTRAINTS or within another function is not the end: it would
    -- hold the gate until then. Only the office's own people may have that.
    GET DIAGNOSTICS called_from = PG_CONTEXT;
    early := pg_trigger_depth() > 1 OR position(E'\n' IN called_from) > 0 OR neff.query_says('set', 'constraints');
    -- (Only fresh eyes look: who reads at SERIALIZABLE stands in somebody's way.)
    IF NOT prepared AND NOT (early AND NOT neff.may_look()) AND (neff.app_source() = 'manual_admin' OR fresh_eyes AND EXISTS (
           SELECT FROM neff.assignment_notes n WHERE n.xid = pg_current_xact_id() AND n.may_refuse)) THEN
        PERFORM neff.judge_own(true, least(1000, nullif(their_wait, 0)));
        RETURN NULL;
    END IF;
    -- Another program.
    IF NOT fresh_eyes THEN
        problem := 'an old snapshot';
    ELSIF prepared OR early THEN
        problem := 'not the end of the transaction';
    ELSE
        SELECT count(*), sum(neff.assignment_weight(s)) INTO jobs, work
          FROM (SELECT n.job_id FROM neff.assignment_notes n WHERE n.xid = pg_current_xact_id() AND n.job_id IS NOT NULL LIMIT 251) AS x
          LEFT JOIN public.job_schedules s ON s.id = x.job_id;
        IF jobs > 250 OR work > 1500 THEN
            problem := 'too much at once';
        END IF;
    END IF;
    IF problem IS NULL THEN
        BEGIN
            PERFORM set_config('lock_timeout', least(500, nullif(their_wait, 0), nullif(their_time / 3, 0))::text, true);
            PERFORM neff.judge_own(false, least(500, nullif(their_wait, 0), nullif(their_time / 3, 0)));
            PERFORM set_config('lock_timeout', their_wait::text, true);
            RETURN NULL;
        EXCEPTION WHEN OTHERS OR query_canceled THEN
            problem := SQLSTATE || ' ' || SQLERRM;
        END;
    END IF;
    PERFORM neff.cover_overrides();
    IF fresh_eyes THEN
        UPDATE neff.assignment_turns t SET why = left(problem, 500) WHERE t.xid = pg_current_xact_id();
    END IF;
    IF NOT prepared THEN
        PERFORM neff.call_for_settling();
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER judge_assignments AFTER INSERT ON neff.assignment_turns DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION neff.judge_at_the_end();

-- The office asks before it commits, to be refused with names (NF001) and to read what became of its jobs. Whether there was
-- anything to judge.
CREATE FUNCTION neff.judge_now() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    their_wait constant integer := extract(epoch FROM current_setting('lock_timeout')::interval) * 1000;
BEGIN
    IF neff.app_source() <> 'manual_admin'
       OR NOT EXISTS (SELECT FROM neff.assignment_turns t WHERE t.xid = pg_current_xact_id_if_assigned()) THEN
        RETURN false;
    END IF;
    PERFORM neff.judge_own(true, least(1000, nullif(their_wait, 0)));
    RETURN true;
END $$;

-- One step of what writers left, with fresh eyes: call it at READ COMMITTED, each time in a transaction of its own, until it
-- returns 0; when `neff_changes` says assignment_notes, and every minute or so. Returns how many notes were looked at.
CREATE FUNCTION neff.settle_assignments() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
    done bigint;
BEGIN
    IF neff.login_is_disabled() THEN
        RETURN 0;  -- nothing it could write: what it judged would count as faulty
    END IF;
    IF NOT EXISTS (SELECT FROM neff.assignment_notes n WHERE n.tries < 3) THEN
        -- Only turns of transactions that left their notes to others, who are through with them.
        DELETE FROM neff.assignment_turns t
         WHERE t.xid IN (SELECT o.xid FROM neff.assignment_turns o WHERE o.xid <> pg_current_xact_id() FOR UPDATE SKIP LOCKED);
        RETURN 0;
    END IF;
    PERFORM neff.enter_gate(1000);
    done := neff.settle_some(200);
    IF NOT EXISTS (SELECT FROM neff.assignment_notes n WHERE n.tries < 3) THEN
        IF neff.somebody_waits_in_vain() THEN
            PERFORM neff.promote_waiting(array_agg(a.resource_id), array_agg(a.during))
               FROM public.job_assignments a WHERE a.state = 'conflict' AND upper(a.during) > now();
        END IF;
    END IF;
    RETURN done;
END $$;

-- Notes whatever is not in line and not noted yet. How many jobs.
CREATE FUNCTION neff.note_what_is_wrong() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    jobs constant uuid[] := neff.misassigned_jobs();
    noted bigint;
BEGIN
    INSERT INTO neff.assignment_notes (xid, word)
    SELECT NULL, w.word FROM unnest(neff.misread_words()) AS w(word)
     WHERE NOT EXISTS (SELECT FROM neff.assignment_notes n WHERE n.word = w.word);
    INSERT INTO neff.assignment_notes (xid, job_id)
    SELECT NULL, j.id FROM unnest(jobs) AS j(id)
     WHERE NOT EXISTS (SELECT FROM neff.assignment_notes n WHERE n.job_id = j.id);
    GET DIAGNOSTICS noted = ROW_COUNT;
    RETURN noted;
END $$;

-- After settling nothing may be out of line. Looked at about once a minute, whoever asks; what is wrong is put right, what
-- cannot be judged is tried again once an hour, and the administrators are told of both. How many there were.
CREATE FUNCTION neff.check_assignments() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
    last timestamptz;
    wrong bigint := 0;
    stuck bigint;
BEGIN
    IF neff.login_is_disabled() THEN
        RETURN 0;
    END IF;
    SELECT c.checked_at INTO last FROM neff.assignment_checks c
     WHERE c.checked_at < clock_timestamp() - interval '50 seconds' FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    UPDATE neff.assignment_checks SET checked_at = clock_timestamp();
    IF last < date_trunc('hour', clock_timestamp()) THEN
        UPDATE neff.assignment_notes n SET tries = 2 WHERE n.tries > 3;
        PERFORM neff.call_for_settling();
    END IF;
    SELECT count(*) INTO stuck FROM neff.assignment_notes n WHERE n.tries = 3;
    IF cardinality(neff.misassigned_jobs()) > 0 OR neff.somebody_waits_in_vain() THEN
        PERFORM neff.enter_gate(1000);
        -- What is still to be settled is not wrong yet.
        IF NOT EXISTS (SELECT FROM neff.assignment_notes n WHERE n.tries < 3) THEN
            wrong := neff.note_what_is_wrong();
            PERFORM neff.settle_assignments();
        END IF;
    END IF;
    IF wrong > 0 OR stuck > 0 THEN
        UPDATE neff.assignment_notes n SET tries = 4 WHERE n.tries = 3;
        PERFORM neff.record_system_error('double booking', format(
            'The people and machines of %s jobs were not what their jobs say, and were put right; %s changes could not be judged%s.',
            wrong, stuck, coalesce(': ' || (SELECT min(n.why) FROM neff.assignment_notes n WHERE n.tries = 4), '')));
        PERFORM neff.call_for_settling();
    END IF;
    RETURN wrong + stuck;
END $$;
GRANT EXECUTE ON FUNCTION neff.judge_now(), neff.settle_assignments(), neff.check_assignments() TO neff_app, neff_admin;

-- ---- The change feed: one row a job whose assignments changed, not one an assignment -------------------------------
CREATE FUNCTION neff.feed_assignments() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    changed bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO public.change_feed (table_name, row_id, operation)
        SELECT DISTINCT TG_TABLE_NAME, r.job_schedule_id::text, 'U'::"char" FROM old_rows r;
    ELSE
        INSERT INTO public.change_feed (table_name, row_id, operation)
        SELECT DISTINCT TG_TABLE_NAME, r.job_schedule_id::text, 'U'::"char" FROM new_rows r;
    END IF;
    GET DIAGNOSTICS changed = ROW_COUNT;
    IF changed > 0 THEN
        PERFORM pg_notify('neff_changes', TG_TABLE_NAME);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER z_feed_truncate AFTER TRUNCATE ON job_assignments FOR EACH STATEMENT EXECUTE FUNCTION neff.feed_changes('job_schedule_id');
CREATE TRIGGER z_feed_insert AFTER INSERT ON job_assignments REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.feed_assignments();
CREATE TRIGGER z_feed_update AFTER UPDATE ON job_assignments REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.feed_assignments();
CREATE TRIGGER z_feed_delete AFTER DELETE ON job_assignments REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.feed_assignments();
SELECT neff.attach_change_feed('resource_aliases'), neff.attach_change_feed('assignment_overrides');

-- ---- The jobs that are there already --------------------------------------------------------------------------------
-- Whoever was entered first stays firm; what clashes with it is shown, not refused.
INSERT INTO neff.resource_words SELECT m.* FROM neff.meaning_of(ARRAY(SELECT neff.all_words())) AS m;
DO $$
DECLARE
    chunk uuid[];
BEGIN
    FOR chunk IN
        SELECT array_agg(o.id) FROM (SELECT s.id, (row_number() OVER (ORDER BY s.created_at, s.id) - 1) / 5000 AS part
                                       FROM job_schedules s) AS o
         GROUP BY o.part ORDER BY o.part
    LOOP
        PERFORM neff.assign_jobs(chunk, false, true);
    END LOOP;
END $$;

INSERT INTO schema_versions (version, description, min_program) VALUES ('3.0.9', 'Double booking: judged once, at the end', '0.1.0');

RESET ROLE;
