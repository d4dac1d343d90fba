import { waitFor } from "@testing-library/svelte";
import { expect, test } from "vitest";

import { FakeOffice, officeError } from "$/ipc/fake";
import { estimateDetail, uuid } from "$/ipc/fake-data";

import { all, find, gate, get, gone, openWindow, shown, text } from "../../../tests/window";

const open = (kind: string, n: number, office = new FakeOffice()) =>
  openWindow(office, { hash: `#/today?open=${kind}:${uuid(n)}` });

test("a customer with its numbers to copy, and what hangs on it", async () => {
  await open("customer", 601);
  await shown("sheet-section");
  const words = text(get("detail-panel"));
  for (const word of ["Customer", "Dorothy Kessler", "(630) 555-0142", "77 Birch Ln", "Mon, Apr 12, 2021"])
    expect(words).toContain(word);
  expect(document.querySelector("[aria-label='Copy phone']")).not.toBeNull();
  expect(all("sheet-section").map(text)[1]).toContain("Jobs 12");
  expect(all("sheet-section").map(text)[2]).toBe("Contracts None.");
});

test("money, days and states are shown as such; a name leads on, and Back comes back", async () => {
  const { user } = await open("contract", 701);
  await shown("sheet-section");
  const words = text(get("detail-panel"));
  for (const word of ["$48,250", "$12,400", "Active", "Commercial"]) expect(words).toContain(word);
  await user.click(get("sheet-link"));
  await shown("detail-panel", "[data-kind=customer]");
  await shown("sheet-item");
  await user.click(get("sheet-item"));
  await shown("detail-panel", "[data-kind=estimate]");
  await user.click(get("detail-back"));
  await shown("detail-panel", "[data-kind=customer]");
  await user.click(await shown("detail-back"));
  await shown("detail-panel", "[data-kind=contract]");
  expect(find("detail-back")).toBeNull();
  await user.keyboard("{Escape}");
  await gone("detail-panel");
});

test.each([
  ["crew", 900, "Ray Castillo"],
  ["person", 801, "With us since"],
  ["machine", 867, "Sealcoat tank 2"],
])("a %s", async (kind, n, word) => {
  await open(kind, n);
  await waitFor(() => expect(text(get("detail-panel"))).toContain(word));
});

test("what is gone says so; what is not allowed says who can allow it", async () => {
  const { office, app } = await open("customer", 999);
  await waitFor(() => expect(text(get("detail-panel"))).toContain("not in the database any more"));
  office.failures.set("record", officeError("rights_missing", "This login may not see customers."));
  app.open({ kind: "customer", id: uuid(602) });
  await waitFor(() => expect(text(get("no-permission"))).toContain("may not see customers"));
});

const field = () => get("notes").querySelector("textarea")!;

test("notes are changed where they stand, and back again with Undo", async () => {
  const { user, office } = await open("estimate", 301);
  await user.click(await shown("notes-edit"));
  await waitFor(() => expect(document.activeElement).toBe(field()));
  await user.clear(field());
  await user.type(field(), "Gate code 4711");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await waitFor(() => expect(office.last("saveEstimateNotes")).toEqual([uuid(301), "Gate code 4711", 1]));
  await waitFor(() => expect(text(get("notes"))).toContain("Gate code 4711"));
  expect(find("notes-form")).toBeNull();
  await waitFor(() => expect(document.activeElement).toBe(get("notes-edit")));
  await user.keyboard("{Control>}z{/Control}");
  await waitFor(() => expect(text(get("notes"))).toContain("Prefers a call after 4 PM."));
});

test("notes cannot be begun while the office database does not answer, and say why", async () => {
  const { user, office } = await open("estimate", 301);
  await shown("notes-edit");
  office.emit("connection-changed", {
    kind: "offline",
    since: "2026-06-18T12:42:00Z",
    error: { code: "no_answer", message: "It does not answer.", field: null, details: null },
  });
  await waitFor(() => expect(get("notes-edit").getAttribute("aria-disabled")).toBe("true"));
  expect(get("notes-edit").title).toContain("does not answer");
  await user.click(get("notes-edit"));
  expect(find("notes-form")).toBeNull();
});

test("in the field Ctrl+Z belongs to the text, and what is typed survives leaving", async () => {
  const { app, user, office } = await open("estimate", 301);
  app.undo.pushChange({ id: office.changes.all[0]!.id, summary: "Something", can_undo: true, wrote: [] });
  await user.click(await shown("notes-edit"));
  await user.type(field(), " Half");
  await user.keyboard("{Control>}z{/Control}");
  expect(office.count("undoChange")).toBe(0);
  app.open({ kind: "estimate", id: uuid(302) });
  await shown("detail-panel", `[data-id="${uuid(302)}"]`);
  app.open({ kind: "estimate", id: uuid(301) });
  await shown("draft-note");
  expect(field().value).toContain("Half");
});

test("notes saved, taken back and written again at once are nobody else's", async () => {
  const { app, user, office } = await open("estimate", 301);
  await user.click(await shown("notes-edit"));
  await user.clear(field());
  await user.type(field(), "First");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await gone("notes-form");
  await user.click(await shown("notes-edit"));
  await user.type(field(), ", and more");
  const { closed, open: go } = gate();
  office.gates.set("estimate", closed);
  await app.undo.undo();
  await user.keyboard("{Control>}{Enter}{/Control}");
  go();
  await waitFor(() => expect(office.estimates.get(uuid(301))?.notes).toBe("First, and more"));
  expect(find("conflicts")).toBeNull();
});

test("two people wrote notes: both are shown and one is chosen", async () => {
  const { user, office } = await open("estimate", 301);
  await user.click(await shown("notes-edit"));
  await user.clear(field());
  await user.type(field(), "Mine");
  office.estimates.set(uuid(301), estimateDetail(uuid(301), { notes: "Theirs", version: 7 }));
  await user.keyboard("{Control>}{Enter}{/Control}");
  const words = text(await shown("conflicts"));
  expect([words.includes("Mine"), words.includes("Theirs")]).toEqual([true, true]);
  await user.click(get("conflicts").querySelector("[aria-label^='Keep mine']")!);
  await user.click(get("notes-form-save"));
  await waitFor(() => expect(office.estimates.get(uuid(301))?.notes).toBe("Mine"));
});
