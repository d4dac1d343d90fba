import type { JobClash } from "$/ipc/client";
import { datedRange } from "$/lib/time";
import { keyed } from "$/lib/keyed";
import { shorten } from "$/lib/words";

/** Everybody and everything that is on one other job already. */
export type OtherJob = {
  id: string;
  /** "Harbor Freight, 12 Oak St" */
  name: string;
  when: string;
  status: string;
  /** "Luis Bailey" */
  who: { name: string; machine: boolean }[];
};

/** One entry a job, in the order they were told. */
export function otherJobs(clashes: JobClash[], zone: string, today: string): OtherJob[] {
  const found = new Map<string, OtherJob>();
  for (const clash of clashes) {
    let other = found.get(clash.other_job_id);
    if (!other) {
      other = {
        id: clash.other_job_id,
        name: jobName(clash.other_customer, clash.other_address),
        when: inSentence(datedRange(clash.other_start, clash.other_end, zone, today)),
        status: clash.other_status,
        who: [],
      };
      found.set(clash.other_job_id, other);
    }
    const name = shorten(clash.resource_name, 80);
    if (!other.who.some((one) => one.name === name))
      other.who.push({ name, machine: clash.resource_kind === "machine" });
  }
  return [...found.values()];
}

/** Within a sentence today is no name. */
function inSentence(range: string): string {
  return range.replace(/^(Today|Tomorrow|Yesterday)\b/, (word) => word.toLowerCase());
}

/** "Harbor Freight, 12 Oak St"; a job of nobody has its place only. */
export function jobName(customer: string | null, address: string): string {
  const place = shorten(address.replace(/\s*\n\s*/g, ", "), 120);
  const client = customer === null ? "" : shorten(customer, 80);
  return [client, place].filter((part) => part.trim() !== "").join(", ") || "a job without a name";
}

/** "Luis Bailey is", "Luis Bailey and Roller 2 are", "Luis Bailey, Roller 2 and 3 others are". */
export function subject(who: { name: string }[]): string {
  const names = keyed(who, (one) => one.name).map(({ item }) => item.name);
  if (names.length <= 1) return `${names[0] ?? "Somebody"} is`;
  if (names.length <= 3) return `${names.slice(0, -1).join(", ")} and ${names.at(-1)} are`;
  return `${names.slice(0, 2).join(", ")} and ${names.length - 2} others are`;
}
