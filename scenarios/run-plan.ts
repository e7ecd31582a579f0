import { TOPICS } from "../system/domain/events.ts";
import { readBooks } from "./books/read-books.ts";
import type { Books } from "./books/books.ts";
import { openWallets, submitAll, type ClientEvent } from "./client.ts";
import { createJudge, type Judgement } from "./judge.ts";
import type { Plan } from "./plan.ts";
import { comeToRest } from "./rest.ts";
import type { TopicRecord, Universe, UniverseEvent, World } from "./world.ts";
import type { Verdict } from "../reports/evidence.ts";

/** What one run of a plan came to. */
export interface Outcome {
  readonly plan: Plan;
  readonly verdict: Verdict;
  /** Why the verdict is `unknown`, a sentence each. */
  readonly doubts: readonly string[];
  readonly judgements: readonly Judgement[];
  readonly books: Books;
  readonly crashesFired: number;
  readonly commitsJudged: number;
  readonly duplicateDeliveries: number;
  readonly effects: number;
  readonly elapsedMs: number;
  readonly traceHash: string | null;
  /** Everything that was seen, in order; empty unless it was asked for. */
  readonly happenings: readonly Happening[];
}

export type Happening = UniverseEvent | ClientEvent;

/** How long the faults may take to fire once the load is over, in the world's own time. */
const FAULT_BOUND_MS = 20_000;
/** How long the system has to come to rest once the faults have stopped. */
const SETTLE_BOUND_MS = 30_000;

/**
 * Runs a plan: load under faults, then heal, settle, observe and judge. Safety is judged as it goes
 * where the world shows it; progress is demanded after the faults have stopped.
 */
export async function runPlan(
  world: World,
  plan: Plan,
  options: { readonly keepHappenings: boolean } = { keepHappenings: false },
): Promise<Outcome> {
  const run = await world.run(plan, (universe) => drive(universe, plan, options.keepHappenings));
  const { value, ...measured } = run;
  return { ...value, ...measured };
}

async function drive(universe: Universe, plan: Plan, keepHappenings: boolean) {
  const judge = createJudge();
  const deliveries = createDeliveryCount();
  const happenings: Happening[] = [];
  const notice = (happening: Happening) => {
    if (keepHappenings) {
      happenings.push(happening);
    }
  };
  universe.watch((event) => {
    judge.see(event);
    deliveries.see(event);
    notice(event);
  });

  await openWallets(universe, plan);
  await submitAll(universe, plan, notice);
  const allFired = () => universe.firedFaults().length === plan.faults.length;
  await comeToRest(universe, { boundMs: FAULT_BOUND_MS, goOnAtOnce: allFired });
  await universe.heal();
  await comeToRest(universe, { boundMs: SETTLE_BOUND_MS });

  const books = await readBooks(universe);
  const records = await readRecords(universe);
  const lag = await universe.lag();
  const judgements = judge.conclude({ books, records, lag, settleBoundMs: SETTLE_BOUND_MS });
  const crashesFired = universe.firedFaults().length;
  const doubts = doubtsAbout(plan, books, crashesFired);
  return {
    plan,
    verdict: verdictOf(judgements, doubts),
    doubts,
    judgements,
    books,
    crashesFired,
    commitsJudged: judge.commitsJudged(),
    duplicateDeliveries: deliveries.duplicates(),
    happenings,
  };
}

async function readRecords(universe: Universe): Promise<readonly TopicRecord[]> {
  const records: TopicRecord[] = [];
  for (const topic of TOPICS) {
    records.push(...(await universe.records(topic)));
  }
  return records;
}

function verdictOf(judgements: readonly Judgement[], doubts: readonly string[]): Verdict {
  if (judgements.some(({ breaches }) => breaches.length > 0)) {
    return "fail";
  }
  return doubts.length > 0 ? "unknown" : "pass";
}

/** A run in which a planned fault never fired, or nothing was exercised, proves nothing. */
function doubtsAbout(plan: Plan, books: Books, crashesFired: number): readonly string[] {
  const doubts: string[] = [];
  if (crashesFired < plan.faults.length) {
    const missing = plan.faults.length - crashesFired;
    doubts.push(`${missing} of ${plan.faults.length} planned crashes never fired`);
  }
  if (books.payments.size === 0) {
    doubts.push("no payment was accepted");
  }
  return doubts;
}

interface DeliveryCount {
  see(event: UniverseEvent): void;
  duplicates(): number;
}

/** Counts deliveries of a record that was delivered before, by topic, partition and offset. */
function createDeliveryCount(): DeliveryCount {
  const seen = new Set<string>();
  let duplicates = 0;
  return {
    duplicates: () => duplicates,
    see(event) {
      if (event.kind !== "delivery") {
        return;
      }
      const { topic, partition, offset } = event.record;
      const place = `${topic}/${partition}/${offset}`;
      if (seen.has(place)) {
        duplicates += 1;
      }
      seen.add(place);
    },
  };
}
