/**
 * "$12,500" out of "12500.00", "$1,234.50" out of "1234.5". Works on the digits: money never becomes a float. What is
 * not a decimal number is shown as it came.
 */
export function dollars(decimal: string): string {
  const match = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(decimal.trim());
  if (!match) return decimal;
  const [, sign, integer = "", fraction = ""] = match;
  const whole = integer.replace(/^0+(?=\d)/, "").replace(/\B(?=(\d{3})+$)/g, ",");
  const cents = fraction.replace(/0+$/, "");
  const tail = cents === "" ? "" : `.${cents.padEnd(2, "0")}`;
  const zero = whole === "0" && tail === "";
  return `${sign === "-" && !zero ? "−" : ""}$${whole}${tail}`;
}
