/** How hard a scenario goes at the services. */
export interface Level {
  readonly name: "calm" | "rough" | "wild";
  /** Of each service, at least and at most. */
  readonly processes: { readonly min: number; readonly max: number };
  /** All as they ship; half of them drawn and the others so; or all drawn, mostly at their ends. */
  readonly knobs: "ship" | "drawn" | "ends";
  /** So many times as many faults as the scenario has at `rough`, beside those that it is about. */
  readonly moreFaults: number;
  /** What lasts a time lasts so long at most. */
  readonly lastsMsMax: number;
  /** Whether kinds of fault that a seed turns off leave their place to the others. */
  readonly turnsKindsOff: boolean;
}

/** From the mildest on. A plan holds what was drawn, so that it means the same at every level. */
export const LEVELS = {
  calm: {
    name: "calm",
    processes: { min: 1, max: 1 },
    knobs: "ship",
    moreFaults: 0,
    lastsMsMax: 1_500,
    turnsKindsOff: false,
  },
  rough: {
    name: "rough",
    processes: { min: 1, max: 3 },
    knobs: "drawn",
    moreFaults: 1,
    lastsMsMax: 60_000,
    turnsKindsOff: false,
  },
  wild: {
    name: "wild",
    processes: { min: 2, max: 3 },
    knobs: "ends",
    moreFaults: 3,
    lastsMsMax: 60_000,
    turnsKindsOff: true,
  },
} as const satisfies Record<Level["name"], Level>;

/** What a level comes to, for a reader: each value by its name. */
export function levelSettings(level: Level): readonly { name: string; value: string }[] {
  const { min, max } = level.processes;
  return [
    { name: "processes of a service", value: min === max ? `${min}` : `${min} to ${max}` },
    { name: "knobs", value: KNOBS[level.knobs] },
    { name: "more faults", value: moreFaultsInWords(level.moreFaults) },
    { name: "longest fault", value: `${level.lastsMsMax} ms` },
  ];
}

const KNOBS = {
  ship: "as they ship",
  drawn: "half as they ship, half drawn",
  ends: "at their ends",
} as const satisfies Record<Level["knobs"], string>;

function moreFaultsInWords(times: number): string {
  return times === 0 ? "none" : times === 1 ? "as described" : `${times} times those described`;
}
