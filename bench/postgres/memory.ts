import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Session } from "../../sim/postgres/server/session.ts";
import { askEngine, openEngine } from "./engine-contender.ts";
import { SCHEMA, transfer } from "./workload.ts";

const ROWS_WEIGHED = 50_000;
const ENGINES = 10_000;
const TRANSFERS_WEIGHED = 60;
/** Until then the compiler is still at work, and leaves garbage of its own. */
const TRANSFERS_TO_WARM = 10_000;
const STATEMENTS_OF_TRANSFER = 9;
const ROUNDS = 9;

/** Bytes of heap for each row of the inbox, with its one index. */
export function bytesPerRow(): number {
  const session = openEngine(SCHEMA);
  const before = heapAfterCollection();
  for (let at = 0; at < ROWS_WEIGHED; at += 1) {
    const sql = "INSERT INTO inbox (event_id, topic, claimed_at_ms) VALUES ($1, $2, $3)";
    askEngine(session, { sql, parameters: [`event-${at}`, "payments", at] });
  }
  const bytes = (heapAfterCollection() - before) / ROWS_WEIGHED;
  askEngine(session, { sql: "SELECT count(*) FROM inbox", parameters: [] });
  return bytes;
}

/**
 * Bytes that a statement of the transfer leaves for the collector in an engine that is warm,
 * without what it keeps, and without what the bench needs to ask.
 */
export function garbagePerStatement(session: Session, from: number): number {
  for (let at = 0; at < TRANSFERS_TO_WARM; at += 1) {
    for (const one of transfer(from + at)) {
      askEngine(session, one);
    }
  }
  const samples: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const asked = Array.from({ length: TRANSFERS_WEIGHED }, (_, at) =>
      transfer(from + TRANSFERS_TO_WARM + round * TRANSFERS_WEIGHED + at),
    ).flat();
    const before = heapAfterCollection();
    for (const one of asked) {
      askEngine(session, one);
    }
    const allocated = process.memoryUsage().heapUsed - before;
    const kept = heapAfterCollection() - before;
    samples.push((allocated - kept) / (TRANSFERS_WEIGHED * STATEMENTS_OF_TRANSFER));
  }
  // A collection in the middle of a sample makes it too small.
  return Math.max(...samples);
}

/** Bytes by which the heap grows for each engine that was made, used and forgotten. */
export function growthPerEngine(): number {
  const live = () => {
    const session = openEngine(SCHEMA);
    askEngine(session, {
      sql: "INSERT INTO wallets VALUES ('w0', 'OMR', 1000, 1), ('w17', 'OMR', 1, 1), ('w18', 'OMR', 1, 1)",
      parameters: [],
    });
    for (const asked of transfer(1).slice(0, 3)) {
      askEngine(session, asked);
    }
  };
  for (let warm = 0; warm < ENGINES / 10; warm += 1) {
    live();
  }
  const before = heapAfterCollection();
  for (let made = 0; made < ENGINES; made += 1) {
    live();
  }
  return (heapAfterCollection() - before) / ENGINES;
}

/** Milliseconds for a fresh engine with the migrations of the wallet and the payment service. */
export function freshEngineMs(): number {
  const root = join(import.meta.dirname, "../../system");
  const migrations = ["payment", "wallet"].map((service) => {
    const folder = join(root, service, "migrations");
    return readdirSync(folder)
      .toSorted()
      .map((file) => readFileSync(join(folder, file), "utf8"));
  });
  const times: number[] = [];
  for (let round = 0; round < 200; round += 1) {
    const beganAtMs = performance.now();
    for (const schema of migrations) {
      openEngine(schema);
    }
    times.push((performance.now() - beganAtMs) / migrations.length);
  }
  return times.toSorted((left, right) => left - right)[times.length / 2] ?? Number.NaN;
}

function heapAfterCollection(): number {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") {
    throw new Error("this Node cannot be told to collect garbage");
  }
  for (let time = 0; time < 3; time += 1) {
    Reflect.apply(collect, undefined, []);
  }
  return process.memoryUsage().heapUsed;
}
