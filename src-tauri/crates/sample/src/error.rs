//! Why an office was not filled.

use database::DatabaseError;

/// Why an office was not filled. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// It holds somebody's work.
    #[error("This database already holds {0}. Sample data goes only into an empty office; nothing was changed.")]
    NotEmpty(&'static str),
    /// It is not an office database, or not one of this program.
    #[error("This database has not been set up for Neff Office yet. Migrate it first; nothing was changed.")]
    NotMigrated,
    /// The login may not write everything.
    #[error("This login may not fill an office. Use the login that owns the database; nothing was changed.")]
    RightsMissing,
    /// There is no such size.
    #[error("{0} is not a size of sample data: choose 1, 10, 100 or 1000.")]
    Scale(u32),
    /// The office's time zone is none there is.
    #[error(
        "The office's time zone is set to “{0}”, which is none there is. Correct the setting first; nothing was changed."
    )]
    TimeZone(String),
    /// The database refused or went away.
    #[error("The database refused the sample data, and nothing was changed: {0}")]
    Database(#[from] DatabaseError),
}

impl From<sqlx::Error> for SampleError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}
