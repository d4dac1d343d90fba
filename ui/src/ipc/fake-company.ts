import type { Company, ComputerSettings, Me } from "./client";
import { uuid, ZONE } from "./fake-data";

export function company(): Company {
  return {
    name: "Neff Paving",
    letterhead: "Neff Paving Company, Inc.",
    address: "1200 W Lake St\nAddison, IL 60101",
    phone: "(630) 555-0100",
    email: "office@neffpaving.example",
    website: "https://neffpaving.example",
    license: "IL 104-019283",
    time_zone: ZONE,
    working_days: [1, 2, 3, 4, 5],
    work_from: "06:00",
    work_until: "16:00",
    support_name: "Ben Neff",
    support_phone: "(630) 555-0177",
    support_email: "ben@neffpaving.example",
    offline_readable_days: "14",
    offline_refused_days: "7",
    version: 4,
    may_edit: true,
  };
}

export function me(): Me {
  return {
    id: uuid(1),
    user_id: uuid(1),
    name: "Dana Neff",
    email: "dana@neffpaving.example",
    phone: "(630) 555-0101",
    office_role: "manager",
    proven: false,
    login: "neff_app",
    time_zone: null,
    office_zone: ZONE,
    quiet_from: "21:00",
    quiet_until: "06:00",
    version: 2,
  };
}

export function computer(): ComputerSettings {
  return {
    popups: true,
    popup_titles_only: false,
    popup_sound: false,
    start_at_login: true,
    close_to_tray: true,
    offline_copy: true,
    offline_days_back: 30,
    offline_days_ahead: 90,
  };
}
