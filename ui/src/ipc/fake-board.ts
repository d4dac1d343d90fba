import type {
  OfficeHours,
  ScheduleCrew,
  ScheduleJob,
  ScheduleMachine,
  SchedulePerson,
  TimeOff,
} from "./client";
import { at, DATE, HOSTILE, uuid, ZONE } from "./fake-data";

/* Six weeks of a paving season around the Thursday of fake-data, the same ones every time. */

/** A job with what only its editor shows. */
export type FakeJob = ScheduleJob & {
  instructions: string | null;
  duration_hours: string | null;
  /** Written in its columns, and nobody here knows them. */
  unknown_names: { machine: boolean; written: string }[];
  /** Whose second place was agreed to, and why. */
  agreed: Record<string, string>;
  follows_job_id: string | null;
  follows_after_hours: string;
  calendly_event_uri: string | null;
  created_at: string;
  updated_at: string;
  updated_by: string;
};

export type FakeContract = {
  id: string;
  customer: string;
  phone: string | null;
  email: string | null;
  /** `email`, `sms`, `phone` or `mail`. */
  contact: string;
  service_type: string;
  address: string;
  status: string;
  project_size: string | null;
  estimated_cost: string | null;
  since: string;
};

/** Everything a schedule is made of. */
export type FakeBoard = {
  zone: string;
  today: string;
  as_of: string;
  hours: OfficeHours;
  crews: ScheduleCrew[];
  people: SchedulePerson[];
  machines: ScheduleMachine[];
  timeOff: TimeOff[];
  contracts: FakeContract[];
  jobs: FakeJob[];
  /** By person: the certificate and the day it runs out. */
  certificates: Map<string, { name: string; until: string }>;
  /** By person: days of the week (1 Monday … 7 Sunday) on which they do not work. */
  daysAway: Map<string, number[]>;
};

/** The same numbers for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const CREWS = ["Milling 1", "Paving 1", "Sealcoat 1", "Striping 1", "Paving 2", "Concrete 1"];
const COLORS = ["#3b82c4", "#2f8f4e", "#b8791a", "#7c4dbd", "#c2490a", "not a color"];
const PEOPLE: [string, string][] = [
  ["Ray Castillo", "foreman"],
  ["Maria Lopez", "paver operator"],
  ["Devon Brooks", "roller operator"],
  ["Teresa Huang", "foreman"],
  ["Walt Brennan", "screed operator"],
  ["Luis Ortega", "raker"],
  ["Sam Okafor", "laborer"],
  ["Nick Dutta", "foreman"],
  ["Carla Reyes", "truck driver"],
  ["Tomas Novak", "laborer"],
  ["Jesse Grady", "roller operator"],
  ["Ana Flores", "flagger"],
  ["Pete Egan", "foreman"],
  ["Omar Haddad", "truck driver"],
  ["Bill Kowalski", "raker"],
  ["Rosa Jimenez", "flagger"],
  ["Hank Alvarez", "foreman"],
  ["Deshawn Miller", "paver operator"],
  ["Kim Tran", "laborer"],
  ["Eddie Vance", "dump person"],
  ["Gus Lindqvist", "foreman"],
  ["Marcus Bell", "laborer"],
  ["Irene Sokolova", "truck driver"],
  ["Paul Whitehorse", "raker"],
  ["Smith & Sons <Lot 4>", "laborer"],
];
const MACHINES: [string, string, number][] = [
  ["Paver", "paver", 3],
  ["Steel roller", "roller", 4],
  ["Pneumatic roller", "roller", 2],
  ["Mill", "mill", 2],
  ["Skid steer", "skid_steer", 4],
  ["Dump truck", "dump_truck", 6],
  ["Tack distributor", "distributor", 1],
  ["Sweeper", "sweeper", 2],
  ["Crack melter", "melter", 1],
  ["Sealcoat tank", "tank", 2],
  ["Striper", "striper", 2],
  ["Trailer", "trailer", 1],
];
const CUSTOMERS: [string, string][] = [
  ["Oak Ridge HOA", "residential"],
  ["St. Mary’s Church", "commercial"],
  ["City of Elgin", "maintenance"],
  ["Walmart #2210", "commercial"],
  ["Bexley Mall", "commercial"],
  ["Patel Family Dental", "emergency"],
  ["Lakeview Plaza", "commercial"],
  ["Jim & Carol Whitfield", "residential"],
  ["Anh Nguyen", "residential"],
  ["Harbor Freight", "maintenance"],
  ["Hillside School", "commercial"],
  ["Marta Olszewski", "residential"],
  ["Metro Storage", "custom"],
  ["Smith & Sons <Lot 4>", "commercial"],
  ["Fox Valley Park District", "maintenance"],
  ["Dorothy Kessler", "residential"],
  ["Naperville Auto Spa", "custom"],
  ["Village of Lisle", "maintenance"],
];
const STREETS = [
  "Larkspur Ct, Naperville",
  "N Oak St, Elgin",
  "Dundee Ave, Elgin",
  "S Route 59, Aurora",
  "Main St, Lombard",
  "W 63rd St, Westmont",
  "Lakeview Dr, Oak Brook",
  "Pine Ct, Glen Ellyn",
  "Cass Ave, Westmont",
  "Roosevelt Rd, Villa Park",
  "School Rd, Wheaton",
  "Ogden Ave, Lisle",
];
const WORK = [
  "Mill and overlay",
  "Sealcoat, two coats",
  "Restripe",
  "Pothole patch",
  "Crack fill",
  "ADA ramp",
];

export const OFFICE_HOURS: OfficeHours = { working_days: [1, 2, 3, 4, 5], from: "06:00", until: "18:00" };

export const crewId = (n: number) => uuid(900 + n);
export const personId = (n: number) => uuid(801 + n);
export const machineId = (n: number) => uuid(841 + n);
export const jobId = (n: number) => uuid(10_001 + n);
export const contractId = (n: number) => uuid(20_001 + n);

export function boardJob(n: number, change: Partial<FakeJob> = {}): FakeJob {
  return {
    id: jobId(n),
    version: 1,
    contract_id: null,
    customer: "Oak Ridge HOA",
    service_type: "residential",
    address: "1418 Larkspur Ct, Naperville, IL",
    start: at(6),
    end: at(15),
    status: "scheduled",
    priority: 3,
    weather_dependent: true,
    pinned: false,
    crews: [],
    people: [],
    machines: [],
    unknown: 0,
    clashes: 0,
    overridden: 0,
    source: "manual_admin",
    is_new: false,
    instructions: null,
    duration_hours: null,
    unknown_names: [],
    agreed: {},
    follows_job_id: null,
    follows_after_hours: "0",
    calendly_event_uri: null,
    created_at: at(9, 12, -30),
    updated_at: at(9, 12, -2),
    updated_by: "Dana Neff",
    ...change,
  };
}

function machinesOf(): ScheduleMachine[] {
  let n = 0;
  return MACHINES.flatMap(([name, kind, many]) =>
    Array.from({ length: many }, (_, i) => ({
      id: machineId(n++),
      name: many > 1 ? `${name} ${i + 1}` : name,
      kind,
      status: "active",
    })),
  );
}

function off(n: number, change: Partial<TimeOff>): TimeOff {
  return {
    id: uuid(30_501 + n),
    kind: "leave",
    person_id: null,
    machine_id: null,
    start: at(0),
    end: at(0, 0, 1),
    note: null,
    ...change,
  };
}

function contractsOf(count: number, random: () => number): FakeContract[] {
  return Array.from({ length: count }, (_, n) => {
    const [customer, service_type] = CUSTOMERS[n % CUSTOMERS.length]!;
    return {
      id: contractId(n),
      customer,
      phone: n % 5 === 4 ? null : `(630) 555-01${String(10 + (n % 90))}`,
      email: n % 4 === 3 ? null : `customer${n}@example.com`,
      contact: ["phone", "email", "sms", "phone", "mail"][n % 5]!,
      service_type,
      address: `${100 + n * 37} ${STREETS[(n * 5) % STREETS.length]}, IL`,
      status: n % 17 === 16 ? "pending" : "approved",
      project_size: n % 3 === 2 ? null : String(1_200 + Math.round(random() * 40_000)),
      estimated_cost: n % 4 === 2 ? null : (2_000 + random() * 60_000).toFixed(2),
      since: at(9, 0, -3 - (n % 40)),
    };
  });
}

/** The believable one: 6 crews, 25 people, 30 machines, about 120 jobs from June 1 to July 10. */
export function usualBoard(): FakeBoard {
  const random = seeded(2_026);
  const people = PEOPLE.map(([name, role], n) => ({
    id: personId(n),
    name,
    role,
    status: n === 22 ? "on_leave" : "active",
  }));
  const machines = machinesOf();
  machines[12]!.status = "in_shop";
  const crews: ScheduleCrew[] = CREWS.map((name, c) => {
    const members = people.slice(c * 4, c * 4 + 4);
    return {
      id: crewId(c),
      name,
      color: COLORS[c] ?? null,
      active: true,
      lead: members[0]?.name ?? null,
      members: members.map((m) => m.id),
    };
  });
  const contracts = contractsOf(140, random);
  const jobs = usualJobs(random, crews, machines, contracts);
  return {
    zone: ZONE,
    today: DATE,
    as_of: at(6, 31),
    hours: OFFICE_HOURS,
    crews,
    people,
    machines,
    contracts,
    jobs,
    timeOff: [
      off(0, { person_id: personId(5), start: at(0, 0, 4), end: at(0, 0, 9), note: "Family trip" }),
      off(1, { kind: "sick", person_id: personId(9) }),
      off(2, { person_id: personId(17), start: at(12, 0, 1), end: at(0, 0, 2), note: "Dentist" }),
      off(3, {
        kind: "maintenance",
        machine_id: machineId(0),
        start: at(0, 0, 5),
        end: at(0, 0, 7),
        note: "500 h service",
      }),
      off(4, { kind: "maintenance", machine_id: machineId(23), start: at(0, 0, -1), end: at(0, 0, 2) }),
      off(5, {
        kind: "holiday",
        start: at(0, 0, 15),
        end: at(0, 0, 16),
        note: "Independence Day (observed)",
      }),
      off(6, { kind: "rain", start: at(0, 0, -2), end: at(0, 0, -1), note: "Rain all day" }),
      off(7, { person_id: personId(22), start: at(0, 0, -14), end: at(0, 0, 30), note: null }),
    ],
    certificates: new Map([
      [personId(8), { name: "CDL A", until: "2026-06-24" }],
      [personId(15), { name: "Flagger (ATSSA)", until: "2026-05-30" }],
    ]),
    daysAway: new Map([[personId(20), [5]]]),
  };
}

function usualJobs(
  random: () => number,
  crews: ScheduleCrew[],
  machines: ScheduleMachine[],
  contracts: FakeContract[],
): FakeJob[] {
  const jobs: FakeJob[] = [];
  const add = (change: Partial<FakeJob>) => {
    const n = jobs.length;
    const contract = contracts[n % (contracts.length - 20)]!;
    const last = new Date(change.end ?? at(15)).getTime();
    const past = last < new Date(at(6, 31)).getTime();
    const future = ["scheduled", "confirmed", "scheduled", "confirmed", "scheduled"][n % 5]!;
    jobs.push(
      boardJob(n, {
        contract_id: contract.id,
        customer: contract.customer,
        service_type: contract.service_type,
        address: contract.address,
        status: past ? "completed" : future,
        priority: n % 13 === 0 ? 5 : 2 + (n % 3),
        weather_dependent: n % 4 !== 3,
        pinned: n % 19 === 5,
        instructions: `${WORK[n % WORK.length]}. Keep the driveway free.`,
        duration_hours: ((last - new Date(change.start ?? at(6)).getTime()) / 3_600_000).toFixed(2),
        ...change,
      }),
    );
  };
  crews.forEach((crew, c) => {
    const own = machines.filter((_, i) => i % crews.length === c).map((m) => m.id);
    const base = { crews: [crew.id], people: crew.members, machines: own.slice(0, 3) };
    for (let day = -17; day <= 22; day += 1) {
      const weekday = (((day + 4) % 7) + 7) % 7;
      if (weekday === 0 || weekday === 6 || day === 15 || random() < 0.27) continue;
      const start = 6 + Math.floor(random() * 3) * 0.5;
      const long = random();
      if (long < 0.1 && weekday < 5) {
        add({ ...base, start: at(start, 0, day), end: at(14, 30, day + 1) });
        day += 1;
      } else if (long < 0.16 && weekday === 5) {
        // Asphalt that cools over a weekend: Friday to Monday.
        add({ ...base, start: at(start, 0, day), end: at(12, 0, day + 3) });
        day += 3;
      } else if (long < 0.3) {
        add({ ...base, start: at(start, 0, day), end: at(11, 0, day) });
        add({ ...base, start: at(12, 0, day), end: at(16, 30, day), machines: own.slice(2, 4) });
      } else
        add({ ...base, start: at(start, 0, day), end: at(start + 8 + Math.floor(random() * 3), 0, day) });
    }
  });
  awkward(add, crews);
  const today = jobs.filter((job) => job.start.startsWith(DATE) && job.status !== "completed");
  for (const job of today.slice(0, 3)) job.status = "in_progress";
  return jobs.sort((a, b) => (a.start < b.start ? -1 : 1));
}

/** What a real office has, too. */
function awkward(add: (change: Partial<FakeJob>) => void, crews: ScheduleCrew[]): void {
  const crew = (c: number) => ({ crews: [crews[c]!.id], people: crews[c]!.members });
  // The same people in two places: found only after another program wrote it.
  add({ ...crew(1), start: at(13), end: at(17), status: "confirmed", customer: "Walmart #2210" });
  add({ start: at(9, 0, 1), end: at(12, 0, 1), people: [personId(4)], customer: "Lakeview Plaza" });
  // … and on purpose.
  add({
    start: at(10, 0, 5),
    end: at(12, 0, 5),
    people: [personId(12)],
    agreed: { [personId(12)]: "Pete only signs the permit there." },
  });
  // Nobody on it.
  for (const [n, day] of [0, 1, 4, 4, 6, 11].entries())
    add({ start: at(7, 0, day), end: at(7 + 4 + (n % 3) * 2, 0, day), status: "scheduled" });
  // Of other programs, new.
  add({
    start: at(9, 0, 6),
    end: at(11, 0, 6),
    status: "scheduled",
    source: "calendly_webhook",
    is_new: true,
    customer: "Dorothy Kessler",
    contract_id: null,
    calendly_event_uri: "https://api.calendly.com/scheduled_events/GBGBDCAADAEDCRZ2",
    created_at: at(6, 2),
    updated_by: "Calendly",
  });
  add({
    ...crew(3),
    start: at(6, 0, 8),
    end: at(14, 0, 8),
    source: "mobile_app",
    is_new: true,
    unknown: 2,
    unknown_names: [
      { machine: false, written: "Big Bob" },
      { machine: true, written: "the old roller" },
    ],
  });
  // At night: the parking lot is full by day.
  add({ ...crew(2), start: at(20, 0, 6), end: at(4, 0, 7), customer: "Bexley Mall", status: "confirmed" });
  add({ ...crew(4), start: at(7, 0, 3), end: at(11, 0, 3), status: "canceled" });
  add({ ...crew(0), start: at(7, 0, 12), end: at(15, 0, 12), status: "rescheduled" });
  // On a Saturday.
  add({
    ...crew(3),
    start: at(6, 0, 2),
    end: at(12, 0, 2),
    status: "confirmed",
    customer: "Hillside School",
  });
}

/** Names of the worst kind on every row and bar. */
export function hostileBoard(): FakeBoard {
  const board = usualBoard();
  const text = (n: number) => HOSTILE[n % HOSTILE.length] ?? "";
  return {
    ...board,
    crews: board.crews.map((crew, n) => ({ ...crew, name: text(n), lead: text(n + 3), color: text(n) })),
    people: board.people.map((person, n) => ({ ...person, name: text(n), role: text(n + 1) })),
    machines: board.machines.map((machine, n) => ({ ...machine, name: text(n), kind: text(n + 2) })),
    timeOff: board.timeOff.map((one, n) => ({ ...one, note: text(n) })),
    jobs: board.jobs.map((job, n) => ({
      ...job,
      customer: n % 9 === 8 ? null : text(n),
      address: text(n + 1),
      service_type: n % 5 === 4 ? null : n % 5 === 3 ? text(n) : job.service_type,
      status: n % 11 === 10 ? "weather_hold" : job.status,
      instructions: text(n + 2),
    })),
  };
}

/** So many crews and jobs in June 2026, for measuring. */
export function bigBoard(crewCount = 50, jobCount = 2_000): FakeBoard {
  const random = seeded(50);
  const people: SchedulePerson[] = Array.from({ length: crewCount * 4 }, (_, n) => ({
    id: uuid(100_000 + n),
    name: `${PEOPLE[n % PEOPLE.length]![0]} ${Math.floor(n / PEOPLE.length) + 1}`,
    role: PEOPLE[n % PEOPLE.length]![1],
    status: "active",
  }));
  const machines: ScheduleMachine[] = Array.from({ length: crewCount }, (_, n) => ({
    id: uuid(200_000 + n),
    name: `${MACHINES[n % MACHINES.length]![0]} ${Math.floor(n / MACHINES.length) + 1}`,
    kind: MACHINES[n % MACHINES.length]![1],
    status: "active",
  }));
  const crews: ScheduleCrew[] = Array.from({ length: crewCount }, (_, c) => ({
    id: uuid(300_000 + c),
    name: `${CREWS[c % CREWS.length]!.replace(/ \d$/, "")} ${Math.floor(c / CREWS.length) + 1}`,
    color: null,
    active: true,
    lead: people[c * 4]!.name,
    members: people.slice(c * 4, c * 4 + 4).map((p) => p.id),
  }));
  const jobs = Array.from({ length: jobCount }, (_, n) => {
    const crew = crews[n % crewCount]!;
    const day = -17 + Math.floor(random() * 30);
    const start = 6 + Math.floor(random() * 6);
    const days = random() < 0.12 ? 1 + Math.floor(random() * 3) : 0;
    const [customer, service_type] = CUSTOMERS[Math.floor(random() * CUSTOMERS.length)]!;
    return boardJob(0, {
      id: uuid(400_000 + n),
      customer,
      service_type,
      address: `${100 + n} ${STREETS[n % STREETS.length]}, IL`,
      start: at(start, 0, day),
      end: at(Math.min(start + 2 + Math.floor(random() * 7), 20), 0, day + days),
      status: ["scheduled", "confirmed", "scheduled", "completed"][n % 4]!,
      weather_dependent: n % 3 !== 0,
      crews: [crew.id],
      people: crew.members,
      machines: [machines[n % crewCount]!.id],
    });
  }).sort((a, b) => (a.start < b.start ? -1 : 1));
  return { ...usualBoard(), crews, people, machines, jobs, timeOff: [], contracts: [] };
}
