/** What the lists of the screen are narrowed to. Each tab uses its part; empty means "all that are still with us". */
export type CrewFilters = {
  search: string;
  roles: string[];
  /** Ids; "none": in no crew. */
  crews: string[];
  statuses: string[];
  kinds: string[];
  certificates: "" | "due" | "expired" | "expiring" | "missing";
  /** Only with jobs to reassign. */
  reassign: boolean;
  year: number | null;
};

export const NO_FILTERS: CrewFilters = {
  search: "",
  roles: [],
  crews: [],
  statuses: [],
  kinds: [],
  certificates: "",
  reassign: false,
  year: null,
};

const MARKS = ["due", "expired", "expiring", "missing"];
const LISTS = [
  ["role", "roles"],
  ["crew", "crews"],
  ["status", "statuses"],
  ["kind", "kinds"],
] as const;

export function readFilters(route: string | undefined): CrewFilters {
  const values = new URLSearchParams(route);
  const list = (name: string) => values.getAll(name).slice(0, 100);
  const marks = values.get("certificates") ?? "";
  const year = Number(values.get("year") ?? "");
  return {
    search: (values.get("q") ?? "").slice(0, 200),
    roles: list("role"),
    crews: list("crew"),
    statuses: list("status"),
    kinds: list("kind"),
    certificates: MARKS.includes(marks) ? (marks as CrewFilters["certificates"]) : "",
    reassign: values.get("reassign") === "yes",
    year: Number.isInteger(year) && year >= 1900 && year < 2200 ? year : null,
  };
}

export function writeFilters(filters: CrewFilters): string {
  const values = new URLSearchParams();
  if (filters.search.trim() !== "") values.set("q", filters.search);
  for (const [name, key] of LISTS) for (const value of filters[key]) values.append(name, value);
  if (filters.certificates) values.set("certificates", filters.certificates);
  if (filters.reassign) values.set("reassign", "yes");
  if (filters.year !== null) values.set("year", String(filters.year));
  return values.toString();
}

/** Anything but the year, which is a place and not a filter. */
export function isFiltered(filters: CrewFilters): boolean {
  return writeFilters({ ...filters, year: null }) !== "";
}
