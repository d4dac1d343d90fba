import { mount } from "svelte";
import { Calendar, Interaction, ResourceTimeline } from "@event-calendar/core";
import "@event-calendar/core/index.css";

import type { Peer } from "./peer";

export const peer: Peer = {
  prepare: (board) =>
    Promise.resolve(async (target) => {
      const options = {
        view: "resourceTimelineMonth",
        date: "2026-06-10",
        height: "100vh",
        editable: true,
        resources: board.crews.map(({ id, name }) => ({ id, title: name })),
        events: board.jobs.map(({ id, customer, start, end, crews }) => ({
          id,
          title: customer ?? "",
          start: new Date(start),
          end: new Date(end),
          resourceIds: crews,
        })),
      };
      mount(Calendar, { target, props: { plugins: [ResourceTimeline, Interaction], options } });
      await Promise.resolve();
    }),
  scroller: (target) => widest(target),
  bar: ".ec-event",
};

/** The element that scrolls furthest down. */
export function widest(target: HTMLElement): HTMLElement | null {
  let found: HTMLElement | null = null;
  for (const one of target.querySelectorAll<HTMLElement>("*"))
    if (
      one.scrollHeight > one.clientHeight + 50 &&
      /auto|scroll/.test(getComputedStyle(one).overflowY) &&
      (!found || one.scrollHeight > found.scrollHeight)
    )
      found = one;
  return found;
}
