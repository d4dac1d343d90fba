-- What the office adds beside the specification's tables: people of the office, groups, sites, crews, machines,
-- time off, prices, payments. Nothing of the specification is renamed; links are added beside its text columns.
SET LOCAL ROLE neff_owner;
SET LOCAL timezone = 'UTC';

-- ---- How text is compared ---------------------------------------------------------------------------------------------
-- Letters without case and accents, whatever the database's locale (in the C locale lower() knows ASCII only): "Muñoz" is
-- "munoz", "O’Brien" is "o'brien", "Straße" is "strasse". Indexes hold it: once released it is never to be changed.
-- domain::search::folded and the window's folded() do the same.
CREATE FUNCTION neff.folded(p_text text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    plain text;
    -- What is no capital any more once it stands alone, and every capital that Unicode 14 knows; then letters with a
    -- stroke, and marks written in several ways.
    capitals constant text :=
        'ÆÐØÞĐĦŁŊŒŦƁƂƄƆƇƉƊƋƎƏƐƑƓƔƖƗƘƜƝƟƢƤƦƧƩƬƮƱƲƳƵƷƸƼǤǶǷȜȠȢȤȺȻȽȾɁɃɄɅɆɈɊɌɎͰͲͶͿΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩϏϘϚϜϞϠϢϤ'
        'ϦϨϪϬϮϷϺϽϾϿЂЄЅІЈЉЊЋЏАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯѠѢѤѦѨѪѬѮѰѲѴѸѺѼѾҀҊҌҎҐҒҔҖҘҚҜҞҠҢҤҦҨҪҬҮҰҲҴҶҸҺҼҾӀӃӅӇӉӋӍ'
        'ӔӘӠӨӶӺӼӾԀԂԄԆԈԊԌԎԐԒԔԖԘԚԜԞԠԢԤԦԨԪԬԮԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖႠႡႢႣႤႥႦႧႨႩႪႫႬႭႮႯႰႱႲႳႴႵႶႷႸႹႺႻႼႽ'
        'ႾႿჀჁჂჃჄჅჇჍᎠᎡᎢᎣᎤᎥᎦᎧᎨᎩᎪᎫᎬᎭᎮᎯᎰᎱᎲᎳᎴᎵᎶᎷᎸᎹᎺᎻᎼᎽᎾᎿᏀᏁᏂᏃᏄᏅᏆᏇᏈᏉᏊᏋᏌᏍᏎᏏᏐᏑᏒᏓᏔᏕᏖᏗᏘᏙᏚᏛᏜᏝᏞᏟᏠᏡᏢᏣᏤᏥᏦᏧᏨᏩᏪᏫᏬᏭᏮᏯᏰᏱᏲᏳᏴᏵᲐᲑᲒᲓ'
        'ᲔᲕᲖᲗᲘᲙᲚᲛᲜᲝᲞᲟᲠᲡᲢᲣᲤᲥᲦᲧᲨᲩᲪᲫᲬᲭᲮᲯᲰᲱᲲᲳᲴᲵᲶᲷᲸᲹᲺᲽᲾᲿẞỺỼỾℲↃⰀⰁⰂⰃⰄⰅⰆⰇⰈⰉⰊⰋⰌⰍⰎⰏⰐⰑⰒⰓⰔⰕⰖⰗⰘⰙⰚⰛⰜⰝⰞⰟⰠⰡⰢⰣⰤⰥⰦⰧⰨⰩⰪⰫⰬⰭⰮⰯⱠⱢⱣⱤ'
        'ⱧⱩⱫⱭⱮⱯⱰⱲⱵⱾⱿⲀⲂⲄⲆⲈⲊⲌⲎⲐⲒⲔⲖⲘⲚⲜⲞⲠⲢⲤⲦⲨⲪⲬⲮⲰⲲⲴⲶⲸⲺⲼⲾⳀⳂⳄⳆⳈⳊⳌⳎⳐⳒⳔⳖⳘⳚⳜⳞⳠⳢⳫⳭⳲꙀꙂꙄꙆꙈꙊꙌꙎꙐꙒꙔꙖꙘꙚꙜꙞꙠꙢꙤꙦꙨꙪꙬꚀꚂꚄꚆꚈꚊꚌꚎꚐꚒꚔꚖꚘ'
        'ꚚꜢꜤꜦꜨꜪꜬꜮꜲꜴꜶꜸꜺꜼꜾꝀꝂꝄꝆꝈꝊꝌꝎꝐꝒꝔꝖꝘꝚꝜꝞꝠꝢꝤꝦꝨꝪꝬꝮꝹꝻꝽꝾꞀꞂꞄꞆꞋꞍꞐꞒꞖꞘꞚꞜꞞꞠꞢꞤꞦꞨꞪꞫꞬꞭꞮꞰꞱꞲꞳꞴꞶꞸꞺꞼꞾꟀꟂꟄꟅꟆꟇꟉꟐꟖꟘꟵ𐐀𐐁𐐂𐐃𐐄𐐅𐐆𐐇𐐈𐐉𐐊𐐋𐐌'
        '𐐍𐐎𐐏𐐐𐐑𐐒𐐓𐐔𐐕𐐖𐐗𐐘𐐙𐐚𐐛𐐜𐐝𐐞𐐟𐐠𐐡𐐢𐐣𐐤𐐥𐐦𐐧𐒰𐒱𐒲𐒳𐒴𐒵𐒶𐒷𐒸𐒹𐒺𐒻𐒼𐒽𐒾𐒿𐓀𐓁𐓂𐓃𐓄𐓅𐓆𐓇𐓈𐓉𐓊𐓋𐓌𐓍𐓎𐓏𐓐𐓑𐓒𐓓𐕰𐕱𐕲𐕳𐕴𐕵𐕶𐕷𐕸𐕹𐕺𐕼𐕽𐕾𐕿𐖀𐖁𐖂𐖃𐖄𐖅𐖆𐖇𐖈𐖉𐖊𐖌𐖍𐖎𐖏𐖐𐖑𐖒𐖔𐖕𐲀𐲁'
        '𐲂𐲃𐲄𐲅𐲆𐲇𐲈𐲉𐲊𐲋𐲌𐲍𐲎𐲏𐲐𐲑𐲒𐲓𐲔𐲕𐲖𐲗𐲘𐲙𐲚𐲛𐲜𐲝𐲞𐲟𐲠𐲡𐲢𐲣𐲤𐲥𐲦𐲧𐲨𐲩𐲪𐲫𐲬𐲭𐲮𐲯𐲰𐲱𐲲𑢠𑢡𑢢𑢣𑢤𑢥𑢦𑢧𑢨𑢩𑢪𑢫𑢬𑢭𑢮𑢯𑢰𑢱𑢲𑢳𑢴𑢵𑢶𑢷𑢸𑢹𑢺𑢻𑢼𑢽𑢾𑢿𖹀𖹁𖹂𖹃𖹄𖹅𖹆𖹇𖹈𖹉𖹊𖹋𖹌𖹍𖹎𖹏𖹐𖹑𖹒'
        '𖹓𖹔𖹕𖹖𖹗𖹘𖹙𖹚𖹛𖹜𖹝𖹞𖹟𞤀𞤁𞤂𞤃𞤄𞤅𞤆𞤇𞤈𞤉𞤊𞤋𞤌𞤍𞤎𞤏𞤐𞤑𞤒𞤓𞤔𞤕𞤖𞤗𞤘𞤙𞤚𞤛𞤜𞤝𞤞𞤟𞤠𞤡øđðħłŧıŋς‘’‛ʼʻ′‐‒–—−“”„';
    letters constant text :=
        'ædoþdhlnœtɓƃƅɔƈɖɗƌǝəɛƒɠɣɩɨƙɯɲɵƣƥʀƨʃƭʈʊʋƴƶʒƹƽǥƕƿȝƞȣȥⱥȼƚⱦɂƀʉʌɇɉɋɍɏͱͳͷϳαβγδεζηθικλμνξοπρστυφχψωϗϙϛϝϟϡϣϥ'
        'ϧϩϫϭϯϸϻͻͼͽђєѕіјљњћџабвгдежзиклмнопрстуфхцчшщъыьэюяѡѣѥѧѩѫѭѯѱѳѵѹѻѽѿҁҋҍҏґғҕҗҙқҝҟҡңҥҧҩҫҭүұҳҵҷҹһҽҿӏӄӆӈӊӌӎ'
        'ӕәӡөӷӻӽӿԁԃԅԇԉԋԍԏԑԓԕԗԙԛԝԟԡԣԥԧԩԫԭԯաբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆⴀⴁⴂⴃⴄⴅⴆⴇⴈⴉⴊⴋⴌⴍⴎⴏⴐⴑⴒⴓⴔⴕⴖⴗⴘⴙⴚⴛⴜⴝ'
        'ⴞⴟⴠⴡⴢⴣⴤⴥⴧⴭꭰꭱꭲꭳꭴꭵꭶꭷꭸꭹꭺꭻꭼꭽꭾꭿꮀꮁꮂꮃꮄꮅꮆꮇꮈꮉꮊꮋꮌꮍꮎꮏꮐꮑꮒꮓꮔꮕꮖꮗꮘꮙꮚꮛꮜꮝꮞꮟꮠꮡꮢꮣꮤꮥꮦꮧꮨꮩꮪꮫꮬꮭꮮꮯꮰꮱꮲꮳꮴꮵꮶꮷꮸꮹꮺꮻꮼꮽꮾꮿᏸᏹᏺᏻᏼᏽაბგდ'
        'ევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰჱჲჳჴჵჶჷჸჹჺჽჾჿßỻỽỿⅎↄⰰⰱⰲⰳⰴⰵⰶⰷⰸⰹⰺⰻⰼⰽⰾⰿⱀⱁⱂⱃⱄⱅⱆⱇⱈⱉⱊⱋⱌⱍⱎⱏⱐⱑⱒⱓⱔⱕⱖⱗⱘⱙⱚⱛⱜⱝⱞⱟⱡɫᵽɽ'
        'ⱨⱪⱬɑɱɐɒⱳⱶȿɀⲁⲃⲅⲇⲉⲋⲍⲏⲑⲓⲕⲗⲙⲛⲝⲟⲡⲣⲥⲧⲩⲫⲭⲯⲱⲳⲵⲷⲹⲻⲽⲿⳁⳃⳅⳇⳉⳋⳍⳏⳑⳓⳕⳗⳙⳛⳝⳟⳡⳣⳬⳮⳳꙁꙃꙅꙇꙉꙋꙍꙏꙑꙓꙕꙗꙙꙛꙝꙟꙡꙣꙥꙧꙩꙫꙭꚁꚃꚅꚇꚉꚋꚍꚏꚑꚓꚕꚗꚙ'
        'ꚛꜣꜥꜧꜩꜫꜭꜯꜳꜵꜷꜹꜻꜽꜿꝁꝃꝅꝇꝉꝋꝍꝏꝑꝓꝕꝗꝙꝛꝝꝟꝡꝣꝥꝧꝩꝫꝭꝯꝺꝼᵹꝿꞁꞃꞅꞇꞌɥꞑꞓꞗꞙꞛꞝꞟꞡꞣꞥꞧꞩɦɜɡɬɪʞʇʝꭓꞵꞷꞹꞻꞽꞿꟁꟃꞔʂᶎꟈꟊꟑꟗꟙꟶ𐐨𐐩𐐪𐐫𐐬𐐭𐐮𐐯𐐰𐐱𐐲𐐳𐐴'
        '𐐵𐐶𐐷𐐸𐐹𐐺𐐻𐐼𐐽𐐾𐐿𐑀𐑁𐑂𐑃𐑄𐑅𐑆𐑇𐑈𐑉𐑊𐑋𐑌𐑍𐑎𐑏𐓘𐓙𐓚𐓛𐓜𐓝𐓞𐓟𐓠𐓡𐓢𐓣𐓤𐓥𐓦𐓧𐓨𐓩𐓪𐓫𐓬𐓭𐓮𐓯𐓰𐓱𐓲𐓳𐓴𐓵𐓶𐓷𐓸𐓹𐓺𐓻𐖗𐖘𐖙𐖚𐖛𐖜𐖝𐖞𐖟𐖠𐖡𐖣𐖤𐖥𐖦𐖧𐖨𐖩𐖪𐖫𐖬𐖭𐖮𐖯𐖰𐖱𐖳𐖴𐖵𐖶𐖷𐖸𐖹𐖻𐖼𐳀𐳁'
        '𐳂𐳃𐳄𐳅𐳆𐳇𐳈𐳉𐳊𐳋𐳌𐳍𐳎𐳏𐳐𐳑𐳒𐳓𐳔𐳕𐳖𐳗𐳘𐳙𐳚𐳛𐳜𐳝𐳞𐳟𐳠𐳡𐳢𐳣𐳤𐳥𐳦𐳧𐳨𐳩𐳪𐳫𐳬𐳭𐳮𐳯𐳰𐳱𐳲𑣀𑣁𑣂𑣃𑣄𑣅𑣆𑣇𑣈𑣉𑣊𑣋𑣌𑣍𑣎𑣏𑣐𑣑𑣒𑣓𑣔𑣕𑣖𑣗𑣘𑣙𑣚𑣛𑣜𑣝𑣞𑣟𖹠𖹡𖹢𖹣𖹤𖹥𖹦𖹧𖹨𖹩𖹪𖹫𖹬𖹭𖹮𖹯𖹰𖹱𖹲'
        '𖹳𖹴𖹵𖹶𖹷𖹸𖹹𖹺𖹻𖹼𖹽𖹾𖹿𞤢𞤣𞤤𞤥𞤦𞤧𞤨𞤩𞤪𞤫𞤬𞤭𞤮𞤯𞤰𞤱𞤲𞤳𞤴𞤵𞤶𞤷𞤸𞤹𞤺𞤻𞤼𞤽𞤾𞤿𞥀𞥁𞥂𞥃oddhltinσ''''''''''''-----"""';
BEGIN
    IF octet_length(p_text) = length(p_text) THEN
        RETURN translate(lower(p_text COLLATE "C"), '`', '''');
    END IF;
    -- Taken apart into letters and accents, without the accents and what cannot be seen.
    plain := regexp_replace(normalize(translate(p_text, '´`', ''''''), NFKD),
        '[\u0300-\u036F\u0483-\u0487\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7\u0610-\u061A\u064B-\u065F\u0670'
        '\u1AB0-\u1AFF\u1DC0-\u1DFF\u20D0-\u20FF\uFE00-\uFE0F\uFE20-\uFE2F\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]',
        '', 'g');
    plain := lower(plain COLLATE "C");
    IF octet_length(plain) = length(plain) THEN
        RETURN plain;
    END IF;
    RETURN replace(replace(replace(replace(translate(plain, capitals, letters), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th');
END $$;
GRANT EXECUTE ON FUNCTION neff.folded(text) TO PUBLIC;  -- an index calls it for whoever writes

-- ---- People ----------------------------------------------------------------------------------------------------------
-- A person of the office. `user_id` is what dashboard_notifications.user_id holds.
CREATE TABLE app_users (
    id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id        varchar(255) NOT NULL UNIQUE,
    name           varchar(255) NOT NULL CHECK (btrim(name) <> ''),
    email          varchar(255),
    phone          varchar(50),
    database_login name UNIQUE                        -- their own login, where they have one: then who they are is proven
                   CONSTRAINT login_of_one_person CHECK (database_login NOT IN ('neff_owner', 'neff_admin', 'neff_app', 'neff_program', 'neff_readonly')),
    office_role    varchar(50) NOT NULL DEFAULT 'manager'
                   CHECK (office_role IN ('owner', 'manager', 'sales', 'supervisor', 'database_keeper', 'viewer')),
    time_zone      text,                              -- IANA; NULL: the office's
    quiet_from     time,                              -- local to time_zone; both or neither
    quiet_until    time,
    channels       jsonb NOT NULL DEFAULT '{}',       -- {"sms": {"enabled": true, "min_priority": 4}, …}
    status         varchar(50) NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
    version        integer NOT NULL DEFAULT 1,
    created_at     timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at     timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT quiet_hours_whole CHECK ((quiet_from IS NULL) = (quiet_until IS NULL))
);

-- What `recipient_groups` in a rule names.
CREATE TABLE recipient_groups (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name        varchar(100) NOT NULL UNIQUE,
    description text,
    version     integer NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at  timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE recipient_group_members (
    group_id uuid NOT NULL REFERENCES recipient_groups (id) ON DELETE CASCADE,
    app_user_id uuid NOT NULL REFERENCES app_users (id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, app_user_id)
);
CREATE INDEX idx_recipient_group_members_user ON recipient_group_members (app_user_id);
INSERT INTO recipient_groups (name, description) VALUES
    ('admins', 'Keep the program and the company running'),
    ('crew_supervisors', 'Lead the crews'),
    ('sales_team', 'Answer estimate requests');

-- Named Slack and webhook targets. The secret part is in the keychain of the computers that send.
CREATE TABLE channel_endpoints (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name       varchar(100) NOT NULL UNIQUE,
    channel    varchar(50) NOT NULL CHECK (channel IN ('slack', 'webhook')),
    host       text NOT NULL,                         -- shown to people; never the secret path
    is_active  boolean NOT NULL DEFAULT true,
    version    integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE customer_sites (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    customer_id uuid NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    name        varchar(255),
    address     text NOT NULL,
    notes       text,
    version     integer NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at  timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_customer_sites_customer ON customer_sites (customer_id);

ALTER TABLE estimates ADD COLUMN customer_id uuid REFERENCES customers (id) ON DELETE SET NULL;
ALTER TABLE contracts ADD COLUMN customer_id uuid REFERENCES customers (id) ON DELETE SET NULL;
ALTER TABLE contracts ADD COLUMN estimate_id uuid REFERENCES estimates (id) ON DELETE SET NULL;
CREATE INDEX idx_estimates_customer ON estimates (customer_id);
CREATE INDEX idx_contracts_customer ON contracts (customer_id);
CREATE INDEX idx_contracts_estimate ON contracts (estimate_id);

-- A crew as a unit, with members over time.
CREATE TABLE crews (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name       varchar(255) NOT NULL UNIQUE,
    status     varchar(50) NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'inactive')),
    color      varchar(20),
    notes      text,
    version    integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE crew_memberships (
    id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    crew_id        uuid NOT NULL REFERENCES crews (id) ON DELETE CASCADE,
    crew_member_id uuid NOT NULL REFERENCES crew_members (id) ON DELETE CASCADE,
    during         daterange NOT NULL DEFAULT daterange(CURRENT_DATE, NULL),   -- days in the office's zone
    is_lead        boolean NOT NULL DEFAULT false,
    version        integer NOT NULL DEFAULT 1,
    created_at     timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at     timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT crew_membership_days CHECK (NOT isempty(during)),
    CONSTRAINT crew_membership_once EXCLUDE USING gist (crew_id WITH =, crew_member_id WITH =, during WITH &&)
);
CREATE INDEX idx_crew_memberships_member ON crew_memberships (crew_member_id);

-- Machines.
CREATE TABLE equipment (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name       varchar(255) NOT NULL UNIQUE,
    kind       varchar(100) NOT NULL,                 -- paver, steel roller, mill, dump truck, …
    status     varchar(50) NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'in_shop', 'retired')),
    notes      text,
    version    integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- Leave, maintenance windows, holidays and rain days. No resource: the whole office.
CREATE TABLE time_off (
    id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    crew_member_id uuid REFERENCES crew_members (id) ON DELETE CASCADE,
    equipment_id   uuid REFERENCES equipment (id) ON DELETE CASCADE,
    kind           varchar(50) NOT NULL CHECK (kind IN ('leave', 'sick', 'maintenance', 'holiday', 'rain')),
    during         tstzrange NOT NULL CHECK (NOT isempty(during)),
    note           text,
    version        integer NOT NULL DEFAULT 1,
    created_at     timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at     timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT time_off_of_one CHECK (crew_member_id IS NULL OR equipment_id IS NULL)
);
CREATE INDEX idx_time_off_member ON time_off (crew_member_id);
CREATE INDEX idx_time_off_equipment ON time_off (equipment_id);
CREATE INDEX idx_time_off_during ON time_off USING gist (during);

-- Line items, prices, what was sent when. Money is exact decimal, in dollars.
CREATE TABLE price_book_items (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name        varchar(255) NOT NULL UNIQUE,
    unit        varchar(50) NOT NULL,
    unit_price  numeric(12,2) NOT NULL CHECK (unit_price >= 0),
    is_active   boolean NOT NULL DEFAULT true,
    version     integer NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at  timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE estimate_items (
    id                 uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    estimate_id        uuid NOT NULL REFERENCES estimates (id) ON DELETE CASCADE,
    price_book_item_id uuid REFERENCES price_book_items (id) ON DELETE SET NULL,
    position           integer NOT NULL,
    description        text NOT NULL,
    quantity           numeric(14,3) NOT NULL,
    unit               varchar(50) NOT NULL,
    unit_price         numeric(12,2) NOT NULL,
    version            integer NOT NULL DEFAULT 1,
    created_at         timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at         timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_estimate_items_estimate ON estimate_items (estimate_id, position);
CREATE INDEX idx_estimate_items_price ON estimate_items (price_book_item_id);
CREATE TABLE estimate_versions (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    estimate_id uuid NOT NULL REFERENCES estimates (id) ON DELETE CASCADE,
    number      integer NOT NULL,
    content     jsonb NOT NULL,                       -- the estimate and its items, frozen
    sent_to     text,
    sent_at     timestamptz,
    created_by  varchar(255) NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (estimate_id, number)
);

CREATE TABLE payments (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    contract_id uuid NOT NULL REFERENCES contracts (id) ON DELETE CASCADE,
    amount      numeric(12,2) NOT NULL CHECK (amount <> 0),   -- negative: a refund
    method      varchar(50) NOT NULL DEFAULT 'check',
    reference   varchar(255),
    received_on date NOT NULL DEFAULT CURRENT_DATE,
    notes       text,
    version     integer NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at  timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_payments_contract ON payments (contract_id, received_on);

-- A computer on which the program was set up: popups are shown since then, once each.
CREATE TABLE office_computers (
    id         uuid PRIMARY KEY,
    name       text NOT NULL,
    set_up_at  timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    last_seen  timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE notification_popups (
    notification_id uuid NOT NULL REFERENCES dashboard_notifications (id) ON DELETE CASCADE,
    computer_id     uuid NOT NULL REFERENCES office_computers (id) ON DELETE CASCADE,
    shown_at        timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (notification_id, computer_id)
);
CREATE INDEX idx_notification_popups_computer ON notification_popups (computer_id);
-- "Mine, unread, newest first": what the bell and the popups ask, however many were read.
CREATE INDEX idx_dashboard_notifications_mine_unread
    ON dashboard_notifications (user_id, created_at DESC) WHERE NOT is_read;

CREATE TABLE backups (
    id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    started_at     timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    finished_at    timestamptz,
    reason         text NOT NULL,
    computer       text,
    file_name      text,
    bytes          bigint,
    sha256         text,
    result         varchar(50) NOT NULL DEFAULT 'running' CHECK (result IN ('running', 'good', 'failed')),
    error_message  text,
    made_by        varchar(255) NOT NULL DEFAULT session_user
);
CREATE TABLE maintenance_runs (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    task        varchar(100) NOT NULL,
    started_at  timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    finished_at timestamptz,
    result      varchar(50) NOT NULL DEFAULT 'running' CHECK (result IN ('running', 'good', 'failed')),
    details     jsonb,
    started_by  varchar(255) NOT NULL DEFAULT session_user
);

INSERT INTO system_config (key, value, description, data_type) VALUES
    ('office_time_zone', 'America/Chicago', 'The office''s time zone (IANA name): what every screen and paper shows', 'string'),
    ('office_working_days', '1,2,3,4,5', 'Working days, 1 = Monday … 7 = Sunday: a job over several days claims these', 'string'),
    ('alert_combine_above', '5', 'More events than this of one transaction, for one rule and person, become one message', 'integer')
ON CONFLICT (key) DO NOTHING;

INSERT INTO schema_versions (version, description, min_program) VALUES ('3.0.5', 'People, crews, machines, payments', '0.1.0');

RESET ROLE;
