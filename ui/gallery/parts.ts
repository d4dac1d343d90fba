import type { Component } from "svelte";

import Dates from "./parts/Dates.svelte";
import Dialogs from "./parts/Dialogs.svelte";
import Fields from "./parts/Fields.svelte";
import Forms from "./parts/Forms.svelte";
import Menus from "./parts/Menus.svelte";
import Palettes from "./parts/Palettes.svelte";
import States from "./parts/States.svelte";
import Tables from "./parts/Tables.svelte";
import Toasts from "./parts/Toasts.svelte";

export type Part = { id: string; title: string; page: Component };

export const parts: Part[] = [
  { id: "tables", title: "Table", page: Tables },
  { id: "fields", title: "Fields", page: Fields },
  { id: "dates", title: "Date and time", page: Dates },
  { id: "forms", title: "Form", page: Forms },
  { id: "states", title: "States", page: States },
  { id: "toasts", title: "Toasts", page: Toasts },
  { id: "menus", title: "Menus", page: Menus },
  { id: "dialogs", title: "Dialogs", page: Dialogs },
  { id: "palette", title: "Palette and shortcuts", page: Palettes },
];
