// Every screen in every state a person can meet it in.
import { id } from "./browser.mjs";

const offline = () =>
  window.office.emit("connection-changed", {
    kind: "offline",
    since: "2026-06-18T12:42:00Z",
    error: {
      code: "no_answer",
      message: "The office database does not answer.",
      field: null,
      details: "timed out",
    },
  });

async function fill(page, values) {
  for (const [name, value] of Object.entries(values)) await page.fill(id(`connect-${name}`), value);
}
const TYPED = { host: "office-server", login: "neff_app", password: "correct horse" };

/** name → scenario, and how to get there. `scrolls`: wider than its box on purpose. */
export const scenes = {
  "today-full": { scenario: "full" },
  "today-empty": { scenario: "empty" },
  "today-offline": {
    scenario: "full",
    act: async (page) => {
      await page.evaluate(offline);
      await page.waitForSelector(id("offline-banner"));
    },
  },
  "today-hostile": { scenario: "hostile" },
  "today-hundred": { scenario: "hundred" },
  "today-failed": { scenario: "unread" },
  "today-collapsed": { scenario: "full", act: (page) => page.keyboard.press("Control+b") },
  "job-panel": {
    scenario: "full",
    act: async (page) => {
      await page.click(`${id("job-card")}[data-id$="6a"]`);
      await page.waitForSelector(id("assigned"));
    },
  },
  "estimate-panel": {
    scenario: "full",
    act: async (page) => {
      await page.click(`${id("estimate-due")} >> nth=2`);
      await page.waitForSelector(`${id("detail-panel")} dl`);
    },
  },
  "hostile-estimate-panel": {
    scenario: "hostile",
    act: async (page) => {
      await page.click(`${id("estimate-due")} >> nth=0`);
      await page.waitForSelector(`${id("detail-panel")} dl`);
    },
  },
  "hostile-job-panel": {
    scenario: "hostile",
    act: async (page) => {
      await page.click(`${id("unassigned-job")} >> nth=0`);
      await page.waitForSelector(id("unknown-name"));
    },
  },
  bell: {
    scenario: "full",
    act: async (page) => {
      await page.click(id("bell"));
      await page.waitForSelector(id("notification"));
    },
  },
  "bell-hostile": {
    scenario: "hostile",
    act: async (page) => {
      await page.click(id("bell"));
      await page.waitForSelector(id("notification"));
    },
  },
  "bell-empty": {
    scenario: "empty",
    act: async (page) => {
      await page.click(id("bell"));
      await page.waitForSelector(id("bell-list"));
    },
  },
  "connect-first": { scenario: "first" },
  "connect-errors": {
    scenario: "first",
    act: async (page) => {
      await page.fill(id("connect-port"), "99999");
      await page.click(id("connect-submit"));
      await page.waitForSelector(id("connect-host-error"));
    },
  },
  "connect-report": {
    scenario: "report",
    act: async (page) => {
      await fill(page, TYPED);
      await page.click(id("connect-check"));
      await page.waitForSelector(`${id("check-permissions")}[data-state=failed]`);
    },
  },
  "connect-refused": {
    scenario: "refused",
    act: async (page) => {
      await fill(page, TYPED);
      await page.click(id("connect-submit"));
      await page.waitForSelector(id("connect-password-error"));
    },
  },
  "connect-migrate": { scenario: "migrate", ready: id("migrate-button") },
  "connect-migrating": {
    scenario: "migrate",
    act: async (page) => {
      await page.click(id("migrate-button"));
      await page.waitForSelector(id("migrate-progress"));
      await page.evaluate(() =>
        window.office.emit("migration-progress", {
          step: "Making a backup and reading it back",
          done: 3,
          total: 11,
        }),
      );
    },
  },
  "connect-who": { scenario: "who", ready: id("who-name") },
  "connect-online": { scenario: "full", hash: "#/connect", ready: id("current") },
  "connect-forget": {
    scenario: "full",
    hash: "#/connect",
    act: async (page) => {
      await page.click(id("forget"));
      await page.waitForSelector(id("forget-confirm"));
    },
  },
};
