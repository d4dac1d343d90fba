import { expect, test } from "vitest";

import type { InboxQuery } from "./client";
import { FakeOffice, officeError } from "./fake";
import { manyUnread } from "./fake-inbox";

/* Screens are tested against this office; where it would answer wrongly, they would be tested for nothing. */

const QUERY: InboxQuery = {
  show: "all",
  order: "newest",
  search: null,
  types: [],
  min_priority: null,
  expired: true,
  after: null,
  limit: 100,
};

async function every(office: FakeOffice, query: InboxQuery): Promise<string[]> {
  const ids: string[] = [];
  let after: string | null = null;
  do {
    const page = await office.inbox({ ...query, after });
    ids.push(...page.items.map((n) => n.id));
    after = page.next;
  } while (after !== null);
  return ids;
}

test("pages of the inbox hold every row once, in either order", async () => {
  const office = new FakeOffice();
  office.unread = manyUnread();
  const all = office.unread.length + office.archive.length;
  expect(all).toBeGreaterThan(1_000);
  for (const order of ["newest", "priority"] as const) {
    const ids = await every(office, { ...QUERY, order });
    expect([ids.length, new Set(ids).size]).toEqual([all, all]);
  }
});

test("reading moves it from one list to the other, and back", async () => {
  const office = new FakeOffice();
  const [first] = office.unread;
  const unread = async () => (await office.inbox({ ...QUERY, show: "unread" })).items.map((n) => n.id);
  expect(await office.setRead([first!.id], true)).toBe(1);
  expect(await unread()).not.toContain(first!.id);
  expect(await office.setRead([first!.id], false)).toBe(1);
  expect(await unread()).toContain(first!.id);
});

test("a change is undone, and the undoing as well, each once", async () => {
  const office = new FakeOffice();
  const before = await office.company();
  const { change } = await office.saveCompany({ ...before, phone: "1" });
  const undone = await office.undoChange(change!.id);
  expect((await office.company()).phone).toBe(before.phone);
  await expect(office.undoChange(change!.id)).rejects.toMatchObject({ code: "version_conflict" });
  await office.undoChange(undone.change.id);
  expect((await office.company()).phone).toBe("1");
  await expect(office.saveCompany({ ...before, phone: "2" })).rejects.toMatchObject({
    code: officeError("version_conflict", "").code,
  });
});
