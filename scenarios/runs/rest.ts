import { BOOK_TABLES } from "../books/book-tables.ts";
import type { Universe } from "../world.ts";

/** How often the system is asked whether it is at rest. */
const REST_POLL_MS = 100;

/**
 * Waits until nothing is under way: no payment PENDING, outboxes empty, everything read. Gives up
 * after the bound that `boundOf` gives for the messages that are left, or as soon as `goOnAtOnce`
 * says so. Returns the bound.
 */
export async function comeToRest(
  universe: Universe,
  boundOf: (messages: number) => number,
  goOnAtOnce: () => boolean = () => false,
): Promise<number> {
  const boundMs = boundOf(await countLeft(universe));
  const deadlineAtMs = universe.nowMs() + boundMs;
  while (universe.nowMs() < deadlineAtMs && !goOnAtOnce() && !(await isAtRest(universe))) {
    await universe.sleep(REST_POLL_MS);
  }
  return boundMs;
}

async function isAtRest(universe: Universe): Promise<boolean> {
  for (const { service, sql } of UNFINISHED) {
    const rows = await universe.query(service, `${sql} LIMIT 1`);
    if (rows.length > 0) {
      return false;
    }
  }
  return (await universe.lag()) === 0;
}

/**
 * Messages that are to be sent or read yet, at most: a row that is not finished may have one to
 * come on each of the two ways.
 */
async function countLeft(universe: Universe): Promise<number> {
  let messages = await universe.lag();
  for (const { service, sql } of UNFINISHED) {
    messages += 2 * (await universe.query(service, sql)).length;
  }
  return messages;
}

const UNFINISHED = BOOK_TABLES.flatMap(({ services, unfinishedSql }) =>
  unfinishedSql === undefined ? [] : services.map((service) => ({ service, sql: unfinishedSql })),
);
