import type { Column, Sort } from "$/components/table/types";
import type { JobLine, JobSort } from "$/ipc/client";

import type { ScheduleFilters } from "../filters";

export type ColumnId =
  | "when"
  | "customer"
  | "address"
  | "service"
  | "crews"
  | "status"
  | "priority"
  | "weather"
  | "source"
  | "updated";

type JobColumn = Column<JobLine> & { id: ColumnId };

/** In the order of importance: what does not fit is to the right. `byDay`: the heading says the day already. */
export function columnsOf(byDay: boolean): JobColumn[] {
  return [
    { id: "when", title: "When", width: byDay ? 148 : 200, sortable: true, hideable: false },
    { id: "customer", title: "Customer", width: byDay ? 138 : 122, sortable: true },
    { id: "address", title: "Address", width: byDay ? 130 : 104, sortable: true },
    { id: "status", title: "Status", width: 102, sortable: true },
    { id: "crews", title: "Crews", width: 92 },
    { id: "service", title: "Service", width: 106 },
    { id: "priority", title: "Priority", width: 80, sortable: true, first: "descending" },
    { id: "weather", title: "Rain", width: 56 },
    { id: "source", title: "Source", width: 84 },
    { id: "updated", title: "Changed", width: 94, sortable: true, first: "descending" },
  ];
}

const sorts: Partial<Record<ColumnId, JobSort>> = {
  when: "start",
  customer: "customer",
  address: "address",
  status: "status",
  priority: "priority",
  updated: "updated",
};

/** The heading a sort belongs to; one by the end or by when it was entered has none. */
export function sortOf({ sort, descending }: Pick<ScheduleFilters, "sort" | "descending">): Sort | null {
  const column = (Object.keys(sorts) as ColumnId[]).find((id) => sorts[id] === sort);
  return column ? { column, direction: descending ? "descending" : "ascending" } : null;
}

/** What a click on a heading asks for. */
export function sortedBy(
  column: Column<JobLine>,
  now: Pick<ScheduleFilters, "sort" | "descending">,
): Pick<ScheduleFilters, "sort" | "descending"> | null {
  const sort = sorts[column.id as ColumnId];
  if (!sort) return null;
  return { sort, descending: now.sort === sort ? !now.descending : column.first === "descending" };
}
