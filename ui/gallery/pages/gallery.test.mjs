// Every part in light and dark, small and large: accessible, quiet, in its window, and its picture.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, test } from "node:test";

import { AxeBuilder } from "@axe-core/playwright";

import { launch, serve } from "../../pages/browser.mjs";
import { scenes } from "./scenes.mjs";

const built = fileURLToPath(new URL("../../../target/ui-gallery", import.meta.url));
const pictures = fileURLToPath(new URL("../../../target/pictures/gallery", import.meta.url));
mkdirSync(pictures, { recursive: true });
const only = process.env.PART;

let browser;
let site;
before(async () => {
  [browser, site] = await Promise.all([launch(), serve(built, "gallery.html")]);
});
after(async () => {
  await browser?.close();
  site?.stop();
});

const sizes = { small: [1280, 800], large: [1920, 1080] };
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

export async function open(part) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    colorScheme: "light",
    timezoneId: "Asia/Tokyo",
    locale: "de-DE",
  });
  await context.addInitScript(() => Object.freeze(Object.prototype));
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(`${site.origin}/#/${part}`);
  await page.waitForSelector(`[data-part="${part}"] > :nth-child(2)`);
  await page.evaluate(() => document.fonts.ready);
  return { page, complaints, close: () => context.close() };
}

describe("every part", { concurrency: 3 }, () => {
  for (const [name, scene] of Object.entries(scenes))
    if (!only || scene.part === only)
      test(name, async () => {
        const { page, complaints, close } = await open(scene.part);
        await scene.act?.(page);
        for (const [size, [width, height]] of Object.entries(sizes)) {
          await page.setViewportSize({ width, height });
          for (const theme of ["light", "dark"]) {
            await page.evaluate((t) => (document.documentElement.dataset.theme = t), theme);
            await settled(page);
            await page.screenshot({
              path: join(pictures, `${name}-${theme}-${size}.png`),
              fullPage: !scene.over,
            });
            assert.deepEqual(await spilled(page), [], `wider than the window: ${theme}, ${size}`);
            // The large window changes the layout, hardly what axe looks at: once is enough there.
            if (size === "large" && theme === "dark") continue;
            const found = await new AxeBuilder({ page })
              .setLegacyMode(true)
              .options({
                runOnly: RULES,
                resultTypes: ["violations"],
                // What opens over the window hangs at the end of the document, outside every landmark.
                rules: { region: { enabled: !scene.over } },
              })
              .analyze();
            const said = found.violations.map(
              (v) => `${v.id}: ${v.nodes.map((n) => `${n.target} ${n.failureSummary}`).join("\n")}`,
            );
            assert.deepEqual(said, [], `${theme}, ${size}`);
          }
        }
        assert.equal(await page.locator("main img").count(), 0, "somebody's text became an element");
        assert.deepEqual(complaints, []);
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
        .map((animation) =>
          Promise.race([animation.finished.catch(() => undefined), new Promise((r) => setTimeout(r, 600))]),
        ),
    ),
  );
}

/** What sticks out of the window at its right, where nothing scrolls there. */
function spilled(page) {
  return page.evaluate(() => {
    const out = [];
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth > width)
      out.push(`the page scrolls sideways: ${document.documentElement.scrollWidth}`);
    for (const element of document.querySelectorAll("body *")) {
      const box = element.getBoundingClientRect();
      if (box.width === 0 || element.closest(".sr-only") || clipped(element)) continue;
      if (box.right > width + 1 || box.left < -1)
        out.push(`${element.tagName}.${element.className} ${box.left}–${box.right}`);
    }
    return out.slice(0, 5);
    // Inside something that cuts it off, or scrolls.
    function clipped(element) {
      for (let above = element.parentElement; above && above !== document.body; above = above.parentElement)
        if (getComputedStyle(above).overflowX !== "visible" && above.getBoundingClientRect().right <= width)
          return true;
      return false;
    }
  });
}
