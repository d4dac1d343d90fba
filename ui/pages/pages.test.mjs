import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { AxeBuilder } from "@axe-core/playwright";

import { id, launch, open, pictures, serve } from "./browser.mjs";
import { scenes } from "./scenes.mjs";

let browser;
let site;
before(async () => {
  [browser, site] = await Promise.all([launch(), serve()]);
});
after(async () => {
  await browser?.close();
  site?.stop();
});

const titles = [
  ["connect-", "Connection"],
  ["settings", "Settings"],
  ["help", "Help"],
  ["alerts", "Alerts"],
  ["shortcuts", "Alerts"],
  ["changes", "Recent changes"],
  ["rain", "Schedule"],
  ["messages", "Schedule"],
  ["roster-", "Crew & equipment"],
];
const sizes = { small: [1280, 800], large: [1920, 1080] };
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

describe("every screen is accessible, quiet and stays in its window", () => {
  for (const [name, scene] of Object.entries(scenes))
    test(name, async () => {
      const { page, complaints, close } = await open(browser, site.origin, scene.scenario, {
        hash: scene.hash,
      });
      if (scene.ready) await page.waitForSelector(scene.ready);
      await scene.act?.(page);
      for (const [size, [width, height]] of Object.entries(sizes))
        for (const theme of ["light", "dark"]) {
          await page.setViewportSize({ width, height });
          await page.emulateMedia({ colorScheme: theme });
          await page.waitForFunction((t) => document.documentElement.dataset.theme === t, theme);
          await settled(page);
          await page.screenshot({ path: join(pictures, `${name}-${theme}-${size}.png`) });
          assert.deepEqual(await spilled(page), [], `wider than the window: ${theme}, ${size}`);
          assert.equal(await scrolled(page), 0, "the window itself is scrolled");
          const found = await new AxeBuilder({ page })
            .setLegacyMode(true)
            .options({
              runOnly: RULES,
              resultTypes: ["violations"],
              rules: { region: { enabled: !scene.floats } },
            })
            .analyze();
          const said = found.violations.map(
            (v) => `${v.id}: ${v.nodes.map((n) => `${n.target} ${n.failureSummary}`).join("\n")}`,
          );
          assert.deepEqual(said, [], `${theme}, ${size}`);
        }
      assert.deepEqual(complaints, []);
      assert.equal(
        await page.title(),
        `${titles.find(([start]) => name.startsWith(start))?.[1] ?? "Today"} – Neff Office`,
      );
      await close();
    });
});

/** Colours in the middle of a transition are not the ones measured against. */
function settled(page) {
  return page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter((animation) => animation.effect?.getTiming().iterations !== Infinity)
        .map((animation) => animation.finished.catch(() => undefined)),
    ),
  );
}

/** What sticks out to the right of its box: a long word nobody wrapped. */
function spilled(page) {
  return page.evaluate(() => {
    const out = [];
    const width = document.documentElement.clientWidth;
    for (const element of document.querySelectorAll("#app *, [data-testid=bell-list] *")) {
      const box = element.getBoundingClientRect();
      if (box.width === 0 || element.closest(".sr-only")) continue;
      if (box.right > width + 1 || box.left < -1)
        out.push(`${element.tagName}.${element.className} ${box.left}–${box.right}`);
      const style = getComputedStyle(element);
      if (/auto|scroll/.test(style.overflowY) && element.scrollWidth > element.clientWidth + 1)
        out.push(
          `${element.dataset.testid ?? element.className} scrolls sideways by ${element.scrollWidth - element.clientWidth}`,
        );
    }
    return out.slice(0, 5);
  });
}

/** Only lists scroll; a window that does has lost its top strip. */
function scrolled(page) {
  return page.evaluate(() =>
    [document.documentElement, document.body, document.querySelector("#app")].reduce(
      (most, box) => Math.max(most, box?.scrollTop ?? 0),
      0,
    ),
  );
}

async function at(scenario, act, options) {
  const { page, complaints, close } = await open(browser, site.origin, scenario, options);
  await act(page);
  assert.deepEqual(complaints, []);
  await close();
}
const focused = (page) =>
  page.evaluate(() => {
    const e = document.activeElement;
    return e?.closest("[data-row]")?.dataset.row ?? e?.dataset.testid ?? e?.id ?? e?.tagName;
  });

describe("what only a real layout shows", () => {
  test("a change above keeps the row under the eyes, and the focus", () =>
    at("hundred", async (page) => {
      const row = page.locator(`${id("days")} ${id("job-card")}`).nth(60);
      await row.scrollIntoViewIfNeeded();
      await row.focus();
      const before = await row.boundingBox();
      const key = await focused(page);
      await page.evaluate(() => {
        const { office } = window;
        const day = structuredClone(office.day);
        const [first] = day.days[0].crews[0].jobs;
        for (let i = 0; i < 7; i++)
          day.days[0].crews[0].jobs.unshift({ ...first, id: `10000000-0000-4000-8000-00000000000${i}` });
        // And the focused crew's rows change places, which moves nodes in the document.
        for (const crew of day.days[0].crews) crew.jobs.reverse();
        office.day = day;
        office.emit("today-changed", null);
      });
      await page.waitForSelector(`${id("job-card")}[data-id="10000000-0000-4000-8000-000000000003"]`);
      const after = await row.page().locator(`[data-row="${key}"]`).boundingBox();
      assert.ok(Math.abs(before.y - after.y) <= 1, `${before.y} became ${after.y}`);
      assert.equal(await focused(page), key);
    }));

  test("opening and closing a record keeps the list's place and gives the focus back", () =>
    at("hundred", async (page) => {
      const row = page.locator(id("estimate-due")).nth(40);
      await row.scrollIntoViewIfNeeded();
      await row.focus();
      const key = await focused(page);
      const before = await row.boundingBox();
      await page.keyboard.press("Enter");
      await page.waitForSelector(`${id("detail-panel")} dl`);
      assert.equal(await focused(page), "detail-title");
      const open = await row.boundingBox();
      assert.ok(Math.abs(before.y - open.y) <= 2, `opening moved it from ${before.y} to ${open.y}`);
      await page.keyboard.press("Escape");
      await page.waitForSelector(id("detail-panel"), { state: "detached" });
      await page.waitForFunction((k) => document.activeElement?.dataset.row === k, key);
      const closed = await row.boundingBox();
      assert.ok(Math.abs(before.y - closed.y) <= 2, `closing moved it from ${before.y} to ${closed.y}`);
    }));

  test("back and forward go through what was open", () =>
    at("full", async (page) => {
      await page.click(`${id("estimate-due")} >> nth=0`);
      const first = await page.getAttribute(id("detail-panel"), "data-id");
      await page.click(`${id("estimate-due")} >> nth=1`);
      await page.click(id("nav-settings"));
      await page.waitForSelector(id("settings"));
      await page.goBack();
      await page.goBack();
      await page.waitForSelector(`${id("detail-panel")}[data-id="${first}"]`);
      assert.match(page.url(), new RegExp(`#/today\\?open=estimate:${first}$`));
      await page.goForward();
      await page.waitForSelector(`${id("detail-panel")}:not([data-id="${first}"])`);
    }));

  test("Escape closes the bell first and then the panel, and the focus comes back each time", () =>
    at("full", async (page) => {
      await page.click(`${id("estimate-due")} >> nth=0`);
      await page.waitForSelector(`${id("detail-panel")} dl`);
      await page.click(id("bell"));
      await page.waitForSelector(id("notification"));
      await page.keyboard.press("Escape");
      await page.waitForSelector(id("bell-list"), { state: "detached" });
      assert.equal(await page.locator(id("detail-panel")).count(), 1);
      assert.equal(await focused(page), "bell");
      await page.keyboard.press("Escape");
      await page.waitForSelector(id("detail-panel"), { state: "detached" });
    }));

  test("a notification opens what it is about and leaves the bell", () =>
    at("full", async (page) => {
      await page.keyboard.press("n");
      await page.click(`${id("notification")}[data-id$="192"] button >> nth=0`);
      await page.waitForSelector(`${id("detail-panel")}[data-kind=job]`);
      await page.waitForSelector(`${id("bell-count")}[data-count="3"]`);
      assert.equal(await focused(page), "detail-title");
      await page.keyboard.press("Escape");
      await page.waitForFunction(
        (bell) => document.activeElement === document.querySelector(bell),
        id("bell"),
      );
    }));

  test("everything on Today can be reached with Tab, and the focus can be seen", () =>
    at("full", async (page) => {
      const wanted = await page.evaluate(
        () =>
          [...document.querySelectorAll("#app button, #app a")].filter((e) => e.getClientRects().length > 0)
            .length,
      );
      const seen = new Set();
      for (let i = 0; i < wanted + 5; i++) {
        await page.keyboard.press("Tab");
        const [key, visible] = await page.evaluate(() => {
          const e = document.activeElement;
          if (!e || e === document.body) return [null, true];
          e.dataset.tab ??= String(Math.random());
          const style = getComputedStyle(e);
          return [
            e.matches("button, a") ? e.dataset.tab : null,
            style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 2,
          ];
        });
        assert.ok(visible, `no focus to see after ${i} tabs`);
        if (key) seen.add(key);
      }
      assert.equal(seen.size, wanted);
    }));

  test("a hostile name is text", () =>
    at("hostile", async (page) => {
      assert.equal(await page.locator("img").count(), 0);
      assert.equal(await page.title(), "Today – Neff Office");
      assert.ok((await page.textContent(id("today"))).includes("<img src=x onerror="));
    }));

  test("less motion: a change is marked without an animation", () =>
    at(
      "full",
      async (page) => {
        await page.waitForSelector(id("job-card"));
        await page.evaluate(() => {
          const day = structuredClone(window.office.day);
          day.days[0].crews[0].jobs[0].address = "moved";
          window.office.day = day;
          window.office.emit("today-changed", null);
        });
        await page.waitForSelector(".changed");
        assert.equal(
          await page.evaluate(() => getComputedStyle(document.querySelector(".changed")).animationName),
          "none",
        );
      },
      { reducedMotion: "reduce" },
    ));

  test("the theme is there before the first paint and survives a reload", () =>
    at("full", async (page) => {
      await page.click(id("theme-toggle"));
      const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const dark = await ground();
      await page.reload({ waitUntil: "commit" });
      await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
      await page.waitForSelector(id("job-card"));
      assert.equal(await ground(), dark);
      await page.click(id("theme-toggle"));
      assert.notEqual(await ground(), dark);
    }));

  test("a morning without the mouse: find, write, undo, read the alerts, see who did what", () =>
    at("full", async (page) => {
      const keys = async (...all) => {
        for (const key of all) await page.keyboard.press(key);
      };
      await keys("Control+k");
      await page.waitForSelector(id("palette"));
      await page.keyboard.type("birch");
      await page.waitForSelector(`${id("palette")} [role=option]:has-text("77 Birch")`);
      // The customer comes first, its estimate after it.
      await keys("Enter");
      await page.waitForSelector(`${id("detail-panel")}[data-kind=customer] ${id("sheet-item")}`);
      await page.waitForFunction(() => document.activeElement?.id === "detail-title");
      for (let i = 0; (await focused(page)) !== "sheet-item" && i < 20; i++) await keys("Tab");
      await keys("Enter");
      await page.waitForSelector(`${id("detail-panel")}[data-kind=estimate] ${id("notes-edit")}`);
      await keys("Shift+N");
      await page.waitForFunction(() => document.activeElement?.tagName === "TEXTAREA");
      await page.keyboard.type(" Gate code 4711.");
      await keys("Control+Enter");
      await page.waitForSelector(`${id("notes")}:has-text("Gate code 4711")`);
      await page.waitForSelector(id("notes-edit"));
      await keys("Control+z");
      await page.waitForFunction(
        (notes) => !document.querySelector(notes)?.textContent?.includes("4711"),
        id("notes"),
      );
      await keys("Escape", "g", "a");
      await page.waitForSelector(id("alert"));
      const before = await page.locator(id("alert")).count();
      await keys("j", "e");
      await page.waitForFunction(
        ([row, count]) => document.querySelectorAll(row).length === count,
        [id("alert"), before - 1],
      );
      await keys("g", "r");
      await page.waitForSelector(`${id("change")}:has-text("takes back a change")`);
    }));
});
