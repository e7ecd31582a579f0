import fc from "fast-check";

/** The members that a script may have: clients of the stage. */
export const SCRIPT_MEMBERS = ["first", "second", "third"] as const;

export type ScriptMember = (typeof SCRIPT_MEMBERS)[number];

/** What a handler does when a record comes: the first so many times, then it goes well. */
export type HandlerOutcome =
  | { readonly kind: "throw"; readonly times: number }
  /** Every time: its partition stays there. */
  | { readonly kind: "throw-always" }
  /** Longer than the session time-out: nobody hears of the member meanwhile. */
  | { readonly kind: "slow"; readonly times: number }
  /** What kafkajs takes for a bug of the program: the consumer ends. */
  | { readonly kind: "throw-type-error"; readonly times: number }
  /** The process dies, before it has committed the record or after. */
  | { readonly kind: "crash"; readonly committed: boolean };

/** At which record, of a partition of the topic. */
export interface HandlerFault {
  readonly partition: number;
  readonly offset: number;
  readonly outcome: HandlerOutcome;
}

/** Something that happens to the group, so long after the one before it. */
export type ScriptStep = { readonly afterMs: number } & (
  | { readonly kind: "join" | "leave" | "crash"; readonly member: ScriptMember }
  | { readonly kind: "produce" }
  | { readonly kind: "stop-broker"; readonly broker: number; readonly how: "kill" | "shut-down" }
  | { readonly kind: "start-broker"; readonly broker: number }
);

/**
 * A group of consumers of one topic with three partitions, what happens to it, and what its
 * handlers do. What it comes to depends on chance; what may come of it does not.
 */
export interface GroupScript {
  /** Sent before anybody joins, to each partition. */
  readonly recordsFirst: number;
  /** Sent by each step that produces, to each partition. */
  readonly recordsEach: number;
  readonly steps: readonly ScriptStep[];
  readonly handlers: readonly HandlerFault[];
}

const SCRIPT_PARTITIONS = 3;

/** A key of each of the three partitions, as murmur2 has it. */
export const SCRIPT_KEYS = ["f", "a", "b"] as const;

const outcomes = fc.oneof(
  fc.record({ kind: fc.constant("throw" as const), times: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constant("throw-always" as const) }),
  fc.record({ kind: fc.constant("slow" as const), times: fc.constant(1) }),
  fc.record({ kind: fc.constant("throw-type-error" as const), times: fc.constant(1) }),
  fc.record({ kind: fc.constant("crash" as const), committed: fc.boolean() }),
);

/** Scripts of handler outcomes, for a group of so many members that join one after the other. */
export function handlerScripts(memberCount: 2 | 3): fc.Arbitrary<GroupScript> {
  const members = SCRIPT_MEMBERS.slice(0, memberCount);
  return fc.record({
    recordsFirst: fc.integer({ min: 2, max: 4 }),
    recordsEach: fc.constant(2),
    steps: fc
      .tuple(...members.map(() => fc.constantFrom(0, 100, 700)))
      .map((delays): readonly ScriptStep[] => [
        ...members.map((member, index) => {
          return { kind: "join" as const, member, afterMs: delays[index] ?? 0 };
        }),
        { kind: "produce", afterMs: 300 },
      ]),
    handlers: fc.uniqueArray(
      fc.record({
        partition: fc.integer({ min: 0, max: SCRIPT_PARTITIONS - 1 }),
        offset: fc.integer({ min: 0, max: 3 }),
        outcome: outcomes,
      }),
      { minLength: 1, maxLength: 2, selector: ({ partition }) => partition },
    ),
  });
}

/**
 * Scripts of what happens to members and brokers: one broker goes and comes back, while members
 * join and die and more is sent. Nobody leaves meanwhile: kafkajs may starve its process then. In
 * each set all have the same brokers go and come back in the same order, so they can be played side
 * by side on the same brokers.
 */
export function serverScripts(count: number): fc.Arbitrary<readonly GroupScript[]> {
  return fc
    .tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom("kill" as const, "shut-down" as const),
      fc.array(fc.tuple(...[0, 1].map(() => fc.array(memberSteps, { maxLength: 2 }))), {
        minLength: count,
        maxLength: count,
      }),
    )
    .map(([broker, how, scripts]) =>
      scripts.map(([before = [], meanwhile = []]) => {
        return {
          recordsFirst: 2,
          recordsEach: 2,
          handlers: [],
          steps: withoutImpossible([
            { kind: "join", member: "first", afterMs: 0 },
            ...before,
            { kind: "stop-broker", broker, how, afterMs: 100 },
            { kind: "produce", afterMs: 0 },
            ...meanwhile.filter(({ kind }) => kind !== "leave"),
            { kind: "start-broker", broker, afterMs: 300 },
            { kind: "produce", afterMs: 0 },
          ]),
        };
      }),
    );
}

const memberSteps: fc.Arbitrary<ScriptStep> = fc.record({
  kind: fc.constantFrom("join" as const, "leave" as const, "crash" as const),
  member: fc.constantFrom(...SCRIPT_MEMBERS),
  afterMs: fc.constantFrom(0, 200, 1_000),
});

/** A member joins once and goes once, and one of them stays. */
function withoutImpossible(steps: readonly ScriptStep[]): readonly ScriptStep[] {
  const joined = new Set<ScriptMember>();
  const gone = new Set<ScriptMember>();
  return steps.filter((step) => {
    switch (step.kind) {
      case "join": {
        const isNew = !joined.has(step.member);
        joined.add(step.member);
        return isNew;
      }
      case "leave":
      case "crash": {
        const canGo =
          joined.has(step.member) && !gone.has(step.member) && joined.size - gone.size > 1;
        if (canGo) {
          gone.add(step.member);
        }
        return canGo;
      }
      default:
        return true;
    }
  });
}
