//! What the job editor asks beside the job itself: its contract, its siblings, and where it comes from.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::DatabaseError;

/// A contract to choose.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns; see the specification")]
pub struct ContractRow {
    pub id: Uuid,
    pub customer: String,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub service_type: String,
    pub address: String,
    pub status: String,
    /// Of the customer, where the contract is linked to one: `email`, `phone`, `sms` or `mail`.
    pub method: Option<String>,
}

/// Another job of a contract.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns; see the specification")]
pub struct RelatedRow {
    pub id: Uuid,
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    pub status: String,
    pub instructions: Option<String>,
}

/// Where a job comes from.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns; see the specification")]
pub struct OriginRow {
    pub source: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// These contracts, in no order.
///
/// # Errors
/// When the database cannot be asked.
pub async fn contracts(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<ContractRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        ContractRow,
        r#"SELECT k.id, k.client_name AS customer, k.client_phone AS phone, k.client_email AS email, k.service_type,
                  k.project_address AS address, k.status, c.preferred_contact_method AS "method?"
             FROM contracts k LEFT JOIN customers c ON c.id = k.customer_id
            WHERE k.id = ANY ($1)"#,
        ids
    )
    .fetch_all(connection)
    .await?)
}

/// Contracts that hold every word of a text, those that can be worked on first, then the newest; with no text the
/// newest approved ones. 30 at most.
///
/// # Errors
/// When the database cannot be asked.
pub async fn contract_choices(connection: &mut PgConnection, text: &str) -> Result<Vec<ContractRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        ContractRow,
        r#"SELECT k.id, k.client_name AS customer, k.client_phone AS phone, k.client_email AS email, k.service_type,
                  k.project_address AS address, k.status, NULL::text AS "method?"
             FROM contracts k
            WHERE CASE WHEN btrim($1) = '' THEN k.status IN ('approved', 'in_progress')
                       ELSE k.id IN (SELECT s.id FROM neff.search_records($1, 200) AS s WHERE s.kind = 'contract') END
            ORDER BY array_position(ARRAY['approved', 'in_progress', 'pending'], k.status::text) NULLS LAST,
                     k.created_at DESC, k.id
            LIMIT 30"#,
        text
    )
    .fetch_all(connection)
    .await?)
}

/// The other jobs of a contract, in order of start; 20 at most.
///
/// # Errors
/// When the database cannot be asked.
pub async fn related(
    connection: &mut PgConnection,
    contract: Uuid,
    except: Option<Uuid>,
) -> Result<Vec<RelatedRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        RelatedRow,
        r#"SELECT id, start_date AS start, end_date AS "end", status, left(special_instructions, 200) AS instructions
             FROM job_schedules WHERE contract_id = $1 AND id IS DISTINCT FROM $2
            ORDER BY start_date DESC, id LIMIT 20"#,
        contract,
        except
    )
    .fetch_all(connection)
    .await?)
}

/// Where a job comes from, if it is there.
///
/// # Errors
/// When the database cannot be asked.
pub async fn origin(connection: &mut PgConnection, job: Uuid) -> Result<Option<OriginRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        OriginRow,
        "SELECT created_source AS source, created_at, updated_at FROM job_schedules WHERE id = $1",
        job
    )
    .fetch_optional(connection)
    .await?)
}

/// Name of a crew, a person or a machine; `kind` is `crew`, `person` or `machine`.
///
/// # Errors
/// When the database cannot be asked.
pub async fn resource_name(
    connection: &mut PgConnection,
    kind: &str,
    id: Uuid,
) -> Result<Option<String>, DatabaseError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT name AS "name!" FROM crews WHERE id = $2 AND $1 = 'crew'
           UNION ALL SELECT name FROM crew_members WHERE id = $2 AND $1 = 'person'
           UNION ALL SELECT name FROM equipment WHERE id = $2 AND $1 = 'machine'"#,
        kind,
        id
    )
    .fetch_optional(connection)
    .await?)
}
