// The production-like build over an office in memory, in Debian's Chromium, under the product's content policy.
import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

const built = process.env.UI_FAKE ?? fileURLToPath(new URL("../../target/ui-fake", import.meta.url));
export const pictures = fileURLToPath(new URL("../../target/pictures/ui", import.meta.url));
mkdirSync(pictures, { recursive: true });

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2" };
const POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'none'; object-src 'none'; frame-src 'none'; base-uri 'none'; form-action 'none'";

/** 6:45 AM in the office of the sample data. */
const NOW = new Date("2026-06-18T11:45:00Z");

export async function serve(folder = built, first = "index.html") {
  const server = createServer((request, response) => {
    // Chromium asks for one by itself; the product's page names none.
    if (request.url === "/favicon.ico") return response.writeHead(204).end();
    const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
    try {
      const body = readFileSync(join(folder, path === "/" ? first : path));
      const type = TYPES[extname(path)] ?? "text/html";
      response.writeHead(200, { "content-type": type, "content-security-policy": POLICY }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { origin: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}

/** Until nothing changes its color any more: in nested elements one change begins after the other. */
export function settled(page) {
  return page.evaluate(async () => {
    const going = () =>
      document
        .getAnimations()
        .some(
          (animation) =>
            animation.effect?.getTiming().iterations !== Infinity && animation.playState === "running",
        );
    for (let still = 0, all = 0; still < 3 && all < 120; all++) {
      await new Promise((frame) => requestAnimationFrame(frame));
      still = going() ? 0 : still + 1;
    }
  });
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--force-color-profile=srgb"],
  });
}

/** A page of that scenario; `complaints` collects what a quiet page must not do. */
export async function open(
  browser,
  origin,
  scenario,
  { hash = "", theme = "light", size = [1280, 800], ...rest } = {},
) {
  const context = await browser.newContext({
    viewport: { width: size[0], height: size[1] },
    colorScheme: theme,
    // Neither is the office's: what is shown must not depend on this computer.
    timezoneId: "Asia/Tokyo",
    locale: "de-DE",
    ...rest,
  });
  // The core freezes it (freezePrototype); a library that writes to it must show here.
  await context.addInitScript(() => Object.freeze(Object.prototype));
  const page = await context.newPage();
  await page.clock.setFixedTime(NOW);
  const complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith("data:"))
      complaints.push(`asks for ${request.url()}`);
  });
  await page.goto(`${origin}/?scenario=${scenario}${hash}`);
  await page.waitForSelector(
    ["today", "schedule", "crew", "connect", "settings", "help", "alerts", "changes"]
      .map((screen) => `[data-testid=${screen}] > *`)
      .join(", "),
  );
  await page.evaluate(() => document.fonts.ready);
  return { page, complaints, close: () => context.close() };
}

export const id = (name) => `[data-testid="${name}"]`;
