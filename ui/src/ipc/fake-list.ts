import { iso } from "$/lib/dates";
import { officeDate } from "$/lib/time";

import type { JobGroup, JobLine, JobList, JobListQuery, JobSort } from "./client";
import type { FakeBoard, FakeJob } from "./fake-board";
import { matches, shown } from "./fake-judge";

/* The list: sorted, grouped and paged as the database does it. */

const keys: Record<JobSort, (job: FakeJob) => string> = {
  start: (job) => job.start,
  end: (job) => job.end,
  customer: (job) => (job.customer ?? "\uffff").toLowerCase(),
  address: (job) => job.address.toLowerCase(),
  status: (job) => job.status,
  priority: (job) => String(job.priority),
  updated: (job) => job.updated_at,
  created: (job) => job.created_at,
};

export function sorted(jobs: FakeJob[], by: JobSort, descending = false): FakeJob[] {
  const turn = descending ? -1 : 1;
  const key = (job: FakeJob) => `${keys[by](job)}\n${job.start}\n${job.id}`;
  return jobs
    .map((job) => ({ job, key: key(job) }))
    .sort((a, b) => (a.key < b.key ? -turn : a.key > b.key ? turn : 0))
    .map(({ job }) => job);
}

function groupOf(board: FakeBoard, group: JobGroup, job: FakeJob): string | null {
  const date = officeDate(job.start, board.zone);
  switch (group) {
    case "none":
      return null;
    case "day":
      return date;
    case "week": {
      const day = iso(date);
      const weekday = day ? day.toDate("UTC").getUTCDay() : 1;
      return day?.subtract({ days: (weekday + 6) % 7 }).toString() ?? date;
    }
    case "status":
      return job.status;
    case "crew":
      return board.crews.find((crew) => crew.id === job.crews[0])?.name ?? "";
    case "customer":
      return job.customer ?? "";
    case "service":
      return job.service_type ?? "";
  }
}

export function jobPage(board: FakeBoard, query: JobListQuery, midnight: (date: string) => string): JobList {
  const { from, until, filter, group, sort, descending, after, limit } = query;
  const found = board.jobs.filter(
    (job) =>
      (from === null || job.end > midnight(from)) &&
      (until === null || job.start < midnight(until)) &&
      matches(job, filter),
  );
  const lines: JobLine[] = sorted(found, sort, descending).map((job) => ({
    group: groupOf(board, group, job),
    job: shown(job),
    crew_names: job.crews.map((id) => board.crews.find((crew) => crew.id === id)?.name ?? ""),
    updated_at: job.updated_at,
  }));
  if (group !== "none")
    lines.sort((a, b) =>
      (a.group ?? "") < (b.group ?? "") ? -1 : (a.group ?? "") > (b.group ?? "") ? 1 : 0,
    );
  const counts = new Map<string, number>();
  for (const line of lines)
    if (line.group !== null) counts.set(line.group, (counts.get(line.group) ?? 0) + 1);
  const begin = after === null ? 0 : Number(after);
  const items = lines.slice(begin, begin + limit);
  const next = begin + items.length;
  return {
    items: structuredClone(items),
    groups: after === null ? [...counts].map(([key, count]) => ({ key, count })) : [],
    total: after === null ? Math.min(lines.length, 10_000) : null,
    next: next < lines.length ? String(next) : null,
    copy_as_of: null,
    copy_days: null,
  };
}
