import { screen, waitFor } from "@testing-library/svelte";
import { expect, test } from "vitest";

import { FakeOffice, officeError } from "$/ipc/fake";

import { openWindow, text } from "../../../../tests/window";
import { desk } from "../job/desk.svelte";

async function opened(office = new FakeOffice()) {
  const made = await openWindow(office, { hash: "#/schedule/week" });
  await waitFor(() => expect(made.app.schedule.data).not.toBeNull());
  await made.user.keyboard("w");
  return made;
}
const cards = () => screen.getAllByTestId("tray-card");

test("opens with a key, goes by arrows, and Enter begins the job of that contract", async () => {
  const { office, user } = await opened();
  await waitFor(() => expect(cards().length).toBeGreaterThan(3));
  cards()[0]!.focus();
  await user.keyboard("{ArrowDown}{ArrowDown}{ArrowUp}");
  expect(document.activeElement).toBe(cards()[1]);
  const { items } = office.board.unscheduled(null);
  await user.keyboard("{Enter}");
  expect(desk.editing).toMatchObject({ seed: { contract_id: items[1]!.contract_id } });
  desk.clear();
});

test("searched in the database; nothing found is not nothing waiting", async () => {
  const { office, user } = await opened();
  await waitFor(() => expect(cards().length).toBeGreaterThan(3));
  await user.type(screen.getByTestId("tray-search"), "zebra");
  await waitFor(() => expect(office.last("unscheduled")).toEqual(["zebra"]));
  expect(text(await screen.findByTestId("nothing-matches"))).toContain("No waiting work");
  await user.click(screen.getByRole("button", { name: "Clear filters" }));
  await waitFor(() => expect(cards().length).toBeGreaterThan(3));
});

test("when every contract has its job it says so", async () => {
  const office = new FakeOffice();
  office.board.contracts = [];
  await opened(office);
  expect(text(await screen.findByTestId("tray-empty"))).toBe("Every approved contract has a job.");
});

test("what another computer schedules goes from the tray; an error keeps what is there", async () => {
  const { office } = await opened();
  await waitFor(() => expect(cards().length).toBeGreaterThan(3));
  const before = cards().length;
  office.failures.set("unscheduled", officeError("no_answer", "It does not answer."));
  office.emit("schedule-changed", null);
  expect(text(await screen.findByTestId("load-error"))).toContain("It does not answer.");
  expect(cards().length).toBe(before);
  office.failures.clear();
  office.board.contracts = office.board.contracts.slice(0, 1);
  office.emit("schedule-changed", null);
  await waitFor(() => expect(screen.queryByTestId("load-error")).toBeNull());
});
