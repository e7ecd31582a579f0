import type { FaultEvidence, FaultPlace } from "../../reports/evidence/evidence.ts";
import { FAULT_KINDS, triggerOf } from "../faults/fault.ts";
import { placeOf, whomOf } from "../faults/trigger.ts";
import type { FaultSummary } from "../runs/run-summary.ts";
import { compareText } from "./compare-text.ts";

/** What became of the faults of all runs, by kind and place. */
export interface FaultTally {
  add(fault: FaultSummary): void;
  /** Adds what was counted of a kind elsewhere. */
  addCounts(counts: FaultEvidence): void;
  /** The kinds that were planned, in the order of `FAULT_KINDS`. */
  planned(): readonly FaultEvidence[];
  /** The plural nouns of the kinds that were not. */
  notPlanned(): readonly string[];
}

export function createFaultTally(): FaultTally {
  const sums = new Map<string, KindSum>(
    FAULT_KINDS.map(({ kind }) => [kind, { impossible: 0, places: new Map() }]),
  );
  const isPlanned = ({ kind }: { readonly kind: string }) => (sums.get(kind)?.places.size ?? 0) > 0;
  const sumOf = (kind: string): KindSum => {
    const sum = sums.get(kind);
    if (sum === undefined) {
      throw new Error(`there is no kind of fault ${kind}`);
    }
    return sum;
  };
  const addPlace = ({ places }: KindSum, { process, place, planned, fired }: FaultPlace) => {
    const key = `${process} ${place}`;
    const known = places.get(key) ?? { process, place, planned: 0, fired: 0 };
    known.planned += planned;
    known.fired += fired;
    places.set(key, known);
  };
  return {
    add({ fault, fired, isPossible }) {
      const sum = sumOf(fault.kind);
      sum.impossible += isPossible ? 0 : 1;
      const trigger = triggerOf(fault);
      const [process, place] = [whomOf(trigger), placeOf(trigger)];
      addPlace(sum, { process, place, planned: 1, fired: fired ? 1 : 0 });
    },
    addCounts({ kind, impossible, places }) {
      const sum = sumOf(kind);
      sum.impossible += impossible;
      places.forEach((place) => addPlace(sum, place));
    },
    planned: () =>
      FAULT_KINDS.filter(isPlanned).map(({ kind, noun, sentence }) => ({
        kind,
        ...noun,
        sentence,
        ...countsOf(sums.get(kind)),
      })),
    notPlanned: () => FAULT_KINDS.filter((each) => !isPlanned(each)).map(({ noun }) => noun.many),
  };
}

interface KindSum {
  impossible: number;
  readonly places: Map<string, { -readonly [Key in keyof FaultPlace]: FaultPlace[Key] }>;
}

function countsOf(sum: KindSum | undefined) {
  const places = [...(sum?.places ?? [])]
    .toSorted(([left], [right]) => compareText(left, right))
    .map(([, place]) => ({ ...place }));
  return {
    planned: places.reduce((total, { planned }) => total + planned, 0),
    fired: places.reduce((total, { fired }) => total + fired, 0),
    impossible: sum?.impossible ?? 0,
    places,
  };
}
