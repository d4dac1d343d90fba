import { waitFor } from "@testing-library/svelte";
import { expect, test } from "vitest";

import { FakeOffice, officeError } from "$/ipc/fake";

import { all, find, get, openWindow, shown, text } from "../../../../tests/window";

const now = (office: FakeOffice, id: string) => office.board.jobs.find((job) => job.id === id)!;

async function open(
  office = new FakeOffice(),
  wanted = (job: FakeOffice["board"]["jobs"][number]) => job.status === "scheduled",
) {
  const job = office.board.jobs.find(
    (one) => one.contract_id !== null && one.start > "2026-06-19" && wanted(one),
  )!;
  const there = await openWindow(office, { hash: `#/today?open=job:${job.id}` });
  await shown("history-line");
  return { ...there, job };
}

test("what can be done stands above the job, and what is likely next beside it", async () => {
  const { user, office, job } = await open();
  expect(text(get("job-next"))).toBe("Confirm");
  expect(text(get("job-phone"))).toMatch(/^\(630\) 555-\d{4}$/);
  await user.click(get("job-next"));
  await waitFor(() => expect(now(office, job.id).status).toBe("confirmed"));
  await waitFor(() => expect(text(get("job-next"))).toBe("Begin"));
});

test("a status that follows from what the panel shows goes over nothing newer", async () => {
  const { user, office, job } = await open();
  const { changed } = office.board;
  office.board.changed = () => undefined;
  office.board.elsewhere(job.id, { priority: 5 });
  office.board.changed = changed;
  await user.click(get("job-next"));
  expect(text(await shown("changed-dialog"))).toContain("Priya Raman changed this job meanwhile");
  expect(now(office, job.id).status).not.toBe("confirmed");
});

test("pinned, and back by its line of the history", async () => {
  const { user, office, job } = await open();
  await user.click(get("job-more"));
  await user.click(await shown("menu-item", "[data-id=pin]"));
  await waitFor(() => expect(now(office, job.id).pinned).toBe(true));
  await waitFor(() => expect(all("history-line")).toHaveLength(2));
  // The menu that closes lets go of the pointer a moment later.
  await waitFor(() => expect(document.body.style.pointerEvents).toBe(""));
  await user.click(all("history-undo")[0]!);
  await waitFor(() => expect(now(office, job.id).pinned).toBe(false));
});

test("the history is sentences with a way back each, and a reason where there is none", async () => {
  const { user, office, job } = await open();
  const before = job.start;
  office.board.moveJobs(
    [
      {
        id: job.id,
        version: job.version,
        start: "2026-07-08T11:00:00Z",
        end: "2026-07-08T15:00:00Z",
        reassign: null,
      },
    ],
    "Rain <all day>",
    "It fits",
  );
  await waitFor(() => expect(all("history-line")).toHaveLength(2));
  const [line, entered] = all("history-line");
  for (const word of ["moved", "Dana Neff", "“Rain <all day>”"]) expect(text(line!)).toContain(word);
  await user.click(line!.querySelector("[data-testid=history-expand]")!);
  expect(text(get("history-fields"))).toContain("Start");
  const stuck = entered!.querySelector("[data-testid=history-undo]")!;
  expect(stuck.getAttribute("aria-disabled")).toBe("true");
  expect(document.getElementById(stuck.getAttribute("aria-describedby")!)?.textContent).toContain(
    "not deleted",
  );
  await user.click(stuck);
  expect(office.count("undoChange")).toBe(0);
  await user.click(line!.querySelector("[data-testid=history-undo]")!);
  await waitFor(() => expect(now(office, job.id).start).toBe(before));
});

test("undoing over a later change says so", async () => {
  const { user, office, job } = await open();
  office.board.pinJobs([{ id: job.id, version: job.version }], true);
  await waitFor(() => expect(all("history-line")).toHaveLength(2));
  office.failures.set("undoChange", officeError("version_conflict", "Priya Raman changed it since."));
  await user.click(all("history-undo")[0]!);
  await waitFor(() => expect(all("toast").map(text).join()).toContain("Priya Raman changed it since."));
});

test("with no network it can be read, and says why it cannot be changed", async () => {
  const { user, office } = await open();
  const error = { code: "no_answer", message: "No answer.", field: null, details: null } as const;
  office.emit("connection-changed", { kind: "offline", since: "2026-06-18T11:00:00Z", error });
  await waitFor(() => expect(get("job-edit").getAttribute("aria-disabled")).toBe("true"));
  expect(text(get("job-why-not"))).toContain("does not answer");
  await user.click(get("job-edit"));
  expect(find("job-editor")).toBeNull();
});

test("a history that cannot be read says so and leaves the rest", async () => {
  const office = new FakeOffice();
  office.failures.set("jobHistory", officeError("internal", "The database took too long."));
  const job = office.board.jobs.find((one) => one.crews.length > 0)!;
  await openWindow(office, { hash: `#/today?open=job:${job.id}` });
  await waitFor(() => expect(text(get("job-history"))).toContain("The database took too long."));
  expect(all("assigned").length).toBeGreaterThan(0);
});

test("Shift+E edits the job in the panel", async () => {
  const { user } = await open();
  await user.keyboard("{Shift>}E{/Shift}");
  await shown("job-form");
});
