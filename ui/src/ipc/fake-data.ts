import type {
  Clash,
  DoctorReport,
  EstimateDetail,
  EstimateDue,
  JobCard,
  JobDetail,
  Notification,
  Today,
  TodayDay,
} from "./client";

/*
  A believable morning in the office's zone (Chicago, a Thursday in June; 5 hours behind UTC), and the awkward ones.
*/
export const ZONE = "America/Chicago";
export const DATE = "2026-06-18";
export const NEXT_DATE = "2026-06-19";

export function uuid(n: number): string {
  return `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
}

/** The office's clock on that Thursday plus `days`: at(7, 30) is 7:30 AM there. */
export function at(hour: number, minute = 0, days = 0): string {
  return new Date(Date.UTC(2026, 5, 18 + days, hour + 5, minute)).toISOString();
}

export function jobCard(n: number, change: Partial<JobCard> = {}): JobCard {
  return {
    id: uuid(n),
    customer: "Oak Ridge HOA",
    service_type: "residential",
    address: "1418 Larkspur Ct, Naperville, IL",
    start: at(7),
    end: at(15, 30),
    status: "scheduled",
    priority: 3,
    weather_dependent: true,
    people: 5,
    machines: 3,
    unknown: 0,
    clashes: 0,
    ...change,
  };
}

export function estimateDue(n: number, change: Partial<EstimateDue> = {}): EstimateDue {
  return {
    id: uuid(n),
    customer_name: "Dorothy Kessler",
    service_type: "residential",
    address: "77 Birch Ln, Downers Grove, IL",
    status: "pending",
    response_by: at(17),
    overdue: false,
    estimated_cost: null,
    ...change,
  };
}

export function notification(n: number, change: Partial<Notification> = {}): Notification {
  return {
    id: uuid(n),
    alert_type: "estimate_requested",
    title: "New estimate: Dorothy Kessler",
    message: "Driveway at 77 Birch Ln, Downers Grove. Answer promised by 5:00 PM today.",
    priority: 2,
    is_read: false,
    created_at: at(6, 5),
    expires_at: null,
    about: { kind: "estimate", id: uuid(301) },
    ...change,
  };
}

function day(date: string, crews: [string, JobCard[]][]): TodayDay {
  const all = crews.flatMap(([, jobs]) => jobs);
  const count = new Set(all.map((job) => job.id)).size;
  return {
    date,
    job_count: count,
    shown: count,
    crews: crews.map(([crew_name, jobs], i) => ({
      crew_id: crew_name === "No crew" ? null : uuid(900 + i),
      crew_name,
      jobs,
    })),
  };
}

const clashing = [
  jobCard(103, {
    customer: "City of Elgin",
    service_type: "maintenance",
    address: "Dundee Ave & Summit St, Elgin, IL",
    start: at(6),
    end: at(14),
    status: "in_progress",
    clashes: 1,
  }),
  jobCard(106, {
    customer: "Walmart #2210",
    service_type: "commercial",
    address: "900 S Route 59, Aurora, IL",
    start: at(13),
    end: at(17),
    status: "confirmed",
    clashes: 1,
    machines: 2,
  }),
] as const;

const unassigned = [
  jobCard(120, {
    customer: "Hillside School",
    service_type: "commercial",
    address: "5 School Rd, Wheaton, IL",
    start: at(8),
    end: at(16),
    people: 0,
    machines: 0,
  }),
  jobCard(121, {
    customer: "Marta Olszewski",
    address: "210 Elm St, Lisle, IL",
    start: at(7, 0, 4),
    end: at(12, 0, 4),
    people: 0,
    machines: 0,
  }),
  jobCard(122, {
    customer: "Metro Storage",
    service_type: "custom",
    address: "4410 Ogden Ave, Lisle, IL",
    start: at(6, 30, 7),
    end: at(15, 0, 8),
    people: 0,
    machines: 1,
  }),
];

export function fullToday(): Today {
  const clash: Clash = {
    job: clashing[1],
    people: ["Ray Castillo", "Teresa Huang"],
    machines: [],
    other_job_id: clashing[0].id,
    other_customer: clashing[0].customer,
    other_address: clashing[0].address,
    other_start: clashing[0].start,
    other_end: clashing[0].end,
  };
  const days = [
    day(DATE, [
      ["Milling 1", [clashing[0]]],
      [
        "Paving 1",
        [
          jobCard(101, { status: "confirmed" }),
          jobCard(102, {
            customer: "St. Mary’s Church",
            service_type: "commercial",
            address: "310 N Oak St, Elgin, IL",
            start: at(16),
            end: at(18, 30),
            machines: 1,
            people: 4,
            weather_dependent: false,
          }),
        ],
      ],
      [
        "Sealcoat 1",
        [
          jobCard(104, {
            customer: "Bexley Mall",
            service_type: "commercial",
            address: "2200 Main St, Lombard, IL",
            start: at(6),
            end: at(13),
            status: "completed",
            people: 3,
          }),
          clashing[1],
        ],
      ],
      [
        "Striping 1",
        [
          jobCard(105, {
            customer: "Patel Family Dental",
            service_type: "emergency",
            address: "18 W 63rd St, Westmont, IL",
            start: at(9),
            end: at(11, 30),
            priority: 5,
            people: 2,
            machines: 1,
            unknown: 1,
          }),
        ],
      ],
      ["No crew", [unassigned[0]!]],
    ]),
    day(NEXT_DATE, [
      [
        "Milling 1",
        [
          jobCard(110, {
            customer: "Lakeview Plaza",
            service_type: "commercial",
            address: "1 Lakeview Dr, Oak Brook, IL",
            start: at(6, 0, 1),
            end: at(15, 0, 4),
            status: "confirmed",
          }),
        ],
      ],
      [
        "Paving 1",
        [
          jobCard(111, {
            customer: "Jim & Carol Whitfield",
            address: "6 Pine Ct, Glen Ellyn, IL",
            start: at(7, 0, 1),
            end: at(12, 0, 1),
            people: 4,
          }),
          jobCard(112, {
            customer: "Anh Nguyen",
            address: "41 Cass Ave, Westmont, IL",
            start: at(13, 0, 1),
            end: at(16, 30, 1),
            status: "rescheduled",
            people: 4,
          }),
        ],
      ],
      [
        "Sealcoat 1",
        [
          jobCard(113, {
            customer: "Harbor Freight",
            service_type: "maintenance",
            address: "720 Roosevelt Rd, Villa Park, IL",
            start: at(7, 0, 1),
            end: at(14, 30, 1),
            people: 3,
          }),
        ],
      ],
    ]),
  ];
  const estimates = [
    estimateDue(302, {
      customer_name: "Metro Storage",
      service_type: "commercial",
      address: "4410 Ogden Ave, Lisle, IL",
      response_by: at(9, 0, -1),
      overdue: true,
      estimated_cost: "48250.00",
    }),
    estimateDue(303, {
      customer_name: "Luis Ortega",
      address: "12 Garden St, Aurora, IL",
      response_by: at(6),
      overdue: true,
    }),
    estimateDue(301),
    estimateDue(304, {
      customer_name: "City of Elgin",
      service_type: "maintenance",
      address: "150 Dexter Ct, Elgin, IL",
      response_by: at(12, 0, 1),
      estimated_cost: "116940.5",
    }),
  ];
  const alerts = fullNotifications();
  return {
    as_of: at(6, 31),
    zone: ZONE,
    today: DATE,
    tomorrow: NEXT_DATE,
    days,
    clashes: [clash],
    clash_count: 1,
    unassigned: [...unassigned],
    unassigned_count: unassigned.length,
    estimates,
    estimate_count: estimates.length,
    alerts,
    alert_count: alerts.length,
  };
}

export function fullNotifications(): Notification[] {
  return [
    notification(401, {
      alert_type: "security_breach",
      title: "Somebody tried a wrong password 12 times",
      message:
        "From the computer FRONT-DESK, between 11:40 PM and 11:52 PM. The login neff_app still works; change its password if nobody of the office did this.",
      priority: 5,
      created_at: at(23, 52, -1),
      about: null,
    }),
    notification(402, {
      alert_type: "job_rescheduled",
      title: "Double booking: Ray Castillo",
      message: "Dundee Ave & Summit St and 900 S Route 59 overlap from 1:00 PM to 2:00 PM today.",
      priority: 4,
      created_at: at(5, 58),
      about: { kind: "job", id: uuid(106) },
    }),
    notification(403, { created_at: at(6, 5) }),
    notification(404, {
      alert_type: "payment_received",
      title: "Payment received: Bexley Mall",
      message: "$12,400.00 by check for the contract at 2200 Main St.",
      created_at: at(16, 10, -1),
      about: { kind: "contract", id: uuid(701) },
    }),
  ];
}

export function emptyToday(): Today {
  return {
    as_of: at(6, 31),
    zone: ZONE,
    today: DATE,
    tomorrow: NEXT_DATE,
    days: [day(DATE, []), day(NEXT_DATE, [])],
    clashes: [],
    clash_count: 0,
    unassigned: [],
    unassigned_count: 0,
    estimates: [],
    estimate_count: 0,
    alerts: [],
    alert_count: 0,
  };
}

/** What a website visitor can type. */
export const HOSTILE = [
  `<img src=x onerror="document.title='owned'">`,
  "Smith & Sons <Lot 4>",
  "\u202eevil backwards\u202d \u2067שלום לכולם",
  "x".repeat(10_000),
  "مؤسسة الرصف \u200fوالتعبيد",
  "{{constructor.constructor('document.title=1')()}} ${7*7} 🚧🚧🚧👷🏽‍♀️",
  "\u0000\u0007line\nbreaks\tand\u2028separators",
  "",
];

export function hostileToday(): Today {
  const text = (i: number) => HOSTILE[i % HOSTILE.length] ?? "";
  const jobs = HOSTILE.map((_, i) =>
    jobCard(500 + i, {
      customer: text(i),
      address: text(i + 1),
      service_type: text(i + 2),
      status: "weather_hold" as JobCard["status"],
      unknown: 2,
      clashes: 3,
      priority: 5,
    }),
  );
  const alerts = HOSTILE.map((_, i) =>
    notification(600 + i, {
      title: text(i),
      message: text(i + 3),
      priority: 1 + (i % 5),
      about: i % 2 ? null : { kind: "estimate", id: uuid(301) },
    }),
  );
  return {
    ...emptyToday(),
    days: [
      day(DATE, [
        [text(1), jobs.slice(0, 3)],
        [text(3), jobs.slice(3)],
      ]),
      day(NEXT_DATE, [[text(2), [jobs[0]!]]]),
    ],
    clashes: HOSTILE.map((_, i) => ({
      job: jobs[i]!,
      people: [text(i), text(i + 2)],
      machines: [text(i + 5)],
      other_job_id: uuid(103),
      other_customer: text(i + 4),
      other_address: text(i + 3),
      other_start: at(8),
      other_end: at(9),
    })),
    clash_count: HOSTILE.length,
    unassigned: jobs,
    unassigned_count: jobs.length,
    estimates: HOSTILE.map((_, i) =>
      estimateDue(540 + i, {
        customer_name: text(i),
        address: text(i + 3),
        service_type: text(i + 1),
        estimated_cost: i % 2 ? "99999999.99" : null,
      }),
    ),
    estimate_count: HOSTILE.length,
    alerts,
    alert_count: alerts.length,
  };
}

/** Every list at its cap of a hundred, with more behind it. */
export function hundredToday(): Today {
  const streets = ["Larkspur Ct", "Ogden Ave", "Main St", "Roosevelt Rd", "Elm St", "Route 59"];
  const services = ["residential", "commercial", "maintenance", "emergency", "custom"];
  const statuses = ["scheduled", "confirmed", "in_progress", "completed", "rescheduled"] as const;
  const make = (base: number, days: number) =>
    Array.from({ length: 100 }, (_, i) =>
      jobCard(base + i, {
        customer: `Customer ${i + 1}`,
        address: `${100 + i * 7} ${streets[i % 6]}, Aurora, IL`,
        service_type: services[i % 5] ?? null,
        status: statuses[i % 5] ?? "scheduled",
        start: at(6 + (i % 6), 0, days),
        end: at(12 + (i % 6), 30, days),
      }),
    );
  const crews = (jobs: JobCard[]): [string, JobCard[]][] =>
    Array.from({ length: 10 }, (_, c) => [`Crew ${c + 1}`, jobs.filter((_, i) => i % 10 === c)]);
  const [now, next, free] = [make(1000, 0), make(2000, 1), make(3000, 5)];
  const clash = fullToday().clashes[0]!;
  const alerts = Array.from({ length: 100 }, (_, i) =>
    notification(5000 + i, { title: `New estimate: Customer ${i + 1}` }),
  );
  return {
    ...emptyToday(),
    days: [
      { ...day(DATE, crews(now)), job_count: 312 },
      { ...day(NEXT_DATE, crews(next)), job_count: 101 },
    ],
    clashes: now.map((job) => ({ ...clash, job })),
    clash_count: 1_204,
    unassigned: free,
    unassigned_count: 312,
    estimates: Array.from({ length: 100 }, (_, i) =>
      estimateDue(4000 + i, {
        customer_name: `Customer ${i + 1}`,
        overdue: i < 40,
        response_by: at(8, 0, i < 40 ? -2 : 1),
      }),
    ),
    estimate_count: 212,
    alerts,
    alert_count: 4_321,
  };
}

export function estimateDetail(id: string, change: Partial<EstimateDetail> = {}): EstimateDetail {
  return {
    id,
    customer_name: "Dorothy Kessler",
    email: "dorothy.kessler@example.com",
    phone: "(630) 555-0142",
    service_type: "residential",
    project_address: "77 Birch Ln, Downers Grove, IL 60515",
    project_size: "about 1,400 sq ft",
    timeline: "before the Fourth of July",
    description:
      "The driveway is cracked from the garage to the street, and the apron has sunk about two inches.\nWe would like a price for an overlay and one for taking it all out.",
    estimated_cost: null,
    status: "pending",
    response_by: at(17),
    notes: "Prefers a call after 4 PM.",
    created_at: at(21, 14, -1),
    updated_at: at(6, 5),
    version: 1,
    ...change,
  };
}

export function jobDetail(card: JobCard): JobDetail {
  return {
    card,
    contract_id: uuid(701),
    special_instructions: "Gate code 4410. Keep the ambulance lane on the north side open at all times.",
    duration_hours: "8.50",
    assigned: [
      {
        kind: "person",
        id: uuid(801),
        name: "Ray Castillo",
        via_crew: "Sealcoat 1",
        state: card.clashes > 0 ? "conflict" : "firm",
        other_job_id: card.clashes > 0 ? uuid(103) : null,
        other_address: card.clashes > 0 ? "Dundee Ave & Summit St, Elgin, IL" : null,
      },
      {
        kind: "person",
        id: uuid(802),
        name: "Maria Lopez",
        via_crew: "Sealcoat 1",
        state: "firm",
        other_job_id: null,
        other_address: null,
      },
      {
        kind: "person",
        id: uuid(803),
        name: "Devon Brooks",
        via_crew: null,
        state: "overridden",
        other_job_id: uuid(101),
        other_address: "1418 Larkspur Ct, Naperville, IL",
      },
      {
        kind: "machine",
        id: uuid(811),
        name: "Sealcoat tank 2",
        via_crew: null,
        state: "firm",
        other_job_id: null,
        other_address: null,
      },
    ],
    unknown_names: card.unknown > 0 ? ["Big Bob", "the old roller"] : [],
    changes: [
      {
        at: at(6, 2),
        by: "Dana Neff",
        source: "manual_admin",
        change: "crew_changed",
        reason: "Tomas is out sick",
      },
      { at: at(15, 40, -2), by: "calendly", source: "calendly_webhook", change: "rescheduled", reason: null },
      { at: at(9, 12, -9), by: "Dana Neff", source: "manual_admin", change: "scheduled", reason: null },
    ],
    created_at: at(9, 12, -9),
    updated_at: at(6, 2),
  };
}

const SENTENCES: Record<string, string> = {
  host: "office-server answers on port 5432.",
  encryption: "The connection is encrypted and the certificate is trusted.",
  login: "The login neff_app is accepted.",
  session: "This computer's sessions are its own, with its own settings.",
  writing: "The database takes changes.",
  permissions: "This login may read and write what the office needs.",
  schema: "The office's tables are there, version 3.0.14.",
  roles: "The office's roles are there.",
  extensions: "pg_trgm and btree_gist are there.",
  passwords: "No login uses a published password.",
  settings: "The office's clock is America/Chicago; it works Mon, Tue, Wed, Thu, Fri.",
  messages: "The server passes on what changes.",
};

export function goodReport(): DoctorReport {
  return {
    ok: true,
    checks: Object.entries(SENTENCES).map(([name, sentence]) => ({
      name: name as DoctorReport["checks"][number]["name"],
      state: "ok",
      sentence,
      remedy: null,
      command: null,
    })),
    schema: "current",
    schema_version: "3.0.14",
    server_version: "15.18",
    can_migrate: false,
    holds_rows: true,
    error: null,
  };
}

export function badReport(): DoctorReport {
  const report = goodReport();
  const set = (name: string, change: Partial<DoctorReport["checks"][number]>) => {
    const check = report.checks.find((c) => c.name === name);
    if (check) Object.assign(check, change);
  };
  set("permissions", {
    state: "failed",
    sentence: "The login neff_app may not create tables in this database.",
    remedy: "Whoever keeps the database can allow it with this command.",
    command: 'GRANT CREATE ON DATABASE "neff_paving_admin" TO "neff_app";',
  });
  set("extensions", {
    state: "warning",
    sentence: "pg_stat_statements is not there, so slow queries cannot be listed.",
    remedy: "Add it to shared_preload_libraries on the server and restart it.",
  });
  set("passwords", {
    state: "failed",
    sentence: "The login neff_readonly still has a password that is printed in the manual.",
    remedy: "Change it now; anybody can look it up.",
    command: "\\password neff_readonly",
  });
  set("roles", { state: "skipped", sentence: "The roles could not be looked at with this login." });
  return {
    ...report,
    ok: false,
    error: { code: "rights_missing", message: "This login may not do that.", field: null, details: null },
  };
}

export function olderReport(can_migrate = true): DoctorReport {
  const report = goodReport();
  const schema = report.checks.find((c) => c.name === "schema");
  if (schema)
    Object.assign(schema, {
      state: "failed",
      sentence: "The database is version 2.0.0; this program needs 3.0.14.",
      remedy: "Bring it up to date.",
    });
  return {
    ...report,
    ok: false,
    schema: "specification",
    schema_version: "2.0.0",
    can_migrate,
    error: {
      code: "schema_older",
      message: "The database has to be set up or brought up to date first.",
      field: null,
      details: null,
    },
  };
}
