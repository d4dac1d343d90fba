import { expect, test } from "vitest";

import type { ScheduleStore } from "../schedule.svelte";
import { CalendarFocus } from "./focus.svelte";
import { placeAll } from "./placed";
import { sampleJob } from "./sample";
import { CalendarSurface, MORE } from "./surface.svelte";

const on = (id: string, day: number) => sampleJob(id, `2026-06-${day}T12:00:00Z`, `2026-06-${day}T20:00:00Z`);

test("the popover of a day shows its jobs as they are now", () => {
  let jobs = $state.raw([on("a", 18), on("b", 18), on("c", 18)]);
  const placed = () => placeAll(jobs, "America/Chicago");
  const focus = new CalendarFocus({ ids: () => [], dates: () => [], below: null, show: () => undefined });
  let room = $state(1);
  const surface = new CalendarSurface({} as ScheduleStore, focus, {
    jobs: placed,
    create: () => undefined,
    jobsOf: ({ date }) =>
      placed()
        .filter(({ first }) => first === date)
        .slice(room),
  });
  const shown = () => surface.day?.jobs.map(({ job }) => job.id);
  surface.more({ date: "2026-06-18", id: MORE });
  expect(shown()).toEqual(["b", "c"]);
  jobs = [on("a", 18), on("b", 19), on("c", 18)];
  expect(shown()).toEqual(["c"]);
  // Now there is room for it in the day.
  room = 5;
  expect(shown()).toEqual(["c"]);
  jobs = [on("a", 18)];
  expect(shown()).toEqual([]);
  surface.day = null;
  expect(surface.day).toBeNull();
});
