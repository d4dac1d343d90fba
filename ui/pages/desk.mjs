// Alerts, recent changes, finding, records: name → scenario, and how to get there.
import { id } from "./browser.mjs";

const uuid = (n) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
const change = (page, act) => page.evaluate(act);
const rows = id("alert");

async function offline(page) {
  await change(page, () =>
    window.office.emit("connection-changed", {
      kind: "offline",
      since: "2026-06-18T12:42:00Z",
      error: {
        code: "no_answer",
        message: "The office database does not answer.",
        field: null,
        details: "timed out",
      },
    }),
  );
  await page.waitForSelector(id("offline-banner"));
}

function panel(kind, n, part = "sheet-section") {
  return {
    scenario: "full",
    hash: `#/today?open=${kind}:${uuid(n)}`,
    ready: `${id("detail-panel")} ${id(part)}`,
  };
}

export const desk = {
  "alerts-full": { scenario: "inbox", hash: "#/alerts?show=all", ready: rows },
  "alerts-urgent": { scenario: "inbox", hash: "#/alerts?order=priority&expired=yes", ready: rows },
  "alerts-empty": { scenario: "empty", hash: "#/alerts", ready: id("alerts-all-read") },
  "alerts-nothing": { scenario: "inbox", hash: "#/alerts?q=zebra&least=5", ready: id("nothing-matches") },
  "alerts-selected": {
    scenario: "inbox",
    hash: "#/alerts",
    act: async (page) => {
      await page.waitForSelector(rows);
      await page.keyboard.press("j");
      for (let i = 0; i < 3; i++) await page.keyboard.press("Shift+ArrowDown");
      await page.waitForSelector(id("alerts-selected"));
    },
  },
  "alerts-panel": {
    scenario: "full",
    hash: "#/alerts",
    act: async (page) => {
      await page.waitForSelector(rows);
      await page.keyboard.press("j");
      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
      await page.waitForSelector(`${id("detail-panel")} dl`);
    },
  },
  "alerts-kinds": {
    scenario: "inbox",
    hash: "#/alerts?kinds=weather_hold,estimate_overdue",
    floats: true,
    act: async (page) => {
      await page.waitForSelector(rows);
      await page.click(id("alerts-kinds"));
      await page.waitForSelector("[role=menuitemcheckbox]");
    },
  },
  "alerts-hostile": { scenario: "hostile", hash: "#/alerts", ready: rows },
  "alerts-hostile-expanded": {
    scenario: "hostile",
    hash: "#/alerts",
    act: async (page) => {
      await page.waitForSelector(rows);
      for (const key of ["j", "ArrowRight", "j", "ArrowRight", "j", "ArrowRight"])
        await page.keyboard.press(key);
    },
  },
  "alerts-new": {
    scenario: "inbox",
    hash: "#/alerts",
    act: async (page) => {
      await page.waitForSelector(rows);
      await page.locator(id("alerts-list")).evaluate((list) => (list.scrollTop = 900));
      await page.waitForTimeout(100);
      await change(page, () => {
        const { office } = window;
        const [first] = office.unread;
        const fresh = [1, 2, 3].map((n) => ({
          ...first,
          id: `10000000-0000-4000-8000-00000000000${n}`,
          created_at: "2026-06-18T11:44:00Z",
        }));
        office.unread = [...fresh, ...office.unread];
        office.emit("notifications-changed", null);
      });
      await page.waitForSelector(id("alerts-new"));
    },
  },
  "alerts-error": {
    scenario: "inbox-refused",
    hash: "#/alerts",
    ready: id("load-error"),
  },
  "alerts-offline": {
    scenario: "inbox",
    hash: "#/alerts",
    act: async (page) => {
      await page.waitForSelector(rows);
      await offline(page);
    },
  },
  "alerts-marked": {
    scenario: "full",
    hash: "#/alerts",
    act: async (page) => {
      await page.waitForSelector(rows);
      await page.keyboard.press("j");
      await page.keyboard.press("e");
      await page.waitForSelector(id("toast-undo"));
    },
  },
  changes: { scenario: "full", hash: "#/changes", ready: id("change") },
  "changes-open": {
    scenario: "full",
    hash: "#/changes",
    act: async (page) => {
      await page.waitForSelector(id("change"));
      for (const n of [2, 4]) await page.locator(id("change-expand")).nth(n).click();
      await page.waitForSelector(id("change-detail"));
    },
  },
  "changes-nothing": { scenario: "full", hash: "#/changes?q=zebra", ready: id("nothing-matches") },
  "changes-conflict": {
    scenario: "undo-refused",
    hash: "#/changes",
    act: async (page) => {
      await page.waitForSelector(id("change"));
      await page.locator(id("change-undo")).first().click();
      await page.waitForSelector(id("toast"));
    },
  },
  palette: {
    scenario: "full",
    floats: true,
    act: async (page) => {
      await page.keyboard.press("Control+k");
      await page.waitForSelector(id("palette"));
    },
  },
  "palette-hits": {
    scenario: "full",
    floats: true,
    act: async (page) => {
      await page.keyboard.press("Control+k");
      await page.waitForSelector(id("palette"));
      await page.keyboard.type("oak");
      await page.getByText("1418 Larkspur").first().waitFor();
    },
  },
  shortcuts: {
    scenario: "full",
    hash: "#/alerts",
    floats: true,
    act: async (page) => {
      await page.waitForSelector(rows);
      await page.keyboard.press("?");
      await page.getByText("Go to Alerts").first().waitFor();
    },
  },
  "customer-panel": panel("customer", 601),
  "contract-panel": panel("contract", 701),
  "crew-panel": panel("crew", 900, "memberships"),
  "person-panel": panel("person", 801, "contact"),
  "machine-panel": panel("machine", 841, "time-off"),
  "hostile-customer-panel": panel("customer", 607),
  "panel-gone": {
    scenario: "full",
    hash: `#/today?open=customer:${uuid(999)}`,
    ready: `${id("detail-panel")} ${id("error")}`,
  },
  "panel-back": {
    ...panel("contract", 701),
    act: async (page) => {
      await page.click(id("sheet-link"));
      await page.waitForSelector(`${id("detail-panel")}[data-kind=customer] ${id("sheet-item")}`);
    },
  },
  "notes-editing": {
    scenario: "full",
    hash: `#/today?open=estimate:${uuid(301)}`,
    act: async (page) => {
      await page.click(id("notes-edit"));
      await page.keyboard.type(" Gate code 4711.");
    },
  },
  "notes-conflict": {
    scenario: "full",
    hash: `#/today?open=estimate:${uuid(301)}`,
    act: async (page) => {
      await page.click(id("notes-edit"));
      await page.keyboard.type(" Gate code 4711.");
      await change(page, async () => {
        const { office } = window;
        const shown = location.hash.split(":")[1];
        const now = await office.estimate(shown);
        office.estimates.set(shown, { ...now, notes: "Dog in the yard. Ring first.", version: 5 });
      });
      await page.keyboard.press("Control+Enter");
      await page.waitForSelector(id("conflicts"));
    },
  },
};
