import type { GroupScript } from "../../../scenarios/contracts/group-script.ts";

/** Scripts on which the two differed once, and why they did. */
export const SAVED_SCRIPTS: readonly GroupScript[] = [
  // A real first join takes a second, so all three were members before the slow handler began:
  // its partition's fetcher was silent, and the fetchers of the other two brokers sent heartbeats.
  {
    recordsFirst: 4,
    recordsEach: 2,
    steps: [
      { kind: "join", member: "first", afterMs: 100 },
      { kind: "join", member: "second", afterMs: 700 },
      { kind: "join", member: "third", afterMs: 100 },
      { kind: "produce", afterMs: 300 },
    ],
    handlers: [{ partition: 0, offset: 1, outcome: { kind: "slow", times: 1 } }],
  },
];
