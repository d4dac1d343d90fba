-- Finding: a person's alerts page by page however many there are, and any record by a few letters of it.
SET LOCAL ROLE neff_owner;
SET LOCAL timezone = 'UTC';

-- ---- The inbox -------------------------------------------------------------------------------------------------------
-- Unread first, then the read ones, each newest first or most urgent first; a page continues after the last row seen.
CREATE INDEX idx_dashboard_notifications_mine_read
    ON dashboard_notifications (user_id, created_at DESC, id DESC) WHERE is_read;
CREATE INDEX idx_dashboard_notifications_mine_urgent
    ON dashboard_notifications (user_id, priority_level DESC, created_at DESC, id DESC) WHERE NOT is_read;
CREATE INDEX idx_dashboard_notifications_words
    ON dashboard_notifications USING gin (lower(title || ' ' || message) gin_trgm_ops);

-- ---- Records ---------------------------------------------------------------------------------------------------------
-- What a person may know of a record: name, number as written and as digits, mail, street. One index a table, because
-- people type two words that stand in different columns.
CREATE FUNCTION neff.searchable(p_name text, p_email text, p_phone text, p_address text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 500 SET search_path = pg_catalog, pg_temp AS $$  -- so dear, and not inlined, that the planner asks the index
BEGIN
    RETURN lower(concat(p_name, ' ', p_email, ' ', p_phone, ' ', regexp_replace(p_phone, '[^0-9]', '', 'g'), ' ', p_address));
END $$;
GRANT EXECUTE ON FUNCTION neff.searchable(text, text, text, text) TO PUBLIC;  -- an index calls it for whoever writes

CREATE INDEX idx_customers_search ON customers USING gin (neff.searchable(name, email, phone, address) gin_trgm_ops);
CREATE INDEX idx_estimates_search ON estimates USING gin (neff.searchable(customer_name, email, phone, project_address) gin_trgm_ops);
CREATE INDEX idx_contracts_search ON contracts USING gin (neff.searchable(client_name, client_email, client_phone, project_address) gin_trgm_ops);
CREATE INDEX idx_job_schedules_search ON job_schedules USING gin (lower(location_address) gin_trgm_ops);

-- Text as LIKE finds it: `50%_off` is what it says.
CREATE FUNCTION neff.like_literal(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
$$ SELECT replace(replace(replace(p_text, '\', '\\'), '%', '\%'), '_', '\_') $$;
-- "expression LIKE each of these", the patterns quoted as data.
CREATE FUNCTION neff.all_like(p_patterns text[], p_expression text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
$$ SELECT string_agg(p_expression || ' LIKE ' || quote_literal(p), ' AND ') FROM unnest(p_patterns) AS p $$;

-- Records that hold every word of the text; those whose name begins with it first, then the newest. A definer function:
-- behind a row policy PostgreSQL may not use an index for LIKE. What the policies hide it leaves out itself.
-- Words shorter than three characters cannot use an index, so a short text finds names that begin with it.
CREATE FUNCTION neff.search_records(p_text text, p_limit integer DEFAULT 30)
RETURNS TABLE (kind text, id uuid, title text, subtitle text, at timestamptz, rank integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    words text[];
    asked text := lower(btrim(regexp_replace(left(coalesce(p_text, ''), 200), '\s+', ' ', 'g')));
    sees_all boolean := pg_has_role(session_user, 'neff_admin', 'MEMBER');
    patterns text[];
    each_table constant integer := 200;                -- candidates a table, before they are put in order
BEGIN
    IF asked = '' OR NOT (sees_all OR pg_has_role(session_user, 'neff_app', 'MEMBER')) THEN
        RETURN;
    END IF;
    SELECT array_agg(w) INTO words FROM (
        SELECT w FROM unnest(string_to_array(asked, ' ')) AS w ORDER BY length(w) DESC LIMIT 6) AS longest;
    patterns := CASE WHEN length(words[1]) < 3 THEN ARRAY[neff.like_literal(asked) || '%']
                     ELSE ARRAY(SELECT '%' || neff.like_literal(w) || '%' FROM unnest(words) AS w) END;

    RETURN QUERY EXECUTE
        'WITH found AS (
            (SELECT ''customer'' AS kind, c.id, c.name::text AS title,
                    concat_ws('' · '', nullif(c.phone, ''''), nullif(c.address, ''''), nullif(c.email, '''')) AS subtitle,
                    c.updated_at AS at, 1 AS kind_order
               FROM public.customers c
              WHERE ' || neff.all_like(patterns, 'neff.searchable(c.name, c.email, c.phone, c.address)') || ' AND ($2 OR c.status <> ''blocked'') LIMIT $3)
            UNION ALL
            (SELECT ''estimate'', e.id, e.customer_name::text, concat_ws('' · '', e.project_address, e.status), e.created_at, 3
               FROM public.estimates e
              WHERE ' || neff.all_like(patterns, 'neff.searchable(e.customer_name, e.email, e.phone, e.project_address)') || ' LIMIT $3)
            UNION ALL
            (SELECT ''contract'', c.id, c.client_name::text, concat_ws('' · '', c.project_address, c.status), c.created_at, 4
               FROM public.contracts c
              WHERE ' || neff.all_like(patterns, 'neff.searchable(c.client_name, c.client_email, c.client_phone, c.project_address)') || '
                AND ($2 OR c.status <> ''canceled'' OR greatest(c.created_at, c.updated_at) > CURRENT_TIMESTAMP - interval ''1 year'') LIMIT $3)
            UNION ALL
            (SELECT ''job'', j.id, coalesce(c.client_name, j.location_address)::text, concat_ws('' · '', j.location_address, j.status), j.start_date, 2
               FROM (SELECT x.id FROM public.job_schedules x WHERE ' || neff.all_like(patterns, 'lower(x.location_address)') || ' LIMIT $3) AS hit
               JOIN public.job_schedules j ON j.id = hit.id
               LEFT JOIN public.contracts c ON c.id = j.contract_id)
            UNION
            (SELECT ''job'', j.id, c.client_name::text, concat_ws('' · '', j.location_address, j.status), j.start_date, 2
               FROM (SELECT x.id, x.client_name FROM public.contracts x
                      WHERE ' || neff.all_like(patterns, 'neff.searchable(x.client_name, x.client_email, x.client_phone, x.project_address)') || ' LIMIT 100) AS c
               JOIN public.job_schedules j ON j.contract_id = c.id)
            UNION ALL
            (SELECT ''crew'', w.id, w.name::text, w.status::text, w.updated_at, 0 FROM public.crews w WHERE ' || neff.all_like(patterns, 'lower(w.name)') || ' LIMIT $3)
            UNION ALL
            (SELECT ''person'', p.id, p.name::text, concat_ws('' · '', p.role, p.phone, nullif(p.status, ''active'')), p.updated_at, 0
               FROM public.crew_members p WHERE ' || neff.all_like(patterns, 'neff.searchable(p.name, p.email, p.phone, NULL)') || ' LIMIT $3)
            UNION ALL
            (SELECT ''machine'', m.id, m.name::text, concat_ws('' · '', m.kind, nullif(m.status, ''active'')), m.updated_at, 0
               FROM public.equipment m WHERE ' || neff.all_like(patterns, 'lower(m.name || '' '' || m.kind)') || ' LIMIT $3))
         SELECT f.kind, f.id, left(f.title, 300), left(f.subtitle, 300), f.at,
                CASE WHEN lower(f.title) LIKE $1 || ''%'' THEN 2 WHEN lower(f.title) LIKE ''% '' || $1 || ''%'' THEN 1 ELSE 0 END
           FROM found f
          ORDER BY 6 DESC, f.kind_order, f.at DESC, f.id
          LIMIT $4'
    USING neff.like_literal(asked), sees_all, each_table, least(greatest(p_limit, 1), 200);
END $$;

GRANT EXECUTE ON FUNCTION neff.search_records(text, integer), neff.like_literal(text) TO neff_app, neff_admin;

INSERT INTO schema_versions (version, description, min_program) VALUES ('3.0.16', 'Finding alerts and records', '0.1.0');

RESET ROLE;
