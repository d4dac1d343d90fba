import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { toast } from "svelte-sonner";
import { afterEach, describe, expect, test, vi } from "vitest";

import Toasts from "$/components/toast/Toasts.svelte";
import { FakeOffice, officeError } from "$/ipc/fake";

import { gate } from "../../tests/window";
import { UndoStack } from "./undo.svelte";

afterEach(() => void toast.dismiss());

function made(office = new FakeOffice()) {
  const around = {
    say: vi.fn<(sentence: string) => void>(),
    details: () => "details",
    shortcut: () => "Ctrl+Z",
    openChanges: vi.fn(),
    settled: () => null,
  };
  return { office, around, stack: new UndoStack(office, around) };
}

/** A number that is added to, and the way back. */
function counter() {
  const it = {
    value: 0,
    add: (label: string) => {
      it.value += 1;
      return {
        label,
        undo: async () => {
          it.value -= 1;
          return async () => void (it.value += 1);
        },
      };
    },
  };
  return it;
}

test("back and forth, newest first", async () => {
  const [{ stack, around }, it] = [made(), counter()];
  stack.push(it.add("one"));
  stack.push(it.add("two"));
  expect([stack.undoLabel, stack.canRedo]).toEqual(["two", false]);
  await stack.undo();
  expect([it.value, stack.undoLabel, stack.redoLabel]).toEqual([1, "one", "two"]);
  await stack.redo();
  await stack.undo();
  await stack.undo();
  await stack.undo();
  expect([it.value, stack.canUndo, stack.redoLabel]).toEqual([0, false, "one"]);
  expect(around.say.mock.calls.map(([said]) => said)).toEqual([
    "Undone: two",
    "Done again: two",
    "Undone: two",
    "Undone: one",
  ]);
});

test("something new ends what could be done again; a hundred are kept", async () => {
  const [{ stack }, it] = [made(), counter()];
  for (let i = 0; i < 120; i++) stack.push(it.add(`step ${i}`));
  await stack.undo();
  expect(stack.canRedo).toBe(true);
  stack.push(it.add("new"));
  expect(stack.canRedo).toBe(false);
  for (let i = 0; i < 130; i++) await stack.undo();
  expect(it.value).toBe(20);
});

test("one at a time, however fast the keys are", async () => {
  const { stack } = made();
  const { closed, open } = gate();
  const order: string[] = [];
  const slow = (label: string) => ({
    label,
    undo: async () => {
      order.push(`${label} begins`);
      await closed;
      order.push(`${label} ends`);
      return async () => undefined;
    },
  });
  stack.push(slow("a"));
  stack.push(slow("b"));
  const both = [stack.undo(), stack.undo()];
  await Promise.resolve();
  expect([order, stack.busy]).toEqual([["b begins"], true]);
  open();
  await Promise.all(both);
  expect([order, stack.busy]).toEqual([["b begins", "b ends", "a begins", "a ends"], false]);
});

describe("changes of the database", () => {
  test("are undone by their id, and again by the inverse's", async () => {
    const { office, stack } = made();
    const { estimate, change } = await office.saveEstimateNotes(office.day.estimates[0]!.id, "New", 1);
    stack.pushChange(change!);
    const now = () => office.estimates.get(estimate.id)?.notes;
    await stack.undo();
    expect(now()).not.toBe("New");
    await stack.redo();
    expect(now()).toBe("New");
    await stack.undo();
    expect(now()).not.toBe("New");
    expect(new Set(office.calls.filter((c) => c.name === "undoChange").map((c) => c.args[0])).size).toBe(3);
  });

  test("without a way back are not on the stack", () => {
    const { stack } = made();
    expect(stack.pushChange({ id: "x", summary: "Sent", can_undo: false, wrote: [] })).toBeNull();
    expect(stack.canUndo).toBe(false);
  });

  test("that somebody changed since are left alone, with the way to see who", async () => {
    const user = userEvent.setup();
    const { office, stack, around } = made();
    render(Toasts, { theme: "light" });
    office.failures.set("undoChange", officeError("version_conflict", "Tom Neff changed the notes since."));
    stack.pushChange({ id: "x", summary: "Notes changed", can_undo: true, wrote: [] });
    await stack.undo();
    expect(await screen.findByText(/Tom Neff changed the notes since. Recent changes shows/)).toBeTruthy();
    expect(stack.canUndo).toBe(false);
    await user.click(screen.getByText("Recent changes"));
    expect(around.openChanges).toHaveBeenCalledOnce();
  });

  test("wait while there is no answer, and can be tried again", async () => {
    const user = userEvent.setup();
    const { office, stack } = made();
    render(Toasts, { theme: "light" });
    office.failures.set("undoChange", officeError("no_answer", "The office database does not answer."));
    stack.pushChange({ id: office.changes.all[0]!.id, summary: "Notes changed", can_undo: true, wrote: [] });
    await stack.undo();
    expect(stack.canUndo).toBe(true);
    office.failures.clear();
    await user.click(await screen.findByText("Try again"));
    await vi.waitFor(() => expect([stack.canUndo, stack.redoLabel]).toEqual([false, "Notes changed"]));
  });
});

test("the toast takes back its own step, once", async () => {
  const user = userEvent.setup();
  const [{ stack }, it] = [made(), counter()];
  render(Toasts, { theme: "light" });
  stack.offer("First", it.add("first"));
  stack.push(it.add("second"));
  await user.click(await screen.findByTestId("toast-undo"));
  await vi.waitFor(() =>
    expect([it.value, stack.undoLabel, stack.redoLabel]).toEqual([1, "second", "first"]),
  );
});
