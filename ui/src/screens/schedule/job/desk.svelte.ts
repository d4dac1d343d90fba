import type { JobEdit, JobSeed, ResourceName, ResourceRef } from "$/ipc/client";

import { asks } from "../dialogs/asks.svelte";

/** An existing job, or what a new one begins with. */
export type Editing = { id: string } | { seed: JobSeed };

/** Somebody is asked who a written name means. */
export type Matching = {
  written: string;
  machine: boolean;
  ambiguous: boolean;
  suggestions: ResourceName[];
  /** In the editor it can be for this job alone. */
  once?: (chosen: ResourceName) => void;
  /** After the office knows the name. */
  matched?: (chosen: ResourceRef & { name: string }) => void;
};

/** Jobs, and the versions of them that were on screen when they were chosen, as far as they were. */
export type Chosen = { jobs: string[]; seen: Seen };
export type Seen = ReadonlyMap<string, number>;

/** The windows in which jobs are worked on; at most one of each kind, over whatever screen. */
class Desk {
  editing = $state.raw<Editing | null>(null);
  /** Jobs that are moved to another time or place. */
  moving = $state.raw<Chosen | null>(null);
  /** Jobs whose status changes; `to` null: the person chooses. */
  becoming = $state.raw<(Chosen & { to: string | null }) | null>(null);
  matching = $state.raw<Matching | null>(null);

  clear(): void {
    this.editing = this.moving = this.becoming = this.matching = null;
  }
}

export const desk = new Desk();

export const PLAIN: JobSeed = { contract_id: null, copy_of: null, start: null, end: null, resource: null };

/** Opens the editor. */
export function editJob(id: string): void {
  desk.editing = { id };
}

/** Opens the editor for a job that is not there yet. */
export function newJob(seed: Partial<JobSeed> = {}): void {
  desk.editing = { seed: { ...PLAIN, ...seed } };
}

/** Asks where these jobs go. */
export function moveTo(jobs: readonly string[], seen = onScreen(jobs)): void {
  if (jobs.length > 0) desk.moving = { jobs: [...jobs], seen };
}

/** Asks what has to be asked before these jobs are confirmed, completed, canceled, … */
export function becomeStatus(jobs: readonly string[], to: string | null = null, seen = onScreen(jobs)): void {
  if (jobs.length > 0) desk.becoming = { jobs: [...jobs], to, seen };
}

function onScreen(jobs: readonly string[]): Seen {
  return asks.app?.schedule.seen(jobs) ?? new Map();
}

/** The version to change: the one the person saw, so that whoever was quicker is not overwritten unseen. */
export function seenVersion(seen: Seen, { id, version }: Pick<JobEdit, "id" | "version">): number {
  return Math.min(seen.get(id ?? "") ?? version, version);
}

/** Asks who it is. */
export function whoIs(matching: Matching): void {
  desk.matching = matching;
}
