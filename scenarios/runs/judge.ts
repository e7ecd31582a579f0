import { createBooks } from "../books/books.ts";
import { enterCommit } from "../books/enter-commit.ts";
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
  readonly seenAt: UniverseEvent | null;
}

export interface Judge {
  /** Judges what is told while the run goes on. */
  see(event: UniverseEvent): void;
  /** Judges the end, and sums up. */
  conclude(ending: Ending): readonly Judgement[];
  commitsJudged(): number;
}

const BREACHES_MAX = 10;

/** Judges the promises given, at every moment that the world shows, and at the end. */
export function createJudge(promises: readonly SystemPromise[]): Judge {
  const books = createBooks();
  const cases = promises.map(openCase);
  let commits = 0;
  return {
    commitsJudged: () => commits,
    see(event) {
      if (event.kind === "commit") {
        commits += 1;
        const touched = enterCommit(books, event.service, event.changes);
        for (const each of cases) {
          hear(each, event, each.definition.atCommit?.(books, touched));
        }
      } else if (event.kind === "record") {
        for (const each of cases) {
          hear(each, event, each.definition.atRecord?.(books, event.record));
        }
      }
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
  seenAt: UniverseEvent | null,
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
