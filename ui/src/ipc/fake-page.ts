import type { Office } from "./client";
import { bigBoard, hostileBoard } from "./fake-board";
import { FakeOffice, officeError, PERSON, unconfigured } from "./fake";
import {
  at,
  badReport,
  emptyToday,
  estimateDetail,
  HOSTILE,
  hostileToday,
  hundredToday,
  jobDetail,
  olderReport,
  uuid,
} from "./fake-data";
import { manyConnections } from "./fake-connections";
import { manyUnread } from "./fake-inbox";
import { hostileRain, pouringBoard, rainyBoard } from "./fake-rain-board";

/** The office in memory that `?scenario=` in the address asks for; a test drives it through `window.office`. */
export function pageOffice(): Office {
  const name = new URLSearchParams(location.search).get("scenario") ?? "full";
  const office = scenarios[name]?.();
  if (!office) throw new Error(`no scenario ${name}`);
  Object.assign(window, { office });
  return office;
}

function made(change: (office: FakeOffice) => void, base = new FakeOffice()): FakeOffice {
  change(base);
  return base;
}

const scenarios: Record<string, () => FakeOffice> = {
  full: () => new FakeOffice(),
  empty: () =>
    made((office) => {
      office.day = emptyToday();
      office.unread = [];
    }),
  offline: () => new FakeOffice(),
  hostile: () =>
    made((office) => {
      office.day = hostileToday();
      office.unread = office.day.alerts;
      office.board.fill(hostileBoard());
      const text = (i: number) => HOSTILE[i] ?? "";
      office.estimates.set(
        uuid(540),
        estimateDetail(uuid(540), {
          customer_name: text(0),
          email: text(3),
          phone: text(2),
          project_address: text(4),
          description: text(3),
          notes: text(5),
          timeline: text(6),
          status: "<b>",
          service_type: text(0),
          estimated_cost: "-1234567.1",
        }),
      );
      const card = office.day.unassigned[0];
      if (card) {
        const detail = jobDetail(card);
        detail.special_instructions = text(3);
        detail.unknown_names = HOSTILE;
        detail.changes = HOSTILE.map((by) => ({ at: at(6), by, source: by, change: by, reason: by }));
        office.jobs.set(card.id, detail);
      }
    }),
  hundred: () =>
    made((office) => {
      office.day = hundredToday();
      office.unread = office.day.alerts;
    }),
  /** 50 crews and 2,000 jobs in a month. */
  big: () => made((office) => office.board.fill(bigBoard())),
  /** Every crew is out, and it rains. */
  rain: () => made((office) => office.board.fill(rainyBoard())),
  /** Sixty jobs in one day's rain. */
  pouring: () => made((office) => office.board.fill(pouringBoard())),
  "rain-hostile": () => made((office) => office.board.fill(hostileRain())),
  /** Nobody to put on a job yet. */
  "no-crews": () =>
    made((office) => {
      const { board } = office;
      [board.crews, board.people, board.machines, board.jobs] = [[], [], [], []];
    }),
  /** Somebody who has left is still on jobs. */
  leaving: () => made((office) => office.crew.elsewhere("people", uuid(805), { status: "on_leave" })),
  "crew-refused": () =>
    made((office) =>
      office.failures.set(
        "roster",
        officeError(
          "internal",
          "The database took too long, so it was stopped. Nothing was changed; try again.",
        ),
      ),
    ),
  /** The network is gone: what is shown is the copy on this computer. */
  copy: () => made((office) => (office.board.copyAsOf = at(7, 42))),
  first: unconfigured,
  report: () => made((office) => (office.report = badReport()), unconfigured()),
  migrate: () =>
    made((office) => {
      office.state = { kind: "needs_migration", report: olderReport() };
      office.gates.set("migrate", new Promise(() => undefined));
    }),
  refused: () =>
    made(
      (office) =>
        office.failures.set(
          "connect",
          officeError("wrong_password", "The login or its password is wrong. Type the password again."),
        ),
      unconfigured(),
    ),
  who: () =>
    made((office) => {
      office.state = {
        kind: "who_are_you",
        people: [
          PERSON,
          { id: uuid(11), name: "Tom Neff", email: null },
          { id: uuid(12), name: "Priya Raman", email: "priya@neffpaving.example" },
        ],
        suggestion: "Dana Neff",
      };
    }),
  local: () =>
    made((office) => {
      office.gates.set("createLocalOffice", new Promise(() => undefined));
    }, unconfigured()),
  "local-failed": () =>
    made(
      (office) =>
        office.failures.set(
          "createLocalOffice",
          officeError("disk_full", "There is not enough space on this computer. Nothing was left behind."),
        ),
      unconfigured(),
    ),
  connections: () => made((office) => (office.store.kept = manyConnections())),
  returning: () => made((office) => (office.store.kept = manyConnections()), unconfigured()),
  readonly: () =>
    made((office) => {
      office.firm = {
        ...office.firm,
        may_edit: false,
        letterhead: HOSTILE[0] ?? "",
        license: HOSTILE[3] ?? "",
        support_name: HOSTILE[2] ?? "",
      };
    }),
  popupless: () =>
    made((office) => {
      office.computer = { ...office.computer, popups: false };
      office.failures.set(
        "testPopup",
        officeError("internal", "This computer does not let programs show popups. Allow it in its settings."),
      );
    }),
  /** Two weeks away: a long inbox, hostile ones in it. */
  inbox: () => made((office) => (office.unread = manyUnread())),
  "undo-refused": () =>
    made((office) =>
      office.failures.set(
        "undoChange",
        officeError("version_conflict", "Priya Raman changed the notes at 6:38 AM. Nothing was changed."),
      ),
    ),
  "inbox-refused": () =>
    made((office) =>
      office.failures.set(
        "inbox",
        officeError(
          "internal",
          "The database took too long, so it was stopped. Nothing was changed; try again.",
        ),
      ),
    ),
  unread: () =>
    made((office) =>
      office.failures.set(
        "today",
        officeError(
          "internal",
          "The database took too long, so it was stopped. Nothing was changed; try again.",
        ),
      ),
    ),
};
