import type { Component } from "svelte";

import Dates from "./parts/Dates.svelte";
import Fields from "./parts/Fields.svelte";
import Forms from "./parts/Forms.svelte";

export type Part = { id: string; title: string; page: Component };

export const parts: Part[] = [
  { id: "fields", title: "Fields", page: Fields },
  { id: "dates", title: "Date and time", page: Dates },
  { id: "forms", title: "Form", page: Forms },
];
