import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { OfficeError } from "$/ipc/errors";
import { readDraft, sweepDrafts, writeDraft } from "$/lib/drafts";

import { gate, settle } from "../../../tests/window";
import { FormState, type FormOptions } from "./form.svelte";

const values = { name: "Oak Ridge", phone: "1", days: [1, 2], secret: "" };
type V = typeof values;
function made(more: Partial<FormOptions<V>> = {}) {
  return new FormState<V>({
    name: "customer",
    record: "7",
    version: 3,
    values,
    secret: ["secret"],
    save: () => Promise.resolve(),
    ...more,
  });
}
const wrong = (code: "invalid" | "no_answer" | "version_conflict", field: string | null = null) =>
  new OfficeError({ code, message: "No.", field, details: null });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("knows what is changed, and that it is back", () => {
  const form = made();
  form.set("days", [1, 2, 3]);
  form.set("name", "Oak");
  expect([form.dirty, form.changed]).toEqual([true, ["name", "days"]]);
  form.set("name", "Oak Ridge");
  form.set("days", [1, 2]);
  expect(form.dirty).toBe(false);
});

test("judges a field when it is left, not while it is typed, and takes the verdict back at once", () => {
  const form = made({ validate: (v) => (v.name ? {} : { name: "Enter a name." }) });
  form.set("name", "");
  expect(form.errors).toEqual({});
  form.field("name").onblur();
  expect(form.errors).toEqual({ name: "Enter a name." });
  form.set("name", "O");
  expect(form.errors).toEqual({});
});

test("saves once, with what was changed", async () => {
  const { closed, open } = gate();
  const save = vi.fn(() => closed);
  const form = made({ save });
  form.set("name", "New");
  const [first, second] = [form.submit(), form.submit()];
  expect([form.saving, await second]).toEqual([true, false]);
  open();
  expect(await first).toBe(true);
  expect(save.mock.calls).toEqual([
    [
      { ...values, name: "New" },
      { version: "3", changed: ["name"] },
    ],
  ]);
  expect([form.dirty, form.saving]).toEqual([false, false]);
});

test("what is typed while it is being saved is not lost", async () => {
  const { closed, open } = gate();
  const form = made({ save: () => closed });
  form.set("name", "One");
  const done = form.submit();
  form.set("name", "Two");
  open();
  await done;
  expect([form.values.name, form.changed]).toEqual(["Two", ["name"]]);
});

describe("a refusal", () => {
  test("of a field is shown there", async () => {
    const form = made({ save: () => Promise.reject(wrong("invalid", "phone")) });
    expect(await form.submit()).toBe(false);
    expect([form.errors, form.failure]).toEqual([{ phone: "No." }, null]);
  });
  test("of all is shown once and keeps what was typed", async () => {
    const form = made({ save: () => Promise.reject(wrong("no_answer")) });
    form.set("name", "Typed");
    await form.submit();
    expect([form.failure?.code, form.values.name, form.dirty]).toEqual(["no_answer", "Typed", true]);
  });
  test("by the field itself, which did not understand, is not saved over", async () => {
    const save = vi.fn(() => Promise.resolve());
    const form = made({ save });
    form.field("phone").onproblem("Enter a date.");
    expect([await form.submit(), form.errors, save.mock.calls]).toEqual([
      false,
      { phone: "Enter a date." },
      [],
    ]);
    form.field("phone").onproblem(null);
    expect(await form.submit()).toBe(true);
  });
});

describe("a draft", () => {
  test("survives leaving the screen, without secrets, and is gone once saved", async () => {
    const left = made();
    left.set("name", "Half");
    left.set("secret", "hush");
    left.close();
    expect(JSON.stringify(localStorage)).not.toContain("hush");
    const back = made();
    expect([back.values.name, back.restored !== null]).toEqual(["Half", true]);
    await back.submit();
    expect([back.restored, readDraft("customer", "7")]).toEqual([null, null]);
    expect(made().values.name).toBe("Oak Ridge");
  });
  test("survives a crash a moment after the last key", () => {
    made().set("name", "Half");
    vi.advanceTimersByTime(301);
    expect(made().values.name).toBe("Half");
  });
  test("can be discarded, and typing everything back leaves none", () => {
    made().set("name", "Half");
    vi.advanceTimersByTime(301);
    const form = made();
    form.discard();
    expect([form.values.name, readDraft("customer", "7")]).toEqual(["Oak Ridge", null]);
    form.set("name", "x");
    form.set("name", "Oak Ridge");
    vi.advanceTimersByTime(301);
    expect(readDraft("customer", "7")).toBeNull();
  });
  test("of an older version takes over what others changed, and asks where both did", () => {
    const form = made();
    form.set("name", "Mine");
    form.close();
    const same = made({ version: 4, values: { ...values, phone: "2" } });
    expect([same.values, same.conflicts]).toEqual([{ ...values, name: "Mine", phone: "2" }, []]);
    const both = made({ version: 4, values: { ...values, name: "Theirs" } });
    expect(both.conflicts).toEqual([{ field: "name", base: "Oak Ridge", mine: "Mine", theirs: "Theirs" }]);
    both.resolve("name", "mine");
    expect([both.values.name, both.conflicts]).toEqual(["Mine", []]);
  });
  test("that is broken or of another shape is no draft", () => {
    localStorage.setItem("neff-office.draft:customer:7", "{");
    expect(made().restored).toBeNull();
    writeDraft("customer", "7", {
      version: "3",
      at: new Date().toISOString(),
      base: {},
      values: { days: 5, gone: 1 },
    });
    expect([made().restored, made().values]).toEqual([null, values]);
  });
  test("that nobody came back for in a month is swept", () => {
    writeDraft("a", "1", { version: null, at: "2020-01-01T00:00:00Z", base: {}, values: {} });
    writeDraft("b", "1", { version: null, at: new Date().toISOString(), base: {}, values: {} });
    sweepDrafts();
    expect([readDraft("a", "1"), readDraft("b", "1") !== null]).toEqual([null, true]);
  });
});

describe("somebody else saved first", () => {
  const reload = (now: Partial<V>) => () => Promise.resolve({ values: { ...values, ...now }, version: 4 });
  test("another field: both are right and nobody is asked", async () => {
    const save = vi
      .fn<FormOptions<V>["save"]>()
      .mockRejectedValueOnce(wrong("version_conflict"))
      .mockResolvedValue(undefined);
    const form = made({ save, reload: reload({ phone: "2" }) });
    form.set("name", "Mine");
    expect(await form.submit()).toBe(true);
    expect(save.mock.lastCall).toEqual([
      { ...values, name: "Mine", phone: "2" },
      { version: "4", changed: ["name"] },
    ]);
  });
  test("the same field: the person chooses, and then it is saved", async () => {
    const save = vi
      .fn<FormOptions<V>["save"]>()
      .mockRejectedValueOnce(wrong("version_conflict"))
      .mockResolvedValue(undefined);
    const form = made({ save, reload: reload({ name: "Theirs" }) });
    form.set("name", "Mine");
    expect(await form.submit()).toBe(false);
    expect([form.conflicts.length, await form.submit(), save.mock.calls.length]).toEqual([1, false, 1]);
    form.resolve("name", "theirs");
    form.set("phone", "9");
    expect(await form.submit()).toBe(true);
    expect(save.mock.lastCall?.[1]).toEqual({ version: "4", changed: ["phone"] });
  });
  test("and again in the same second: said, not tried for ever", async () => {
    const form = made({ save: () => Promise.reject(wrong("version_conflict")), reload: reload({}) });
    form.set("name", "Mine");
    expect([await form.submit(), form.failure?.code]).toEqual([false, "version_conflict"]);
    await settle();
  });
});
