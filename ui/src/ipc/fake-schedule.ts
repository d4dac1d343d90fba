import { addDays } from "$/lib/dates";
import { officeDate } from "$/lib/time";

import type { Answering, SCHEDULING } from "./asking";
import type {
  ChangeRef,
  Clash,
  JobClash,
  JobVersion,
  RecordRef,
  SavedView,
  ScheduleOutcome,
  UnscheduledWork,
  CopyState,
} from "./client";
import { OfficeError } from "./errors";
import { boardJob, usualBoard, type FakeBoard, type FakeContract, type FakeJob } from "./fake-board";
import { differences, FakeChanges } from "./fake-changes";
import { uuid } from "./fake-data";
import {
  claims,
  clashesOf,
  consequences,
  marked,
  matches,
  nameOf,
  overlap,
  reassigned,
  shown,
} from "./fake-judge";
import { jobPage, sorted } from "./fake-list";

type Part = Answering<typeof SCHEDULING>;

/** What is to be saved of some jobs, as one step. */
export type Saving = {
  /** As they are to be; an id that is not there is a new job. */
  jobs: FakeJob[];
  /** As they were seen; null: new ones. */
  versions: JobVersion[] | null;
  summary: string;
  reason?: string | null;
  overrideReason: string | null;
};

/** The schedule of the office in memory. Set its fields, then call `changed`. */
export class FakeSchedule implements Part, FakeBoard {
  zone!: string;
  today!: string;
  as_of!: string;
  hours!: FakeBoard["hours"];
  crews!: FakeBoard["crews"];
  people!: FakeBoard["people"];
  machines!: FakeBoard["machines"];
  timeOff!: FakeBoard["timeOff"];
  contracts!: FakeContract[];
  certificates!: FakeBoard["certificates"];
  daysAway!: FakeBoard["daysAway"];
  /** Set: the schedule is the copy on this computer. */
  copyAsOf: string | null = null;
  /** … with the days of a month back and so many ahead. */
  copyAhead = 92;
  views = new Map<string, SavedView[]>();
  saveAs = "/home/dana/Documents/schedule.pdf";
  /** Who works here. */
  me = "Dana Neff";
  /** Called after every change. */
  changed: () => void = () => undefined;
  #jobs: FakeJob[] = [];
  #marked: FakeJob[] | null = null;
  #next = 0;

  constructor(
    readonly changes = new FakeChanges(),
    board = usualBoard(),
  ) {
    this.fill(board);
  }

  /** Another office. */
  fill(board: FakeBoard): void {
    Object.assign(this, board);
  }

  get jobs(): FakeJob[] {
    return (this.#marked ??= marked(this.#jobs));
  }
  set jobs(jobs: FakeJob[]) {
    this.#jobs = jobs;
    this.#marked = null;
  }

  jobOf(id: string): FakeJob {
    const job = this.jobs.find((one) => one.id === id);
    if (!job) throw refusal("not_found", "That job is not there any more.");
    return job;
  }

  newId(): string {
    return uuid(90_000 + (this.#next += 1));
  }

  /** Does it as the core would: versions, clashes, one step to undo. */
  save({ jobs, versions, summary, reason = null, overrideReason }: Saving): ScheduleOutcome {
    const missing = (versions ?? []).filter(({ id }) => !this.#jobs.some((job) => job.id === id));
    const stale = (versions ?? []).filter(({ id, version }) =>
      this.#jobs.some((job) => job.id === id && job.version !== version),
    );
    if (missing.length + stale.length > 0)
      return {
        kind: "changed",
        jobs: stale.map(({ id }) => shown(this.jobOf(id))),
        missing: missing.map(({ id }) => id),
        by: stale[0] ? this.jobOf(stale[0].id).updated_by : null,
      };
    const ids = new Set(jobs.map((job) => job.id));
    const after = [...this.#jobs.filter((job) => !ids.has(job.id)), ...jobs];
    const clashes: JobClash[] = jobs.flatMap((job) => {
      const known = this.#jobs.find((one) => one.id === job.id);
      const before = known ? clashesOf(this, known, this.#jobs, true) : [];
      return clashesOf(this, job, after, known !== undefined).filter(
        (clash) =>
          !before.some((b) => b.other_job_id === clash.other_job_id && b.resource_id === clash.resource_id),
      );
    });
    if (clashes.length > 0 && overrideReason === null)
      return { kind: "clashes", clashes: clashes.slice(0, 50) };
    const now = jobs.map((job) => {
      const agreed = { ...job.agreed };
      for (const clash of clashes)
        if ((clash.job_id ?? job.id) === job.id) agreed[clash.resource_id] = overrideReason ?? "";
      return { ...job, agreed };
    });
    const change = this.#record(now, summary, reason);
    this.changed();
    return { kind: "done", change, jobs: now.map((job) => shown(this.jobOf(job.id))) };
  }

  #record(now: FakeJob[], summary: string, reason: string | null): ChangeRef {
    const ids = now.map((job) => job.id);
    const before = this.#jobs.filter((job) => ids.includes(job.id));
    const put = (jobs: FakeJob[]) => {
      const versions = new Map(this.#jobs.map((job) => [job.id, job.version]));
      const back = jobs.map((job) => ({
        ...job,
        version: (versions.get(job.id) ?? 0) + 1,
        updated_at: this.as_of,
        updated_by: this.me,
      }));
      this.jobs = sorted([...this.#jobs.filter((job) => !ids.includes(job.id)), ...back], "start");
    };
    put(now);
    const [first] = now;
    const was = before.find((job) => job.id === first?.id);
    const about: RecordRef | null = now.length === 1 && first ? { kind: "job", id: first.id } : null;
    const fields = was && first ? differences(was, first, LABELS) : [];
    const then = (jobs: FakeJob[]) => () => {
      put(jobs);
      this.changed();
    };
    const ref = this.changes.add(this.me, summary, about, fields, then(before), then(now));
    const line = this.changes.all[0];
    if (line) this.changes.all = [{ ...line, reason }, ...this.changes.all.slice(1)];
    return ref;
  }

  /** What somebody else does meanwhile; nobody here can undo it. */
  elsewhere(id: string, change: Partial<FakeJob>, by = "Priya Raman"): void {
    this.jobs = this.#jobs.map((job) =>
      job.id === id ? { ...job, ...change, version: job.version + 1, updated_by: by } : job,
    );
    this.changed();
  }

  get #copyDays() {
    if (this.copyAsOf === null) return null;
    return { from: addDays(this.today, -30), until: addDays(this.today, this.copyAhead) };
  }

  schedule: Part["schedule"] = ({ from, until, filter }) => {
    const part = { start: this.#midnight(from), end: this.#midnight(until) };
    const jobs = this.jobs.filter((job) => overlap(job, part) && matches(job, filter));
    return structuredClone({
      as_of: this.as_of,
      copy_as_of: this.copyAsOf,
      copy_days: this.#copyDays,
      zone: this.zone,
      today: this.today,
      from,
      until,
      hours: this.hours,
      crews: this.crews,
      people: this.people.filter(
        (p) => p.status !== "terminated" || jobs.some((j) => j.people.includes(p.id)),
      ),
      machines: this.machines.filter(
        (m) => m.status !== "retired" || jobs.some((j) => j.machines.includes(m.id)),
      ),
      time_off: this.timeOff.filter((one) => overlap(one, part)),
      jobs: jobs.slice(0, 5_000).map(shown),
      more: jobs.length > 5_000,
      clash_count: this.#pairs().length,
      unscheduled_count: this.#waiting().length,
      to_look_at: this.jobs.filter((job) => job.is_new || job.unknown > 0).length,
    });
  };

  moveJobs: Part["moveJobs"] = (moves, reason, overrideReason) => {
    const jobs = moves.flatMap((move) => {
      const job = this.#jobs.find((one) => one.id === move.id);
      if (!job) return [];
      const moved = job.start !== move.start || job.end !== move.end;
      if (job.status === "confirmed" && moved && !reason?.trim())
        throw refusal("invalid", "Say why: the customer was told the old time.", "reason");
      return [reassigned(this, { ...job, start: move.start, end: move.end }, move.reassign)];
    });
    const name = jobs[0]?.customer ?? jobs[0]?.address ?? "";
    const summary = moves.length === 1 ? `Job of ${name} moved` : `${moves.length} jobs moved`;
    return this.save({ jobs, versions: moves, summary, reason, overrideReason });
  };

  setJobStatus: Part["setJobStatus"] = (versions, status, reason, overrideReason) => {
    if (status === "canceled" && !reason?.trim())
      throw refusal("invalid", "Say why it is canceled.", "reason");
    const jobs = this.#of(versions).map((job) => ({ ...job, status }));
    const summary =
      jobs.length === 1
        ? `Status of the job of ${jobs[0]?.customer ?? ""} changed`
        : `Status of ${jobs.length} jobs changed`;
    return this.save({ jobs, versions, summary, reason, overrideReason });
  };

  pinJobs: Part["pinJobs"] = (versions, pinned) => {
    const jobs = this.#of(versions).map((job) => ({ ...job, pinned }));
    const word = pinned ? "pinned" : "unpinned";
    const summary =
      jobs.length === 1 ? `Job of ${jobs[0]?.customer ?? ""} ${word}` : `${jobs.length} jobs ${word}`;
    return this.save({ jobs, versions, summary, overrideReason: null });
  };

  checkJobs: Part["checkJobs"] = (checks) => {
    const moving = new Map(checks.flatMap((check) => (check.job_id ? [[check.job_id, check]] : [])));
    // Those that move together are judged where they go.
    const jobs = this.jobs.map((job) => {
      const to = moving.get(job.id);
      return to ? reassigned(this, { ...job, start: to.start, end: to.end }, to.reassign) : job;
    });
    const then = { ...this.#board(), jobs };
    return checks.map((check) => {
      const found = consequences(
        then,
        { ...check, reassign: check.job_id ? null : check.reassign },
        boardJob(0, { id: "" }),
      );
      return found;
    });
  };

  unscheduled: Part["unscheduled"] = (text) => {
    const words = (text ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const items = this.#waiting().filter((work) =>
      words.every((word) => `${work.customer}\n${work.address}`.toLowerCase().includes(word)),
    );
    return { items: structuredClone(items.slice(0, 200)), total: items.length };
  };

  jobList: Part["jobList"] = (query) => ({
    ...jobPage(this, query, (from) => this.#midnight(from)),
    copy_as_of: this.copyAsOf,
    copy_days: this.#copyDays,
  });

  scheduleClashes: Part["scheduleClashes"] = () => {
    const all = this.#pairs();
    return structuredClone({ items: all.slice(0, 100), total: all.length });
  };

  savedViews: Part["savedViews"] = (screen) => structuredClone(this.views.get(screen) ?? []);
  saveView: Part["saveView"] = (screen, name, filters) => {
    if (name.trim() === "") throw refusal("invalid", "Give it a name.", "name");
    const others = (this.views.get(screen) ?? []).filter((view) => view.name !== name);
    const views = [...others, { id: this.newId(), name, filters }];
    this.views.set(
      screen,
      views.sort((a, b) => (a.name < b.name ? -1 : 1)),
    );
    return this.savedViews(screen);
  };
  /** What the copy on this computer is good for; null: there is none. */
  copy: CopyState | null = null;
  offlineCopy: Part["offlineCopy"] = () => this.copy;

  deleteView: Part["deleteView"] = (screen, id) => {
    this.views.set(
      screen,
      (this.views.get(screen) ?? []).filter((view) => view.id !== id),
    );
    return this.savedViews(screen);
  };

  openDaySheet: Part["openDaySheet"] = (day, crews) => ({
    path: this.saveAs,
    rows: this.#paper(day, day, crews),
  });
  openWeekPlan: Part["openWeekPlan"] = (from, crews) => ({
    path: this.saveAs,
    rows: this.#paper(from, from, crews),
  });
  exportCalendar: Part["exportCalendar"] = (crew) => ({
    path: this.saveAs.replace(/\w+$/, "ics"),
    rows: this.jobs.filter((job) => crew === null || job.crews.includes(crew)).length,
  });
  exportJobs: Part["exportJobs"] = (query) => ({
    path: this.saveAs.replace(/\w+$/, "csv"),
    rows: jobPage(this, { ...query, after: null, limit: 1e6 }, (from) => this.#midnight(from)).items.length,
  });

  /** Approved contracts with no job, the oldest first. */
  #waiting(): UnscheduledWork[] {
    const planned = new Set(
      this.#jobs.filter((job) => job.status !== "canceled").map((job) => job.contract_id),
    );
    return this.contracts
      .filter((contract) => contract.status === "approved" && !planned.has(contract.id))
      .sort((a, b) => (a.since < b.since ? -1 : 1))
      .map(({ id, customer, phone, service_type, address, project_size, estimated_cost, since }) => ({
        ...{ contract_id: id, customer, phone, service_type, address, project_size, estimated_cost, since },
      }));
  }

  #pairs(): Clash[] {
    const jobs = this.jobs.filter(
      (job) => claims(job) && job.clashes > 0 && job.end > this.#midnight(this.today),
    );
    const pairs: Clash[] = [];
    for (const [i, other] of jobs.entries())
      for (const job of jobs.slice(i + 1)) {
        const both = clashesOf(this, job, [other], true);
        if (both.length === 0) continue;
        const names = (kind: "person" | "machine") =>
          both.filter((c) => c.resource_kind === kind).map((c) => nameOf(this, kind, c.resource_id));
        const { id, customer, service_type, address, start, end, status, priority, weather_dependent } = job;
        pairs.push({
          job: {
            ...{ id, customer, service_type, address, start, end, status, priority, weather_dependent },
            ...{
              people: job.people.length,
              machines: job.machines.length,
              unknown: job.unknown,
              clashes: job.clashes,
            },
          },
          people: names("person"),
          machines: names("machine"),
          other_job_id: other.id,
          other_customer: other.customer,
          other_address: other.address,
          other_start: other.start,
          other_end: other.end,
        });
      }
    return pairs;
  }

  #of(versions: JobVersion[]): FakeJob[] {
    return versions.flatMap(({ id }) => this.#jobs.find((job) => job.id === id) ?? []);
  }

  #board(): FakeBoard {
    const { zone, today, as_of, hours, crews, people, machines, timeOff, contracts, jobs } = this;
    const { certificates, daysAway } = this;
    return {
      zone,
      today,
      as_of,
      hours,
      crews,
      people,
      machines,
      timeOff,
      contracts,
      jobs,
      certificates,
      daysAway,
    };
  }

  #paper(from: string, until: string, crews: string[]): number {
    return this.jobs.filter(
      (job) =>
        officeDate(job.start, this.zone) <= until &&
        officeDate(job.end, this.zone) >= from &&
        (crews.length === 0 || job.crews.some((id) => crews.includes(id))),
    ).length;
  }

  /** Of the office in June: five hours behind UTC. */
  #midnight(date: string): string {
    return new Date(new Date(`${date}T05:00:00Z`).getTime()).toISOString();
  }
}

const LABELS: Partial<Record<keyof FakeJob, string>> = {
  start: "Start",
  end: "End",
  status: "Status",
  address: "Address",
  priority: "Priority",
  instructions: "Instructions",
  pinned: "Pinned",
};

export function refusal(
  code: OfficeError["code"],
  message: string,
  field: string | null = null,
): OfficeError {
  return new OfficeError({ code, message, field, details: null });
}
