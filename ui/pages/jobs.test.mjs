// Working on jobs by keys alone, in a real layout, and how it looks with the worst there is.
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

async function at(hash, act, { scenario = "full", ...options } = {}) {
  const { page, complaints, close } = await open(browser, site.origin, scenario, { hash, ...options });
  await act(page);
  assert.deepEqual(complaints, []);
  await close();
}

/** A job of one crew in the week to come; `wanted` is written into the page. */
function pick(page, wanted = (job) => job.status === "scheduled" && job.clashes === 0) {
  return page.evaluate((wanted) => {
    const fits = new Function(`return ${wanted}`)();
    const job = window.office.board.jobs.find(
      (job) => job.contract_id && job.crews.length === 1 && job.start > "2026-06-19" && fits(job),
    );
    return { id: job.id, start: job.start, end: job.end, crew: job.crews[0] };
  }, String(wanted));
}

/** With that job in the panel. */
async function panel(page, job) {
  await page.evaluate((job) => (location.hash = `#/today?open=job:${job}`), job);
  await page.waitForSelector(id("history-line"));
}

const jobNow = (page, job) =>
  page.evaluate((job) => ({ ...window.office.board.jobs.find(({ id }) => id === job) }), job);
const asked = (page, name) => page.evaluate((name) => window.office.last(name), name);
const focused = (page, selector) =>
  page.waitForFunction((selector) => document.activeElement?.matches(selector), selector);
const gone = (page, name) => page.waitForSelector(id(name), { state: "detached" });

async function type(page, text) {
  await page.keyboard.press("Control+a");
  await page.keyboard.type(text);
}

async function tabTo(page, selector, most = 40) {
  for (let i = 0; i < most; i++) {
    if (await page.evaluate((s) => document.activeElement?.matches(s) ?? false, selector)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`Tab does not lead to ${selector}`);
}

async function command(page, words) {
  await page.keyboard.press("Control+k");
  await page.waitForSelector(id("palette"));
  await page.keyboard.type(words);
  await page.waitForSelector("[aria-selected=true]");
  await page.keyboard.press("Enter");
}

describe("by keys alone", () => {
  test("a job is entered, and undone", () =>
    at("", async (page) => {
      const before = await page.evaluate(() => window.office.board.jobs.length);
      await command(page, "new job");
      await focused(page, id("contract-search"));
      await page.keyboard.type("harbor");
      await page.waitForSelector(id("contract-choice"));
      await page.keyboard.press("Enter");
      await page.waitForSelector(id("contract"));
      await tabTo(page, "#job-start-date");
      await type(page, "jun 29");
      await tabTo(page, "#job-start-time");
      await type(page, "6:30");
      await page.keyboard.press("Tab");
      await type(page, "9");
      await tabTo(page, "[data-field=crew] input");
      await page.keyboard.type("concrete");
      await page.waitForSelector("[role=option][aria-selected=true]");
      await page.keyboard.press("Enter");
      await page.waitForSelector(id("resource-chip"));
      await page.keyboard.press("Control+Enter");
      await Promise.race([page.waitForSelector(id("clash-ahead")), gone(page, "job-editor")]);
      if ((await page.locator(id("clash-ahead")).count()) > 0) {
        await page.keyboard.press("Shift+Tab");
        await page.keyboard.press("Enter");
        await focused(page, "textarea");
        await page.keyboard.type("They share the lot");
        await page.keyboard.press("Control+Enter");
      }
      await gone(page, "job-editor");
      const [made] = await asked(page, "createJob");
      assert.equal(made.start, "2026-06-29T11:30:00.000Z");
      assert.equal(made.end, "2026-06-29T20:30:00.000Z");
      assert.equal(made.crew[0].name, "Concrete 1");
      assert.equal(await page.evaluate(() => window.office.board.jobs.length), before + 1);
      await page.keyboard.press("Control+z");
      await page.waitForFunction((n) => window.office.board.jobs.length === n, before);
    }));

  test("what two people changed is chosen from, and saved", () =>
    at("", async (page) => {
      const job = await pick(page);
      await panel(page, job.id);
      await page.keyboard.press("Shift+E");
      await focused(page, "#job-start-date");
      await tabTo(page, "#job-instructions");
      await type(page, "Mine: ring first.");
      await page.evaluate(
        (job) => window.office.board.elsewhere(job, { instructions: "Theirs: dog.", priority: 5 }),
        job.id,
      );
      await page.waitForSelector(id("conflicts"));
      await page.keyboard.press("Shift+Tab");
      for (let i = 0; i < 40; i++) {
        const label = await page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
        if (label.startsWith("Keep mine")) break;
        await page.keyboard.press("Shift+Tab");
      }
      await page.keyboard.press("Enter");
      await focused(page, id("job-form-save"));
      await page.keyboard.press("Enter");
      await gone(page, "job-editor");
      const now = await jobNow(page, job.id);
      assert.equal(now.instructions, "Mine: ring first.");
      assert.equal(now.priority, 5);
    }));

  test("a clash is named; another time can be chosen, or it is booked anyway with a reason", () =>
    at("", async (page) => {
      const job = await pick(page);
      // Somebody else takes the crew for the day after.
      const other = await page.evaluate((job) => {
        const { board } = window.office;
        const mine = board.jobs.find(({ id }) => id === job);
        const other = board.jobs.find(
          (one) => one.id !== job && one.status === "scheduled" && one.crews[0] !== mine.crews[0],
        );
        board.elsewhere(other.id, {
          ...{ crews: mine.crews, people: mine.people, customer: "Harbor Freight" },
          ...{ start: "2026-07-08T11:00:00.000Z", end: "2026-07-08T19:00:00.000Z" },
        });
        board.jobs = board.jobs.filter(
          (one) =>
            one.id === job || one.id === other.id || one.start < "2026-07-07" || one.start > "2026-07-10",
        );
        return other.id;
      }, job.id);
      await panel(page, job.id);
      await tabTo(page, id("job-move"));
      await page.keyboard.press("Enter");
      await focused(page, "[data-testid=move-date] input");
      await type(page, "7/8");
      await page.waitForSelector(`${id("would-clash")}[data-id="${other}"]`);
      await page.keyboard.press("Control+Enter");
      await focused(page, id("clash-back"));
      assert.match(await page.locator(id("clashing")).textContent(), /already on.*Harbor Freight/);
      await page.keyboard.press("Enter");
      await gone(page, "clash-dialog");
      assert.equal((await jobNow(page, job.id)).start, job.start);
      // Where the person was.
      await focused(page, "[data-testid=move-date] input");
      await page.keyboard.press("Control+Enter");
      await focused(page, id("clash-back"));
      await page.keyboard.press("Shift+Tab");
      await page.keyboard.press("Enter");
      await focused(page, "textarea");
      await page.keyboard.press("Control+Enter");
      await page.getByText("Say in a few words why both can be done.").waitFor();
      await page.keyboard.type("Same yard");
      await page.keyboard.press("Control+Enter");
      await gone(page, "move-dialog");
      assert.equal((await asked(page, "moveJobs"))[2], "Same yard");
      await focused(page, id("job-move"));
    }));

  test("a job is canceled with a reason, and back from its history", () =>
    at("", async (page) => {
      const job = await pick(page);
      await panel(page, job.id);
      await page.keyboard.press("Shift+X");
      await focused(page, "textarea");
      await page.keyboard.press("Control+Enter");
      await page.getByText("Say in a few words why.").waitFor();
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await focused(page, "textarea");
      await page.keyboard.press("Control+Enter");
      await gone(page, "status-dialog");
      assert.equal((await jobNow(page, job.id)).status, "canceled");
      assert.equal((await asked(page, "setJobStatus"))[2], "Rain");
      await page.waitForSelector(`${id("history-line")} >> nth=1`);
      assert.match(await page.locator(id("history-line")).first().textContent(), /“Rain”/);
      await tabTo(page, id("history-undo"));
      await page.keyboard.press("Enter");
      await page.waitForFunction(
        (job) => window.office.board.jobs.find(({ id }) => id === job).status === "scheduled",
        job.id,
      );
    }));

  test("what is typed survives Escape and a restart", () =>
    at("", async (page) => {
      const job = await pick(page);
      await panel(page, job.id);
      await page.keyboard.press("Shift+E");
      await focused(page, "#job-start-date");
      await tabTo(page, "#job-instructions");
      await type(page, "Half a thought");
      await page.keyboard.press("Escape");
      await gone(page, "job-editor");
      await page.reload();
      await page.waitForSelector(id("history-line"));
      await page.keyboard.press("Shift+E");
      await page.waitForSelector(id("draft-note"));
      assert.equal(await page.locator("#job-instructions").inputValue(), "Half a thought");
    }));

  test("what came from outside is joined, looked at and matched", () =>
    at("#/schedule/outside", async (page) => {
      await page.evaluate(() => {
        const { board, desk } = window.office;
        const fresh = board.jobs.find((job) => job.is_new && job.source === "calendly_webhook");
        const old = board.jobs.find((job) => job.status === "canceled");
        board.elsewhere(old.id, { people: [], crews: [], machines: [] });
        desk.moves = [{ canceled: old.id, new: fresh.id, canceled_at: "2026-06-18T10:58:00Z" }];
        board.changed();
      });
      await page.waitForSelector(id("likely-move"));
      await tabTo(page, id("move-join"), 60);
      await page.keyboard.press("Enter");
      await gone(page, "likely-move");
      await tabTo(page, id("looked-at"), 60);
      await page.keyboard.press("Enter");
      await gone(page, "outside-new");
      await tabTo(page, id("unknown-suggestion"), 60);
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => window.office.count("matchName") === 1);
    }));
});

describe("with the worst there is", () => {
  const edit = async (page) => {
    await page.keyboard.press("Shift+E");
    await page.waitForSelector(id("job-form"));
    await page.waitForSelector(id("consequences"));
  };
  const clashing = (job) => job.clashes > 0;
  const scenes = {
    "job-panel-board": { job: clashing },
    "job-editor": { job: clashing, act: edit },
    "job-editor-choosing": {
      job: clashing,
      act: async (page) => {
        await edit(page);
        await page.click("[data-field=crew] input");
        await page.waitForSelector("[role=option]");
      },
    },
    "job-editor-errors": {
      job: clashing,
      act: async (page) => {
        await edit(page);
        await page.fill("#job-address", "");
        await page.fill("#job-duration_hours", "all day");
        await page.keyboard.press("Control+Enter");
        await page.getByText("Enter where the work is.").waitFor();
      },
    },
    "job-editor-long": {
      job: clashing,
      act: async (page) => {
        await edit(page);
        await page.fill("#field-length", "3 days");
        await page.keyboard.press("Tab");
        await page.waitForSelector(id("over-days"));
      },
    },
    "job-editor-conflict": {
      job: clashing,
      act: async (page, job) => {
        await edit(page);
        await page.fill("#job-instructions", "Mine: ring first.");
        await page.evaluate(
          (job) => window.office.board.elsewhere(job, { instructions: "Theirs: dog." }),
          job,
        );
        await page.waitForSelector(id("conflicts"));
      },
    },
    "job-move": {
      job: clashing,
      act: async (page) => {
        await page.click(id("job-move"));
        await page.waitForSelector(id("move-preview"));
        await page.fill("[data-testid=move-date] input", "6/23");
        await page.waitForSelector(id("would-clash"));
      },
    },
    "job-clash": {
      job: clashing,
      act: async (page) => {
        await scenes["job-move"].act(page);
        await page.fill("textarea", "Customer asked");
        await page.keyboard.press("Control+Enter");
        await page.click(id("clash-ahead"));
      },
    },
    "job-cancel": {
      job: clashing,
      act: async (page) => {
        await page.keyboard.press("Shift+X");
        await page.waitForSelector(id("reason-chip"));
      },
    },
    "job-who": {
      job: (job) => job.unknown > 0,
      act: async (page) => {
        await page.locator(id("who-is-this")).first().click();
        await page.waitForSelector(id("match-dialog"));
      },
    },
    "job-panel-hostile": { job: clashing, scenario: "hostile" },
    "job-editor-hostile": { job: clashing, scenario: "hostile", act: edit },
    outside: { hash: "#/schedule/outside", ready: id("outside-new") },
    "outside-hostile": { hash: "#/schedule/outside", scenario: "hostile", ready: id("outside-new") },
  };
  for (const [name, { hash = "", scenario, job, act, ready }] of Object.entries(scenes))
    test(`${name} is accessible, and stays in its window`, () =>
      at(
        hash,
        async (page) => {
          const wanted = job && (await pick(page, job)).id;
          if (wanted) await panel(page, wanted);
          if (ready) await page.waitForSelector(ready);
          await act?.(page, wanted);
          for (const [width, height] of [
            [1280, 800],
            [1920, 1080],
          ])
            for (const theme of ["light", "dark"]) {
              await page.setViewportSize({ width, height });
              await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
              await page.waitForFunction((t) => document.documentElement.dataset.theme === t, theme);
              await settled(page);
              await page.screenshot({ path: join(pictures, `${name}-${theme}-${width}.png`) });
              const found = await new AxeBuilder({ page })
                .setLegacyMode(true)
                .options({
                  runOnly: RULES,
                  resultTypes: ["violations"],
                  // Lists that open over the window are in no landmark.
                  rules: { region: { enabled: false } },
                })
                .analyze();
              const said = found.violations.map(
                (v) => `${v.id}: ${v.nodes.map((n) => `${n.target} ${n.failureSummary}`).join("\n")}`,
              );
              assert.deepEqual(said, [], `${theme}, ${width}`);
              assert.deepEqual(await spilled(page), [], `${theme}, ${width}`);
            }
          assert.doesNotMatch(await page.title(), /owned/);
        },
        { scenario },
      ));
});

/** What sticks out of the window, or scrolls sideways where it should not. */
function spilled(page) {
  return page.evaluate(() => {
    const out = [];
    const width = document.documentElement.clientWidth;
    for (const element of document.querySelectorAll("body *")) {
      const box = element.getBoundingClientRect();
      if (box.width === 0 || element.closest(".sr-only")) continue;
      if (box.right > width + 1 || box.left < -1) out.push(`${element.tagName}.${element.className}`);
      const style = getComputedStyle(element);
      if (/auto|scroll/.test(style.overflowY) && element.scrollWidth > element.clientWidth + 1)
        out.push(`${element.dataset.testid ?? element.className} scrolls sideways`);
    }
    return out.slice(0, 5);
  });
}
