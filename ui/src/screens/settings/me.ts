import type { Me, MeInput } from "$/ipc/client";

import { EMAIL, wrongEmail } from "./company";

/** As the form holds it: texts, and whether there are quiet hours at all. */
export type MeValues = {
  name: string;
  email: string;
  phone: string;
  /** "": the office's. */
  time_zone: string;
  quiet: boolean;
  quiet_from: string;
  quiet_until: string;
};

export const NAMES: Record<keyof MeValues, string> = {
  name: "Name",
  email: "Email",
  phone: "Phone",
  time_zone: "Time zone",
  quiet: "Quiet hours",
  quiet_from: "From",
  quiet_until: "Until",
};

export function valuesOf(me: Me): MeValues {
  const { name, email, phone, time_zone, quiet_from, quiet_until } = me;
  return {
    name,
    email: email ?? "",
    phone: phone ?? "",
    time_zone: time_zone ?? "",
    quiet: quiet_from !== null && quiet_until !== null,
    // What most offices would choose, offered and not yet in force.
    quiet_from: quiet_from ?? "21:00",
    quiet_until: quiet_until ?? "06:00",
  };
}

export function inputOf(values: MeValues, version: number): MeInput {
  return {
    name: values.name.trim(),
    email: values.email.trim() || null,
    phone: values.phone.trim() || null,
    time_zone: values.time_zone || null,
    quiet_from: values.quiet ? values.quiet_from : null,
    quiet_until: values.quiet ? values.quiet_until : null,
    version,
  };
}

export function validate(values: MeValues): Partial<Record<keyof MeValues, string>> {
  const errors: Partial<Record<keyof MeValues, string>> = {};
  if (values.name.trim() === "") errors.name = "Enter your name.";
  if (wrongEmail(values.email)) errors.email = EMAIL;
  if (values.quiet && values.quiet_from === "") errors.quiet_from = "Enter when they begin.";
  if (values.quiet && values.quiet_until === "") errors.quiet_until = "Enter when they end.";
  else if (values.quiet && values.quiet_from === values.quiet_until)
    errors.quiet_until = "That is when they begin. Choose another time.";
  return errors;
}
