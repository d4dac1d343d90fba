import { clockTime, officeDate, shortDate } from "$/lib/time";
import { count } from "$/lib/words";
import { datesOf, type Workdays } from "$/screens/schedule/rain/workdays";

import type { Contact, RainRequest } from "./client";
import type { FakeContract, FakeJob } from "./fake-board";

/* What the office says about a plan and to a customer, word for word: pictures show what people will read. */

/** "Thu, Jun 18"; a plan is never about another year. */
function day(date: string): string {
  return shortDate(date, date);
}

/** "Thu, Jun 18, 6:00 am". */
function moment(instant: string, zone: string): string {
  const time = clockTime(instant, zone).replace(/[AP]M$/, (half) => half.toLowerCase());
  return `${day(officeDate(instant, zone))}, ${time}`;
}

function rainedOn(job: FakeJob, { days }: RainRequest, zone: string): string {
  return day(datesOf(job, zone).find((date) => days.includes(date)) ?? officeDate(job.start, zone));
}

/** Why no plan moves a job; null: one may. */
export function stays(job: FakeJob): "in_progress" | "pinned" | "confirmed" | null {
  if (job.status === "in_progress") return "in_progress";
  if (job.pinned) return "pinned";
  return job.status === "confirmed" ? "confirmed" : null;
}

export function keptWords(job: FakeJob, request: RainRequest, zone: string): string {
  const wet = rainedOn(job, request, zone);
  switch (stays(job)) {
    case "in_progress":
      return `The crew is already on it, and ${wet} is rained out. Call the crew.`;
    case "pinned":
      return `It is pinned, and ${wet} is rained out. Unpin it to have it moved, or call.`;
    default:
      return `The customer confirmed this date, and ${wet} is rained out. Call them before moving it.`;
  }
}

/** `crew`: who does it instead of its own. */
export function movedWords(
  job: FakeJob,
  request: RainRequest,
  { zone }: Workdays,
  crew: string | null = null,
): string {
  const reason =
    request.strategy === "push_all"
      ? `Pushed by ${count(request.push_days, "working day")} with everything else.`
      : `Rained out on ${rainedOn(job, request, zone)}.`;
  return crew === null ? reason : `${reason} ${crew} does it, because its own crew has no room in time.`;
}

/** `busy`: who has no room. */
export function lostWords(until: string, busy: string | null, hit: boolean): string {
  const why = busy
    ? `No day until ${day(until)} has room: ${busy} is on other jobs.`
    : `There are not enough open working days until ${day(until)}.`;
  return `${why} ${hit ? "Choose a day by hand." : "It stays where it is."}`;
}

/** How somebody is told: as they prefer it, where that can be done. A letter is too slow for rain. */
export function contactOf(job: FakeJob, contract: FakeContract | undefined): Contact {
  const known = (text: string | null | undefined) => text?.trim() || null;
  const phone = known(contract?.phone);
  const email = known(contract?.email);
  const preferred = contract?.contact ?? (email ? "email" : "phone");
  const method =
    preferred === "email" && email
      ? "email"
      : preferred === "sms" && phone
        ? "sms"
        : phone === null && email !== null
          ? "email"
          : "phone";
  return contract
    ? { name: contract.customer, method, phone, email }
    : { name: null, method: "phone", phone: null, email: null };
}

/** What to say about a job that stays in the rain. */
export function callWords(job: FakeJob, reason: string, zone: string): string {
  const what = {
    in_progress: "is in progress and was not moved. Tell them that it goes on later.",
    pinned: "is pinned and was not moved. Agree on a new date with them.",
    confirmed: "is promised and was not moved. Agree on a new date with them.",
    none: "cannot be done that day and has no new date yet. Tell them, and agree on one.",
  }[stays(job) ?? "none"];
  return `${reason}: the work at ${job.address} on ${moment(job.start, zone)} ${what}`;
}

/** What to say about a new date. */
export function moveWords(
  before: FakeJob,
  after: FakeJob,
  { method, name }: Contact,
  reason: string,
  zone: string,
): { subject: string | null; body: string } {
  const [old, now] = [moment(before.start, zone), moment(after.start, zone)];
  const { address } = after;
  if (method === "email")
    return {
      subject: `New date for the work at ${address}`,
      body:
        `Hello ${name ?? "customer"},\n\nthe work at ${address} cannot be done on ${old} (${reason}). ` +
        `Its new date is ${now}.\n\nIf that does not suit you, please call us.\n\nNeff Paving`,
    };
  if (method === "sms")
    return { subject: null, body: `Neff Paving: work at ${address} moved from ${old} to ${now}.` };
  return {
    subject: null,
    body: `The work at ${address} cannot be done on ${old} (${reason}). The new date is ${now}. Does that suit them?`,
  };
}
