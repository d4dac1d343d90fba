// The board, by mouse and by keys alone, in a real layout.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { AxeBuilder } from "@axe-core/playwright";

import { id, launch, open, pictures, serve, settled } from "./browser.mjs";

let browser;
let site;
before(async () => {
  [browser, site] = await Promise.all([launch(), serve()]);
});
after(async () => {
  await browser?.close();
  site?.stop();
});

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const DAY = 86_400_000;
const WEEK = "#/schedule?date=2026-06-24";

async function at(hash, act, { scenario = "full", ...options } = {}) {
  const { page, complaints, close } = await open(browser, site.origin, scenario, { hash, ...options });
  await page.waitForSelector(`${id("bar")}, ${id("board-no-crews")}`);
  await act(page);
  assert.deepEqual(complaints, []);
  await close();
}

/** A job of one crew, on one day of that week, that nobody was told of and that clashes with nothing. */
function pick(page, n = 0) {
  return page.evaluate((n) => {
    const { board } = window.office;
    const job = board.jobs.filter(
      (job) =>
        job.status === "scheduled" &&
        job.crews.length === 1 &&
        job.clashes === 0 &&
        job.start > "2026-06-22" &&
        job.start < "2026-06-25" &&
        job.start.slice(0, 10) === job.end.slice(0, 10),
    )[n];
    return { id: job.id, start: job.start, end: job.end, crew: job.crews[0], version: job.version };
  }, n);
}
const bar = (page, job) => page.locator(`${id("bar")}[data-id="${job}"]`).first();
const jobNow = (page, job) =>
  page.evaluate((job) => {
    const { start, end, crews } = window.office.board.jobs.find(({ id }) => id === job);
    return { start, end, crews };
  }, job);
const asked = (page, name) => page.evaluate((name) => window.office.last(name), name);
const count = (page, name) => page.evaluate((name) => window.office.count(name), name);
const said = (page) => page.locator(id("said")).textContent();

async function grab(page, job, { x = 0.5, y = 0.5 } = {}) {
  const box = await bar(page, job).boundingBox();
  const from = { x: box.x + box.width * x, y: box.y + box.height * y };
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  return from;
}
const dayWidth = (page) =>
  page
    .locator(id("board-day"))
    .first()
    .evaluate((day) => day.getBoundingClientRect().width);

/** Weekends and days off make a drop a matter of taste; nothing clashes when everybody has the week to themselves. */
function alone(page, job) {
  return page.evaluate((job) => {
    const { board } = window.office;
    board.jobs = board.jobs.filter(({ id }) => id === job);
    board.changed();
  }, job);
}

describe("with the mouse", () => {
  test("a job is dragged to the next day, keeps its clock, and goes back with Ctrl+Z", () =>
    at(WEEK, async (page) => {
      const job = await pick(page);
      await alone(page, job.id);
      const from = await grab(page, job.id);
      await page.mouse.move(from.x + 30, from.y);
      await page.mouse.move(from.x + (await dayWidth(page)), from.y, { steps: 5 });
      await page.waitForSelector(id("drag-card"));
      await page.mouse.up();
      await page.getByTestId("toast").getByText("moved to").waitFor();
      const moved = await jobNow(page, job.id);
      assert.equal(Date.parse(moved.start) - Date.parse(job.start), DAY);
      assert.equal(Date.parse(moved.end) - Date.parse(job.end), DAY);
      assert.deepEqual((await asked(page, "moveJobs")).slice(1), [null, null]);
      await page.keyboard.press("Control+z");
      await page.waitForFunction(
        ([id, start]) => window.office.board.jobs.find((one) => one.id === id).start === start,
        [job.id, job.start],
      );
    }));

  test("across rows its crew changes, and the people with it", () =>
    at(WEEK, async (page) => {
      const job = await pick(page);
      await alone(page, job.id);
      const from = await grab(page, job.id);
      const row = page.locator(id("board-row")).last();
      const to = await row.boundingBox();
      await page.mouse.move(from.x, from.y + 10);
      await page.mouse.move(from.x, to.y + to.height / 2, { steps: 4 });
      await page.waitForSelector(`${id("board-row")}[data-target=true]`);
      const key = await row.getAttribute("data-key");
      await page.mouse.up();
      await page.getByTestId("toast").getByText("moved to").waitFor();
      const [[move]] = await asked(page, "moveJobs");
      assert.deepEqual(move.reassign, { kind: "crew", from: job.crew, to: key.split(":")[1] });
      assert.equal(move.start, job.start);
      assert.deepEqual((await jobNow(page, job.id)).crews, [key.split(":")[1]]);
    }));

  test("its right edge makes it longer, by a quarter of an hour at a time", () =>
    at("#/schedule?zoom=day&date=2026-06-24", async (page) => {
      const job = await page.evaluate(() => {
        const job = window.office.board.jobs.find(
          (one) => one.status === "scheduled" && one.start.startsWith("2026-06-24") && one.crews.length === 1,
        );
        return { id: job.id, start: job.start, end: job.end };
      });
      await alone(page, job.id);
      const box = await bar(page, job.id).boundingBox();
      const hour = await page.evaluate(
        ([width, ms]) => (width / ms) * 3_600_000,
        [box.width, Date.parse(job.end) - Date.parse(job.start)],
      );
      await page.mouse.move(box.x + box.width - 2, box.y + 10);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width - 2 + hour * 0.7, box.y + 40, { steps: 6 });
      await page.mouse.up();
      await page.waitForFunction(() => window.office.count("moveJobs") === 1);
      const [[move]] = await asked(page, "moveJobs");
      assert.equal(move.start, job.start);
      assert.equal((Date.parse(move.end) - Date.parse(job.end)) / 60_000, 45);
    }));

  test("drawing on an empty place begins a new job there", () =>
    at(WEEK, async (page) => {
      await page.evaluate(() => {
        window.office.board.jobs = window.office.board.jobs.slice(0, 1);
        window.office.board.changed();
      });
      await page.waitForFunction(() => document.querySelectorAll("[data-testid=bar]").length === 0);
      const row = page.locator(id("board-row")).nth(2);
      const box = await row.boundingBox();
      await page.mouse.move(box.x + 192 + 30, box.y + 30);
      await page.mouse.down();
      await page.mouse.move(box.x + 192 + 90, box.y + 34, { steps: 4 });
      await page.mouse.up();
      await page.waitForFunction(() => window.office.count("jobSeed") > 0);
      const [seed] = await asked(page, "jobSeed");
      const key = await row.getAttribute("data-key");
      assert.deepEqual(seed.resource, { kind: "crew", id: key.split(":")[1] });
      assert.match(seed.start, /^2026-06-22T1[0-9]:/);
      assert.ok(seed.end > seed.start);
    }));

  test("Escape puts everything back", () =>
    at(WEEK, async (page) => {
      const job = await pick(page);
      const before = await bar(page, job.id).boundingBox();
      const from = await grab(page, job.id);
      await page.mouse.move(from.x + 200, from.y + 120, { steps: 4 });
      await page.waitForSelector(id("ghost"));
      await page.keyboard.press("Escape");
      await page.waitForSelector(id("ghost"), { state: "detached" });
      await page.mouse.up();
      assert.deepEqual(await bar(page, job.id).boundingBox(), before);
      assert.equal(await count(page, "moveJobs"), 0);
      // The click at the end of a drag opens nothing.
      assert.equal(await page.locator(id("detail-panel")).count(), 0);
    }));

  test("a clash is said while dragging; given up, the bar is where it was", () =>
    at(WEEK, async (page) => {
      // Onto the row and the time of another job.
      const { a, b } = await page.evaluate(() => {
        const jobs = window.office.board.jobs.filter(
          (job) =>
            job.status === "scheduled" &&
            job.crews.length === 1 &&
            job.start > "2026-06-22" &&
            job.start < "2026-06-26",
        );
        const a = jobs.find((job) => job.end.slice(0, 10) === job.start.slice(0, 10));
        const b = jobs.find(
          (job) => job.crews[0] !== a.crews[0] && job.end.slice(0, 10) === job.start.slice(0, 10),
        );
        return { a: a.id, b: b.id };
      });
      const before = await bar(page, a).boundingBox();
      const to = await bar(page, b).boundingBox();
      const from = await grab(page, a, { x: 0.3 });
      await page.mouse.move(from.x + 8, from.y);
      await page.mouse.move(to.x + before.width * 0.3, to.y + to.height / 2, { steps: 6 });
      await page
        .locator(id("drag-card"))
        .getByText(/ (is|are) at /)
        .waitFor();
      await page.screenshot({ path: join(pictures, "board-dragging-clash.png") });
      await page.mouse.up();
      const dialog = page.getByRole("dialog");
      await dialog.waitFor();
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      await page.waitForFunction(
        ([id, x]) =>
          Math.abs(
            document.querySelector(`[data-testid=bar][data-id="${id}"]`).getBoundingClientRect().x - x,
          ) < 1,
        [a, before.x],
      );
      assert.equal((await jobNow(page, a)).crews.length, 1);
    }));

  test("several are selected with a box and moved together", () =>
    at(WEEK, async (page) => {
      const rows = await page.locator(id("board-row")).nth(1).boundingBox();
      await page.keyboard.down("Shift");
      await page.mouse.move(rows.x + 192 + 4, rows.y + 2);
      await page.mouse.down();
      await page.mouse.move(rows.x + 192 + 500, rows.y + 130, { steps: 5 });
      await page.waitForSelector(id("band"));
      await page.mouse.up();
      await page.keyboard.up("Shift");
      const selected = await page.locator(`${id("bar")}[aria-selected=true]`).count();
      assert.ok(selected >= 2, `${selected} selected`);
      const first = await page
        .locator(`${id("bar")}[aria-selected=true]`)
        .first()
        .getAttribute("data-id");
      const from = await grab(page, first);
      await page.mouse.move(from.x + 20, from.y);
      await page.mouse.move(from.x + (await dayWidth(page)), from.y, { steps: 4 });
      assert.match(await page.locator(id("drag-card")).innerText(), new RegExp(`Move ${selected} jobs`));
      assert.equal(await page.locator(id("ghost")).count(), selected);
      await page.keyboard.press("Escape");
      await page.mouse.up();
    }));

  test("what somebody else changes meanwhile appears, and the drag goes on", () =>
    at(WEEK, async (page) => {
      const job = await pick(page);
      const other = await pick(page, 1);
      const from = await grab(page, job.id);
      await page.mouse.move(from.x + 40, from.y, { steps: 3 });
      await page.waitForSelector(id("ghost"));
      await page.evaluate((id) => window.office.board.elsewhere(id, { address: "Elsewhere Rd" }), other.id);
      await page.waitForSelector(`${id("bar")}.changed[data-id="${other.id}"]`);
      assert.equal(await page.locator(id("ghost")).count(), 1);
      await page.keyboard.press("Escape");
      await page.mouse.up();
    }));

  test("with Ctrl a copy is put down, and the job stays where it is", () =>
    at(WEEK, async (page) => {
      const job = await pick(page);
      await alone(page, job.id);
      const from = await grab(page, job.id);
      await page.keyboard.down("Control");
      await page.mouse.move(from.x + 30, from.y);
      await page.mouse.move(from.x + (await dayWidth(page)), from.y, { steps: 4 });
      await page.locator(id("drag-card")).getByText("Copy to").waitFor();
      await page.mouse.up();
      await page.keyboard.up("Control");
      await page.waitForFunction(() => window.office.board.jobs.length === 2);
      const [seed] = await asked(page, "jobSeed");
      assert.equal(seed.copy_of, job.id);
      assert.equal(Date.parse(seed.start) - Date.parse(job.start), DAY);
      assert.equal((await jobNow(page, job.id)).start, job.start);
    }));

  test("held at the edge, the next week comes and the job goes there", () =>
    at(WEEK, async (page) => {
      const job = await pick(page);
      await alone(page, job.id);
      const from = await grab(page, job.id);
      const board = await page.locator(id("board-scroller")).boundingBox();
      await page.mouse.move(from.x + 30, from.y);
      await page.mouse.move(board.x + board.width - 2, from.y, { steps: 4 });
      await page.waitForFunction(() => location.hash.includes("date=2026-07-"));
      // Away from the edge, or it goes on; on a slow machine it may have by then.
      await page.mouse.move(board.x + 192 + 60, from.y, { steps: 3 });
      await page.waitForSelector(id("ghost"));
      await page.mouse.up();
      await page.waitForFunction(() => window.office.count("moveJobs") === 1);
      const wednesday = Date.parse(await page.evaluate(() => location.hash.match(/date=([-0-9]{10})/)[1]));
      const moved = await jobNow(page, job.id);
      const days = (Date.parse(moved.start) - wednesday) / 86_400_000;
      assert.ok(days > -2 && days < 5.5, `${moved.start} is in the week shown`);
      assert.equal(
        Date.parse(moved.end) - Date.parse(moved.start),
        Date.parse(job.end) - Date.parse(job.start),
      );
    }));

  test("resting on a bar shows all of it", () =>
    at("#/schedule?zoom=month", async (page) => {
      await page.locator(id("board-row")).nth(1).locator(id("bar")).first().hover();
      const card = page.locator(id("bar-card"));
      await card.waitFor();
      assert.match(await card.innerText(), /People/);
      await page.mouse.move(300, 20);
      await card.waitFor({ state: "detached" });
    }));

  test("waiting work is dragged from the tray to its place", () =>
    at(WEEK, async (page) => {
      await page.click(id("tray-button"));
      const card = page.locator("[data-work]").first();
      const box = await card.boundingBox();
      const row = await page.locator(id("board-row")).last().boundingBox();
      await page.mouse.move(box.x + 60, box.y + 20);
      await page.mouse.down();
      await page.mouse.move(box.x - 40, box.y + 60, { steps: 3 });
      await page.mouse.move(row.x + 192 + 40, row.y + 30, { steps: 5 });
      await page.waitForSelector(id("ghost"));
      await page.mouse.up();
      await page.waitForFunction(() => window.office.count("createJob") > 0);
      const [seed] = await asked(page, "jobSeed");
      assert.ok(seed.contract_id);
      assert.equal(seed.resource.kind, "crew");
    }));
});

describe("with the keys alone", () => {
  async function toBoard(page) {
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press("Tab");
      if (
        await page.evaluate(
          () =>
            document.activeElement?.closest("[data-testid=board-scroller]") !== null &&
            document.activeElement?.hasAttribute("data-cell"),
        )
      )
        return;
    }
    assert.fail("Tab does not lead to the board");
  }
  const focusedJob = (page) => page.evaluate(() => document.activeElement?.dataset.id ?? null);

  test("a job is found, picked up, moved, put down and undone", () =>
    at(WEEK, async (page) => {
      const job = await pick(page);
      await alone(page, job.id);
      await toBoard(page);
      assert.equal(await focusedJob(page), job.id);
      await page.keyboard.press("m");
      await page.waitForSelector(id("ghost"));
      assert.match(await said(page), /^Picked up .*Arrows move it/);
      await page.keyboard.press("Shift+ArrowRight");
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("ArrowRight");
      assert.match(await said(page), /Jun \d+, \d+:30 AM/);
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => window.office.count("moveJobs") === 1);
      const moved = await jobNow(page, job.id);
      assert.equal(Date.parse(moved.start) - Date.parse(job.start), DAY + 30 * 60_000);
      await page.waitForFunction((id) => document.activeElement?.dataset.id === id, job.id);
      await page.keyboard.press("Control+z");
      await page.waitForFunction(
        ([id, start]) => window.office.board.jobs.find((one) => one.id === id).start === start,
        [job.id, job.start],
      );
    }));

  test("to another crew, and the focus goes along", () =>
    at(WEEK, async (page) => {
      const job = await pick(page);
      await alone(page, job.id);
      await toBoard(page);
      await page.keyboard.press("m");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => window.office.count("moveJobs") === 1);
      const [[move]] = await asked(page, "moveJobs");
      assert.equal(move.reassign.kind, "crew");
      await page.waitForFunction(
        ([id, crew]) => document.activeElement?.dataset.cell === `crew:${crew}|${id}`,
        [job.id, move.reassign.to],
      );
    }));

  test("its length, and Escape puts it back", () =>
    at(WEEK, async (page) => {
      const job = await pick(page);
      await alone(page, job.id);
      await toBoard(page);
      await page.keyboard.press("m");
      await page.keyboard.press("Control+ArrowRight");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => window.office.count("moveJobs") === 1);
      assert.equal(Date.parse((await jobNow(page, job.id)).end) - Date.parse(job.end), 15 * 60_000);
      await page.keyboard.press("m");
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Escape");
      await page.waitForSelector(id("ghost"), { state: "detached" });
      assert.match(await said(page), /Put back/);
      assert.equal(await count(page, "moveJobs"), 1);
    }));

  test("arrows go from job to job and from row to row; Enter opens", () =>
    at(WEEK, async (page) => {
      await toBoard(page);
      const first = await page.evaluate(() => document.activeElement.dataset.cell);
      await page.keyboard.press("ArrowDown");
      const second = await page.evaluate(() => document.activeElement.dataset.cell);
      assert.notEqual(second.split("|")[0], first.split("|")[0]);
      await page.keyboard.press("Home");
      assert.match(await page.evaluate(() => document.activeElement.dataset.cell), /\|$/);
      await page.keyboard.press("ArrowRight");
      const job = await focusedJob(page);
      await page.keyboard.press("Space");
      assert.equal(
        await page
          .locator(`${id("bar")}[aria-selected=true]`)
          .first()
          .getAttribute("data-id"),
        job,
      );
      await page.keyboard.press("Escape");
      await page.keyboard.press("Enter");
      await page.waitForSelector(id("detail-panel"));
      assert.match(await page.evaluate(() => location.hash), new RegExp(`open=job:${job}`));
    }));

  test("Delete asks before a job is canceled; D copies; the menu offers all of it", () =>
    at(WEEK, async (page) => {
      await toBoard(page);
      await page.keyboard.press("Delete");
      const dialog = page.getByRole("dialog");
      await dialog.waitFor();
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      await page.keyboard.press("Shift+F10");
      await page.getByRole("menuitem", { name: /Pick up and move/ }).waitFor();
      await page.keyboard.press("Escape");
    }));
});

describe("with the worst there is", () => {
  const scenes = {
    "board-week": [WEEK],
    "board-today": ["#/schedule"],
    "board-day": ["#/schedule?zoom=day"],
    "board-two-days": ["#/schedule?zoom=days2&night=1"],
    "board-two-weeks": ["#/schedule?zoom=weeks2&rows=people"],
    "board-month": ["#/schedule?zoom=month&rows=machines"],
    "board-hostile": ["#/schedule?rows=people", "hostile"],
    "board-big": ["#/schedule?zoom=month&date=2026-06-10", "big"],
    "board-copy": ["#/schedule", "copy"],
    "board-no-crews": ["#/schedule", "no-crews"],
  };
  for (const [name, [hash, scenario]] of Object.entries(scenes))
    test(`${name} is accessible, and stays in its window`, () =>
      at(
        hash,
        async (page) => {
          for (const theme of ["light", "dark"]) {
            await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
            await page.waitForFunction((t) => document.documentElement.dataset.theme === t, theme);
            await settled(page);
            await page.screenshot({ path: join(pictures, `${name}-${theme}.png`) });
            const found = await new AxeBuilder({ page })
              .setLegacyMode(true)
              .options({ runOnly: RULES, resultTypes: ["violations"] })
              .analyze();
            assert.deepEqual(
              found.violations.map(
                (v) =>
                  `${v.id}: ${v.nodes
                    .slice(0, 3)
                    .map((n) => `${n.target} ${n.failureSummary}`)
                    .join("\n")}`,
              ),
              [],
              theme,
            );
          }
          const wide = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          );
          assert.equal(wide, 0);
          const nodes = await page.evaluate(() => document.querySelectorAll("*").length);
          assert.ok(nodes <= 3_000, `${nodes} nodes`);
          if (scenario === "hostile") assert.equal(await page.title(), "Schedule – Neff Office");
        },
        { scenario },
      ));

  test("a copy can be looked at and not changed", () =>
    at(
      "#/schedule",
      async (page) => {
        await page.getByText("As of 7:42 AM.").waitFor();
        const first = await page.locator(id("bar")).first().getAttribute("data-id");
        const from = await grab(page, first);
        await page.mouse.move(from.x + 100, from.y, { steps: 3 });
        assert.equal(await page.locator(id("ghost")).count(), 0);
        await page.mouse.up();
        assert.equal(await count(page, "moveJobs"), 0);
      },
      { scenario: "copy" },
    ));
});
