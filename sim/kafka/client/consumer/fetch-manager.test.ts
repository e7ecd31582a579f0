import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { expect, test } from "vitest";

/**
 * A consumer with two brokers, of which one is gone and the other has a long poll under way. It is
 * stopped meanwhile, and asked to fetch again in the end: with each answer at once, nothing else
 * would get a turn.
 */
const STOPPED_WHILE_BROKERS_CHANGE = `
  const createFetchManager = require(process.argv[1]);
  const createLogger = () => ({ namespace: createLogger, debug() {}, info() {} });
  let isRunning = true;
  let brokers = ["1", "2"];
  let asked = 0;
  const manager = createFetchManager({
    logger: createLogger(),
    getNodeIds: () => brokers,
    async fetch(broker) {
      if (isRunning) {
        await new Promise((resolve) => setTimeout(resolve, broker === "1" ? 20 : 100));
      } else if (++asked === 100_000) {
        process.exit(7);
      }
      return [];
    },
    async handler() {},
  });
  void manager.start();
  setTimeout(() => (brokers = ["1"]), 10);
  setTimeout(() => { isRunning = false; void manager.stop(); }, 50);
  setTimeout(() => process.exit(0), 1_000);
`;

test("kafkajs's fetchers starve their process when they are stopped while brokers change", () => {
  const path = createRequire(import.meta.url).resolve("kafkajs/src/consumer/fetchManager");
  const { status } = spawnSync(process.execPath, ["-e", STOPPED_WHILE_BROKERS_CHANGE, path]);
  // 0 if a timer had had its turn.
  expect(status).toBe(7);
});
