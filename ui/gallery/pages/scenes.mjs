// Every part, and what opens in it. `size`: only a picture of the window, because something lies over it.
const id = (name) => `[data-testid="${name}"]`;

export const scenes = {
  fields: { part: "fields" },
  "fields-focus": { part: "fields", over: true, act: (page) => page.focus("#n-name") },
  "fields-select": { part: "fields", over: true, act: (page) => page.click("#n-status") },
  "fields-search": {
    part: "fields",
    over: true,
    async act(page) {
      await page.click("#n-crew");
      await page.keyboard.type("crew 1");
    },
  },
  "fields-zone": { part: "fields", over: true, act: (page) => page.click("#n-zone") },
  dates: { part: "dates" },
  "dates-calendar": {
    part: "dates",
    over: true,
    act: (page) => page.click(`${id("date")} button[aria-label^="Open the calendar"]`),
  },
  "dates-limits": {
    part: "dates",
    over: true,
    act: (page) => page.click(`${id("date-limits")} button[aria-label^="Open the calendar"]`),
  },
  forms: { part: "forms" },
  "forms-errors": {
    part: "forms",
    async act(page) {
      await page.click(id("form-empty-save"));
      await page.waitForFunction(() => document.activeElement?.getAttribute("aria-invalid") === "true");
    },
  },
  "forms-draft": {
    part: "forms",
    async act(page) {
      await page.fill("#gallery-name", "Oak Ridge HOA, north lot");
      await page.waitForFunction(() => localStorage.getItem("neff-office.draft:gallery:1"));
      await page.reload();
      await page.waitForSelector(id("draft-note"));
    },
  },
};
