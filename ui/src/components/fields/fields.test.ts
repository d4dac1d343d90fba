import { fireEvent, render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";

import { text } from "../../../tests/window";
import AddressField from "./AddressField.svelte";
import Calendar from "./Calendar.svelte";
import Checkbox from "./Checkbox.svelte";
import DateField from "./DateField.svelte";
import MoneyField from "./MoneyField.svelte";
import PhoneField from "./PhoneField.svelte";
import Select from "./Select.svelte";
import TextField from "./TextField.svelte";
import TimeField from "./TimeField.svelte";
import WorkingDays from "./WorkingDays.svelte";

const today = "2026-06-18";
const box = (name: string) =>
  screen.getByLabelText<HTMLInputElement>(name, { exact: false, selector: "input, textarea" });

test("label, hint, error and the reason why not belong to the field", async () => {
  const { rerender } = render(TextField, {
    label: "Name",
    value: "",
    hint: "As on the bill",
    required: true,
  });
  const field = screen.getByRole("textbox", { name: "Name", description: "As on the bill" });
  expect(field.getAttribute("aria-required")).toBe("true");
  await rerender({ label: "Name", value: "", error: "Enter a name.", disabled: "The job is over." });
  expect(screen.getByRole("textbox", { description: "Enter a name. The job is over." })).toBe(field);
  expect([field.getAttribute("aria-invalid"), field.hasAttribute("disabled")]).toEqual(["true", true]);
});

test("what a stranger typed is text", () => {
  const evil = "<img src=x onerror=alert(1)>";
  const { container } = render(TextField, { label: evil, value: evil, error: evil });
  expect(container.querySelector("img")).toBeNull();
  expect(container.textContent).toContain(evil);
});

test("what could not be read goes with its field", async () => {
  const user = userEvent.setup();
  const onproblem = vi.fn();
  const { unmount } = render(DateField, { label: "Until", value: "", today, onproblem });
  await user.type(box("Until"), "xyz{Tab}");
  expect(onproblem).toHaveBeenLastCalledWith(expect.stringContaining("Enter a date"));
  unmount();
  expect(onproblem).toHaveBeenLastCalledWith(null);
});

describe("money", () => {
  test("is read while typed, spelled when left, and never a float", async () => {
    const user = userEvent.setup();
    const onchange = vi.fn();
    render(MoneyField, { label: "Price", value: "", onchange });
    await user.type(box("Price"), "9,007,199,254.5");
    expect(box("Price").value).toBe("9,007,199,254.5");
    await user.tab();
    expect(box("Price").value).toBe("9,007,199,254.50");
    expect(onchange).toHaveBeenLastCalledWith("9007199254.50");
  });
  test("what is no amount stays, with the reason, until it is one", async () => {
    const user = userEvent.setup();
    const [onchange, onproblem] = [vi.fn(), vi.fn()];
    render(MoneyField, { label: "Price", value: "5.00", onchange, onproblem });
    await user.clear(box("Price"));
    onchange.mockClear();
    await user.type(box("Price"), "-5");
    await user.tab();
    expect([box("Price").value, box("Price").getAttribute("aria-invalid")]).toEqual(["-5", "true"]);
    expect(onproblem).toHaveBeenLastCalledWith("This cannot be less than zero.");
    await user.clear(box("Price"));
    await user.type(box("Price"), "7");
    expect(onproblem).toHaveBeenLastCalledWith(null);
    expect(onchange).toHaveBeenLastCalledWith("7.00");
  });
});

test("a time is stepped by quarters", async () => {
  const user = userEvent.setup();
  const onchange = vi.fn();
  render(TimeField, { label: "Starts", value: "", onchange });
  await user.type(box("Starts"), "730");
  await user.keyboard("{ArrowUp}");
  expect([box("Starts").value, onchange.mock.lastCall]).toEqual(["7:45 AM", ["07:45"]]);
  await user.keyboard("{Shift>}{ArrowDown}{/Shift}");
  expect(onchange).toHaveBeenLastCalledWith("07:00");
});

test("an outside change replaces what is shown", async () => {
  const { rerender } = render(TimeField, { label: "Starts", value: "07:00" });
  await rerender({ label: "Starts", value: "09:15" });
  expect(box("Starts").value).toBe("9:15 AM");
});

describe("a date", () => {
  test("is understood when left", async () => {
    const user = userEvent.setup();
    const onchange = vi.fn();
    render(DateField, { label: "Day", value: "", today, onchange });
    await user.type(box("Day"), "tomorrow");
    await user.tab();
    expect([box("Day").value, onchange.mock.lastCall]).toEqual(["Fri, Jun 19, 2026", ["2026-06-19"]]);
    await user.clear(box("Day"));
    await user.type(box("Day"), "someday{Enter}");
    expect(text(document.body)).toContain("Enter a date, like 4/1");
  });
  test("outside its limits it is refused with the reason", async () => {
    const user = userEvent.setup();
    const onchange = vi.fn();
    render(DateField, {
      label: "Day",
      value: "",
      today,
      min: today,
      onchange,
      closed: (d: string) => (d === "2026-06-21" ? "Closed." : null),
    });
    await user.type(box("Day"), "yesterday{Enter}");
    expect(text(document.body)).toContain("Not before Thu, Jun 18, 2026.");
    await user.clear(box("Day"));
    await user.type(box("Day"), "sun{Enter}");
    expect(text(document.body)).toContain("Closed.");
    expect(onchange).not.toHaveBeenCalledWith("2026-06-21");
  });
  test("the calendar goes by keyboard and gives the focus back", async () => {
    const user = userEvent.setup();
    const onchange = vi.fn();
    render(DateField, { label: "Day", value: "2026-06-18", today, onchange });
    box("Day").focus();
    await user.keyboard("{Alt>}{ArrowDown}{/Alt}");
    await vi.waitFor(() => expect(document.activeElement?.getAttribute("data-date")).toBe("2026-06-18"));
    await user.keyboard("{ArrowDown}{ArrowRight}{PageDown}");
    await vi.waitFor(() => expect(document.activeElement?.getAttribute("data-date")).toBe("2026-07-26"));
    await user.keyboard("{Enter}");
    expect(onchange).toHaveBeenCalledWith("2026-07-26");
    await vi.waitFor(() => expect(document.activeElement).toBe(box("Day")));
  });
  test("every month has six weeks, so nothing jumps", () => {
    for (const value of ["2026-02-01", "2026-05-01", "2026-08-31"]) {
      const { container, unmount } = render(Calendar, { value, today, pick: () => undefined });
      expect(container.querySelectorAll("tbody tr")).toHaveLength(6);
      unmount();
    }
  });
});

test("a phone number is spelled when left, a foreign one is not touched", async () => {
  const user = userEvent.setup();
  const onchange = vi.fn();
  render(PhoneField, { label: "Phone", value: "", onchange });
  await user.type(box("Phone"), "5553234567 ext 9");
  await user.tab();
  expect(onchange).toHaveBeenLastCalledWith("(555) 323-4567 x9");
});

test("an address is tidied when left, and its ZIP missed", async () => {
  const user = userEvent.setup();
  render(AddressField, { label: "Address", value: "" });
  await user.type(box("Address"), "  1 Oak St{Enter}Elgin il");
  await user.tab();
  expect(box("Address").value).toBe("1 Oak St\nElgin il");
  expect(text(document.body)).toContain("No ZIP code");
});

describe("a choice", () => {
  const choices = ["Scheduled", "Confirmed", "Completed", "Canceled"].map((label) => ({
    value: label.toLowerCase(),
    label,
  }));
  test("by arrows and first letters, without opening", async () => {
    const user = userEvent.setup();
    const onchange = vi.fn();
    render(Select, { label: "Status", value: "scheduled", choices, onchange });
    screen.getByRole("combobox", { name: "Status" }).focus();
    await user.keyboard("{ArrowDown}");
    await user.keyboard("c");
    expect(onchange.mock.calls).toEqual([["confirmed"], ["completed"]]);
  });
  test("from the list, and Escape leaves it as it was", async () => {
    const user = userEvent.setup();
    const onchange = vi.fn();
    render(Select, { label: "Status", value: "scheduled", choices, onchange });
    const trigger = screen.getByRole("combobox", { name: "Status" });
    await user.click(trigger);
    const list = await screen.findByRole("listbox");
    await user.keyboard("{End}");
    expect(list.getAttribute("aria-activedescendant")).toBe(
      screen.getByRole("option", { name: "Canceled" }).id,
    );
    await user.keyboard("{Escape}");
    expect(onchange).not.toHaveBeenCalled();
    await user.click(trigger);
    await user.click(await screen.findByRole("option", { name: "Completed" }));
    expect(onchange.mock.calls).toEqual([["completed"]]);
  });
  test("of many can be searched for", async () => {
    const user = userEvent.setup();
    const onchange = vi.fn();
    const many = Array.from({ length: 300 }, (_, i) => ({
      value: String(i),
      label: i === 250 ? "Muñoz crew" : `Crew ${i}`,
    }));
    render(Select, { label: "Crew", value: "", choices: many, onchange });
    await user.click(screen.getByRole("combobox", { name: "Crew" }));
    await user.type(await screen.findByRole("combobox", { name: "Search Crew" }), "munoz{Enter}");
    expect(onchange).toHaveBeenCalledWith("250");
  });
  test("that is not among them is shown and kept", () => {
    render(Select, { label: "Status", value: "weather_hold", choices });
    expect(text(screen.getByRole("combobox", { name: "Status" }))).toBe("weather_hold");
  });
});

test("a box that is read-only does not change", async () => {
  const user = userEvent.setup();
  const onchange = vi.fn();
  render(Checkbox, { label: "Rain", value: true, readonly: true, onchange });
  await user.click(screen.getByRole("checkbox", { name: "Rain" }));
  expect([onchange.mock.calls, screen.getByRole<HTMLInputElement>("checkbox").checked]).toEqual([[], true]);
});

test("working days stay in order", async () => {
  const onchange = vi.fn();
  render(WorkingDays, { label: "Days", value: [1, 3], onchange });
  await fireEvent.click(screen.getByRole("button", { name: "Tuesday" }));
  await fireEvent.click(screen.getByRole("button", { name: "Monday" }));
  expect(onchange.mock.calls).toEqual([[[1, 2, 3]], [[2, 3]]]);
});
