import { waitFor } from "@testing-library/svelte";
import { expect, test } from "vitest";

import { FakeOffice, officeError } from "$/ipc/fake";

import { all, find, get, openWindow, shown, text } from "../../../../tests/window";

async function open(office = new FakeOffice()) {
  const there = await openWindow(office, { hash: "#/schedule/outside" });
  await shown("outside");
  return there;
}

/** A cancellation and a new event of the same customer. */
function withMove(office = new FakeOffice()) {
  const { board, desk } = office;
  const fresh = board.jobs.find((job) => job.is_new && job.source === "calendly_webhook")!;
  const old = board.jobs.find((job) => job.status === "canceled")!;
  // Its crew has something else to do at the new time.
  board.elsewhere(old.id, { crews: [], people: [], machines: [] });
  desk.moves = [{ canceled: old.id, new: fresh.id, canceled_at: "2026-06-18T10:58:00Z" }];
  return { office, fresh, old };
}

test("new jobs are looked at one by one or all at once", async () => {
  const { user, office } = await open();
  await shown("outside-new");
  office.board.elsewhere(office.board.jobs.at(-1)!.id, { is_new: true, source: "api" });
  await waitFor(() => expect(all("outside-new")).toHaveLength(3));
  const many = 3;
  expect(text(get("outside"))).toContain("Calendly");
  await user.click(all("looked-at")[0]!);
  await waitFor(() => expect(all("outside-new")).toHaveLength(many - 1));
  expect(office.last("markLookedAt")?.[0]).toHaveLength(1);
  await user.click(get("all-looked-at"));
  await waitFor(() => expect(all("outside-new")).toHaveLength(0));
});

test("what was not kept is there again, and it is said", async () => {
  const { user, office } = await open();
  await shown("outside-new");
  const many = all("outside-new").length;
  office.failures.set("markLookedAt", officeError("internal", "The database took too long."));
  await user.click(all("looked-at")[0]!);
  await waitFor(() => expect(text(get("toast"))).toContain("The database took too long."));
  expect(all("outside-new")).toHaveLength(many);
});

test("the same job, moved: the old one takes the new time, as one step", async () => {
  const { office, fresh, old } = withMove();
  const { user } = await open(office);
  const card = await shown("likely-move");
  expect(text(card)).toContain("look like one move");
  await user.click(get("move-join"));
  await waitFor(() => expect(office.board.jobs.find((job) => job.id === old.id)?.start).toBe(fresh.start));
  expect(text(await shown("toast"))).toContain("Same job, moved to");
  await waitFor(() => expect(find("likely-move")).toBeNull());
});

test("two different jobs: neither is touched", async () => {
  const { office, fresh, old } = withMove();
  const { user } = await open(office);
  await shown("likely-move");
  await user.click(get("move-apart"));
  await waitFor(() => expect(find("likely-move")).toBeNull());
  expect(office.last("markLookedAt")?.[0]).toEqual([fresh.id]);
  expect(office.board.jobs.find((job) => job.id === old.id)?.status).toBe("canceled");
});

test("an unknown name is matched by a suggestion or by choosing, and undone", async () => {
  const { user, office } = await open();
  await shown("unknown");
  const row = all("unknown").find((one) => text(one).includes("the old roller"))!;
  await user.click(row.querySelector("[data-testid=unknown-suggestion]")!);
  await waitFor(() => expect(office.last("matchName")?.slice(0, 2)).toEqual([true, "the old roller"]));
  await waitFor(() => expect(text(get("outside"))).not.toContain("the old roller"));
  await user.click(await shown("toast-undo"));
  await waitFor(() => expect(text(get("outside"))).toContain("the old roller"));
  const bob = all("unknown").find((one) => text(one).includes("Big Bob"))!;
  await user.click(bob.querySelector("[data-testid=unknown-choose]")!);
  expect(text(await shown("match-dialog"))).toContain("Who is “Big Bob”?");
});

test("nothing to look at is said so", async () => {
  const office = new FakeOffice();
  office.board.jobs = office.board.jobs.filter((job) => !job.is_new && job.unknown_names.length === 0);
  await open(office);
  await shown("outside-empty");
});
