import { expect, it } from "vitest";
import { DatabaseError } from "../ports/database.ts";
import { fixedEntropy } from "../testing/samples.ts";
import { scriptedDatabase } from "../testing/scripted-database.ts";
import { freezeWallet } from "./freeze-wallet.ts";

it.each([
  ["40P01", true],
  ["40001", false],
  ["55P03", true],
])("is run again after %s, whether it freezes (%s) or lets go", async (code, frozen) => {
  const failures = [new DatabaseError("not now", { code, applied: "no" })];
  const lines: string[] = [];
  const database = scriptedDatabase((sql) =>
    sql.startsWith("UPDATE wallets") ? failures.shift() : undefined,
  );
  const ports = {
    database,
    clock: { nowMs: () => 0, async sleep() {} },
    entropy: fixedEntropy,
    telemetry: { event: (name: string) => void lines.push(name) },
  };
  await expect(freezeWallet(ports, "salim", frozen)).resolves.toBeUndefined();
  expect(lines).toEqual(["transaction.retry"]);
  expect(database.parametersOf("UPDATE wallets")).toEqual([
    ["salim", frozen],
    ["salim", frozen],
  ]);
});
