// settings.mjs FILE PORT: the settings of the local office of `./dev run`. What the program keeps in the file stays;
// only the port is of this run.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { randomUUID } from "node:crypto";

const [file, port] = process.argv.slice(2);
const settings = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { computer: randomUUID() };
const known = settings.connections?.[0] ?? { id: randomUUID(), person: null };
settings.connections = [
  {
    ...known,
    name: "Sample office on this computer",
    host: "127.0.0.1",
    port: Number(port),
    database: "neff_paving_admin",
    login: "dana",
    encryption: "none",
    ca_file: null,
  },
];
writeFileSync(file, JSON.stringify(settings, null, 2));
