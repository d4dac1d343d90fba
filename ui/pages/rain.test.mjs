// A rain-out in a minute, without the mouse.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { id, launch, open, serve } from "./browser.mjs";

let browser;
let site;
before(async () => {
  [browser, site] = await Promise.all([launch(), serve()]);
});
after(async () => {
  await browser?.close();
  site?.stop();
});

async function at(scenario, hash, act) {
  const { page, complaints, close } = await open(browser, site.origin, scenario, { hash });
  await act(page);
  assert.deepEqual(complaints, []);
  await close();
}

const starts = (page) =>
  page.evaluate(() => Object.fromEntries(window.office.board.jobs.map((job) => [job.id, job.start])));
const focused = (page) => page.evaluate(() => document.activeElement?.dataset.testid);

test("choose the day, read the plan, put a job right, apply, work through the calls, undo", () =>
  at("rain", "#/schedule", async (page) => {
    const keys = async (...all) => {
      for (const key of all) await page.keyboard.press(key);
    };
    await page.waitForSelector(`${id("schedule")} > *`);
    const before = await starts(page);
    await keys("g", "o");
    await page.waitForSelector(id("rain-row"));

    // The day after as well, and then not after all: by arrows, as in a calendar.
    for (let i = 0; (await focused(page)) !== "rain-day" && i < 60; i++) await keys("Tab");
    await keys("ArrowRight", "Space");
    await page.waitForSelector(`${id("rain-day")}[data-date="2026-06-19"][aria-pressed=true]`);
    await keys("Space");
    await page.waitForSelector(`${id("rain-day")}[data-date="2026-06-19"][aria-pressed=false]`);
    await page.waitForFunction(
      (list) => document.querySelector(list)?.getAttribute("aria-busy") === "false",
      id("rain-list"),
    );

    for (let i = 0; (await focused(page)) !== "rain-list" && i < 60; i++) await keys("Tab");
    assert.equal(await focused(page), "rain-list");
    // The job without a place, on the next day: its machine is out then.
    await keys("Home", "ArrowRight");
    await page.waitForSelector(`${id("rain-problem")}[data-refuses=true]`);
    await page.waitForSelector(id("rain-refused"));
    // Not that day: with its fields to another, and as proposed when that is no better.
    await keys("Enter");
    await page.waitForSelector(id("rain-place"));
    await page.keyboard.type("jul 2");
    await keys("Tab", "Escape");
    await page.waitForSelector(id("rain-place"), { state: "detached" });
    await page.waitForFunction((list) => document.activeElement?.matches(list), id("rain-list"));
    await keys("Delete");
    await page.waitForSelector(id("rain-problem"), { state: "detached" });
    // Another one a day later than proposed.
    await keys("ArrowDown", "ArrowRight");
    await page.waitForSelector(`${id("rain-row")}[data-hand=true]`);
    await page.waitForFunction(() => window.office.count("checkRainOut") > 0);

    await keys("Control+Enter");
    await page.waitForSelector(id("message-detail"));
    const moved = await starts(page);
    const count = Object.keys(before).filter((job) => before[job] !== moved[job]).length;
    assert.ok(count > 5, `${count} moved`);

    await page.waitForFunction((list) => document.activeElement?.matches(list), id("messages-list"));
    await keys("j", "d");
    await page.waitForSelector(`${id("message")}[data-state=done]`);
    // Into the call, and out of it.
    await keys("Enter");
    await page.waitForFunction(
      (detail) => document.activeElement?.closest(detail) !== null,
      id("message-detail"),
    );
    await keys("Escape");
    assert.equal(await focused(page), "messages-list");

    // First the tick, then the whole rain-out.
    await keys("Control+z");
    await page.waitForSelector(`${id("message")}[data-state=done]`, { state: "detached" });
    await keys("Control+z");
    await page.waitForFunction(
      (was) => window.office.board.jobs.every((job) => job.start === was[job.id]),
      before,
    );
    // And nobody has to be told.
    await page.waitForSelector(`${id("message")}[data-state=draft]`, { state: "detached" });
  }));

test("the list keeps its row under the keys while somebody else changes the schedule", () =>
  at("pouring", "#/schedule/rain", async (page) => {
    await page.waitForSelector(id("rain-row"));
    await page.focus(id("rain-list"));
    for (let i = 0; i < 30; i++) await page.keyboard.press("ArrowDown");
    const active = await page.getAttribute(id("rain-list"), "aria-activedescendant");
    const before = await page.locator(`#${active}`).boundingBox();
    await page.evaluate(() => {
      const { board } = window.office;
      board.elsewhere(board.jobs[3].id, { address: "somewhere else" });
    });
    await page.waitForFunction(
      () => document.body.textContent.includes("somewhere else") || window.office.count("planRainOut") > 3,
    );
    assert.equal(await page.getAttribute(id("rain-list"), "aria-activedescendant"), active);
    const after = await page.locator(`#${active}`).boundingBox();
    assert.ok(Math.abs(before.y - after.y) <= 1, `${before.y} became ${after.y}`);
  }));
