import { beforeEach, describe, expect, test } from "vitest";
import type { ReplyOf } from "../protocol/protocol.ts";
import {
  ClusterConversation,
  fetch,
  produce,
  type Asked,
} from "../testing/cluster-conversation.ts";

const PLACE = { topic: "payments", partition: 0 };

/** Three brokers; `payments` has one partition on all of them, led by the first. */
class ThreeBrokers extends ClusterConversation {
  constructor(configs: Readonly<Record<string, string>> = {}, seed = "three") {
    super({ brokers: 3, seed });
    this.cluster.createTopic("payments", 1, {
      replicationFactor: 3,
      configs: new Map(Object.entries(configs)),
    });
  }

  get registration() {
    return this.cluster.controller.topics().get("payments")?.[0];
  }

  /** What each broker has on its disk, in the order of their ids. */
  get logs(): readonly string[] {
    return [1, 2, 3].map((nodeId) => this.logOf(nodeId));
  }

  logOf(nodeId: number): string {
    const log = this.cluster.disks().get(nodeId)?.get("payments/0");
    return (
      log
        ?.recordsBelow(log.endOffset)
        .map(({ value }) => value)
        .join("") ?? ""
    );
  }

  get highWatermarks(): readonly (number | undefined)[] {
    return [1, 2, 3].map(
      (nodeId) => this.cluster.disks().get(nodeId)?.get("payments/0")?.highWatermark,
    );
  }

  read(nodeId: number, offset = 0): string {
    const reply = this.ask(fetch(offset), nodeId).reply?.partitions[0];
    return reply?.error === "NONE"
      ? reply.records.map(({ value }) => value).join("")
      : (reply?.error ?? "no reply");
  }

  knows(nodeId: number) {
    const { reply } = this.ask({ kind: "metadata", topics: ["payments"] }, nodeId);
    return {
      brokers: reply?.brokers.map((each) => each.nodeId),
      ...reply?.topics[0]?.partitions[0],
    };
  }
}

function errorOf({ reply }: { readonly reply: ReplyOf<"produce"> | undefined }) {
  return reply?.batches[0]?.error;
}

describe("replicas", () => {
  let talk: ThreeBrokers;
  beforeEach(() => {
    talk = new ThreeBrokers();
  });

  test("with acks from all the answer comes when all in-sync replicas have the records, with acks from the leader at once", async () => {
    let all: Asked<"produce"> = { reply: undefined };
    talk.at(10, () => {
      all = talk.ask(produce(["a"]));
      expect(errorOf(all)).toBeUndefined();
      expect(errorOf(talk.ask(produce(["b"], { acks: 1 })))).toBe("NONE");
      expect(talk.logs).toEqual(["ab", "", ""]);
      expect(talk.read(1)).toBe("");
    });
    talk.at(20, () => {
      expect(errorOf(all)).toBe("NONE");
      expect(talk.logs).toEqual(["ab", "ab", "ab"]);
      expect(talk.read(1)).toBe("ab");
    });
    await talk.play(1_000);
  });

  test("followers learn what is committed with the next records, or half a second later, and can be read up to there", async () => {
    talk.at(10, () => talk.ask(produce(["a"])));
    talk.at(20, () => {
      expect(talk.highWatermarks).toEqual([1, 0, 0]);
      expect([talk.read(2), talk.read(2, 1), talk.read(2, 2)]).toEqual([
        "",
        "",
        "OFFSET_OUT_OF_RANGE",
      ]);
    });
    talk.at(600, () => {
      expect(talk.highWatermarks).toEqual([1, 1, 1]);
      expect(talk.read(2)).toBe("a");
    });
    await talk.play(1_000);
  });

  test("an idle cluster costs nothing", async () => {
    talk.at(10, () => talk.ask(produce(["a"])));
    let before = 0;
    talk.at(40_000, () => {
      before = talk.step;
    });
    talk.at(90_000, () => expect(talk.step - before).toBe(1));
    await talk.play();
  });

  test("a follower does not take records from a client", async () => {
    talk.at(10, () => {
      expect(errorOf(talk.ask(produce(["a"]), 2))).toBe("NOT_LEADER_OR_FOLLOWER");
      const nowhere = produce(["a"], { partition: 1 });
      expect(errorOf(talk.ask(nowhere, 2))).toBe("UNKNOWN_TOPIC_OR_PARTITION");
      const asked = talk.ask({ kind: "list-offsets", at: "latest", partitions: [PLACE] }, 2);
      expect(asked.reply?.partitions[0]?.error).toBe("NOT_LEADER_OR_FOLLOWER");
    });
    await talk.play(1_000);
  });

  test("without acknowledgements there is an answer of nothing, and after an error a hang-up", async () => {
    talk.at(10, () => {
      expect(talk.ask(produce(["a"], { acks: 0 })).reply?.batches).toEqual([]);
      expect(talk.hangUps).toBe(0);
      expect(talk.ask(produce(["a"], { acks: 0 }), 2).reply).toBeUndefined();
      expect(talk.hangUps).toBe(1);
    });
    await talk.play(1_000);
  });

  test("a follower that is cut off leaves the ISR after 30 s, and comes back with all that it missed", async () => {
    let sent: Asked<"produce"> = { reply: undefined };
    talk.at(10, () => {
      talk.cluster.cut(1, 3);
      sent = talk.ask(produce(["a"], { timeoutMs: 120_000 }));
    });
    talk.at(29_000, () => {
      expect(errorOf(sent)).toBeUndefined();
      expect(talk.registration?.isr).toEqual([1, 2, 3]);
    });
    talk.at(46_000, () => {
      expect(errorOf(sent)).toBe("NONE");
      expect(talk.registration?.isr).toEqual([1, 2]);
      expect(talk.logs).toEqual(["a", "a", ""]);
      talk.cluster.heal(1, 3);
    });
    talk.at(47_000, () => {
      expect(talk.registration?.isr).toEqual([1, 2, 3]);
      expect(talk.logs).toEqual(["a", "a", "a"]);
      expect(talk.registration?.leaderEpoch).toBe(0);
    });
    await talk.play();
  });

  test("a producer that does not wait that long is told that the time is over, and the records are there", async () => {
    let sent: Asked<"produce"> = { reply: undefined };
    talk.at(10, () => {
      talk.cluster.cut(1, 3);
      sent = talk.ask(produce(["a"], { timeoutMs: 1_000 }));
    });
    talk.at(1_009, () => expect(errorOf(sent)).toBeUndefined());
    talk.at(1_011, () => {
      expect(errorOf(sent)).toBe("REQUEST_TIMED_OUT");
      talk.cluster.heal(1, 3);
    });
    talk.at(1_100, () => expect(talk.read(1)).toBe("a"));
    await talk.play(2_000);
  });

  test("with fewer in sync than the topic asks for, acks from all are refused, and what others send is not committed", async () => {
    talk = new ThreeBrokers({ "min.insync.replicas": "3" });
    talk.at(10, () => talk.cluster.stopBroker(3, "in-order"));
    talk.at(1_000, () => {
      expect(talk.registration?.isr).toEqual([1, 2]);
      expect(errorOf(talk.ask(produce(["a"])))).toBe("NOT_ENOUGH_REPLICAS");
      expect(errorOf(talk.ask(produce(["b"], { acks: 1 })))).toBe("NONE");
    });
    talk.at(2_000, () => {
      expect([talk.logOf(1), talk.logOf(2), talk.read(1)]).toEqual(["b", "b", ""]);
      talk.cluster.startBroker(3, "kept");
    });
    talk.at(3_000, () => {
      expect(talk.registration?.isr).toEqual([1, 2, 3]);
      expect(talk.read(1)).toBe("b");
    });
    await talk.play();
  });
});

describe("leaders", () => {
  let talk: ThreeBrokers;
  beforeEach(() => {
    talk = new ThreeBrokers();
  });

  test("a leader that is killed is replaced when its session is over, within 7 to 9 s, and nothing that was acknowledged is lost", async () => {
    let sent: Asked<"produce"> = { reply: undefined };
    talk.at(10, () => talk.ask(produce(["a"])));
    talk.at(100, () => {
      // What it had sent would still arrive.
      for (const other of [2, 3]) {
        talk.cluster.cut(1, other);
      }
      sent = talk.ask(produce(["b"]));
      talk.cluster.stopBroker(1, "killed");
      for (const other of [2, 3]) {
        talk.cluster.heal(1, other);
      }
    });
    talk.at(7_000, () => expect(talk.registration?.leader).toBe(1));
    talk.at(9_200, () => {
      expect(talk.registration).toMatchObject({ leader: 2, leaderEpoch: 1, isr: [2, 3] });
      expect(talk.knows(3)).toMatchObject({ brokers: [2, 3], leader: 2, leaderEpoch: 1 });
      talk.ask(produce(["c"]), 2);
    });
    talk.at(9_300, () => {
      // Nobody was told that it is there.
      expect(errorOf(sent)).toBeUndefined();
      expect(talk.read(2)).toBe("ac");
      talk.cluster.startBroker(1, "kept");
    });
    talk.at(10_000, () => {
      expect(talk.logs).toEqual(["ac", "ac", "ac"]);
      expect(talk.registration).toMatchObject({ leader: 2, isr: [2, 3, 1] });
    });
    await talk.play(20_000);
  });

  test("a broker that was killed and starts at once is let in only when its old session is over", async () => {
    talk.at(10, () => {
      talk.cluster.stopBroker(1, "killed");
      talk.cluster.startBroker(1, "kept");
    });
    talk.at(6_900, () => expect(talk.cluster.broker(1)).toBeUndefined());
    talk.at(9_200, () => {
      expect(talk.cluster.broker(1)).toBeDefined();
      expect(talk.registration).toMatchObject({ leader: 2 });
    });
    await talk.play(20_000);
  });

  test("a broker that stops in order hands its partitions over before", async () => {
    talk.at(10, () => talk.cluster.stopBroker(1, "in-order"));
    talk.at(60, () => {
      expect(talk.registration).toMatchObject({ leader: 2, isr: [2, 3] });
      expect(errorOf(talk.ask(produce(["a"]), 1))).toBe("NOT_LEADER_OR_FOLLOWER");
    });
    talk.at(200, () => expect(talk.cluster.broker(1)).toBeUndefined());
    await talk.play(1_000);
  });

  test("leaders go back to the first of their replicas within five minutes, once it is in sync", async () => {
    talk.at(10, () => talk.cluster.stopBroker(1, "in-order"));
    talk.at(10_000, () => talk.cluster.startBroker(1, "kept"));
    talk.at(309_000, () => expect(talk.registration?.leader).toBe(2));
    talk.at(311_000, () => {
      expect(talk.registration).toMatchObject({ leader: 1, leaderEpoch: 2 });
      expect(talk.registration?.isr.toSorted()).toEqual([1, 2, 3]);
    });
    let before = 0;
    talk.at(400_000, () => {
      before = talk.step;
    });
    talk.at(900_000, () => expect(talk.step - before).toBe(1));
    await talk.play(1_000_000);
  });

  test("brokers learn of a new leader one by one: until it does the old one answers as a leader, and what it took is cut off", async () => {
    talk.at(10, () => talk.ask(produce(["a"])));
    let sent: Asked<"produce"> = { reply: undefined };
    talk.at(1_000, () => {
      talk.cluster.cut("controller", 1);
      expect(talk.cluster.moveLeader(PLACE, 2, "clean")).toBe(true);
    });
    talk.at(1_010, () => {
      expect(talk.knows(1)).toMatchObject({ leader: 1, leaderEpoch: 0 });
      expect(talk.knows(3)).toMatchObject({ leader: 2, leaderEpoch: 1 });
      expect(errorOf(talk.ask(produce(["x"], { acks: 1 }), 1))).toBe("NONE");
      sent = talk.ask(produce(["y"]), 1);
      talk.ask(produce(["b"], { acks: 1 }), 2);
    });
    talk.at(1_100, () => {
      expect(talk.logs).toEqual(["axy", "ab", "ab"]);
      expect(errorOf(sent)).toBeUndefined();
      talk.cluster.heal("controller", 1);
    });
    talk.at(1_200, () => {
      expect(errorOf(sent)).toBe("NOT_LEADER_OR_FOLLOWER");
      expect(talk.logs).toEqual(["ab", "ab", "ab"]);
    });
    await talk.play(2_000);
  });

  test("a new leader does not say where its log ends until it knows how far all is committed", async () => {
    const latest = (nodeId: number) => {
      const asked = talk.ask({ kind: "list-offsets", at: "latest", partitions: [PLACE] }, nodeId);
      const found = asked.reply?.partitions[0];
      return found?.error === "NONE" ? found.offset : found?.error;
    };
    talk.at(10, () => talk.ask(produce(["a"])));
    talk.at(20, () => {
      expect(talk.highWatermarks).toEqual([1, 0, 0]);
      talk.cluster.cut(2, 1);
      talk.cluster.cut(2, 3);
      talk.cluster.moveLeader(PLACE, 2, "clean");
    });
    talk.at(30, () => {
      expect([latest(2), talk.read(2)]).toEqual(["LEADER_NOT_AVAILABLE", ""]);
      talk.cluster.heal(2, 1);
      talk.cluster.heal(2, 3);
    });
    talk.at(40, () => expect([latest(2), talk.read(2)]).toEqual([1, "a"]));
    await talk.play(1_000);
  });

  test("a broker that is not in sync becomes the leader only uncleanly, and then what it missed is lost to all", async () => {
    talk.at(10, () => {
      talk.cluster.cut(1, 3);
      talk.cluster.cut(2, 3);
      talk.ask(produce(["a"], { timeoutMs: 100_000 }));
    });
    talk.at(50_000, () => {
      expect(talk.registration?.isr).toEqual([1, 2]);
      expect(talk.read(1)).toBe("a");
      expect(talk.cluster.moveLeader(PLACE, 3, "clean")).toBe(false);
      expect(talk.registration?.leader).toBe(1);
      talk.cluster.heal(1, 3);
      talk.cluster.heal(2, 3);
      expect(talk.cluster.moveLeader(PLACE, 3, "unclean")).toBe(true);
    });
    talk.at(50_100, () => talk.ask(produce(["b"]), 3));
    talk.at(50_200, () => {
      expect(talk.logs).toEqual(["b", "b", "b"]);
      expect(talk.registration).toMatchObject({ leader: 3, leaderEpoch: 1 });
      expect(talk.registration?.isr.toSorted()).toEqual([1, 2, 3]);
    });
    await talk.play();
  });

  test("without anybody in sync there is no leader until one that misses nothing is back", async () => {
    talk.at(10, () => talk.cluster.stopBroker(2, "in-order"));
    talk.at(200, () => talk.cluster.stopBroker(3, "in-order"));
    talk.at(400, () => {
      talk.ask(produce(["a"]));
      expect(talk.read(1)).toBe("a");
      talk.cluster.stopBroker(1, "killed");
    });
    talk.at(10_000, () => {
      expect(talk.registration).toMatchObject({ leader: -1, isr: [], elr: [1] });
      talk.cluster.startBroker(2, "kept");
      expect(talk.registration?.leader).toBe(-1);
      expect(talk.knows(2)).toMatchObject({ error: "LEADER_NOT_AVAILABLE", leader: -1 });
      talk.cluster.startBroker(1, "kept");
      expect(talk.registration).toMatchObject({ leader: 1, isr: [1] });
    });
    talk.at(10_100, () => expect([talk.read(1), talk.logOf(2)]).toEqual(["a", "a"]));
    await talk.play(20_000);
  });

  test("the last one in sync may come back with an empty disk: then the records are gone from the others, too", async () => {
    talk.at(10, () => talk.ask(produce(["a"])));
    talk.at(1_000, () => talk.cluster.stopBroker(2, "in-order"));
    talk.at(2_000, () => talk.cluster.stopBroker(3, "in-order"));
    talk.at(3_000, () => talk.cluster.stopBroker(1, "killed"));
    talk.at(20_000, () => {
      talk.cluster.startBroker(1, "lost");
      talk.cluster.startBroker(2, "kept");
    });
    talk.at(21_000, () => {
      expect(talk.registration).toMatchObject({ leader: 1, isr: [1, 2] });
      expect(talk.logs).toEqual(["", "", "a"]);
    });
    await talk.play(30_000);
  });

  test("a broker that comes back with an empty disk gets all of it from the leader", async () => {
    talk.at(10, () => talk.ask(produce(["a", "b"])));
    talk.at(1_000, () => talk.cluster.stopBroker(2, "killed"));
    talk.at(15_000, () => {
      talk.ask(produce(["c"]));
      talk.cluster.startBroker(2, "lost");
      expect(talk.logOf(2)).toBe("");
    });
    talk.at(16_000, () => {
      expect(talk.logs).toEqual(["abc", "abc", "abc"]);
      expect(talk.registration?.isr).toEqual([1, 3, 2]);
    });
    await talk.play(20_000);
  });

  test("what retention has removed from the leader, a follower that comes back does not look for", async () => {
    talk.at(10, () => talk.ask(produce(["a", "b"])));
    talk.at(1_000, () => talk.cluster.stopBroker(2, "in-order"));
    talk.at(2_000, () => {
      talk.ask(produce(["c", "d"]));
      const partitions = [{ ...PLACE, offset: 3 }];
      talk.ask({ kind: "delete-records", partitions });
    });
    talk.at(2_100, () => {
      const partitions = [{ ...PLACE, offset: 3 }];
      expect(talk.ask({ kind: "delete-records", partitions }).reply?.partitions[0]).toMatchObject({
        error: "NONE",
        logStartOffset: 3,
      });
      talk.cluster.startBroker(2, "lost");
    });
    talk.at(4_000, () => {
      expect(talk.logs).toEqual(["d", "d", "d"]);
      expect(talk.read(1, 0)).toBe("OFFSET_OUT_OF_RANGE");
    });
    await talk.play(5_000);
  });
});

describe("a coordinator", () => {
  test("that does not reach its replicas says after 5 s that it is not available, and the group begins anew", async () => {
    const talk = new ThreeBrokers();
    const member = (memberId: string, generation: number) => {
      return { group: "wallet", memberId, generation, groupInstanceId: null };
    };
    const join = (memberId: string, nodeId: number) =>
      talk.ask(
        {
          kind: "join-group",
          group: "wallet",
          memberId,
          groupInstanceId: null,
          clientId: "wallet",
          sessionTimeoutMs: 30_000,
          rebalanceTimeoutMs: 60_000,
          protocols: [{ name: "RoundRobinAssigner", topics: ["payments"] }],
        },
        nodeId,
      );
    let nodeId = -1;
    let memberId = "";
    let synced: Asked<"sync-group"> = { reply: undefined };
    let committed: Asked<"offset-commit"> = { reply: undefined };
    talk.at(10, () => {
      const found = talk.ask({ kind: "find-coordinator", group: "wallet" }).reply;
      nodeId = found?.coordinator.nodeId ?? -1;
      for (const other of [1, 2, 3].filter((each) => each !== nodeId)) {
        talk.cluster.cut(nodeId, other);
      }
      const offsets = [{ ...PLACE, offset: 5 }];
      committed = talk.ask({ kind: "offset-commit", ...member("", -1), offsets }, nodeId);
      memberId = join("", nodeId).reply?.memberId ?? "";
      join(memberId, nodeId);
    });
    talk.at(12, () => {
      synced = talk.ask(
        { kind: "sync-group", ...member(memberId, 1), assignments: new Map() },
        nodeId,
      );
    });
    talk.at(5_010, () => expect(committed.reply).toBeUndefined());
    talk.at(5_030, () => {
      expect(committed.reply?.partitions[0]?.error).toBe("COORDINATOR_NOT_AVAILABLE");
      expect(talk.observation.progress("wallet", "payments")[0]?.committed).toBeUndefined();
      expect(synced.reply?.error).toBe("COORDINATOR_NOT_AVAILABLE");
      expect(talk.observation.group("wallet").state).toBe("preparing-rebalance");
    });
    await talk.play(6_000);
  });

  test("moves with the leader of its partition, with the offsets that were committed and the members", async () => {
    const talk = new ThreeBrokers();
    const group = "wallet";
    const find = (nodeId: number) =>
      talk.ask({ kind: "find-coordinator", group }, nodeId).reply?.coordinator.nodeId ?? -1;
    let before = -1;
    let next = -1;
    let memberId = "";
    const member = () => ({ group, memberId, generation: 1, groupInstanceId: null });
    const join = () =>
      talk.ask(
        {
          kind: "join-group",
          group,
          memberId,
          groupInstanceId: null,
          clientId: "wallet",
          sessionTimeoutMs: 30_000,
          rebalanceTimeoutMs: 60_000,
          protocols: [{ name: "RoundRobinAssigner", topics: ["payments"] }],
        },
        before,
      );
    const heartbeat = (nodeId: number) =>
      talk.ask({ kind: "heartbeat", ...member() }, nodeId).reply?.error;
    talk.at(10, () => {
      before = find(1);
      next = (before % 3) + 1;
      memberId = join().reply?.memberId ?? "";
      join();
    });
    talk.at(20, () => {
      const assignments = new Map([[memberId, [PLACE]]]);
      talk.ask({ kind: "sync-group", ...member(), assignments }, before);
      const offsets = [{ ...PLACE, offset: 5 }];
      talk.ask({ kind: "offset-commit", ...member(), offsets }, before);
    });
    talk.at(100, () => {
      const offsets = [{ ...PLACE, offset: 6 }];
      talk.ask({ kind: "offset-commit", ...member(), offsets }, before);
      expect(heartbeat(before)).toBe("NONE");
      expect(heartbeat(next)).toBe("NOT_COORDINATOR");
    });
    talk.at(1_000, () => {
      const partitions = talk.cluster.controller.topics().get("__consumer_offsets") ?? [];
      const partition = partitions.findIndex(({ leader }) => leader === before);
      talk.cluster.moveLeader({ topic: "__consumer_offsets", partition }, next, "clean");
      for (const each of partitions) {
        talk.cluster.moveLeader(each, next, "clean");
      }
    });
    const heartbeats = new Set<string | undefined>();
    const answers = new Set<string | undefined>();
    for (let atMs = 1_000; atMs < 1_060; atMs += 1) {
      talk.at(atMs, () => {
        const partitions = [PLACE];
        const asked = talk.ask({ kind: "offset-fetch", group, partitions }, next);
        answers.add(asked.reply?.error);
        if (asked.reply?.error === "COORDINATOR_LOAD_IN_PROGRESS") {
          heartbeats.add(heartbeat(next));
        }
      });
    }
    talk.at(1_100, () => {
      expect(answers).toEqual(new Set(["NOT_COORDINATOR", "COORDINATOR_LOAD_IN_PROGRESS", "NONE"]));
      expect(heartbeats).toEqual(new Set(["NONE"]));
      expect(find(1)).toBe(next);
      expect(heartbeat(before)).toBe("NOT_COORDINATOR");
      expect(heartbeat(next)).toBe("NONE");
      const asked = talk.ask({ kind: "offset-fetch", group, partitions: [PLACE] }, next);
      expect(asked.reply?.partitions).toEqual([{ ...PLACE, offset: 6 }]);
      expect(talk.observation.group(group)).toEqual({
        state: "stable",
        generation: 1,
        memberIds: [memberId],
      });
      expect(talk.observation.progress(group, "payments")[0]?.committed).toBe(6n);
    });
    await talk.play(5_000);
  });
});
