import CalendarClock from "@lucide/svelte/icons/calendar-clock";
import CircleCheck from "@lucide/svelte/icons/circle-check";
import CircleX from "@lucide/svelte/icons/circle-x";
import Copy from "@lucide/svelte/icons/copy";
import PanelRight from "@lucide/svelte/icons/panel-right";
import Pin from "@lucide/svelte/icons/pin";
import PinOff from "@lucide/svelte/icons/pin-off";

import type { MenuItem } from "$/components/menu/items";
import type { ScheduleJob } from "$/ipc/client";
import { count } from "$/lib/words";

import type { ScheduleStore } from "../schedule.svelte";

/** What can be done with a job, or with several that are selected. */
export function jobMenu(store: ScheduleStore, jobs: ScheduleJob[]): MenuItem[] {
  const [first] = jobs;
  if (!first) return [];
  const ids = jobs.map(({ id }) => id);
  const many = jobs.length > 1;
  const disabled = store.whyNot ?? false;
  const pinned = jobs.every((job) => job.pinned);
  const these = many ? ` ${count(jobs.length, "job")}` : "";
  return [
    ...(many
      ? [{ kind: "heading" as const, id: "many", title: `${count(jobs.length, "job")} selected` }]
      : [
          {
            id: "open",
            title: "Open",
            icon: PanelRight,
            shortcut: "Enter",
            run: () => store.openJob(first.id),
          },
        ]),
    {
      id: "move",
      title: "Move to…",
      icon: CalendarClock,
      shortcut: store.shortcut("schedule.moveTo"),
      disabled,
      run: () => store.moveTo(ids),
    },
    {
      id: "confirm",
      title: `Set${these} to confirmed`,
      icon: CircleCheck,
      disabled:
        disabled || (jobs.every((job) => job.status === "confirmed") && "That is the status already."),
      run: () => store.setStatus(ids, "confirmed"),
    },
    {
      id: "pin",
      title: pinned ? "Unpin" : "Pin: no plan moves it",
      icon: pinned ? PinOff : Pin,
      disabled,
      run: () => void store.pin(jobs, !pinned),
    },
    ...(many
      ? []
      : [
          {
            id: "copy",
            title: "Copy as a new job…",
            icon: Copy,
            disabled,
            run: () => duplicate(store, jobs),
          },
        ]),
    { kind: "separator", id: "line" },
    {
      id: "cancel",
      title: many ? `Cancel${these}…` : "Cancel the job…",
      icon: CircleX,
      danger: true,
      disabled: disabled || (jobs.every((job) => job.status === "canceled") && "It is canceled already."),
      run: () => store.setStatus(ids, "canceled"),
    },
  ];
}

/** A new job like that one; of several, nothing. */
export function duplicate(store: ScheduleStore, jobs: ScheduleJob[]): void {
  const [job] = jobs;
  if (job && jobs.length === 1)
    store.newJob({ contract_id: null, copy_of: job.id, start: null, end: null, resource: null });
  else store.say("Go to one job: that is copied one at a time.");
}
