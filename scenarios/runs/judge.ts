import { createBooks } from "../books/books.ts";
import { enterCommit } from "../books/enter-commit.ts";
import type { Breach, Ending, SystemPromise } from "../promises/system-promise.ts";
import type { UniverseEvent } from "../world.ts";

/** How one promise fared in one run. */
export interface Judgement {
  readonly promise: string;
  /** How many times it was checked. */
  readonly checks: number;
  /** The first breaches found, at most `BREACHES_MAX`. */
  readonly breaches: readonly Breach[];
  /** In the end: how many were broken, out of how many. */
  readonly extent: string;
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
          hear(each, each.definition.atCommit?.(books, touched));
        }
      } else if (event.kind === "record") {
        for (const each of cases) {
          hear(each, each.definition.atRecord?.(books, event.record));
        }
      }
    },
    conclude: (ending) => cases.map((each) => close(each, ending)),
  };
}

interface OpenCase {
  readonly definition: SystemPromise;
  readonly breaches: Breach[];
  checks: number;
}

function openCase(definition: SystemPromise): OpenCase {
  return { definition, breaches: [], checks: 0 };
}

function hear(each: OpenCase, breaches: readonly Breach[] | undefined): void {
  if (breaches === undefined) {
    return;
  }
  each.checks += 1;
  if (breaches.length > 0 && each.breaches.length < BREACHES_MAX) {
    each.breaches.push(...breaches.slice(0, BREACHES_MAX - each.breaches.length));
  }
}

function close(each: OpenCase, ending: Ending): Judgement {
  const { definition } = each;
  const atEnd = definition.atEnd(ending);
  hear(each, atEnd);
  const { count, noun } = definition.outOf(ending);
  const subjects = new Set([...each.breaches, ...atEnd].map((breach) => breach.subject));
  return {
    promise: definition.name,
    checks: each.checks,
    breaches: each.breaches,
    extent: `${subjects.size} of ${count} ${noun}`,
  };
}
