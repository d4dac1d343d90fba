-- The tables, constraints and indexes of the specification, as it writes them, where they are not there yet.
-- What the specification's statements get wrong is put right in the migrations after this one.
SET LOCAL ROLE neff_owner;
SET LOCAL timezone = 'UTC';

-- Which tables are made here and now, not by the company: 0003 writes default rows into these only. (A table of its
-- own, because the two may run on different days.)
CREATE TABLE tables_without_default_rows AS
SELECT t AS table_name
  FROM unnest(ARRAY['alert_types', 'alert_rules', 'email_templates', 'sms_templates', 'system_config']) AS t
 WHERE to_regclass('public.' || t) IS NULL;

CREATE TABLE IF NOT EXISTS schema_versions (
    id SERIAL PRIMARY KEY,
    version VARCHAR(50) NOT NULL UNIQUE,
    description TEXT,
    applied_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    applied_by VARCHAR(100) DEFAULT CURRENT_USER
);

-- The oldest program that may still write to the schema this row describes; below it a desktop is read-only.
-- Every migration adds its row: 3.0.N for the Nth.
ALTER TABLE schema_versions ADD COLUMN IF NOT EXISTS min_program varchar(50);

CREATE TABLE IF NOT EXISTS contracts (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    client_name VARCHAR(255) NOT NULL,
    client_email VARCHAR(255) NOT NULL,
    client_phone VARCHAR(50),
    service_type VARCHAR(100) NOT NULL,
    project_address TEXT NOT NULL,
    project_size DECIMAL(10,2),
    estimated_cost DECIMAL(10,2),
    status VARCHAR(50) DEFAULT 'pending',
    created_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT valid_service_type CHECK (service_type IN (
        'residential', 'commercial', 'maintenance', 'emergency', 'custom'
    )),
    CONSTRAINT valid_status CHECK (status IN (
        'pending', 'approved', 'in_progress', 'completed', 'canceled'
    ))
);
CREATE INDEX IF NOT EXISTS idx_contracts_status ON contracts(status);
CREATE INDEX IF NOT EXISTS idx_contracts_service_type ON contracts(service_type);
CREATE INDEX IF NOT EXISTS idx_contracts_created_at ON contracts(created_at);
CREATE INDEX IF NOT EXISTS idx_contracts_client_email ON contracts(client_email);
CREATE INDEX IF NOT EXISTS idx_contracts_type_status ON contracts(service_type, status);

CREATE TABLE IF NOT EXISTS estimates (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    customer_name VARCHAR(255) NOT NULL,
    email VARCHAR(255) NOT NULL,
    phone VARCHAR(50),
    service_type VARCHAR(100) NOT NULL,
    project_address TEXT NOT NULL,
    project_size VARCHAR(100),
    timeline VARCHAR(100),
    description TEXT,
    area_measurement JSONB,
    estimated_cost DECIMAL(10,2),
    status VARCHAR(50) DEFAULT 'pending',
    response_by TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    notes TEXT,
    CONSTRAINT valid_estimate_status CHECK (status IN (
        'pending', 'sent', 'accepted', 'rejected', 'expired'
    ))
);
CREATE INDEX IF NOT EXISTS idx_estimates_status ON estimates(status);
CREATE INDEX IF NOT EXISTS idx_estimates_service_type ON estimates(service_type);
CREATE INDEX IF NOT EXISTS idx_estimates_created_at ON estimates(created_at);
CREATE INDEX IF NOT EXISTS idx_estimates_response_by ON estimates(response_by);
CREATE INDEX IF NOT EXISTS idx_estimates_email ON estimates(email);
CREATE INDEX IF NOT EXISTS idx_estimates_area_measurement ON estimates USING GIN (area_measurement);
CREATE INDEX IF NOT EXISTS idx_estimates_status_created ON estimates(status, created_at);

CREATE TABLE IF NOT EXISTS customers (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    name VARCHAR(255) NOT NULL,
    email VARCHAR(255) UNIQUE NOT NULL,
    phone VARCHAR(50),
    address TEXT,
    preferred_contact_method VARCHAR(50) DEFAULT 'email',
    service_area VARCHAR(100),
    customer_since DATE DEFAULT CURRENT_DATE,
    total_projects INTEGER DEFAULT 0,
    total_spent DECIMAL(12,2) DEFAULT 0.00,
    status VARCHAR(50) DEFAULT 'active',
    notes TEXT,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT valid_contact_method CHECK (preferred_contact_method IN (
        'email', 'phone', 'sms', 'mail'
    )),
    CONSTRAINT valid_customer_status CHECK (status IN (
        'active', 'inactive', 'blocked'
    ))
);
CREATE INDEX IF NOT EXISTS idx_customers_email ON customers(email);
CREATE INDEX IF NOT EXISTS idx_customers_phone ON customers(phone);
CREATE INDEX IF NOT EXISTS idx_customers_status ON customers(status);
CREATE INDEX IF NOT EXISTS idx_customers_service_area ON customers(service_area);
CREATE INDEX IF NOT EXISTS idx_customers_created_at ON customers(created_at);
CREATE INDEX IF NOT EXISTS idx_customers_name_email ON customers(name, email);

CREATE TABLE IF NOT EXISTS job_schedules (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    contract_id UUID REFERENCES contracts(id) ON DELETE CASCADE,
    calendly_event_uri VARCHAR(255) UNIQUE NOT NULL,
    start_date TIMESTAMP WITH TIME ZONE NOT NULL,
    end_date TIMESTAMP WITH TIME ZONE NOT NULL,
    status VARCHAR(50) DEFAULT 'scheduled',
    crew_assigned JSONB DEFAULT '[]',
    equipment_needed JSONB DEFAULT '[]',
    location_address TEXT NOT NULL,
    special_instructions TEXT,
    estimated_duration_hours DECIMAL(4,2),
    weather_dependent BOOLEAN DEFAULT true,
    priority_level INTEGER DEFAULT 3,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT valid_job_status CHECK (status IN (
        'scheduled', 'confirmed', 'in_progress', 'completed', 'canceled', 'rescheduled'
    )),
    CONSTRAINT valid_priority CHECK (priority_level BETWEEN 1 AND 5),
    CONSTRAINT valid_duration CHECK (estimated_duration_hours > 0),
    CONSTRAINT valid_dates CHECK (end_date > start_date)
);
CREATE INDEX IF NOT EXISTS idx_job_schedules_contract ON job_schedules(contract_id);
CREATE INDEX IF NOT EXISTS idx_job_schedules_dates ON job_schedules(start_date, end_date);
CREATE INDEX IF NOT EXISTS idx_job_schedules_status ON job_schedules(status);
CREATE INDEX IF NOT EXISTS idx_job_schedules_calendly_uri ON job_schedules(calendly_event_uri);
CREATE INDEX IF NOT EXISTS idx_job_schedules_priority ON job_schedules(priority_level);
CREATE INDEX IF NOT EXISTS idx_job_schedules_weather ON job_schedules(weather_dependent);
CREATE INDEX IF NOT EXISTS idx_job_schedules_crew_search ON job_schedules USING GIN (crew_assigned);
CREATE INDEX IF NOT EXISTS idx_job_schedules_equipment_search ON job_schedules USING GIN (equipment_needed);
CREATE INDEX IF NOT EXISTS idx_job_schedules_status_dates ON job_schedules(status, start_date, end_date);
CREATE INDEX IF NOT EXISTS idx_job_schedules_location_trgm ON job_schedules USING GIN (location_address gin_trgm_ops);

CREATE TABLE IF NOT EXISTS schedule_changes (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    job_schedule_id UUID NOT NULL REFERENCES job_schedules(id) ON DELETE CASCADE,
    change_type VARCHAR(50) NOT NULL,
    previous_data JSONB,
    new_data JSONB,
    reason TEXT,
    changed_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    changed_by VARCHAR(255) NOT NULL,
    source VARCHAR(100) DEFAULT 'manual_admin',
    CONSTRAINT valid_change_type CHECK (change_type IN (
        'scheduled', 'rescheduled', 'canceled', 'completed', 'crew_changed',
        'equipment_changed', 'status_updated', 'notes_added'
    )),
    CONSTRAINT valid_source CHECK (source IN (
        'system', 'calendly_webhook', 'manual_admin', 'mobile_app', 'api'
    ))
);
CREATE INDEX IF NOT EXISTS idx_schedule_changes_job ON schedule_changes(job_schedule_id);
CREATE INDEX IF NOT EXISTS idx_schedule_changes_type ON schedule_changes(change_type);
CREATE INDEX IF NOT EXISTS idx_schedule_changes_date ON schedule_changes(changed_at);
CREATE INDEX IF NOT EXISTS idx_schedule_changes_user ON schedule_changes(changed_by);
CREATE INDEX IF NOT EXISTS idx_schedule_changes_source ON schedule_changes(source);
CREATE INDEX IF NOT EXISTS idx_schedule_changes_job_date ON schedule_changes(job_schedule_id, changed_at);

CREATE TABLE IF NOT EXISTS crew_members (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    name VARCHAR(255) NOT NULL,
    email VARCHAR(255) UNIQUE,
    phone VARCHAR(50),
    role VARCHAR(100) NOT NULL,
    specializations JSONB DEFAULT '[]',
    availability_schedule JSONB,
    status VARCHAR(50) DEFAULT 'active',
    hire_date DATE,
    emergency_contact JSONB,
    certifications JSONB DEFAULT '[]',
    created_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT valid_crew_status CHECK (status IN (
        'active', 'inactive', 'on_leave', 'terminated'
    ))
);
CREATE INDEX IF NOT EXISTS idx_crew_members_status ON crew_members(status);
CREATE INDEX IF NOT EXISTS idx_crew_members_role ON crew_members(role);
CREATE INDEX IF NOT EXISTS idx_crew_members_email ON crew_members(email);
CREATE INDEX IF NOT EXISTS idx_crew_members_phone ON crew_members(phone);
CREATE INDEX IF NOT EXISTS idx_crew_specializations ON crew_members USING GIN (specializations);
CREATE INDEX IF NOT EXISTS idx_crew_availability ON crew_members USING GIN (availability_schedule);

CREATE TABLE IF NOT EXISTS alert_types (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    name VARCHAR(100) UNIQUE NOT NULL,
    description TEXT,
    category VARCHAR(50) NOT NULL,
    priority_level INTEGER DEFAULT 3,
    default_channels JSONB DEFAULT '["email"]',
    template_id UUID,
    is_active BOOLEAN DEFAULT true,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT valid_alert_category CHECK (category IN (
        'job_scheduling', 'system_health', 'business_operations', 'security', 'maintenance'
    )),
    CONSTRAINT valid_alert_priority CHECK (priority_level BETWEEN 1 AND 5)
);

CREATE TABLE IF NOT EXISTS alert_rules (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    alert_type_id UUID NOT NULL REFERENCES alert_types(id),
    name VARCHAR(255) NOT NULL,
    description TEXT,
    conditions JSONB NOT NULL,
    notification_channels JSONB DEFAULT '["email"]',
    recipient_groups JSONB DEFAULT '["admins"]',
    throttle_minutes INTEGER DEFAULT 0,
    is_active BOOLEAN DEFAULT true,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT valid_throttle CHECK (throttle_minutes >= 0)
);

CREATE TABLE IF NOT EXISTS alert_history (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    alert_type_id UUID NOT NULL REFERENCES alert_types(id),
    alert_rule_id UUID REFERENCES alert_rules(id),
    recipient_email VARCHAR(255),
    recipient_phone VARCHAR(50),
    channel VARCHAR(50) NOT NULL,
    status VARCHAR(50) DEFAULT 'pending',
    subject VARCHAR(500),
    message TEXT,
    data JSONB,
    sent_at TIMESTAMP WITH TIME ZONE,
    delivered_at TIMESTAMP WITH TIME ZONE,
    error_message TEXT,
    retry_count INTEGER DEFAULT 0,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT valid_alert_channel CHECK (channel IN (
        'email', 'sms', 'dashboard', 'webhook', 'slack'
    )),
    CONSTRAINT valid_alert_status CHECK (status IN (
        'pending', 'sent', 'delivered', 'failed', 'throttled'
    ))
);
CREATE INDEX IF NOT EXISTS idx_alert_history_type ON alert_history(alert_type_id);
CREATE INDEX IF NOT EXISTS idx_alert_history_status ON alert_history(status);
CREATE INDEX IF NOT EXISTS idx_alert_history_channel ON alert_history(channel);
CREATE INDEX IF NOT EXISTS idx_alert_history_created ON alert_history(created_at);
CREATE INDEX IF NOT EXISTS idx_alert_history_recipient_email ON alert_history(recipient_email);
CREATE INDEX IF NOT EXISTS idx_alert_history_recipient_phone ON alert_history(recipient_phone);

CREATE TABLE IF NOT EXISTS email_templates (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    name VARCHAR(100) UNIQUE NOT NULL,
    subject_template VARCHAR(500) NOT NULL,
    body_template TEXT NOT NULL,
    is_html BOOLEAN DEFAULT true,
    alert_type_id UUID REFERENCES alert_types(id),
    variables JSONB DEFAULT '[]',
    created_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE IF NOT EXISTS sms_templates (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    name VARCHAR(100) UNIQUE NOT NULL,
    message_template TEXT NOT NULL,
    alert_type_id UUID REFERENCES alert_types(id),
    max_length INTEGER DEFAULT 160,
    variables JSONB DEFAULT '[]',
    created_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE IF NOT EXISTS dashboard_notifications (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id VARCHAR(255) NOT NULL,
    alert_type_id UUID NOT NULL REFERENCES alert_types(id),
    title VARCHAR(255) NOT NULL,
    message TEXT NOT NULL,
    data JSONB,
    is_read BOOLEAN DEFAULT false,
    priority_level INTEGER DEFAULT 3,
    expires_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    read_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT valid_dashboard_priority CHECK (priority_level BETWEEN 1 AND 5)
);
CREATE INDEX IF NOT EXISTS idx_dashboard_notifications_user ON dashboard_notifications(user_id);
CREATE INDEX IF NOT EXISTS idx_dashboard_notifications_unread ON dashboard_notifications(user_id, is_read);
CREATE INDEX IF NOT EXISTS idx_dashboard_notifications_priority ON dashboard_notifications(priority_level);
CREATE INDEX IF NOT EXISTS idx_dashboard_notifications_created ON dashboard_notifications(created_at);

CREATE TABLE IF NOT EXISTS audit_logs (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    table_name VARCHAR(100) NOT NULL,
    operation VARCHAR(10) NOT NULL,
    old_values JSONB,
    new_values JSONB,
    user_name VARCHAR(100),
    timestamp TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    session_info JSONB
);

CREATE TABLE IF NOT EXISTS system_config (
    key VARCHAR(100) PRIMARY KEY,
    value TEXT NOT NULL,
    description TEXT,
    data_type VARCHAR(50) DEFAULT 'string',
    is_sensitive BOOLEAN DEFAULT false,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP
);

INSERT INTO schema_versions (version, description, min_program) VALUES
    ('3.0.1', 'Roles and ownership', '0.1.0'),
    ('3.0.2', 'The tables of the specification', '0.1.0');

RESET ROLE;
