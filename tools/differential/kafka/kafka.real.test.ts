import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startKeeper, type Keeper } from "../../../chaos/keeper/keeper.ts";
import { startKafkaCluster, type KafkaCluster } from "../../../chaos/local/kafka-cluster.ts";
import { clusterContract } from "../../../scenarios/contracts/cluster-contract.ts";
import { handlerScripts, serverScripts } from "../../../scenarios/contracts/group-script.ts";
import { openRealStage } from "./real-stage.ts";
import { SAVED_SCRIPTS } from "./saved-scripts.ts";
import { AT_ONCE_MAX, findDifferences, findDifferencesTogether } from "./side-by-side.ts";

/** `DIFFERENTIAL_SCRIPTS` says how many of each kind, `DIFFERENTIAL_SEED` which ones. */
const COUNT = Number(process.env["DIFFERENTIAL_SCRIPTS"] ?? 4);
const SEED = Number(process.env["DIFFERENTIAL_SEED"] ?? Date.now() % 1_000_000);
const BOUND_MS = 60_000 + COUNT * 30_000;

let keeper: Keeper;
let cluster: KafkaCluster;
beforeAll(async () => {
  keeper = await startKeeper();
  cluster = await startKafkaCluster({ keeper, clients: [] });
});
afterAll(async () => {
  await cluster?.stop();
  await keeper?.end();
});

describe("Apache Kafka, three brokers", () => {
  it.each(clusterContract)("$claim", async ({ check }) => {
    const stage = await openRealStage(cluster);
    try {
      expect(await check(stage)).toBeUndefined();
    } finally {
      await stage.close();
    }
  });
});

describe(`kafkajs on real brokers and our client on simulated ones, DIFFERENTIAL_SEED=${SEED}`, () => {
  it(
    "come to the same, whatever the handlers of two and of three members do",
    async () => {
      const drawn = ([2, 3] as const).flatMap((members) =>
        fc.sample(handlerScripts(members), { seed: SEED, numRuns: COUNT }),
      );
      expect(await findDifferences(cluster, [...SAVED_SCRIPTS, ...drawn])).toEqual([]);
    },
    BOUND_MS,
  );

  it(
    "come to the same, whatever happens to members and to a broker",
    async () => {
      const rounds = Math.ceil(COUNT / AT_ONCE_MAX);
      const sets = fc.sample(serverScripts(AT_ONCE_MAX), { seed: SEED, numRuns: rounds });
      for (const scripts of sets) {
        expect(await findDifferencesTogether(cluster, scripts)).toEqual([]);
      }
    },
    BOUND_MS,
  );
});
