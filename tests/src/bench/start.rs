//! From the program's start to Today with data; what it then needs of memory and, doing nothing, of the processor.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use uuid::Uuid;

use super::figures::Figures;
use crate::keeper::program;
use crate::office::{Office, PASSWORD};
use crate::session::Session;
use crate::window::Window;

/// How long the idle program is watched.
const IDLE: Duration = Duration::from_mins(1);
/// The kernel counts processor time in these (`getconf CLK_TCK`).
const TICKS_A_SECOND: f64 = 100.0;

/// Measures with sample data of this scale.
pub async fn measure(figures: &mut Figures, samples: usize, scale: u32) {
    let (office, session) = (Office::open().await, Session::start().await);
    let sizes = format!("sample data {scale}×");
    let started = Instant::now();
    let status = Command::new(program("neff"))
        .args(["sample-data", "--scale", &scale.to_string(), "--url"])
        .arg(&office.database.as_ref().expect("a shared database").url)
        .stdin(Stdio::null())
        .status()
        .expect("neff");
    assert!(status.success(), "the sample data is loaded");
    figures.value(
        "loading sample data",
        &sizes,
        &format!("{:.1} s", started.elapsed().as_secs_f64()),
        "1×: 10 s, 100×: 5 min",
    );

    let settings = json!({
        "computer": Uuid::new_v4(),
        "connections": [{
            "id": Uuid::new_v4(), "name": "The office", "host": "127.0.0.1", "port": office.port,
            "database": office.name, "login": office.login, "encryption": "none", "ca_file": null, "person": null
        }]
    });
    fs::write(session.config().join("settings.json"), settings.to_string()).expect("the settings");
    let environment = [("NEFF_DATABASE_PASSWORD", PASSWORD)];
    let mut times = Vec::with_capacity(samples);
    // The first start is a cold one; it is not counted.
    for sample in 0..=samples {
        let window = Window::launch_with(&session, &environment).await;
        window.wait_for_today().await;
        let age = age(window.process());
        if sample > 0 {
            times.push(age);
        }
        if sample == samples {
            footprint(figures, &window, &sizes).await;
        }
        window.terminate(Duration::from_secs(10)).await;
    }
    figures.times("program start → Today with data, warm", &sizes, &mut times, "≤ 1.5 s");
}

async fn footprint(figures: &mut Figures, window: &Window, sizes: &str) {
    // What the start still does in the background is not idling.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let processes = window.processes();
    let before: f64 = processes.iter().map(|&process| processor_seconds(process)).sum();
    tokio::time::sleep(IDLE).await;
    let after: f64 = processes.iter().map(|&process| processor_seconds(process)).sum();
    let share = 100.0 * (after - before) / IDLE.as_secs_f64();
    figures.value("idle processor time, all its processes", sizes, &format!("{share:.2} % of a core"), "< 1 %");
    for process in processes {
        let name = fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
        let memory = memory(process);
        figures.value(&format!("memory of {}", name.trim()), sizes, &memory, "");
    }
}

/// How long a process has been running, to a hundredth of a second.
fn age(process: u32) -> Duration {
    let uptime = fs::read_to_string("/proc/uptime").expect("/proc/uptime");
    let now: f64 = uptime.split(' ').next().and_then(|text| text.parse().ok()).expect("a number");
    let started: f64 = stat(process)[19].parse().expect("its start");
    Duration::from_secs_f64(now - started / TICKS_A_SECOND)
}

fn processor_seconds(process: u32) -> f64 {
    let stat = stat(process);
    let ticks = |field: usize| stat[field].parse::<f64>().expect("a number");
    (ticks(11) + ticks(12)) / TICKS_A_SECOND
}

/// The fields of /proc/…/stat after the name: [11] and [12] are user and system time, [19] the start.
fn stat(process: u32) -> Vec<String> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).expect("the process lives");
    let after_name = text.rsplit_once(") ").expect("a name").1;
    after_name.split(' ').map(str::to_owned).collect()
}

fn memory(process: u32) -> String {
    let text = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
    let mib = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name));
        let kib: f64 = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0.0);
        format!("{:.0} MiB", kib / 1024.0)
    };
    format!("{} own share, {} with shared", mib("Pss:"), mib("Rss:"))
}
