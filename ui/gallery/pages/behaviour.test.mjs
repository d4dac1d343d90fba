// What only a real layout shows: places kept, focus given back, a million rows.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";

import { launch, serve } from "../../pages/browser.mjs";

const built = fileURLToPath(new URL("../../../target/ui-gallery", import.meta.url));
const id = (name) => `[data-testid="${name}"]`;
let browser;
let site;
before(async () => {
  [browser, site] = await Promise.all([launch(), serve(built, "gallery.html")]);
});
after(async () => {
  await browser?.close();
  site?.stop();
});

async function at(part, act) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(`${site.origin}/#/${part}`);
  await page.waitForSelector(`[data-part="${part}"] > :nth-child(2)`);
  await act(page);
  await context.close();
}
const grid = "[role=grid] >> nth=0";
const cells = (page) => page.locator("[role=grid] >> nth=0 >> [role=row][data-row]");

test("a million rows: each end is reached, and small steps are small in the middle", () =>
  at("tables", async (page) => {
    await page.waitForSelector("text=EST-1000000");
    const box = page.locator(grid);
    await box.evaluate((e) => (e.scrollTop = e.scrollHeight));
    await page.waitForSelector("text=EST-0000001");
    await box.evaluate((e) => (e.scrollTop = e.scrollHeight / 2));
    // Until then the rows are those of the end, shown where the list was scrolled from.
    await page.waitForFunction(() =>
      [...document.querySelectorAll("[role=row][data-index]")].some(
        (row) => Math.abs(Number(row.dataset.index) - 500_000) < 1000,
      ),
    );
    const top = () =>
      page.evaluate(() => {
        const list = document.querySelector("[role=grid]");
        const head = list.querySelector("[role=rowgroup]").getBoundingClientRect().bottom;
        const row = [...list.querySelectorAll("[role=row][data-index]")]
          .map((e) => [Number(e.dataset.index), e.getBoundingClientRect().top])
          .sort((a, b) => a[0] - b[0])
          .find(([, y]) => y >= head - 36);
        return row[0] * 36 - row[1];
      });
    const before = await top();
    await box.evaluate((e) => (e.scrollTop += 108));
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
    assert.ok(Math.abs((await top()) - before - 108) <= 1, `${before} became ${await top()}`);
    await box.evaluate((e) => (e.scrollTop = 0));
    await page.waitForSelector("text=EST-1000000");
  }));

test("scrolling on and on keeps up", () =>
  at("tables", async (page) => {
    await page.waitForSelector("text=EST-1000000");
    const worst = await page.evaluate(async () => {
      const box = document.querySelector("[role=grid]");
      const times = [];
      for (let i = 0; i < 60; i++) {
        const start = performance.now();
        box.scrollTop += 240;
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        times.push(performance.now() - start);
      }
      return times.sort((a, b) => a - b)[57];
    });
    console.log(`a step of the scroll bar, 95 %: ${worst.toFixed(0)} ms`);
    assert.ok(worst < 400, `${worst} ms`);
  }));

test("a row that comes in above keeps the one under the eyes", () =>
  at("tables", async (page) => {
    await page.waitForSelector("text=EST-1000000");
    // In small steps: a large one is a jump in proportion.
    for (let i = 0; i < 6; i++) {
      await page.locator(grid).evaluate((e) => (e.scrollTop += 300));
      await page.waitForTimeout(50);
    }
    await page.waitForSelector("[data-row='999945']");
    const y = () => page.locator("[data-row='999945']").evaluate((e) => e.getBoundingClientRect().top);
    const before = await y();
    await page.click(id("add"));
    await page.waitForSelector("text=1,000,001 estimates");
    await page.waitForTimeout(100);
    assert.ok(Math.abs((await y()) - before) <= 1, `${before} became ${await y()}`);
  }));

test("a column is made wider with the pointer, and is so after a reload", () =>
  at("tables", async (page) => {
    await page.waitForSelector("text=EST-1000000");
    const head = page.locator("[role=columnheader]:has([data-head=customer]) >> nth=0");
    const before = (await head.boundingBox()).width;
    const grip = await page.locator("[data-grip=customer] >> nth=0").boundingBox();
    await page.mouse.move(grip.x + 4, grip.y + 10);
    await page.mouse.down();
    await page.mouse.move(grip.x + 64, grip.y + 10, { steps: 4 });
    await page.mouse.up();
    const wide = (await head.boundingBox()).width;
    assert.ok(Math.abs(wide - before - 60) <= 2, `${before} became ${wide}`);
    await page.reload();
    await page.waitForSelector("text=EST-1000000");
    assert.ok(Math.abs((await head.boundingBox()).width - wide) <= 1);
  }));

test("the right button, Shift+F10 and the keyboard open rows", () =>
  at("tables", async (page) => {
    await page.waitForSelector("text=EST-1000000");
    await cells(page).nth(0).click();
    await page.waitForSelector("[data-row='1000000'][aria-current=true]");
    await page.focus(grid);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[data-row='999999'][aria-current=true]");
    await page.keyboard.press("Shift+F10");
    await page.waitForSelector("[role=menuitem]");
  }));

test("dialogs and the palette give the focus back", () =>
  at("dialogs", async (page) => {
    const focused = () =>
      page.evaluate(() => document.activeElement?.dataset.testid ?? document.activeElement?.tagName);
    for (const name of ["open-dialog", "open-sheet", "open-confirm"]) {
      await page.click(id(name));
      await page.waitForSelector("[role=dialog], [role=alertdialog]");
      for (let i = 0; i < 12; i++) {
        await page.keyboard.press("Tab");
        assert.ok(
          await page.evaluate(
            () => document.activeElement?.closest("[role=dialog], [role=alertdialog]") !== null,
          ),
        );
      }
      await page.keyboard.press("Escape");
      await page.waitForSelector("[role=dialog], [role=alertdialog]", { state: "detached" });
      await page
        .waitForFunction((n) => document.activeElement?.dataset.testid === n, name)
        .catch(() => undefined);
      assert.equal(await focused(), name);
    }
  }));

test("from a keystroke in the palette to its results", () =>
  at("palette", async (page) => {
    await page.click(id("open-palette"));
    await page.waitForSelector(id("palette-input"));
    const took = await page.evaluate(async () => {
      const input = document.querySelector("[data-testid=palette-input]");
      const times = [];
      for (const text of ["e", "es", "est", "esti", "go", "go t", "rain", "weather"]) {
        const start = performance.now();
        input.value = text;
        input.dispatchEvent(new Event("input", { bubbles: true }));
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        times.push(performance.now() - start);
      }
      return Math.max(...times);
    });
    console.log(`a keystroke, worst: ${took.toFixed(0)} ms`);
    assert.ok(took < 150, `${took} ms`);
  }));

test("what is called back is never sent, what is not is sent once", () =>
  at("toasts", async (page) => {
    await page.click(id("show-recall"));
    await page.click(id("recall-button"));
    await page.click(id("show-recall"));
    await page.locator(`${id("recall")}[data-state=waiting] >> text=Send now`).click();
    await page.waitForSelector(`${id("sent")}[data-sent="1"]`);
    await page.waitForTimeout(300);
    assert.equal(await page.getAttribute(id("sent"), "data-sent"), "1");
  }));
