import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

import svelteConfig from "./svelte.config.js";

/** Only `ipc/` may know that there is a Rust core and how it is reached. */
const outsideIpc = {
  patterns: [
    { group: ["@tauri-apps/*"], message: "Only ipc/client.ts talks to the core." },
    { group: ["**/ipc/bindings"], message: "Import from ipc/client, which turns errors into OfficeError." },
  ],
};

/** What a customer typed into the website is shown as text and never as markup. */
const noMarkup = [
  ...["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({
    property,
    message: "Text nodes only.",
  })),
  ...["toLocaleString", "toLocaleDateString", "toLocaleTimeString"].map((property) => ({
    property,
    message: "Use lib/time or lib/money: the office's zone, and explicit en-US.",
  })),
];

export default ts.config(
  { ignores: ["dist", "node_modules", "src/ipc/bindings.ts"] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.es2021 } },
    rules: {
      eqeqeq: "error",
      "no-console": "error",
      "no-restricted-properties": ["error", ...noMarkup],
      "no-restricted-imports": ["error", outsideIpc],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig } },
    rules: {
      "svelte/no-at-html-tags": "error",
      "svelte/require-each-key": "error",
      "svelte/button-has-type": "error",
      // Hash routes of our own; there is no server and no base path.
      "svelte/no-navigation-without-resolve": "off",
      // Stores replace whole values ($state.raw); what is only computed with needs no reactive twin.
      "svelte/prefer-svelte-reactivity": "off",
      // The parser already refuses what TypeScript does not know.
      "no-undef": "off",
    },
  },
  { files: ["**/*.ts"], rules: { "no-undef": "off" } },
  { files: ["src/ipc/*.ts"], rules: { "no-restricted-imports": "off" } },
  {
    files: ["pages/**", "gallery/pages/**", "bench/*.mjs", "scripts/**", "*.js", "*.ts"],
    languageOptions: { globals: globals.node },
    rules: { "no-console": "off" },
  },
);
