import { beforeEach, describe, expect, test } from "vitest";
import { createKernel, type Kernel } from "../../kernel/kernel.ts";
import type { KafkaErrorCode } from "../protocol/error-code.ts";
import type { KafkaReply, KafkaRequest } from "../protocol/protocol.ts";
import { KafkaBroker } from "./broker.ts";

/** The broker alone, spoken to request by request; replies are noted when they come. */
class Conversation {
  readonly #kernel: Kernel = createKernel({ seed: "group" });
  readonly broker: KafkaBroker;
  readonly #script: (() => void)[] = [];

  constructor() {
    let drawCount = 0;
    this.broker = new KafkaBroker({
      address: { nodeId: 1, address: "kafka-1" },
      host: {
        nowMs: () => Math.floor(this.#kernel.nowUs / 1_000),
        setTimer: (delayMs, callback) =>
          this.#kernel.schedule({ delayUs: delayMs * 1_000, actor: "kafka-1", callback }),
        draw: () => (drawCount += 1),
        trace: () => {},
        fail: (error) => this.#kernel.fail(error),
      },
    });
    this.broker.createTopic("payments", 2);
  }

  ask(request: KafkaRequest): { reply: KafkaReply | undefined } {
    const answer: { reply: KafkaReply | undefined } = { reply: undefined };
    this.broker.openSession("client-1").request(request, (reply) => {
      answer.reply = reply;
    });
    return answer;
  }

  at(timeMs: number, step: () => void): void {
    this.#script.push(() => {
      this.#kernel.schedule({ delayUs: timeMs * 1_000, actor: "script", callback: step });
    });
  }

  async play(): Promise<void> {
    for (const add of this.#script) {
      add();
    }
    await this.#kernel.run((main) => main.sleep(100_000));
  }
}

function join(memberId: string, sessionTimeoutMs = 6_000): KafkaRequest {
  return {
    kind: "join-group",
    group: "wallet",
    memberId,
    groupInstanceId: null,
    clientId: "wallet",
    sessionTimeoutMs,
    rebalanceTimeoutMs: 10_000,
    protocols: [{ name: "RoundRobinAssigner", topics: ["payments"] }],
  };
}

function sync(
  memberId: string,
  generation: number,
  partitions: readonly number[] = [],
): KafkaRequest {
  const assignment = partitions.map((partition) => ({ topic: "payments", partition }));
  const assignments = new Map(partitions.length > 0 ? [[memberId, assignment]] : []);
  return {
    kind: "sync-group",
    group: "wallet",
    memberId,
    generation,
    groupInstanceId: null,
    assignments,
  };
}

function heartbeat(memberId: string, generation: number): KafkaRequest {
  return { kind: "heartbeat", group: "wallet", memberId, generation, groupInstanceId: null };
}

function commit(memberId: string, generation: number): KafkaRequest {
  const offsets = [{ topic: "payments", partition: 0, offset: 7 }];
  return {
    kind: "offset-commit",
    group: "wallet",
    memberId,
    generation,
    groupInstanceId: null,
    offsets,
  };
}

/** Of a reply about one thing. */
function errorOf({
  reply,
}: {
  readonly reply: KafkaReply | undefined;
}): KafkaErrorCode | undefined {
  if (reply?.kind === "offset-commit") {
    return reply.partitions[0]?.error;
  }
  return reply !== undefined && "error" in reply ? reply.error : undefined;
}

const ONE = "wallet-00000001";
const TWO = "wallet-00000002";

describe("a group by Kafka's rules", () => {
  let talk: Conversation;
  beforeEach(() => {
    talk = new Conversation();
  });

  /** Member one alone, stable in generation 1 since the first milliseconds. */
  function settleOne(): void {
    talk.at(0, () => {
      expect(talk.ask(join("")).reply).toMatchObject({
        error: "MEMBER_ID_REQUIRED",
        memberId: ONE,
      });
      talk.ask(join(ONE));
    });
    talk.at(1, () => {
      expect(talk.ask(sync(ONE, 1, [0, 1])).reply).toMatchObject({ error: "NONE" });
      expect(talk.broker.group("wallet")).toEqual({
        state: "stable",
        generation: 1,
        memberIds: [ONE],
      });
    });
  }

  test("a member that was never named is unknown, and another generation is illegal", async () => {
    settleOne();
    talk.at(2, () => {
      expect(talk.ask(join("wallet-stranger")).reply).toMatchObject({ error: "UNKNOWN_MEMBER_ID" });
      for (const ask of [heartbeat, commit, sync]) {
        expect(errorOf(talk.ask(ask("wallet-stranger", 1)))).toBe("UNKNOWN_MEMBER_ID");
        expect(errorOf(talk.ask(ask(ONE, 2)))).toBe("ILLEGAL_GENERATION");
        expect(errorOf(talk.ask(ask(ONE, 0)))).toBe("ILLEGAL_GENERATION");
      }
      expect(talk.broker.progress("wallet", "payments")[0]?.committed).toBeUndefined();
    });
    await talk.play();
  });

  test("a second member makes all join again: heartbeats say so, commits still count, then both get their share", async () => {
    settleOne();
    talk.at(10, () => {
      talk.ask(join(""));
      const joining = talk.ask(join(TWO));
      expect(joining.reply).toBeUndefined();
      expect(talk.ask(heartbeat(ONE, 1)).reply).toMatchObject({ error: "REBALANCE_IN_PROGRESS" });
      expect(errorOf(talk.ask(commit(ONE, 1)))).toBe("NONE");
      const rejoining = talk.ask(join(ONE));
      expect(rejoining.reply).toMatchObject({ generation: 2, leaderId: ONE });
      expect(rejoining.reply).toHaveProperty("members.length", 2);
      expect(joining.reply).toMatchObject({ generation: 2, leaderId: ONE, members: [] });
      expect(errorOf(talk.ask(commit(ONE, 1)))).toBe("ILLEGAL_GENERATION");
      expect(errorOf(talk.ask(commit(ONE, 2)))).toBe("REBALANCE_IN_PROGRESS");
      const waiting = talk.ask(sync(TWO, 2));
      expect(waiting.reply).toBeUndefined();
      talk.ask(sync(ONE, 2, [0, 1]));
      expect(waiting.reply).toMatchObject({ error: "NONE", assignment: [] });
    });
    await talk.play();
  });

  test("silence for the session time-out ends a membership, not a millisecond sooner", async () => {
    settleOne();
    talk.at(3_000, () =>
      expect(talk.ask(heartbeat(ONE, 1)).reply).toMatchObject({ error: "NONE" }),
    );
    talk.at(8_999, () => expect(talk.broker.group("wallet").memberIds).toEqual([ONE]));
    talk.at(9_001, () => {
      expect(talk.broker.group("wallet")).toEqual({ state: "empty", generation: 2, memberIds: [] });
      expect(talk.ask(heartbeat(ONE, 1)).reply).toMatchObject({ error: "UNKNOWN_MEMBER_ID" });
    });
    await talk.play();
  });

  test("a member that does not rejoin within the rebalance time-out is left behind, though it heartbeats", async () => {
    settleOne();
    let joining: { reply: KafkaReply | undefined } = { reply: undefined };
    talk.at(10, () => {
      talk.ask(join(""));
      joining = talk.ask(join(TWO));
    });
    talk.at(4_000, () => talk.ask(heartbeat(ONE, 1)));
    talk.at(8_000, () => talk.ask(heartbeat(ONE, 1)));
    talk.at(10_009, () => expect(joining.reply).toBeUndefined());
    talk.at(10_011, () => {
      expect(joining.reply).toMatchObject({ error: "NONE", generation: 2, leaderId: TWO });
      expect(talk.ask(heartbeat(ONE, 1)).reply).toMatchObject({ error: "UNKNOWN_MEMBER_ID" });
    });
    await talk.play();
  });

  test("a leader that never brings the assignment is dropped, and the others join again", async () => {
    settleOne();
    let waiting: { reply: KafkaReply | undefined } = { reply: undefined };
    talk.at(10, () => {
      talk.ask(join(""));
      talk.ask(join(TWO));
      talk.ask(join(ONE));
      waiting = talk.ask(sync(TWO, 2));
    });
    talk.at(6_009, () => expect(waiting.reply).toBeUndefined());
    talk.at(6_011, () => {
      expect(waiting.reply).toMatchObject({ error: "REBALANCE_IN_PROGRESS" });
      expect(talk.ask(join(TWO)).reply).toMatchObject({ generation: 3, leaderId: TWO });
    });
    await talk.play();
  });

  test("a session time-out out of the broker's bounds is refused", async () => {
    talk.at(0, () => {
      expect(talk.ask(join("", 5_999)).reply).toMatchObject({ error: "INVALID_SESSION_TIMEOUT" });
      expect(talk.ask(join("", 1_800_001)).reply).toMatchObject({
        error: "INVALID_SESSION_TIMEOUT",
      });
    });
    await talk.play();
  });
});
