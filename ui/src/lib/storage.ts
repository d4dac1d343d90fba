/** What this window remembers on this computer. Never a password, never a customer. Storage may be refused: then it forgets. */
const PREFIX = "neff-office.";

export function remembered(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

export function remember(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch {
    // Nothing is lost but a preference.
  }
}
