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

/// Judges what other programs left, in short steps, each a transaction of its own. How many changes.
///
/// # Errors
/// When the database cannot be asked; [`Failure::Occupied`] when somebody else is at it: then it is done by them.
pub async fn settle(connection: &mut PgConnection) -> Result<i64, DatabaseError> {
    let mut settled = 0;
    for _ in 0..STEPS {
        let step =
            sqlx::query_scalar!(r#"SELECT neff.settle_assignments() AS "n!""#).fetch_one(&mut *connection).await?;
        if step == 0 {
            break;
        }
        settled += step;
    }
    Ok(settled)
}

/// Settles, and looks whether everything is in line then. What is not is put right, and the administrators are told; at
/// most once a minute, whichever computer asks. How many changes were settled.
///
/// # Errors
/// When the database cannot be asked.
pub async fn settle_and_check(connection: &mut PgConnection) -> Result<i64, DatabaseError> {
    let (settled, wrong) = match steps(connection).await {
        Ok(done) => done,
        Err(error) if error.failure() == Failure::Occupied => {
            tracing::info!(%error, "assignments are settled at the next sweep");
            return Ok(0);
        }
        Err(error) => return Err(error),
    };
    if wrong > 0 {
        tracing::error!(wrong, "assignments were not what the jobs say; they were put right");
    }
    Ok(settled)
}

async fn steps(connection: &mut PgConnection) -> Result<(i64, i64), DatabaseError> {
    let settled = settle(connection).await?;
    let wrong = sqlx::query_scalar!(r#"SELECT neff.check_assignments() AS "n!""#).fetch_one(connection).await?;
    Ok((settled, wrong))
}
