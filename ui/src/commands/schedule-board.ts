import { PLAIN } from "$/screens/schedule/job/desk.svelte";
import { jobsInHand } from "$/screens/schedule/job/writable";
import type { App } from "$/shell/app.svelte";

/** What the keys do with the jobs on a board or a calendar, also while no job has the focus. */
export function addBoardCommands(app: App): void {
  const { registry, router, schedule: store } = app;
  const group = "Schedule";
  const here = () => router.route.screen === "schedule" && store.acting !== null;
  const jobs = () => store.acting?.jobs() ?? [];
  const goTo = "Go to a job first.";
  const reason = () => store.whyNot ?? (jobs().length === 0 ? goTo : null);
  /** Also the one in the panel. */
  const inHand = () => jobsInHand(app);
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
    reason: () => store.whyNot ?? (inHand().length === 0 ? goTo : null),
    run: () => store.moveTo(inHand()),
  });
  registry.add({
    id: "schedule.duplicate",
    title: "Copy the job as a new one…",
    group,
    keywords: "duplicate again repeat",
    shortcut: "d",
    when: here,
    reason: () => {
      const found = inHand().length;
      return store.whyNot ?? (found === 0 ? goTo : found > 1 ? "That goes with one job at a time." : null);
    },
    run: () => store.newJob({ ...PLAIN, copy_of: inHand()[0] ?? null }),
  });
}
