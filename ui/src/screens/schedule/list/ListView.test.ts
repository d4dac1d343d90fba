import { expect, test } from "vitest";

import { FakeOffice, officeError } from "$/ipc/fake";

import { gone, openWindow, shown } from "../../../../tests/window";

test("the list comes back by itself when the office answers again", async () => {
  const office = new FakeOffice();
  office.failures.set("jobList", officeError("no_answer", "It does not answer."));
  const { app } = await openWindow(office, { hash: "#/schedule/list" });
  await shown("load-error");
  office.failures.clear();
  app.refresh();
  await gone("load-error");
  await shown("list-grid");
  const asked = office.count("jobList");
  office.emit("schedule-changed", null);
  await expect.poll(() => office.count("jobList")).toBeGreaterThan(asked);
});
