import { waitFor } from "@testing-library/svelte";
import { expect, test } from "vitest";

import { FakeOffice, officeError } from "$/ipc/fake";
import { usualBoard } from "$/ipc/fake-board";
import { uuid } from "$/ipc/fake-data";
import type { JobMove, PersonInput, ResourceJob } from "$/ipc/client";
import type { App } from "$/shell/app.svelte";

import { all, find, gate, get, gone, openWindow, settle, shown, text } from "../../../tests/window";
import { Reassigning } from "./panels/reassign.svelte";

const person = (n: number) => uuid(801 + n);
const WALT = person(4);

async function openCrew(hash = "#/crew", office = new FakeOffice()) {
  const opened = await openWindow(office, { hash });
  await waitFor(() => expect(find("crew")?.children.length).toBeGreaterThan(1));
  return opened;
}
const openPerson = (n: number, office = new FakeOffice()) =>
  openCrew(`#/crew?open=person:${person(n)}`, office);
const rows = () => all("people").flatMap((table) => [...table.querySelectorAll("[data-row]")]);
const field = (id: string) => document.querySelector<HTMLInputElement>(`#${id}`)!;
const input = (office: FakeOffice) => office.last("savePerson")?.[2] as PersonInput;

test("lists who is with us, with what needs attention; a filter and a number narrow it", async () => {
  const office = new FakeOffice();
  // Gone, and on no job any more; who is still on one stays in the list.
  for (const [id, m] of office.crew.tables.memberships)
    if (m.person_id === person(2)) office.crew.tables.memberships.delete(id);
  for (const job of office.board.jobs) job.people = job.people.filter((id) => id !== person(2));
  office.crew.elsewhere("people", person(2), { status: "terminated" });
  const { user, app } = await openCrew("#/crew", office);
  await waitFor(() => expect(rows().length).toBeGreaterThan(5));
  const words = text(get("people"));
  expect(words).toContain("24 people");
  expect(words).toContain("Carla Reyes");
  expect(words).not.toContain("Devon Brooks");
  expect(text(document.querySelector(`[data-row="${person(8)}"]`))).toContain("2 expiring, Jun 24");
  expect(text(document.querySelector(`[data-row="${person(22)}"]`))).toContain("On leave");

  await user.type(get("people-search"), "6305550118");
  await waitFor(() => expect(rows()).toHaveLength(1));
  expect(location.hash).toContain("q=6305550118");
  await user.clear(get("people-search"));
  app.crew.setFilters({ statuses: ["terminated"] });
  await waitFor(() => expect(rows().map(text).join()).toContain("Devon Brooks"));
  app.crew.setFilters({ search: "zebra" });
  await shown("nothing-matches");
});

test("hostile names are text", async () => {
  const office = new FakeOffice();
  const { hostileBoard } = await import("$/ipc/fake-board");
  office.board.fill(hostileBoard());
  await openPerson(0, office);
  await shown("contact");
  expect(document.querySelectorAll("[data-testid=crew] img, [data-testid=detail-panel] img")).toHaveLength(0);
  expect(document.body.textContent).not.toContain("\u202e");
  expect(document.title).toBe("Crew & equipment – Neff Office");
});

test("somebody is changed where they stand, and it is undone", async () => {
  const { user, office } = await openPerson(8);
  await user.click(await shown("panel-edit"));
  await shown("person-form");
  await waitFor(() => expect(document.activeElement?.id).toBe("person-name"));
  await user.clear(field("person-phone"));
  await user.type(field("person-phone"), "630 555 0777");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await gone("person-form");
  expect(input(office)).toMatchObject({ phone: "(630) 555-0777", hours: null, certificates: null });
  expect(text(get("announcement"))).toContain("Carla Reyes saved");
  await waitFor(() => expect(text(get("detail-panel"))).toContain("555-0777"));
  await user.keyboard("{Control>}z{/Control}");
  await waitFor(() => expect(text(get("detail-panel"))).toContain("555-0118"));
});

test("what another program wrote stays until it is replaced on purpose", async () => {
  const { user, office } = await openPerson(10);
  await shown("person-hours");
  expect(text(get("person-hours"))).toContain("cannot be read in full");
  await user.click(get("panel-edit"));
  await shown("hours-unreadable");
  await user.type(field("person-name"), " Jr.");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await gone("person-form");
  expect(input(office)).toMatchObject({ hours: null, certificates: null, specializations: null });
  await waitFor(() => expect(text(get("person-hours"))).toContain("when asked"));

  await user.click(get("person-hours-add"));
  await user.click(await shown("hours-anew"));
  await user.click(get("person-form-save"));
  // Friday could not be read: somebody has to say what applies.
  await waitFor(() => expect(text(get("hours-field"))).toContain("Choose what applies on Friday."));
  const friday = get("hours-day", "[data-day='4']").querySelector<HTMLElement>("[role=combobox]")!;
  friday.focus();
  await user.keyboard("{ArrowDown}{ArrowDown}");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await gone("person-form");
  expect(input(office).hours?.[4]).toEqual({ kind: "off" });
  expect(input(office).certificates).toBeNull();
});

test("a renewed certificate keeps its place, a new one has none", async () => {
  const { user, office } = await openPerson(8);
  await user.click(await shown("person-certificates-add"));
  await shown("certificates-field");
  const [, cdl] = all("certificate-row");
  const date = cdl!.querySelectorAll("input")[1]!;
  await user.clear(date);
  await user.type(date, "6/24/2030");
  await user.click(get("certificate-add"));
  await user.keyboard("Forklift");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await gone("person-form");
  expect(input(office).certificates).toEqual([
    { item: 0, name: "OSHA 10", expires: "2027-05-31" },
    { item: 1, name: "CDL A", expires: "2030-06-24" },
    { item: 2, name: "DOT medical card", expires: "2026-07-03" },
    { item: null, name: "Forklift", expires: null },
  ]);
});

test("both values are shown when somebody else changed the same; what only they changed is taken over", async () => {
  const { user, office } = await openPerson(8);
  await user.click(await shown("panel-edit"));
  await shown("person-form");
  await user.clear(field("person-name"));
  await user.type(field("person-name"), "Carla Reyes-Hill");
  office.crew.elsewhere("people", person(8), { name: "Carla R. Hill", role: "foreman" });
  await shown("conflicts");
  const words = text(get("conflicts"));
  for (const word of ["Yours", "Carla Reyes-Hill", "Theirs", "Carla R. Hill"]) expect(words).toContain(word);
  expect(field("person-role").value).toBe("foreman");
  await user.click(document.querySelector<HTMLElement>("[aria-label='Keep mine: Name']")!);
  await user.click(get("person-form-save"));
  await gone("person-form");
  expect(input(office)).toMatchObject({ name: "Carla Reyes-Hill", role: "foreman" });
});

test("somebody changed, taken back and changed again at once: nobody is asked, in either field", async () => {
  const { user, app, office } = await openPerson(8);
  const { phone, role, name } = office.crew.tables.people.get(person(8))!;
  await user.click(await shown("panel-edit"));
  await user.clear(field("person-phone"));
  await user.type(field("person-phone"), "630 555 0777");
  await user.clear(field("person-role"));
  await user.type(field("person-role"), "welder");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await gone("person-form");
  await user.click(await shown("panel-edit"));
  await shown("person-form");
  await user.type(field("person-name"), " Jr.");
  await user.clear(field("person-phone"));
  await user.type(field("person-phone"), "630 555 0888");
  // The undo is answered, and the panel has not read them again.
  const { closed, open } = gate();
  office.gates.set("personRecord", closed);
  await app.undo.undo();
  expect(office.crew.tables.people.get(person(8))).toMatchObject({ phone, role });
  await user.click(get("person-form-save"));
  open();
  await gone("person-form");
  expect(office.crew.tables.people.get(person(8))).toMatchObject({
    ...{ name: `${name} Jr.`, phone: "(630) 555-0888", role },
  });
  expect(find("conflicts")).toBeNull();
});

test("who leaves: the jobs are told before, listed after, and given to somebody else in one step", async () => {
  const { user, office } = await openPerson(4);
  await user.click(await shown("panel-edit"));
  await shown("person-form");
  field("person-status").focus();
  await user.keyboard("{ArrowDown}{ArrowDown}{ArrowDown}");
  const stake = await shown("stake");
  expect(text(stake)).toContain("1 job from today on names Walt Brennan");
  expect(text(stake)).toContain("have them along with Paving 1");
  expect(text(stake)).toContain("Lakeview Plaza");
  expect(text(get("leave-crews"))).toContain("Take them out of Paving 1");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await gone("person-form");
  expect(input(office)).toMatchObject({ status: "terminated", leave_crews: "2026-06-18" });

  await waitFor(() => expect(text(get("to-reassign"))).toContain("left the company"));
  expect(all("job-row").map((row) => row.dataset.id)).toContain(
    office.last("resourceJobs") && jobOf(office).id,
  );
  await user.click(get("reassign-to").querySelector<HTMLElement>("[role=combobox]")!);
  await user.keyboard("Smith{Enter}");
  await user.click(await shown("reassign-put"));
  await waitFor(() => expect(office.count("moveJobs")).toBe(1));
  const [move] = office.last("moveJobs")![0] as JobMove[];
  const job = jobOf(office);
  expect(move).toMatchObject({
    ...{ id: job.id, start: job.start, end: job.end },
    reassign: { kind: "person", from: WALT, to: person(24) },
  });
  // What is left is today's job of the crew: today they are still in it.
  await waitFor(() => expect(find("reassign-jobs")).toBeNull());
  expect(text(get("to-reassign"))).toContain("1 job through the crew Paving 1");
  expect(text(get("announcement"))).toContain("is on 1 job instead of Walt Brennan");
  await user.keyboard("{Control>}z{/Control}");
  await shown("reassign-jobs");
});
const jobOf = (office: FakeOffice) =>
  office.board.jobs.find((job) => job.customer === "Lakeview Plaza" && job.crews.length === 0)!;

test("a clash of who comes instead is said before it is saved, and that job is left out", async () => {
  const office = new FakeOffice();
  office.crew.elsewhere("people", WALT, { status: "on_leave" });
  const { user } = await openPerson(4, office);
  await shown("to-reassign");
  await user.click(get("reassign-to").querySelector<HTMLElement>("[role=combobox]")!);
  await user.keyboard("Bill K{Enter}");
  await waitFor(() => expect(text(get("to-reassign"))).toContain("Bill Kowalski is already on"));
  expect(find("reassign-put")).toBeNull();
  expect(text(get("to-reassign"))).toContain("would clash. Choose somebody else");
});

test("what was ticked or unticked stays so when others change the jobs", async () => {
  const board = new FakeOffice().board.jobs;
  const jobs = board.slice(0, 3) as unknown as ResourceJob[];
  const [a, b, c] = jobs as [ResourceJob, ResourceJob, ResourceJob];
  let clashing: string[] = [a.id];
  const office = {
    checkJobs: (checks: { job_id: string | null }[]) =>
      Promise.resolve(
        checks.map(({ job_id }) => ({
          ...{ job_id, warnings: [] },
          clashes: clashing.includes(job_id ?? "") ? [{ resource_id: "x" }] : [],
        })),
      ),
  };
  const it = new Reassigning({ office } as unknown as App, "person", WALT);
  it.choose("x", jobs);
  await it.judge(jobs);
  expect([...it.left]).toEqual([a.id]);
  it.toggle(a, true);
  it.toggle(b, false);
  clashing = [a.id, c.id];
  await it.judge(jobs);
  expect([...it.left].sort()).toEqual([b.id, c.id].sort());
  clashing = [a.id];
  await it.judge(jobs);
  expect([...it.left]).toEqual([b.id]);
  it.choose("x", jobs);
  await it.judge(jobs);
  expect([...it.left]).toEqual([a.id]);
});

test("time off: who is on jobs in it is told; added, changed, removed, undone", async () => {
  const { user, office } = await openPerson(4);
  await user.click(await shown("time-off-add"));
  await shown("time-off-form");
  await user.clear(field("time-off-from"));
  await user.type(field("time-off-from"), "6/19{Tab}");
  expect(field("time-off-until").value).toContain("Jun 19");
  await waitFor(() => expect(text(get("stake"))).toContain("1 job on Fri, Jun 19 names Walt Brennan"));
  await user.type(field("time-off-note"), "Dentist");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await gone("time-off-form");
  expect(office.last("saveTimeOff")).toEqual([
    expect.objectContaining({
      person_id: WALT,
      kind: "leave",
      from: "2026-06-19",
      until: "2026-06-19",
      note: "Dentist",
    }),
  ]);
  await waitFor(() => expect(text(get("to-reassign"))).toContain("is away in that time"));
  await user.click(get("time-off-remove"));
  await waitFor(() => expect(find("time-off-entry")).toBeNull());
  await user.keyboard("{Control>}z{/Control}");
  await shown("time-off-entry");
});

test("somebody moves to another crew from a day on; a clash is named and nothing is saved", async () => {
  const { user, office } = await openCrew(`#/crew/crews?open=crew:${uuid(902)}`);
  await shown("memberships");
  const tomas = get("membership", `[data-when=now] + [data-when=now]`);
  expect(text(tomas)).toContain("Tomas Novak");
  const [job] = office.board.jobs;
  office.crew.clashes = [
    {
      ...{ job_id: job!.id, resource_kind: "person", resource_id: person(9), resource_name: "Tomas Novak" },
      ...{ other_job_id: job!.id, other_customer: "Harbor Freight", other_address: "1 Oak St" },
      ...{ other_start: job!.start, other_end: job!.end, other_status: "scheduled" },
    },
  ];
  await user.click(tomas.querySelector<HTMLElement>("[data-testid=membership-menu]")!);
  await user.click(await shown("menu-item", "[data-id=move]"));
  await shown("move-form");
  await user.click(get("move-form").querySelector<HTMLElement>("[role=combobox]")!);
  await user.keyboard("P{Enter}");
  await user.click(get("move-form-save"));
  await waitFor(() => expect(text(get("move-form"))).toContain("already on Harbor Freight"));
  office.crew.clashes = [];
  await user.click(get("move-form-save"));
  await gone("move-form");
  expect(office.last("moveToCrew")).toEqual([
    expect.objectContaining({ crew_id: uuid(901), from: "2026-06-19", is_lead: false }),
  ]);
  await waitFor(() => expect(text(get("membership", `[data-id="${tomas.dataset.id}"]`))).toContain("Jun 18"));
});

test("an emergency contact is asked for only when somebody wants to see it", async () => {
  const { user, office, app } = await openPerson(8);
  await shown("contact-show");
  expect(office.count("emergencyContact")).toBe(0);
  expect(document.body.textContent).not.toContain("555-0199");
  await user.click(get("contact-show"));
  await waitFor(() => expect(text(get("contact-shown"))).toContain("(630) 555-0199"));
  await user.click(get("contact-edit"));
  await shown("contact-form");
  await user.type(field("contact-relation"), " (new)");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await gone("contact-form");
  expect(office.last("saveEmergencyContact")?.[2]).toMatchObject({ relation: "spouse (new)" });
  // Nothing of it stays on this computer, and it is hidden again for the next one.
  expect(JSON.stringify({ ...localStorage })).not.toContain("spouse");
  app.router.close();
  await gone("detail-panel");
  expect(document.body.textContent).not.toContain("555-0199");
});

test("a new person: what is missing is said at its field, then they are added and shown", async () => {
  const { user, office } = await openCrew();
  await user.click(await shown("crew-add"));
  await shown("person-form");
  await user.type(field("person-name"), "Ray Castillo");
  await waitFor(() => expect(text(get("person-form"))).toContain("somebody of this name already"));
  await user.keyboard("{Control>}{Enter}{/Control}");
  await waitFor(() => expect(text(get("person-form"))).toContain("Enter what they do."));
  await user.type(field("person-role"), "fore{ArrowDown}{Enter}");
  expect(field("person-role").value).toBe("foreman");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await gone("person-form");
  await shown("detail-panel", "[data-kind=person]");
  expect(office.last("savePerson")?.slice(0, 2)).toEqual([null, 0]);
});

test("what a role needs is changed, and somebody is missed for it", async () => {
  const { user, office } = await openCrew("#/crew/certificates?certificates=missing");
  await shown("requirement", "[data-role=flagger]");
  await user.click(get("requirement", "[data-role=flagger]").querySelector<HTMLElement>("button")!);
  await shown("requirement-form");
  await user.type(field("requirement-certificates"), "CPR{Enter}");
  await user.click(get("requirement-form-save"));
  await gone("requirement-form");
  expect(office.last("saveRequirements")).toEqual([
    "flagger",
    ["Flagger (ATSSA)"],
    ["Flagger (ATSSA)", "CPR"],
  ]);
  await waitFor(() => expect(text(get("certificates"))).toContain("CPR"));
});

test("what a role needs, changed and taken back under an open form, is added to and not asked about", async () => {
  const { user, app, office } = await openCrew("#/crew/certificates?certificates=missing");
  const saved = await app.office.saveRequirements(
    "flagger",
    ["Flagger (ATSSA)"],
    ["Flagger (ATSSA)", "OSHA 10"],
  );
  app.undo.pushChange(saved.change!);
  await waitFor(() => expect(text(get("requirement", "[data-role=flagger]"))).toContain("OSHA 10"));
  await user.click(get("requirement", "[data-role=flagger]").querySelector<HTMLElement>("button")!);
  await shown("requirement-form");
  await user.type(field("requirement-certificates"), "CPR{Enter}");
  await app.undo.undo();
  await user.click(get("requirement-form-save"));
  await gone("requirement-form");
  expect(office.crew.tables.needs.get("flagger")?.certificates).toEqual(["Flagger (ATSSA)", "CPR"]);
});

test("a machine in the shop, a crew set inactive: their jobs are listed", async () => {
  const office = new FakeOffice();
  const { user } = await openCrew(`#/crew/machines?open=machine:${uuid(841)}`, office);
  await user.click(await shown("panel-edit"));
  await shown("machine-form");
  field("machine-status").focus();
  await user.keyboard("{ArrowDown}");
  await shown("stake");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await waitFor(() => expect(text(get("to-reassign"))).toContain("is in the shop"));
});

test("closed days: a year at a time, added and removed", async () => {
  const { user, office } = await openCrew("#/crew/closed");
  await shown("closed-day");
  expect(text(get("closed-days"))).toContain("Independence Day (observed)");
  await user.click(document.querySelector<HTMLElement>("[aria-label='The year after']")!);
  await shown("empty");
  expect(location.hash).toContain("year=2027");
  await user.click(get("crew-add"));
  await shown("time-off-form");
  await user.clear(field("time-off-from"));
  await user.type(field("time-off-from"), "9/6/2027{Tab}");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await gone("time-off-form");
  expect(office.last("saveTimeOff")).toEqual([
    expect.objectContaining({ person_id: null, machine_id: null, kind: "holiday", from: "2027-09-06" }),
  ]);
  await user.click(await shown("closed-remove"));
  await shown("empty");
});

test("a second click on the year goes on from the first, and R reads anew", async () => {
  const { user, office, app } = await openCrew("#/crew/closed");
  await shown("closed-day");
  const wait = gate();
  office.gates.set("closedDays", wait.closed);
  const next = get("closed-days").querySelector<HTMLElement>("[aria-label='The year after']")!;
  await user.click(next);
  await user.click(next);
  expect(app.crew.filters.year).toBe(2028);
  wait.open();
  office.gates.clear();
  await waitFor(() => expect(text(get("closed-days"))).toContain("2028"));
  const read = office.count("roster");
  await user.keyboard("r");
  await waitFor(() => expect(office.count("roster")).toBeGreaterThan(read));
});

test("an empty office has one sentence and one action; offline nothing can be pressed", async () => {
  const office = new FakeOffice();
  Object.assign(office.board, { ...usualBoard(), crews: [], people: [], machines: [], jobs: [] });
  const { user, app } = await openCrew("#/crew/crews", office);
  await shown("empty");
  expect(text(get("empty"))).toMatch(/^No crews yet\..*Add a crew$/);
  office.emit("connection-changed", {
    kind: "offline",
    since: "2026-06-18T12:42:00Z",
    error: { code: "no_answer", message: "It does not answer.", field: null, details: null },
  });
  await settle();
  expect(get("crew-add").hasAttribute("disabled")).toBe(true);
  expect(app.crew.whyNot).toContain("can only be read");
  await user.keyboard("{Escape}");
});

test("an error says so and offers to try again", async () => {
  const office = new FakeOffice();
  office.failures.set("roster", officeError("internal", "The database took too long."));
  const { user } = await openCrew("#/crew", office);
  await shown("load-error");
  office.failures.clear();
  await user.click([...get("load-error").querySelectorAll("button")].find((b) => text(b) === "Try again")!);
  await waitFor(() => expect(rows().length).toBeGreaterThan(5));
});

test("five hundred people are drawn a screenful at a time", async () => {
  const office = new FakeOffice();
  office.manyPeople(500);
  await openCrew("#/crew", office);
  await waitFor(() => expect(text(get("people"))).toContain("500 people"));
  expect(rows().length).toBeLessThan(60);
});
