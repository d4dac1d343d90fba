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
    ON dashboard_notifications USING gin (neff.folded(title || ' ' || message) gin_trgm_ops);

-- ---- Records ---------------------------------------------------------------------------------------------------------
-- What a person may know of a record, folded: name, mail, number as written and as digits, street. One index a table,
-- because people type two words that stand in different columns. Apostrophes are left out: "obrien" is O'Brien, too.
-- Begins with a space, as every word in it does.
CREATE FUNCTION neff.searchable(p_name text, p_email text, p_phone text, p_address text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 500 SET search_path = pg_catalog, pg_temp AS $$  -- so dear, and not inlined, that the planner asks the index
DECLARE
    -- Digits: without what is there beside them.
    written constant text := concat(' ', p_name, ' ', p_email, ' ', p_phone, ' ',
                                    translate(p_phone, translate(p_phone, '0123456789', ''), ''), ' ', p_address);
BEGIN
    -- As neff.folded() does it, said again: a search asks this of thousands of rows.
    IF octet_length(written) = length(written) THEN
        RETURN translate(lower(written COLLATE "C"), '''`', '');
    END IF;
    RETURN translate(neff.folded(written), '''', '');
END $$;
-- What a list is sorted by, and what begins with a letter or two: the beginning only, longer texts are in no index.
CREATE FUNCTION neff.sortable(p_text text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN left(translate(neff.folded(p_text), '''', ''), 80);
END $$;
GRANT EXECUTE ON FUNCTION neff.searchable(text, text, text, text), neff.sortable(text) TO PUBLIC;  -- an index calls them for whoever writes

CREATE INDEX idx_customers_search ON customers USING gin (neff.searchable(name, email, phone, address) gin_trgm_ops);
CREATE INDEX idx_estimates_search ON estimates USING gin (neff.searchable(customer_name, email, phone, project_address) gin_trgm_ops);
CREATE INDEX idx_contracts_search ON contracts USING gin (neff.searchable(client_name, client_email, client_phone, project_address) gin_trgm_ops);
CREATE INDEX idx_job_schedules_search ON job_schedules USING gin (neff.searchable(NULL, NULL, NULL, location_address) gin_trgm_ops);
-- In the order of the letters' codes, whatever the database's locale: LIKE 'ma%' is read along it.
CREATE INDEX idx_customers_name_order ON customers ((neff.sortable(name) COLLATE "C"), id);
CREATE INDEX idx_estimates_name_order ON estimates ((neff.sortable(customer_name) COLLATE "C"), id);
CREATE INDEX idx_contracts_client_order ON contracts ((neff.sortable(client_name) COLLATE "C"), id);
CREATE INDEX idx_job_schedules_address_order ON job_schedules ((neff.sortable(location_address) COLLATE "C"), id);

-- Text as LIKE finds it: `50%_off` is what it says.
CREATE FUNCTION neff.like_literal(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
$$ SELECT replace(replace(replace(p_text, '\', '\\'), '%', '\%'), '_', '\_') $$;

-- The words of what somebody typed, folded as what is searched, the longest six first. A telephone number however it is
-- written is its ten digits.
CREATE FUNCTION neff.sought_words(p_text text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    asked text := translate(neff.folded(left(coalesce(p_text, ''), 200)), '''', '');
BEGIN
    asked := regexp_replace(asked,
        '(?<![0-9+])(?:\+?1[ ./-]*)?\(?([0-9]{3})\)?[ ./-]*([0-9]{3})[ ./-]*([0-9]{4})(?![0-9])', ' \1\2\3', 'g');
    RETURN ARRAY(SELECT w FROM unnest(regexp_split_to_array(asked, '\s+')) WITH ORDINALITY AS x(w, n)
                  WHERE w <> '' ORDER BY length(w) DESC, n LIMIT 6);
END $$;

-- "expression LIKE …" for each of these words, the patterns quoted as data: that it is in the text or, as no index finds
-- fewer than three letters within one, where no word is longer, that a word of the text begins with it. A number written
-- in parts is looked for as its digits, too.
CREATE FUNCTION neff.holds_words(p_words text[], p_expression text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT string_agg(
               CASE WHEN length(p_words[1]) < 3 THEN format('%s LIKE %L', p_expression, '% ' || neff.like_literal(w) || '%')
                    WHEN w ~ '^[0-9().+/-]*$' AND w ~ '[^0-9]' AND w ~ '[0-9]{3}'
                    THEN format('(%1$s LIKE %2$L OR %1$s LIKE %3$L)', p_expression, '%' || neff.like_literal(w) || '%',
                                '%' || regexp_replace(w, '[^0-9]', '', 'g') || '%')
                    ELSE format('%s LIKE %L', p_expression, '%' || neff.like_literal(w) || '%') END, ' AND ')
      FROM unnest(p_words) AS w $$;

-- The same of one text, where no index is needed.
CREATE FUNCTION neff.holds(p_searchable text, p_words text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(bool_and(CASE
               WHEN length(p_words[1]) < 3 THEN position(' ' || w IN p_searchable) > 0
               WHEN w ~ '^[0-9().+/-]*$' AND w ~ '[^0-9]' AND w ~ '[0-9]{3}'
               THEN position(w IN p_searchable) > 0 OR position(regexp_replace(w, '[^0-9]', '', 'g') IN p_searchable) > 0
               ELSE position(w IN p_searchable) > 0 END), true)
      FROM unnest(p_words) AS w $$;

-- Records that hold every word of the text; those whose name begins with it first, then the newest. A definer function:
-- behind a row policy PostgreSQL may not use an index for LIKE. What the policies hide it leaves out itself: the policies
-- of customers and contracts in 0014 and these conditions are one thing said twice.
-- Words shorter than three characters cannot use an index, so a short text finds names that begin with it.
CREATE FUNCTION neff.search_records(p_text text, p_limit integer DEFAULT 30)
RETURNS TABLE (kind text, id uuid, title text, subtitle text, at timestamptz, rank integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    words text[] := neff.sought_words(p_text);
    -- As the beginning of a name.
    asked text := translate(neff.folded(btrim(regexp_replace(left(coalesce(p_text, ''), 200), '\s+', ' ', 'g'))), '''', '');
    sees_all boolean := neff.sees_all();
    short boolean := length(words[1]) < 3;
    each_table constant integer := 100;                -- candidates a table, before they are put in order
    contract_seen constant text :=
        '($2 OR c.status <> ''canceled'' OR greatest(c.created_at, c.updated_at) > CURRENT_TIMESTAMP - interval ''1 year'')';
    names text[] := ARRAY['c.name', 'e.customer_name', 'c.client_name', 'x.location_address', 'w.name', 'p.name', 'm.name'];
    others text[] := ARRAY['c.email, c.phone, c.address', 'e.email, e.phone, e.project_address',
                           'c.client_email, c.client_phone, c.project_address', NULL, 'NULL, NULL, NULL', 'p.email, p.phone, NULL',
                           'm.kind, NULL, NULL'];
    found text[];
BEGIN
    IF cardinality(words) = 0 OR NOT neff.may_look() THEN
        RETURN;
    END IF;
    FOR i IN 1 .. cardinality(names) LOOP
        found[i] := CASE
            WHEN short THEN format('neff.sortable(%s) COLLATE "C" LIKE %L', names[i], neff.like_literal(asked) || '%')
            WHEN others[i] IS NULL THEN neff.holds_words(words, format('neff.searchable(NULL, NULL, NULL, %s)', names[i]))
            ELSE neff.holds_words(words, format('neff.searchable(%s, %s)', names[i], others[i])) END;
    END LOOP;

    RETURN QUERY EXECUTE
        'WITH found AS (
            (SELECT ''customer'' AS kind, c.id, c.name::text AS title,
                    concat_ws('' · '', nullif(c.phone, ''''), nullif(c.address, ''''), nullif(c.email, '''')) AS subtitle,
                    c.updated_at AS at, 1 AS kind_order
               FROM public.customers c WHERE ' || found[1] || ' AND ($2 OR c.status <> ''blocked'') LIMIT $3)
            UNION ALL
            (SELECT ''estimate'', e.id, e.customer_name::text, concat_ws('' · '', e.project_address, e.status), e.created_at, 3
               FROM public.estimates e WHERE ' || found[2] || ' LIMIT $3)
            UNION ALL
            (SELECT ''contract'', c.id, c.client_name::text, concat_ws('' · '', c.project_address, c.status), c.created_at, 4
               FROM public.contracts c WHERE ' || found[3] || ' AND ' || contract_seen || ' LIMIT $3)
            UNION ALL
            (SELECT ''job'', j.id, coalesce(c.client_name, j.location_address)::text, concat_ws('' · '', j.location_address, j.status), j.start_date, 2
               FROM (SELECT x.id FROM public.job_schedules x WHERE ' || found[4] || ' LIMIT $3) AS hit
               JOIN public.job_schedules j ON j.id = hit.id
               LEFT JOIN public.contracts c ON c.id = j.contract_id AND ' || contract_seen || ')
            UNION
            (SELECT ''job'', j.id, k.client_name::text, concat_ws('' · '', j.location_address, j.status), j.start_date, 2
               FROM (SELECT c.id, c.client_name FROM public.contracts c
                      WHERE ' || found[3] || ' AND ' || contract_seen || ' LIMIT 100) AS k
               JOIN public.job_schedules j ON j.contract_id = k.id LIMIT $3)
            UNION ALL
            (SELECT ''crew'', w.id, w.name::text, w.status::text, w.updated_at, 0 FROM public.crews w WHERE ' || found[5] || ' LIMIT $3)
            UNION ALL
            (SELECT ''person'', p.id, p.name::text, concat_ws('' · '', p.role, p.phone, nullif(p.status, ''active'')), p.updated_at, 0
               FROM public.crew_members p WHERE ' || found[6] || ' LIMIT $3)
            UNION ALL
            (SELECT ''machine'', m.id, m.name::text, concat_ws('' · '', m.kind, nullif(m.status, ''active'')), m.updated_at, 0
               FROM public.equipment m WHERE ' || found[7] || ' LIMIT $3)),
         ranked AS (
            SELECT f.*, '' '' || neff.sortable(f.title) AS folded FROM found f)
         SELECT f.kind, f.id, left(f.title, 300), left(f.subtitle, 300), f.at,
                CASE WHEN f.folded LIKE '' '' || $1 || ''%'' THEN 2 WHEN f.folded LIKE ''% '' || $1 || ''%'' THEN 1 ELSE 0 END
           FROM ranked f
          ORDER BY 6 DESC, f.kind_order, f.at DESC, f.id
          LIMIT $4'
    USING neff.like_literal(asked), sees_all, each_table, least(greatest(p_limit, 1), 200);
END $$;

GRANT EXECUTE ON FUNCTION neff.search_records(text, integer), neff.like_literal(text), neff.sought_words(text),
    neff.holds_words(text[], text), neff.holds(text, text[]) TO neff_app, neff_admin;

INSERT INTO schema_versions (version, description, min_program) VALUES ('3.0.16', 'Finding alerts and records', '0.1.0');

RESET ROLE;
