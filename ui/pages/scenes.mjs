// Every screen in every state a person can meet it in.
import { id } from "./browser.mjs";
import { crew } from "./crew.mjs";
import { desk } from "./desk.mjs";
import { rain } from "./rain.mjs";

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

/** name → scenario, and how to get there. `floats`: a menu, which is in no landmark. */
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
  "connect-local": { scenario: "local", hash: "#/connect/local", ready: id("local-name") },
  "connect-local-progress": {
    scenario: "local",
    hash: "#/connect/local",
    act: async (page) => {
      await page.fill(id("local-name"), "Dana Neff");
      await page.click(id("local-create"));
      await page.waitForSelector(id("local-progress"));
      await page.evaluate(() =>
        window.office.emit("local-office-progress", {
          step: "Setting up the office's tables",
          done: 2,
          total: 5,
        }),
      );
    },
  },
  "connect-local-failed": {
    scenario: "local-failed",
    hash: "#/connect/local",
    act: async (page) => {
      await page.fill(id("local-name"), "Dana Neff");
      await page.click(id("local-create"));
      await page.waitForSelector(id("error"));
    },
  },
  "connect-server": { scenario: "first", hash: "#/connect/server", ready: id("connect-host") },
  "connect-paste": {
    scenario: "first",
    hash: "#/connect/server",
    act: async (page) => {
      await page.click(id("paste-open"));
      await page.fill(
        id("paste-text"),
        "DB_HOST=office-server\nDB_NAME=neff_paving_admin\nDB_USER=postgres\nDB_PASSWORD=password\nDB_POOL_MAX=12\nNODE_ENV=production\nPORT=3000",
      );
      await page.click(id("paste-read"));
      await page.waitForSelector(id("paste-result"));
      await page.click(id("connect-advanced"));
    },
  },
  "connect-returning": { scenario: "returning", ready: id("connection-list") },
  "connect-errors": {
    scenario: "first",
    hash: "#/connect/server",
    act: async (page) => {
      await page.fill(id("connect-port"), "99999");
      await page.click(id("connect-submit"));
      await page.waitForSelector(id("connect-host-error"));
    },
  },
  "connect-report": {
    scenario: "report",
    hash: "#/connect/server",
    act: async (page) => {
      await fill(page, TYPED);
      await page.click(id("connect-check"));
      await page.waitForSelector(`${id("check-permissions")}[data-state=failed]`);
    },
  },
  "connect-refused": {
    scenario: "refused",
    hash: "#/connect/server",
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
  "connect-edit": {
    scenario: "full",
    hash: "#/connect/00000000-0000-4000-8000-000000000002",
    ready: id("connect-host"),
  },
  "connection-menu": {
    scenario: "connections",
    floats: true,
    act: async (page) => {
      await page.click(id("connection-dot"));
      await page.waitForSelector(id("menu-item"));
    },
  },
  "settings-company": { scenario: "full", hash: "#/settings/company", ready: id("company-form") },
  "settings-company-errors": {
    scenario: "full",
    hash: "#/settings/company",
    act: async (page) => {
      await page.fill("#company-name", "");
      await page.fill("#company-email", "office at neff");
      await page.keyboard.press("Control+s");
      await page.waitForFunction(() => document.activeElement?.id === "company-name");
    },
  },
  "settings-company-conflict": {
    scenario: "full",
    hash: "#/settings/company",
    act: async (page) => {
      await page.fill("#company-letterhead", "Neff Paving & Sealcoating");
      await page.evaluate(() => {
        const { office } = window;
        office.firm = { ...office.firm, letterhead: "Neff Paving Co.", version: 9 };
        office.emit("company-changed", null);
      });
      await page.getByText("Take theirs").first().waitFor();
    },
  },
  "settings-company-readonly": {
    scenario: "readonly",
    hash: "#/settings/company",
    ready: id("company-readonly"),
  },
  "settings-company-saved": {
    scenario: "full",
    hash: "#/settings/company",
    act: async (page) => {
      await page.fill("#company-license", "IL 104-019284");
      await page.click(id("company-form-save"));
      await page.getByTestId("toast").getByText("settings are saved").waitFor();
    },
  },
  "settings-me": { scenario: "full", hash: "#/settings/me", ready: id("me-form") },
  "settings-computer": { scenario: "full", hash: "#/settings/computer", ready: id("popups") },
  "settings-computer-refused": {
    scenario: "popupless",
    hash: "#/settings/computer",
    act: async (page) => {
      await page.click(id("test-popup"));
      await page.waitForSelector(id("error"));
    },
  },
  "settings-appearance": { scenario: "full", hash: "#/settings/appearance", ready: id("theme-dark") },
  "settings-shortcuts": { scenario: "full", hash: "#/settings/shortcuts", ready: id("shortcuts") },
  "settings-shortcuts-clash": {
    scenario: "full",
    hash: "#/settings/shortcuts",
    act: async (page) => {
      await page.click(`${id("shortcut-change")}[data-id="go.settings"]`);
      await page.waitForSelector(id("shortcut-capture"));
      await page.keyboard.press("Control+b");
      await page.waitForSelector(id("shortcut-clash"));
    },
  },
  "settings-connections": {
    scenario: "connections",
    hash: "#/settings/connections",
    ready: id("connection-list"),
  },
  "settings-connections-forget": {
    scenario: "connections",
    hash: "#/settings/connections",
    act: async (page) => {
      await page.click(`${id("connection")}[data-id$="3"] ${id("forget")}`);
      await page.waitForSelector(id("forget-confirm"));
    },
  },
  help: { scenario: "full", hash: "#/help", ready: id("help-report") },
  "whats-this": {
    scenario: "full",
    act: async (page) => {
      await page.click(id("whats-this"));
      await page.waitForSelector(id("whats-this-sheet"));
    },
  },
  ...desk,
  ...rain,
  ...crew,
};
