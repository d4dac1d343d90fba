/** Whose changes are shown, and which. */
export type Filters = { mine: boolean; search: string };

export function readFilters(route: string | undefined): Filters {
  const values = new URLSearchParams(route);
  return { mine: values.get("mine") === "yes", search: (values.get("q") ?? "").slice(0, 200) };
}

export function writeFilters({ mine, search }: Filters): string {
  const values = new URLSearchParams();
  if (mine) values.set("mine", "yes");
  if (search.trim() !== "") values.set("q", search);
  return values.toString();
}
