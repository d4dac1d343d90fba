// Rain-outs and the customers to tell: name → scenario, and how to get there.
import { id } from "./browser.mjs";

const rows = id("rain-row");
const at = { scenario: "rain", hash: "#/schedule/rain" };

async function ready(page) {
  await page.waitForSelector(rows);
  await page.waitForFunction(
    (figures) => [...document.querySelectorAll(figures)].every((one) => /\d/.test(one.textContent ?? "")),
    id("rain-figures"),
  );
}

async function applied(page) {
  await ready(page);
  await page.keyboard.press("Control+Enter");
  await page.waitForSelector(id("message-detail"));
}

export const rain = {
  "rain-plan": { ...at, act: ready },
  "rain-edited": {
    ...at,
    act: async (page) => {
      await ready(page);
      await page.focus(id("rain-list"));
      for (const key of ["ArrowRight", "ArrowDown", "Space", "ArrowDown", "ArrowRight"])
        await page.keyboard.press(key);
      await page.waitForSelector(`${id("rain-problem")}[data-refuses=true]`);
    },
  },
  "rain-place": {
    ...at,
    floats: true,
    act: async (page) => {
      await ready(page);
      await page.focus(id("rain-list"));
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.waitForSelector(id("rain-place"));
    },
  },
  "rain-several-days": {
    ...at,
    act: async (page) => {
      await ready(page);
      await page.click('[data-date="2026-06-19"]');
      await page.click('[data-date="2026-06-22"]');
      await page.click(`${id("rain-from")} input`);
      await page.waitForSelector(id("rain-from-time"));
      await page.waitForFunction(
        (list) => document.querySelector(list)?.getAttribute("aria-busy") === "false",
        id("rain-list"),
      );
    },
  },
  "rain-no-days": {
    ...at,
    act: async (page) => {
      await ready(page);
      await page.click('[data-date="2026-06-18"]');
      await page.waitForSelector(id("rain-no-days"));
    },
  },
  "rain-nothing": {
    ...at,
    act: async (page) => {
      await ready(page);
      await page.click('[data-date="2026-06-20"]');
      await page.click('[data-date="2026-06-18"]');
      await page.waitForSelector(id("rain-nothing"));
    },
  },
  "rain-sixty": { ...at, scenario: "pouring", act: ready },
  "rain-hostile": { ...at, scenario: "rain-hostile", act: ready },
  "rain-copy": { scenario: "copy", hash: "#/schedule/rain", ready: id("rain-not-now") },
  "rain-beside-a-job": {
    ...at,
    act: async (page) => {
      await ready(page);
      await page.focus(id("rain-list"));
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("o");
      await page.waitForSelector(`${id("detail-panel")} dl`);
    },
  },
  messages: { ...at, act: applied },
  "messages-email": {
    ...at,
    act: async (page) => {
      await applied(page);
      await page.keyboard.press("End");
      await page.waitForSelector(id("message-subject"));
    },
  },
  "messages-conflict": {
    ...at,
    act: async (page) => {
      await applied(page);
      await page.evaluate(() => {
        const { office } = window;
        const [first] = document.querySelectorAll("[data-testid=message]");
        office.board.changed = () => undefined;
        office.rain.elsewhere(first.dataset.id, { note: "They are on vacation until Monday." });
      });
      await page.fill(`${id("message-note")} textarea`, "Reached the son");
      await page.keyboard.press("Tab");
      await page.waitForSelector(id("message-conflict"));
    },
  },
  "messages-hostile": { ...at, scenario: "rain-hostile", act: applied },
  "messages-empty": { scenario: "full", hash: "#/schedule/messages", ready: id("messages-empty") },
};
