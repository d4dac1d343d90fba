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

/** What else to do, beyond the core's own sentence, which already says what happened and the first thing to try. */
const nextSteps: Record<ErrorCode, string | null> = {
  not_connected: "Open Connection and connect to the office database.",
  no_answer: null,
  wrong_password: "Caps Lock may be on.",
  no_such_database: "Whoever set the database up knows its name.",
  encryption_failed: "Ask whoever keeps the server for its certificate (CA) file, and enter where it is.",
  server_too_old: null,
  too_many_connections: "Closing Neff Office on computers nobody uses makes room.",
  not_a_neff_database: "Nothing in it was touched.",
  schema_older: "Whoever keeps the database can bring it up to date from this screen.",
  schema_newer: null,
  rights_missing: "Whoever keeps the database can allow it; the details say what is needed.",
  keychain:
    "Unlock this computer's keychain, then try again. Until then the password is asked for each time.",
  not_found: null,
  invalid: null,
  version_conflict: null,
  backup_failed: "Make room on the disk, or ask whoever keeps the database, then try again.",
  local_office: "An office on a server can still be connected to. Copy the details for whoever helps you.",
  disk_full: "Empty the trash or move large files away, then try again. What was saved before is safe.",
  internal: null,
};

export function nextStep(code: ErrorCode): string | null {
  return nextSteps[code];
}
