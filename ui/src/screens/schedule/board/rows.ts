import type { ResourceKind, Schedule, ScheduleJob, TimeOff } from "$/ipc/client";
import { capital } from "$/lib/time";
import { label, plain, shorten } from "$/lib/words";
import { usableColor } from "$/screens/crew/words";

import type { Rows } from "../filters";
import { awayOf, type Away } from "./away";

/** A line of the board. */
export type BoardRow = {
  /** "crew:…", or "none": the jobs with nobody. */
  key: string;
  kind: ResourceKind;
  /** None: nobody. */
  id: string | null;
  name: string;
  /** Of a crew, as the office chose it. */
  color: string | null;
  /** Who leads, what they do. */
  detail: string;
  /** On leave, in the shop, gone. */
  note: string | null;
  jobs: ScheduleJob[];
  off: TimeOff[];
  /** Of a crew: when some of it are away. */
  away: Away[];
};

export const NOBODY: Record<Rows, string> = { crews: "No crew", people: "Nobody", machines: "No machine" };
const KIND: Record<Rows, ResourceKind> = { crews: "crew", people: "person", machines: "machine" };
const NOTES: Record<string, string> = {
  on_leave: "On leave",
  inactive: "Inactive",
  terminated: "No longer here",
  in_shop: "In the shop",
  retired: "Retired",
};

export function rowsOf(data: Schedule, rows: Rows): BoardRow[] {
  const kind = KIND[rows];
  const found = resourcesOf(data, rows);
  const byId = new Map(found.map((row) => [row.id, row]));
  const nobody: BoardRow = {
    ...{ key: "none", kind, id: null, name: NOBODY[rows], detail: "", note: null },
    ...{ color: null, jobs: [], off: [], away: [] },
  };
  for (const job of data.jobs) {
    let placed = false;
    for (const id of new Set(resources(job, rows))) {
      const row = byId.get(id);
      row?.jobs.push(job);
      placed ||= row !== undefined;
    }
    if (!placed) nobody.jobs.push(job);
  }
  for (const off of data.time_off) {
    const id = rows === "people" ? off.person_id : rows === "machines" ? off.machine_id : null;
    if (id !== null) byId.get(id)?.off.push(off);
  }
  if (rows === "crews")
    for (const [id, away] of awayOf(data)) {
      const row = byId.get(id);
      if (row) row.away = away;
    }
  nobody.detail = rows === "machines" ? "Jobs that name no machine" : "Jobs to give to somebody";
  // Work that nobody has is seen first; that a job needs no machine is nothing to worry about.
  return rows === "machines" ? [...found, nobody] : [nobody, ...found];
}

export function resources(job: ScheduleJob, rows: Rows): string[] {
  return rows === "crews" ? job.crews : rows === "people" ? job.people : job.machines;
}

/** Nobody is on it; it may have a machine. */
export function isUnassigned(job: Pick<ScheduleJob, "crews" | "people" | "status">): boolean {
  return (
    job.crews.length + job.people.length === 0 && job.status !== "canceled" && job.status !== "completed"
  );
}

function resourcesOf(data: Schedule, rows: Rows): BoardRow[] {
  const row = (
    id: string,
    name: string,
    detail: string,
    note: string | null,
    color?: string | null,
  ): BoardRow => ({
    key: `${KIND[rows]}:${id}`,
    kind: KIND[rows],
    id,
    name: plain(name).trim() === "" ? "Without a name" : shorten(name, 80),
    detail: shorten(capital(detail), 60),
    note,
    color: usableColor(color ?? null),
    jobs: [],
    off: [],
    away: [],
  });
  if (rows === "crews")
    return data.crews.map(({ id, name, lead, active, color }) =>
      row(id, name, lead ?? "", active ? null : "Not in use", color),
    );
  if (rows === "people")
    return data.people.map(({ id, name, role, status }) => row(id, name, label(role), note(status)));
  return data.machines.map(({ id, name, kind, status }) => row(id, name, label(kind), note(status)));
}

function note(status: string): string | null {
  return Object.hasOwn(NOTES, status) ? (NOTES[status] ?? null) : null;
}
