import fc from "fast-check";
import { DEFAULT_KNOBS, type Knobs } from "../../system/process/knobs.ts";
import { SAGA_SERVICES, type Role } from "../../system/process/services.ts";
import type { Level } from "../plans/level.ts";
import type { ProcessSpecification, Topology } from "../plans/topology.ts";

/** Of what `deploymentArbitrary` draws, for a scenario's description. */
export const DEPLOYMENT_WORDS =
  "Each service runs as one to three processes, which have its roles together or apart; half of the knobs are as they ship, the others are drawn.";

/** How the services are set up in a run. */
export interface Deployment {
  readonly topology: Topology;
  readonly knobs: Knobs;
}

/**
 * Draws how the services are set up: each has as many processes as its level says, each of them
 * with any of its roles; at `rough` half of the knobs are as they ship, now and then all of them.
 */
export function deploymentArbitrary(level: Level): fc.Arbitrary<Deployment> {
  return fc.record({
    topology: fc
      .tuple(...SAGA_SERVICES.map(({ name, roles }) => processesArbitrary(name, roles, level)))
      .map((services) => services.flat()),
    knobs: knobsArbitrary(level),
  });
}

/** As far as a knob makes a difference, and a session as long as a run can wait for. */
const KNOB_RANGES: Readonly<Record<keyof Knobs, KnobRange>> = {
  relayBatchMax: { min: 1, max: 200 },
  relayPollMs: { min: 1, max: 10_000 },
  relayLingerMs: { min: 0, max: 100 },
  relayLeaseMs: { min: 100, max: 10_000 },
  relayAttemptsMax: { min: 1, max: 10 },
  outboxKeptSeconds: { min: 1, max: 20 },
  acceptBatchMax: { min: 1, max: 20 },
  consumeBatchMax: { min: 1, max: 20 },
  consumeAttemptsMax: { min: 1, max: 10 },
  consumeRetryDelayMs: { min: 1, max: 500 },
  // No broker takes a shorter one, unless it is told to.
  sessionTimeoutMs: { min: 6_000, max: 10_000 },
};

interface KnobRange {
  readonly min: number;
  readonly max: number;
}

function knobsArbitrary({ knobs }: Level): fc.Arbitrary<Knobs> {
  switch (knobs) {
    case "ship":
      return fc.constant(DEFAULT_KNOBS);
    case "drawn":
      return orAsTheyShip(eachKnob((name) => knob(name)));
    case "ends":
      return fc.record(eachKnob((name) => atItsEnds(KNOB_RANGES[name])));
  }
}

function eachKnob(draw: (name: keyof Knobs) => fc.Arbitrary<number>) {
  return {
    relayBatchMax: draw("relayBatchMax"),
    relayPollMs: draw("relayPollMs"),
    relayLingerMs: draw("relayLingerMs"),
    relayLeaseMs: draw("relayLeaseMs"),
    relayAttemptsMax: draw("relayAttemptsMax"),
    outboxKeptSeconds: draw("outboxKeptSeconds"),
    acceptBatchMax: draw("acceptBatchMax"),
    consumeBatchMax: draw("consumeBatchMax"),
    consumeAttemptsMax: draw("consumeAttemptsMax"),
    consumeRetryDelayMs: draw("consumeRetryDelayMs"),
    sessionTimeoutMs: draw("sessionTimeoutMs"),
  };
}

/** Mostly the least or the most, sometimes one more than the least. */
function atItsEnds({ min, max }: KnobRange): fc.Arbitrary<number> {
  return fc.constantFrom(min, min, max, max, min + 1);
}

function knob(name: keyof Knobs): fc.Arbitrary<number> {
  const asItShips = fc.constant(DEFAULT_KNOBS[name]);
  switch (name) {
    case "acceptBatchMax":
    case "consumeBatchMax":
      return batchKnob(name);
    case "relayLingerMs":
      // What is committed late, behind what a relay has seen, is rare where it lingers.
      return fc.oneof(asItShips, fc.constant(0), fc.integer(KNOB_RANGES[name]));
    default:
      return fc.oneof(asItShips, fc.integer(KNOB_RANGES[name]));
  }
}

/** A batch of one, a few, or as many as there are. */
function batchKnob(name: keyof Knobs): fc.Arbitrary<number> {
  return fc.oneof(
    { arbitrary: fc.constant(DEFAULT_KNOBS[name]), weight: 2 },
    { arbitrary: fc.constant(1), weight: 1 },
    { arbitrary: fc.integer({ min: 2, max: 20 }), weight: 1 },
  );
}

/** Now and then all of them as they ship: that is what most users have. */
function orAsTheyShip(knobs: {
  readonly [Name in keyof Knobs]: fc.Arbitrary<number>;
}): fc.Arbitrary<Knobs> {
  return fc.oneof(
    { arbitrary: fc.constant(DEFAULT_KNOBS), weight: 1 },
    { arbitrary: fc.record(knobs), weight: 7 },
  );
}

/** For each process, whether it has each of the roles; what nobody has, the first one has. */
function processesArbitrary(
  service: string,
  roles: readonly { readonly name: Role }[],
  { processes }: Level,
): fc.Arbitrary<Topology> {
  const some = fc.tuple(...roles.map(() => fc.boolean()));
  // Often all have all roles: only then do two of them do the same work often.
  const all = fc.constant(roles.map(() => true));
  return fc
    .array(fc.oneof(some, all), { minLength: processes.min, maxLength: processes.max, size: "max" })
    .map((drawn) => {
      const [first = [], ...others] = drawn;
      const missing = roles.map((_role, index) => !drawn.some((has) => has[index] === true));
      const whole = first.map((has, index) => has || missing[index] === true);
      return [whole, ...others]
        .map((has) => roles.filter((_role, index) => has[index] === true))
        .filter((own) => own.length > 0)
        .map((own, at): ProcessSpecification => {
          return { name: `${service}-${at + 1}`, roles: own.map(({ name }) => name) };
        });
    });
}

/** How many requests come at one instant: alone, a few, a crowd, all. */
export const burstArbitrary: fc.Arbitrary<number> = fc.constantFrom(1, 1, 4, 20, 200);

/** The times of requests that come in bursts; on average as far apart as `gapsMs` says. */
export function timesInBursts(gapsMs: readonly number[], burst: number): readonly number[] {
  let atMs = 0;
  return gapsMs.map((_gapMs, index) => {
    if (index > 0 && index % burst === 0) {
      atMs += gapsMs.slice(index - burst, index).reduce((sum, gapMs) => sum + gapMs, 0);
    }
    return atMs;
  });
}
