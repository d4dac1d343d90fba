import { expect, test } from "vitest";

import { dollars } from "./money";

test.each([
  ["12500.00", "$12,500"],
  ["48250.5", "$48,250.50"],
  ["0.10", "$0.10"],
  ["0", "$0"],
  ["-0.00", "$0"],
  ["-1234567.1", "−$1,234,567.10"],
  ["999", "$999"],
  ["1000", "$1,000"],
  ["0001000", "$1,000"],
  // A float would make these 9007199254740993 → …992 and 0.30000000000000004.
  ["9007199254740993.01", "$9,007,199,254,740,993.01"],
  ["0.3", "$0.30"],
  ["1.005", "$1.005"],
])("%s is %s", (decimal, shown) => expect(dollars(decimal)).toBe(shown));

test.each(["", "NaN", "1e5", "12,5", "<b>"])("%j is no amount and stays as it came", (odd) => {
  expect(dollars(odd)).toBe(odd);
});
