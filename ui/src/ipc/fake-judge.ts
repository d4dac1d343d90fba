import type {
  Consequences,
  JobCheck,
  JobClash,
  JobFilter,
  Reassign,
  ResourceKind,
  ScheduleJob,
  Warning,
} from "./client";
import { longDate, officeDate } from "$/lib/time";

import type { FakeBoard, FakeJob } from "./fake-board";

/* What the database judges: who is in two places at once, and what speaks against a place on the board. */

const IDLE = new Set(["canceled", "completed"]);
const sides = ["person", "machine"] as const;

export function claims(job: FakeJob): boolean {
  return !IDLE.has(job.status);
}

function resources(job: FakeJob, kind: "person" | "machine"): string[] {
  return kind === "person" ? job.people : job.machines;
}

export function overlap(a: { start: string; end: string }, b: { start: string; end: string }): boolean {
  return a.start < b.end && b.start < a.end;
}

/** Every job with its counts, as the board shows it. */
export function marked(jobs: FakeJob[]): FakeJob[] {
  const byResource = new Map<string, FakeJob[]>();
  for (const job of jobs) {
    if (!claims(job)) continue;
    for (const kind of sides)
      for (const id of new Set(resources(job, kind))) {
        const all = byResource.get(id);
        if (all) all.push(job);
        else byResource.set(id, [job]);
      }
  }
  const counts = new Map<string, { clashes: number; overridden: number }>();
  for (const [id, all] of byResource) {
    all.sort((a, b) => (a.start < b.start ? -1 : 1));
    for (const [i, job] of all.entries()) {
      let [hit, agreed] = [false, false];
      // Only neighbours in order of start can overlap, and long ones before them.
      for (let j = i + 1; j < all.length && all[j]!.start < job.end; j++) note(job, all[j]!);
      for (let j = i - 1; j >= 0; j--) if (all[j]!.end > job.start) note(job, all[j]!);
      function note(one: FakeJob, other: FakeJob) {
        if (one.agreed[id] || other.agreed[id]) agreed = true;
        else hit = true;
      }
      const now = counts.get(job.id) ?? { clashes: 0, overridden: 0 };
      if (hit) now.clashes += 1;
      else if (agreed) now.overridden += 1;
      counts.set(job.id, now);
    }
  }
  return jobs.map((job) => ({
    ...job,
    ...(counts.get(job.id) ?? { clashes: 0, overridden: 0 }),
    unknown: job.unknown_names.length,
  }));
}

/** Without what only the editor shows. */
export function shown(job: FakeJob): ScheduleJob {
  const { id, version, contract_id, customer, service_type, address, start, end, status, priority } = job;
  const { weather_dependent, pinned, crews, people, machines, unknown, clashes, overridden, source } = job;
  return {
    ...{ id, version, contract_id, customer, service_type, address, start, end, status, priority },
    ...{ weather_dependent, pinned, unknown, clashes, overridden, source, is_new: job.is_new },
    ...{ crews: [...crews], people: [...people], machines: [...machines] },
  };
}

/** With the row's crew, person or machine in place of another. */
export function reassigned(board: FakeBoard, job: FakeJob, change: Reassign | null): FakeJob {
  if (!change) return job;
  const swap = (ids: string[]) => [
    ...new Set([...ids.filter((id) => id !== change.from), ...(change.to === null ? [] : [change.to])]),
  ];
  if (change.kind === "machine") return { ...job, machines: swap(job.machines) };
  if (change.kind === "person") return { ...job, people: swap(job.people) };
  const members = (id: string | null) => board.crews.find((crew) => crew.id === id)?.members ?? [];
  const [gone, come] = [members(change.from), members(change.to)];
  const people = [...new Set([...job.people.filter((id) => !gone.includes(id)), ...come])];
  return { ...job, crews: swap(job.crews), people };
}

/** Who and what of this job would be in two places. */
export function clashesOf(board: FakeBoard, job: FakeJob, others: FakeJob[], known: boolean): JobClash[] {
  if (!claims(job)) return [];
  const found: JobClash[] = [];
  for (const other of others) {
    if (other.id === job.id || !claims(other) || !overlap(job, other)) continue;
    for (const kind of sides)
      for (const id of resources(job, kind)) {
        if (!resources(other, kind).includes(id) || job.agreed[id] || other.agreed[id]) continue;
        found.push({
          job_id: known ? job.id : null,
          resource_kind: kind,
          resource_id: id,
          resource_name: nameOf(board, kind, id),
          other_job_id: other.id,
          other_customer: other.customer,
          other_address: other.address,
          other_start: other.start,
          other_end: other.end,
          other_status: other.status,
        });
      }
  }
  return found.slice(0, 50);
}

export function nameOf(board: FakeBoard, kind: ResourceKind, id: string): string {
  const all = { crew: board.crews, person: board.people, machine: board.machines }[kind];
  return all.find((one) => one.id === id)?.name ?? "Somebody who is gone";
}

/** What speaks against it and does not forbid it. */
export function warningsOf(board: FakeBoard, job: FakeJob): Warning[] {
  const warnings: Warning[] = [];
  const add = (kind: Warning["kind"], resource_id: string | null, text: string) =>
    warnings.push({ kind, resource_id, text });
  const day = new Date(new Date(job.start).getTime() - 5 * 3_600_000);
  const date = day.toISOString().slice(0, 10);
  const weekday = day.getUTCDay() || 7;
  for (const id of job.people) {
    const person = board.people.find((one) => one.id === id);
    if (!person) continue;
    const away = board.timeOff.find((t) => t.person_id === id && overlap(t, job));
    if (away || person.status === "on_leave")
      add("on_leave", id, `${person.name} is ${away?.kind === "sick" ? "sick" : "on leave"} then.`);
    if (person.status === "terminated") add("gone", id, `${person.name} is no longer with the company.`);
    if (board.daysAway.get(id)?.includes(weekday))
      add("not_available", id, `${person.name} does not work on that day of the week.`);
    const certificate = board.certificates.get(id);
    if (certificate && certificate.until < date)
      add("certificate_expired", id, `${person.name}’s ${certificate.name} has expired by then.`);
  }
  for (const id of job.machines) {
    const machine = board.machines.find((one) => one.id === id);
    if (!machine) continue;
    if (machine.status === "in_shop" || board.timeOff.some((t) => t.machine_id === id && overlap(t, job)))
      add("in_shop", id, `${machine.name} is in the shop then.`);
    if (machine.status === "retired") add("gone", id, `${machine.name} is retired.`);
  }
  const closed = board.timeOff.find(
    (t) => t.person_id === null && t.machine_id === null && t.kind === "holiday" && overlap(t, job),
  );
  if (closed) add("closed", null, `${closed.note ?? "A holiday"} is in it.`);
  else if (!board.hours.working_days.includes(weekday)) add("day_off", null, "That is no working day.");
  else if (Date.parse(job.end) - Date.parse(job.start) > 24 * 3_600_000) {
    const last = new Date(Date.parse(job.end) - 1 - 5 * 3_600_000).getUTCDay() || 7;
    if (!board.hours.working_days.includes(last)) add("day_off", null, "Its last day is no working day.");
  }
  const rain = board.timeOff.find(
    (t) => t.person_id === null && t.machine_id === null && t.kind === "rain" && overlap(t, job),
  );
  if (rain && job.weather_dependent) {
    const on = rain.start > job.start ? rain.start : job.start;
    add("rain_recorded", null, `Rain is recorded for ${longDate(officeDate(on, board.zone))}`);
  }
  const before = board.jobs.find((one) => one.id === job.follows_job_id);
  const wait = Number(job.follows_after_hours) * 3_600_000;
  if (before && new Date(job.start).getTime() < new Date(before.end).getTime() + wait)
    add("too_soon", null, `It has to wait ${job.follows_after_hours} hours after the job before it.`);
  return warnings;
}

export function consequences(board: FakeBoard, check: JobCheck, blank: FakeJob): Consequences {
  const known = board.jobs.find((job) => job.id === check.job_id);
  let job: FakeJob = { ...(known ?? blank), start: check.start, end: check.end };
  if (check.words) {
    const of = (kind: string) =>
      (check.words ?? []).flatMap((word) => (word.kind === kind && word.id ? [word.id] : []));
    const crews = of("crew");
    const members = board.crews.filter((crew) => crews.includes(crew.id)).flatMap((crew) => crew.members);
    job = { ...job, crews, people: [...new Set([...members, ...of("person")])], machines: of("machine") };
  }
  if (check.weather_dependent !== null) job = { ...job, weather_dependent: check.weather_dependent };
  job = reassigned(board, job, check.reassign);
  return {
    job_id: check.job_id,
    clashes: clashesOf(board, job, board.jobs, known !== undefined),
    warnings: warningsOf(board, job),
  };
}

export function matches(job: FakeJob, filter: JobFilter): boolean {
  const words = (filter.text ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const text = `${job.customer ?? ""}\n${job.address}`.toLowerCase();
  return (
    (filter.statuses.length === 0 || filter.statuses.includes(job.status)) &&
    (filter.services.length === 0 || filter.services.includes(job.service_type ?? "none")) &&
    (filter.crews.length === 0 || job.crews.some((id) => filter.crews.includes(id))) &&
    (filter.weather === null || filter.weather === job.weather_dependent) &&
    (filter.min_priority === null || job.priority >= filter.min_priority) &&
    words.every((word) => text.includes(word)) &&
    (!filter.outside || job.source !== "manual_admin") &&
    (!filter.unassigned || job.crews.length + job.people.length === 0) &&
    (!filter.clashing || job.clashes > 0)
  );
}
