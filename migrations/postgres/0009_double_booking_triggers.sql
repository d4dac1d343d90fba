-- Which changes bring job_assignments in line: jobs, and whatever a job's words depend on. Then: the jobs that are
-- there already.
SET LOCAL ROLE neff_owner;
SET LOCAL timezone = 'UTC';

-- ---- Jobs ---------------------------------------------------------------------------------------------------------
-- Named to fire before every other statement trigger of the table.
CREATE FUNCTION neff.assign_changed_jobs() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    jobs uuid[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(n.id) INTO jobs FROM new_rows n;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(o.id) INTO jobs FROM old_rows o;
    ELSE
        SELECT array_agg(coalesce(n.id, o.id)) INTO jobs
          FROM new_rows n FULL JOIN old_rows o ON o.id = n.id
         WHERE n.id IS NULL OR o.id IS NULL
            OR n.start_date <> o.start_date OR n.end_date <> o.end_date
            OR (n.status IN ('completed', 'canceled')) <> (o.status IN ('completed', 'canceled'))
            OR n.crew_assigned IS DISTINCT FROM o.crew_assigned
            OR n.equipment_needed IS DISTINCT FROM o.equipment_needed;
    END IF;
    IF jobs IS NULL THEN
        RETURN NULL;
    ELSIF neff.app_source() = 'manual_admin' THEN
        PERFORM neff.assign_jobs(jobs, true, TG_OP = 'INSERT');
    ELSE
        PERFORM neff.assign_jobs_or_conflict(jobs, TG_OP = 'INSERT');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER a_assignments_insert AFTER INSERT ON job_schedules REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.assign_changed_jobs();
CREATE TRIGGER a_assignments_update AFTER UPDATE ON job_schedules REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.assign_changed_jobs();
CREATE TRIGGER a_assignments_delete AFTER DELETE ON job_schedules REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.assign_changed_jobs();

CREATE FUNCTION neff.forget_all_assignments() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM public.job_assignments;
    DELETE FROM public.job_crews;
    DELETE FROM public.job_unknown_resources;
    RETURN NULL;
END $$;
CREATE TRIGGER a_assignments_truncate AFTER TRUNCATE ON job_schedules
    FOR EACH STATEMENT EXECUTE FUNCTION neff.forget_all_assignments();

-- ---- What the words of a job depend on ----------------------------------------------------------------------------
-- The jobs still to come that mention one of these words (names and ids, as keys) or hold one of these people, crews
-- or machines.
CREATE FUNCTION neff.jobs_mentioning(p_keys text[], p_ids uuid[]) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN ARRAY(
        SELECT s.id FROM public.job_schedules s
         WHERE s.end_date > now()
           AND s.id IN (SELECT u.job_schedule_id FROM public.job_unknown_resources u
                         WHERE lower(btrim(u.written, E' \t\r\n\u00a0')) = ANY (p_keys)
                        UNION ALL
                        SELECT a.job_schedule_id FROM public.job_assignments a
                         WHERE a.resource_id = ANY (p_ids) AND upper(a.during) > now() AND a.state <> 'released'
                        UNION ALL
                        SELECT c.job_schedule_id FROM public.job_crews c WHERE c.crew_id = ANY (p_ids)));
END $$;

-- Derives them again. Whoever writes a job that mentions one of the words waits until this transaction ends; with more
-- than a few jobs, whoever writes a job at all.
CREATE FUNCTION neff.assign_jobs_mentioning(p_keys text[], p_ids uuid[], p_refuse boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    their_wait constant text := current_setting('lock_timeout');
    jobs uuid[];
BEGIN
    BEGIN
        IF NOT p_refuse THEN
            PERFORM set_config('lock_timeout', '3000', true);
        END IF;
        IF cardinality(p_keys) + cardinality(p_ids) > 200 OR cardinality(neff.jobs_mentioning(p_keys, p_ids)) > 8 THEN
            PERFORM pg_advisory_xact_lock(hashtextextended('neff assignments', 0));
        ELSE
            PERFORM pg_advisory_xact_lock_shared(hashtextextended('neff assignments', 0));
            PERFORM pg_advisory_xact_lock(k.key)
               FROM (SELECT DISTINCT hashtextextended('neff mention ' || m.mention, 0) AS key
                       FROM (SELECT unnest(p_keys) AS mention UNION ALL SELECT unnest(p_ids)::text) AS m
                      ORDER BY 1) AS k;
        END IF;
        PERFORM set_config('lock_timeout', their_wait, true);
    EXCEPTION WHEN deadlock_detected OR lock_not_available THEN
        IF p_refuse THEN
            RAISE;
        END IF;
    END;
    jobs := neff.jobs_mentioning(p_keys, p_ids);  -- again: now nobody changes them
    IF jobs = '{}' THEN
        RETURN;
    ELSIF p_refuse THEN
        PERFORM neff.assign_jobs(jobs, true);
    ELSE
        PERFORM neff.assign_jobs_or_conflict(jobs);
    END IF;
END $$;

-- Members of a crew. The office is refused what would double book somebody, as with a job.
CREATE FUNCTION neff.assign_changed_memberships() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    crews uuid[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT n.crew_id) INTO crews FROM new_rows n;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(DISTINCT o.crew_id) INTO crews FROM old_rows o;
    ELSE
        SELECT array_agg(DISTINCT d.crew_id) INTO crews
          FROM ((SELECT id, crew_id, crew_member_id, during FROM new_rows EXCEPT SELECT id, crew_id, crew_member_id, during FROM old_rows)
                UNION ALL
                (SELECT id, crew_id, crew_member_id, during FROM old_rows EXCEPT SELECT id, crew_id, crew_member_id, during FROM new_rows)) AS d;
    END IF;
    IF crews IS NOT NULL THEN
        PERFORM neff.assign_jobs_mentioning('{}', crews, neff.app_source() = 'manual_admin');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER a_assignments_insert AFTER INSERT ON crew_memberships REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.assign_changed_memberships();
CREATE TRIGGER a_assignments_update AFTER UPDATE ON crew_memberships REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.assign_changed_memberships();
CREATE TRIGGER a_assignments_delete AFTER DELETE ON crew_memberships REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.assign_changed_memberships();

-- People, crews, machines: a new one, a new name, a new status, one gone. Never refused: this finds a clash, it does
-- not make one. Argument: what the table holds. A renamed one goes on being found under the old name.
CREATE FUNCTION neff.assign_changed_resources() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    keys text[] := '{}';
    ids uuid[] := '{}';
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT lower(btrim(n.name, E' \t\r\n\u00a0'))) || array_agg(n.id::text) INTO keys FROM new_rows n;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(DISTINCT lower(btrim(o.name, E' \t\r\n\u00a0'))), array_agg(o.id) INTO keys, ids FROM old_rows o;
        DELETE FROM public.resource_aliases a WHERE a.resource_id = ANY (ids) AND a.kind = TG_ARGV[0];
    ELSE
        INSERT INTO public.resource_aliases (kind, written, resource_id)
        SELECT TG_ARGV[0], o.name, o.id
          FROM old_rows o JOIN new_rows n ON n.id = o.id
         WHERE lower(btrim(n.name, E' \t\r\n\u00a0')) <> lower(btrim(o.name, E' \t\r\n\u00a0')) AND btrim(o.name, E' \t\r\n\u00a0') <> ''
        ON CONFLICT DO NOTHING;
        SELECT array_agg(DISTINCT lower(btrim(x.name, E' \t\r\n\u00a0'))) INTO keys
          FROM (SELECT n.name FROM new_rows n JOIN old_rows o ON o.id = n.id
                 WHERE n.name <> o.name OR n.status <> o.status
                UNION ALL
                SELECT o.name FROM new_rows n JOIN old_rows o ON o.id = n.id
                 WHERE n.name <> o.name OR n.status <> o.status) AS x;
    END IF;
    IF keys IS NOT NULL OR ids <> '{}' THEN
        PERFORM neff.assign_jobs_mentioning(coalesce(keys, '{}'), coalesce(ids, '{}'), false);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION neff.assign_changed_aliases() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    keys text[];
    ids uuid[];
BEGIN
    IF TG_OP <> 'DELETE' THEN
        SELECT array_agg(lower(btrim(n.written, E' \t\r\n\u00a0'))) INTO keys FROM new_rows n;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        SELECT keys || array_agg(lower(btrim(o.written, E' \t\r\n\u00a0'))), array_agg(o.resource_id) INTO keys, ids FROM old_rows o;
    END IF;
    IF keys IS NOT NULL THEN
        PERFORM neff.assign_jobs_mentioning(keys, coalesce(ids, '{}'), false);
    END IF;
    RETURN NULL;
END $$;

DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT * FROM (VALUES ('crew_members', 'neff.assign_changed_resources(''person'')'),
                                   ('crews', 'neff.assign_changed_resources(''crew'')'),
                                   ('equipment', 'neff.assign_changed_resources(''machine'')'),
                                   ('resource_aliases', 'neff.assign_changed_aliases()')) AS x(name, call) LOOP
        EXECUTE format('CREATE TRIGGER a_assignments_insert AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows
                        FOR EACH STATEMENT EXECUTE FUNCTION %s', t.name, t.call);
        EXECUTE format('CREATE TRIGGER a_assignments_update AFTER UPDATE ON %I REFERENCING OLD TABLE AS old_rows
                        NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION %s', t.name, t.call);
        EXECUTE format('CREATE TRIGGER a_assignments_delete AFTER DELETE ON %I REFERENCING OLD TABLE AS old_rows
                        FOR EACH STATEMENT EXECUTE FUNCTION %s', t.name, t.call);
    END LOOP;
END $$;

-- The office's clock or its working days changed: every job still to come.
CREATE FUNCTION neff.assign_for_changed_settings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    jobs uuid[];
BEGIN
    IF NEW.value IS DISTINCT FROM OLD.value THEN
        SELECT array_agg(s.id) INTO jobs FROM public.job_schedules s WHERE s.end_date > now();
        IF jobs IS NOT NULL THEN
            PERFORM neff.assign_jobs_or_conflict(jobs);
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER a_assignments_update AFTER UPDATE ON system_config FOR EACH ROW
    WHEN (NEW.key IN ('office_time_zone', 'office_working_days')) EXECUTE FUNCTION neff.assign_for_changed_settings();

-- ---- Reasons ------------------------------------------------------------------------------------------------------
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

-- A reason for a conflict that is there already settles it; a reason taken back opens it again. (When the job itself
-- is going, its own trigger does the rest.)
CREATE FUNCTION neff.judge_overrides() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    jobs uuid[];
    people uuid[];
    claims bigint[];
    times tstzrange[];
BEGIN
    IF TG_OP = 'DELETE' THEN
        SELECT array_agg(r.job_schedule_id), array_agg(r.resource_id) INTO jobs, people FROM old_rows r;
    ELSIF TG_OP = 'INSERT' THEN
        SELECT array_agg(r.job_schedule_id), array_agg(r.resource_id) INTO jobs, people FROM new_rows r;
    ELSE
        SELECT array_agg(r.job_schedule_id), array_agg(r.resource_id) INTO jobs, people
          FROM (SELECT * FROM new_rows UNION ALL SELECT * FROM old_rows) AS r;
    END IF;
    SELECT array_agg(a.id ORDER BY a.id), array_agg(a.resource_id ORDER BY a.id), array_agg(a.during ORDER BY a.id)
      INTO claims, people, times
      FROM unnest(jobs, people) AS r(job_schedule_id, resource_id)
      JOIN public.job_assignments a ON a.job_schedule_id = r.job_schedule_id AND a.resource_id = r.resource_id
      JOIN public.job_schedules s ON s.id = r.job_schedule_id
     WHERE a.state IN ('conflict', 'overridden');
    IF claims IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('neff assignments', 0));
    PERFORM neff.lock_claims(people, times);
    UPDATE public.assignment_overrides o SET covers = tstzrange(s.start_date, s.end_date)
      FROM public.job_schedules s
     WHERE o.job_schedule_id = ANY (jobs) AND s.id = o.job_schedule_id AND o.given_in = pg_current_xact_id()
       AND o.covers IS DISTINCT FROM tstzrange(s.start_date, s.end_date);
    UPDATE public.job_assignments a SET state = j.state
      FROM (SELECT x.id, CASE WHEN EXISTS (SELECT FROM public.assignment_overrides o
                                            WHERE o.job_schedule_id = x.job_schedule_id AND o.resource_id = x.resource_id
                                              AND o.covers @> x.during) THEN 'overridden' ELSE 'conflict' END AS state
              FROM public.job_assignments x
             WHERE x.id = ANY (claims) AND x.state IN ('conflict', 'overridden')) AS j
     WHERE a.id = j.id AND a.state <> j.state;
    PERFORM neff.promote_waiting(people, times);
    RETURN NULL;
END $$;
CREATE TRIGGER b_judge_insert AFTER INSERT ON assignment_overrides REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.judge_overrides();
CREATE TRIGGER b_judge_update AFTER UPDATE ON assignment_overrides REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION neff.judge_overrides();
CREATE TRIGGER b_judge_delete AFTER DELETE ON assignment_overrides REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.judge_overrides();

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
CREATE TRIGGER z_feed_insert AFTER INSERT ON job_assignments REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.feed_assignments();
CREATE TRIGGER z_feed_update AFTER UPDATE ON job_assignments REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.feed_assignments();
CREATE TRIGGER z_feed_delete AFTER DELETE ON job_assignments REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION neff.feed_assignments();
SELECT neff.attach_change_feed('resource_aliases'), neff.attach_change_feed('assignment_overrides');

-- ---- The jobs that are there already --------------------------------------------------------------------------------
-- Whoever was entered first stays firm; what clashes with it is shown, not refused.
DO $$
DECLARE
    chunk uuid[];
BEGIN
    FOR chunk IN
        SELECT array_agg(o.id) FROM (SELECT s.id, (row_number() OVER (ORDER BY s.created_at, s.id) - 1) / 10000 AS part
                                       FROM job_schedules s) AS o
         GROUP BY o.part ORDER BY o.part
    LOOP
        PERFORM neff.assign_jobs(chunk, false, true);
    END LOOP;
END $$;

INSERT INTO schema_versions (version, description, min_program) VALUES ('3.0.9', 'Double booking: triggers and adoption', '0.1.0');

RESET ROLE;
