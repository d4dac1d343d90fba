import type { RecordKind, RecordSheet, SearchHit, SheetField, Today } from "./client";
import { OfficeError } from "./errors";
import { machineId } from "./fake-board";
import { at, uuid } from "./fake-data";

const CUSTOMERS: [string, string][] = [
  ["Dorothy Kessler", "77 Birch Ln, Downers Grove, IL"],
  ["Oak Ridge HOA", "1418 Larkspur Ct, Naperville, IL"],
  ["Metro Storage", "4410 Ogden Ave, Lisle, IL"],
  ["Bexley Mall", "2200 Main St, Lombard, IL"],
  ["City of Elgin", "150 Dexter Ct, Elgin, IL"],
  ["Smith & Sons <Lot 4>", "Lot 4, Route 59, Aurora, IL"],
  ["<img src=x onerror=alert(1)>", "{{7*7}} Elm St"],
  ["Jim & Carol Whitfield", "6 Pine Ct, Glen Ellyn, IL"],
];
const CREWS = ["Milling 1", "Paving 1", "Sealcoat 1", "Striping 1"];
const PEOPLE: [string, string][] = [
  ["Ray Castillo", "Foreman"],
  ["Maria Lopez", "Roller operator"],
  ["Devon Brooks", "Truck driver"],
  ["Teresa Huang", "Screed operator"],
];
/** With their place among the board's machines. */
const MACHINES: [string, string, number][] = [
  ["Sealcoat tank 2", "Sealcoat tank", 26],
  ["Paver 1", "Paver", 0],
  ["Dump truck 6", "Dump truck", 20],
];

function hits(today: Today): SearchHit[] {
  const cards = today.days.flatMap((day) => day.crews.flatMap((crew) => crew.jobs));
  return [
    ...CUSTOMERS.map(([title, subtitle], i) => ({
      kind: "customer" as const,
      id: uuid(601 + i),
      title,
      subtitle,
      when: null,
    })),
    ...today.estimates.map((e) => ({
      kind: "estimate" as const,
      id: e.id,
      title: e.customer_name,
      subtitle: e.address,
      when: e.response_by,
    })),
    ...cards.map((job) => ({
      kind: "job" as const,
      id: job.id,
      title: job.customer ?? job.address,
      subtitle: job.address,
      when: job.start,
    })),
    ...CUSTOMERS.slice(1, 4).map(([title, subtitle], i) => ({
      kind: "contract" as const,
      id: uuid(701 + i),
      title: `Contract: ${title}`,
      subtitle,
      when: at(9, 0, -20 - i),
    })),
    ...CREWS.map((title, i) => ({
      kind: "crew" as const,
      id: uuid(900 + i),
      title,
      subtitle: "Crew",
      when: null,
    })),
    ...PEOPLE.map(([title, subtitle], i) => ({
      kind: "person" as const,
      id: uuid(801 + i),
      title,
      subtitle,
      when: null,
    })),
    ...MACHINES.map(([title, subtitle, n]) => ({
      kind: "machine" as const,
      id: machineId(n),
      title,
      subtitle,
      when: null,
    })),
  ];
}

export function find(today: Today, text: string, limit: number): SearchHit[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return [];
  const seen = new Set<string>();
  return hits(today)
    .filter((hit) => `${hit.title} ${hit.subtitle}`.toLowerCase().includes(wanted))
    .filter((hit) => !seen.has(hit.kind + hit.id) && seen.add(hit.kind + hit.id))
    .slice(0, limit);
}

function field(label: string, value: string, kind: SheetField["kind"] = "text"): SheetField {
  return { label, value, kind, about: null };
}

/** Of a customer, contract, crew, person or machine. Jobs and estimates have commands of their own. */
export function sheet(today: Today, kind: RecordKind, id: string): RecordSheet {
  const hit = hits(today).find((one) => one.kind === kind && one.id === id);
  if (!hit)
    throw new OfficeError({
      code: "not_found",
      message: "This is not in the database any more.",
      field: null,
      details: null,
    });
  const jobs = {
    title: "Jobs",
    items: today.days[0]!.crews.flatMap((crew) => crew.jobs)
      .slice(0, 3)
      .map((job) => ({
        title: job.customer ?? job.address,
        subtitle: job.address,
        when: job.start,
        about: { kind: "job" as const, id: job.id },
      })),
    more: 9,
  };
  const estimates = {
    title: "Estimates",
    items: today.estimates.slice(0, 2).map((e) => ({
      title: e.customer_name,
      subtitle: e.address,
      when: e.response_by,
      about: { kind: "estimate" as const, id: e.id },
    })),
    more: 0,
  };
  const empty = { title: "Contracts", items: [], more: 0 };
  const base = { kind, id, title: hit.title, subtitle: hit.subtitle };
  switch (kind) {
    case "customer":
      return {
        ...base,
        fields: [
          field("Phone", "(630) 555-0142", "phone"),
          field("Email", "dorothy.kessler@example.com", "email"),
          field("Address", hit.subtitle, "address"),
          field("Customer since", "2021-04-12", "date"),
        ],
        sections: [estimates, jobs, empty],
      };
    case "contract":
      return {
        ...base,
        fields: [
          {
            ...field("Customer", hit.title.replace("Contract: ", "")),
            about: { kind: "customer", id: uuid(602) },
          },
          field("Value", "48250.00", "money"),
          field("Paid", "12400.00", "money"),
          field("Status", "active", "status"),
          field("Service", "commercial", "service"),
          field("Signed", at(9, 0, -20), "instant"),
        ],
        sections: [jobs],
      };
    case "crew":
      return {
        ...base,
        fields: [field("Foreman", "Ray Castillo")],
        sections: [
          {
            title: "People",
            items: PEOPLE.map(([title, subtitle], i) => ({
              title,
              subtitle,
              when: null,
              about: { kind: "person", id: uuid(801 + i) },
            })),
            more: 0,
          },
          jobs,
        ],
      };
    case "person":
      return {
        ...base,
        fields: [
          field("Role", hit.subtitle),
          field("Phone", "(630) 555-0160", "phone"),
          { ...field("Crew", "Sealcoat 1"), about: { kind: "crew", id: uuid(902) } },
          field("Flagger certificate until", "2026-07-02", "date"),
        ],
        sections: [jobs],
      };
    default:
      return {
        ...base,
        fields: [field("Kind", hit.subtitle), field("Status", "available", "status")],
        sections: [jobs],
      };
  }
}
