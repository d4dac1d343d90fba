import type { Schedule, TimeOff } from "$/ipc/client";

/** While that many of a crew are away. */
export type Away = {
  id: string;
  start: string;
  end: string;
  /** Whose; as many as are away. */
  people: string[];
  of: number;
};

/** When how many of each crew are away, in the order of time; where nobody is there is nothing. */
export function awayOf(data: Pick<Schedule, "crews" | "time_off">): Map<string, Away[]> {
  const byPerson = new Map<string, TimeOff[]>();
  for (const off of data.time_off) {
    if (off.person_id === null || !(Date.parse(off.end) > Date.parse(off.start))) continue;
    byPerson.set(off.person_id, [...(byPerson.get(off.person_id) ?? []), off]);
  }
  const found = new Map<string, Away[]>();
  for (const { id, members } of data.crews) {
    const people = [...new Set(members)];
    const offs = people.flatMap((person) => byPerson.get(person) ?? []);
    if (offs.length > 0) found.set(id, pieces(offs, people.length));
  }
  return found;
}

/** Between one beginning or end and the next the same people are away. */
function pieces(offs: TimeOff[], of: number): Away[] {
  const edges = [...new Set(offs.flatMap(({ start, end }) => [Date.parse(start), Date.parse(end)]))];
  edges.sort((a, b) => a - b);
  const made: Away[] = [];
  for (const [i, from] of edges.slice(0, -1).entries()) {
    const until = edges[i + 1]!;
    const there = offs.filter(({ start, end }) => Date.parse(start) < until && Date.parse(end) > from);
    const people = [...new Set(there.map(({ person_id }) => person_id!))].sort();
    const [start, end] = [new Date(from).toISOString(), new Date(until).toISOString()];
    const before = made.at(-1);
    if (before?.end === start && before.people.join() === people.join()) before.end = end;
    else if (people.length > 0) made.push({ id: start, start, end, people, of });
  }
  return made;
}
