// How fast the board is with 50 crews and 2,000 jobs in a month; with --peers beside two others. Prints JSON.
//   node bench/board.mjs [--peers] [--built FOLDER] [--runs N]
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { cpus, loadavg } from "node:os";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { chromium } from "playwright-core";

const { values } = parseArgs({
  options: {
    peers: { type: "boolean", default: false },
    built: { type: "string", default: fileURLToPath(new URL("../../target/ui-bench", import.meta.url)) },
    runs: { type: "string", default: "3" },
  },
});
const STEPS = 120;
const AIMS = { first_paint_ms: 300, nodes: 3_000, scroll_p95_ms: 33, drag_p95_ms: 33 };
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2" };

const server = createServer((request, response) => {
  const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
  try {
    const body = readFileSync(join(values.built, path === "/" ? "bench/board.html" : path));
    response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "text/html" }).end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const origin = `http://127.0.0.1:${server.address().port}`;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"],
});

const round = (ms) => Math.round(ms * 10) / 10;
function share(all, part) {
  const sorted = [...all].sort((a, b) => a - b);
  return sorted.length === 0
    ? null
    : round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]);
}

/** Waits for frames, as a person's hand does. */
const frame = (page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));

async function once(show) {
  const context = await browser.newContext({
    viewport: { width: 1920, height: 1080 },
    timezoneId: "America/Chicago",
  });
  const page = await context.newPage();
  await page.clock.setFixedTime(new Date("2026-06-18T11:45:00Z"));
  await page.goto(`${origin}/?show=${show}`);
  await page.waitForSelector("html[data-ready=bench]");
  await page.evaluate(() => document.fonts.ready);
  const painted = await page.evaluate(() => window.bench.show());
  await page.waitForSelector(await page.evaluate(() => window.bench.bar), { timeout: 60_000 });
  await frame(page);
  const nodes = await page.evaluate(() => window.bench.nodes());

  // Scrolling: a step down, and up again from the end.
  const scroll = await page.evaluate(async (steps) => {
    const scroller = window.bench.scroller();
    if (!scroller) return [];
    const { port1, port2 } = new MessageChannel();
    const times = [];
    let by = 48;
    for (let i = 0; i < steps; i++) {
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      const start = performance.now();
      const before = scroller.scrollTop;
      scroller.scrollTop += by;
      if (scroller.scrollTop === before) scroller.scrollTop += by = -by;
      await new Promise((done) => {
        port1.onmessage = done;
        requestAnimationFrame(() => port2.postMessage(null));
      });
      times.push(performance.now() - start);
    }
    scroller.scrollTop = 0;
    return times;
  }, STEPS);
  const most = await page.evaluate(() => window.bench.nodes());
  await frame(page);

  // Dragging: real moves of the mouse, each answered by a frame.
  const handle = await page.waitForFunction(() => {
    const bars = [...document.querySelectorAll(window.bench.bar)].map((bar) => bar.getBoundingClientRect());
    const good = bars.find(
      ({ x, y, width, height }) => x > 500 && x < 900 && y > 150 && y < 700 && width > 12 && height > 8,
    );
    return good ? { x: good.x + good.width / 2, y: good.y + good.height / 2 } : null;
  });
  const box = await handle.jsonValue();
  let drag = [];
  if (box) {
    await page.mouse.move(box.x, box.y);
    await page.mouse.down();
    await page.mouse.move(box.x + 8, box.y + 2);
    await frame(page);
    await page.evaluate(
      () => (window.steps = window.bench.watch(window.PointerEvent ? "pointermove" : "mousemove")),
    );
    for (let i = 1; i <= STEPS; i++) {
      await page.mouse.move(box.x + 8 + i * 5, box.y + 2 + ((i * 7) % 300));
      await frame(page);
    }
    drag = await page.evaluate(() => window.steps);
    if (show === "own" && (await page.locator(".board-ghost").count()) === 0)
      throw new Error("nothing was dragged");
    await page.keyboard.press("Escape");
    await page.mouse.up();
  }
  await context.close();
  return { painted, nodes: Math.max(nodes, most), scroll, drag };
}

const names = values.peers ? ["own", "event-calendar", "daypilot"] : ["own"];
const found = {};
for (const name of names) {
  const runs = [];
  for (let i = 0; i < Number(values.runs); i++) runs.push(await once(name));
  const all = (key) => runs.flatMap((run) => run[key]);
  found[name] = {
    first_paint_ms: share(all("painted"), 0.5),
    nodes: Math.max(...all("nodes")),
    scroll_p50_ms: share(all("scroll"), 0.5),
    scroll_p95_ms: share(all("scroll"), 0.95),
    drag_p50_ms: share(all("drag"), 0.5),
    drag_p95_ms: share(all("drag"), 0.95),
    drag_steps: all("drag").length,
  };
}
await browser.close();
server.close();

const { own } = found;
const missed = Object.keys(AIMS).filter((key) => !(own[key] <= AIMS[key]));
console.log(
  JSON.stringify(
    {
      what: "50 crews, 2,000 jobs, one month, 1920×1080, software rendering",
      cpus: cpus().length,
      load: loadavg().map(round),
      aims: AIMS,
      missed,
      ...found,
    },
    null,
    2,
  ),
);
