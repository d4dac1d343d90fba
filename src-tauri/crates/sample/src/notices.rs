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
                   (neff.estimate_alert_contexts(ARRAY[e.id]))[1] AS context
              FROM estimates e WHERE e.status = 'pending' ORDER BY e.created_at DESC, e.id LIMIT 4)
           UNION ALL
           (SELECT 'payment_received', p.id::text, p.created_at, (neff.payment_alert_contexts(ARRAY[p.id]))[1]
              FROM payments p WHERE p.amount > 0 ORDER BY p.created_at DESC, p.id LIMIT 1)
           UNION ALL
           (SELECT 'job_scheduled', j.id::text, j.created_at, (neff.job_alert_contexts(ARRAY[j.id]))[1]
              FROM job_schedules j WHERE j.status IN ('scheduled', 'confirmed') AND j.contract_id IS NOT NULL
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
