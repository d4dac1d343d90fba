-- The specification's default rows, each table's on its first creation only: a rule the office deleted does not
-- come back. Types of alerts nobody could raise are no deletion: where there are none at all, they come in.
SET LOCAL ROLE neff_owner;
SET LOCAL timezone = 'UTC';

INSERT INTO tables_without_default_rows SELECT 'alert_types' WHERE NOT EXISTS (SELECT FROM alert_types);

INSERT INTO schema_versions (version, description)
VALUES ('2.0.0', 'Job scheduling and alert system implementation')
ON CONFLICT (version) DO NOTHING;

DO $seed$
BEGIN
    IF EXISTS (SELECT FROM tables_without_default_rows WHERE table_name = 'alert_types') THEN
    INSERT INTO alert_types (name, description, category, priority_level, default_channels) VALUES
    ('job_scheduled', 'New job has been scheduled', 'job_scheduling', 2, '["email", "dashboard"]'),
    ('job_canceled', 'Job has been canceled', 'job_scheduling', 3, '["email", "sms", "dashboard"]'),
    ('job_rescheduled', 'Job has been rescheduled', 'job_scheduling', 2, '["email", "dashboard"]'),
    ('payment_received', 'Payment has been received', 'business_operations', 2, '["email", "dashboard"]'),
    ('estimate_requested', 'New estimate has been requested', 'business_operations', 2, '["email", "dashboard"]'),
    ('system_error', 'System error occurred', 'system_health', 4, '["email", "sms", "dashboard"]'),
    ('database_issue', 'Database connectivity issue', 'system_health', 5, '["email", "sms", "dashboard"]'),
    ('security_breach', 'Security breach detected', 'security', 5, '["email", "sms", "dashboard"]')
    ON CONFLICT (name) DO NOTHING;
    END IF;

    IF EXISTS (SELECT FROM tables_without_default_rows WHERE table_name = 'alert_rules') THEN
    INSERT INTO alert_rules (alert_type_id, name, description, conditions, notification_channels, recipient_groups)
    SELECT t.id, r.name, r.description, r.conditions::jsonb, r.channels::jsonb, r.groups::jsonb
      FROM (VALUES
        ('job_scheduled', 'High Priority Job Scheduled', 'Alert when high priority job is scheduled',
         '{"priority_level": {">=": 4}}', '["email", "sms"]', '["admins", "crew_supervisors"]'),
        ('estimate_requested', 'Large Project Estimate', 'Alert for estimates over $10,000',
         '{"estimated_cost": {">": 10000}}', '["email", "dashboard"]', '["admins", "sales_team"]')
      ) AS r(type, name, description, conditions, channels, groups)
      JOIN alert_types t ON t.name = r.type;
    END IF;

    IF EXISTS (SELECT FROM tables_without_default_rows WHERE table_name = 'email_templates') THEN
    INSERT INTO email_templates (name, subject_template, body_template, alert_type_id, variables) VALUES
    (
        'job_scheduled_email',
        'Job Scheduled: {{project_type}} - {{customer_name}}',
        '<h2>New Job Scheduled</h2>
     <p><strong>Customer:</strong> {{customer_name}}</p>
     <p><strong>Project Type:</strong> {{project_type}}</p>
     <p><strong>Start Date:</strong> {{start_date}}</p>
     <p><strong>Duration:</strong> {{duration}} hours</p>
     <p><strong>Location:</strong> {{location_address}}</p>
     <p><strong>Contract ID:</strong> {{contract_id}}</p>',
        (SELECT id FROM alert_types WHERE name = 'job_scheduled'),
        '["customer_name", "project_type", "start_date", "duration", "location_address", "contract_id"]'
    )
    ON CONFLICT (name) DO NOTHING;
    END IF;

    IF EXISTS (SELECT FROM tables_without_default_rows WHERE table_name = 'sms_templates') THEN
    INSERT INTO sms_templates (name, message_template, alert_type_id, variables) VALUES
    (
        'job_scheduled_sms',
        'NEFF PAVING: Job scheduled for {{customer_name}} on {{start_date}} at {{location_address}}. Priority: {{priority_level}}',
        (SELECT id FROM alert_types WHERE name = 'job_scheduled'),
        '["customer_name", "start_date", "location_address", "priority_level"]'
    )
    ON CONFLICT (name) DO NOTHING;
    END IF;

    IF EXISTS (SELECT FROM tables_without_default_rows WHERE table_name = 'system_config') THEN
    INSERT INTO system_config (key, value, description, data_type) VALUES
    ('alert_throttle_default', '15', 'Default alert throttling in minutes', 'integer'),
    ('max_retry_attempts', '3', 'Maximum retry attempts for failed alerts', 'integer'),
    ('email_batch_size', '50', 'Maximum emails to send in one batch', 'integer'),
    ('sms_batch_size', '10', 'Maximum SMS messages to send in one batch', 'integer'),
    ('database_maintenance_hour', '2', 'Hour of day to run maintenance (0-23)', 'integer'),
    ('backup_retention_days', '30', 'Days to retain database backups', 'integer')
    ON CONFLICT (key) DO NOTHING;
    END IF;
END $seed$;
DROP TABLE tables_without_default_rows;

-- The specification's one estimate rule asks for more than $10,000, and the website gives no cost: without this
-- rule a new estimate would alert nobody. On an adopted database it comes in as well, once.
INSERT INTO alert_rules (alert_type_id, name, description, conditions, notification_channels, recipient_groups)
SELECT id, 'New Estimate Request', 'Every estimate that comes in, with or without a price',
       '{}', '["dashboard"]', '["admins", "sales_team"]'
  FROM alert_types
 WHERE name = 'estimate_requested';

INSERT INTO schema_versions (version, description, min_program) VALUES ('3.0.3', 'Default rows', '0.1.0');

RESET ROLE;
