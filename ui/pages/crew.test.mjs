// Somebody leaves, without the mouse: told before, listed after, somebody else in their place, and all of it undone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { id, launch, open, serve } from "./browser.mjs";

let browser;
let site;
before(async () => {
  [browser, site] = await Promise.all([launch(), serve()]);
});
after(async () => {
  await browser?.close();
  site?.stop();
});

async function at(scenario, hash, act) {
  const { page, complaints, close } = await open(browser, site.origin, scenario, { hash });
  const keys = async (...all) => {
    for (const key of all) await page.keyboard.press(key);
  };
  /** Tab until the focus is there; a place that cannot be reached fails the test. */
  const tabTo = async (selector, most = 80) => {
    for (let i = 0; i < most; i++) {
      if (await page.evaluate((s) => !!document.activeElement?.closest(s), selector)) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`no way to ${selector}`);
  };
  await act(page, keys, tabTo);
  assert.deepEqual(complaints, []);
  await close();
}

const peopleOf = (page, customer) =>
  page.evaluate(
    (name) => window.office.board.jobs.find((job) => job.customer === name && job.crews.length === 0).people,
    customer,
  );
const uuid = (n) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
const WALT = uuid(805);
/** In no crew, so on no job at that time. */
const SMITH = uuid(825);

test("somebody leaves, by keyboard only", () =>
  at("full", "#/today", async (page, keys, tabTo) => {
    await keys("g", "e");
    await page.waitForSelector(`${id("people")} [data-row]`);

    // Found by typing, opened with Enter.
    await tabTo(id("people-search"));
    await page.keyboard.type("walt");
    await page.waitForFunction(
      (table) => document.querySelectorAll(`${table} [data-row]`).length === 1,
      id("people"),
    );
    await tabTo("[role=grid]");
    await keys("Enter");
    await page.waitForSelector(`${id("detail-panel")} ${id("panel-edit")}`);
    await tabTo(id("panel-edit"));
    await keys("Enter");
    await page.waitForFunction(() => document.activeElement?.id === "person-name");

    // Escape with nothing typed leaves the form and comes back to the button; then in again.
    await keys("Escape");
    await page.waitForSelector(id("person-form"), { state: "detached" });
    const on = await page.evaluate(() => document.activeElement?.dataset.testid);
    assert.equal(on, "panel-edit");
    await keys("Enter");
    await page.waitForFunction(() => document.activeElement?.id === "person-name");

    await tabTo("#person-status");
    await keys("ArrowDown", "ArrowDown", "ArrowDown");
    await page.waitForSelector(`${id("stake")}[data-total="16"]`);
    await keys("Control+Enter");
    await page.waitForSelector(id("to-reassign"));
    assert.deepEqual(await peopleOf(page, "Lakeview Plaza"), [WALT]);

    await tabTo(`${id("reassign-to")} [role=combobox]`);
    await keys("Enter");
    await page.keyboard.type("smith");
    await keys("Enter");
    await page.waitForSelector(id("reassign-put"));
    await tabTo(id("reassign-put"));
    await keys("Enter");
    await page.waitForFunction((s) => !document.querySelector(s), id("reassign-jobs"));
    assert.deepEqual(await peopleOf(page, "Lakeview Plaza"), [SMITH]);
    assert.equal(await page.evaluate(() => document.activeElement?.id), "detail-title");

    // The reassigning, then the leaving: each one step.
    await keys("Control+z");
    await page.waitForSelector(id("reassign-jobs"));
    assert.deepEqual(await peopleOf(page, "Lakeview Plaza"), [WALT]);
    await keys("Control+z");
    await page.waitForFunction((s) => !document.querySelector(s), id("to-reassign"));
    assert.equal(
      await page.evaluate((who) => window.office.crew.tables.people.get(who).status, WALT),
      "active",
    );
    await keys("Escape");
    await page.waitForSelector(id("detail-panel"), { state: "detached" });
  }));

test("somebody new, with hours and a certificate, into a crew; by keyboard only", () =>
  at("full", "#/crew", async (page, keys, tabTo) => {
    await page.waitForSelector(`${id("people")} [data-row]`);
    await tabTo(id("crew-add"));
    await keys("Enter");
    await page.waitForFunction(() => document.activeElement?.id === "person-name");
    await page.keyboard.type("Zoë O’Brien");
    await keys("Tab");
    await page.keyboard.type("fl");
    await keys("ArrowDown", "Enter");
    assert.equal(await page.inputValue("#person-role"), "flagger");
    await tabTo(id("certificate-add"));
    await keys("Enter");
    await page.waitForFunction(() => document.activeElement?.id.startsWith("person-certificates-"));
    await page.keyboard.type("Flag");
    await keys("ArrowDown", "Enter", "Tab");
    await page.keyboard.type("+2y");
    await tabTo(id("hours-begin"));
    await keys("Enter");
    await page.waitForSelector(id("hours-day"));
    await keys("Control+Enter");
    await page.waitForSelector(
      `${id("detail-panel")}[data-kind=person] ${id("certificate")}[data-state=valid]`,
    );
    // The dialog gives the focus back to its button; the record it led to has it in the end.
    await page.waitForFunction(() => document.activeElement?.id === "detail-title");
    await tabTo(id("memberships-add"));
    await keys("Enter");
    await page.waitForSelector(id("membership-form"));
    await page.keyboard.type("s");
    await keys("Control+Enter");
    await page.waitForSelector(`${id("membership")}[data-when=now]`);
    const [person] = await page.evaluate(() => window.office.last("savePerson").slice(2));
    assert.equal(person.name, "Zoë O’Brien");
    assert.deepEqual(person.certificates, [{ item: null, name: "Flagger (ATSSA)", expires: "2028-06-18" }]);
    assert.deepEqual(person.hours[0], { kind: "hours", hours: [{ from: "06:00", until: "16:30" }] });
  }));

test("five hundred people are there at once, and scrolled without a hitch", () =>
  at("full", "#/crew", async (page, keys, tabTo) => {
    await page.waitForSelector(`${id("people")} [data-row]`);
    const took = await page.evaluate(async (table) => {
      const began = performance.now();
      window.office.manyPeople(500);
      while (!document.querySelector(table).textContent.includes("500 people"))
        await new Promise((resolve) => setTimeout(resolve, 1));
      return performance.now() - began;
    }, id("people"));
    const nodes = await page.evaluate(() => document.querySelectorAll("*").length);
    await tabTo("[role=grid]");
    await keys("End");
    await page.waitForFunction(
      (table) => !!document.querySelector(`${table} [data-index="499"]`),
      id("people"),
    );
    console.log(`500 people: ${Math.round(took)} ms (150 of them spacing), ${nodes} nodes`);
    assert.ok(nodes < 3_000, `${nodes} nodes`);
  }));
