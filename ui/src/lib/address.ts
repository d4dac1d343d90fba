const LAST = /^(.*?)[,\s]+([A-Za-z]{2})\.?[,\s]+(\d{5})(?:[-\s]?(\d{4}))?$/;

/** Lines trimmed, empty ones gone, state in capitals, ZIP in its own form; what the person wrote is otherwise kept. */
export function tidyAddress(typed: string): string {
  const lines = typed
    .split(/\r\n?|\n/)
    .map((line) => line.replace(/[ \t\u00a0]+/g, " ").replace(/^[ ,]+|[ ,]+$/g, ""))
    .filter((line) => line !== "" && !/^(usa|u\.s\.a\.|united states)$/i.test(line));
  const last = lines.at(-1);
  const match = last ? LAST.exec(last) : null;
  if (match) {
    const [, town = "", state = "", zip = "", four] = match;
    lines[lines.length - 1] =
      `${town.replace(/,$/, "")}, ${state.toUpperCase()} ${zip}${four ? `-${four}` : ""}`;
  }
  return lines.join("\n");
}

/** A job is driven to by its ZIP: say so while the customer is still on the phone. */
export function lacksZip(typed: string): boolean {
  return typed.trim() !== "" && !/\b\d{5}(-\d{4})?\s*$/.test(typed.trim());
}
