import type { JobFilter, Office } from "$/ipc/client";
import { addDays } from "$/lib/dates";

const OPEN: JobFilter = {
  statuses: ["scheduled", "confirmed", "in_progress", "rescheduled"],
  services: [],
  crews: [],
  weather: null,
  min_priority: null,
  text: null,
  outside: false,
  unassigned: false,
  clashing: false,
};

/** How many jobs touch these days; null: it could not be asked. */
export async function plannedJobs(
  office: Pick<Office, "jobList">,
  from: string,
  until: string,
): Promise<number | null> {
  try {
    const page = await office.jobList({
      ...{ from, until: addDays(until, 1), filter: OPEN },
      ...{ group: "none", sort: "start", descending: false, after: null, limit: 1 },
    });
    return page.total;
  } catch {
    return null;
  }
}
