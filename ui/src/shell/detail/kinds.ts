import type { Opened } from "$/shell/router.svelte";

/** What a record is called. */
export const KINDS: Record<Opened["kind"], string> = {
  estimate: "Estimate",
  job: "Job",
  customer: "Customer",
  contract: "Contract",
  crew: "Crew",
  person: "Person",
  machine: "Machine",
};
