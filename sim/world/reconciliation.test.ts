import { describe, expect, it } from "vitest";
import type { DayStage } from "../../scenarios/contracts/ordinary-day.ts";
import { reconciliationContract } from "../../scenarios/contracts/reconciliation-contract.ts";
import { setAsideContract } from "../../scenarios/contracts/set-aside-contract.ts";
import { readMigrations } from "../../system/adapters/migration-files.ts";
import { migrate } from "../../system/database/migrate.ts";
import { createSimulatedDatabase } from "../adapters/postgres-database.ts";
import { createSimulatedClock, createSimulatedEntropy } from "../adapters/simulated-host.ts";
import { createKernel, type Kernel } from "../kernel/kernel.ts";
import type { SimulatedProcess } from "../kernel/simulated-process.ts";
import { createNetwork } from "../network/network.ts";
import { postgresProtocol } from "../postgres/server/postgres-protocol.ts";
import { startPostgresServer } from "../postgres/server/postgres-server.ts";
import { loadPostgresParser } from "../postgres/syntax/postgres-parser.ts";

describe("reconciliation, on the simulated PostgreSQL", () => {
  it.each(reconciliationContract)("$claim", async ({ check }) => {
    await loadPostgresParser();
    const kernel = createKernel({ seed: "1" });
    const checking = kernel.run(async (self) => check(await dayStage(kernel, self)));
    await expect(checking).resolves.toBeUndefined();
  });
});

describe("messages that were set aside, on the simulated PostgreSQL", () => {
  it.each(setAsideContract)("$claim", async ({ check }) => {
    await loadPostgresParser();
    const kernel = createKernel({ seed: "1" });
    const checking = kernel.run(async (self) => check(await dayStage(kernel, self)));
    await expect(checking).resolves.toBeUndefined();
  });
});

async function dayStage(kernel: Kernel, self: SimulatedProcess): Promise<DayStage> {
  const network = createNetwork({ kernel });
  const clock = createSimulatedClock(self);
  const open = async (service: "payment" | "wallet" | "reconciliation") => {
    const port = postgresProtocol.at(`${service}-db`);
    startPostgresServer({ kernel, network, port, onCommit() {} });
    const database = createSimulatedDatabase({ network, process: self, server: port });
    await migrate({ database, clock }, readMigrations(service));
    return database;
  };
  return {
    payment: await open("payment"),
    wallet: await open("wallet"),
    reconciliation: await open("reconciliation"),
    clock,
    entropy: createSimulatedEntropy(self),
  };
}
