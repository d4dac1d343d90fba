import type { Company, CompanyInput } from "$/ipc/client";
import { spelledTime } from "$/lib/times";
import { zoneName } from "$/lib/zones";

export type CompanyValues = Omit<CompanyInput, "version">;

export const NAMES: Record<keyof CompanyValues, string> = {
  name: "Name",
  letterhead: "Name on letters",
  address: "Address",
  phone: "Phone",
  email: "Email",
  website: "Website",
  license: "License",
  time_zone: "Time zone",
  working_days: "Working days",
  work_from: "Work starts",
  work_until: "Work ends",
  support_name: "Who helps",
  support_phone: "Their phone",
  support_email: "Their email",
  offline_readable_days: "Readable without the office for (days)",
  offline_refused_days: "Removed after a refused login in (days)",
};

/** In sections, as the form and the read-only page show them. */
export const SECTIONS: { title: string; fields: (keyof CompanyValues)[] }[] = [
  {
    title: "On letters and estimates",
    fields: ["name", "letterhead", "address", "phone", "email", "website", "license"],
  },
  { title: "When you work", fields: ["time_zone", "working_days", "work_from", "work_until"] },
  { title: "Who helps with this program", fields: ["support_name", "support_phone", "support_email"] },
  { title: "Copies on computers", fields: ["offline_readable_days", "offline_refused_days"] },
];

export function valuesOf(company: Company): CompanyValues {
  const { version: _version, may_edit: _may, ...values } = company;
  return values;
}

const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** As somebody reads it. */
export function spell(field: keyof CompanyValues, value: unknown): string {
  if (field === "working_days" && Array.isArray(value))
    return value.map((day) => DAYS[Number(day) - 1] ?? "").join(", ");
  if (field === "work_from" || field === "work_until") return spelledTime(String(value));
  if (field === "time_zone") return zoneName(String(value));
  return String(value ?? "");
}

export function validate(values: CompanyValues): Partial<Record<keyof CompanyValues, string>> {
  const errors: Partial<Record<keyof CompanyValues, string>> = {};
  if (values.name.trim() === "") errors.name = "Enter the company’s name.";
  if (wrongEmail(values.email)) errors.email = EMAIL;
  if (wrongEmail(values.support_email)) errors.support_email = EMAIL;
  if (!isDays(values.offline_readable_days, 1)) errors.offline_readable_days = "A number from 1 to 365.";
  if (!isDays(values.offline_refused_days, 0)) errors.offline_refused_days = "A number from 0 to 365.";
  if (values.working_days.length === 0) errors.working_days = "Choose one day at least.";
  if (values.work_until <= values.work_from) errors.work_until = "After work starts.";
  return errors;
}

function isDays(text: string, least: number): boolean {
  return /^\s*\d{1,3}\s*$/.test(text) && Number(text) >= least && Number(text) <= 365;
}

export const EMAIL = "An address such as office@example.com.";

export function wrongEmail(text: string): boolean {
  return text.trim() !== "" && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim());
}
