import { TOPICS } from "../../system/domain/events.ts";
import type { Books } from "../books/books.ts";
import { readBooks } from "../books/read-books.ts";
import { possibleFaults } from "../faults/armed-faults.ts";
import { triggerOf } from "../faults/fault.ts";
import type { ClientEvent } from "../plans/commands/client-event.ts";
import type { Plan } from "../plans/plan.ts";
import { PROMISES } from "../promises/promises.ts";
import type { SystemPromise } from "../promises/system-promise.ts";
import type { ReachedEffects, TopicRecord, Universe, UniverseEvent, World } from "../world.ts";
import { auditAtRest } from "./audit.ts";
import { healBoundMs, pruningMs, restBoundMs } from "./bounds.ts";
import { openWallets, submitAll } from "./client.ts";
import { createJudge, type Judgement } from "./judge.ts";
import { comeToRest } from "./rest.ts";
import { askAtRest, createSaidLines, isAskedAtRest } from "./self-reports.ts";

/** What one run of a plan came to. */
export interface Outcome {
  readonly plan: Plan;
  readonly judgements: readonly Judgement[];
  readonly books: Books;
  /** The books as they were kept on the way; empty where no commit is seen. */
  readonly watched: Books;
  /** The faults that fired, by their places in the plan's list. */
  readonly fired: ReadonlySet<number>;
  /** The faults that this world cannot make, likewise. */
  readonly impossible: ReadonlySet<number>;
  readonly commitsJudged: number;
  readonly duplicateDeliveries: number;
  readonly effects: number;
  /** Where effects were until the system came to rest: a fault can strike there. */
  readonly places: readonly ReachedEffects[];
  /** How long the run took, in the world's own time. */
  readonly elapsedMs: number;
  /** When the end was judged, on the clock of the happenings. */
  readonly endedAtMs: number;
  readonly traceHash: string | null;
  /** Everything that was seen, in order. */
  readonly happenings: readonly Happening[];
}

export type Happening = UniverseEvent | ClientEvent;

/** The promises that a run broke, gravest first. */
export function brokenPromises(outcome: Outcome): readonly string[] {
  return outcome.judgements
    .filter(({ breaches }) => breaches.length > 0)
    .map(({ promise }) => promise);
}

/**
 * Runs a plan and judges the promises given: load under faults, then heal, settle, observe and
 * judge. Safety is judged as it goes where the world shows it; progress is demanded after the
 * faults have stopped.
 */
export async function runPlan(
  world: World,
  plan: Plan,
  promises: readonly SystemPromise[] = PROMISES,
): Promise<Outcome> {
  const possible = new Set(possibleFaults(plan.faults, world.abilities).map(({ index }) => index));
  const run = await world.run(plan, (universe) => drive(universe, plan, promises, possible.size));
  const { value, ...measured } = run;
  const impossible = new Set([...plan.faults.keys()].filter((index) => !possible.has(index)));
  return { ...value, ...measured, impossible };
}

/** How long, after the work is done, a fault may yet strike for which it was waited. */
const LATE_STRIKE_MS_MAX = 30_000;
const LATE_STRIKE_POLL_MS = 20;

async function drive(
  universe: Universe,
  plan: Plan,
  promises: readonly SystemPromise[],
  faultsPossible: number,
) {
  const beganAtMs = universe.wallClockMs() - universe.nowMs();
  const judge = createJudge(promises, plan, beganAtMs);
  const deliveries = createDeliveryCount();
  const said = createSaidLines();
  const happenings: Happening[] = [];
  const notice = (happening: Happening) => happenings.push(happening);
  universe.watch((event) => {
    judge.see(event);
    deliveries.see(event);
    said.see(event);
    notice(event);
  });
  const clients = {
    knowledge: judge.clients,
    hear: (event: ClientEvent) => judge.hear(event),
    tell: notice,
  };

  const boundOf = (messages: number) => restBoundMs(plan, messages);
  const areOpen = await openWallets(universe, plan, clients);
  universe.beginLoad();
  if (areOpen) {
    const beganAtMs = universe.nowMs();
    await submitAll(universe, plan, clients);
    // What strikes at a time strikes then, also when nothing is left to do by that time. The load
    // began within its millisecond, so that the strike is within the next one.
    await universe.sleep(beganAtMs + lastStrikeMs(plan) + 1 - universe.nowMs());
    const haveAllFired = () => universe.firedFaults().size === faultsPossible;
    await comeToRest(universe, boundOf, haveAllFired);
    // Some wait for what is there only now.
    const deadlineAtMs = universe.nowMs() + LATE_STRIKE_MS_MAX;
    while (!haveAllFired() && universe.nowMs() < deadlineAtMs) {
      await universe.sleep(LATE_STRIKE_POLL_MS);
    }
  }
  const notUp = await universe.heal(healBoundMs(plan));
  const healedAtMs = universe.nowMs();
  const settleBoundMs = await comeToRest(universe, boundOf);
  await universe.sleep(pruningMs(plan));
  const places = universe.places();
  const audit = areOpen
    ? await auditAtRest(universe, plan, clients, () => comeToRest(universe, boundOf))
    : null;

  const reports = areOpen && isAskedAtRest(plan) ? await askAtRest(universe, plan, said) : [];
  const books = await readBooks(universe, judge.origin, judge.watched.pruned);
  const records = await readRecords(universe);
  const ending = {
    books,
    watched: judge.watched,
    records,
    unread: await universe.unread(),
    answers: happenings.filter((happening) => happening.kind === "answer"),
    processes: plan.topology.map(({ name }) => name),
    exits: happenings.filter((happening) => happening.kind === "exit"),
    notUp,
    topology: plan.topology,
    places,
    audit,
    reports,
    healedAtMs,
    healBoundMs: healBoundMs(plan),
    settleBoundMs,
  };
  const judgements = judge.conclude(ending);
  return {
    plan,
    judgements,
    books,
    watched: judge.watched,
    fired: universe.firedFaults(),
    places,
    commitsJudged: judge.commitsJudged(),
    duplicateDeliveries: deliveries.duplicates(),
    happenings,
    endedAtMs: universe.nowMs(),
  };
}

/** When the last of the faults that strike at a time does, after the load began; 0 without any. */
function lastStrikeMs({ faults }: Plan): number {
  return Math.max(
    0,
    ...faults.map(triggerOf).map((trigger) => (trigger.on === "effect" ? 0 : trigger.atMs)),
  );
}

async function readRecords(universe: Universe): Promise<readonly TopicRecord[]> {
  const records: TopicRecord[] = [];
  for (const topic of TOPICS) {
    records.push(...(await universe.records(topic)));
  }
  return records;
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
