import type { ArmedFaults, StrikingFault } from "./armed-faults.ts";
import { printOrdinal, printPlace } from "./effect-name.ts";

/**
 * Where every exchange between a process and the outside passes, and where a fault can strike.
 * Effects are named as `effect-name.ts` says.
 */
export interface EffectGate {
  /**
   * Lets an effect take place, unless a fault strikes at it. `port` says what the process is left
   * with when the effect fails or its reply is lost.
   */
  pass<T>(
    resource: string,
    operation: string,
    perform: () => Promise<T>,
    port: FaultyPort<T>,
  ): Promise<T>;
  /** How many effects have begun. */
  count(): number;
  /** How often each place was come to, in the order in which they were first. */
  places(): readonly PassedPlace[];
}

/** A place of a process: an effect's name without its ordinal, and how many have begun there. */
export interface PassedPlace {
  readonly place: string;
  readonly times: number;
}

/** How a port shows its caller what a fault did. Each throws, or answers in the reply's place. */
export interface FaultyPort<T> {
  /**
   * The request failed, and has no effect: the caller is shown what its client library makes of
   * that. The code is an SQLSTATE, or `connection`.
   */
  failed(code: string): T | Promise<T>;
  /**
   * The effect took place; the reply is in hand here, and the caller must not have it. Undefined
   * when the reply was an error.
   */
  replyLost(reply: T | undefined): T;
}

/**
 * What shall happen at the effect at which a fault strikes. The kinds of fault that there are make
 * a process die, hold it, let its request fail or lose a reply; `delay` is for kinds to come.
 */
export type GateVerdict =
  | { readonly kind: "pass" }
  /** `death` never settles: nothing of the process runs any more. */
  | { readonly kind: "die"; readonly death: Promise<never> }
  /** The process is held until it may go on. */
  | { readonly kind: "hold"; readonly until: Promise<void> }
  /** The effect is held back, and the process goes on meanwhile with what does not wait for it. */
  | { readonly kind: "delay"; readonly until: Promise<void> }
  | { readonly kind: "fail"; readonly code: string }
  | { readonly kind: "lose-reply" };

export interface EffectGateOptions {
  readonly process: string;
  /** 1 for the first start of the process. */
  readonly incarnation: number;
  readonly armed: ArmedFaults;
  /** A fault strikes: its world does its part, and says what shall happen here. */
  readonly strike: (fault: StrikingFault) => GateVerdict;
}

export function createEffectGate(options: EffectGateOptions): EffectGate {
  const { process, incarnation, armed, strike } = options;
  const resources = new Map<string, Map<string, Place>>();
  let count = 0;

  const placeOf = (resource: string, operation: string): Place =>
    resources.get(resource)?.get(operation) ?? createPlace(resource, operation);

  const createPlace = (resource: string, operation: string): Place => {
    const operations = resources.get(resource) ?? new Map<string, Place>();
    resources.set(resource, operations);
    const name = printPlace({ process, incarnation, resource, operation });
    const place = { name, mayBeFaulty: armed.mayStrikeAt(name), ordinal: 0 };
    operations.set(operation, place);
    return place;
  };

  return {
    count: () => count,
    places: () =>
      [...resources.values()].flatMap((operations) =>
        [...operations.values()].map(({ name, ordinal }) => ({ place: name, times: ordinal })),
      ),
    // Not an async function: an effect without a fault, nearly every one, must cost no more turns.
    pass(resource, operation, perform, port) {
      count += 1;
      const place = placeOf(resource, operation);
      place.ordinal += 1;
      if (!place.mayBeFaulty) {
        return perform();
      }
      const faults = armed.takeAt(printOrdinal(place.name, place.ordinal));
      return faults.length === 0
        ? perform()
        : performFaulty({ faults, armed, perform, port, strike });
    },
  };
}

/** One operation of one incarnation, and how often it has begun. */
interface Place {
  readonly name: string;
  readonly mayBeFaulty: boolean;
  ordinal: number;
}

/**
 * Faults of one side strike in the order of the plan; none strikes once they are disarmed, which
 * can be while the process is held here.
 */
async function performFaulty<T>(effect: {
  readonly faults: readonly StrikingFault[];
  readonly armed: ArmedFaults;
  readonly perform: () => Promise<T>;
  readonly port: FaultyPort<T>;
  readonly strike: (fault: StrikingFault) => GateVerdict;
}): Promise<T> {
  const { faults, armed, perform, port, strike } = effect;
  for (const fault of faults.filter(({ side }) => side === "before")) {
    const verdict = armed.isOn ? strike(fault) : PASS;
    await waitAsTold(verdict);
    if (verdict.kind === "fail") {
      return port.failed(verdict.code);
    }
    if (verdict.kind === "lose-reply") {
      throw new Error("there is no reply to lose before an effect");
    }
  }
  const reply = await replyOf(perform);
  let isLost = false;
  for (const fault of faults.filter(({ side }) => side === "after")) {
    const verdict = armed.isOn ? strike(fault) : PASS;
    await waitAsTold(verdict);
    if (verdict.kind === "fail") {
      throw new Error("an effect that took place cannot fail any more");
    }
    isLost ||= verdict.kind === "lose-reply";
  }
  if (isLost) {
    return port.replyLost(reply.kind === "value" ? reply.value : undefined);
  }
  if (reply.kind === "error") {
    throw reply.error;
  }
  return reply.value;
}

/** An error is a reply too: a fault after the effect strikes before the process learns of it. */
async function replyOf<T>(perform: () => Promise<T>) {
  try {
    return { kind: "value", value: await perform() } as const;
  } catch (error) {
    return { kind: "error", error } as const;
  }
}

const PASS: GateVerdict = { kind: "pass" };

async function waitAsTold(verdict: GateVerdict): Promise<void> {
  switch (verdict.kind) {
    case "die":
      return verdict.death;
    case "hold":
    case "delay":
      return verdict.until;
    case "pass":
    case "fail":
    case "lose-reply":
      return undefined;
  }
}
