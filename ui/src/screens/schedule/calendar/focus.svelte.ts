import { addDays } from "$/lib/dates";

/** Where the keys act on a calendar: a day, a job on it, or what says that there are more. */
export type Stop = { date: string; id: string | null };

export type Order = {
  /** Ids on a day, from top to bottom. */
  ids: (date: string) => string[];
  dates: () => string[];
  /** Days below each other: 7 where weeks are rows, none where every day is a column. */
  below: number | null;
  /** Shows the part with that day. */
  show: (date: string) => void;
};

/** Arrows go through a day from top to bottom and from day to day, over the edges to the next part. */
export class CalendarFocus {
  at = $state.raw<Stop | null>(null);

  constructor(private readonly order: Order) {}

  /** The one stop that Tab reaches: where the keys were, if that is still there, or the day given. */
  stop(usual: string): Stop {
    const dates = this.order.dates();
    const { at } = this;
    if (at && dates.includes(at.date))
      return at.id === null || this.order.ids(at.date).includes(at.id) ? at : { date: at.date, id: null };
    return { date: dates.includes(usual) ? usual : (dates[0] ?? usual), id: null };
  }

  go(stop: Stop): void {
    this.at = stop;
    if (!this.order.dates().includes(stop.date)) this.order.show(stop.date);
  }

  /** To another day; a job's neighbor at the same height where there is one. */
  across(from: Stop, days: number): void {
    const index = from.id === null ? -1 : this.order.ids(from.date).indexOf(from.id);
    const date = addDays(from.date, days);
    const ids = this.order.dates().includes(date) ? this.order.ids(date) : [];
    this.go({ date, id: index < 0 ? null : (ids[Math.min(index, ids.length - 1)] ?? null) });
  }

  along(from: Stop, by: 1 | -1): void {
    const { below } = this.order;
    const ids = this.order.ids(from.date);
    const index = (from.id === null ? -1 : ids.indexOf(from.id)) + by;
    if (index >= -1 && index < ids.length) this.go({ date: from.date, id: ids[index] ?? null });
    else if (below !== null) {
      const date = addDays(from.date, by * below);
      const there = by < 0 && this.order.dates().includes(date) ? this.order.ids(date) : [];
      this.go({ date, id: there.at(-1) ?? null });
    }
  }

  /** What an arrow, Home, End or a page key does; false: it is none. */
  key(event: KeyboardEvent, from: Stop): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false;
    const dates = this.order.dates();
    const row = Math.floor(dates.indexOf(from.date) / 7) * 7;
    switch (event.key) {
      case "ArrowLeft":
        this.across(from, -1);
        break;
      case "ArrowRight":
        this.across(from, 1);
        break;
      case "ArrowUp":
        this.along(from, -1);
        break;
      case "ArrowDown":
        this.along(from, 1);
        break;
      case "Home":
        this.go({ date: dates[row] ?? from.date, id: null });
        break;
      case "End":
        this.go({ date: dates[row + 6] ?? from.date, id: null });
        break;
      case "PageUp":
        this.go({ date: addDays(from.date, this.order.below === null ? -7 : -28), id: null });
        break;
      case "PageDown":
        this.go({ date: addDays(from.date, this.order.below === null ? 7 : 28), id: null });
        break;
      default:
        return false;
    }
    return true;
  }
}
