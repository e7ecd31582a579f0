import { builtinModules } from "node:module";

/**
 * Files that may touch the host: adapters and entry points, everything that runs real servers, what
 * loads variants of the services, what serves developers and their suites, and tests. Everything
 * else is run by the simulation, where the host's clock, randomness and I/O would break replay from
 * a seed.
 */
const HOST_FILES: readonly RegExp[] = [
  /^system\/adapters\//,
  /^system\/main\.ts$/,
  /^chaos\//,
  /^mutation\//,
  /^cli(\.ts$|\/)/,
  /^tools\//,
  /^bench\//,
  /^testing\//,
  /^reports\/write[^/]*\.ts$/,
  /\.test\.ts$/,
  /\.config\.ts$/,
];

/**
 * The files that touch the host for a reason, and what of it. One writes a moment that it is given
 * as text. The others stand between the simulation and the host: one turns the host's task queues,
 * one tells what of the host is waited for, one traps stray uses, one listens for rejections that
 * nobody handled, one shows rows with the very parsers of `pg`.
 */
const HOST_USES: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["system/domain/timestamp.ts", new Set(["new Date"])],
  ["sim/kernel/drain.ts", new Set(["setImmediate", "process", "node:process", "node:timers"])],
  ["sim/kernel/collect-garbage.ts", new Set(["node:v8", "node:vm"])],
  ["sim/kernel/host-resources.ts", new Set(["process", "node:process"])],
  [
    "sim/kernel/tripwire.ts",
    new Set([
      "AbortSignal.timeout",
      "crypto",
      "performance",
      "process",
      "node:crypto",
      "node:module",
      "node:process",
      "node:timers",
      "node:timers/promises",
    ]),
  ],
  ["sim/postgres/client/client-row-codec.ts", new Set(["pg"])],
  ["sim/kernel/unhandled-rejections.ts", new Set(["process", "node:process"])],
]);

const CLOCK_ROAD = "take `clock.nowMs()` from the ports (system/ports/clock.ts)";
const TIMER_ROAD = "take `clock.sleep(delayMs, signal)` from the ports (system/ports/clock.ts)";
const ENTROPY_ROAD =
  "in system/ take `entropy.uuid()` from the ports (system/ports/entropy.ts), elsewhere draw from a named stream of the seed";
const DRAIN_ROAD =
  "await the promise itself; only sim/kernel/drain.ts turns the queues of the simulation";
const NETWORK_ROAD =
  "take the database, broker or server port (system/ports/), and do the I/O in system/adapters/";
const CONFIGURATION_ROAD =
  "take configuration as a parameter; system/main.ts and cli.ts read the environment";

/** A dotted name is a member of a global; `new` and `()` say how the global is used. */
const globalBans: ReadonlyMap<string, string> = new Map([
  ["Date.now", `Date.now is the host's clock: ${CLOCK_ROAD}`],
  ["new Date", `new Date knows the host's clock and time zone: ${CLOCK_ROAD}`],
  ["Date()", `Date() is the host's clock: ${CLOCK_ROAD}`],
  ["performance", `performance is the host's clock: ${CLOCK_ROAD}`],
  ["Math.random", `Math.random cannot be replayed: ${ENTROPY_ROAD}`],
  ["crypto", `crypto cannot be replayed: ${ENTROPY_ROAD}`],
  ["setTimeout", `setTimeout waits on the host's clock: ${TIMER_ROAD}`],
  ["setInterval", `setInterval waits on the host's clock: ${TIMER_ROAD}`],
  ["AbortSignal.timeout", `AbortSignal.timeout waits on the host's clock: ${TIMER_ROAD}`],
  ["setImmediate", `setImmediate depends on the host's queues: ${DRAIN_ROAD}`],
  ["queueMicrotask", `queueMicrotask depends on the host's queues: ${DRAIN_ROAD}`],
  ["process.nextTick", `process.nextTick depends on the host's queues: ${DRAIN_ROAD}`],
  ["process", `process is the host: ${CONFIGURATION_ROAD}`],
  ["fetch", `fetch reaches the host's network: ${NETWORK_ROAD}`],
  ["WebSocket", `WebSocket reaches the host's network: ${NETWORK_ROAD}`],
  [
    "console",
    "console writes to the host: take `telemetry.event()` from the ports (system/ports/telemetry.ts), or return the text for cli.ts to print",
  ],
  [
    "Math.pow",
    "Math.pow differs between Node versions for fractions, and replay must not: multiply whole numbers, or use bigint",
  ],
]);

const builtins = new Set(builtinModules);

/** True where a file may use the host's clock, randomness, network and Node's own modules. */
export function mayTouchHost(file: string): boolean {
  return HOST_FILES.some((pattern) => pattern.test(file));
}

/**
 * The message for a use of a global in a file, or undefined when it is allowed there.
 *
 * @param use `name` is like `Date.now`, `new Date`, `Date()` or `fetch`; `file` is the path in the
 * project
 */
export function globalBanMessage(use: { name: string; file: string }): string | undefined {
  if (mayTouchHost(use.file)) {
    return undefined;
  }
  if (HOST_USES.get(use.file)?.has(use.name) === true) {
    return undefined;
  }
  return globalBans.get(use.name);
}

/**
 * The message for an import of a package or a module of Node, or undefined when it is allowed
 * there.
 *
 * @param use `specifier` as written in the import; `file` is the path in the project
 */
export function packageBanMessage(use: { specifier: string; file: string }): string | undefined {
  if (mayTouchHost(use.file)) {
    return undefined;
  }
  if (HOST_USES.get(use.file)?.has(use.specifier) === true) {
    return undefined;
  }
  if (use.specifier.startsWith("node:") || builtins.has(use.specifier)) {
    return `${use.specifier} is the host's: declare a port (system/ports/) and implement it in system/adapters/; files of a report are written by reports/write*.ts`;
  }
  if (use.specifier === "pg") {
    return "pg belongs to its adapter: take the database port (system/ports/database.ts)";
  }
  if (use.specifier === "kafkajs") {
    return "kafkajs belongs to its adapter: take the broker port (system/ports/broker.ts)";
  }
  if (use.specifier === "toxiproxy-node-client") {
    return "Toxiproxy belongs to chaos/toxiproxy/: ask the World port for a fault (scenarios/world.ts)";
  }
  return undefined;
}
