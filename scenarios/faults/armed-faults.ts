import { demandEffect, printPlace } from "./effect-name.ts";
import type { WorldAbility } from "./fault-kind.ts";
import { lacking, triggerOf, type Fault } from "./fault.ts";
import type { EffectTrigger, Trigger } from "./trigger.ts";

/** A fault of a plan, and its place in the plan's list: how worlds and threads speak of it. */
export interface PlannedFault {
  readonly fault: Fault;
  readonly index: number;
}

/** A fault that strikes at an effect. */
export interface StrikingFault extends PlannedFault {
  readonly side: "before" | "after";
}

/** One that strikes at a time, in a process or outside of them. */
export interface TimedFault extends PlannedFault {
  readonly trigger: Exclude<Trigger, EffectTrigger>;
}

const NONE: readonly StrikingFault[] = [];

/** The faults of a plan that a world can make. */
export function possibleFaults(
  faults: readonly Fault[],
  abilities: ReadonlySet<WorldAbility>,
): readonly PlannedFault[] {
  return faults
    .map((fault, index) => ({ fault, index }))
    .filter(({ fault }) => lacking(fault, abilities).length === 0);
}

/** The faults of a plan that have not struck yet. */
export class ArmedFaults {
  readonly #byEffect = new Map<string, StrikingFault[]>();
  readonly #places = new Set<string>();
  #timed: TimedFault[] = [];
  #isOn = true;

  constructor(faults: readonly PlannedFault[]) {
    for (const { fault, index } of faults) {
      const trigger = triggerOf(fault);
      if (trigger.on !== "effect") {
        this.#timed.push({ fault, index, trigger });
      } else {
        const others = this.#byEffect.get(trigger.effect) ?? [];
        this.#byEffect.set(trigger.effect, [...others, { fault, index, side: trigger.side }]);
        this.#places.add(printPlace(demandEffect(trigger.effect)));
      }
    }
  }

  /**
   * Whether a fault may be armed at an effect of that name, its ordinal left out. At all others,
   * nearly all, nobody need make the whole name.
   */
  mayStrikeAt(place: string): boolean {
    return this.#places.has(place);
  }

  /** Takes the faults that strike at an effect, by its whole name: none strikes twice. */
  takeAt(effect: string): readonly StrikingFault[] {
    const faults = this.#byEffect.get(effect) ?? NONE;
    this.#byEffect.delete(effect);
    return faults;
  }

  /** Takes the faults that strike at a time. */
  takeTimed(): readonly TimedFault[] {
    const faults = this.#timed;
    this.#timed = [];
    return faults;
  }

  /** False once nothing shall strike any more, what waits for its time included. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** From now on nothing strikes. */
  disarm(): void {
    this.#isOn = false;
    this.#byEffect.clear();
    this.#timed = [];
  }
}
