-- Who acts, which version a row has, and what has changed since: the three things every screen leans on.
SET LOCAL ROLE neff_owner;
SET LOCAL timezone = 'UTC';

-- ---- Who acts ------------------------------------------------------------------------------------------------
-- A setting that was once set in a session reads '' afterwards, not NULL: '' means "not said" everywhere.
-- (plpgsql throughout: a SQL function with a search path of its own is planned anew at every call, which costs ten times
-- as much.)
CREATE FUNCTION neff.app_setting(p_name text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN nullif(btrim(current_setting(p_name, true)), '');
END $$;

-- An import that alerts nobody.
CREATE FUNCTION neff.app_quiet() RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce(lower(neff.app_setting('app.quiet')) NOT IN ('off', 'false', 'f', '0', 'no', 'n'), false);
END $$;

-- The person whose own login this session has, as app_users.user_id; NULL: the login is nobody's, or many share it.
CREATE FUNCTION neff.proven_person() RETURNS varchar
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT u.user_id FROM public.app_users u WHERE u.database_login = session_user);
END $$;

-- The person or program that acts. Who has a login of their own is who that login says; a shared one says who it is
-- itself (`app.current_user`), which is a claim, and not believed where it names somebody with a login of their own:
-- then the name of the login stands there. The proof is session_user, which trail and audit keep beside it.
CREATE FUNCTION neff.app_actor() RETURNS varchar
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    claimed text := left(nullif(btrim(current_setting('app.current_user', true)), ''), 255);
    proven varchar := (SELECT u.user_id FROM public.app_users u WHERE u.database_login = session_user);
BEGIN
    RETURN CASE WHEN proven IS NOT NULL THEN proven
                WHEN claimed IS NULL THEN 'system'
                WHEN EXISTS (SELECT FROM public.app_users u WHERE u.user_id = claimed AND u.database_login IS NOT NULL)
                    THEN session_user::varchar
                ELSE claimed END;
END $$;

-- Whose rights count. Within a function that runs as its owner `current_user` says nothing of the caller; what SET ROLE
-- was given still does.
CREATE FUNCTION neff.acting_role() RETURNS name
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE WHEN current_setting('role') = 'none' THEN session_user ELSE current_setting('role')::name END;
END $$;

-- Whether the person whose login this is was switched off.
CREATE FUNCTION neff.login_is_disabled() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.app_users u WHERE u.database_login = session_user AND u.status = 'disabled');
END $$;

-- What functions that run as their owner let through: everything to an administrator, and to nobody else what the row
-- policies hide (blocked customers, contracts canceled long ago); nothing at all to whoever is no staff of the office.
CREATE FUNCTION neff.sees_all() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (pg_has_role(neff.acting_role(), 'neff_admin', 'USAGE') OR pg_has_role(neff.acting_role(), 'neff_owner', 'USAGE'))
       AND NOT neff.login_is_disabled();
END $$;
CREATE FUNCTION neff.may_look() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN neff.sees_all() OR (pg_has_role(neff.acting_role(), 'neff_app', 'USAGE') AND NOT neff.login_is_disabled());
END $$;

-- Where a change comes from, always a value the constraint `valid_source` accepts.
CREATE FUNCTION neff.app_source() RETURNS varchar
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    said text := nullif(btrim(current_setting('app.source', true)), '');
BEGIN
    RETURN CASE WHEN said IS NULL THEN 'system'
                WHEN said IN ('system', 'calendly_webhook', 'manual_admin', 'mobile_app', 'api') THEN said
                ELSE 'api' END;
END $$;

-- Settings of the office. A value somebody spoiled falls back to the default given, it never raises; one that is
-- kept from people is kept from here, too: everybody may call this.
CREATE FUNCTION neff.config_text(p_key text, p_default text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT coalesce((SELECT nullif(btrim(value), '') FROM public.system_config WHERE key = p_key AND NOT is_sensitive), p_default) $$;

CREATE FUNCTION neff.config_int(p_key text, p_default integer) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT CASE WHEN v ~ '^-?[0-9]{1,9}$' THEN v::integer ELSE p_default END
     FROM (SELECT neff.config_text(p_key, NULL) AS v) AS setting $$;

-- ---- The office's clock and week ----------------------------------------------------------------------------------
-- The names of time zones that the database, the program, its papers and its window all know, by their small letters.
-- Four of them PostgreSQL takes for abbreviations, which have no summer: they stand for a place that keeps that time.
-- A name that is not here (CST, <-06>6, posix/America/Chicago) is none: the office's time is UTC then, everywhere.
CREATE TABLE neff.time_zones (
    word text PRIMARY KEY,
    name text NOT NULL
);
INSERT INTO neff.time_zones (word, name)
SELECT lower(z), CASE z WHEN 'CET' THEN 'Europe/Brussels' WHEN 'MET' THEN 'Europe/Brussels' WHEN 'EET' THEN 'Europe/Athens'
                        WHEN 'WET' THEN 'Europe/Lisbon' ELSE z END
  FROM regexp_split_to_table(btrim('
    Africa/Abidjan Africa/Accra Africa/Addis_Ababa Africa/Algiers Africa/Asmara Africa/Asmera Africa/Bamako
    Africa/Bangui Africa/Banjul Africa/Bissau Africa/Blantyre Africa/Brazzaville Africa/Bujumbura Africa/Cairo
    Africa/Casablanca Africa/Ceuta Africa/Conakry Africa/Dakar Africa/Dar_es_Salaam Africa/Djibouti
    Africa/Douala Africa/El_Aaiun Africa/Freetown Africa/Gaborone Africa/Harare Africa/Johannesburg Africa/Juba
    Africa/Kampala Africa/Khartoum Africa/Kigali Africa/Kinshasa Africa/Lagos Africa/Libreville Africa/Lome
    Africa/Luanda Africa/Lubumbashi Africa/Lusaka Africa/Malabo Africa/Maputo Africa/Maseru Africa/Mbabane
    Africa/Mogadishu Africa/Monrovia Africa/Nairobi Africa/Ndjamena Africa/Niamey Africa/Nouakchott
    Africa/Ouagadougou Africa/Porto-Novo Africa/Sao_Tome Africa/Timbuktu Africa/Tripoli Africa/Tunis
    Africa/Windhoek America/Adak America/Anchorage America/Anguilla America/Antigua America/Araguaina
    America/Argentina/Buenos_Aires America/Argentina/Catamarca America/Argentina/ComodRivadavia
    America/Argentina/Cordoba America/Argentina/Jujuy America/Argentina/La_Rioja America/Argentina/Mendoza
    America/Argentina/Rio_Gallegos America/Argentina/Salta America/Argentina/San_Juan America/Argentina/San_Luis
    America/Argentina/Tucuman America/Argentina/Ushuaia America/Aruba America/Asuncion America/Atikokan
    America/Atka America/Bahia America/Bahia_Banderas America/Barbados America/Belem America/Belize
    America/Blanc-Sablon America/Boa_Vista America/Bogota America/Boise America/Buenos_Aires
    America/Cambridge_Bay America/Campo_Grande America/Cancun America/Caracas America/Catamarca America/Cayenne
    America/Cayman America/Chicago America/Chihuahua America/Ciudad_Juarez America/Coral_Harbour America/Cordoba
    America/Costa_Rica America/Coyhaique America/Creston America/Cuiaba America/Curacao America/Danmarkshavn
    America/Dawson America/Dawson_Creek America/Denver America/Detroit America/Dominica America/Edmonton
    America/Eirunepe America/El_Salvador America/Ensenada America/Fort_Nelson America/Fort_Wayne
    America/Fortaleza America/Glace_Bay America/Godthab America/Goose_Bay America/Grand_Turk America/Grenada
    America/Guadeloupe America/Guatemala America/Guayaquil America/Guyana America/Halifax America/Havana
    America/Hermosillo America/Indiana/Indianapolis America/Indiana/Knox America/Indiana/Marengo
    America/Indiana/Petersburg America/Indiana/Tell_City America/Indiana/Vevay America/Indiana/Vincennes
    America/Indiana/Winamac America/Indianapolis America/Inuvik America/Iqaluit America/Jamaica America/Jujuy
    America/Juneau America/Kentucky/Louisville America/Kentucky/Monticello America/Knox_IN America/Kralendijk
    America/La_Paz America/Lima America/Los_Angeles America/Louisville America/Lower_Princes America/Maceio
    America/Managua America/Manaus America/Marigot America/Martinique America/Matamoros America/Mazatlan
    America/Mendoza America/Menominee America/Merida America/Metlakatla America/Mexico_City America/Miquelon
    America/Moncton America/Monterrey America/Montevideo America/Montreal America/Montserrat America/Nassau
    America/New_York America/Nipigon America/Nome America/Noronha America/North_Dakota/Beulah
    America/North_Dakota/Center America/North_Dakota/New_Salem America/Nuuk America/Ojinaga America/Panama
    America/Pangnirtung America/Paramaribo America/Phoenix America/Port-au-Prince America/Port_of_Spain
    America/Porto_Acre America/Porto_Velho America/Puerto_Rico America/Punta_Arenas America/Rainy_River
    America/Rankin_Inlet America/Recife America/Regina America/Resolute America/Rio_Branco America/Rosario
    America/Santa_Isabel America/Santarem America/Santiago America/Santo_Domingo America/Sao_Paulo
    America/Scoresbysund America/Shiprock America/Sitka America/St_Barthelemy America/St_Johns America/St_Kitts
    America/St_Lucia America/St_Thomas America/St_Vincent America/Swift_Current America/Tegucigalpa
    America/Thule America/Thunder_Bay America/Tijuana America/Toronto America/Tortola America/Vancouver
    America/Virgin America/Whitehorse America/Winnipeg America/Yakutat America/Yellowknife Antarctica/Casey
    Antarctica/Davis Antarctica/DumontDUrville Antarctica/Macquarie Antarctica/Mawson Antarctica/McMurdo
    Antarctica/Palmer Antarctica/Rothera Antarctica/South_Pole Antarctica/Syowa Antarctica/Troll
    Antarctica/Vostok Arctic/Longyearbyen Asia/Aden Asia/Almaty Asia/Amman Asia/Anadyr Asia/Aqtau Asia/Aqtobe
    Asia/Ashgabat Asia/Ashkhabad Asia/Atyrau Asia/Baghdad Asia/Bahrain Asia/Baku Asia/Bangkok Asia/Barnaul
    Asia/Beirut Asia/Bishkek Asia/Brunei Asia/Calcutta Asia/Chita Asia/Choibalsan Asia/Chongqing Asia/Chungking
    Asia/Colombo Asia/Dacca Asia/Damascus Asia/Dhaka Asia/Dili Asia/Dubai Asia/Dushanbe Asia/Famagusta Asia/Gaza
    Asia/Harbin Asia/Hebron Asia/Ho_Chi_Minh Asia/Hong_Kong Asia/Hovd Asia/Irkutsk Asia/Istanbul Asia/Jakarta
    Asia/Jayapura Asia/Jerusalem Asia/Kabul Asia/Kamchatka Asia/Karachi Asia/Kashgar Asia/Kathmandu
    Asia/Katmandu Asia/Khandyga Asia/Kolkata Asia/Krasnoyarsk Asia/Kuala_Lumpur Asia/Kuching Asia/Kuwait
    Asia/Macao Asia/Macau Asia/Magadan Asia/Makassar Asia/Manila Asia/Muscat Asia/Nicosia Asia/Novokuznetsk
    Asia/Novosibirsk Asia/Omsk Asia/Oral Asia/Phnom_Penh Asia/Pontianak Asia/Pyongyang Asia/Qatar Asia/Qostanay
    Asia/Qyzylorda Asia/Rangoon Asia/Riyadh Asia/Saigon Asia/Sakhalin Asia/Samarkand Asia/Seoul Asia/Shanghai
    Asia/Singapore Asia/Srednekolymsk Asia/Taipei Asia/Tashkent Asia/Tbilisi Asia/Tehran Asia/Tel_Aviv
    Asia/Thimbu Asia/Thimphu Asia/Tokyo Asia/Tomsk Asia/Ujung_Pandang Asia/Ulaanbaatar Asia/Ulan_Bator
    Asia/Urumqi Asia/Ust-Nera Asia/Vientiane Asia/Vladivostok Asia/Yakutsk Asia/Yangon Asia/Yekaterinburg
    Asia/Yerevan Atlantic/Azores Atlantic/Bermuda Atlantic/Canary Atlantic/Cape_Verde Atlantic/Faeroe
    Atlantic/Faroe Atlantic/Jan_Mayen Atlantic/Madeira Atlantic/Reykjavik Atlantic/South_Georgia
    Atlantic/St_Helena Atlantic/Stanley Australia/ACT Australia/Adelaide Australia/Brisbane
    Australia/Broken_Hill Australia/Canberra Australia/Currie Australia/Darwin Australia/Eucla Australia/Hobart
    Australia/LHI Australia/Lindeman Australia/Lord_Howe Australia/Melbourne Australia/NSW Australia/North
    Australia/Perth Australia/Queensland Australia/South Australia/Sydney Australia/Tasmania Australia/Victoria
    Australia/West Australia/Yancowinna Brazil/Acre Brazil/DeNoronha Brazil/East Brazil/West CET CST6CDT
    Canada/Atlantic Canada/Central Canada/Eastern Canada/Mountain Canada/Newfoundland Canada/Pacific
    Canada/Saskatchewan Canada/Yukon Chile/Continental Chile/EasterIsland Cuba EET EST EST5EDT Egypt Eire
    Etc/GMT Etc/GMT+0 Etc/GMT+1 Etc/GMT+10 Etc/GMT+11 Etc/GMT+12 Etc/GMT+2 Etc/GMT+3 Etc/GMT+4 Etc/GMT+5
    Etc/GMT+6 Etc/GMT+7 Etc/GMT+8 Etc/GMT+9 Etc/GMT-0 Etc/GMT-1 Etc/GMT-10 Etc/GMT-11 Etc/GMT-12 Etc/GMT-13
    Etc/GMT-14 Etc/GMT-2 Etc/GMT-3 Etc/GMT-4 Etc/GMT-5 Etc/GMT-6 Etc/GMT-7 Etc/GMT-8 Etc/GMT-9 Etc/GMT0
    Etc/Greenwich Etc/UCT Etc/UTC Etc/Universal Etc/Zulu Europe/Amsterdam Europe/Andorra Europe/Astrakhan
    Europe/Athens Europe/Belfast Europe/Belgrade Europe/Berlin Europe/Bratislava Europe/Brussels
    Europe/Bucharest Europe/Budapest Europe/Busingen Europe/Chisinau Europe/Copenhagen Europe/Dublin
    Europe/Gibraltar Europe/Guernsey Europe/Helsinki Europe/Isle_of_Man Europe/Istanbul Europe/Jersey
    Europe/Kaliningrad Europe/Kiev Europe/Kirov Europe/Kyiv Europe/Lisbon Europe/Ljubljana Europe/London
    Europe/Luxembourg Europe/Madrid Europe/Malta Europe/Mariehamn Europe/Minsk Europe/Monaco Europe/Moscow
    Europe/Nicosia Europe/Oslo Europe/Paris Europe/Podgorica Europe/Prague Europe/Riga Europe/Rome Europe/Samara
    Europe/San_Marino Europe/Sarajevo Europe/Saratov Europe/Simferopol Europe/Skopje Europe/Sofia
    Europe/Stockholm Europe/Tallinn Europe/Tirane Europe/Tiraspol Europe/Ulyanovsk Europe/Uzhgorod Europe/Vaduz
    Europe/Vatican Europe/Vienna Europe/Vilnius Europe/Volgograd Europe/Warsaw Europe/Zagreb Europe/Zaporozhye
    Europe/Zurich GB GB-Eire GMT GMT+0 GMT-0 GMT0 Greenwich HST Hongkong Iceland Indian/Antananarivo
    Indian/Chagos Indian/Christmas Indian/Cocos Indian/Comoro Indian/Kerguelen Indian/Mahe Indian/Maldives
    Indian/Mauritius Indian/Mayotte Indian/Reunion Iran Israel Jamaica Japan Kwajalein Libya MET MST MST7MDT
    Mexico/BajaNorte Mexico/BajaSur Mexico/General NZ NZ-CHAT Navajo PRC PST8PDT Pacific/Apia Pacific/Auckland
    Pacific/Bougainville Pacific/Chatham Pacific/Chuuk Pacific/Easter Pacific/Efate Pacific/Enderbury
    Pacific/Fakaofo Pacific/Fiji Pacific/Funafuti Pacific/Galapagos Pacific/Gambier Pacific/Guadalcanal
    Pacific/Guam Pacific/Honolulu Pacific/Johnston Pacific/Kanton Pacific/Kiritimati Pacific/Kosrae
    Pacific/Kwajalein Pacific/Majuro Pacific/Marquesas Pacific/Midway Pacific/Nauru Pacific/Niue Pacific/Norfolk
    Pacific/Noumea Pacific/Pago_Pago Pacific/Palau Pacific/Pitcairn Pacific/Pohnpei Pacific/Ponape
    Pacific/Port_Moresby Pacific/Rarotonga Pacific/Saipan Pacific/Samoa Pacific/Tahiti Pacific/Tarawa
    Pacific/Tongatapu Pacific/Truk Pacific/Wake Pacific/Wallis Pacific/Yap Poland Portugal ROC ROK Singapore
    Turkey UCT US/Alaska US/Aleutian US/Arizona US/Central US/East-Indiana US/Eastern US/Hawaii
    US/Indiana-Starke US/Michigan US/Mountain US/Pacific US/Samoa UTC Universal W-SU WET Zulu
', E' \n'), '\s+') AS z;

-- The zone that is meant by what somebody wrote; NULL: none.
CREATE FUNCTION neff.time_zone(p_written text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT z.name FROM neff.time_zones z WHERE z.word = lower(btrim(p_written)) $$;

-- The office's time zone; UTC where the setting names none.
CREATE FUNCTION neff.office_time_zone() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    zone text := coalesce(neff.time_zone(neff.config_text('office_time_zone', 'UTC')), 'UTC');
BEGIN
    PERFORM now() AT TIME ZONE zone;  -- a server may have older rules of the world's clocks than this list
    RETURN zone;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN 'UTC';
END $$;

-- Weekdays as people write them, 1 = Monday … 7 = Sunday, in order: '1,2,3', '1-5', 'Mon-Fri', '12345', 'Sat to Mon'.
-- None in it: NULL.
CREATE FUNCTION neff.weekdays(p_written text) RETURNS integer[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    WITH written AS (
        SELECT m.part[1] AS first, coalesce(m.part[2], m.part[1]) AS last
          FROM regexp_matches(lower(p_written), '(mon[a-z]*|tue[a-z]*|wed[a-z]*|thu[a-z]*|fri[a-z]*|sat[a-z]*|sun[a-z]*|[1-7])'
                   || '(?:\s*(?:-|–|—|to)\s*(mon[a-z]*|tue[a-z]*|wed[a-z]*|thu[a-z]*|fri[a-z]*|sat[a-z]*|sun[a-z]*|[1-7]))?',
                   'g') AS m(part)
    ), numbered AS (
        SELECT CASE WHEN w.first ~ '^[1-7]' THEN w.first::integer
                    ELSE array_position(ARRAY['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], left(w.first, 3)) END AS first,
               CASE WHEN w.last ~ '^[1-7]' THEN w.last::integer
                    ELSE array_position(ARRAY['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], left(w.last, 3)) END AS last
          FROM written w
    )
    SELECT array_agg(DISTINCT d.day ORDER BY d.day)
      FROM numbered n
      JOIN generate_series(1, 7) AS d(day)
        ON CASE WHEN n.first <= n.last THEN d.day BETWEEN n.first AND n.last ELSE d.day >= n.first OR d.day <= n.last END
$$;

-- The days on which the office works; Monday to Friday where the setting names none.
CREATE FUNCTION neff.office_working_days() RETURNS integer[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT coalesce(neff.weekdays(neff.config_text('office_working_days', NULL)), ARRAY[1, 2, 3, 4, 5]) $$;

-- ---- Versions and updated_at -----------------------------------------------------------------------------------
-- One function for every table that has `updated_at`; it keeps the specification's name.
CREATE OR REPLACE FUNCTION public.update_timestamp() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.updated_at = CURRENT_TIMESTAMP;
    RETURN NEW;
END $$;

-- `version` rises when a business column really differs, whoever writes; nobody can set it. Runs before the
-- timestamp trigger (triggers fire in the order of their names), so that `updated_at` alone is no difference.
-- `*<>` compares what is stored: a column of the company's own may be of a type that has no equality (json, xml).
CREATE FUNCTION neff.raise_version() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    written timestamptz := NEW.updated_at;  -- many programs set it in every UPDATE
BEGIN
    NEW.version := OLD.version;
    NEW.updated_at := OLD.updated_at;
    IF NEW *<> OLD THEN
        NEW.version := OLD.version + 1;
    END IF;
    NEW.updated_at := written;
    RETURN NEW;
END $$;

-- Totals of a customer are derived by the daily maintenance: they are no edit.
CREATE FUNCTION neff.raise_version_customers() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    compared public.customers := NEW;
BEGIN
    compared.version := OLD.version;
    compared.updated_at := OLD.updated_at;
    compared.total_projects := OLD.total_projects;
    compared.total_spent := OLD.total_spent;
    NEW.version := OLD.version + (compared *<> OLD)::integer;
    RETURN NEW;
END $$;

DO $$
DECLARE
    t text;
BEGIN
    -- Tables of the specification that people edit.
    FOREACH t IN ARRAY ARRAY['contracts', 'estimates', 'customers', 'job_schedules', 'crew_members', 'alert_types',
                             'alert_rules', 'email_templates', 'sms_templates', 'system_config'] LOOP
        EXECUTE format('ALTER TABLE %I ADD COLUMN IF NOT EXISTS version integer NOT NULL DEFAULT 1', t);
    END LOOP;
    ALTER TABLE alert_types ADD COLUMN IF NOT EXISTS updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP;
    ALTER TABLE sms_templates ADD COLUMN IF NOT EXISTS updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP;

    FOR t IN SELECT c.relname
               FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'updated_at'
              WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relowner = 'neff_owner'::regrole LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS %I ON %I', 'update_' || t || '_timestamp', t);
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION public.update_timestamp()',
                       'update_' || t || '_timestamp', t);
        EXECUTE format('CREATE TRIGGER b_raise_version BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION neff.%I()', t,
                       CASE t WHEN 'customers' THEN 'raise_version_customers' ELSE 'raise_version' END);
    END LOOP;
END $$;

-- ---- How a transaction ends ------------------------------------------------------------------------------------
-- Whether what is run says these two words one after the other, whatever blanks and comments stand between them: nothing
-- else tells a trigger why it is called now.
CREATE FUNCTION neff.query_says(p_first text, p_second text) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    query constant text := coalesce(current_query(), '');  -- none at a Sync
BEGIN
    RETURN position(p_second IN lower(query COLLATE "C")) > 0
       AND query ~* ('\m' || p_first || '(\s|/\*.*\*/|--.*[\n\r])+' || p_second || '\M');
END $$;

-- Whether it is PREPARE TRANSACTION, which is refused after a NOTIFY and keeps locks for days. As a rule a server takes none.
CREATE FUNCTION neff.is_preparing() RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN current_setting('max_prepared_transactions') <> '0' AND neff.query_says('prepare', 'transaction');
END $$;

-- ---- The change feed -------------------------------------------------------------------------------------------
-- One row for every row changed, written once a statement. Readers ask for what lies below
-- pg_snapshot_xmin(pg_current_snapshot()): "newer than last time" would skip transactions that commit late.
-- (The number is no key: a dump of the data alone, loaded while the triggers write their own rows, sets it back, and every
-- write of anybody would be refused until it has caught up.)
CREATE TABLE change_feed (
    id         bigint GENERATED ALWAYS AS IDENTITY,
    xid        xid8 NOT NULL DEFAULT pg_current_xact_id(),
    table_name text NOT NULL,
    row_id     text NOT NULL,                          -- '*': everything of this table
    operation  "char" NOT NULL,                        -- I, U or D; T: emptied at once, which no row tells of
    changed_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    wakes      boolean NOT NULL DEFAULT false          -- the first of its statement: who listens hears of it
);
CREATE INDEX idx_change_feed_xid ON change_feed (xid, id);
CREATE INDEX idx_change_feed_id ON change_feed (id);
CREATE INDEX idx_change_feed_changed_at ON change_feed USING brin (changed_at);

-- Identifies this history of changes. A restored copy is another database, mostly with another oid, always on another
-- server or another timeline of it: so the id differs, and every computer refreshes in full.
CREATE TABLE neff.change_feed_identity (
    id        uuid NOT NULL DEFAULT gen_random_uuid(),
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton)
);
INSERT INTO neff.change_feed_identity DEFAULT VALUES;
CREATE FUNCTION neff.change_feed_id() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    server text;
BEGIN
    BEGIN
        SELECT s.system_identifier || ':' || c.timeline_id INTO server FROM pg_control_system() AS s, pg_control_checkpoint() AS c;
    EXCEPTION WHEN insufficient_privilege THEN
        -- Everybody may ask, unless somebody took that away: then each start of the server is a history of its own, which
        -- costs every computer a full reading and skips nothing.
        server := pg_postmaster_start_time()::text;
    END;
    RETURN md5(concat_ws(':', (SELECT i.id FROM neff.change_feed_identity i),
                         (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()), server))::uuid;
END $$;

-- Transactions whose changes nobody shows (the daily maintenance): they write no feed.
CREATE TABLE neff.feed_silence (transaction xid8 PRIMARY KEY DEFAULT pg_current_xact_id());

-- Writes the feed. Argument: the key column of the table.
CREATE FUNCTION neff.feed_changes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM neff.feed_silence s WHERE s.transaction = pg_current_xact_id()) THEN
        RETURN NULL;
    END IF;
    -- Not earlier, whatever the session has asked of its constraints: see neff.wake_listeners().
    SET CONSTRAINTS public.change_feed_wakes DEFERRED;
    IF TG_OP = 'TRUNCATE' THEN
        INSERT INTO public.change_feed (table_name, row_id, operation, wakes) VALUES (TG_TABLE_NAME, '*', 'T', true);
    ELSE
        EXECUTE format('INSERT INTO public.change_feed (table_name, row_id, operation, wakes)
                        SELECT %L, %I::text, %L, row_number() OVER () = 1 FROM %I',
                       TG_TABLE_NAME, TG_ARGV[0], left(TG_OP, 1), CASE TG_OP WHEN 'DELETE' THEN 'old_rows' ELSE 'new_rows' END);
    END IF;
    RETURN NULL;
END $$;

-- Wakes the listeners when a transaction ends: one NOTIFY a table, carrying only its name. PREPARE TRANSACTION is refused
-- after a NOTIFY: such a transaction wakes nobody, and is read with the next heartbeat.
CREATE FUNCTION neff.wake_listeners() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT neff.is_preparing() THEN
        PERFORM pg_notify('neff_changes', NEW.table_name);
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER change_feed_wakes AFTER INSERT ON change_feed DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.wakes) EXECUTE FUNCTION neff.wake_listeners();

-- What only our triggers write, which they do as the owner. Rows from elsewhere (a dump of the data alone, loaded while the
-- triggers write their own) are left out: they tell of another database's changes.
CREATE FUNCTION neff.leave_out() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN NULL;
END $$;
CREATE TRIGGER a_only_ours BEFORE INSERT ON change_feed FOR EACH ROW WHEN (current_user <> 'neff_owner') EXECUTE FUNCTION neff.leave_out();

-- Attaches the feed to a table; later migrations call it for theirs.
CREATE FUNCTION neff.attach_change_feed(p_table regclass, p_key text DEFAULT 'id') RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER z_feed_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows
                    FOR EACH STATEMENT EXECUTE FUNCTION neff.feed_changes(%L)', p_table, p_key);
    EXECUTE format('CREATE TRIGGER z_feed_update AFTER UPDATE ON %s REFERENCING NEW TABLE AS new_rows
                    FOR EACH STATEMENT EXECUTE FUNCTION neff.feed_changes(%L)', p_table, p_key);
    EXECUTE format('CREATE TRIGGER z_feed_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows
                    FOR EACH STATEMENT EXECUTE FUNCTION neff.feed_changes(%L)', p_table, p_key);
    EXECUTE format('CREATE TRIGGER z_feed_truncate AFTER TRUNCATE ON %s
                    FOR EACH STATEMENT EXECUTE FUNCTION neff.feed_changes(%L)', p_table, p_key);
END $$;
-- What the feed told and is gone: everything may have changed.
CREATE TRIGGER z_feed_truncate AFTER TRUNCATE ON change_feed FOR EACH STATEMENT EXECUTE FUNCTION neff.feed_changes('id');

SELECT neff.attach_change_feed(t::regclass)
  FROM unnest(ARRAY['contracts', 'estimates', 'customers', 'job_schedules', 'crew_members', 'crews',
                    'crew_memberships', 'equipment', 'time_off', 'payments', 'customer_sites',
                    'dashboard_notifications', 'app_users']) AS t;
SELECT neff.attach_change_feed('system_config', 'key');

INSERT INTO schema_versions (version, description, min_program) VALUES ('3.0.6', 'Row versions and the change feed', '0.1.0');

RESET ROLE;
