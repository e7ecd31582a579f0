import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startKeeper, type Keeper } from "../keeper/keeper.ts";
import { createSupervisor, type Supervisor } from "./supervisor.ts";

let keeper: Keeper;
let supervisor: Supervisor;
beforeEach(async () => {
  keeper = await startKeeper();
  supervisor = createSupervisor({ keeper, logsFolder: keeper.folder });
});
afterEach(() => keeper.end());

test("a process that died is started again and its log goes on", async () => {
  const one = await supervisor.start(
    service("console.log('life ' + process.env.LIFE)", { LIFE: "1" }),
  );
  const second = await one.restartAfter(0, () => ({ LIFE: "2" }));
  expect(second?.incarnation).toBe(2);
  await second?.exited;
  expect(one.exits).toEqual([
    { kind: "exited", code: 0 },
    { kind: "exited", code: 0 },
  ]);
  expect(readFileSync(one.logFile, "utf8")).toBe("life 1\nlife 2\n");
});

test("a process that kills itself is known by its signal", async () => {
  const one = await supervisor.start(service("process.kill(process.pid, 'SIGKILL')"));
  expect(await one.life.exited).toEqual({ kind: "signalled", signal: "SIGKILL" });
});

test("a process that ignores SIGTERM is gone within its bound", async () => {
  const one = await supervisor.start(service(`process.on('SIGTERM', () => {}); ${SLEEPER}`));
  expect((await one.terminate()).kind).toBe("signalled");
});

test("stopping ends every process and cancels a restart that waits", async () => {
  const crashed = await supervisor.start({ ...service(SLEEPER), name: "crashed" });
  const living = await supervisor.start({ ...service(SLEEPER), name: "living" });
  await crashed.kill();
  const restarted = crashed.restartAfter(3_600_000);
  await supervisor.stop();
  expect(await restarted).toBeUndefined();
  expect((await living.life.exited).kind).toBe("signalled");
  await expect(supervisor.start(service(SLEEPER))).rejects.toThrow("the supervisor was stopped");
});

test("a name can be given once", async () => {
  await supervisor.start(service(SLEEPER));
  await expect(supervisor.start(service(SLEEPER))).rejects.toThrow(
    "a process named service was started before",
  );
});

const SLEEPER = "setInterval(() => {}, 1000)";

function service(code: string, environment: Record<string, string> = {}) {
  const program = join(keeper.folder, "service.cjs");
  writeFileSync(program, code);
  return { name: "service", program, arguments: [], environment, terminationMs: 100 };
}
