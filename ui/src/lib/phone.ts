/** "(555) 123-4567 x12" out of any American way to write it; a foreign or odd number stays as it was typed. */
export function spelledPhone(typed: string): string {
  const text = typed.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "").trim();
  const match =
    /^([\d\s().\-+/\u2010-\u2015\u00a0]+?)(?:\s*,?;?\s*(?:x|ext\.?|extension|#)\s*(\d{1,6}))?$/i.exec(text);
  if (!match) return text;
  const [, main = "", extension] = match;
  let digits = main.replace(/\D/g, "");
  if (main.trim().startsWith("+") && !digits.startsWith("1")) return text;
  if (digits.length === 11 && digits.startsWith("1")) digits = digits.slice(1);
  // Neither an area code nor an exchange begins with 0 or 1.
  if (!/^[2-9]\d{2}[2-9]\d{6}$/.test(digits)) return text;
  const number = `(${digits.slice(0, 3)}) ${digits.slice(3, 6)}-${digits.slice(6)}`;
  return extension ? `${number} x${extension}` : number;
}

/** Too few digits to reach anybody. Not an error: people write "ask for Bob" here, too. */
export function looksShort(typed: string): boolean {
  const digits = typed.replace(/\D/g, "").length;
  return digits > 0 && digits < 10;
}
