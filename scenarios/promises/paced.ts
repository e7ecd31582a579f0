import { definitionOf, serviceOf } from "../../system/process/services.ts";
import type { Books } from "../books/books.ts";
import { triedAgain } from "../books/follow-process.ts";
import { databaseResource } from "../faults/effect-name.ts";
import type { ProcessNote } from "../faults/process-note.ts";
import type { Breach, Ending, SystemPromise } from "./system-promise.ts";

export const paced: SystemPromise = {
  name: "paced",
  sentence:
    "What fails for a while is tried as often as the knobs say, and after the pause that they say: nobody gives up too soon, goes on for ever, or asks a database without a break.",
  judged:
    "whenever a process says that it tries something again, or does not; at the end, how often relays have looked into their outboxes",
  atNote: (books, note, process, atMs) =>
    note.what === "said" && books.commits > 0 ? judgeLine(books, note, process, atMs) : undefined,
  atEnd: (ending) => (ending.watched.commits === 0 ? [] : judgeRelays(ending)),
  outOf: ({ processes }) => [{ count: processes.length, noun: "processes" }],
};

type Said = Extract<ProcessNote, { readonly what: "said" }>;

/** As often a transaction is run that others keep from its end. */
const RUNS_MAX = 3;
/** Before a process looks again for a server that was away at its start. */
const FIRST_WAIT_MS = 100;

function judgeLine(
  { processes, knobs }: Books,
  line: Said,
  process: string,
  atMs: number,
): readonly Breach[] | undefined {
  const tried = triedAgain(line);
  const attempts = Number(line.detail["attempts"]);
  const book = processes.get(process);
  const breach = (found: string) => [{ subject: `process ${process}`, found }];
  switch (line.name) {
    case "transaction.retry":
    case "transaction.given-up": {
      const runs = Number(line.detail["runs"]);
      const isRight = line.name === "transaction.retry" ? runs < RUNS_MAX : runs === RUNS_MAX;
      return isRight ? [] : breach(`says ${line.name} after ${runs} runs of a transaction`);
    }
    case "process.waiting":
    case "inbox.retry":
    case "inbox.left": {
      // One that is to stop waits for nothing.
      if (tried === undefined || (book !== undefined && book.stoppingSinceMs !== null)) {
        return [];
      }
      const isWaiting = line.name === "process.waiting";
      if (!isWaiting && !isRightAttempt(line, attempts, knobs.consumeAttemptsMax)) {
        return breach(`says ${line.name} of a message after ${attempts} attempts`);
      }
      const pauseMs = isWaiting ? FIRST_WAIT_MS : knobs.consumeRetryDelayMs;
      const lastAtMs = attempts === 1 ? undefined : book?.triedAtMs.get(tried);
      return lastAtMs === undefined || atMs - lastAtMs >= pauseMs
        ? []
        : breach(`tries something again after ${atMs - lastAtMs} ms, and not ${pauseMs} ms`);
    }
    default:
      return undefined;
  }
}

function isRightAttempt({ name, detail }: Said, attempts: number, attemptsMax: number): boolean {
  return name === "inbox.retry"
    ? attempts < attemptsMax
    : attempts === attemptsMax || (attempts < attemptsMax && !PASSING.test(String(detail["code"])));
}

/** What a database says of the moment, as SQLSTATEs: it passes. */
const PASSING = /^(?:connection$|08|25|40|53|55|57|58|XX)/;

/** How soon a relay looks again that met an outage. */
const OUTAGE_PAUSE_MS = 500;
/** Beside what follows from what was there to do: each time, and in all. */
const PER_EVENT = 8;
const SLACK = 200;

/** Each look is one connection, and so is each claim, renewal and mark. */
function judgeRelays({ books, watched, topology, places }: Ending): readonly Breach[] {
  const { relayPollMs, relayLeaseMs } = watched.knobs;
  const stepMs = Math.min(relayPollMs, OUTAGE_PAUSE_MS, relayLeaseMs / 4);
  return topology.flatMap(({ name, roles }) =>
    roles
      .filter((role) => definitionOf(role).kind === "relay")
      .flatMap((role) => {
        const service = serviceOf(role);
        const looks = places
          .filter(({ place }) => isRelayOf(place, name, databaseResource(service)))
          .reduce((sum, { times }) => sum + times, 0);
        const events = watched.outboxes.get(service)?.size ?? 0;
        const most = (2 * books.nowMs) / stepMs + PER_EVENT * events + SLACK;
        return looks <= most
          ? []
          : [
              {
                subject: `process ${name}`,
                found: `has asked for its outbox ${looks} times in ${books.nowMs} ms, for ${events} events`,
              },
            ];
      }),
  );
}

function isRelayOf(place: string, process: string, database: string): boolean {
  const [who = "", resource, operation] = place.split("/");
  return (
    who.replace(/~.*$/, "") === process && resource === database && operation === "relay.connect"
  );
}
