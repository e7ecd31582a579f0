import fc from "fast-check";
import { DEFAULT_KNOBS, type Knobs } from "../../system/process/knobs.ts";
import { SAGA_SERVICES, type Role } from "../../system/process/services.ts";
import type { ProcessSpecification, Topology } from "../plans/topology.ts";

/** Of what `deploymentArbitrary` draws, for a scenario's description. */
export const DEPLOYMENT_WORDS =
  "Each service runs as one to three processes, which have its roles together or apart; half of the knobs are as they ship, the others are drawn.";

/** How the services are set up in a run. */
export interface Deployment {
  readonly topology: Topology;
  readonly knobs: Knobs;
}

const PROCESSES_MAX = 3;

/**
 * Draws how the services are set up: each has one to three processes, each of them with any of its
 * roles, and half of the knobs are as they ship, now and then all of them. A knob is drawn as far
 * as it makes a difference, and a session as long as a run can wait for.
 */
export function deploymentArbitrary(): fc.Arbitrary<Deployment> {
  return fc.record({
    topology: fc
      .tuple(...SAGA_SERVICES.map(({ name, roles }) => processesArbitrary(name, roles)))
      .map((services) => services.flat()),
    knobs: orAsTheyShip({
      relayBatchMax: knob("relayBatchMax", { min: 1, max: 200 }),
      relayPollMs: knob("relayPollMs", { min: 1, max: 10_000 }),
      relayLeaseMs: knob("relayLeaseMs", { min: 100, max: 10_000 }),
      relayAttemptsMax: knob("relayAttemptsMax", { min: 1, max: 10 }),
      outboxKeptSeconds: knob("outboxKeptSeconds", { min: 1, max: 20 }),
      acceptBatchMax: batchKnob("acceptBatchMax"),
      consumeBatchMax: batchKnob("consumeBatchMax"),
      consumeAttemptsMax: knob("consumeAttemptsMax", { min: 1, max: 10 }),
      consumeRetryDelayMs: knob("consumeRetryDelayMs", { min: 1, max: 500 }),
      // No broker takes a shorter one, unless it is told to.
      sessionTimeoutMs: knob("sessionTimeoutMs", { min: 6_000, max: 10_000 }),
    }),
  });
}

function knob(
  name: keyof Knobs,
  range: { readonly min: number; readonly max: number },
): fc.Arbitrary<number> {
  return fc.oneof(fc.constant(DEFAULT_KNOBS[name]), fc.integer(range));
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
): fc.Arbitrary<Topology> {
  const some = fc.tuple(...roles.map(() => fc.boolean()));
  // Often all have all roles: only then do two of them do the same work often.
  const all = fc.constant(roles.map(() => true));
  return fc
    .array(fc.oneof(some, all), { minLength: 1, maxLength: PROCESSES_MAX, size: "max" })
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
