//! Who and what is on a job, when: judged by the database at the end of a transaction, asked for here.

use sqlx::PgConnection;

use crate::error::{DatabaseError, Failure};

/// The most steps of one settling; what is left then is taken up at the next sweep.
const STEPS: usize = 500;

/// Has the database judge what this transaction changed so far, so that it is refused with names while there is still
/// somebody to tell, and so that its jobs can be read with their people.
///
/// # Errors
/// [`Failure::DoubleBooked`] when somebody or something would be in two places; [`Failure::Occupied`] when another
/// program is saving jobs just now, and who: the transaction is over, unless this ran in a savepoint.
pub async fn judge(connection: &mut PgConnection) -> Result<(), DatabaseError> {
    sqlx::query_scalar!(r#"SELECT neff.judge_now() AS "judged!""#).fetch_one(connection).await?;
    Ok(())
}

/// Judges what other programs left, in short steps, each a transaction of its own. How many changes. While somebody else
/// is at it, it is done by them.
///
/// # Errors
/// When the database cannot be asked.
pub async fn settle(connection: &mut PgConnection) -> Result<i64, DatabaseError> {
    let mut settled = 0;
    for _ in 0..STEPS {
        let step = sqlx::query_scalar!(r#"SELECT neff.settle_assignments() AS "n!""#)
            .fetch_one(&mut *connection)
            .await
            .map_err(DatabaseError::from);
        match unless_occupied(step)? {
            Some(step) if step > 0 => settled += step,
            _ => break,
        }
    }
    Ok(settled)
}

/// Looks whether everything is in line after settling, at most once a minute, whichever computer asks. What is not is put
/// right, and the administrators are told. How many jobs were not.
///
/// # Errors
/// When the database cannot be asked.
pub async fn check(connection: &mut PgConnection) -> Result<i64, DatabaseError> {
    let wrong = sqlx::query_scalar!(r#"SELECT neff.check_assignments() AS "n!""#)
        .fetch_one(connection)
        .await
        .map_err(DatabaseError::from);
    let wrong = unless_occupied(wrong)?.unwrap_or_default();
    if wrong > 0 {
        tracing::error!(wrong, "assignments were not what the jobs say; they were put right");
    }
    Ok(wrong)
}

/// Nothing, where somebody else is at it: the next sweep comes soon.
fn unless_occupied(result: Result<i64, DatabaseError>) -> Result<Option<i64>, DatabaseError> {
    match result {
        Err(error) if error.failure() == Failure::Occupied => {
            tracing::info!(%error, "assignments are looked at by the next sweep");
            Ok(None)
        }
        other => other.map(Some),
    }
}
