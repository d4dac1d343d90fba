//! `./dev bench`: measures the program from outside and prints one table.

use neff_tests::bench::figures::Figures;
use neff_tests::bench::{popups, rules, start};
use neff_tests::postgres::Server;

const HELP: &str = "neff-bench [popups] [rules] [start] [--samples N] [--scale N]   (without a name: all of them)";

#[tokio::main]
async fn main() {
    let (mut samples, mut scale, mut parts) = (200, 1, Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|text| text.parse().ok());
        match argument.as_str() {
            "--samples" => samples = number().unwrap_or(samples),
            "--scale" => scale = number().and_then(|number| u32::try_from(number).ok()).unwrap_or(scale),
            "popups" | "rules" | "start" => parts.push(argument),
            _ => {
                eprintln!("{HELP}");
                std::process::exit(2);
            }
        }
    }
    let wanted = |name: &str| parts.is_empty() || parts.iter().any(|part| part == name);
    let server = Server::get().await;
    let mut figures = Figures::default();
    if wanted("popups") {
        popups::measure(&mut figures, samples).await;
    }
    if wanted("rules") {
        rules::measure(&mut figures, samples).await;
    }
    if wanted("start") {
        start::measure(&mut figures, samples, 1).await;
        if scale != 1 {
            start::measure(&mut figures, samples, scale).await;
        }
    }
    let build =
        if cfg!(debug_assertions) { "debug build (figures of a release build are lower)" } else { "release build" };
    figures.print(&format!("PostgreSQL {} on loopback, fsync off; {build}", server.major));
}
