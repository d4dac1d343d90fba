//! A few unread notifications, so that the bell has something to ring for.

use sqlx::PgConnection;

use crate::SampleError;
use crate::copy::Source;
use crate::fill::say;

/// Six for each person of the office, in the words the database has for its own: what came in last. The ids follow
/// from the person and the matter, so that they are the same for the same people.
const NOTICES: &str = "
    INSERT INTO dashboard_notifications (id, user_id, alert_type_id, title, message, data, priority_level, expires_at, created_at)
    SELECT md5(u.user_id || matter.about)::uuid, u.user_id, t.id, left(words.title, 255), words.sentence,
           jsonb_build_object('about', matter.context->'about', 'alert_type', t.name), t.priority_level,
           matter.at + interval '90 days', matter.at
      FROM app_users u
     CROSS JOIN (
           (SELECT 'estimate_requested' AS type, e.id::text AS about, e.created_at AS at,
                   jsonb_build_object('about', jsonb_build_object('kind', 'estimate', 'id', e.id), 'customer_name', e.customer_name,
                                      'project_type', e.service_type, 'location_address', e.project_address,
                                      'estimated_cost', e.estimated_cost) AS context
              FROM estimates e WHERE e.status = 'pending' ORDER BY e.created_at DESC, e.id LIMIT 4)
           UNION ALL
           (SELECT 'payment_received', p.id::text, p.created_at,
                   jsonb_build_object('about', jsonb_build_object('kind', 'contract', 'id', k.id), 'customer_name', k.client_name,
                                      'amount', p.amount, 'method', p.method, 'balance', k.estimated_cost
                                      - (SELECT sum(o.amount) FROM payments o WHERE o.contract_id = k.id))
              FROM payments p JOIN contracts k ON k.id = p.contract_id
             WHERE p.amount > 0 ORDER BY p.created_at DESC, p.id LIMIT 1)
           UNION ALL
           (SELECT 'job_scheduled', j.id::text, j.created_at,
                   jsonb_build_object('about', jsonb_build_object('kind', 'job', 'id', j.id), 'customer_name', k.client_name,
                                      'project_type', k.service_type, 'location_address', j.location_address,
                                      'start_date', neff.utc_text(j.start_date))
              FROM job_schedules j JOIN contracts k ON k.id = j.contract_id
             WHERE j.status IN ('scheduled', 'confirmed')
             ORDER BY j.created_at DESC, j.id LIMIT 1)
           ) AS matter
      JOIN alert_types t ON t.name = matter.type
     CROSS JOIN LATERAL neff.alert_words(t.name, matter.context) AS words
     WHERE u.status = 'active'";

/// Writes them; gives how many.
pub(crate) async fn write(connection: &mut PgConnection) -> Result<u64, SampleError> {
    say(connection, Source::System).await?;
    Ok(sqlx::query(NOTICES).execute(connection).await?.rows_affected())
}
