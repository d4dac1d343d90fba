/** What stops a paving job, in the words the office uses. A chip fills the line; it can be changed after. */
export const COMMON_REASONS = [
  "Rain",
  "Too cold",
  "Customer asked",
  "Equipment down",
  "Crew short",
  "Material not available",
] as const;

export const OVERRIDE_REASONS = [
  "They help out for an hour",
  "The other job ends early",
  "Both jobs are at the same place",
] as const;

/** The longest the history keeps. */
export const REASON_LIMIT = 500;
