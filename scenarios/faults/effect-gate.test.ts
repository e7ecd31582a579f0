import { describe, expect, it } from "vitest";
import { crashAt } from "../testing/sample-plan.ts";
import { ArmedFaults } from "./armed-faults.ts";
import { createEffectGate, type GateVerdict } from "./effect-gate.ts";
import type { Fault } from "./fault.ts";

const COMMIT = "payment-1/payment-db/accept.commit";

/** A gate whose world answers every fault with `verdict`, and what was seen, in order. */
function createScene(options: {
  readonly faults?: readonly Fault[];
  readonly verdict?: GateVerdict;
  readonly incarnation?: number;
}) {
  const seen: string[] = [];
  const { faults = [], verdict = { kind: "pass" }, incarnation = 1 } = options;
  const armed = new ArmedFaults(faults.map((fault, index) => ({ fault, index })));
  const gate = createEffectGate({
    process: "payment-1",
    incarnation,
    armed,
    strike({ index }) {
      seen.push(`fault ${index}`);
      return verdict;
    },
  });
  const port = {
    failed: () => "failed",
    replyLost: (reply: string | undefined) => `lost ${reply}`,
  };
  const commit = (label: string) =>
    gate.pass(
      "payment-db",
      "accept.commit",
      async () => {
        seen.push(label);
        return label;
      },
      port,
    );
  return { gate, seen, commit, armed };
}

const before = crashAt(`${COMMIT}#1`, "before");
const after = crashAt(`${COMMIT}#1`, "after");

describe("an effect gate", () => {
  it("lets an effect without a fault take place, and counts it", async () => {
    const { gate, seen, commit } = createScene({ faults: [crashAt(`${COMMIT}#2`, "after")] });
    expect(await commit("first")).toBe("first");
    expect(seen).toEqual(["first"]);
    expect(gate.count()).toBe(1);
  });

  it("counts each operation by itself, within one incarnation", async () => {
    const faults = [
      crashAt(`${COMMIT}#2`, "before"),
      crashAt("payment-1~2/payment-db/accept.commit#1", "before"),
    ];
    const first = createScene({ faults });
    await first.gate.pass("kafka", "produce", async () => "", {
      failed: () => "",
      replyLost: () => "",
    });
    await first.commit("one");
    await first.commit("two");
    expect(first.seen).toEqual(["one", "fault 0", "two"]);
    const second = createScene({ faults, incarnation: 2 });
    await second.commit("one");
    expect(second.seen).toEqual(["fault 1", "one"]);
  });

  it("strikes once, on its side of the effect", async () => {
    const { seen, commit } = createScene({ faults: [after, before] });
    await commit("took place");
    await commit("again");
    expect(seen).toEqual(["fault 1", "took place", "fault 0", "again"]);
  });

  it("dies before the effect takes place, or after it", async () => {
    const death = Promise.reject(new Error("dead"));
    death.catch(() => {});
    const early = createScene({ faults: [before], verdict: { kind: "die", death } });
    await expect(early.commit("took place")).rejects.toThrow("dead");
    expect(early.seen).toEqual(["fault 0"]);
    const late = createScene({ faults: [after], verdict: { kind: "die", death } });
    await expect(late.commit("took place")).rejects.toThrow("dead");
    expect(late.seen).toEqual(["took place", "fault 0"]);
  });

  it.each(["hold", "delay"] as const)("lets nothing go on while it is told to %s", async (kind) => {
    const { promise: until, resolve } = Promise.withResolvers<void>();
    const { seen, commit } = createScene({ faults: [before], verdict: { kind, until } });
    const reply = commit("took place");
    await Promise.resolve();
    expect(seen).toEqual(["fault 0"]);
    resolve();
    expect(await reply).toBe("took place");
  });

  it("does not strike any more once it is disarmed, not even after an effect at which it held", async () => {
    const { promise: until, resolve } = Promise.withResolvers<void>();
    const scene = createScene({ faults: [before, after], verdict: { kind: "hold", until } });
    const reply = scene.commit("took place");
    scene.armed.disarm();
    resolve();
    expect(await reply).toBe("took place");
    expect(scene.seen).toEqual(["fault 0", "took place"]);
  });

  it("shows its caller a failure before the effect, which does not take place", async () => {
    const { seen, commit } = createScene({
      faults: [before],
      verdict: { kind: "fail", code: "40001" },
    });
    expect(await commit("took place")).toBe("failed");
    expect(seen).toEqual(["fault 0"]);
  });

  it("keeps the reply of an effect that took place from its caller", async () => {
    const fault = { kind: "lost-reply", effect: `${COMMIT}#1` } as const;
    const { seen, commit } = createScene({ faults: [fault], verdict: { kind: "lose-reply" } });
    expect(await commit("took place")).toBe("lost took place");
    expect(seen).toEqual(["took place", "fault 0"]);
  });

  it("strikes after an effect that was answered with an error, too", async () => {
    const fault = { kind: "lost-reply", effect: "payment-1/kafka/produce#1" } as const;
    const { gate, seen } = createScene({ faults: [fault], verdict: { kind: "lose-reply" } });
    const refuse = () => Promise.reject(new Error("refused"));
    const port = { failed: () => "", replyLost: (reply?: string) => `lost ${reply}` };
    expect(await gate.pass("kafka", "produce", refuse, port)).toBe("lost undefined");
    expect(seen).toEqual(["fault 0"]);
    await expect(gate.pass("kafka", "produce", refuse, port)).rejects.toThrow("refused");
  });
});
