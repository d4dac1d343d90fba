// The product's build: no office in memory, nothing fetched from anywhere, no script in the page itself.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const dist = process.argv[2] ?? fileURLToPath(new URL("../dist", import.meta.url));
const files = readdirSync(dist, { recursive: true })
  .map((name) => join(dist, String(name)))
  .filter((name) => statSync(name).isFile());
const problems = [];

const scripts = files.filter((name) => /\.(js|css|html)$/.test(name));
if (!scripts.some((name) => name.endsWith(".js"))) problems.push("there is no script at all");
if (!files.some((name) => /inter.*\.woff2$/.test(name))) problems.push("the font is not bundled");

for (const name of scripts) {
  const text = readFileSync(name, "utf8");
  if (text.includes("NEFF_FAKE_OFFICE")) problems.push(`${name} holds the office in memory`);
  if (text.includes("NEFF_GALLERY") || name.endsWith("gallery.html"))
    problems.push(`${name} holds the gallery of parts`);
  // Names of namespaces and links to documentation are text; an address in CSS or a tag would be asked for.
  for (const [found] of text.matchAll(/(?:url\(|src=|href=|@import\s+)["']?(?:https?:)?\/\/[^\s"')]+/g))
    problems.push(`${name} fetches ${found}`);
  if (name.endsWith(".html")) {
    for (const [tag, inside] of text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g))
      if (inside.trim() !== "") problems.push(`${name} has a script the policy refuses: ${tag.slice(0, 60)}`);
    if (/\son\w+=/.test(text)) problems.push(`${name} has an event handler in a tag`);
  }
}

if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
const size = files.reduce((sum, name) => sum + statSync(name).size, 0);
console.log(
  `${files.length} files, ${Math.round(size / 1024)} KiB; nothing of the fake office, nothing from outside`,
);
