import type { PersonInput, PersonRecord, WeekDay } from "$/ipc/client";
import { EMAIL, wrongEmail } from "$/screens/settings/company";
import { isTime } from "$/lib/times";

import { DAYS, saysNothing } from "../words";

export type CertificateRow = {
  /** Within the form. */
  key: number;
  /** Its place in the column; null: a new one. */
  item: number | null;
  name: string;
  /** "": always. */
  expires: string;
  /** A date nobody can read. */
  written: string | null;
};

/** As the form holds somebody: texts, seven days, rows. */
export type PersonValues = {
  name: string;
  role: string;
  status: string;
  email: string;
  phone: string;
  hire_date: string;
  specializations: string[];
  /** It was decided to replace what cannot be read. */
  specializations_anew: boolean;
  hours: WeekDay[];
  hours_anew: boolean;
  certificates: CertificateRow[];
  others: { item: number; written: string }[];
  /** They leave their crews … */
  leave: boolean;
  /** … after this day. */
  leave_day: string;
};

export const NAMES: Partial<Record<keyof PersonValues, string>> = {
  name: "Name",
  role: "Role",
  status: "Status",
  email: "Email",
  phone: "Phone",
  hire_date: "With us since",
  specializations: "Specializations",
  hours: "Weekly hours",
  certificates: "Certificates",
};

export const NOBODY: PersonValues = {
  name: "",
  role: "",
  status: "active",
  email: "",
  phone: "",
  hire_date: "",
  specializations: [],
  specializations_anew: false,
  hours: DAYS.map(() => ({ kind: "unknown" })),
  hours_anew: false,
  certificates: [],
  others: [],
  leave: false,
  leave_day: "",
};

export function valuesOf(person: PersonRecord): PersonValues {
  return {
    ...NOBODY,
    name: person.name,
    role: person.role,
    status: person.status,
    email: person.email ?? "",
    phone: person.phone ?? "",
    hire_date: person.hire_date ?? "",
    specializations: person.specializations,
    hours: person.hours.days,
    certificates: person.certificates.map(({ item, name, expires, written }) => ({
      ...{ key: item + 1, item, name, written },
      expires: expires ?? "",
    })),
    others: person.certificates_unreadable,
  };
}

/** Whether somebody of that status can still be sent out. */
export function isHere(status: string): boolean {
  return status === "active";
}

/** What was not touched is not sent: it stays as another program wrote it. */
export function inputOf(values: PersonValues, changed: (keyof PersonValues)[], leaves: boolean): PersonInput {
  const touched = (...fields: (keyof PersonValues)[]) => fields.some((field) => changed.includes(field));
  return {
    name: values.name.trim(),
    role: values.role.trim(),
    status: values.status,
    email: values.email.trim() || null,
    phone: values.phone.trim() || null,
    hire_date: values.hire_date || null,
    specializations: touched("specializations", "specializations_anew") ? values.specializations : null,
    hours: !touched("hours", "hours_anew") ? null : saysNothing(values.hours) ? [] : values.hours,
    certificates: touched("certificates", "others")
      ? values.certificates.map(({ item, name, expires }) => ({
          ...{ item, name: name.trim() },
          expires: expires || null,
        }))
      : null,
    keep_items: values.others.map(({ item }) => item),
    leave_crews: leaves && values.leave ? values.leave_day : null,
  };
}

export function validate(values: PersonValues): Partial<Record<keyof PersonValues, string>> {
  const errors: Partial<Record<keyof PersonValues, string>> = {};
  if (values.name.trim() === "") errors.name = "Enter a name.";
  if (values.role.trim() === "") errors.role = "Enter what they do.";
  if (wrongEmail(values.email)) errors.email = EMAIL;
  if (values.certificates.some((row) => row.name.trim() === ""))
    errors.certificates = "Enter the name of each certificate, or take the empty one off.";
  if (values.leave && values.leave_day === "") errors.leave_day = "Enter their last day in the crew.";
  const hours = wrongHours(values);
  if (hours) errors.hours = hours;
  return errors;
}

function wrongHours({ hours, hours_anew }: PersonValues): string | null {
  if (saysNothing(hours)) return null;
  for (const [at, day] of hours.entries()) {
    const name = DAYS[at] ?? "";
    // A day that another program wrote, and that is not being replaced, is nobody's mistake here.
    if (day.kind === "unknown" && hours_anew) return `Choose what applies on ${name}.`;
    if (day.kind !== "hours") continue;
    if (day.hours.some((one) => !isTime(one.from) || !isTime(one.until)))
      return `Enter from when until when on ${name}.`;
    const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
    const spans = day.hours
      .map((one) => {
        const [from, until] = [minutes(one.from), minutes(one.until)];
        return [from, until > from ? until : until + 1_440] as const;
      })
      .sort((a, b) => a[0] - b[0]);
    if (spans.some((span, i) => i > 0 && span[0] < (spans[i - 1]?.[1] ?? 0)))
      return `Hours on ${name} overlap.`;
  }
  return null;
}
