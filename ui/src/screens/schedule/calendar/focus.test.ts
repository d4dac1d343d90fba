import { expect, test } from "vitest";

import { addDays } from "$/lib/dates";

import { CalendarFocus, type Stop } from "./focus.svelte";

const DATES = Array.from({ length: 14 }, (_, i) => addDays("2026-06-15", i));
const JOBS: Record<string, string[]> = {
  "2026-06-16": ["a", "b", "c"],
  "2026-06-17": ["d"],
  "2026-06-23": ["e", "more"],
};
function made(below: number | null) {
  const shown: string[] = [];
  const focus = new CalendarFocus({
    ids: (date) => JOBS[date] ?? [],
    dates: () => DATES,
    below,
    show: (date) => shown.push(date),
  });
  const press = (...keys: string[]) => {
    for (const key of keys) focus.key(new KeyboardEvent("keydown", { key }), focus.stop("2026-06-18"));
    const at = focus.stop("2026-06-18");
    return `${at.date.slice(8)}${at.id ? `/${at.id}` : ""}`;
  };
  return { focus, press, shown };
}
const at = (focus: CalendarFocus, stop: Stop) => (focus.at = stop);

test("begins at the usual day, or at the first where that is not shown", () => {
  const { focus } = made(7);
  expect(focus.stop("2026-06-18")).toEqual({ date: "2026-06-18", id: null });
  expect(focus.stop("2027-01-01").date).toBe("2026-06-15");
});
test("down through the jobs of a day, and on to the week below", () => {
  const { focus, press } = made(7);
  at(focus, { date: "2026-06-16", id: null });
  expect(press("ArrowDown")).toBe("16/a");
  expect(press("ArrowDown", "ArrowDown")).toBe("16/c");
  expect(press("ArrowDown")).toBe("23");
  expect(press("ArrowUp")).toBe("16/c");
});
test("where days are columns it stays in its day", () => {
  const { focus, press } = made(null);
  at(focus, { date: "2026-06-16", id: "c" });
  expect(press("ArrowDown")).toBe("16/c");
  expect(press("ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp")).toBe("16");
});
test("across at the same height, as far as there is something", () => {
  const { focus, press } = made(7);
  at(focus, { date: "2026-06-16", id: "c" });
  expect(press("ArrowRight")).toBe("17/d");
  expect(press("ArrowRight")).toBe("18");
  expect(press("Home")).toBe("15");
  expect(press("End")).toBe("21");
});
test("over the edge the next part is asked for", () => {
  const { focus, press, shown } = made(7);
  at(focus, { date: "2026-06-15", id: null });
  press("ArrowLeft");
  expect([shown, focus.at]).toEqual([["2026-06-14"], { date: "2026-06-14", id: null }]);
});
test("a job that is gone leaves the keys on its day", () => {
  const { focus } = made(7);
  at(focus, { date: "2026-06-16", id: "gone" });
  expect(focus.stop("2026-06-18")).toEqual({ date: "2026-06-16", id: null });
});
