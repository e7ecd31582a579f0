import type { CrashFault } from "../plans/plan.ts";

/**
 * Where every exchange between a process and the outside passes, and where the process can die.
 *
 * An effect's name is `process/resource/operation#ordinal`: `payment-1/payment-db/accept.commit#3`
 * is the third COMMIT of an `accept` transaction that process payment-1 asked its database for.
 * Ordinals count one operation within one incarnation of the process; a later incarnation shows in
 * the process's name (`payment-1~2`), so that no name is used twice in a run.
 */
export interface EffectGate {
  /** Lets an effect take place, unless the process is to die at it. */
  pass<T>(resource: string, operation: string, perform: () => Promise<T>): Promise<T>;
  /** How many effects have begun. */
  count(): number;
}

export interface EffectGateOptions {
  readonly process: string;
  /** 1 for the first start of the process. */
  readonly incarnation: number;
  /** The fault that is armed at an effect, by the effect's name. */
  readonly faultAt: (effect: string) => CrashFault | undefined;
  /**
   * The effects at which a fault may be armed, when that is known: at all others nobody asks for
   * one, and no name has to be made.
   */
  readonly faultyEffects?: readonly string[];
  /** Ends the process at once. What it answers never settles. */
  readonly die: (fault: CrashFault) => Promise<never>;
}

export function createEffectGate(options: EffectGateOptions): EffectGate {
  const { process, incarnation, faultAt, die } = options;
  const prefix = incarnation === 1 ? process : `${process}~${incarnation}`;
  const faultyPlaces = options.faultyEffects && new Set(options.faultyEffects.map(placeName));
  const resources = new Map<string, Map<string, Place>>();
  let count = 0;

  const placeOf = (resource: string, operation: string): Place =>
    resources.get(resource)?.get(operation) ?? createPlace(resource, operation);

  const createPlace = (resource: string, operation: string): Place => {
    const operations = resources.get(resource) ?? new Map<string, Place>();
    resources.set(resource, operations);
    const name = `${prefix}/${resource}/${operation}`;
    const place = { name, mayBeFaulty: faultyPlaces?.has(name) ?? true, ordinal: 0 };
    operations.set(operation, place);
    return place;
  };

  return {
    count: () => count,
    // Not an async function: an effect without a fault, nearly every one, must cost no more turns.
    pass(resource, operation, perform) {
      count += 1;
      const place = placeOf(resource, operation);
      place.ordinal += 1;
      if (!place.mayBeFaulty) {
        return perform();
      }
      const fault = faultAt(`${place.name}#${place.ordinal}`);
      return fault === undefined ? perform() : performFaulty(fault, perform, die);
    },
  };
}

/** One operation of one incarnation, and how often it has begun. */
interface Place {
  readonly name: string;
  readonly mayBeFaulty: boolean;
  ordinal: number;
}

/** `payment-1/kafka/produce` of `payment-1/kafka/produce#2`. */
function placeName(effect: string): string {
  return effect.replace(/#\d+$/, "");
}

async function performFaulty<T>(
  fault: CrashFault,
  perform: () => Promise<T>,
  die: (fault: CrashFault) => Promise<never>,
): Promise<T> {
  if (fault.when === "before") {
    return die(fault);
  }
  await perform();
  return die(fault);
}
