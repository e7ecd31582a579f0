import { describe, expect, it } from "vitest";
import type { CrashFault } from "../plans/plan.ts";
import { createEffectGate } from "./effect-gate.ts";

const crash = (effect: string, when: "before" | "after"): CrashFault => ({
  kind: "crash",
  effect,
  when,
  restartAfterMs: 100,
});

function createScene(fault: CrashFault | undefined, incarnation = 1) {
  const seen: string[] = [];
  const gate = createEffectGate({
    process: "payment-1",
    incarnation,
    faultAt: (effect) => {
      seen.push(effect);
      return fault?.effect === effect ? fault : undefined;
    },
    die: () => {
      seen.push("death");
      return Promise.reject(new Error("dead"));
    },
  });
  const commit = (label: string) =>
    gate.pass("payment-db", "accept.commit", async () => {
      seen.push(label);
      return label;
    });
  return { gate, seen, commit };
}

describe("an effect gate", () => {
  it("names effects by process, resource and operation, and counts each", async () => {
    const { gate, seen, commit } = createScene(undefined);
    await commit("first");
    await gate.pass("kafka", "produce", async () => {});
    await commit("second");
    expect(seen.filter((each) => each.includes("/"))).toEqual([
      "payment-1/payment-db/accept.commit#1",
      "payment-1/kafka/produce#1",
      "payment-1/payment-db/accept.commit#2",
    ]);
    expect(gate.count()).toBe(3);
  });

  it("names a later incarnation, so that no name is used twice", async () => {
    const { seen, commit } = createScene(undefined, 2);
    await commit("first");
    expect(seen[0]).toBe("payment-1~2/payment-db/accept.commit#1");
  });

  it("dies before the effect takes place", async () => {
    const { seen, commit } = createScene(crash("payment-1/payment-db/accept.commit#1", "before"));
    await expect(commit("took place")).rejects.toThrow("dead");
    expect(seen).toEqual(["payment-1/payment-db/accept.commit#1", "death"]);
  });

  it("dies after the effect took place, before its caller learns of it", async () => {
    const { seen, commit } = createScene(crash("payment-1/payment-db/accept.commit#1", "after"));
    await expect(commit("took place")).rejects.toThrow("dead");
    expect(seen).toEqual(["payment-1/payment-db/accept.commit#1", "took place", "death"]);
  });
});
