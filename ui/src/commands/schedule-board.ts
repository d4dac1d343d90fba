import type { App } from "$/shell/app.svelte";

/** What the keys do with the jobs on a board or a calendar, also while no job has the focus. */
export function addBoardCommands({ registry, router, schedule: store }: App): void {
  const group = "Schedule";
  const here = () => router.route.screen === "schedule" && store.acting !== null;
  const jobs = () => store.acting?.jobs() ?? [];
  const reason = () => store.whyNot ?? (jobs().length === 0 ? "Go to a job first." : null);
  registry.add({
    id: "schedule.pickUp",
    title: "Pick up the job and move it with the arrows",
    group,
    keywords: "drag keyboard carry",
    shortcut: "m",
    when: () => here() && store.acting?.pickUp !== undefined,
    reason,
    run: () => store.acting?.pickUp?.(),
  });
  registry.add({
    id: "schedule.moveTo",
    title: "Move the job to…",
    group,
    keywords: "reschedule date time crew postpone",
    shortcut: "shift+m",
    when: here,
    reason,
    run: () => store.moveTo(jobs().map(({ id }) => id)),
  });
  registry.add({
    id: "schedule.duplicate",
    title: "Copy the job as a new one…",
    group,
    keywords: "duplicate again repeat",
    shortcut: "d",
    when: () => here() && store.acting?.duplicate !== undefined,
    reason,
    run: () => store.acting?.duplicate?.(),
  });
}
