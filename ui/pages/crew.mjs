// Crew and equipment: name → scenario, and how to get there.
import { id } from "./browser.mjs";

const uuid = (n) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
const person = (n) => `open=person:${uuid(801 + n)}`;
const panel = id("detail-panel");

/** Another program changed somebody under the eyes. */
function elsewhere(page, table, key, change) {
  return page.evaluate(([t, k, c]) => window.office.crew.elsewhere(t, k, c), [table, key, change]);
}

export const crew = {
  "roster-people": { scenario: "full", hash: "#/crew", ready: `${id("people")} [data-row]` },
  "roster-people-panel": {
    scenario: "full",
    hash: `#/crew?${person(8)}`,
    ready: `${panel} ${id("person-certificates")}`,
  },
  "roster-people-filtered": {
    scenario: "full",
    hash: "#/crew?role=foreman&certificates=due",
    ready: `${id("people")} [data-row]`,
  },
  "roster-people-nothing": { scenario: "full", hash: "#/crew?q=zebra", ready: id("nothing-matches") },
  "roster-people-empty": { scenario: "no-crews", hash: "#/crew", ready: id("empty") },
  "roster-people-hostile": {
    scenario: "hostile",
    hash: `#/crew?${person(0)}`,
    ready: `${panel} ${id("contact")}`,
  },
  "roster-people-many": {
    scenario: "full",
    hash: "#/crew",
    act: async (page) => {
      await page.evaluate(() => window.office.manyPeople(500));
      await page.waitForFunction(() => document.body.textContent.includes("500 people"));
    },
  },
  "roster-person-unreadable": {
    scenario: "full",
    hash: `#/crew?${person(10)}`,
    ready: `${panel} ${id("person-hours")}`,
  },
  "roster-person-edit": {
    scenario: "full",
    hash: `#/crew?${person(8)}`,
    act: async (page) => {
      await page.click(id("panel-edit"));
      await page.waitForSelector(id("person-form"));
    },
  },
  "roster-person-edit-unreadable": {
    scenario: "full",
    hash: `#/crew?${person(10)}`,
    act: async (page) => {
      await page.click(id("panel-edit"));
      await page.waitForSelector(id("hours-unreadable"));
      await page.locator(id("hours-field")).scrollIntoViewIfNeeded();
    },
  },
  "roster-person-leaving": {
    scenario: "full",
    hash: `#/crew?${person(4)}`,
    act: async (page) => {
      await page.click(id("panel-edit"));
      await page.focus("#person-status");
      for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowDown");
      await page.waitForSelector(id("stake"));
    },
  },
  "roster-person-conflict": {
    scenario: "full",
    hash: `#/crew?${person(8)}`,
    act: async (page) => {
      await page.click(id("panel-edit"));
      await page.fill("#person-name", "Carla Reyes-Hill");
      await elsewhere(page, "people", uuid(809), { name: "Carla R. Hill", phone: "(630) 555-0777" });
      await page.getByText("Take theirs").first().waitFor();
    },
  },
  "roster-person-reassign": {
    scenario: "leaving",
    hash: `#/crew?${person(4)}`,
    act: async (page) => {
      await page.waitForSelector(id("to-reassign"));
      await page.click(`${id("reassign-to")} [role=combobox]`);
      await page.waitForFunction(() => document.activeElement?.matches("[role=dialog] input"));
      await page.keyboard.type("Smith");
      await page.keyboard.press("Enter");
      await page.waitForSelector(id("reassign-put"));
    },
  },
  "roster-person-contact": {
    scenario: "full",
    hash: `#/crew?${person(8)}`,
    act: async (page) => {
      await page.click(id("contact-show"));
      await page.waitForSelector(id("contact-shown"));
    },
  },
  "roster-person-new": {
    scenario: "full",
    hash: "#/crew",
    floats: true,
    act: async (page) => {
      await page.click(id("crew-add"));
      await page.fill("#person-name", "Smith & Sons <Lot 4>");
      await page.keyboard.press("Control+Enter");
      await page.waitForFunction(() => document.activeElement?.id === "person-role");
    },
  },
  "roster-time-off": {
    scenario: "full",
    hash: `#/crew?${person(4)}`,
    floats: true,
    act: async (page) => {
      await page.click(id("time-off-add"));
      await page.fill("#time-off-until", "+14");
      await page.keyboard.press("Tab");
      await page.waitForSelector(id("stake"));
    },
  },
  "roster-crews": { scenario: "full", hash: "#/crew/crews", ready: `${id("crews")} [data-row]` },
  "roster-crews-empty": { scenario: "no-crews", hash: "#/crew/crews", ready: id("empty") },
  "roster-crew-panel": {
    scenario: "full",
    hash: `#/crew/crews?open=crew:${uuid(902)}`,
    ready: `${panel} ${id("memberships")}`,
  },
  "roster-crew-edit": {
    scenario: "full",
    hash: `#/crew/crews?open=crew:${uuid(901)}`,
    act: async (page) => {
      await page.click(id("panel-edit"));
      await page.waitForSelector(id("crew-form"));
    },
  },
  "roster-move": {
    scenario: "full",
    hash: `#/crew/crews?open=crew:${uuid(902)}`,
    floats: true,
    act: async (page) => {
      await page.locator(id("membership-menu")).nth(1).click();
      await page.click(`${id("menu-item")}[data-id=move]`);
      await page.click(`${id("move-form")} [role=combobox]`);
      await page.getByRole("option", { name: /Paving 2/ }).click();
      await page.getByText("on all jobs to come").waitFor();
    },
  },
  "roster-machines": { scenario: "full", hash: "#/crew/machines", ready: `${id("machines")} [data-row]` },
  "roster-machine-panel": {
    scenario: "full",
    hash: `#/crew/machines?open=machine:${uuid(841)}`,
    ready: `${panel} ${id("time-off")}`,
  },
  "roster-closed": { scenario: "full", hash: "#/crew/closed", ready: id("closed-day") },
  "roster-closed-empty": { scenario: "full", hash: "#/crew/closed?year=2031", ready: id("empty") },
  "roster-certificates": {
    scenario: "full",
    hash: "#/crew/certificates",
    ready: `${id("certificates")} [data-row]`,
  },
  "roster-certificates-due": {
    scenario: "full",
    hash: "#/crew/certificates?certificates=due",
    act: async (page) => {
      await page.waitForSelector(`${id("certificates")} [data-row]`);
      await page.locator(id("requirement-edit")).nth(2).click();
      await page.waitForSelector(id("requirement-form"));
    },
  },
  "roster-error": { scenario: "crew-refused", hash: "#/crew", ready: id("load-error") },
};
