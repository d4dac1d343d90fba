import type { ScheduleJob, UnscheduledWork } from "$/ipc/client";

import type { Times } from "./move";

export type DragKind = "move" | "start" | "end" | "create" | "tray";
/** A job under way, and the row it was taken from. */
export type Carried = { job: ScheduleJob; row: string };

/** What is under way, by pointer or by keys, and what came of it so far. */
export type Underway = {
  kind: DragKind;
  by: "pointer" | "keys";
  carried: Carried[];
  /** The one that was taken hold of. */
  anchor: Carried | null;
  work: UnscheduledWork | null;
  /** Where on the anchor it was taken hold of, in pixels from its beginning. */
  grip: number;
  /** Minutes of the clock it has been moved by. */
  minutes: number;
  /** Key of the row it is over. */
  row: string | null;
  /** Of what is drawn anew or comes from the tray. */
  times: Times | null;
  /** Where drawing began. */
  from: number;
  copy: boolean;
};

export const EMPTY: Omit<Underway, "kind" | "by"> = {
  ...{ carried: [], anchor: null, work: null, grip: 0, minutes: 0, row: null },
  ...{ times: null, from: 0, copy: false },
};

/** Nothing has changed between two steps of a drag. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  const [one, other] = [a as Times | null, b as Times | null];
  return (
    !!one &&
    !!other &&
    typeof one === "object" &&
    one.start === other.start &&
    one.end === other.end &&
    !Array.isArray(a)
  );
}
