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
  states: { part: "states" },
  toasts: {
    part: "toasts",
    over: true,
    async act(page) {
      for (const name of ["done", "failed", "recall"]) await page.click(id(`show-${name}`));
      await page.waitForSelector(id("recall"));
      await page.keyboard.press("F6");
      await page.waitForFunction(() => document.activeElement?.closest("[data-testid=recall]"));
      await page.waitForSelector(`${id("recall")} >> text=waits at`);
    },
  },
  "toasts-hostile": {
    part: "toasts",
    over: true,
    act: (page) => page.click(id("show-hostile")),
  },
  menus: { part: "menus" },
  "menus-open": { part: "menus", over: true, act: (page) => page.click(id("menu")) },
  "menus-context": {
    part: "menus",
    over: true,
    act: (page) => page.click(id("context"), { button: "right" }),
  },
  "menus-print": { part: "menus", over: true, act: (page) => page.click(id("print-export")) },
  "menus-hostile": { part: "menus", over: true, act: (page) => page.click(id("menu-hostile")) },
  dialogs: { part: "dialogs" },
  "dialogs-open": { part: "dialogs", over: true, act: (page) => page.click(id("open-dialog")) },
  "dialogs-sheet": { part: "dialogs", over: true, act: (page) => page.click(id("open-sheet")) },
  "dialogs-hostile": { part: "dialogs", over: true, act: (page) => page.click(id("open-hostile")) },
  "dialogs-confirm": {
    part: "dialogs",
    over: true,
    async act(page) {
      await page.click(id("open-confirm"));
      await page.click(id("confirm-go"));
    },
  },
  palette: { part: "palette", over: true, act: (page) => page.click(id("open-palette")) },
  "palette-found": {
    part: "palette",
    over: true,
    async act(page) {
      await page.click(id("open-palette"));
      await page.keyboard.type("oa");
      await page.waitForSelector(`${id("palette-row")}[data-key^="crew"]`);
    },
  },
  "palette-command": {
    part: "palette",
    over: true,
    async act(page) {
      await page.click(id("open-palette"));
      await page.keyboard.type("est");
    },
  },
  "palette-nothing": {
    part: "palette",
    over: true,
    async act(page) {
      await page.click(id("open-palette"));
      await page.keyboard.type("qqq");
      await page.waitForSelector(id("palette-nothing"));
    },
  },
  "palette-hostile": {
    part: "palette",
    over: true,
    async act(page) {
      await page.click(id("open-palette"));
      await page.keyboard.type("x");
      await page.waitForSelector(`${id("palette-row")}[data-key^="person"]`);
    },
  },
  shortcuts: { part: "palette", over: true, act: (page) => page.click(id("open-sheet")) },
  tables: { part: "tables" },
  "tables-keyboard": {
    part: "tables",
    over: true,
    async act(page) {
      await page.focus("[role=grid]");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Shift+ArrowDown");
      await page.keyboard.press("Shift+ArrowDown");
    },
  },
  "tables-end": {
    part: "tables",
    over: true,
    async act(page) {
      await page.focus("[role=grid]");
      await page.keyboard.press("End");
      await page.waitForSelector("text=EST-0000001");
    },
  },
  "tables-columns": { part: "tables", over: true, act: (page) => page.click(id("columns")) },
  "tables-menu": {
    part: "tables",
    over: true,
    act: (page) => page.click("[role=row][aria-selected=true]", { button: "right" }),
  },
};
