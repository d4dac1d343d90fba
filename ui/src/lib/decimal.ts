/*
  Amounts as a person types them, kept as the decimal text the database holds ("1234.50"). Only digits are moved about:
  nothing here is ever a number, so nothing is rounded.
*/
export type Reading = { value: string } | { problem: string };
export type Rules = { negative?: boolean; whole?: number; places?: number };

/** "1234.50" out of "1,234.5", "$1,234.50", "(12)". Empty is no amount, which is not zero. */
export function readAmount(typed: string, { negative = false, whole = 10, places = 2 }: Rules = {}): Reading {
  const text = typed.replace(/[\s\u202f\u00a0$]/g, "").replace(/\u2212/g, "-");
  if (text === "") return { value: "" };
  const inside = /^\((.*)\)$/.exec(text);
  const match = /^(-?)(\d*|\d{1,3}(?:,\d{3})+)(?:\.(\d*))?$/.exec(inside ? `-${inside[1]}` : text);
  if (!match || !/\d/.test(text)) {
    return /^-?[\d.]*\d,\d{1,2}$/.test(text)
      ? { problem: "Write cents after a point, like 1,234.50." }
      : { problem: "Enter an amount, like 1,234.50." };
  }
  const [, sign = "", left = "", right = ""] = match;
  const integer = left.replaceAll(",", "").replace(/^0+(?=\d)/, "") || "0";
  const fraction = right.replace(/0+$/, "");
  if (fraction.length > places)
    return { problem: places === 2 ? "Cents have two digits." : `At most ${places} digits after the point.` };
  if (integer.length > whole) return { problem: "That is more than this field can hold." };
  const zero = integer === "0" && fraction === "";
  if (sign && !zero && !negative) return { problem: "This cannot be less than zero." };
  const value = places === 0 ? integer : `${integer}.${fraction.padEnd(places, "0")}`;
  return { value: sign && !zero ? `-${value}` : value };
}

/** "1,234.50" out of "1234.5", for a field. What is no decimal number stays as it came. */
export function spelledAmount(value: string, places = 2): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(value);
  if (!match) return value;
  const [, sign = "", integer = "", fraction = ""] = match;
  const whole = integer.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${sign}${whole}${places > 0 || fraction ? `.${fraction.padEnd(places, "0")}` : ""}`;
}
