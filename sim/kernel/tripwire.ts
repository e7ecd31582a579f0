import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import process from "node:process";
import timers from "node:timers";
import timersPromises from "node:timers/promises";
import { isInsideSimulation } from "./inside.ts";

/** Simulated code reached for the host. The stack says where. */
export class HostReached extends Error {
  override readonly name = "HostReached";

  constructor(what: string) {
    super(`${what} is the host's, not the simulation's: take it from the ports`);
  }
}

/**
 * Makes the host's clock, timers and randomness throw inside simulated code until disposed: `using
 * tripwire = installTripwire()`. Outside of it, in a turn of the host, they work as ever, so that a
 * test runner goes on. It sees the globals and the exports of `node:crypto`, `node:timers` and
 * `node:timers/promises`, but not a function that was taken out of its object before; the linter
 * forbids all of them in simulated code.
 */
export function installTripwire(): Disposable {
  const restores = TRAPS.flatMap(({ of, holder, names }) =>
    names.flatMap((name) => trap(holder, name, `${of}${name}`)),
  );
  restores.push(replace(globalThis, "Date", trappedDate()));
  syncBuiltinESMExports();
  return {
    [Symbol.dispose]() {
      for (const restore of restores.toReversed()) {
        restore();
      }
      syncBuiltinESMExports();
    },
  };
}

const TIMERS = ["setTimeout", "setInterval", "setImmediate"];

const TRAPS: readonly {
  /** How the holder is written before the name: `Math.`. */
  readonly of: string;
  readonly holder: object;
  readonly names: readonly string[];
}[] = [
  { of: "", holder: globalThis, names: [...TIMERS, "fetch"] },
  { of: "timers.", holder: timers, names: TIMERS },
  { of: "timers/promises.", holder: timersPromises, names: TIMERS },
  { of: "AbortSignal.", holder: AbortSignal, names: ["timeout"] },
  { of: "Math.", holder: Math, names: ["random"] },
  {
    of: "crypto.",
    holder: crypto,
    names: ["randomUUID", "randomBytes", "randomInt", "randomFillSync"],
  },
  { of: "crypto.", holder: globalThis.crypto, names: ["randomUUID", "getRandomValues"] },
  { of: "crypto.subtle.", holder: globalThis.crypto.subtle, names: ["digest", "generateKey"] },
  { of: "performance.", holder: performance, names: ["now"] },
  { of: "process.", holder: process, names: ["hrtime", "uptime"] },
];

function trap(holder: object, name: string, what: string): (() => void)[] {
  const original: unknown = Reflect.get(holder, name);
  return typeof original === "function" ? [replace(holder, name, trapped(original, what))] : [];
}

/** The function with all that hangs on it, as `process.hrtime.bigint` does. */
function trapped(original: object, what: string): object {
  return new Proxy(original, {
    apply(target, self: unknown, parts: unknown[]): unknown {
      demandOutside(what);
      return typeof target === "function" ? Reflect.apply(target, self, parts) : undefined;
    },
    get(target, property): unknown {
      const value: unknown = Reflect.get(target, property);
      const isOwnFunction = typeof value === "function" && Object.hasOwn(target, property);
      return isOwnFunction ? trapped(value, `${what}.${String(property)}`) : value;
    },
  });
}

/** Dates made from a given instant stay allowed: formatting a simulated time reads no clock. */
function trappedDate(): DateConstructor {
  return new Proxy(Date, {
    construct(target, parts, newTarget) {
      if (parts.length === 0) {
        demandOutside("new Date()");
      }
      const made: unknown = Reflect.construct(target, parts, newTarget);
      if (made instanceof target) {
        return made;
      }
      throw new TypeError("a Date that is none");
    },
    apply(target) {
      demandOutside("Date()");
      return target();
    },
    get(target, property, receiver) {
      if (property === "now") {
        demandOutside("Date.now");
      }
      const value: unknown = Reflect.get(target, property, receiver);
      return value;
    },
  });
}

function demandOutside(what: string): void {
  if (isInsideSimulation()) {
    throw new HostReached(what);
  }
}

function replace(target: object, property: string, value: unknown): () => void {
  const own = Object.getOwnPropertyDescriptor(target, property);
  Object.defineProperty(target, property, { value, configurable: true, writable: true });
  return () => {
    if (own === undefined) {
      Reflect.deleteProperty(target, property);
    } else {
      Object.defineProperty(target, property, own);
    }
  };
}
