import { dismiss, done, failed, told } from "$/components/toast/toast";
import type { ChangeRef, Office } from "$/ipc/client";
import { asOfficeError, type OfficeError } from "$/ipc/errors";

/** Something that was done. `undo` takes it back and gives the way to do it again, after which `undo` holds once more. */
export type Undoable = {
  label: string;
  undo: () => Promise<() => Promise<unknown>>;
  /** The id of what the database keeps of it. */
  change?: string;
};
type Redoable = { step: Undoable; redo: () => Promise<unknown> };

/** What the stack needs of the window it stands in. */
export type Surroundings = {
  say: (sentence: string) => void;
  /** For whoever helps on the phone. */
  details: (error: OfficeError) => string;
  /** "Ctrl+Z", as it is at present. */
  shortcut: (command: "undo" | "redo") => string;
  openChanges: () => void;
  /** What is being saved, until it is; null: nothing is. */
  settled: () => Promise<void> | null;
};

/** `family`: a newer one of it takes the place of an older one: marking ten alerts one by one is no tower of messages. */
export type Offered = { description?: string; family?: string };

const LIMIT = 100;

/** What was done in this window, newest last. Each step can be taken back and done again, one at a time. */
export class UndoStack {
  #done = $state.raw<Undoable[]>([]);
  #undone = $state.raw<Redoable[]>([]);
  #queue: Promise<void> = Promise.resolve();
  /** Something is being taken back or done again. */
  busy = $state(false);
  #waiting = 0;
  readonly #toasts = new Map<string, string | number>();

  constructor(
    private readonly office: Office,
    private readonly around: Surroundings,
  ) {}

  get canUndo(): boolean {
    return this.#done.length > 0;
  }
  get undoLabel(): string | null {
    return this.#done.at(-1)?.label ?? null;
  }
  get canRedo(): boolean {
    return this.#undone.length > 0;
  }
  get redoLabel(): string | null {
    return this.#undone.at(-1)?.step.label ?? null;
  }

  /** It was done just now: what was undone before cannot be done again any more. */
  push(step: Undoable): Undoable {
    this.#undone = [];
    this.#put(step);
    return step;
  }

  /** A change the database keeps with its way back. */
  pushChange(change: ChangeRef): Undoable | null {
    return change.can_undo ? this.push(this.#step(change)) : null;
  }

  /** One of the list of changes, whoever made it and whenever. */
  undoChange(change: Omit<ChangeRef, "wrote">): Promise<void> {
    let step = this.#done.find((one) => one.change === change.id);
    if (!step) this.#put((step = this.#step(change)));
    return this.undo(step);
  }

  #step(change: Omit<ChangeRef, "wrote">): Undoable {
    const step: Undoable = {
      label: change.summary,
      change: change.id,
      undo: async () => {
        const { change: inverse } = await this.office.undoChange(step.change ?? change.id);
        return async () => (step.change = (await this.office.undoChange(inverse.id)).change.id);
      },
    };
    return step;
  }

  /** The same, said at the edge of the window with Undo beside it. */
  offer(title: string, what: Undoable | ChangeRef | null, { description, family }: Offered = {}): void {
    const step = what === null ? null : "undo" in what ? this.push(what) : this.pushChange(what);
    this.around.say(title);
    const older = family === undefined ? undefined : this.#toasts.get(family);
    if (older !== undefined) dismiss(older);
    const toast = done(title, { description, ...(step && this.#way(step)) });
    if (family) this.#toasts.set(family, toast);
  }

  /** Until what is being taken back or done again is; null: nothing is. */
  get turn(): Promise<void> | null {
    return this.busy ? this.#queue : null;
  }

  /** The newest, also where it is just being saved, or that one wherever it is. */
  undo(step?: Undoable): Promise<void> {
    return this.#next(() => this.#undo(step));
  }

  redo(): Promise<void> {
    return this.#next(() => this.#redo());
  }

  /** Nothing of one office is undone in another. */
  clear(): void {
    this.#done = [];
    this.#undone = [];
  }

  async #undo(wanted?: Undoable): Promise<void> {
    // What was done last may be on its way still.
    const saving = this.around.settled();
    if (saving) await saving;
    const step = wanted ?? this.#done.at(-1);
    // Of a toast that was still there: by another way it has been undone already.
    if (!step || !this.#done.includes(step)) return;
    try {
      const redo = await step.undo();
      this.#remove(step);
      this.#undone = [...this.#undone, { step, redo }].slice(-LIMIT);
      this.#tell(`Undone: ${step.label}`);
    } catch (thrown) {
      const error = asOfficeError(thrown);
      if (isFinal(error)) this.#remove(step);
      this.#complain(`Not undone: ${step.label}`, error, () => this.undo(step));
    }
  }

  async #redo(): Promise<void> {
    const saving = this.around.settled();
    if (saving) await saving;
    const last = this.#undone.at(-1);
    if (!last) return;
    try {
      await last.redo();
      this.#undone = this.#undone.filter((one) => one !== last);
      this.#put(last.step);
      this.#tell(`Done again: ${last.step.label}`, last.step);
    } catch (thrown) {
      const error = asOfficeError(thrown);
      if (isFinal(error)) this.#undone = this.#undone.filter((one) => one !== last);
      this.#complain(`Not done again: ${last.step.label}`, error, () => this.redo());
    }
  }

  /** One at a time, in the order the keys were pressed. */
  #next(act: () => Promise<void>): Promise<void> {
    this.#waiting += 1;
    this.busy = true;
    this.#queue = this.#queue.then(act).finally(() => {
      this.#waiting -= 1;
      this.busy = this.#waiting > 0;
    });
    return this.#queue;
  }

  #put(step: Undoable): void {
    this.#done = [...this.#done, step].slice(-LIMIT);
  }

  #remove(step: Undoable): void {
    this.#done = this.#done.filter((one) => one !== step);
  }

  #way(step: Undoable) {
    const newest = this.#done.at(-1) === step;
    return {
      undo: () => void this.undo(step),
      shortcut: (newest && this.around.shortcut("undo")) || undefined,
    };
  }

  #tell(sentence: string, step?: Undoable): void {
    this.around.say(sentence);
    if (step) done(sentence, this.#way(step));
    else told(sentence);
  }

  #complain(title: string, error: OfficeError, retry: () => Promise<void>): void {
    const conflict = isFinal(error);
    failed(title, {
      error: conflict ? { message: `${error.message} Recent changes shows who did what since.` } : error,
      details: () => this.around.details(error),
      ...(conflict
        ? { more: { title: "Recent changes", run: () => this.around.openChanges() } }
        : { retry: () => void retry() }),
    });
  }
}

/** Trying again would end the same way. Anything else, a broken link say, passes. */
function isFinal(error: OfficeError): boolean {
  return ["version_conflict", "not_found", "invalid", "rights_missing"].includes(error.code);
}
