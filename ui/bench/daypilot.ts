import { DayPilot } from "@daypilot/daypilot-lite-javascript";

import { widest } from "./eventCalendar";
import type { Peer } from "./peer";

/** It knows no zones: the office's clock, written as if there were none. */
function local(instant: string): string {
  return new Date(Date.parse(instant) - 5 * 3_600_000).toISOString().slice(0, 19);
}

export const peer: Peer = {
  prepare: (board) =>
    Promise.resolve(async (target) => {
      const box = document.createElement("div");
      box.id = "daypilot";
      target.append(box);
      const scheduler = new DayPilot.Scheduler("daypilot", {
        startDate: "2026-06-01",
        days: 30,
        scale: "Day",
        cellWidth: 40,
        eventHeight: 24,
        heightSpec: "Fixed",
        height: innerHeight - 60,
        eventMoveHandling: "Update",
        resources: board.crews.map(({ id, name }) => ({ id, name })),
        events: board.jobs.map(({ id, customer, start, end, crews }) => ({
          id,
          text: customer ?? "",
          start: local(start),
          end: local(end),
          resource: crews[0] ?? "",
        })),
      });
      scheduler.init();
      await Promise.resolve();
    }),
  scroller: (target) => widest(target),
  bar: ".scheduler_default_event",
};
