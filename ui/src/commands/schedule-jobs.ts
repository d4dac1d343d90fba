import { becomeStatus, editJob, moveTo, newJob } from "$/screens/schedule/job/desk.svelte";
import { jobsInHand, whyNotWritable } from "$/screens/schedule/job/writable";
import type { App } from "$/shell/app.svelte";

/** What is done with one job or several, wherever they are shown: on the schedule, or in the panel of any screen. */
export function addJobCommands(app: App): void {
  const { registry, router, schedule } = app;
  const group = "Jobs";
  const onSchedule = () => router.route.screen === "schedule";
  /** A board, a calendar or a list has commands of its own for what it shows. */
  const inView = () => onSchedule() && schedule.acting !== null;
  const jobs = () => jobsInHand(app);
  /** Offered where there are jobs, and says what is missing. */
  const here = () => onSchedule() || router.route.open?.kind === "job";
  const some = () => whyNotWritable(app) ?? (jobs().length === 0 ? "Go to a job first." : null);
  const one = () => some() ?? (jobs().length > 1 ? "That goes with one job at a time." : null);
  const first = () => jobs()[0] ?? "";

  registry.add({
    id: "job.new",
    title: "New job",
    group,
    keywords: "add create book schedule",
    // The schedule has its own, which begins on the day it shows.
    when: () => !onSchedule(),
    reason: () => whyNotWritable(app),
    run: () => newJob(),
  });
  registry.add({
    id: "job.edit",
    title: "Edit the job",
    group,
    keywords: "change crew time address instructions",
    shortcut: "shift+e",
    when: here,
    reason: one,
    run: () => editJob(first()),
  });
  registry.add({
    id: "job.move",
    title: "Move the job in the panel to…",
    group,
    keywords: "reschedule date time crew postpone",
    when: () => !inView() && here(),
    reason: some,
    run: () => moveTo(jobs()),
  });
  registry.add({
    id: "job.status",
    title: "Change the status of the job…",
    group,
    keywords: "confirm begin complete reopen done finished",
    when: here,
    reason: some,
    run: () => becomeStatus(jobs()),
  });
  registry.add({
    id: "job.cancel",
    title: "Cancel the job…",
    group,
    keywords: "call off delete remove",
    shortcut: "shift+x",
    when: here,
    reason: some,
    run: () => becomeStatus(jobs(), "canceled"),
  });
  registry.add({
    id: "job.complete",
    title: "Complete the job",
    group,
    keywords: "done finished",
    when: here,
    reason: some,
    run: () => becomeStatus(jobs(), "completed"),
  });
  registry.add({
    id: "job.copy",
    title: "Duplicate the job in the panel as a new one…",
    group,
    keywords: "copy again repeat",
    when: () => !inView() && here(),
    reason: one,
    run: () => newJob({ copy_of: first() }),
  });
}
