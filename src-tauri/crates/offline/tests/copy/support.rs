//! Copies to try things on.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use chrono::{DateTime, TimeDelta, Utc};
use offline::{
    CopyError, CopyKey, Expected, FeedPosition, Identity, Kind, OpenError, Progress, Record, ScheduleCopy, State,
    Window,
};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use uuid::Uuid;

/// As the office would define it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    pub id: Uuid,
    pub version: i64,
    pub customer: Option<String>,
    pub phone: Option<String>,
    pub address: String,
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    pub status: String,
    pub instructions: Option<String>,
    pub assignments: Vec<Assignment>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assignment {
    pub kind: String,
    pub resource: Uuid,
    pub state: String,
    pub via_crew: Option<Uuid>,
}

/// Names of any kind that are nowhere else on the disk.
pub const NAMES: [&str; 6] = [
    "Zebulon Quarrystone & Söhne",
    "1187 Whippoorwill Hollow Rd",
    "(801) 555-0142",
    "beware of the spaniel",
    "Crew Thunderhead",
    "Marigold Featherstonehaugh",
];

pub const MONDAY: i64 = 1_793_617_200; // 2026-11-02 05:00 in Salt Lake City

pub fn hours(n: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(MONDAY, 0).unwrap() + TimeDelta::hours(n)
}

/// The n-th job: an hour and a half long, one begins every hour.
pub fn job(n: u32, version: i64) -> Job {
    let id = |what: u128| Uuid::from_u128(what << 64 | u128::from(n));
    let assignment = |kind: &str, state: &str, via: Option<Uuid>| Assignment {
        kind: kind.into(),
        resource: id(7),
        state: state.into(),
        via_crew: via,
    };
    Job {
        id: id(1),
        version,
        customer: (n % 10 != 9).then(|| format!("{} {n}", NAMES[0])),
        phone: (n % 10 != 8).then(|| NAMES[2].replace("0142", &format!("{n:04}"))),
        address: format!("{n} {}", NAMES[1]),
        start: hours(i64::from(n)),
        end: hours(i64::from(n)) + TimeDelta::minutes(90),
        status: "scheduled".into(),
        // Some are too long for a page.
        instructions: Some(format!("{}; {n} ", NAMES[3]).repeat(if n % 16 == 3 { 400 } else { 8 })),
        assignments: vec![
            assignment("crew", "firm", None),
            assignment("person", "overridden", Some(id(8))),
            assignment("machine", "conflict", None),
        ],
    }
}

pub fn record(job: &Job) -> Record {
    let texts = [job.customer.as_deref(), job.phone.as_deref(), Some(job.address.as_str())];
    Record::new(Kind::Job, job.id, job).unwrap().during(job.start, job.end).found_by(texts.into_iter().flatten())
}

pub fn note(kind: Kind, n: u32, text: &str) -> Record {
    Record::new(kind, Uuid::from_u128(u128::from(n)), &text).unwrap().at(hours(i64::from(n)))
}

/// Resources, estimates and so on.
pub fn others() -> Vec<Record> {
    vec![
        note(Kind::Crew, 1, NAMES[4]),
        note(Kind::Person, 1, NAMES[5]),
        note(Kind::Machine, 1, "Paver 2"),
        note(Kind::Estimate, 1, "first deadline"),
        note(Kind::Estimate, 2, "second deadline"),
        note(Kind::Notification, 1, "older"),
        note(Kind::Notification, 2, "newer"),
        Record::new(Kind::Office, Uuid::nil(), &"America/Denver").unwrap(),
    ]
}

pub fn progress(last_id: i64) -> Progress {
    Progress {
        feed: FeedPosition {
            feed: Uuid::from_u128(0xfeed),
            snapshot: format!("{last_id}:{last_id}:"),
            xmin: u64::MAX - 1,
            last_id,
        },
        as_of: hours(0) + TimeDelta::microseconds(last_id),
        window: Window { from: hours(-24 * 30), until: hours(24 * 365 * 2) },
    }
}

pub fn identity() -> Identity {
    Identity { connection: Uuid::from_u128(0xc0), person: Uuid::from_u128(0xa1), schema: 3 }
}

pub fn expected() -> Expected {
    Expected { identity: identity(), now: hours(1), readable_for: TimeDelta::days(14) }
}

pub fn key() -> CopyKey {
    CopyKey::from_bytes(&std::array::from_fn(|i| u8::try_from(i).unwrap() ^ 0xa5))
}

/// A folder with a copy of so many jobs in it, closed.
pub struct Office {
    pub folder: TempDir,
    pub path: PathBuf,
}

impl Office {
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = offline::path_for(folder.path(), identity().connection, identity().person);
        Self { folder, path }
    }

    pub fn with(jobs: u32) -> Self {
        let office = Self::empty();
        fill(&office.path, jobs);
        office
    }

    pub fn open(&self) -> Result<ScheduleCopy, OpenError> {
        ScheduleCopy::open(&self.path, &key(), &expected())
    }

    /// The names of what is in the folder, without the copy's own.
    pub fn files(&self) -> Vec<String> {
        let own = self.path.file_name().unwrap().to_str().unwrap().to_owned();
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|e| e.unwrap().file_name().into_string().unwrap().replace(&own, "copy")).collect();
        names.sort();
        names
    }
}

pub fn fill(path: &Path, jobs: u32) -> ScheduleCopy {
    let mut pass = ScheduleCopy::begin(path, &key(), identity()).unwrap();
    pass.add((0..jobs).map(|n| record(&job(n, 1)))).unwrap();
    pass.add(others()).unwrap();
    pass.finish(&progress(1)).unwrap()
}

pub fn beside(path: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", path.display()))
}

/// All there is to read.
#[derive(Debug, Clone, PartialEq)]
pub struct Everything {
    pub state: State,
    pub jobs: Vec<Job>,
    pub others: Vec<(Kind, Vec<serde_json::Value>)>,
    pub found: Vec<Job>,
    pub one: Vec<Option<Job>>,
}

pub fn everything(copy: &ScheduleCopy) -> Result<Everything, CopyError> {
    let jobs = copy.jobs_between(hours(-100_000), hours(100_000))?;
    let others = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Job);
    Ok(Everything {
        state: copy.state()?,
        others: others.map(|kind| Ok((kind, copy.all(kind)?))).collect::<Result<_, CopyError>>()?,
        found: copy.search(Kind::Job, "whippoorwill 7", hours(0), 1000)?,
        one: (0..50).map(|n| copy.job(job(n * 5, 1).id)).collect::<Result<_, CopyError>>()?,
        jobs,
    })
}

/// This test program again, running one of its ignored tests by itself.
pub struct Other {
    pub process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

pub const PATH_VARIABLE: &str = "NEFF_OFFLINE_TEST_COPY";

/// Where the copy is that this program was started for; `None` when somebody runs all ignored tests.
pub fn given_path() -> Option<PathBuf> {
    std::env::var_os(PATH_VARIABLE).map(PathBuf::from)
}

impl Other {
    pub fn start(test: &str, path: &Path) -> Self {
        let mut program = Command::new(std::env::current_exe().unwrap());
        program.args(Self::arguments(test)).env(PATH_VARIABLE, path);
        Self::run(program)
    }

    pub fn arguments(test: &str) -> [&str; 4] {
        [test, "--exact", "--ignored", "--nocapture"]
    }

    pub fn run(mut program: Command) -> Self {
        let mut process = program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let input = process.stdin.take();
        let output = BufReader::new(process.stdout.take().unwrap());
        Self { process, input, output }
    }

    /// The rest of the next line that starts with `>`; `None` when there are no more.
    pub fn hear(&mut self) -> Option<String> {
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            // The test harness begins the line with the name of the test.
            if let Some((_, said)) = line.trim_end().split_once('>') {
                return Some(said.to_owned());
            }
        }
    }

    /// Closes its input, for which it waits, and waits for its end.
    pub fn let_go(mut self) -> bool {
        drop(self.input.take());
        self.process.wait().unwrap().success()
    }

    pub fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub fn say(what: &str) {
    println!(">{what}");
    std::io::stdout().flush().unwrap();
}

pub fn wait_for_end_of_input() {
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).unwrap();
}
