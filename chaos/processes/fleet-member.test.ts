import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Fault } from "../../scenarios/faults/fault.ts";
import type { ProcessSpecification } from "../../scenarios/plans/topology.ts";
import { crashAt, samplePlan } from "../../scenarios/testing/sample-plan.ts";
import type { UniverseEvent } from "../../scenarios/world.ts";
import { startKeeper, type Keeper, type KeptProcess } from "../keeper/keeper.ts";
import { FleetMember } from "./fleet-member.ts";
import type { FleetRun } from "./fleet-run.ts";

let keeper: Keeper;
let stopping: AbortController;
beforeEach(async () => {
  keeper = await startKeeper();
  stopping = new AbortController();
});
afterEach(async () => {
  stopping.abort();
  await keeper.end();
});

test("a process that crashed starts again after its fault's delay, and its log goes on", async () => {
  const { member, run, told, log } = memberOf(
    "if (incarnation === 1) { say('first'); crash(); } say('second')",
  );
  await member.start();
  const crashed = await told("fault");
  const restarted = await told("restart");
  await told("exit");
  expect(restarted.atMs - crashed.atMs).toBeGreaterThanOrEqual(FAULT.restartAfterMs);
  expect(run.fired).toEqual(new Set([0]));
  expect(log()).toBe("first\nsecond\n");
});

test("an incarnation gets the orders of the moment at which it starts", async () => {
  const { member, run, told, log } = memberOf(
    "say(faults.length); if (incarnation === 1) { crash(); }",
  );
  await member.start();
  await told("fault");
  run.disarmed = true;
  await told("exit");
  expect(log()).toBe("1\n0\n");
});

test("a process that dies without a report is told of, with the last error of its log", async () => {
  const { member, told } = memberOf("say('Error: no database'); die()");
  await member.start();
  expect(await told("exit")).toMatchObject({
    process: "payment-1",
    reason: "ended by SIGKILL: Error: no database",
  });
});

test("a stop ends the incarnation that runs", async () => {
  const { member, kept } = memberOf(SLEEP);
  await member.start();
  stopping.abort();
  await member.stop();
  expect(kept.map(isAlive)).toEqual([false]);
});

test("a stop cancels the start that waits", async () => {
  const { member, kept, told } = memberOf("crash()", { ...FAULT, restartAfterMs: 3_600_000 });
  await member.start();
  await told("fault");
  stopping.abort();
  await member.stop();
  expect(kept.map(isAlive)).toEqual([false]);
});

for (const ordinal of [1, 2]) {
  test(`a stop ends incarnation ${ordinal} when it is just being started`, async () => {
    const code = `if (incarnation < ${ordinal}) { crash(); } ${SLEEP}`;
    const stopped = Promise.withResolvers<void>();
    const { member, kept } = memberOf(code, FAULT, () => {
      if (kept.length === ordinal) {
        stopping.abort();
        stopped.resolve(member.stop());
      }
    });
    await member.start();
    await stopped.promise;
    expect(kept.map(isAlive)).toEqual(kept.map(() => false));
  });
}

const SLEEP = "setInterval(() => {}, 1000)";
const FAULT = crashAt("payment-1/kafka/produce#1", "before", 300);
const SPECIFICATION: ProcessSpecification = { name: "payment-1", roles: ["payment-relay"] };

/**
 * A member whose process runs `code`, and what is seen of it. `starting` is called when a process
 * was started and the member does not know it yet.
 */
function memberOf(code: string, fault: Fault = FAULT, starting = () => {}) {
  const program = join(keeper.folder, "program.cjs");
  writeFileSync(program, `${PRELUDE}\n${code}`);
  const kept: KeptProcess[] = [];
  const watched: Keeper = {
    folder: keeper.folder,
    end: () => keeper.end(),
    async start(request) {
      const one = await keeper.start(request);
      kept.push(one);
      starting();
      return one;
    },
  };
  const { told, tell, fail } = listen();
  const run: FleetRun = {
    site: {
      keeper: watched,
      seats: new Map([["payment-1", SEAT]]),
      plan: samplePlan({ faults: [fault], topology: [SPECIFICATION] }),
      folder: keeper.folder,
      beganAtMs: 0,
    },
    program,
    faults: [{ fault, index: 0 }],
    fired: new Set(),
    tell,
    fail,
    effects: 0,
    disarmed: false,
    stopping: stopping.signal,
  };
  const log = () => readFileSync(join(keeper.folder, "payment-1.log"), "utf8");
  return { member: new FleetMember(run, SPECIFICATION), run, kept, told, log };
}

/** What the program can say and do. */
const PRELUDE = `
  const { incarnation, reportFile, faults } = JSON.parse(process.env.FALCONPAY_CHILD);
  const say = (text) => console.log(text);
  const die = () => process.kill(process.pid, "SIGKILL");
  const report = (said) => {
    const line = JSON.stringify({ atMs: Date.now(), index: faults[0].index, ...said });
    require("node:fs").appendFileSync(reportFile, line + "\\n");
  };
  const crash = () => {
    report({ kind: "fault", phase: "begin" });
    die();
  };
`;

/** Resolves with the first event of a kind, told already or not; rejects when the run fails. */
function listen() {
  const first = new Map<string, PromiseWithResolvers<UniverseEvent>>();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  const of = (kind: UniverseEvent["kind"]) => {
    const known = first.get(kind) ?? Promise.withResolvers<UniverseEvent>();
    first.set(kind, known);
    return known;
  };
  return {
    told: (kind: UniverseEvent["kind"]) => Promise.race([of(kind).promise, failed.promise]),
    tell: (event: UniverseEvent) => of(event.kind).resolve(event),
    fail: failed.reject,
  };
}

const SEAT = {
  addresses: {
    name: "seat-1",
    kafka: { brokers: [] },
    readers: new Map(),
    databases: new Map([
      ["payment", { host: "", port: 0, database: "payment", user: "", password: "" }],
    ]),
  },
  httpPort: 0,
  clientAddress: "",
};

function isAlive({ pid }: KeptProcess): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
