-- What people did through the program, each with the way back; the company's own settings.
SET LOCAL ROLE neff_owner;
SET LOCAL timezone = 'UTC';

-- One row for each thing a person did: "Recent changes" lists them, and reverses those with an inverse. Written in the
-- transaction of the change itself. Reversing one writes another, with an inverse of its own: that is "redo".
CREATE TABLE office_changes (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    changed_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    changed_by varchar(255) NOT NULL,                 -- app_users.user_id of who said they did it
    login      name NOT NULL,                         -- which proves it, or not
    proven     boolean NOT NULL,                      -- that login is theirs alone
    source     varchar(100) NOT NULL,
    computer   text,                                  -- name of the computer it was done on
    summary    text NOT NULL CHECK (length(summary) BETWEEN 1 AND 500),
    reason     text,
    about_kind varchar(50),                           -- customer, estimate, job, contract, crew, person, machine
    about_id   uuid,
    fields     jsonb NOT NULL DEFAULT '[]',           -- [{"label": "Notes", "before": "…", "after": "…"}]
    inverse    jsonb,                                 -- how to reverse it, with the version it left; NULL: it cannot be
    undoes     uuid REFERENCES office_changes (id) ON DELETE SET NULL,
    CONSTRAINT undone_once UNIQUE (undoes)            -- two people who undo the same change: the second is told
);
CREATE INDEX idx_office_changes_at ON office_changes (changed_at DESC, id DESC);
CREATE INDEX idx_office_changes_by ON office_changes (changed_by, changed_at DESC, id DESC);
CREATE INDEX idx_office_changes_about ON office_changes (about_id, changed_at DESC) WHERE about_id IS NOT NULL;
SELECT neff.attach_change_feed('office_changes');

-- Who did it is not for the writer to say: the session says it, and the login proves it or does not.
CREATE FUNCTION neff.attribute_office_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.changed_at := CURRENT_TIMESTAMP;
    NEW.changed_by := neff.app_actor();
    NEW.login := session_user;
    NEW.proven := EXISTS (SELECT FROM public.app_users u
                           WHERE u.user_id = NEW.changed_by AND u.database_login = session_user);
    NEW.source := neff.app_source();
    NEW.reason := coalesce(NEW.reason, neff.app_setting('app.reason'));
    -- Nobody may delete a line: one that no program can read would stay.
    NEW.fields := neff.bounded_json(NEW.fields);
    NEW.inverse := neff.bounded_json(NEW.inverse);
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION neff.attribute_office_change() FROM PUBLIC;
CREATE TRIGGER a_attribute BEFORE INSERT ON office_changes FOR EACH ROW EXECUTE FUNCTION neff.attribute_office_change();

INSERT INTO role_privileges VALUES
    ('neff_app', 'office_changes', 'SELECT, INSERT'),  -- added to, never rewritten
    ('neff_admin', 'office_changes', 'SELECT, INSERT');

-- The trail in order of time, for "Recent changes".
CREATE INDEX idx_schedule_changes_at_id ON schedule_changes (changed_at DESC, id DESC);

-- ---- The company ----------------------------------------------------------------------------------------------------
INSERT INTO system_config (key, value, description, data_type) VALUES
    ('company_name', '', 'The company''s name, on every paper', 'string'),
    ('company_letterhead', '', 'The name at the top of papers, where it is another than the company''s', 'string'),
    ('company_address', '', 'Where letters reach the office', 'string'),
    ('company_phone', '', 'The office''s telephone number', 'string'),
    ('company_email', '', 'The office''s mail address', 'string'),
    ('company_website', '', 'The company''s website', 'string'),
    ('company_license', '', 'Contractor''s license number', 'string'),
    ('office_work_from', '06:00', 'The working day begins, in the office''s time zone (HH:MM)', 'string'),
    ('office_work_until', '16:00', 'The working day ends, in the office''s time zone (HH:MM)', 'string'),
    ('support_name', '', 'Who helps when the program does not work', 'string'),
    ('support_phone', '', 'Their telephone number', 'string'),
    ('support_email', '', 'Their mail address', 'string'),
    ('offline_readable_days', '14', 'Copies on computers cannot be read after so many days without the server', 'integer'),
    ('offline_refused_days', '7', 'Copies are wiped so many days after the server stopped accepting the login', 'integer')
ON CONFLICT (key) DO NOTHING;

SELECT neff.apply_role_privileges();
INSERT INTO schema_versions (version, description, min_program) VALUES ('3.0.15', 'Changes with their way back, company settings', '0.1.0');

RESET ROLE;
