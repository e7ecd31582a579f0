import type { CrashFault } from "../plan.ts";

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
  /** Ends the process at once. What it answers never settles. */
  readonly die: (fault: CrashFault) => Promise<never>;
}

export function createEffectGate(options: EffectGateOptions): EffectGate {
  const { process, incarnation, faultAt, die } = options;
  const prefix = incarnation === 1 ? process : `${process}~${incarnation}`;
  const ordinals = new Map<string, number>();
  let count = 0;
  return {
    count: () => count,
    async pass(resource, operation, perform) {
      count += 1;
      const fault = faultAt(nextName(ordinals, `${prefix}/${resource}/${operation}`));
      if (fault?.when === "before") {
        return die(fault);
      }
      const result = await perform();
      return fault?.when === "after" ? die(fault) : result;
    },
  };
}

function nextName(ordinals: Map<string, number>, place: string): string {
  const ordinal = (ordinals.get(place) ?? 0) + 1;
  ordinals.set(place, ordinal);
  return `${place}#${ordinal}`;
}
