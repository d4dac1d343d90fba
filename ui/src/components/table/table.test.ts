import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";

import { OfficeError } from "$/ipc/errors";

import { gate, settle, text } from "../../../tests/window";
import { ColumnState } from "./columns.svelte";
import { HIGHEST, ScrollState } from "./scroll.svelte";
import { PAGE, TableSource } from "./source.svelte";
import Table from "./Table.svelte";
import type { Column, Load, Query } from "./types";

type Row = { id: string; name: string };
const row = (n: number, name = `Row ${n}`): Row => ({ id: String(n), name });
const columns: Column<Row>[] = [
  { id: "id", title: "Number", sortable: true, hideable: false, text: (r) => r.id },
  { id: "name", title: "Name", sortable: true, first: "descending", text: (r) => r.name },
  { id: "more", title: "More", hidden: true, text: () => "" },
];
function server(total: number | null, have = total ?? 0) {
  return vi.fn<Load<Row>>(({ offset, limit }) =>
    Promise.resolve({
      rows: Array.from({ length: Math.max(0, Math.min(limit, have - offset)) }, (_, i) => row(offset + i)),
      total,
      next: offset + limit < have ? `after ${offset + limit}` : null,
    }),
  );
}
const broken = new OfficeError({
  code: "no_answer",
  message: "It does not answer.",
  field: null,
  details: null,
});

describe("the rows of a server", () => {
  test("come a page at a time, with the cursor where it is known", async () => {
    const load = server(1_000);
    const source = new TableSource(load, "f", { column: "id", direction: "ascending" });
    await source.refresh();
    source.want(95, 120);
    await settle();
    source.want(600, 620);
    await settle();
    const asked = load.mock.calls.map(([query]) => [query.offset, query.after]);
    expect(asked).toEqual([
      [0, null],
      [100, "after 100"],
      [600, null],
    ]);
    expect([source.count, source.row(110)?.id, source.row(300)]).toEqual([1_000, "110", undefined]);
  });
  test("an answer to an older question is dropped, and the old rows stay until the new ones are there", async () => {
    const gates = { a: gate(), b: gate() };
    const load: Load<Row, "" | "a" | "b"> = async ({ filters }) => {
      if (filters) await gates[filters].closed;
      return { rows: [row(1, `of ${filters}`)], total: 1, next: null };
    };
    const source = new TableSource(load, "" as "" | "a" | "b", null);
    await source.refresh();
    const [first, second] = [source.ask("a", null), source.ask("b", null)];
    expect([source.row(0)?.name, source.renewing]).toEqual(["of ", true]);
    gates.b.open();
    expect(await second).toBe(true);
    gates.a.open();
    expect([await first, source.row(0)?.name, source.renewing]).toEqual([false, "of b", false]);
  });
  test("not counted: there is a page more until there is none", async () => {
    const source = new TableSource(server(null, 150), null, null);
    await source.refresh();
    expect(source.count).toBe(200);
    source.want(90, 199);
    await settle();
    expect(source.count).toBe(150);
  });
  test("an error keeps what is there, and is tried again when asked", async () => {
    const load = server(300);
    const source = new TableSource(load, null, null);
    await source.refresh();
    load.mockRejectedValueOnce(broken);
    source.want(200, 210);
    await settle();
    expect([source.error?.code, source.row(0)?.id, source.row(205)]).toEqual(["no_answer", "0", undefined]);
    source.retry();
    await settle();
    expect([source.error, source.row(205)?.id]).toEqual([null, "205"]);
  });
  test("fewer than before: back to what there is", async () => {
    let have = 300;
    const load: Load<Row> = (query: Query) => server(have)(query);
    const source = new TableSource(load, null, null);
    await source.refresh();
    source.want(250, 260);
    await settle();
    have = 3;
    await source.refresh();
    expect([source.count, source.row(2)?.id]).toEqual([3, "2"]);
  });
});

describe("a list higher than an element can be", () => {
  const made = () => {
    const box = { scrollTop: 0 };
    const scroll = new ScrollState();
    scroll.attach(box);
    scroll.measure(36_000_000, 720);
    const to = (native: number) => {
      box.scrollTop = native;
      scroll.scrolled(native);
    };
    return { box, scroll, to };
  };
  test("small steps are small, large ones jump in proportion", () => {
    const { scroll, to } = made();
    expect(scroll.size).toBe(HIGHEST);
    to(100);
    expect(scroll.top).toBe(100);
    to((HIGHEST - 720) / 2);
    expect(Math.round(scroll.top)).toBe((36_000_000 - 720) / 2);
  });
  test("every row can be reached, and both ends are ends", () => {
    const { box, scroll, to } = made();
    scroll.to(36_000_000);
    expect([scroll.top, box.scrollTop]).toEqual([36_000_000 - 720, HIGHEST - 720]);
    scroll.to(5_000);
    let steps = 0;
    while (scroll.top > 0 && steps++ < 1_000) to(Math.max(0, box.scrollTop - 100));
    expect([scroll.top, box.scrollTop]).toEqual([0, 0]);
  });
  test("a short one is simply itself", () => {
    const { scroll, to } = made();
    scroll.measure(3_600, 720);
    to(500);
    expect([scroll.top, scroll.size]).toEqual([500, 3_600]);
  });
});

describe("columns", () => {
  const made = () => new ColumnState<Row>(() => columns, "test");
  const shown = (state: ColumnState<Row>) => state.shown.map(({ id }) => id);
  test("are remembered: shown, order, width, and reset", () => {
    const state = made();
    state.show(columns[2]!, true);
    state.show(columns[1]!, false);
    state.show(columns[0]!, false);
    state.move(columns[2]!, -1);
    state.resize(columns[0]!, 10);
    expect([shown(made()), made().template]).toEqual([["id", "more"], "56px minmax(140px, 140fr)"]);
    made().reset();
    expect([shown(made()), made().changed]).toEqual([["id", "name"], false]);
  });
  test("what is remembered may be broken", () => {
    localStorage.setItem(
      "neff-office.table:test",
      '{"widths":{"id":"x"},"hidden":5,"order":["gone","name"]}',
    );
    expect(shown(made())).toEqual(["id", "name"]);
  });
});

describe("the table", () => {
  const props = { label: "Rows", columns, rowKey: (r: Row) => r.id, empty: "Nothing yet." };
  const rows = () => screen.getAllByRole("row").slice(1);
  const ready = () => waitFor(() => expect(rows()[0]?.textContent).toContain("Row"));

  test("says how many there are, and draws only some", async () => {
    render(Table<Row>, { ...props, load: server(1_000_000), nouns: ["job", "jobs"] });
    await ready();
    const grid = screen.getByRole("grid", { name: "Rows" });
    expect([grid.getAttribute("aria-rowcount"), rows().length < 60]).toEqual(["1000001", true]);
    expect(text(screen.getByTestId("table-count"))).toBe("1,000,000 jobs");
    expect(rows()[0]?.getAttribute("aria-rowindex")).toBe("2");
  });

  test("goes and opens by keyboard", async () => {
    const user = userEvent.setup();
    const onopen = vi.fn();
    render(Table<Row>, { ...props, load: server(1_000), onopen });
    await ready();
    const grid = screen.getByRole("grid");
    grid.focus();
    await user.keyboard("{ArrowDown}{ArrowDown}{ArrowUp}{Enter}");
    expect(onopen.mock.calls).toEqual([[row(1)]]);
    await user.keyboard("{End}");
    await waitFor(() =>
      expect(
        document.getElementById(grid.getAttribute("aria-activedescendant") ?? "")?.textContent,
      ).toContain("999"),
    );
  });

  test("selects with Space, Shift, the mouse, all and none", async () => {
    const user = userEvent.setup();
    const onselect = vi.fn();
    const chosen = () => [...(onselect.mock.lastCall?.[0] as Set<string>)].sort();
    render(Table<Row>, { ...props, load: server(8), selection: "multi", onselect });
    await ready();
    screen.getByRole("grid").focus();
    await user.keyboard("{ArrowDown} ");
    await user.keyboard("{Shift>}{ArrowDown}{ArrowDown}{/Shift}");
    await waitFor(() => expect(chosen()).toEqual(["1", "2", "3"]));
    await fireEvent.click(rows()[5]!, { ctrlKey: true });
    expect(chosen()).toEqual(["1", "2", "3", "5"]);
    await fireEvent.click(rows()[7]!, { shiftKey: true });
    await waitFor(() => expect(chosen()).toEqual(["1", "2", "3", "5", "6", "7"]));
    await user.click(screen.getByRole("checkbox", { name: "Select all shown" }));
    expect(chosen()).toHaveLength(8);
    expect(text(screen.getByTestId("table-count"))).toContain("8 selected");
    screen.getByRole("grid").focus();
    await user.keyboard("{Escape}");
    expect(chosen()).toEqual([]);
  });

  test("Shift with the arrows begins where the person stands, whatever was selected before", async () => {
    const user = userEvent.setup();
    const onselect = vi.fn();
    render(Table<Row>, { ...props, load: server(8), selection: "multi", onselect, selected: new Set(["7"]) });
    await ready();
    screen.getByRole("grid").focus();
    await user.keyboard("{ArrowDown}{ArrowDown}{Shift>}{ArrowDown}{/Shift}");
    await waitFor(() =>
      expect([...(onselect.mock.lastCall?.[0] as Set<string>)].sort()).toEqual(["2", "3", "7"]),
    );
  });

  test("sorts by its header, also by keyboard, and asks the server", async () => {
    const user = userEvent.setup();
    const load = server(10);
    render(Table<Row>, { ...props, load });
    await ready();
    await user.click(screen.getByRole("button", { name: "Name" }));
    const head = screen.getByRole("columnheader", { name: "Name" });
    expect(head.getAttribute("aria-sort")).toBe("descending");
    screen.getByRole("button", { name: "Name" }).focus();
    await user.keyboard("{Enter}");
    expect(head.getAttribute("aria-sort")).toBe("ascending");
    await settle();
    expect(load.mock.lastCall?.[0].sort).toEqual({ column: "name", direction: "ascending" });
    await user.keyboard("{ArrowLeft}");
    expect(document.activeElement).toBe(screen.getByRole("button", { name: "Number" }));
    await user.keyboard("{Shift>}{ArrowRight}{/Shift}");
    expect(document.querySelector("[data-testid=said]")?.textContent).toContain("Number is wider");
  });

  test("nothing yet is not nothing that matches", async () => {
    const { rerender } = render(Table<Row>, { ...props, load: server(0) });
    expect(text(await screen.findByTestId("empty"))).toBe("Nothing yet.");
    const clearFilters = vi.fn();
    await rerender({ ...props, load: server(0), filtered: true, clearFilters, nouns: ["job", "jobs"] });
    expect(text(await screen.findByTestId("nothing-matches"))).toContain("No job matches");
    await fireEvent.click(screen.getByRole("button", { name: "Clear filters" }));
    expect(clearFilters).toHaveBeenCalledOnce();
  });

  test("an error is said with the way to try again", async () => {
    const load = server(3);
    load.mockRejectedValueOnce(broken);
    render(Table<Row>, { ...props, load });
    expect(text(await screen.findByTestId("load-error"))).toContain("It does not answer.");
    await fireEvent.click(screen.getByRole("button", { name: "Try again" }));
    await ready();
    expect(screen.queryByTestId("load-error")).toBeNull();
  });

  test("another filter asks from the top; a change asks again in place", async () => {
    const load = server(500);
    const { rerender } = render(Table<Row, string>, { ...props, load, filters: "a" });
    await ready();
    await rerender({ ...props, load, filters: "b" });
    await settle();
    expect(load.mock.lastCall?.[0]).toMatchObject({ filters: "b", offset: 0, limit: PAGE });
    const before = load.mock.calls.length;
    await rerender({ ...props, load, filters: "b", revision: 1 });
    await settle();
    expect(load.mock.calls.slice(before).map(([q]) => q)).toEqual([expect.objectContaining({ offset: 0 })]);
  });
});
