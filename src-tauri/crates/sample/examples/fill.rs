//! Fills the office database at an address: `cargo run -p neff-sample --example fill -- URL [SCALE] [SEED] [TODAY]`.

use sqlx::Connection;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().ok_or("which database?")?;
    let scale = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let seed = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let today = arguments.next().map_or("2026-06-16".parse(), |text| text.parse())?;
    let mut connection = sqlx::PgConnection::connect(&url).await?;
    let mut last = (String::new(), std::time::Instant::now());
    let summary = sample::fill(&mut connection, &sample::Options { scale, seed, today }, |table, done, total| {
        if last.0 != table {
            eprintln!("{:>8.2} s  {}", last.1.elapsed().as_secs_f64(), last.0);
            last = (table.to_owned(), std::time::Instant::now());
            eprintln!("{table}: {done} of {total}");
        }
    })
    .await?;
    println!("{summary:#?}");
    Ok(())
}
