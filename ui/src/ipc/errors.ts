import type { AppError, ErrorCode } from "./bindings";

/** What the core said went wrong: a code to act on, a sentence for the person, details for a helper. */
export class OfficeError extends Error {
  readonly code: ErrorCode;
  readonly field: string | null;
  readonly details: string | null;

  constructor(error: AppError) {
    super(error.message);
    this.name = "OfficeError";
    this.code = error.code;
    this.field = error.field;
    this.details = error.details;
  }
}

/** Anything thrown, as something that can be shown. What was not said by the core is a defect of this program. */
export function asOfficeError(thrown: unknown): OfficeError {
  if (thrown instanceof OfficeError) return thrown;
  return new OfficeError({
    code: "internal",
    message: "Something in this program went wrong. Your data is safe; try again.",
    field: null,
    details: thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown),
  });
}

/** What to do next, where the core's sentence does not already say it. */
const nextSteps: Partial<Record<ErrorCode, string>> = {
  not_connected: "Open Connection and connect to the office database.",
  no_answer: "Is this computer on the office network, and is the server switched on?",
  wrong_password: "Type the password again. Caps Lock may be on.",
  no_such_database: "Check the name of the database with whoever set it up.",
  encryption_failed: "Ask whoever keeps the server for its certificate (CA) file, and enter where it is.",
  server_too_old: "Whoever keeps the server has to upgrade PostgreSQL to version 13 or later.",
  too_many_connections: "Close Neff Office on computers nobody uses, then try again.",
  not_a_neff_database: "Check the name of the database. Nothing in it was touched.",
  schema_older: "Bring the database up to date below, or ask whoever keeps it.",
  schema_newer: "Update Neff Office on this computer.",
  rights_missing: "Send the command shown to whoever keeps the database.",
  keychain:
    "Unlock this computer's keychain, then try again. Until then the password is asked for each time.",
  not_found: "It may have been removed meanwhile.",
  version_conflict: "Look at it again, then repeat your change.",
  backup_failed:
    "Nothing was changed. Make room on the disk or ask whoever keeps the database, then try again.",
  internal: "If it happens again, copy the details for whoever helps you.",
};

export function nextStep(code: ErrorCode): string | null {
  return nextSteps[code] ?? null;
}
