//! Samples and the table made of them: each row as `./dev bench` takes it into tests/figures.md.

use std::time::Duration;

use crate::cluster::run;

/// The table; each row is printed as soon as it is measured.
#[derive(Default)]
pub struct Figures {
    rows: usize,
}

impl Figures {
    /// Adds a row of times: `aim` is what the product promises, as text.
    pub fn times(&mut self, what: &str, sizes: &str, samples: &mut [Duration], aim: &str) {
        samples.sort_unstable();
        let at = |percent: usize| format_ms(samples[(samples.len() * percent).div_ceil(100).max(1) - 1]);
        println!("| {what} | {sizes} | {} | {} | {} | {} | {aim} |", samples.len(), at(50), at(95), at(99));
        self.rows += 1;
    }

    /// Adds a row with one value.
    pub fn value(&mut self, what: &str, sizes: &str, value: &str, aim: &str) {
        println!("| {what} | {sizes} | 1 | {value} | | | {aim} |");
        self.rows += 1;
    }

    /// Says what it was measured with.
    pub fn print(&self, server: &str) {
        println!("{} rows of {}; {server}", self.rows, machine());
    }
}

fn format_ms(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1000.0;
    if milliseconds < 100.0 { format!("{milliseconds:.2} ms") } else { format!("{milliseconds:.0} ms") }
}

/// Processor, cores and memory in one line.
fn machine() -> String {
    let read = |file: &str, name: &str| {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(name)).and_then(|line| line.split(':').nth(1));
        line.unwrap_or("unknown").trim().to_owned()
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let system = run(std::process::Command::new("uname").arg("-sr"));
    format!(
        "{}, {cores} cores, {} memory, {}",
        read("/proc/cpuinfo", "model name"),
        read("/proc/meminfo", "MemTotal"),
        system.trim()
    )
}
