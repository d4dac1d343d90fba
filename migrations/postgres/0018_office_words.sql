-- What would make a word or an order mean two things at once: names that are found alike, and jobs that wait for each
-- other in a circle.
SET LOCAL ROLE neff_owner;
SET LOCAL timezone = 'UTC';

-- ---- Names that are found alike -----------------------------------------------------------------------------------
-- "paving a" beside "Paving A": whoever writes either may mean both. Crews and machines are the office's own tables, so
-- everybody is refused. People are the specification's: a second one of a name is accepted, told as "which of them?"
-- wherever somebody writes it, and never guessed; the office's own screens ask for another name.
CREATE UNIQUE INDEX crews_found_alike ON public.crews (neff.word_key(name));
CREATE UNIQUE INDEX equipment_found_alike ON public.equipment (neff.word_key(name));

-- ---- Jobs that wait for each other --------------------------------------------------------------------------------
-- Two transactions may each see half of a circle. They come one after the other here, at the very end: nobody waits for
-- somebody who has not decided yet. (At REPEATABLE READ, where the other half cannot be seen, the second is told to try
-- again, by the row that both change.)
CREATE TABLE neff.waiting_jobs_gate (
    passed    bigint NOT NULL DEFAULT 0,
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton)
);
INSERT INTO neff.waiting_jobs_gate DEFAULT VALUES;

CREATE FUNCTION neff.refuse_circle_of_jobs() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
    in_circle boolean;
    stack text;
BEGIN
    -- Nobody else may hold this until they have decided: whose turn comes before the end of their transaction passes without
    -- (see neff.judge_at_the_end()), and no other program is refused for somebody who does.
    GET DIAGNOSTICS stack = PG_CONTEXT;
    IF neff.may_look() OR (position(E'\n' IN stack) = 0 AND pg_trigger_depth() = 1
                           AND NOT neff.query_says('set', 'constraints') AND NOT neff.is_preparing()) THEN
        BEGIN
            UPDATE neff.waiting_jobs_gate SET passed = passed + 1;
        EXCEPTION WHEN lock_not_available THEN
            IF neff.app_source() = 'manual_admin' THEN
                RAISE EXCEPTION 'somebody else is saving jobs' USING ERRCODE = 'lock_not_available',
                    HINT = 'Nothing was saved. Try again in a moment.';
            END IF;
        END;
    END IF;
    -- Along the chain as it is by now; each job waits for one other at most.
    WITH RECURSIVE chain(id) AS (
        SELECT j.follows_job_id FROM public.job_schedules j WHERE j.id = NEW.id
        UNION
        SELECT j.follows_job_id FROM chain c JOIN public.job_schedules j ON j.id = c.id
    )
    SELECT EXISTS (SELECT FROM chain c WHERE c.id = NEW.id) INTO in_circle;
    IF in_circle THEN
        RAISE EXCEPTION 'jobs wait for each other in a circle: job % would wait for itself', NEW.id
            USING ERRCODE = 'check_violation', TABLE = 'job_schedules', COLUMN = 'follows_job_id',
                  CONSTRAINT = 'jobs_wait_in_no_circle',
                  HINT = 'Let one of them wait for none (follows_job_id = NULL).';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER jobs_wait_in_no_circle AFTER INSERT ON public.job_schedules
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.follows_job_id IS NOT NULL) EXECUTE FUNCTION neff.refuse_circle_of_jobs();
CREATE CONSTRAINT TRIGGER jobs_wait_in_no_circle_later AFTER UPDATE OF follows_job_id ON public.job_schedules
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.follows_job_id IS NOT NULL AND NEW.follows_job_id IS DISTINCT FROM OLD.follows_job_id)
    EXECUTE FUNCTION neff.refuse_circle_of_jobs();

-- ---- What a backslash means ---------------------------------------------------------------------------------------
-- The text of a function is read with the settings of whoever calls it: to a program that has standard_conforming_strings
-- off, '^\d{5,}-' is '^d{5,}-', and the year 294276 was stored, a gate kept, a PREPARE TRANSACTION refused.
DO $$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN SELECT p.oid FROM pg_proc p
              WHERE p.pronamespace IN ('neff'::regnamespace, 'public'::regnamespace) AND p.proowner = 'neff_owner'::regrole
                AND p.prosrc LIKE E'%\\\\%' LOOP
        EXECUTE format('ALTER FUNCTION %s SET standard_conforming_strings = on', f);
    END LOOP;
END $$;

-- ---- Another id ---------------------------------------------------------------------------------------------------
-- The specification refers to a contract from its jobs, to a job from its trail, and to nothing else of these: a program may
-- give any other row another id. What the office added goes along, and so does the trail, which every job has now.
DO $$
DECLARE
    f record;
BEGIN
    FOR f IN SELECT c.conrelid::regclass AS name, c.conname, pg_get_constraintdef(c.oid) AS was FROM pg_constraint c
              WHERE c.contype = 'f' AND c.confupdtype = 'a' AND c.connamespace IN ('public'::regnamespace, 'neff'::regnamespace)
                AND (SELECT t.relowner FROM pg_class t WHERE t.oid = c.conrelid) = 'neff_owner'::regrole
                AND c.confrelid IN ('public.contracts'::regclass, 'public.estimates'::regclass, 'public.customers'::regclass,
                                    'public.job_schedules'::regclass, 'public.crew_members'::regclass,
                                    'public.dashboard_notifications'::regclass)
                AND NOT (c.conrelid = 'public.job_schedules'::regclass AND c.confrelid = 'public.contracts'::regclass)
              ORDER BY c.conrelid::regclass::text, c.conname
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %2$I %s', f.name, f.conname,
                       regexp_replace(f.was, '(REFERENCES [^(]+[(][^)]*[)])', E'\\1 ON UPDATE CASCADE'));
    END LOOP;
END $$;

INSERT INTO schema_versions (version, description, min_program) VALUES ('3.0.18', 'Words that mean one thing', '0.1.0');

RESET ROLE;
