import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ESLint } from "eslint";
import { describe, expect, test } from "vitest";

async function complaints(path: string, code: string): Promise<(string | null)[]> {
  const [result] = await new ESLint().lintText(code, { filePath: path });
  return result?.messages.map((message) => message.ruleId) ?? [];
}

describe("the linter refuses", () => {
  test.each([
    [
      "markup out of text",
      "src/components/X.svelte",
      "<script>let x = $props();</script>{@html x.name}",
      "svelte/no-at-html-tags",
    ],
    [
      "innerHTML",
      "src/lib/x.ts",
      "export const f = (e: Element) => (e.innerHTML = '');",
      "no-restricted-properties",
    ],
    [
      "the computer's own way to spell dates",
      "src/lib/x.ts",
      "export const s = new Date().toLocaleString();",
      "no-restricted-properties",
    ],
    [
      "the core outside ipc/",
      "src/shell/x.ts",
      'import { invoke } from "@tauri-apps/api/core";\ninvoke("x");',
      "no-restricted-imports",
    ],
    [
      "bindings outside ipc/",
      "src/shell/x.ts",
      'import { commands } from "$/ipc/bindings";\ncommands.today();',
      "no-restricted-imports",
    ],
  ])("%s", async (_, path, code, rule) => expect(await complaints(path, code)).toContain(rule), 30_000);

  test("and nothing else in an honest file", async () => {
    expect(await complaints("src/lib/x.ts", "export const x = 1;\n")).toEqual([]);
  }, 30_000);
});

describe("the bundle check refuses", () => {
  function check(files: Record<string, string>) {
    const folder = mkdtempSync(join(tmpdir(), "neff-bundle-"));
    const honest = { "index.html": '<script src="a.js"></script>', "a.js": "1", "inter.woff2": "x" };
    for (const [name, text] of Object.entries({ ...honest, ...files }))
      writeFileSync(join(folder, name), text);
    const { status, stderr } = spawnSync(process.execPath, ["scripts/check-bundle.mjs", folder], {
      encoding: "utf8",
    });
    return { status, stderr };
  }
  test("nothing in an honest one", () => expect(check({})).toEqual({ status: 0, stderr: "" }));
  test.each([
    ["the office in memory", { "a.js": 'x="NEFF_FAKE_OFFICE"' }, "office in memory"],
    ["the gallery", { "a.js": 'x="NEFF_GALLERY"' }, "gallery of parts"],
    ["the gallery's page", { "gallery.html": "" }, "gallery of parts"],
    ["a font from elsewhere", { "a.css": "@font-face{src:url(https://fonts.example/x.woff2)}" }, "fetches"],
    ["a script in the page", { "index.html": "<script>alert(1)</script>" }, "the policy refuses"],
    [
      "a handler in a tag",
      { "index.html": '<script src="a.js"></script><body onload="x()">' },
      "event handler",
    ],
  ])("%s", (_, files, word) => {
    const { status, stderr } = check(files);
    expect([status, stderr]).toEqual([1, expect.stringContaining(word)]);
  });
});
