import { expect, it } from "vitest";
import { fixedEntropy } from "../testing/samples.ts";
import { scriptedDatabase } from "../testing/scripted-database.ts";
import { runDaily } from "./run-daily.ts";

it("waits at midnight for the run that is under way, and then makes its own", async () => {
  const stopping = new AbortController();
  const sleeps: number[] = [];
  const lines: string[] = [];
  const locks = [false, false, true];
  const database = scriptedDatabase((sql) =>
    sql.includes("pg_try_advisory_lock") ? { rows: [{ is_free: locks.shift() }] } : undefined,
  );
  await runDaily(
    {
      database,
      sources: { payment: scriptedDatabase(), wallet: scriptedDatabase() },
      clock: { nowMs: () => 86_400_000 - 5_000, sleep: async (ms) => void sleeps.push(ms) },
      entropy: fixedEntropy,
      producer: { async send() {}, async disconnect() {} },
      telemetry: {
        event(name) {
          lines.push(name);
          stopping.abort();
        },
      },
    },
    stopping.signal,
  );
  expect(sleeps.slice(0, 3)).toEqual([5_000, 60_000, 60_000]);
  expect(lines).toEqual(["reconciliation.run"]);
  expect(database.parametersOf("INSERT INTO reconciliation_runs")).toHaveLength(1);
});
