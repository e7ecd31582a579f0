import fc from "fast-check";
import { FIFO, type Schedule } from "../plans/schedule.ts";

/** Of what `scheduleArbitrary` draws, for a scenario's description. */
export const SCHEDULE_WORDS =
  "What is due at one instant happens in any order, in one run of eight in the order in which it was asked for; in three of eight messages and timers are late by up to two milliseconds, at random or by PCT.";

/** As far apart as two messages are, or several. */
const WINDOWS_US = [100, 500, 2_000];

/** From the first wallets that are opened to a whole run. */
const PCT_CHOICES = [100, 1_000, 10_000];

/** Draws which of several events that are ready together goes first. */
export function scheduleArbitrary(): fc.Arbitrary<Schedule> {
  const seed = fc.nat({ max: 1_000_000_000 });
  const windowUs = fc.constantFrom(...WINDOWS_US);
  const atOneInstant = fc.record({
    kind: fc.constant("random" as const),
    seed,
    windowUs: fc.constant(0),
  });
  const inWindow = fc.record({ kind: fc.constant("random" as const), seed, windowUs });
  const pct = fc.record({
    kind: fc.constant("pct" as const),
    seed,
    depth: fc.constantFrom(2, 3),
    choices: fc.constantFrom(...PCT_CHOICES),
    windowUs,
  });
  return fc.oneof(
    { arbitrary: fc.constant(FIFO), weight: 1 },
    { arbitrary: atOneInstant, weight: 4 },
    { arbitrary: inWindow, weight: 1 },
    { arbitrary: pct, weight: 2 },
  );
}
