import crypto from "node:crypto";

/** Simulated code reached for the host. The stack says where. */
export class HostReached extends Error {
  override readonly name = "HostReached";

  constructor(what: string) {
    super(`${what} is the host's, not the simulation's: take it from the ports`);
  }
}

/**
 * Makes the host's clock, timers and randomness throw until disposed: `using tripwire =
 * installTripwire()`. It sees the globals and `crypto.randomUUID`; an import of `node:timers` or
 * `node:timers/promises` it cannot see, and the linter forbids those. For tests that run simulated
 * code.
 */
export function installTripwire(): Disposable {
  const restores = [
    replace(globalThis, "Date", forbiddenDate()),
    replace(Math, "random", forbidden("Math.random")),
    replace(crypto, "randomUUID", forbidden("crypto.randomUUID")),
    replace(globalThis.crypto, "randomUUID", forbidden("crypto.randomUUID")),
    replace(globalThis.crypto, "getRandomValues", forbidden("crypto.getRandomValues")),
    ...(["setTimeout", "setInterval", "setImmediate", "fetch"] as const).map((name) =>
      replace(globalThis, name, forbidden(name)),
    ),
    replace(performance, "now", forbidden("performance.now")),
  ];
  return {
    [Symbol.dispose]() {
      for (const restore of restores.toReversed()) {
        restore();
      }
    },
  };
}

function forbidden(what: string): () => never {
  return () => {
    throw new HostReached(what);
  };
}

/** Dates made from a given instant stay allowed: formatting a simulated time reads no clock. */
function forbiddenDate(): DateConstructor {
  return new Proxy(Date, {
    construct(target, parts, newTarget) {
      if (parts.length === 0) {
        throw new HostReached("new Date()");
      }
      const made: unknown = Reflect.construct(target, parts, newTarget);
      if (made instanceof target) {
        return made;
      }
      throw new TypeError("a Date that is none");
    },
    apply() {
      throw new HostReached("Date()");
    },
    get(target, property, receiver) {
      const value: unknown = Reflect.get(target, property, receiver);
      return property === "now" ? forbidden("Date.now") : value;
    },
  });
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
