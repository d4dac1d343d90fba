import type { ScheduleJob } from "$/ipc/client";

export const ZONE = "America/Chicago";

/** For tests: a job of a plain morning. */
export function sampleJob(
  id: string,
  start: string,
  end: string,
  change: Partial<ScheduleJob> = {},
): ScheduleJob {
  return {
    id,
    version: 1,
    contract_id: null,
    customer: `Customer ${id}`,
    service_type: "residential",
    address: `${id} Birch Ln`,
    start,
    end,
    status: "scheduled",
    priority: 3,
    weather_dependent: false,
    pinned: false,
    crews: [],
    people: [],
    machines: [],
    unknown: 0,
    clashes: 0,
    overridden: 0,
    source: "manual_admin",
    is_new: false,
    ...change,
  };
}
