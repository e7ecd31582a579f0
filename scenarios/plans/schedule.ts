import Type from "typebox";

/**
 * Which of several events that are ready together goes first in the simulated world. What is drawn
 * is drawn from `seed` alone, so one plan can be tried with many schedules. Real servers have a
 * schedule of their own, which nobody decides.
 *
 * With `windowUs` 0, events are ready together that are due at one microsecond; with more, those
 * due within so many microseconds: one may be held up by as much, as a slow message is.
 */
export type Schedule =
  /** By time, and then in the order of scheduling. */
  | { readonly kind: "fifo" }
  /** Any of them. */
  | { readonly kind: "random"; readonly seed: number; readonly windowUs: number }
  /** Probabilistic concurrency testing; `depth` and `choices` as in `sim/kernel`. */
  | {
      readonly kind: "pct";
      readonly seed: number;
      readonly depth: number;
      readonly choices: number;
      readonly windowUs: number;
    }
  /** Written out: the place chosen at each choice, and behind the last one the first. */
  | { readonly kind: "listed"; readonly choices: readonly number[]; readonly windowUs: number };

export const FIFO: Schedule = { kind: "fifo" };

/** The choices that a listed schedule may write out. */
const LISTED_MAX = 10_000;

const seed = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const windowUs = Type.Integer({ minimum: 0, maximum: 1_000_000 });

export const scheduleSchema = Type.Union([
  Type.Object({ kind: Type.Literal("fifo") }, { additionalProperties: false }),
  Type.Object({ kind: Type.Literal("random"), seed, windowUs }, { additionalProperties: false }),
  Type.Object(
    {
      kind: Type.Literal("pct"),
      seed,
      depth: Type.Integer({ minimum: 1, maximum: 10 }),
      choices: Type.Integer({ minimum: 1, maximum: 50_000_000 }),
      windowUs,
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      kind: Type.Literal("listed"),
      choices: Type.Array(Type.Integer({ minimum: 0, maximum: 1_000_000 }), {
        maxItems: LISTED_MAX,
      }),
      windowUs,
    },
    { additionalProperties: false },
  ),
]);

/** A schedule for a reader: `by PCT of depth 2 among 1000 choices, within 500 us, seed 7`. */
export function scheduleWords(schedule: Schedule): string {
  switch (schedule.kind) {
    case "fifo":
      return "first in, first out";
    case "random":
      return `at random${within(schedule.windowUs)}, seed ${schedule.seed}`;
    case "pct":
      return `by PCT of depth ${schedule.depth} among ${schedule.choices} choices${within(schedule.windowUs)}, seed ${schedule.seed}`;
    case "listed": {
      const count = schedule.choices.filter((place) => place > 0).length;
      return `as listed, ${count} of ${schedule.choices.length} choices not first in, first out${within(schedule.windowUs)}`;
    }
  }
}

function within(us: number): string {
  return us === 0 ? "" : `, within ${us} us`;
}

/** Schedules that are nearer to first in, first out, the nearest first. */
export function simplerSchedules(schedule: Schedule): readonly Schedule[] {
  switch (schedule.kind) {
    case "fifo":
      return [];
    case "random":
      return [FIFO, ...narrower(schedule)];
    case "pct":
      return [
        FIFO,
        ...(schedule.depth > 1 ? [{ ...schedule, depth: schedule.depth - 1 }] : []),
        ...narrower(schedule),
      ];
    case "listed":
      return [FIFO, ...fewerDeviations(schedule)];
  }
}

function narrower<T extends { readonly windowUs: number }>(schedule: T): readonly T[] {
  const narrowed = [...new Set([0, Math.floor(schedule.windowUs / 2)])];
  return narrowed
    .filter((each) => each < schedule.windowUs)
    .map((each) => ({ ...schedule, windowUs: each }));
}

/** One choice that is not the first is so; no choice is listed behind the last that is not. */
function fewerDeviations(
  schedule: Extract<Schedule, { readonly kind: "listed" }>,
): readonly Schedule[] {
  return schedule.choices.flatMap((place, index) =>
    place === 0 ? [] : [{ ...schedule, choices: withoutTail(schedule.choices.with(index, 0)) }],
  );
}

/** What is listed, without the firsts at its end, which go without saying. */
export function withoutTail(choices: readonly number[]): readonly number[] {
  return choices.slice(0, choices.findLastIndex((place) => place > 0) + 1);
}
