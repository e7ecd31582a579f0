import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { loadPostgresParser } from "../../../sim/postgres/syntax/postgres-parser.ts";
import { fetchNode } from "../../node/fetch-node.mjs";
import { runUntilCrash } from "./crash-run.ts";
import { type AfterCrash, judgeCrash } from "./judge-crash.ts";

const CRASHES = process.env["CI"] === "true" ? 1_000 : 200;
const SEEDS_IN_TEST = CRASHES / 10;
const HASHED_SEEDS = Array.from({ length: 60 }, (_, at) => at + 1);

beforeAll(loadPostgresParser);

describe(`${CRASHES} seeded crashes under load`, () => {
  let acknowledged = 0;
  let underWay = 0;
  let thereUnanswered = 0;

  test.for(Array.from({ length: 10 }, (_, at) => at * SEEDS_IN_TEST))(
    "from seed %i on: what was acknowledged is there, all else wholly or not at all",
    (firstSeed) => {
      for (let seed = firstSeed; seed < firstSeed + SEEDS_IN_TEST; seed += 1) {
        const { facts } = runUntilCrash(seed);
        expect(judgeCrash(facts), `seed ${seed}`).toEqual([]);
        acknowledged += facts.acknowledged.size;
        underWay += facts.attempted.size - facts.acknowledged.size;
        thereUnanswered += facts.moves.filter((move) => !facts.acknowledged.has(move)).length;
      }
    },
  );

  // Crashes without commits before them, and without any under way, would prove little.
  test("strike commits that are done, under way, and done without an answer", () => {
    expect(acknowledged).toBeGreaterThan(CRASHES);
    expect(underWay).toBeGreaterThan(CRASHES / 10);
    expect(thereUnanswered).toBeGreaterThan(CRASHES / 50);
  });
});

describe("a crash that is judged", () => {
  const sound: AfterCrash = {
    initialBalance: 10,
    acknowledged: new Set(["m1"]),
    attempted: new Set(["m1", "m2"]),
    observed: new Set(["m1"]),
    balances: new Map([
      ["0", 7],
      ["1", 13],
    ]),
    moves: ["m1"],
    entries: [
      { move: "m1", account: "0", delta: -3, id: 1 },
      { move: "m1", account: "1", delta: 3, id: 2 },
    ],
    nextEntryId: 33,
  };

  test.for<[string, Partial<AfterCrash>]>([
    ["m2 was acknowledged and is lost", { acknowledged: new Set(["m1", "m2"]) }],
    ["m1 is there, and its COMMIT was never asked for", { attempted: new Set(["m2"]) }],
    ["m1 is there, and no observer was told", { observed: new Set() }],
    ["m1 is there by half: 1 of 2 entries", { entries: sound.entries.slice(0, 1) }],
    ["account 0 has 8, and its entries make it 7", { balances: new Map([["0", 8]]) }],
    ["an entry of m1 is there without it", { moves: [] }],
    ["the number 2 was given out twice", { nextEntryId: 2 }],
  ])("%s", ([complaint, changed]) => {
    expect(judgeCrash(sound)).toEqual([]);
    expect(judgeCrash({ ...sound, ...changed })).toContain(complaint);
  });
});

test.for([22, 24, 26])(
  "the same seeds leave the same events on Node %i",
  { timeout: 120_000 },
  async (major) => {
    const here = HASHED_SEEDS.map((seed) => `${seed} ${runUntilCrash(seed).hash}`);
    expect(new Set(here.map((line) => line.split(" ")[1])).size).toBe(HASHED_SEEDS.length);
    const node = await fetchNode({ major });
    const entry = fileURLToPath(new URL("./crash-hashes.ts", import.meta.url));
    const flags = ["--disable-warning=ExperimentalWarning", entry, ...HASHED_SEEDS.map(String)];
    const { stdout } = await promisify(execFile)(node, flags);
    expect(stdout.trimEnd().split("\n")).toEqual(here);
  },
);
