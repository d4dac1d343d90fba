// The week, the month and the list of the schedule, and what stands around them, in a real layout.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { AxeBuilder } from "@axe-core/playwright";

import { id, launch, open, pictures, serve, settled } from "./browser.mjs";

let browser;
let site;
before(async () => {
  // Another build of the same may be looked at.
  [browser, site] = await Promise.all([launch(), serve(process.env.UI_FAKE)]);
});
after(async () => {
  await browser?.close();
  site?.stop();
});

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const WEEK = "#/schedule/week?date=2026-06-24";
const MONTH = "#/schedule/month";
const LIST = "#/schedule/list";
const READY = [id("calendar-day"), id("list-line"), id("nothing-matches"), id("empty")].join(", ");

async function at(hash, act, { scenario = "full", ...options } = {}) {
  const { page, complaints, close } = await open(browser, site.origin, scenario, { hash, ...options });
  await page.waitForSelector(READY);
  await act(page);
  assert.deepEqual(complaints, []);
  await close();
}
const last = (page, name) => page.evaluate((name) => window.office.last(name), name);
const stop = (page) => page.evaluate(() => document.activeElement?.dataset.stop ?? null);
const press = async (page, ...keys) => {
  for (const key of keys) await page.keyboard.press(key);
};
const opened = (page) => page.evaluate(() => /open=job:([\w-]+)/.exec(location.hash)?.[1] ?? null);
const focusDay = (page, date) => page.locator(`${id("calendar-day")}[data-date="${date}"]`).focus();

describe("the week and the month by keys alone", () => {
  for (const hash of [WEEK, `${MONTH}?date=2026-06-24`])
    test(`${hash}: from day to day, into a day, to its record and back`, () =>
      at(hash, async (page) => {
        // One stop for Tab, wherever the person was.
        assert.equal(await page.locator("[data-stop][tabindex='0']").count(), 1);
        await focusDay(page, "2026-06-24");
        await press(page, "ArrowRight");
        assert.equal(await stop(page), "2026-06-25|");
        await press(page, "ArrowDown");
        const job = (await stop(page)).split("|")[1];
        assert.match(job, /^[0-9a-f-]{36}$/);
        await press(page, "ArrowUp");
        assert.equal(await stop(page), "2026-06-25|");
        await press(page, "ArrowDown", "Enter");
        await page.waitForSelector(id("detail-panel"));
        assert.equal(await opened(page), job);
        await press(page, "Escape");
        await page.waitForSelector(id("detail-panel"), { state: "detached" });
        await page.waitForFunction(
          (job) => document.activeElement?.closest("[data-job]")?.dataset.job === job,
          job,
        );
      }));

  test("over the edge the next week comes, and the keys are on its first day", () =>
    at(WEEK, async (page) => {
      await focusDay(page, "2026-06-28");
      await press(page, "ArrowRight");
      await page.waitForFunction(() => document.activeElement?.dataset.stop === "2026-06-29|");
      assert.match(await page.locator(id("schedule-title")).textContent(), /Week of Jun 29/);
      await press(page, "[");
      await page.getByText("Week of Jun 22").waitFor();
      await press(page, "t");
      await page.getByText("Week of Jun 15").waitFor();
    }));

  test("Enter and a double click on a day begin a job there; Shift+M asks where to", () =>
    at(WEEK, async (page) => {
      await focusDay(page, "2026-06-24");
      await press(page, "Enter");
      await page.getByRole("dialog").waitFor();
      // 6:00 AM in the office.
      assert.equal((await last(page, "jobSeed"))[0].start, "2026-06-24T11:00:00.000Z");
      await press(page, "Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      const column = page.locator("[role=gridcell][data-date='2026-06-28']");
      const box = await column.boundingBox();
      await column.dblclick({ position: { x: box.width / 2, y: box.height / 2 } });
      await page.getByRole("dialog").waitFor();
      assert.match((await last(page, "jobSeed"))[0].start, /^2026-06-28T1[5-8]:[03]0/);
      await press(page, "Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await focusDay(page, "2026-06-24");
      await press(page, "ArrowDown", "Shift+M");
      await page.getByRole("dialog").waitFor();
    }));

  test("what has no room is a stop, opens as a list, and gives the focus back", () =>
    at(
      MONTH,
      async (page) => {
        const more = page.locator(id("calendar-more")).first();
        await more.focus();
        await press(page, "Enter");
        await page.waitForSelector(id("day-popover"));
        await page.waitForFunction(() => document.activeElement?.dataset.job !== undefined);
        const first = await page.evaluate(() => document.activeElement.dataset.job);
        await press(page, "ArrowDown");
        assert.notEqual(await page.evaluate(() => document.activeElement.dataset.job), first);
        await press(page, "Escape");
        await page.waitForSelector(id("day-popover"), { state: "detached" });
        await page.waitForFunction(() => document.activeElement?.dataset.stop?.endsWith("|more"));
      },
      { scenario: "big" },
    ));

  test("the night is unfolded from the axis and from the bar", () =>
    at(WEEK, async (page) => {
      await page.locator(id("week-unfold")).first().click();
      await page.waitForSelector(`${id("schedule-night")}[aria-pressed=true]`);
      assert.equal(await page.locator(id("week-unfold")).count(), 0);
    }));
});

describe("the list", () => {
  test("by keys: groups close, rows are chosen and stay so, and where they go is asked", () =>
    at(LIST, async (page) => {
      await page.locator(id("list-grid")).focus();
      await press(page, "ArrowDown", "ArrowLeft", "ArrowLeft");
      const group = page.locator(id("list-group")).first();
      await page.waitForFunction(
        (group) => document.querySelector(group).getAttribute("aria-expanded") === "false",
        id("list-group"),
      );
      assert.equal(
        await group.locator("xpath=following-sibling::*[1]").getAttribute("data-testid"),
        "list-group",
      );
      await press(page, "ArrowRight", "ArrowDown", " ", "Shift+ArrowDown");
      await page.getByText("2 selected", { exact: true }).waitFor();
      await press(page, "Enter");
      await page.waitForSelector(id("detail-panel"));
      await press(page, "Escape");
      await page.waitForSelector(id("detail-panel"), { state: "detached" });
      await page.getByText("2 selected", { exact: true }).waitFor();
      await page.click(id("bulk-move"));
      await page.getByRole("dialog").waitFor();
    }));

  test("sorts, groups and narrows in the database, and comes back to the same", () =>
    at(LIST, async (page) => {
      await page.click("[data-head=customer]");
      await page.waitForFunction(() => location.hash.includes("sort=customer"));
      await page.click("[data-head=customer]");
      await page.waitForFunction(() => window.office.last("jobList")[0].descending);
      await page.click(id("list-grouping"));
      await page.getByRole("menuitemcheckbox", { name: "Crew" }).click();
      await page.waitForFunction(() => window.office.last("jobList")[0].group === "crew");
      await page.keyboard.press("Escape");
      await press(page, "g", "t");
      await page.waitForSelector(id("today"));
      await page.goBack();
      await page.waitForSelector(id("list-grouping"));
      assert.match(await page.evaluate(() => location.hash), /sort=customer&desc=1&group=crew/);
    }));

  test("10,000 jobs: few nodes, every one can be reached, and a change keeps the place", () =>
    at(LIST, async (page) => {
      await page.evaluate(() => {
        const { board } = window.office;
        const [one] = board.jobs;
        const none = {
          crews: [],
          people: [],
          machines: [],
          unknown: 0,
          clashes: 0,
          overridden: 0,
          agreed: {},
        };
        board.jobs = Array.from({ length: 10_000 }, (_, n) => ({
          ...one,
          ...none,
          id: `00000000-0000-4000-9000-${String(n).padStart(12, "0")}`,
          status: "scheduled",
          start: new Date(Date.UTC(2026, 5, 19 + Math.floor(n / 50), 12)).toISOString(),
          end: new Date(Date.UTC(2026, 5, 19 + Math.floor(n / 50), 20)).toISOString(),
        }));
        window.office.emit("schedule-changed", null);
      });
      await page.getByText("10,000 or more jobs", { exact: true }).first().waitFor();
      const grid = page.locator(id("list-grid"));
      await grid.evaluate((box) => (box.scrollTop = box.scrollHeight / 2));
      await page.waitForFunction(
        (row) => [...document.querySelectorAll(row)].some((one) => Number(one.dataset.id.slice(-12)) > 3_000),
        id("list-line"),
        { timeout: 60_000 },
      );
      assert.ok((await page.evaluate(() => document.querySelectorAll("*").length)) < 1_800);
      const middle = () =>
        page.evaluate((row) => {
          const box = document.querySelector("[data-testid=list-grid]").getBoundingClientRect();
          const rows = [...document.querySelectorAll(row)];
          const at = rows.find((one) => one.getBoundingClientRect().top > box.top + box.height / 2);
          return { id: at.dataset.id, top: Math.round(at.getBoundingClientRect().top) };
        }, id("list-line"));
      const before = await middle();
      const asked = await page.evaluate(() => window.office.count("jobList"));
      // A hundred go away above.
      await page.evaluate(() => {
        window.office.board.jobs = window.office.board.jobs.slice(100);
        window.office.emit("schedule-changed", null);
      });
      await page.waitForFunction((n) => window.office.count("jobList") >= n + 2, asked);
      await page.waitForFunction(({ id, top }) => {
        const row = document.querySelector(`[data-testid=list-line][data-id="${id}"]`);
        return row && Math.abs(row.getBoundingClientRect().top - top) <= 2;
      }, before);
    }));

  test("nothing there is not nothing that matches", () =>
    at(`${LIST}?text=zebra`, async (page) => {
      await page.locator(id("nothing-matches")).getByRole("button", { name: "Clear filters" }).click();
      await page.waitForSelector(id("list-line"));
      await page.evaluate(() => {
        window.office.board.jobs = [];
        window.office.emit("schedule-changed", null);
      });
      await page.getByText("No jobs on these days.").waitFor();
      await page.getByRole("button", { name: "Show all days" }).click();
      await page.getByText("There are no jobs yet.").waitFor();
    }));
});

describe("accessible, quiet, and inside the window", () => {
  const select = async (page) => {
    await page
      .locator(id("list-line"))
      .nth(1)
      .click({ modifiers: ["Control"] });
    await page.waitForSelector(id("list-selected"));
  };
  const tray = async (page) => {
    await press(page, "w");
    await page.waitForSelector(id("tray-card"));
  };
  const dialog = (key) => async (page) => {
    await page.keyboard.press(key);
    await page.waitForSelector(id("paper-dialog"));
  };
  const views = async (page) => {
    await page.click(id("saved-views"));
    await page.waitForSelector(id("saved-views-list"));
  };
  const more = async (page) => {
    await page.locator(id("calendar-more")).first().click();
    await page.waitForSelector(id("day-popover"));
  };
  const panel = async (page) => {
    await page.locator(id("calendar-job")).first().click();
    await page.waitForSelector(`${id("detail-panel")} dl`);
  };
  const scenes = {
    week: [WEEK],
    "week-night": ["#/schedule/week?night=1"],
    "week-big": ["#/schedule/week", "big"],
    "week-hostile": ["#/schedule/week", "hostile"],
    "week-panel": [WEEK, "full", panel],
    "week-dst": ["#/schedule/week?date=2026-11-01&night=1"],
    month: [MONTH],
    "month-big": [MONTH, "big"],
    "month-more": [MONTH, "big", more],
    "month-hostile": [MONTH, "hostile"],
    "month-copy": [MONTH, "copy"],
    list: [LIST],
    "list-hostile": [`${LIST}?range=all`, "hostile"],
    "list-customers": [`${LIST}?range=all&group=customer&sort=updated&desc=1`],
    "list-selected": [LIST, "full", select],
    "list-nothing": [`${LIST}?text=zebra`],
    filters: ["#/schedule/week?status=scheduled,confirmed&service=none&weather=yes&priority=4&text=oak"],
    tray: ["#/schedule/week", "full", tray],
    "tray-hostile": ["#/schedule/month", "hostile", tray],
    "day-sheets": ["#/schedule/week", "hostile", dialog("Control+p")],
    "saved-views": ["#/schedule/week", "full", views],
  };
  for (const [name, [hash, scenario, act]] of Object.entries(scenes))
    test(`views-${name}`, () =>
      at(
        hash,
        async (page) => {
          await act?.(page);
          for (const [size, width] of [
            ["small", 1280],
            ["large", 1920],
          ])
            for (const theme of ["light", "dark"]) {
              await page.setViewportSize({ width, height: width === 1280 ? 800 : 1080 });
              await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
              await page.waitForFunction((t) => document.documentElement.dataset.theme === t, theme);
              await settled(page);
              await page.screenshot({ path: join(pictures, `views-${name}-${theme}-${size}.png`) });
              const wide = await page.evaluate(
                () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
              );
              assert.equal(wide, 0, "wider than the window");
              if (size === "large") continue;
              const found = await new AxeBuilder({ page })
                .setLegacyMode(true)
                .options({
                  runOnly: RULES,
                  resultTypes: ["violations"],
                  rules: { region: { enabled: !act } },
                })
                .analyze();
              const words = found.violations.map(
                (v) =>
                  `${v.id}: ${v.nodes
                    .slice(0, 3)
                    .map((n) => `${n.target} ${n.failureSummary}`)
                    .join("\n")}`,
              );
              assert.deepEqual(words, [], theme);
            }
          const nodes = await page.evaluate(() => document.querySelectorAll("*").length);
          assert.ok(nodes <= 3_000, `${nodes} nodes`);
          assert.equal(await page.title(), "Schedule – Neff Office");
        },
        { scenario },
      ));
});
