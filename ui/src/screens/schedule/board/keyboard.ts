import type { ResourceRef } from "$/ipc/client";
import { announce } from "$/lib/announce";
import { officeDate } from "$/lib/time";
import { count } from "$/lib/words";

import { jobName } from "../calendar/words";
import type { BoardView, Cell } from "./board.svelte";
import type { BoardDrag } from "./drag.svelte";
import { step } from "./keys";
import { DAY_MINUTES, instantOf, clockOf } from "./move";
import { timeAt, windowOf } from "./axis";

type Around = {
  /** Brings the keys to that cell. */
  focus: (cell: Cell) => void;
  /** Scrolls until that is seen; x null: only up and down. */
  reveal: (x: number | null, width: number, y: number, height: number) => void;
};

/** What keys and clicks do on the board. Every drag has its way with the keys. */
export class BoardKeys {
  #copied: string | null = null;
  /** Of Shift and a click. */
  #from: Cell | null = null;

  constructor(
    private readonly view: BoardView,
    private readonly drag: BoardDrag,
    private readonly around: Around,
  ) {}

  press(cell: Cell, event: MouseEvent): void {
    const { store } = this.view;
    const { selection } = store;
    this.view.cell = cell;
    if (cell.job === null) return this.open();
    if (event.shiftKey) this.#selectTo(cell);
    else if (event.ctrlKey || event.metaKey) {
      selection.toggle(cell.job);
      this.#from = cell;
    } else {
      selection.clear();
      this.#from = cell;
      store.openJob(cell.job);
    }
  }

  open(): void {
    const { stop, layout, store } = this.view;
    if (!stop) return;
    if (stop.job !== null) return store.openJob(stop.job);
    const row = layout.rows.find(({ row }) => row.key === stop.row)?.row;
    if (row?.id) store.openResource(row.kind, row.id);
  }

  /** The job with the focus; where that is not one of those that are selected, the first of them. */
  pickUp(): void {
    const { cell, store } = this.view;
    const { selection } = store;
    const chosen = cell?.job && (selection.size === 0 || selection.has(cell.job)) ? cell : null;
    const [first] = this.view.acting();
    const from = chosen ?? (first ? this.view.cellOf(first.id) : null);
    const bar = from && this.view.barOf(from);
    if (!bar || this.drag.now) return;
    this.around.focus(from);
    if (!this.drag.take("move", "keys", { job: bar.bar.job, row: from.row })) return;
    const { carried } = this.drag.now ?? { carried: [] };
    const what = carried.length > 1 ? count(carried.length, "job") : jobName(bar.bar.job);
    announce(
      `Picked up ${what}, ${this.drag.sentence()}. Arrows move it, with Ctrl its end, with Ctrl and Shift its start. ` +
        "Enter puts it down, Escape puts it back.",
    );
  }

  /** The row the keys are on, and the day of the job they are on. */
  here(): { date: string | null; resource: ResourceRef | null } | null {
    const { cell, layout, store } = this.view;
    const row = layout.rows.find(({ row }) => row.key === cell?.row)?.row;
    if (!cell || !row) return null;
    const job = cell.job === null ? null : store.job(cell.job);
    return {
      date: job && officeDate(job.start, store.zone),
      resource: row.id ? { kind: row.kind, id: row.id } : null,
    };
  }

  selectAll(): void {
    const jobs = this.view.data?.jobs ?? [];
    this.view.store.selection.set(jobs.map(({ id }) => id));
    announce(`${count(jobs.length, "job")} selected.`);
  }

  keydown(event: KeyboardEvent, cell: Cell | null): void {
    if (event.defaultPrevented || event.isComposing || !cell) return;
    const done = this.drag.now?.by === "keys" ? this.#carry(event) : this.#act(event, cell);
    if (!done) return;
    event.preventDefault();
    event.stopPropagation();
  }

  #act(event: KeyboardEvent, cell: Cell): boolean {
    const { view } = this;
    const { store } = view;
    const mod = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    if (!event.altKey && !event.shiftKey) {
      const next = step(view, cell, event);
      if (next && (!mod || key === "home" || key === "end")) {
        this.around.focus(next);
        return true;
      }
    }
    if (mod && key === "a") this.selectAll();
    else if (mod && key === "c" && cell.job) this.#copy(cell.job);
    else if (mod && key === "v") return this.#paste(cell);
    else if (mod || event.altKey) return false;
    else if (key === "enter") this.open();
    else if (key === " " && cell.job) {
      store.selection.toggle(cell.job);
      this.#from = cell;
      announce(store.selection.has(cell.job) ? "Selected." : "Not selected any more.");
    } else if ((key === "delete" || key === "backspace") && cell.job)
      store.setStatus(
        view.acting().map(({ id }) => id),
        "canceled",
      );
    else if (key === "escape" && store.selection.size > 0) store.selection.clear();
    else return false;
    return true;
  }

  /** While something is carried the keys belong to it. */
  #carry(event: KeyboardEvent): boolean {
    const { drag, view } = this;
    const mod = event.ctrlKey || event.metaKey;
    const whole = view.boxes || (event.shiftKey && !mod);
    const by = whole ? DAY_MINUTES : event.altKey ? 5 : view.step;
    switch (event.key) {
      case "ArrowLeft":
      case "ArrowRight": {
        const minutes = event.key === "ArrowLeft" ? -by : by;
        if (mod) drag.lengthen(event.shiftKey ? "start" : "end", minutes);
        else drag.nudge(minutes, 0);
        break;
      }
      case "ArrowUp":
      case "ArrowDown":
        if (mod)
          drag.lengthen(
            event.shiftKey ? "start" : "end",
            event.key === "ArrowUp" ? -DAY_MINUTES : DAY_MINUTES,
          );
        else drag.nudge(0, event.key === "ArrowUp" ? -1 : 1);
        break;
      case "Enter":
        void this.#putDown();
        return true;
      case "Escape":
        drag.cancel();
        return true;
      case "Tab":
        drag.cancel();
        return false;
      default:
        // Letters must not do something else meanwhile.
        return event.key.length === 1 && !mod;
    }
    this.#follow();
    return true;
  }

  /** What is carried stays in sight; beyond the part that is shown the next one comes. */
  #follow(): void {
    const { view, drag } = this;
    const { place } = drag;
    const { store } = view;
    if (!place) return;
    const { zone } = store;
    const [first, last] = [
      officeDate(place.times.start, zone),
      officeDate(new Date(Date.parse(place.times.end) - 1), zone),
    ];
    // By what is asked for and not by what is shown: while the next part is read, a key must not go another one further.
    if (first >= store.span.until || last < store.span.from) store.setFilters({ date: first });
    const ghost = drag.ghosts[0];
    if (ghost) this.around.reveal(ghost.x, ghost.width, ghost.y, ghost.height);
  }

  async #putDown(): Promise<void> {
    const { now } = this.drag;
    const to = now?.anchor ? { row: now.row ?? now.anchor.row, job: now.anchor.job.id } : null;
    const dropped = this.drag.drop();
    if (to && this.view.barOf(to)) this.around.focus(to);
    await dropped;
    const id = to?.job;
    // Given up, it stands where it was.
    const cell = id && to && !this.view.barOf(to) ? this.view.cellOf(id) : null;
    if (cell) this.around.focus(cell);
  }

  #copy(id: string): void {
    this.#copied = id;
    announce("Copied. Ctrl+V makes a new job of it.");
  }

  /** Where the keys are: at the time of that job, on its row. */
  #paste(cell: Cell): boolean {
    const { view } = this;
    const { data, axis, store } = view;
    const copied = this.#copied;
    const from = copied === null ? null : store.job(copied);
    if (!copied || !data || !axis) return false;
    const row = view.layout.rows.find(({ row }) => row.key === cell.row)?.row;
    const resource = row?.id ? { kind: row.kind, id: row.id } : null;
    const here = cell.job ? store.job(cell.job) : null;
    const [opens] = windowOf(data.hours);
    const midnight = Math.floor(clockOf(timeAt(axis, view.left), data.zone) / DAY_MINUTES) * DAY_MINUTES;
    const start = here?.start ?? instantOf(midnight + opens, data.zone);
    const length = from ? Date.parse(from.end) - Date.parse(from.start) : null;
    const end = length === null ? null : new Date(Date.parse(start) + length).toISOString();
    store.newJob({ contract_id: null, copy_of: copied, start, end, resource });
    return true;
  }

  /** All between two jobs of a row; on another row both. */
  #selectTo(cell: Cell): void {
    const { selection } = this.view.store;
    const from = this.#from;
    const bars = this.view.layout.rows.find(({ row }) => row.key === cell.row)?.bars ?? [];
    const ids = bars.map(({ job }) => job.id);
    const [a, b] = [from?.row === cell.row ? ids.indexOf(from.job ?? "") : -1, ids.indexOf(cell.job ?? "")];
    if (b < 0) return;
    selection.add(
      a < 0 ? [ids[b]!, ...(from?.job ? [from.job] : [])] : ids.slice(Math.min(a, b), Math.max(a, b) + 1),
    );
    this.#from ??= cell;
  }
}
