// figures.mjs RAW SCALE FILE: what `./dev bench` printed, as the section of that scale in tests/figures.md. The section of
// another scale stays as it is.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";

const [raw, scale, file] = process.argv.slice(2);
const lines = readFileSync(raw, "utf8")
  .split("\n")
  .map((line) => line.replace(/\x1b\[[0-9;]*m/g, "").trimEnd());
const rows = lines.filter((line) => /^\| .* \|$/.test(line));
const noise = /^(running \d|test |test result|successes|failures|\.+$|ok$|\d+\/\d+|[.!F\s\d/]*$|==)/;
const others = lines.filter((line) => line && !line.startsWith("|") && !noise.test(line));

const gib = (os.totalmem() / 2 ** 30).toFixed(0);
const machine = `${os.cpus()[0]?.model.trim() ?? "unknown"}, ${os.cpus().length} cores, ${gib} GiB, ${os.type()} ${os.release()}`;
const title = `## Sample data ${scale}×`;
const section = [
  title,
  "",
  `${new Date().toISOString().slice(0, 10)}, ${machine}; release build.`,
  "",
  "| what | sizes | n | p50 | p95 | p99 | aim |",
  "| --- | --- | ---: | ---: | ---: | ---: | --- |",
  ...rows,
  "",
  ...(others.length > 0 ? ["```text", ...others, "```", ""] : []),
].join("\n");

const head = "# Figures\n\nWritten by `./dev bench` and `./dev bench --scale 100`; not edited by hand.\n";
const sections = existsSync(file)
  ? readFileSync(file, "utf8")
      .split(/^(?=## )/m)
      .slice(1)
      .filter((one) => !one.startsWith(`${title}\n`))
  : [];
sections.push(`${section}\n`);
const size = (one) => Number(/^## Sample data (\d+)/.exec(one)?.[1] ?? 0);
sections.sort((a, b) => size(a) - size(b));
writeFileSync(file, `${head}\n${sections.map((one) => one.trimEnd()).join("\n\n")}\n`);
