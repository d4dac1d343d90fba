import type { InboxQuery } from "$/ipc/client";

/** What the inbox shows. It stands in the route, so that Back, a link and a restart lead to the same list. */
export type Filters = Pick<InboxQuery, "show" | "order" | "types" | "min_priority" | "expired"> & {
  search: string;
};

export const PLAIN: Filters = {
  show: "unread",
  order: "newest",
  search: "",
  types: [],
  min_priority: null,
  expired: false,
};

/** Anybody can write into a route: what is not understood is as if it were not there. */
export function readFilters(route: string | undefined): Filters {
  const values = new URLSearchParams(route);
  const show = values.get("show");
  const least = Number(values.get("least"));
  return {
    show: show === "all" || show === "read" ? show : "unread",
    order: values.get("order") === "priority" ? "priority" : "newest",
    search: (values.get("q") ?? "").slice(0, 200),
    types: (values.get("kinds") ?? "").split(",").filter(Boolean).slice(0, 100),
    min_priority: Number.isInteger(least) && least >= 2 && least <= 5 ? least : null,
    expired: values.get("expired") === "yes",
  };
}

/** Only what is not as usual. */
export function writeFilters(filters: Filters): string {
  const values = new URLSearchParams();
  if (filters.show !== "unread") values.set("show", filters.show);
  if (filters.order !== "newest") values.set("order", filters.order);
  if (filters.types.length > 0) values.set("kinds", filters.types.join(","));
  if (filters.min_priority !== null) values.set("least", String(filters.min_priority));
  if (filters.expired) values.set("expired", "yes");
  if (filters.search.trim() !== "") values.set("q", filters.search);
  return values.toString();
}

export function queryOf(filters: Filters): Omit<InboxQuery, "after" | "limit"> {
  return { ...filters, search: filters.search.trim() || null };
}

/** Something may be hidden by more than read and unread. */
export function isNarrowed(filters: Filters): boolean {
  return filters.search.trim() !== "" || filters.types.length > 0 || filters.min_priority !== null;
}
