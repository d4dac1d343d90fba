import type { ScheduleJob } from "$/ipc/client";

export type Mark = { name: string; tone: string };

const STATUSES = ["scheduled", "confirmed", "in_progress", "completed", "canceled", "rescheduled"];

export function statusMark(status: string): string {
  return STATUSES.includes(status) ? status : "unknown";
}

/** What somebody has to know of a job, the most pressing first. */
export function marksOf(job: ScheduleJob, folded: boolean): Mark[] {
  const marks: Mark[] = [];
  const add = (when: boolean, name: string, tone: string) => when && marks.push({ name, tone });
  add(job.clashes > 0, "clash", "text-bad");
  add(job.priority >= 5, "urgent", "text-bad");
  add(job.unknown > 0, "nobody", "text-warn");
  add(job.is_new, "new", "text-accent");
  add(folded, "night", "text-muted");
  add(job.pinned, "pin", "text-muted");
  add(job.weather_dependent, "rain", "text-muted");
  return marks;
}
