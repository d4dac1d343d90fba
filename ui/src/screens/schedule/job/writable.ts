import { keysAreIn } from "$/lib/keysAt";
import type { App } from "$/shell/app.svelte";

/** Why the schedule cannot be changed just now; null: it can. */
export function whyNotWritable({ schedule }: Pick<App, "schedule">): string | null {
  return schedule.whyNot;
}

/**
 * What a command acts on: the job in the panel while the keys are there, else what is selected or has the focus on the
 * schedule, else the panel's.
 */
export function jobsInHand({ schedule, router }: Pick<App, "schedule" | "router">): string[] {
  const { open, screen } = router.route;
  const inPanel = open?.kind === "job" ? [open.id] : [];
  const panel = document.querySelector("[data-testid='detail-panel']");
  if (inPanel.length > 0 && keysAreIn(panel)) return inPanel;
  const acting = screen === "schedule" ? (schedule.acting?.jobs() ?? []).map((job) => job.id) : [];
  return acting.length > 0 ? acting : inPanel;
}
