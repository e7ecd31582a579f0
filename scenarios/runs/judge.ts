import { DEAD_LETTER_TOPICS } from "../../system/domain/events.ts";
import {
  createBooks,
  deliver,
  placeName,
  placeRecord,
  type Books,
  type BooksOrigin,
} from "../books/books.ts";
import { createClientBook, type ClientBook } from "../books/client-book.ts";
import { enterCommit } from "../books/enter-commit.ts";
import { followProcess } from "../books/follow-process.ts";
import { STRANGER } from "../faults/stranger.ts";
import type { ClientEvent } from "../plans/commands/client-event.ts";
import type { Plan } from "../plans/plan.ts";
import type { Breach, Ending, SystemPromise } from "../promises/system-promise.ts";
import type { UniverseEvent } from "../world.ts";
import { extentOf } from "./extent.ts";

/** How one promise fared in one run. */
export interface Judgement {
  readonly promise: string;
  /** How many times it was checked. */
  readonly checks: number;
  /** The first breaches found, at most `BREACHES_MAX`. */
  readonly breaches: readonly FoundBreach[];
  /** In the end: how many were broken, out of how many. */
  readonly extent: string;
}

/** A breach, and what showed it; null when only the end did. Each subject of it is told once. */
export interface FoundBreach extends Breach {
  readonly seenAt: UniverseEvent | ClientEvent | null;
}

export interface Judge {
  /** Judges what is told while the run goes on. */
  see(event: UniverseEvent): void;
  /** Judges what a client does and is told. */
  hear(event: ClientEvent): void;
  /** What clients asked for, and were told. */
  readonly clients: ClientBook;
  /** What any books of this run know from the beginning. */
  readonly origin: Omit<BooksOrigin, "isWatched">;
  /** The books as they are kept on the way. */
  readonly watched: Books;
  /** Judges the end, and sums up. */
  conclude(ending: Ending): readonly Judgement[];
  commitsJudged(): number;
}

const BREACHES_MAX = 10;

/**
 * Judges the promises given, at every moment that the world shows, and at the end.
 *
 * @param beganAtMs When the run began, in milliseconds since the Unix epoch
 */
export function createJudge(
  promises: readonly SystemPromise[],
  { topology, knobs, faults }: Pick<Plan, "topology" | "knobs" | "faults">,
  beganAtMs: number,
): Judge {
  const clients = createClientBook();
  const strays = new Set<string>();
  const planted = new Set<string>();
  const areClocksRight = !faults.some(({ kind }) => kind === "clock-jump");
  const origin = { topology, knobs, beganAtMs, areClocksRight, clients, strays, planted };
  const books = createBooks({ ...origin, isWatched: true });
  const cases = promises.map(openCase);
  let commits = 0;

  type Moment = (definition: SystemPromise) => readonly Breach[] | undefined;
  const judgeAt = (event: UniverseEvent | ClientEvent, moment: Moment): void => {
    for (const each of cases) {
      hear(each, event, moment(each.definition));
    }
  };

  const judgeEvent = (event: UniverseEvent): void => {
    switch (event.kind) {
      case "commit": {
        if (event.process === STRANGER) {
          // The books know of it by its fault; what it did is for reconciliation to find.
          return undefined;
        }
        commits += 1;
        const touched = enterCommit(books, event);
        return judgeAt(event, ({ atCommit }) => atCommit?.(books, touched));
      }
      case "record": {
        if (DEAD_LETTER_TOPICS.includes(event.record.topic)) {
          return undefined;
        }
        if (event.process === STRANGER) {
          strays.add(placeName(event.record));
        }
        const placed = placeRecord(books, event.record);
        return judgeAt(event, ({ atRecord }) => atRecord?.(books, placed, event.process));
      }
      case "delivery": {
        const first = deliver(books, event.record);
        return first === undefined
          ? undefined
          : judgeAt(event, ({ atDelivery }) => atDelivery?.(books, first));
      }
      case "note":
        return judgeAt(event, ({ atNote }) =>
          atNote?.(books, event.note, event.process, event.atMs),
        );
      case "fault":
        if (event.fault.kind === "planted-break") {
          planted.add(event.fault.plant);
        }
        return undefined;
      case "disturbance":
      case "exit":
      case "restart":
        return undefined;
    }
  };

  return {
    clients,
    origin,
    watched: books,
    commitsJudged: () => commits,
    see(event) {
      judgeEvent(event);
      followProcess(books, event);
    },
    hear(event) {
      if (event.kind === "request") {
        return clients.ask(event);
      }
      clients.answer(event);
      // What no commit is seen of is judged in the end.
      return commits === 0 ? undefined : judgeAt(event, ({ atAnswer }) => atAnswer?.(books, event));
    },
    conclude: (ending) => cases.map((each) => close(each, ending)),
  };
}

interface OpenCase {
  readonly definition: SystemPromise;
  readonly breaches: FoundBreach[];
  checks: number;
}

function openCase(definition: SystemPromise): OpenCase {
  return { definition, breaches: [], checks: 0 };
}

function hear(
  each: OpenCase,
  seenAt: FoundBreach["seenAt"],
  breaches: readonly Breach[] | undefined,
): void {
  if (breaches === undefined) {
    return;
  }
  each.checks += 1;
  for (const breach of breaches) {
    const isKnown = each.breaches.some(({ subject }) => subject === breach.subject);
    if (!isKnown && each.breaches.length < BREACHES_MAX) {
      each.breaches.push({ ...breach, seenAt });
    }
  }
}

function close(each: OpenCase, ending: Ending): Judgement {
  const { definition } = each;
  const atEnd = definition.atEnd(ending);
  hear(each, null, atEnd);
  return {
    promise: definition.name,
    checks: each.checks,
    breaches: each.breaches,
    extent: extentOf(definition, ending, [...each.breaches, ...atEnd]),
  };
}
