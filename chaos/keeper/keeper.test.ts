import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ProcessRequest } from "./keeper-messages.ts";
import { startKeeper, type Keeper } from "./keeper.ts";

let keeper: Keeper;
beforeEach(async () => {
  keeper = await startKeeper();
});
afterEach(() => keeper.end());

test("a process that ends tells its code and leaves its words in the log", async () => {
  const request = node(
    keeper,
    "console.log('said'); console.error('shouted'); process.exitCode = 7",
  );
  const one = await keeper.start(request);
  expect(await one.exited).toEqual({ kind: "exited", code: 7 });
  expect(readFileSync(request.logFile, "utf8")).toBe("said\nshouted\n");
});

test("a process that is killed tells the signal", async () => {
  const one = await keeper.start(node(keeper, SLEEPER));
  one.signal("SIGKILL");
  expect(await one.exited).toEqual({ kind: "signalled", signal: "SIGKILL" });
});

test("a program that is not there is refused with its name", async () => {
  const request = { ...node(keeper, ""), name: "ghost", command: "/nowhere/ghost" };
  await expect(keeper.start(request)).rejects.toThrow(/ghost could not be started: .*ENOENT/);
});

test("a process gets the environment it was given and nothing else", async () => {
  const request = node(keeper, "console.log(JSON.stringify(process.env))");
  const one = await keeper.start({ ...request, environment: { ONLY: "this" } });
  await one.exited;
  expect(JSON.parse(readFileSync(request.logFile, "utf8"))).toEqual({ ONLY: "this" });
});

test("a process that ignores its farewell is killed after the grace", async () => {
  const deaf = await startAndHear(keeper, "process.on('SIGTERM', () => {});");
  expect(await deaf.process.stop()).toEqual({ kind: "signalled", signal: "SIGKILL" });
});

test("a process that was stopped is woken to take its leave", async () => {
  const one = await startAndHear(keeper, "process.on('SIGTERM', () => process.exit(3));");
  one.process.signal("SIGSTOP");
  expect(await one.process.stop()).toEqual({ kind: "exited", code: 3 });
});

test("the end stops every process and removes the folder", async () => {
  const processes = await Promise.all([1, 2, 3].map(() => keeper.start(node(keeper, SLEEPER))));
  await keeper.end();
  expect(processes.map((one) => isAlive(one.pid))).toEqual([false, false, false]);
  expect(existsSync(keeper.folder)).toBe(false);
  await expect(keeper.start(node(keeper, SLEEPER))).rejects.toThrow("the run has ended");
});

for (const signal of ["SIGKILL", "SIGINT", "SIGTERM"] as const) {
  test(`a runner ended by ${signal} leaves no process and no folder, a paused one included`, async () => {
    const runner = startRunner();
    const { folder, pids } = await heardFrom(runner.stdout);
    const closed = once(runner, "close");
    runner.kill(signal);
    // The keeper holds the runner's standard error: it closes when the keeper has cleaned up and is
    // gone.
    await closed;
    expect(pids.map(isAlive)).toEqual([false, false]);
    expect(existsSync(folder)).toBe(false);
  });
}

test("a keeper that is killed takes its processes with it, by the runner's hand", async () => {
  const one = await startAndHear(keeper, "");
  process.kill(one.parentPid, "SIGKILL");
  expect(await one.process.exited).toEqual({ kind: "signalled", signal: "SIGKILL" });
  await keeper.end();
  expect(existsSync(keeper.folder)).toBe(false);
});

const SLEEPER = "setInterval(() => {}, 1000)";

function node(of: Keeper, code: string): ProcessRequest {
  return {
    name: "a process",
    command: process.execPath,
    arguments: ["-e", code],
    environment: {},
    folder: of.folder,
    logFile: join(of.folder, "a-process.log"),
    user: null,
    farewell: { signal: "SIGTERM", graceMs: 100 },
  };
}

/**
 * Resolves once the program runs past `code`, heard over a socket: a signal sent earlier would hit
 * its default.
 */
async function startAndHear(of: Keeper, code: string) {
  const server = createServer().listen({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const heard = new Promise<number>((resolve) =>
    server.once("connection", (socket) =>
      socket.on("error", () => {}).once("data", (pid) => resolve(Number(pid.toString()))),
    ),
  );
  const say = `require('node:net').connect(${port}, '127.0.0.1').on('error', () => {})`;
  const program = `${code}; ${say}.write(String(process.ppid)); ${SLEEPER}`;
  const running = await of.start(node(of, program));
  const parentPid = await heard;
  server.close();
  return { process: running, parentPid };
}

/**
 * A runner of its own, with two processes of which one is paused, and without any handler of
 * signals.
 */
function startRunner() {
  const keeperUrl = new URL("./keeper.ts", import.meta.url).href;
  const code = `
    import { startKeeper } from ${JSON.stringify(keeperUrl)};
    const keeper = await startKeeper();
    const request = {
      name: "sleeper", command: process.execPath, arguments: ["-e", ${JSON.stringify(SLEEPER)}], environment: {},
      folder: keeper.folder, logFile: keeper.folder + "/log", user: null, farewell: { signal: "SIGTERM", graceMs: 100 },
    };
    const one = await keeper.start(request);
    const other = await keeper.start(request);
    other.signal("SIGSTOP");
    console.log(JSON.stringify({ folder: keeper.folder, pids: [one.pid, other.pid] }));
  `;
  return spawn(process.execPath, ["--input-type=module", "-e", code], {
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function heardFrom(output: Readable): Promise<{ folder: string; pids: number[] }> {
  return new Promise((resolve, reject) => {
    output.once("end", () => reject(new Error("the runner ended without a word")));
    output.once("data", (line: Buffer) => {
      const told: unknown = JSON.parse(line.toString());
      if (typeof told !== "object" || told === null || !("folder" in told) || !("pids" in told)) {
        return reject(new Error(`the runner said ${line.toString()}`));
      }
      const pids = Array.isArray(told.pids) ? told.pids.map(Number) : [];
      resolve({ folder: String(told.folder), pids });
    });
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
