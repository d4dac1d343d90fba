import type { Certificate, CertificateState, ContactInput, WeekDay, WeeklyHours } from "./client";
import { HOSTILE, uuid } from "./fake-data";
import type { FakeBoard } from "./fake-board";

/* What the office knows of its people, crews and machines beside what the schedule shows. */

type Row = { id: string; version: number };
export type FakePerson = Row & {
  name: string;
  role: string;
  status: string;
  email: string | null;
  phone: string | null;
  hire_date: string | null;
  specializations: string[];
  specializations_unreadable: string | null;
  hours: WeeklyHours;
  certificates: Omit<Certificate, "item" | "state">[];
  certificates_unreadable: string[];
  certificates_written: string | null;
  contact: { contact: ContactInput; more: [string, string][]; unreadable: string | null } | null;
};
export type FakeCrewRow = Row & { name: string; color: string | null; status: string; notes: string | null };
export type FakeMachine = Row & { name: string; kind: string; status: string; notes: string | null };
export type FakeMembership = Row & {
  crew_id: string;
  person_id: string;
  from: string | null;
  until: string | null;
  is_lead: boolean;
};
export type FakeOff = Row & {
  kind: string;
  person_id: string | null;
  machine_id: string | null;
  start: string;
  end: string;
  note: string | null;
};
export type FakeNeeds = Row & { certificates: string[] };

export type CrewTables = {
  people: Map<string, FakePerson>;
  crews: Map<string, FakeCrewRow>;
  machines: Map<string, FakeMachine>;
  memberships: Map<string, FakeMembership>;
  off: Map<string, FakeOff>;
  /** By role. */
  needs: Map<string, FakeNeeds>;
};

export function week(from = "06:00", until = "16:30", saturday = false): WeekDay[] {
  const shift: WeekDay = { kind: "hours", hours: [{ from, until }] };
  const short: WeekDay = { kind: "hours", hours: [{ from: "06:00", until: "12:00" }] };
  return [...Array.from({ length: 5 }, () => shift), saturday ? short : { kind: "off" }, { kind: "off" }];
}
export const nothing = (): WeekDay[] => Array.from({ length: 7 }, () => ({ kind: "unknown" }));

const SPECIAL = [["paving", "milling"], ["sealcoat", "crack fill"], ["patching", "striping"], []];

/** Certificates of the usual kind; a few run out soon, a few have. */
function certificatesOf(role: string, n: number): FakePerson["certificates"] {
  const one = (name: string, expires: string | null) => ({ name, expires, written: null });
  const dates = ["2029-03-14", "2028-10-02", "2027-05-31", "2026-07-03", "2026-06-02", "2027-11-19"];
  const date = (k: number) => dates[(n + k) % dates.length] ?? null;
  const all = [one(role === "foreman" ? "OSHA 30" : "OSHA 10", n % 5 === 4 ? null : date(0))];
  if (role === "truck driver") {
    all.push(one("CDL A", n === 8 ? "2026-06-24" : date(2)));
    if (n !== 13) all.push(one("DOT medical card", date(1)));
  }
  if (role === "flagger") all.push(one("Flagger (ATSSA)", n === 15 ? "2026-05-30" : date(1)));
  if (role === "foreman") all.push(one("First aid/CPR", date(3)));
  return all;
}

function personOf(base: FakeBoard["people"][number], n: number): FakePerson {
  const [first = "", last = ""] = base.name.toLowerCase().split(" ");
  const odd = n === 10;
  return {
    ...base,
    version: 1,
    email: n % 5 === 3 ? null : `${first}.${last.replace(/[^a-z]/g, "")}@crew.example`,
    phone: `(630) 555-0${String(110 + n)}`,
    hire_date: n % 7 === 6 ? null : `20${String(12 + (n % 13))}-0${1 + (n % 9)}-1${n % 9}`,
    specializations: SPECIAL[n % SPECIAL.length] ?? [],
    specializations_unreadable: odd ? '{"paving": true, "milling": 1}' : null,
    hours: odd
      ? {
          days: [...week().slice(0, 4), { kind: "unknown" }, { kind: "off" }, { kind: "off" }],
          unreadable: '{"monday": "6-16:30", "tuesday": "6-16:30", …, "friday": {"start": "when asked"}}',
        }
      : { days: n % 6 === 5 ? nothing() : week("06:00", "16:30", n % 3 === 0), unreadable: null },
    certificates: [
      ...certificatesOf(base.role, n),
      ...(odd ? [{ name: "Forklift", expires: null, written: "next spring" }] : []),
    ],
    certificates_unreadable: odd ? ["7", '{"has": "card", "no": null}'] : [],
    certificates_written: null,
    contact:
      n % 4 === 3
        ? null
        : {
            contact: {
              name: `Ana ${base.name.split(" ").at(-1)}`,
              phone: "(630) 555-0199",
              relation: "spouse",
            },
            more: [],
            unreadable: null,
          },
  };
}

/** Of this board, as another program left it. */
export function tablesOf(board: FakeBoard): CrewTables {
  const keyed = <T extends Row>(rows: T[]) => new Map(rows.map((row) => [row.id, row]));
  const hostile = board.people.some((person) => person.name === HOSTILE[0]);
  const text = (n: number) => HOSTILE[n % HOSTILE.length] ?? "";
  let n = 0;
  const memberships = board.crews.flatMap((crew) =>
    crew.members.map((person_id) => ({
      id: uuid(60_001 + n++),
      version: 1,
      crew_id: crew.id,
      person_id,
      from: n % 5 === 0 ? null : "2025-04-01",
      until: null,
      is_lead: board.people.find((p) => p.id === person_id)?.name === crew.lead,
    })),
  );
  const [ray] = board.people;
  const [, paving, sealcoat] = board.crews;
  // Who was where before, and who comes.
  if (ray && paving)
    memberships.push({
      ...{ id: uuid(60_901), version: 1, crew_id: paving.id, person_id: ray.id, is_lead: false },
      ...{ from: "2023-04-03", until: "2025-03-31" },
    } as unknown as (typeof memberships)[number]);
  const last = board.people.at(-1);
  if (last && sealcoat)
    memberships.push({
      ...{ id: uuid(60_902), version: 1, crew_id: sealcoat.id, person_id: last.id, is_lead: false },
      ...{ from: "2026-06-29", until: null },
    });
  return {
    people: keyed(
      board.people.map((base, i) => {
        const person = personOf(base, i);
        if (!hostile) return person;
        return {
          ...person,
          email: text(i + 1),
          phone: text(i + 2),
          specializations: [text(i), text(i + 3)],
          certificates: person.certificates.map((c, k) => ({ ...c, name: text(i + k) })),
          contact: {
            contact: { name: text(i), phone: text(i + 1), relation: text(i + 2) },
            more: [[text(i + 3), text(i)]],
            unreadable: null,
          },
        };
      }),
    ),
    crews: keyed(
      board.crews.map(({ id, name, color, active }, i) => ({
        ...{ id, version: 1, name, color, status: active ? "active" : "inactive" },
        notes: hostile ? text(i + 4) : i === 0 ? "Has the keys to the yard in Lisle." : null,
      })),
    ),
    machines: keyed(
      board.machines.map((machine, i) => ({ ...machine, version: 1, notes: hostile ? text(i + 1) : null })),
    ),
    memberships: keyed(memberships as FakeMembership[]),
    off: keyed(board.timeOff.map((one) => ({ ...one, version: 1 }))),
    needs: new Map(
      (
        [
          ["flagger", ["Flagger (ATSSA)"]],
          ["foreman", ["OSHA 30"]],
          ["truck driver", ["CDL", "DOT medical card"]],
        ] as const
      ).map(([role, certificates]) => [role, { id: role, version: 1, certificates: [...certificates] }]),
    ),
  };
}

export function stateOf(
  certificate: Pick<Certificate, "expires" | "written">,
  today: string,
): CertificateState {
  if (certificate.written !== null) return "unreadable";
  if (certificate.expires === null) return "valid";
  if (certificate.expires < today) return "expired";
  const days = (Date.parse(certificate.expires) - Date.parse(today)) / 86_400_000;
  return days <= 30 ? "expiring" : "valid";
}

/** A CDL A is a CDL. */
export function satisfies(held: string, required: string): boolean {
  const [a, b] = [held.toLowerCase().trim(), required.toLowerCase().trim()];
  return a === b || a.startsWith(`${b} `);
}
