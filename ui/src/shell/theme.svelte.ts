import { remember, remembered } from "$/lib/storage";

export type Theme = "light" | "dark";

/** Light or dark: the system's choice until the person says otherwise, and again once both agree. */
export class ThemeStore {
  #system = $state<Theme>("light");
  #chosen = $state<Theme | null>(null);
  /** Null: as the system has it. */
  get chosen(): Theme | null {
    return this.#chosen;
  }
  readonly current: Theme = $derived(this.#chosen ?? this.#system);

  constructor() {
    const chosen = remembered("theme");
    this.#chosen = chosen === "light" || chosen === "dark" ? chosen : null;
    const dark = matchMedia("(prefers-color-scheme: dark)");
    this.#system = dark.matches ? "dark" : "light";
    dark.addEventListener("change", () => {
      this.#system = dark.matches ? "dark" : "light";
      this.#apply();
    });
    this.#apply();
  }

  toggle(): void {
    const next: Theme = this.current === "dark" ? "light" : "dark";
    this.choose(next === this.#system ? null : next);
  }

  choose(theme: Theme | null): void {
    this.#chosen = theme;
    remember("theme", this.#chosen);
    this.#apply();
  }

  #apply(): void {
    document.documentElement.dataset.theme = this.current;
  }
}
