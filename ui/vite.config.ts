/// <reference types="vitest/config" />
import { fileURLToPath } from "node:url";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";

const source = fileURLToPath(new URL("./src", import.meta.url));

/** Builds that are no part of the program. */
const outDirs: Record<string, string> = {
  fake: "../target/ui-fake",
  gallery: "../target/ui-gallery",
  bench: "../target/ui-bench",
};

export default defineConfig(({ mode }) => ({
  plugins: [tailwindcss(), svelte()],
  resolve: {
    alias: { $: source },
    // Vitest would otherwise take Svelte's server build.
    ...(mode === "test" ? { conditions: ["browser"] } : {}),
  },
  build: {
    // The oldest webviews in use: WebKitGTK 2.40, WebView2 and WKWebView of 2023.
    target: ["safari16.4", "chrome111", "edge111"],
    outDir: outDirs[mode] ?? "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    // One window, read from disk: one file starts faster than several.
    rolldownOptions: {
      ...(mode === "gallery" ? { input: "gallery.html" } : {}),
      ...(mode === "bench" ? { input: "bench/board.html" } : {}),
      output: { codeSplitting: mode === "fake" || mode === "bench" },
    },
    modulePreload: false,
  },
  server: { port: 1420, strictPort: true },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.ts", "tests/**/*.test.ts"],
    setupFiles: ["tests/setup.ts"],
    testTimeout: 40_000,
    restoreMocks: true,
    unstubGlobals: true,
  },
}));
