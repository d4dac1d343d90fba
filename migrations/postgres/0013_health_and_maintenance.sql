-- The specification's monitoring views and maintenance functions, with its names and columns, counting right.
SET LOCAL ROLE neff_owner;
SET LOCAL timezone = 'UTC';

-- An ordinary login sees no sessions but its own: counting is done as the owner, who may be in pg_monitor. Where it
-- is not, the count is NULL ("could not check") instead of a wrong number.
CREATE FUNCTION neff.client_connections() RETURNS TABLE (connections bigint, active bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN may.see THEN count(*) END,
           CASE WHEN may.see THEN count(*) FILTER (WHERE a.state = 'active') END
      FROM (SELECT pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS see) AS may
      LEFT JOIN pg_stat_activity a ON a.backend_type = 'client backend'
     GROUP BY may.see $$;

-- Events whose own transaction could not tell anybody, and that nobody has told since.
CREATE FUNCTION neff.waiting_alert_events() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT count(*) FROM neff.alert_events $$;
GRANT EXECUTE ON FUNCTION neff.waiting_alert_events() TO neff_app, neff_admin, neff_readonly;

CREATE FUNCTION neff.replace_view(p_name text, p_query text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    BEGIN
        -- Views of the company's own may read it: replaced, not dropped, wherever its columns allow that.
        EXECUTE format('CREATE OR REPLACE VIEW public.%I AS %s', p_name, p_query);
    EXCEPTION WHEN invalid_table_definition THEN
        EXECUTE format('DROP VIEW public.%I', p_name);
        EXECUTE format('CREATE VIEW public.%I AS %s', p_name, p_query);
    END;
    IF current_setting('server_version_num')::int >= 150000 THEN
        EXECUTE format('ALTER VIEW public.%I SET (security_invoker = true)', p_name);
    END IF;
END $$;

SELECT neff.replace_view('database_health', $v$
    SELECT 'database_connections' AS metric, c.connections AS current_value, s.setting::int AS max_value,
           round(100.0 * c.connections / s.setting::int, 2) AS usage_percent
      FROM neff.client_connections() c, pg_settings s WHERE s.name = 'max_connections'
    UNION ALL
    SELECT 'active_queries', c.active, NULL, NULL FROM neff.client_connections() c
    UNION ALL
    SELECT 'database_size', pg_database_size(current_database()), NULL, NULL $v$);

SELECT neff.replace_view('alert_system_health', $v$
    SELECT 'pending_alerts' AS metric, count(*)::numeric AS value FROM public.alert_history WHERE status = 'pending'
    UNION ALL
    SELECT 'stuck_alerts', count(*)::numeric FROM public.alert_history
     WHERE status = 'pending' AND created_at <= CURRENT_TIMESTAMP - INTERVAL '1 hour'
    UNION ALL
    SELECT 'waiting_events', neff.waiting_alert_events()::numeric
    UNION ALL
    SELECT 'failed_alerts', count(*)::numeric FROM public.alert_history
     WHERE status = 'failed' AND created_at > CURRENT_TIMESTAMP - INTERVAL '24 hours'
    UNION ALL
    SELECT 'alert_success_rate',
           round(100.0 * count(*) FILTER (WHERE status IN ('sent', 'delivered')) / nullif(count(*), 0), 2)
      FROM public.alert_history WHERE created_at > CURRENT_TIMESTAMP - INTERVAL '24 hours' $v$);

SELECT neff.replace_view('table_sizes', $v$
    SELECT n.nspname AS schemaname, c.relname AS tablename,
           pg_size_pretty(pg_total_relation_size(c.oid)) AS size, pg_total_relation_size(c.oid) AS size_bytes
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
     ORDER BY size_bytes DESC $v$);

SELECT neff.replace_view('table_statistics', $v$
    SELECT schemaname, relname AS tablename, n_tup_ins AS inserts, n_tup_upd AS updates, n_tup_del AS deletes,
           n_live_tup AS live_tuples, n_dead_tup AS dead_tuples,
           last_vacuum, last_autovacuum, last_analyze, last_autoanalyze
      FROM pg_stat_user_tables ORDER BY n_live_tup DESC $v$);

-- Two views need the extension pg_stat_statements, which only a superuser can turn on. This makes them where it is
-- there and is called again by the daily maintenance, so that they appear when the extension does. True: they exist now.
CREATE FUNCTION neff.make_statement_views() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ext text;
BEGIN
    SELECT quote_ident(n.nspname) INTO ext
      FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements';
    IF ext IS NULL THEN
        RETURN false;
    END IF;
    IF to_regclass('public.query_performance') IS NULL OR to_regclass('public.slow_queries') IS NULL THEN
        PERFORM neff.replace_view('slow_queries', format('
            SELECT query, calls, total_exec_time AS total_time, mean_exec_time AS mean_time, rows,
                   100.0 * shared_blks_hit / nullif(shared_blks_hit + shared_blks_read, 0) AS hit_percent
              FROM %s.pg_stat_statements ORDER BY mean_exec_time DESC', ext));
        PERFORM neff.replace_view('query_performance', format('
            SELECT query, calls, total_exec_time AS total_time, mean_exec_time AS mean_time,
                   stddev_exec_time AS stddev_time, rows,
                   100.0 * shared_blks_hit / nullif(shared_blks_hit + shared_blks_read, 0) AS hit_percent
              FROM %s.pg_stat_statements WHERE calls > 10 ORDER BY mean_exec_time DESC LIMIT 20', ext));
        GRANT SELECT ON public.slow_queries, public.query_performance TO neff_admin;
    END IF;
    RETURN true;
END $$;
SELECT neff.make_statement_views();

-- Deletes only what is finished and old, touches only the customers whose totals differ, and waits for nobody: a row
-- that somebody holds is done tomorrow.
CREATE OR REPLACE FUNCTION public.daily_maintenance() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
    run uuid;
BEGIN
    INSERT INTO public.maintenance_runs (task) VALUES ('daily_maintenance') RETURNING id INTO run;

    -- What nobody is shown any more needs no line in the change feed.
    INSERT INTO neff.feed_silence (transaction) VALUES (pg_current_xact_id()) ON CONFLICT DO NOTHING;
    DELETE FROM public.alert_history
     WHERE id IN (SELECT h.id FROM public.alert_history h
                   WHERE h.created_at < CURRENT_TIMESTAMP - INTERVAL '90 days'
                     AND (h.status IN ('sent', 'delivered', 'failed')
                          OR (h.status = 'throttled' AND (h.summarised_in IS NOT NULL OR h.event_id IS NULL))) FOR UPDATE SKIP LOCKED);
    DELETE FROM neff.alert_events
     WHERE (transaction, id) IN (SELECT e.transaction, e.id FROM neff.alert_events e
                                  WHERE e.occurred_at < CURRENT_TIMESTAMP - INTERVAL '90 days' FOR UPDATE SKIP LOCKED);
    DELETE FROM neff.alert_windows
     WHERE subject_id IN (SELECT w.subject_id FROM neff.alert_windows w
                           WHERE NOT EXISTS (SELECT FROM public.alert_rules r WHERE r.id = w.subject_id)
                             AND NOT EXISTS (SELECT FROM public.alert_types t WHERE t.id = w.subject_id) FOR UPDATE SKIP LOCKED);
    DELETE FROM public.audit_logs WHERE "timestamp" < CURRENT_TIMESTAMP - INTERVAL '1 year';
    DELETE FROM public.dashboard_notifications
     WHERE id IN (SELECT d.id FROM public.dashboard_notifications d WHERE d.expires_at < CURRENT_TIMESTAMP FOR UPDATE SKIP LOCKED);
    DELETE FROM public.change_feed WHERE changed_at < CURRENT_TIMESTAMP - INTERVAL '30 days';
    DELETE FROM neff.feed_silence WHERE transaction = pg_current_xact_id();

    -- By the link where there is one, by the e-mail address otherwise (as the specification has it).
    WITH done AS (
        SELECT k.customer_id AS id, count(*) AS n, sum(k.estimated_cost) AS spent
          FROM public.contracts k
         WHERE k.status = 'completed' AND k.customer_id IS NOT NULL GROUP BY 1
        UNION ALL
        SELECT owner.id, count(*), sum(k.estimated_cost)
          FROM public.contracts k JOIN public.customers owner ON owner.email = k.client_email
         WHERE k.status = 'completed' AND k.customer_id IS NULL GROUP BY 1
    ), wrong AS MATERIALIZED (
        SELECT c.id, t.projects, t.spent
          FROM public.customers c
          JOIN (SELECT k.id, coalesce(sum(done.n), 0)::integer AS projects,
                       least(coalesce(sum(done.spent), 0), 9999999999.99)::numeric(12,2) AS spent
                  FROM public.customers k LEFT JOIN done USING (id) GROUP BY 1) AS t USING (id)
         WHERE (c.total_projects, c.total_spent) IS DISTINCT FROM (t.projects, t.spent)
    ), free AS MATERIALIZED (
        SELECT f.id FROM public.customers f WHERE f.id IN (SELECT w.id FROM wrong w) FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE public.customers c SET total_projects = wrong.projects, total_spent = wrong.spent
      FROM wrong JOIN free USING (id) WHERE c.id = wrong.id;

    ANALYZE (SKIP_LOCKED) public.customers, public.contracts, public.estimates, public.job_schedules, public.schedule_changes,
            public.crew_members, public.alert_history, public.dashboard_notifications, public.change_feed;

    PERFORM neff.make_statement_views();

    UPDATE public.maintenance_runs SET finished_at = clock_timestamp(), result = 'good' WHERE id = run;
    RAISE NOTICE 'Daily maintenance completed at %', CURRENT_TIMESTAMP;
END $$;

-- The same once a day over all computers, from the hour the office has set: every sweep calls it, one of them does it.
-- What fails is recorded and tried again in an hour. True: it was done now.
CREATE FUNCTION neff.daily_maintenance_if_due() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    -- The office's day that began last, counted from that hour.
    day date := (clock_timestamp() AT TIME ZONE neff.office_time_zone()
                 - make_interval(hours => least(greatest(neff.config_int('database_maintenance_hour', 2), 0), 23)))::date;
BEGIN
    PERFORM FROM neff.duties d
      WHERE d.task = 'daily maintenance' AND (d.last_day IS NULL OR d.last_day < day) AND (d.next_try IS NULL OR d.next_try <= clock_timestamp())
        FOR UPDATE SKIP LOCKED;
    IF NOT FOUND OR neff.login_is_disabled() THEN
        RETURN false;
    END IF;
    BEGIN
        PERFORM public.daily_maintenance();
        UPDATE neff.duties SET last_day = day, next_try = NULL WHERE task = 'daily maintenance';
        RETURN true;
    EXCEPTION WHEN OTHERS OR query_canceled THEN
        UPDATE neff.duties SET next_try = clock_timestamp() + interval '1 hour' WHERE task = 'daily maintenance';
        INSERT INTO public.maintenance_runs (task, finished_at, result, details)
        VALUES ('daily_maintenance', clock_timestamp(), 'failed', jsonb_build_object('error', left(SQLERRM, 2000)));
        PERFORM neff.record_system_error('maintenance', 'The daily maintenance did not finish: ' || SQLERRM);
        RETURN false;
    END;
END $$;

-- VACUUM and REINDEX DATABASE cannot run inside a function: the program issues them one by one. What can be done
-- inside one is done here.
CREATE OR REPLACE FUNCTION public.weekly_optimization() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    run uuid;
    reset_statistics text;
    tbl regclass;
BEGIN
    INSERT INTO public.maintenance_runs (task) VALUES ('weekly_optimization') RETURNING id INTO run;
    FOR tbl IN SELECT c.oid FROM pg_class c
                WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relowner = current_user::regrole LOOP
        EXECUTE format('ANALYZE %s', tbl);
    END LOOP;
    -- The extension's own, whatever else is called like it: found by membership, called with exactly its types.
    SELECT format('%I.%I(%s)', n.nspname, p.proname,
                  (SELECT string_agg(CASE t.oid WHEN 'bool'::regtype THEN 'false' ELSE '0' END || '::' || t.oid::regtype, ', ' ORDER BY a.n)
                     FROM unnest(p.proargtypes) WITH ORDINALITY AS a(oid, n) JOIN pg_type t ON t.oid = a.oid)) INTO reset_statistics
      FROM pg_extension e
      JOIN pg_depend d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
      JOIN pg_proc p ON p.oid = d.objid AND p.proname = 'pg_stat_statements_reset'
      JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE e.extname = 'pg_stat_statements' AND has_function_privilege(p.oid, 'EXECUTE');
    IF reset_statistics IS NOT NULL THEN
        BEGIN
            EXECUTE 'SELECT ' || reset_statistics;
        EXCEPTION WHEN OTHERS THEN
            RAISE NOTICE 'query statistics are not being collected: %', SQLERRM;
        END;
    END IF;
    UPDATE public.maintenance_runs SET finished_at = clock_timestamp(), result = 'good' WHERE id = run;
    RAISE NOTICE 'Weekly optimization completed at %', CURRENT_TIMESTAMP;
END $$;

-- What Today and the board ask all day: jobs that touch a day, however long they are, and answers that are due.
CREATE INDEX idx_job_schedules_during ON job_schedules USING gist (tstzrange(start_date, end_date, '[)'));
CREATE INDEX idx_estimates_due ON estimates (response_by) WHERE status = 'pending';

INSERT INTO schema_versions (version, description, min_program) VALUES ('3.0.13', 'Monitoring views and maintenance', '0.1.0');

RESET ROLE;
