import { waitFor } from "@testing-library/svelte";
import { expect, test } from "vitest";

import type { JobInput } from "$/ipc/client";
import { FakeOffice, officeError } from "$/ipc/fake";
import { dropDraft, readDraft, writeDraft } from "$/lib/drafts";

import { all, find, gate, get, gone, openWindow, settle, shown, text } from "../../../../tests/window";
import { becomeStatus, desk, editJob, moveTo, newJob, whoIs } from "./desk.svelte";

const ctrlEnter = "{Control>}{Enter}{/Control}";
const input = (field: string) => document.querySelector<HTMLInputElement>(`#${field}`)!;
const now = (office: FakeOffice, id: string) => office.board.jobs.find((job) => job.id === id)!;

async function open() {
  const office = new FakeOffice();
  const job = office.board.jobs.find(
    (one) =>
      one.status === "scheduled" && one.crews.length > 0 && one.clashes === 0 && one.start > "2026-06-19",
  )!;
  return { ...(await openWindow(office)), job };
}

async function editor() {
  const there = await open();
  editJob(there.job.id);
  await shown("job-form");
  return there;
}

test("a job is entered by keyboard alone, and undone", async () => {
  const { office, user } = await open();
  const before = office.board.jobs.length;
  newJob();
  await waitFor(() => expect(document.activeElement).toBe(get("contract-search")));
  await user.keyboard("harbor");
  await shown("contract-choice");
  await user.keyboard("{Enter}");
  expect(text(await shown("contract"))).toContain("Harbor Freight");
  // Its address comes along.
  expect(input("job-address").value).toContain(", IL");
  input("job-start-date").focus();
  await user.clear(input("job-start-date"));
  await user.keyboard("jun 29{Tab}");
  input("job-start-time").focus();
  await user.clear(input("job-start-time"));
  await user.keyboard("7:30{Tab}");
  await user.keyboard(ctrlEnter);
  await waitFor(() => expect(office.board.jobs).toHaveLength(before + 1));
  await gone("job-editor");
  const [made] = office.last("createJob") as [JobInput];
  expect(made).toMatchObject({ start: "2026-06-29T12:30:00.000Z", end: "2026-06-29T20:30:00.000Z" });
  await user.keyboard("{Control>}z{/Control}");
  await waitFor(() => expect(office.count("undoChange")).toBe(1));
});

test("Enter chooses what was typed, not what was found for less of it", async () => {
  const { office, user } = await open();
  newJob();
  await waitFor(() => expect(document.activeElement).toBe(get("contract-search")));
  await user.keyboard("{ArrowDown}");
  await waitFor(() => expect(all("contract-choice").length).toBeGreaterThan(1));
  const last = office.board.contracts.at(-1)!;
  expect(get("contract-choice").dataset.id).not.toBe(last.id);
  // The list is still that of everything.
  await user.paste(last.customer);
  await user.keyboard("{Enter}");
  expect(text(await shown("contract"))).toContain(last.customer);
  expect(find("contract-choice")).toBeNull();
});

test("the end follows the start, the length the end, the end the length", async () => {
  const { user } = await editor();
  const [start, end, length] = ["job-start-time", "job-end-time", "field-length"].map(input) as [
    HTMLInputElement,
    HTMLInputElement,
    HTMLInputElement,
  ];
  const set = async (field: HTMLInputElement, typed: string) => {
    field.focus();
    await user.clear(field);
    await user.keyboard(`${typed}{Tab}`);
  };
  await set(start, "6am");
  await set(length, "8");
  expect(end.value).toBe("2:00 PM");
  await set(start, "7:15");
  expect(end.value).toBe("3:15 PM");
  await set(end, "5p");
  expect(length.value).toBe("9 h 45 min");
  // Overnight: nobody types the next day.
  await set(start, "10pm");
  await set(end, "6am");
  expect(length.value).toBe("8 h");
  expect(text(get("when"))).toContain("Overnight");
});

test("work over several days is laid out around the weekend", async () => {
  const { user } = await editor();
  const date = input("job-start-date");
  date.focus();
  await user.clear(date);
  await user.keyboard("jun 25{Tab}6am{Tab}");
  const length = input("field-length");
  length.focus();
  await user.clear(length);
  await user.keyboard("3 days{Tab}");
  await waitFor(() => expect(input("job-end-date").value).toContain("Jun 29"));
  expect(text(get("over-days"))).toBe("Over 3 days: Thu, Jun 25; Fri, Jun 26; Mon, Jun 29.");
});

test("another start takes its work along, around the days off", async () => {
  const { user } = await editor();
  const set = async (field: string, typed: string) => {
    input(field).focus();
    await user.clear(input(field));
    await user.keyboard(`${typed}{Tab}`);
  };
  await set("job-start-date", "jun 25");
  await set("job-start-time", "6am");
  await set("field-length", "2 days");
  await waitFor(() => expect(input("job-end-date").value).toContain("Jun 26"));
  const until = input("job-end-time").value;
  // Read as Saturday on the way to Friday.
  await set("job-start-date", "jun 26");
  await waitFor(() => expect(input("job-end-date").value).toContain("Jun 29"));
  expect(input("job-end-time").value).toBe(until);
  await set("job-start-time", "6:30");
  expect(input("job-end-date").value).toContain("Jun 29");
});

test("days off that are not skipped are days of work, and none is lost", async () => {
  const { user } = await editor();
  const set = async (field: string, typed: string) => {
    input(field).focus();
    await user.clear(input(field));
    await user.keyboard(`${typed}{Tab}`);
  };
  await set("job-start-date", "jun 26");
  await set("job-start-time", "6am");
  await set("field-length", "3 days");
  await waitFor(() => expect(text(get("over-days"))).toContain("Fri, Jun 26; Mon, Jun 29; Tue, Jun 30"));
  const skipping = () =>
    [...document.querySelectorAll("label")].find((one) => text(one).includes("Skip days"))!;
  await user.click(skipping());
  await waitFor(() =>
    expect(text(get("over-days"))).toBe("Over 3 days: Fri, Jun 26; Sat, Jun 27; Sun, Jun 28."),
  );
  await user.click(skipping());
  await waitFor(() =>
    expect(text(get("over-days"))).toBe("Over 3 days: Fri, Jun 26; Mon, Jun 29; Tue, Jun 30."),
  );
});

test("what is saved at once has the end that was still being worked out", async () => {
  const { office, user } = await editor();
  office.board.jobs = office.board.jobs.filter((one) => one.id === office.last("jobEdit")?.[0]);
  input("job-start-date").focus();
  await user.clear(input("job-start-date"));
  await user.keyboard("jun 25{Tab}6am{Tab}");
  const slow = gate();
  office.gates.set("jobSpan", slow.closed);
  input("field-length").focus();
  await user.clear(input("field-length"));
  await user.keyboard(`3 days${ctrlEnter}`);
  await waitFor(() => expect(office.count("jobSpan")).toBeGreaterThan(0));
  expect(office.count("saveJob")).toBe(0);
  slow.open();
  await waitFor(() => expect((office.last("saveJob")?.[2] as JobInput).end.slice(0, 10)).toBe("2026-06-29"));
});

test("a time the clocks skip is moved, and it is said", async () => {
  const { user } = await editor();
  const date = input("job-start-date");
  date.focus();
  await user.clear(date);
  await user.keyboard("3/14/2027{Tab}");
  const time = input("job-start-time");
  time.focus();
  await user.clear(time);
  await user.keyboard("2:30 am{Tab}");
  expect(text(await shown("job-start-note"))).toContain("2:30 AM does not exist, so it is 3:30 AM");
  await waitFor(() => expect(time.value).toBe("3:30 AM"));
});

test("what is wrong is said at its field, and the first one has the focus", async () => {
  const { user, office } = await editor();
  const address = input("job-address");
  await user.clear(address);
  await user.keyboard(ctrlEnter);
  await waitFor(() => expect(document.activeElement).toBe(address));
  expect(text(get("job-form"))).toContain("Enter where the work is.");
  expect(office.count("saveJob")).toBe(0);
});

test("what is typed survives leaving, and can be discarded", async () => {
  const { user, job } = await editor();
  await user.type(input("job-instructions"), " Ring first.");
  await user.keyboard("{Escape}");
  await gone("job-editor");
  expect(text(await shown("toast"))).toContain("What you typed is kept");
  editJob(job.id);
  await shown("draft-note");
  expect(input("job-instructions").value).toContain("Ring first.");
  await user.click(get("draft-discard"));
  expect(input("job-instructions").value).not.toContain("Ring first.");
});

test("a second new job does not take the first one's place", async () => {
  const { user } = await open();
  newJob();
  await shown("job-form");
  await user.type(input("job-address"), "First St");
  await user.keyboard("{Escape}");
  await gone("job-editor");
  newJob({ start: "2026-06-25T11:00:00Z", end: "2026-06-25T19:00:00Z" });
  await shown("begun");
  expect(input("job-address").value).toBe("");
  await user.click(get("begun-open"));
  await waitFor(() => expect(input("job-address").value).toBe("First St"));
});

test("when five are begun the next one is empty all the same, and it is said which one goes", async () => {
  await open();
  const slots = ["new", "new-2", "new-3", "new-4", "new-5"];
  for (const [n, slot] of slots.entries())
    writeDraft("job", slot, {
      ...{ version: null, at: new Date(Date.now() - (5 - n) * 60_000).toISOString() },
      base: { address: "" },
      values: { address: `${n} Elm St` },
    });
  newJob({ start: "2026-06-25T11:00:00Z", end: "2026-06-25T19:00:00Z" });
  await shown("job-form");
  expect([input("job-address").value, find("draft-note")]).toEqual(["", null]);
  const words = text(await shown("toast")).replace(/[\u2068\u2069]/g, "");
  expect(words).toContain(
    "The oldest of five jobs that were begun and not entered is gone. It was at 0 Elm St.",
  );
  expect(slots.map((slot) => readDraft("job", slot) !== null)).toEqual([false, true, true, true, true]);
  for (const slot of slots) dropDraft("job", slot);
});

test("somebody else changed the same field: both are shown, one is chosen", async () => {
  const { user, office, job } = await editor();
  const field = input("job-instructions");
  await user.clear(field);
  await user.type(field, "Mine");
  office.board.elsewhere(job.id, { instructions: "Theirs", priority: 5 });
  const words = text(await shown("conflicts"));
  for (const word of ["Mine", "Theirs"]) expect(words).toContain(word);
  await user.click(get("conflicts").querySelector("[aria-label^='Keep mine']")!);
  await waitFor(() => expect(document.activeElement).toBe(get("job-form-save")));
  await user.keyboard(ctrlEnter);
  await waitFor(() => expect(now(office, job.id).instructions).toBe("Mine"));
  // What only they changed is theirs.
  expect(now(office, job.id).priority).toBe(5);
});

test("a save that is too late takes over what only others changed and goes on", async () => {
  const { user, office, job } = await editor();
  await user.type(input("job-instructions"), " Mine.");
  // Unheard: the event was lost.
  const changed = office.board.changed;
  office.board.changed = () => undefined;
  office.board.elsewhere(job.id, { priority: 5 });
  office.board.changed = changed;
  await user.keyboard(ctrlEnter);
  await waitFor(() => expect(now(office, job.id).instructions).toContain("Mine."));
  expect(now(office, job.id).priority).toBe(5);
});

test("what was undone under the open editor goes back in it, what is typed stays, and nobody is asked", async () => {
  const { app, user, office, job } = await open();
  const edit = await app.office.jobEdit(job.id);
  const changes = { ...edit.input, instructions: "Gate code 4711", priority: 5 };
  const saved = await app.office.saveJob(job.id, edit.version, changes, null, null);
  if (saved.kind !== "done") throw new Error(saved.kind);
  app.undo.pushChange(saved.change!);
  editJob(job.id);
  await shown("job-form");
  await user.clear(input("job-instructions"));
  await user.type(input("job-instructions"), "Ring twice");
  // The undo is answered, and the editor has not read the job again.
  const { closed, open: go } = gate();
  office.gates.set("jobEdit", closed);
  await app.undo.undo();
  await user.keyboard(ctrlEnter);
  go();
  await waitFor(() => expect(now(office, job.id).instructions).toBe("Ring twice"));
  expect(now(office, job.id).priority).toBe(edit.input.priority);
  expect(find("conflicts")).toBeNull();
  expect(find("changed-dialog")).toBeNull();
});

test("a clash is seen while it is typed, and booked anyway with a reason", async () => {
  const { user, office, job } = await editor();
  const busy = office.board.jobs.find(
    (one) =>
      one.start >= job.start &&
      one.start.slice(0, 10) === job.start.slice(0, 10) &&
      one.id !== job.id &&
      one.crews.length > 0 &&
      one.crews[0] !== job.crews[0] &&
      one.status !== "canceled",
  )!;
  const crew = office.board.crews.find((one) => one.id === busy.crews[0])!;
  await user.type(document.querySelector("[data-field=crew] input")!, crew.name);
  await waitFor(() => expect(document.querySelector("[role=option]")).not.toBeNull());
  await user.keyboard("{Enter}");
  expect(text(await shown("would-clash"))).toContain("already on");
  await user.keyboard("{Escape}");
  await user.keyboard(ctrlEnter);
  await user.click(await shown("clash-ahead"));
  await user.keyboard(`Same yard${ctrlEnter}`);
  await waitFor(() => expect(office.last("saveJob")?.[4]).toBe("Same yard"));
  await gone("job-editor");
});

test("choosing another time leads to the start, with what is in the way", async () => {
  const { user, office, job } = await editor();
  const busy = office.board.jobs.find(
    (one) =>
      one.id !== job.id && one.crews[0] === job.crews[0] && one.status === "scheduled" && one.start > job.end,
  )!;
  office.board.elsewhere(busy.id, { start: job.start, end: job.end });
  await user.type(input("job-instructions"), " More.");
  office.board.elsewhere(busy.id, { crews: [], people: [], machines: [] });
  expect(busy.crews.length).toBe(1);
  // Somebody puts the crew there again in the same second.
  const check = office.desk.saveJob;
  office.desk.saveJob = (...args) => {
    office.desk.saveJob = check;
    return {
      kind: "clashes",
      clashes: [
        {
          job_id: args[0],
          ...{ resource_kind: "person", resource_id: "x", resource_name: "Walt Brennan" },
          ...{ other_job_id: busy.id, other_customer: "Harbor Freight", other_address: "12 Oak St" },
          ...{ other_start: job.start, other_end: job.end, other_status: "scheduled" },
        },
      ],
    };
  };
  await user.keyboard(ctrlEnter);
  await user.click(await shown("clash-back"));
  await waitFor(() =>
    expect(text(get("when")).replace(/[\u2068\u2069]/g, "")).toContain(
      "Choose another time: Walt Brennan is on Harbor Freight",
    ),
  );
  await waitFor(() => expect(document.activeElement).toBe(input("job-start-date")));
});

test("a name nobody knows is matched where it stands", async () => {
  const { office, user } = await open();
  const job = office.board.jobs.find((one) => one.unknown_names.length > 0)!;
  editJob(job.id);
  await shown("job-form");
  await user.click(all("who-is-this")[0]!);
  await shown("match-dialog");
  await waitFor(() => expect(office.count("schedule")).toBeGreaterThan(0));
  await user.click(get("match-dialog").querySelector("[role=combobox]")!);
  await waitFor(() => expect(document.querySelector("[role=option]")).not.toBeNull());
  await user.keyboard("Okafor{Enter}");
  await user.click(get("match-go"));
  await gone("match-dialog");
  expect(office.last("matchName")?.slice(0, 2)).toEqual([false, "Big Bob"]);
  await waitFor(() => expect(all("resource-chip").map(text).join()).toContain("Sam Okafor"));
});

test("who there is could not be read: it is said, and asked again", async () => {
  const { office, user } = await open();
  office.failures.set("schedule", officeError("no_answer", "It does not answer."));
  whoIs({ written: "Big Bob", machine: false, ambiguous: false, suggestions: [] });
  const dialog = await shown("match-dialog");
  await waitFor(() => expect(text(dialog)).toContain("It does not answer."));
  office.failures.clear();
  await user.click([...dialog.querySelectorAll("button")].find((one) => text(one).includes("again"))!);
  await waitFor(() => expect(text(dialog)).not.toContain("It does not answer."));
  desk.matching = null;
});

test("a job is canceled with a reason, by keyboard", async () => {
  const { office, user, job } = await open();
  becomeStatus([job.id], "canceled");
  await waitFor(() => expect(document.activeElement?.tagName).toBe("TEXTAREA"));
  await user.keyboard(ctrlEnter);
  await waitFor(() => expect(text(get("status-dialog"))).toContain("Say in a few words why."));
  await user.keyboard(`Rain${ctrlEnter}`);
  await waitFor(() => expect(now(office, job.id).status).toBe("canceled"));
  expect(office.last("setJobStatus")?.[2]).toBe("Rain");
});

test("what needs no reason is done at once", async () => {
  const { office, job } = await open();
  becomeStatus([job.id], "confirmed");
  await waitFor(() => expect(now(office, job.id).status).toBe("confirmed"));
  expect(find("status-dialog")).toBeNull();
  expect(text(await shown("toast"))).toContain("Job confirmed");
});

test("while it is saved the dialog stays, and its end closes no other one", async () => {
  const { office, user, job } = await open();
  office.board.jobs = office.board.jobs.filter((one) => one.id === job.id);
  becomeStatus([job.id], "canceled");
  await waitFor(() => expect(document.activeElement?.tagName).toBe("TEXTAREA"));
  const [status, move] = [gate(), gate()];
  office.gates.set("setJobStatus", status.closed);
  office.gates.set("moveJobs", move.closed);
  await user.keyboard(`Rain${ctrlEnter}`);
  await user.click(get("status-leave"));
  expect(find("status-dialog")).not.toBeNull();
  status.open();
  await gone("status-dialog");
  moveTo([job.id]);
  await shown("move-preview");
  await user.clear(get("move-date").querySelector("input")!);
  await user.type(get("move-date").querySelector("input")!, `7/14${ctrlEnter}`);
  await waitFor(() => expect(office.count("moveJobs")).toBe(1));
  await user.click(get("move-cancel"));
  expect(find("move-dialog")).not.toBeNull();
  // Another one takes its place meanwhile.
  const other = { jobs: [job.id], seen: new Map() };
  desk.moving = other;
  move.open();
  await waitFor(() => expect(now(office, job.id).start.slice(0, 10)).toBe("2026-07-14"));
  await settle();
  expect(desk.moving).toBe(other);
});

test("what somebody else changed a second ago, unseen, is not written over", async () => {
  const { app, office, user, job } = await open();
  const shownDay = job.start.slice(0, 10);
  app.router.go({ screen: "schedule", tab: null, filters: `date=${shownDay}`, open: null });
  await waitFor(() => expect(app.schedule.job(job.id)).not.toBeNull());
  // Unheard as yet.
  const changed = office.board.changed;
  office.board.changed = () => undefined;
  office.board.elsewhere(job.id, { start: "2026-07-09T11:00:00.000Z", end: "2026-07-09T15:00:00.000Z" });
  office.board.changed = changed;
  app.schedule.setStatus([job.id], "confirmed");
  expect(text(await shown("changed-dialog"))).toContain("Priya Raman changed this job meanwhile");
  expect(now(office, job.id).status).toBe("scheduled");
  await user.click(get("changed-theirs"));
  await gone("changed-dialog");
  expect(desk.becoming).toBeNull();
  moveTo([job.id], new Map([[job.id, job.version]]));
  await shown("move-preview");
  await user.clear(get("move-date").querySelector("input")!);
  await user.type(get("move-date").querySelector("input")!, `7/14${ctrlEnter}`);
  await shown("changed-dialog");
  await user.click(get("changed-mine"));
  await waitFor(() => expect(now(office, job.id).start.slice(0, 10)).toBe("2026-07-14"));
});

test("several jobs move by days and say first what would follow", async () => {
  const { office, user, job } = await open();
  const other = office.board.jobs.find((one) => one.start > job.end && one.status === "scheduled")!;
  moveTo([job.id, other.id]);
  await shown("move-line");
  expect(all("move-line")).toHaveLength(2);
  await waitFor(() => expect(text(get("move-verdict"))).not.toBe(""));
  await user.click(get("move-go"));
  if (await waitFor(() => find("clash-ahead") ?? find("toast"))) {
    const ahead = find("clash-ahead");
    if (ahead) {
      await user.click(ahead);
      await user.keyboard(`Both fit${ctrlEnter}`);
    }
  }
  await waitFor(() => expect(now(office, job.id).start > job.start).toBe(true));
});

test("what was typed a moment ago is where it goes", async () => {
  const { office, user, job } = await open();
  office.board.jobs = office.board.jobs.filter((one) => one.id === job.id);
  moveTo([job.id]);
  await waitFor(() => expect(document.activeElement?.closest("[data-testid=move-date]")).not.toBeNull());
  await user.clear(document.activeElement!);
  await user.keyboard(`7/14${ctrlEnter}`);
  await waitFor(() => expect(now(office, job.id).start.slice(0, 10)).toBe("2026-07-14"));
});

test("who was quicker is named, and mine goes over it only when that is chosen", async () => {
  const { office, user, job } = await open();
  office.board.jobs = office.board.jobs.filter((one) => one.id === job.id);
  moveTo([job.id]);
  await shown("move-preview");
  office.board.elsewhere(job.id, { start: "2026-07-09T11:00:00.000Z", end: "2026-07-09T15:00:00.000Z" });
  const date = get("move-date").querySelector("input")!;
  await user.clear(date);
  await user.type(date, "7/14");
  await user.keyboard(ctrlEnter);
  expect(text(await shown("changed-dialog"))).toContain("Priya Raman changed this job meanwhile");
  await user.click(get("changed-mine"));
  await waitFor(() => expect(now(office, job.id).start.slice(0, 10)).toBe("2026-07-14"));
});

test("a date that is not understood moves nothing", async () => {
  const { office, user, job } = await open();
  moveTo([job.id]);
  await shown("move-preview");
  const date = get("move-date").querySelector("input")!;
  await user.clear(date);
  await user.type(date, "someday{Tab}");
  await user.click(get("move-go"));
  expect(text(get("move-dialog"))).toContain("Enter a date");
  expect(office.count("moveJobs")).toBe(0);
});

test("the office's refusal stands in the form, with everything typed", async () => {
  const { office, user } = await editor();
  await user.type(input("job-instructions"), " More.");
  office.failures.set("saveJob", officeError("not_connected", "The office database does not answer."));
  await user.keyboard(ctrlEnter);
  await waitFor(() => expect(text(get("job-form"))).toContain("The office database does not answer."));
  expect(input("job-instructions").value).toContain("More.");
});
