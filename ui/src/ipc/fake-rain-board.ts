import {
  boardJob,
  contractId,
  crewId,
  jobId,
  machineId,
  usualBoard,
  type FakeBoard,
  type FakeJob,
} from "./fake-board";
import { at, HOSTILE } from "./fake-data";

/* A Thursday on which it rains: every crew is out, and the days after have some room. */

const TACK = machineId(24);

export function rainyBoard(): FakeBoard {
  const board = usualBoard();
  // Room to move to: every second of the days after.
  const later = board.jobs.filter(
    (job, n) => job.start > at(0, 0, 1) && n % 2 === 0 && !job.machines.includes(TACK),
  );
  const earlier = board.jobs.filter((job) => job.end < at(0));
  let n = 500;
  const made = (crew: number | null, change: Partial<FakeJob>): FakeJob => {
    n += 1;
    const contract = board.contracts[n % 100]!;
    const own = crew === null ? null : board.crews[crew]!;
    return boardJob(n, {
      contract_id: contract.id,
      customer: contract.customer,
      service_type: contract.service_type,
      address: contract.address,
      crews: own ? [own.id] : [],
      people: own?.members ?? [],
      machines: crew === null ? [] : [machineId(crew), machineId(6 + crew)],
      ...change,
    });
  };
  const today = [
    made(0, { start: at(6), end: at(11), priority: 4 }),
    made(0, { start: at(12), end: at(16, 30) }),
    made(1, { start: at(6), end: at(15), status: "confirmed" }),
    made(1, { start: at(15, 30), end: at(17, 30) }),
    made(2, { start: at(6), end: at(14) }),
    made(2, { start: at(14, 30), end: at(17), priority: 5 }),
    made(3, { start: at(7), end: at(12), pinned: true }),
    made(3, { start: at(13), end: at(17) }),
    made(4, { start: at(6), end: at(14, 30, 1), priority: 4 }),
    made(5, { start: at(6), end: at(10, 30), status: "in_progress" }),
    made(5, { start: at(11), end: at(15) }),
    made(null, { start: at(9), end: at(12) }),
    made(null, { start: at(7), end: at(15), machines: [TACK], contract_id: contractId(2) }),
    made(1, { start: at(18), end: at(20), weather_dependent: false }),
  ];
  // The one tack distributor is out every working day.
  const tack = Array.from({ length: 20 }, (_, day) =>
    made(null, {
      start: at(6, 0, day + 1),
      end: at(16, 0, day + 1),
      machines: [TACK],
      weather_dependent: false,
      customer: "Fox Valley Park District",
    }),
  );
  return {
    ...board,
    jobs: [...earlier, ...today, ...later, ...tack].sort((a, b) => (a.start < b.start ? -1 : 1)),
  };
}

/** Sixty jobs in one day's rain. */
export function pouringBoard(count = 60): FakeBoard {
  const board = rainyBoard();
  const jobs = Array.from({ length: count }, (_, n) => {
    const contract = board.contracts[n % 120]!;
    return boardJob(n, {
      id: jobId(2_000 + n),
      contract_id: contract.id,
      customer: contract.customer,
      service_type: contract.service_type,
      address: contract.address,
      start: at(6 + (n % 10)),
      end: at(7 + (n % 10)),
      crews: [crewId(n % 6)],
    });
  });
  return { ...board, jobs };
}

/** The same rain on names of the worst kind. */
export function hostileRain(): FakeBoard {
  const board = rainyBoard();
  const text = (n: number) => HOSTILE[n % HOSTILE.length] ?? "";
  return {
    ...board,
    crews: board.crews.map((crew, n) => ({ ...crew, name: text(n + 2), lead: text(n) })),
    contracts: board.contracts.map((contract, n) => ({
      ...contract,
      customer: text(n),
      phone: n % 3 === 0 ? text(n + 1) : contract.phone,
      email: text(n + 4),
      contact: n % 7 === 6 ? text(n) : contract.contact,
    })),
    jobs: board.jobs.map((job, n) => ({
      ...job,
      customer: n % 9 === 8 ? null : text(n),
      address: text(n + 1),
      service_type: n % 5 === 3 ? text(n) : job.service_type,
    })),
  };
}
