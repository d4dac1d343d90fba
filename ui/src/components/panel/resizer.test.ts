import { fireEvent, render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import Resizer, { rememberedWidth } from "./Resizer.svelte";

test("a panel's width goes by keyboard, within its limits, and is remembered", async () => {
  const user = userEvent.setup();
  render(Resizer, { width: 400, name: "x", label: "Width", least: 320, most: 640 });
  const handle = screen.getByRole("separator", { name: "Width" });
  handle.focus();
  await user.keyboard("{ArrowLeft}");
  expect([handle.getAttribute("aria-valuenow"), rememberedWidth("x")]).toEqual(["424", 424]);
  await user.keyboard("{Home}{ArrowRight}");
  expect(rememberedWidth("x")).toBe(320);
  await user.keyboard("{End}");
  expect(rememberedWidth("x")).toBe(640);
  await fireEvent.dblClick(handle);
  expect(rememberedWidth("x")).toBeNull();
});

test("an odd memory is none", () => {
  localStorage.setItem("neff-office.width:x", "1e9");
  expect(rememberedWidth("x")).toBeNull();
});
