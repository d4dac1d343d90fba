import { fuzzy, type Match } from "$/commands/fuzzy";
import type { Command, Registry } from "$/commands/registry.svelte";
import { remember, remembered } from "$/lib/storage";
import { plain, shorten } from "$/lib/words";

export type HitKind = "customer" | "job" | "estimate" | "contract" | "crew" | "person" | "machine";
export type Hit = { kind: HitKind; id: string; title: string; subtitle: string; when?: string };
export type Row = { key: string; title: string; spans: Match["spans"] } & (
  { command: Command; hit?: undefined; why: string | null } | { hit: Hit; command?: undefined }
);
export type Group = { title: string; rows: Row[] };

const kinds: Record<HitKind, string> = {
  customer: "Customers",
  job: "Jobs",
  estimate: "Estimates",
  contract: "Contracts",
  crew: "Crews",
  person: "People",
  machine: "Machines",
};
const MOST_COMMANDS = 6;
const MOST_RECENT = 5;
/** Shorter than a keystroke of a fast typist, long enough for a paste to be one question. */
const PAUSE = 20;

// Records chosen lately are kept while the window is open, and not on the disk: they are customers' names.
let records: Hit[] = [];

/** What the palette knows: the text, the rows, which of them is meant. */
export class PaletteState {
  text = $state("");
  hits = $state.raw<Hit[]>([]);
  /** What the hits were asked for; while it is not the text they are of before. */
  asked = $state("");
  failed = $state(false);
  active = $state<string | null>(null);
  #recent = $state.raw<string[]>(recentCommands());
  #records = $state.raw<Hit[]>(records);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #question = 0;
  #choosing = false;

  constructor(
    private readonly registry: Registry,
    private readonly search: ((text: string) => Promise<Hit[]>) | undefined,
    private readonly choose: (row: Row) => void,
  ) {}

  get wanted(): string {
    return this.text.trim();
  }

  readonly groups = $derived.by((): Group[] => (this.text.trim() === "" ? this.#resting() : this.#found()));
  readonly rows = $derived(this.groups.flatMap((group) => group.rows));
  readonly pending = $derived.by(() => this.search !== undefined && this.text.trim() !== this.asked);

  type(text: string): void {
    this.text = text;
    this.#choosing = false;
    this.active = this.rows[0]?.key ?? null;
    clearTimeout(this.#timer);
    const question = ++this.#question;
    const wanted = this.wanted;
    if (wanted === "" || !this.search) {
      this.asked = wanted;
      this.hits = [];
      this.active = this.rows[0]?.key ?? null;
      return;
    }
    this.#timer = setTimeout(() => void this.#ask(wanted, question), PAUSE);
  }

  move(by: number): void {
    const { rows } = this;
    if (rows.length === 0) return;
    const at = rows.findIndex((row) => row.key === this.active);
    const to =
      Math.abs(by) === 1
        ? (at + by + rows.length) % rows.length
        : Math.min(Math.max(at + by, 0), rows.length - 1);
    this.active = rows[to]?.key ?? null;
  }

  /** Enter. A record of the text before this one is not what is meant: wait for the answer. */
  enter(): void {
    const row = this.rows.find((one) => one.key === this.active);
    if ((!row || row.hit) && this.pending) this.#choosing = true;
    else if (row) this.pick(row);
  }

  pick(row: Row): void {
    if (row.command) {
      if (row.why === null) {
        this.#recent = [row.command.id, ...this.#recent.filter((id) => id !== row.command.id)].slice(
          0,
          MOST_RECENT,
        );
        remember("palette", JSON.stringify(this.#recent));
      }
    } else {
      const { hit } = row;
      records = [hit, ...records.filter((one) => one.kind !== hit.kind || one.id !== hit.id)].slice(
        0,
        MOST_RECENT,
      );
      this.#records = records;
    }
    this.choose(row);
  }

  /** For when it is opened again. */
  reset(): void {
    this.type("");
  }

  async #ask(wanted: string, question: number): Promise<void> {
    let hits: Hit[] = [];
    let failed = false;
    try {
      hits = (await this.search?.(wanted)) ?? [];
    } catch {
      failed = true;
    }
    // Somebody has typed on: this answers what nobody asks any more.
    if (question !== this.#question) return;
    const first = this.rows[0]?.key ?? null;
    const untouched = this.active === first;
    this.hits = hits;
    this.failed = failed;
    this.asked = wanted;
    if (untouched || !this.rows.some((row) => row.key === this.active))
      this.active = this.rows[0]?.key ?? null;
    if (this.#choosing) {
      this.#choosing = false;
      this.enter();
    }
  }

  #resting(): Group[] {
    const offered = this.registry.offered();
    const recent = this.#recent
      .map((id) => offered.find((command) => command.id === id))
      .filter((command) => command !== undefined)
      .map((command) => this.#command(command, [], "recent:"));
    const groups: Group[] = [];
    const lately = [...this.#records.map((hit) => this.#hit(hit, "recent:")), ...recent];
    if (lately.length > 0) groups.push({ title: "Recent", rows: lately });
    for (const command of offered) {
      const title = command.group ?? "Commands";
      const group = groups.find((one) => one.title === title);
      if (group) group.rows.push(this.#command(command));
      else groups.push({ title, rows: [this.#command(command)] });
    }
    return groups;
  }

  #found(): Group[] {
    const ranked = this.registry
      .offered()
      .map((command) => ({
        command,
        match: fuzzy(command.title, this.text),
        word: fuzzy(command.keywords ?? "", this.text),
      }))
      .map(({ command, match, word }) => ({
        command,
        spans: match?.spans ?? [],
        // Chosen lately counts a little; another word for it counts less than its name.
        score:
          Math.max(match?.score ?? -Infinity, (word?.score ?? -Infinity) - 8) +
          (this.#recent.includes(command.id) ? 2 : 0),
      }))
      .filter(({ score }) => Number.isFinite(score))
      .sort((a, b) => b.score - a.score)
      .slice(0, MOST_COMMANDS)
      .map(({ command, spans }) => this.#command(command, spans));
    // Commands are known at once and stand first: what comes later comes below, and nothing moves.
    const groups: Group[] = ranked.length > 0 ? [{ title: "Commands", rows: ranked }] : [];
    const seen = new Set<string>();
    for (const hit of this.hits) {
      const row = this.#hit(hit);
      if (seen.has(row.key)) continue;
      seen.add(row.key);
      const title = kinds[hit.kind] ?? "Others";
      const group = groups.find((one) => one.title === title);
      if (group) group.rows.push(row);
      else groups.push({ title, rows: [row] });
    }
    return groups;
  }

  #command(command: Command, spans: Match["spans"] = [], prefix = ""): Row {
    return {
      key: `${prefix}command:${command.id}`,
      title: command.title,
      spans,
      command,
      why: command.reason?.() ?? null,
    };
  }

  #hit(hit: Hit, prefix = ""): Row {
    const title = shorten(plain(hit.title).trim() || "Without a name", 160);
    const spans = prefix ? [] : (fuzzy(title, this.text)?.spans ?? []);
    return { key: `${prefix}${hit.kind}:${hit.id}`, title, spans, hit };
  }
}

function recentCommands(): string[] {
  try {
    const kept: unknown = JSON.parse(remembered("palette") ?? "[]");
    return Array.isArray(kept) ? kept.filter((id) => typeof id === "string") : [];
  } catch {
    return [];
  }
}
