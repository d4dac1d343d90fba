import type { ScheduleJob } from "$/ipc/client";

import type { ScheduleStore } from "../schedule.svelte";

/** What every job on a calendar needs of it. */
export type CalendarContext = {
  store: ScheduleStore;
  press: (event: MouseEvent, job: ScheduleJob, date: string) => void;
};
