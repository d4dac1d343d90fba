import { render } from "@testing-library/svelte";
import { expect, test } from "vitest";

import { FakeOffice } from "$/ipc/fake";
import { at, ZONE } from "$/ipc/fake-data";
import type { JobLine } from "$/ipc/client";

import { text } from "../../../../tests/window";
import ListCell from "./ListCell.svelte";

const TODAY = "2026-06-18";

function when(start: string, end: string, byDay: boolean): string {
  const [job] = new FakeOffice().board.jobs;
  const line = {
    group: start.slice(0, 10),
    job: { ...job!, start, end },
    crew_names: [],
  } as unknown as JobLine;
  const { container, unmount } = render(ListCell, { line, column: "when", zone: ZONE, today: TODAY, byDay });
  const said = text(container);
  unmount();
  return said;
}

test("a time says whether it is the beginning or the end", () => {
  expect(when(at(7), at(15, 30), true)).toBe("7 AM – 3:30 PM");
  expect(when(at(7), at(15, 30), false)).toBe("Today, 7 AM – 3:30 PM");
  expect(when(at(6), at(15, 0, 4), true)).toBe("6 AM – Mon 3 PM");
  expect(when(at(6), at(15, 0, 4), false)).toBe("Jun 18, 6 AM – Jun 22");
  // The same day of the week as it began on says nothing.
  expect(when(at(6), at(15, 0, 7), true)).toBe("6 AM – Jun 25, 3 PM");
  // What ends at midnight is not on the day that begins then.
  expect(when(at(18), at(0, 0, 1), true)).toBe("6 PM – 12 AM");
  expect(when(at(6), at(0, 0, 2), true)).toBe("6 AM – Sat 12 AM");
  expect(when(at(6), at(0, 0, 2), false)).toBe("Jun 18, 6 AM – Jun 19");
});
