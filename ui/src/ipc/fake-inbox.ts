import type { AlertKind, InboxPage, InboxQuery, Notification } from "./client";
import { at, notification, uuid } from "./fake-data";

/** What a website visitor can type, as titles and messages of alerts. */
export const HOSTILE_ALERTS = [
  "<img src=x onerror=alert(1)>",
  "{{7*7}}",
  "\u202eeman ruoy daer\u202c",
  "x".repeat(10_000),
  "Smith & Sons <Lot 4>",
];

export const KINDS: AlertKind[] = [
  {
    name: "estimate_requested",
    description: "Somebody asked for an estimate on the website.",
    category: "estimates",
  },
  {
    name: "estimate_overdue",
    description: "The answer to an estimate is later than promised.",
    category: "estimates",
  },
  { name: "job_rescheduled", description: "A job was moved to another time.", category: "schedule" },
  {
    name: "weather_hold",
    description: "Rain is expected on a job that needs dry ground.",
    category: "schedule",
  },
  { name: "payment_received", description: "A customer paid.", category: "money" },
  { name: "contract_signed", description: "A customer signed.", category: "money" },
  { name: "security_breach", description: "Somebody tried to get in.", category: "security" },
  { name: "system_health", description: null, category: "system" },
];

const CUSTOMERS = [
  "Dorothy Kessler",
  "Metro Storage",
  "Bexley Mall",
  "Oak Ridge HOA",
  "City of Elgin",
  "Jim & Carol Whitfield",
  "Anh Nguyen",
  "St. Mary’s Church",
  "Patel Family Dental",
  "Luis Ortega",
  "Harbor Freight",
];

type Made = { type: string; title: (who: string) => string; message: string; priority: number };
const MADE: Made[] = [
  {
    type: "estimate_requested",
    title: (who) => `New estimate: ${who}`,
    message: "Driveway and apron. Answer promised within two working days.",
    priority: 2,
  },
  {
    type: "job_rescheduled",
    title: (who) => `Moved: ${who}`,
    message: "From Thursday 7:00 AM to Friday 6:30 AM, because of rain.",
    priority: 3,
  },
  {
    type: "payment_received",
    title: (who) => `Payment received: ${who}`,
    message: "$4,250.00 by check. Nothing is open on the contract any more.",
    priority: 1,
  },
  {
    type: "estimate_overdue",
    title: (who) => `Answer overdue: ${who}`,
    message: "The customer was promised an answer by 5:00 PM yesterday.",
    priority: 4,
  },
  {
    type: "weather_hold",
    title: (who) => `Rain expected: ${who}`,
    message: "80 % chance between 9 and noon. The job is marked as depending on the weather.",
    priority: 4,
  },
  {
    type: "contract_signed",
    title: (who) => `Signed: ${who}`,
    message: "The contract is ready to be scheduled.",
    priority: 2,
  },
];

const KIND_OF: Record<string, "estimate" | "job" | "contract"> = {
  estimate_requested: "estimate",
  estimate_overdue: "estimate",
  job_rescheduled: "job",
  weather_hold: "job",
  payment_received: "contract",
  contract_signed: "contract",
};

function generated(n: number, change: Partial<Notification>): Notification {
  const made = MADE[n % MADE.length]!;
  const who = CUSTOMERS[n % CUSTOMERS.length]!;
  return notification(10_000 + n, {
    alert_type: made.type,
    title: made.title(who),
    message: made.message,
    priority: made.priority,
    about: { kind: KIND_OF[made.type] ?? "alert", id: uuid(11_000 + n) },
    // One every 50 minutes, and now and then two in the same moment.
    created_at: at(5, 30 - (n - (n % 7 === 0 ? 1 : 0)) * 50),
    expires_at: n % 9 === 4 ? at(0, 0, -1) : null,
    ...change,
  });
}

/** Read ones of the last six weeks, hostile ones among them. */
export function archive(count = 1_200): Notification[] {
  return Array.from({ length: count }, (_, n) => {
    const hostile = n % 40 === 7 ? HOSTILE_ALERTS[Math.floor(n / 40) % HOSTILE_ALERTS.length] : undefined;
    return generated(n, {
      is_read: true,
      ...(hostile === undefined ? {} : { title: hostile, message: hostile }),
    });
  });
}

/** Unread ones after two weeks away. */
export function manyUnread(count = 240): Notification[] {
  return Array.from({ length: count }, (_, n) => {
    const hostile = n % 30 === 3 ? HOSTILE_ALERTS[Math.floor(n / 30) % HOSTILE_ALERTS.length] : undefined;
    return generated(n, {
      id: uuid(20_000 + n),
      ...(hostile === undefined ? {} : { title: hostile, message: hostile }),
    });
  });
}

type Key = Pick<Notification, "is_read" | "priority" | "created_at" | "id">;

function compare(query: InboxQuery): (a: Key, b: Key) => number {
  return (a, b) =>
    (query.show === "all" ? Number(a.is_read) - Number(b.is_read) : 0) ||
    (query.order === "priority" ? b.priority - a.priority : 0) ||
    b.created_at.localeCompare(a.created_at) ||
    b.id.localeCompare(a.id);
}

function shows(query: InboxQuery, now: string): (n: Notification) => boolean {
  const wanted = query.search?.trim().toLowerCase() ?? "";
  return (n) =>
    (query.show === "all" || n.is_read === (query.show === "read")) &&
    (query.types.length === 0 || query.types.includes(n.alert_type)) &&
    (query.min_priority === null || n.priority >= query.min_priority) &&
    (query.expired || n.expires_at === null || n.expires_at > now) &&
    (wanted === "" || `${n.title}\n${n.message}`.toLowerCase().includes(wanted));
}

/** One page after the row `after` names, as the core gives it. */
export function page(rows: Notification[], query: InboxQuery, now: string): InboxPage {
  const order = compare(query);
  const all = rows.filter(shows(query, now)).sort(order);
  const after = query.after === null ? null : (JSON.parse(query.after) as Key);
  const rest = after ? all.filter((n) => order(after, n) < 0) : all;
  const items = rest.slice(0, query.limit);
  const last = items.at(-1);
  const { is_read, priority, created_at, id } = last ?? {
    is_read: false,
    priority: 0,
    created_at: "",
    id: "",
  };
  return {
    items: structuredClone(items),
    next: rest.length > items.length ? JSON.stringify({ is_read, priority, created_at, id }) : null,
    unread: Math.min(10_000, rows.filter((n) => !n.is_read).length),
    as_of: now,
  };
}

/** The ids of all that the filter shows, up to that moment. */
export function idsUntil(rows: Notification[], query: InboxQuery, until: string): string[] {
  return rows.filter((n) => shows(query, until)(n) && n.created_at <= until).map((n) => n.id);
}
