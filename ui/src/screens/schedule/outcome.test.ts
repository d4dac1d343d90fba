import { waitFor } from "@testing-library/svelte";
import { expect, test } from "vitest";

import type { ScheduleOutcome } from "$/ipc/client";
import { FakeOffice, officeError } from "$/ipc/fake";
import { shown as asShown } from "$/ipc/fake-judge";

import { all, find, get, gone, openWindow, shown, text } from "../../../tests/window";
import { settle, type Attempt } from "./outcome.svelte";

type Given = Parameters<Attempt>[0];

/** Answers in turn what it is told to, and notes what it was given. */
function answering(...answers: (ScheduleOutcome | Error)[]) {
  const given: Given[] = [];
  const attempt: Attempt = async (now) => {
    given.push(structuredClone(now));
    const answer = answers[given.length - 1];
    if (!answer) throw new Error("asked too often");
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { attempt, given };
}

function outcomes(office: FakeOffice) {
  const [job, other] = office.board.jobs;
  const clashes: ScheduleOutcome = {
    kind: "clashes",
    clashes: ["Luis Bailey", "Roller 2"].map((resource_name, n) => ({
      job_id: job!.id,
      resource_kind: n === 0 ? "person" : "machine",
      resource_id: office.board.people[n]!.id,
      resource_name,
      other_job_id: other!.id,
      other_customer: "Harbor Freight",
      other_address: "12 Oak St",
      other_start: "2026-06-18T11:00:00Z",
      other_end: "2026-06-18T19:00:00Z",
      other_status: "confirmed",
    })),
  };
  const done: ScheduleOutcome = {
    kind: "done",
    change: { id: office.changes.all[0]!.id, summary: "Job moved", can_undo: true, wrote: [] },
    jobs: [],
  };
  const changed: ScheduleOutcome = {
    kind: "changed",
    jobs: [{ ...asShown(job!), version: 7, customer: "Smith & Sons <Lot 4>" }],
    missing: [],
    by: "Priya Raman",
  };
  const wanted = { title: "Job moved to Thu, Jun 11", jobs: new Map([[job!.id, "Thu, Jun 11, 6:00 AM"]]) };
  return { clashes, done, changed, wanted, job: job!, other: other! };
}

async function open() {
  const office = new FakeOffice();
  return { ...(await openWindow(office)), ...outcomes(office) };
}

test("what is saved is told, with Undo", async () => {
  const { done, wanted, app } = await open();
  const { attempt, given } = answering(done);
  expect(await settle(attempt, wanted)).toBe("done");
  expect(given).toEqual([{ overrideReason: null, versions: null, reason: null }]);
  expect(text(await shown("toast"))).toContain("Job moved to Thu, Jun 11");
  expect(app.undo.undoLabel).toBe("Job moved");
});

test("a clash names the other job; choosing another time saves nothing", async () => {
  const { clashes, wanted, user } = await open();
  const { attempt, given } = answering(clashes);
  const end = settle(attempt, wanted);
  // Names are isolated from the sentence around them.
  const words = text(await shown("clashing")).replace(/[\u2068\u2069]/g, "");
  expect(words).toContain("Luis Bailey and Roller 2 are already on Harbor Freight, 12 Oak St");
  expect(words).toContain("Today, 6:00 AM – 2:00 PM");
  await waitFor(() => expect(document.activeElement).toBe(get("clash-back")));
  await user.keyboard("{Enter}");
  expect(await end).toBe("given_up");
  expect(given).toHaveLength(1);
  await gone("clash-dialog");
});

test("Escape lets it be, too", async () => {
  const { clashes, wanted, user } = await open();
  const end = settle(answering(clashes).attempt, wanted);
  await shown("clash-dialog");
  await user.keyboard("{Escape}");
  expect(await end).toBe("given_up");
});

test("booking anyway wants a reason, and the same is tried with it", async () => {
  const { clashes, done, wanted, user } = await open();
  const { attempt, given } = answering(clashes, done);
  const end = settle(attempt, wanted);
  await user.click(await shown("clash-ahead"));
  await user.click(get("clash-book"));
  await waitFor(() =>
    expect(text(get("clash-dialog"))).toContain("Say in a few words why both can be done."),
  );
  expect(given).toHaveLength(1);
  await user.click(all("reason-chip")[0]!);
  await user.keyboard(" only");
  // What the button promises holds wherever in the dialog the focus is.
  get("clash-back").focus();
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect(await end).toBe("done");
  expect(given[1]?.overrideReason).toBe("They help out for an hour only");
});

test("the other job opens, and nothing is saved", async () => {
  const { clashes, wanted, user, app, other } = await open();
  const end = settle(answering(clashes).attempt, wanted);
  await user.click(await shown("clashing-job"));
  expect(await end).toBe("given_up");
  await waitFor(() => expect(app.router.route.open).toEqual({ kind: "job", id: other.id }));
});

test("somebody was quicker: both are shown, and theirs stays", async () => {
  const { changed, wanted, user } = await open();
  const end = settle(answering(changed).attempt, wanted);
  const words = text(await shown("changed-dialog"));
  for (const word of ["Priya Raman", "Smith & Sons <Lot 4>", "Thu, Jun 11, 6:00 AM", "What is there now"])
    expect(words).toContain(word);
  await waitFor(() => expect(document.activeElement).toBe(get("changed-theirs")));
  await user.keyboard("{Enter}");
  expect(await end).toBe("given_up");
});

test("mine after all: the same with the new versions, and clashes are asked about after that", async () => {
  const { changed, clashes, done, wanted, user, job } = await open();
  const { attempt, given } = answering(changed, clashes, done);
  const end = settle(attempt, wanted);
  await user.click(await shown("changed-mine"));
  await user.click(await shown("clash-ahead"));
  await user.click(all("reason-chip")[0]!);
  await user.click(get("clash-book"));
  expect(await end).toBe("done");
  expect(given[1]).toMatchObject({ overrideReason: null, versions: new Map([[job.id, 7]]) });
  expect(given[2]).toMatchObject({ versions: new Map([[job.id, 7]]) });
  expect(given[2]?.overrideReason).not.toBeNull();
});

test("what is gone cannot be changed over anybody", async () => {
  const { changed, wanted, user, job } = await open();
  const missing = { ...changed, missing: [job.id] } as ScheduleOutcome;
  const end = settle(answering(missing).attempt, wanted);
  await shown("changed-dialog");
  expect(find("changed-mine")).toBeNull();
  await user.click(get("changed-theirs"));
  expect(await end).toBe("given_up");
});

test("a reason the office asks for is asked for once", async () => {
  const { done, wanted, user } = await open();
  const refusal = officeError("invalid", "The customer was told the old time.", { field: "reason" });
  const { attempt, given } = answering(refusal, done);
  const end = settle(attempt, wanted);
  expect(text(await shown("reason-dialog"))).toContain("The customer was told the old time.");
  await user.keyboard("Rain{Control>}{Enter}{/Control}");
  expect(await end).toBe("done");
  expect(given[1]?.reason).toBe("Rain");
});

test("an error says that nothing was changed, and is not thrown", async () => {
  const { wanted } = await open();
  const { attempt } = answering(officeError("not_connected", "The office database does not answer."));
  expect(await settle(attempt, wanted)).toBe("given_up");
  await waitFor(() => expect(text(get("toast"))).toContain("The office database does not answer."));
});

test("two changes at the same time are asked about one after the other", async () => {
  const { clashes, changed, wanted, user } = await open();
  const first = settle(answering(clashes).attempt, wanted);
  const second = settle(answering(changed).attempt, wanted);
  await shown("clash-dialog");
  expect(find("changed-dialog")).toBeNull();
  await user.keyboard("{Escape}");
  expect(await first).toBe("given_up");
  await user.click(await shown("changed-theirs"));
  expect(await second).toBe("given_up");
});
