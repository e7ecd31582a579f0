import { beforeEach, describe, expect, test } from "vitest";
import type { KafkaErrorCode } from "../protocol/error-code.ts";
import type { KafkaReply, RequestOf } from "../protocol/protocol.ts";
import { ClusterConversation, type Asked } from "../testing/cluster-conversation.ts";
import type { GroupSettings } from "./group-settings.ts";

const GROUP = "wallet";
/** What is written for a group is held back for 5 ms. */
const WRITTEN_MS = 6;

type Terms = Partial<RequestOf<"join-group">>;

/** Members of one group, who speak to their coordinator. */
class GroupConversation extends ClusterConversation {
  constructor(groups: Partial<GroupSettings> = {}) {
    super({ groups });
    this.cluster.createTopic("payments", 2);
  }

  join(memberId: string, terms: Terms = {}): Asked<"join-group"> {
    return this.ask({ ...joinRequest(memberId), ...terms });
  }

  /** The name that a new member is given, with which it joins. */
  name(terms: Terms = {}): string {
    const { reply } = this.join("", terms);
    if (reply?.error !== "MEMBER_ID_REQUIRED") {
      throw new Error(`no name was given: ${reply?.error}`);
    }
    return reply.memberId;
  }

  sync(
    memberId: string,
    generation: number,
    shares: Readonly<Record<string, readonly number[]>> = {},
    groupInstanceId: string | null = null,
  ): Asked<"sync-group"> {
    const assignments = new Map(
      Object.entries(shares).map(([id, partitions]) => [
        id,
        partitions.map((partition) => ({ topic: "payments", partition })),
      ]),
    );
    const who = { group: GROUP, memberId, generation, groupInstanceId };
    return this.ask({ kind: "sync-group", ...who, assignments });
  }

  heartbeat(
    memberId: string,
    generation: number,
    groupInstanceId: string | null = null,
  ): KafkaErrorCode | undefined {
    const who = { group: GROUP, memberId, generation, groupInstanceId };
    return this.ask({ kind: "heartbeat", ...who }).reply?.error;
  }

  commit(memberId: string, generation: number, groupInstanceId: string | null = null) {
    const offsets = [{ topic: "payments", partition: 0, offset: 7 }];
    const who = { group: GROUP, memberId, generation, groupInstanceId };
    return this.ask({ kind: "offset-commit", ...who, offsets });
  }

  leave(memberId: string, groupInstanceId: string | null = null): KafkaErrorCode | undefined {
    const who = { group: GROUP, memberId, groupInstanceId };
    return this.ask({ kind: "leave-group", ...who }).reply?.error;
  }

  get group() {
    return this.observation.group(GROUP);
  }

  get committed(): bigint | undefined {
    return this.observation.progress(GROUP, "payments")[0]?.committed;
  }
}

function joinRequest(memberId: string): RequestOf<"join-group"> {
  return {
    kind: "join-group",
    group: GROUP,
    memberId,
    groupInstanceId: null,
    clientId: GROUP,
    sessionTimeoutMs: 6_000,
    rebalanceTimeoutMs: 10_000,
    protocols: [{ name: "RoundRobinAssigner", topics: ["payments"] }],
  };
}

function errorOf({ reply }: { readonly reply: KafkaReply | undefined }): string | undefined {
  if (reply?.kind === "offset-commit") {
    return reply.partitions[0]?.error;
  }
  return reply !== undefined && "error" in reply ? reply.error : undefined;
}

describe("a group by Kafka's rules", () => {
  let talk: GroupConversation;
  let one = "";
  let two = "";
  beforeEach(() => {
    talk = new GroupConversation();
  });

  /** Member one alone, stable in generation 1 since the first milliseconds. */
  function settleOne(terms: Terms = {}): void {
    talk.at(0, () => {
      one = talk.name(terms);
      talk.join(one, terms);
    });
    talk.at(1, () => {
      const synced = talk.sync(one, 1, { [one]: [0, 1] });
      expect(synced.reply).toBeUndefined();
    });
    talk.at(1 + WRITTEN_MS, () => {
      expect(talk.group).toEqual({ state: "stable", generation: 1, memberIds: [one] });
    });
  }

  test("a member that was never named is unknown, and another generation is illegal", async () => {
    settleOne();
    talk.at(10, () => {
      expect(talk.join("wallet-stranger").reply?.error).toBe("UNKNOWN_MEMBER_ID");
      for (const ask of [
        (id: string, generation: number) => talk.heartbeat(id, generation),
        (id: string, generation: number) => errorOf(talk.commit(id, generation)),
        (id: string, generation: number) => errorOf(talk.sync(id, generation)),
      ]) {
        expect(ask("wallet-stranger", 1)).toBe("UNKNOWN_MEMBER_ID");
        expect(ask(one, 2)).toBe("ILLEGAL_GENERATION");
        expect(ask(one, 0)).toBe("ILLEGAL_GENERATION");
      }
      expect(talk.committed).toBeUndefined();
    });
    await talk.play();
  });

  test("a group that never was knows nobody, and takes no offsets of a generation", async () => {
    talk.at(0, () => {
      expect(talk.join("wallet-1").reply?.error).toBe("UNKNOWN_MEMBER_ID");
      expect(talk.heartbeat("wallet-1", 1)).toBe("UNKNOWN_MEMBER_ID");
      expect(talk.leave("wallet-1")).toBe("UNKNOWN_MEMBER_ID");
      expect(errorOf(talk.commit("wallet-1", 1))).toBe("ILLEGAL_GENERATION");
      expect(talk.ask({ ...joinRequest(""), group: "" }).reply?.error).toBe("INVALID_GROUP_ID");
    });
    await talk.play();
  });

  test("an offset counts when it is written, 5 ms later by Kafka's default, with all that came meanwhile", async () => {
    settleOne();
    let first: Asked<"offset-commit"> = { reply: undefined };
    let second: Asked<"offset-commit"> = { reply: undefined };
    talk.at(20, () => {
      first = talk.commit(one, 1);
    });
    talk.at(24, () => {
      second = talk.commit(one, 1);
      expect([errorOf(first), talk.committed]).toEqual([undefined, undefined]);
    });
    talk.at(26, () => {
      expect([errorOf(first), errorOf(second), talk.committed]).toEqual(["NONE", "NONE", 7n]);
    });
    await talk.play();
  });

  test("offsets of a partition that is not there are refused, each by itself", async () => {
    settleOne();
    let asked: Asked<"offset-commit"> = { reply: undefined };
    talk.at(20, () => {
      const places = ["payments", "nowhere"].map((topic) => ({ topic, partition: 1, offset: 3 }));
      const who = { group: GROUP, memberId: one, generation: 1, groupInstanceId: null };
      asked = talk.ask({ kind: "offset-commit", ...who, offsets: places });
    });
    talk.at(30, () => {
      expect(asked.reply?.partitions.map(({ error }) => error)).toEqual([
        "NONE",
        "UNKNOWN_TOPIC_OR_PARTITION",
      ]);
      expect(talk.observation.progress(GROUP, "payments")[1]?.committed).toBe(3n);
    });
    await talk.play();
  });

  test("a second member makes all join again: heartbeats say so, commits still count, then both get their share", async () => {
    settleOne();
    let waiting: Asked<"sync-group"> = { reply: undefined };
    talk.at(10, () => {
      two = talk.name();
      const joining = talk.join(two);
      expect(joining.reply).toBeUndefined();
      expect(talk.heartbeat(one, 1)).toBe("REBALANCE_IN_PROGRESS");
      expect(errorOf(talk.sync(one, 1))).toBe("REBALANCE_IN_PROGRESS");
      expect(errorOf(talk.commit(one, 1))).toBeUndefined();
      const rejoining = talk.join(one);
      expect(rejoining.reply).toMatchObject({ generation: 2, leaderId: one });
      expect(rejoining.reply?.members.map(({ memberId }) => memberId)).toEqual([one, two]);
      expect(joining.reply).toMatchObject({ generation: 2, leaderId: one, members: [] });
      expect(errorOf(talk.commit(one, 1))).toBe("ILLEGAL_GENERATION");
      expect(errorOf(talk.commit(one, 2))).toBe("REBALANCE_IN_PROGRESS");
      expect(talk.heartbeat(one, 2)).toBe("NONE");
      waiting = talk.sync(two, 2);
      talk.sync(one, 2, { [one]: [0, 1] });
      expect(waiting.reply).toBeUndefined();
    });
    talk.at(20, () => {
      expect(talk.committed).toBe(7n);
      expect(waiting.reply).toMatchObject({ error: "NONE", assignment: [] });
      expect(talk.group.state).toBe("stable");
    });
    await talk.play();
  });

  test("a member that joins while the assignment is written is not passed over: all join again", async () => {
    settleOne();
    let waiting: Asked<"sync-group"> = { reply: undefined };
    talk.at(10, () => {
      two = talk.name();
      talk.join(two);
      talk.join(one);
      waiting = talk.sync(two, 2);
      talk.sync(one, 2, { [one]: [0], [two]: [1] });
      const three = talk.name();
      talk.join(three);
      expect(waiting.reply?.error).toBe("REBALANCE_IN_PROGRESS");
    });
    talk.at(20, () => expect(talk.group).toMatchObject({ state: "preparing-rebalance" }));
    await talk.play();
  });

  test("a join with what is known already is a question; the leader's, or one with new topics, is a rebalance", async () => {
    settleOne();
    talk.at(10, () => {
      two = talk.name();
      talk.join(two);
      talk.join(one);
      expect(talk.join(two).reply).toMatchObject({ generation: 2 });
      talk.sync(two, 2);
      talk.sync(one, 2, { [one]: [0], [two]: [1] });
    });
    talk.at(20, () => {
      expect(talk.join(two).reply).toMatchObject({ generation: 2, error: "NONE" });
      expect(talk.group.state).toBe("stable");
      expect(talk.join(one).reply).toBeUndefined();
      expect(talk.group.state).toBe("preparing-rebalance");
    });
    await talk.play();
  });

  test("silence for the session time-out ends a membership, not a millisecond sooner", async () => {
    settleOne();
    talk.at(3_000, () => expect(talk.heartbeat(one, 1)).toBe("NONE"));
    talk.at(8_999, () => expect(talk.group.memberIds).toEqual([one]));
    talk.at(9_001, () => {
      expect(talk.group).toEqual({ state: "empty", generation: 2, memberIds: [] });
      expect(talk.heartbeat(one, 1)).toBe("UNKNOWN_MEMBER_ID");
    });
    await talk.play();
  });

  test("a member that does not rejoin within the rebalance time-out is left behind, though it heartbeats", async () => {
    settleOne();
    let joining: Asked<"join-group"> = { reply: undefined };
    talk.at(10, () => {
      two = talk.name();
      joining = talk.join(two);
    });
    talk.at(4_000, () => talk.heartbeat(one, 1));
    talk.at(8_000, () => talk.heartbeat(one, 1));
    talk.at(10_009, () => expect(joining.reply).toBeUndefined());
    talk.at(10_011, () => {
      expect(joining.reply).toMatchObject({ error: "NONE", generation: 2, leaderId: two });
      expect(talk.heartbeat(one, 1)).toBe("UNKNOWN_MEMBER_ID");
    });
    await talk.play();
  });

  test("a leader that never brings the assignment is dropped when its session is over", async () => {
    settleOne();
    let waiting: Asked<"sync-group"> = { reply: undefined };
    talk.at(10, () => {
      two = talk.name();
      talk.join(two);
      talk.join(one);
      waiting = talk.sync(two, 2);
    });
    talk.at(6_009, () => expect(waiting.reply).toBeUndefined());
    talk.at(6_011, () => {
      expect(waiting.reply?.error).toBe("REBALANCE_IN_PROGRESS");
      expect(talk.join(two).reply).toMatchObject({ generation: 3, leaderId: two });
    });
    await talk.play();
  });

  test("who heartbeats and never syncs is dropped after the rebalance time-out", async () => {
    settleOne();
    talk.at(10, () => {
      two = talk.name();
      talk.join(two);
      talk.join(one);
      talk.sync(one, 2, { [one]: [0], [two]: [1] });
    });
    for (const atMs of [4_000, 8_000]) {
      talk.at(atMs, () => {
        expect(talk.heartbeat(one, 2)).toBe("NONE");
        expect(talk.heartbeat(two, 2)).toBe("NONE");
      });
    }
    talk.at(10_011, () => {
      expect(talk.heartbeat(two, 2)).toBe("UNKNOWN_MEMBER_ID");
      expect(talk.heartbeat(one, 2)).toBe("REBALANCE_IN_PROGRESS");
    });
    await talk.play();
  });

  test("a new member may wait for five minutes in its first join, and then has to ask again", async () => {
    const long = { rebalanceTimeoutMs: 1_000_000 };
    settleOne(long);
    let joining: Asked<"join-group"> = { reply: undefined };
    talk.at(10, () => {
      two = talk.name();
      joining = talk.join(two, long);
    });
    for (let atMs = 5_000; atMs < 310_000; atMs += 5_000) {
      talk.at(atMs, () => talk.heartbeat(one, 1));
    }
    talk.at(300_009, () => expect(joining.reply).toBeUndefined());
    talk.at(300_011, () => expect(joining.reply?.error).toBe("UNKNOWN_MEMBER_ID"));
    await talk.play(400_000);
  });

  test("a session time-out out of the broker's bounds is refused", async () => {
    talk.at(0, () => {
      for (const sessionTimeoutMs of [5_999, 1_800_001]) {
        expect(talk.join("", { sessionTimeoutMs }).reply?.error).toBe("INVALID_SESSION_TIMEOUT");
      }
    });
    await talk.play();
  });

  test("the protocol that most members prefer of those that all know is chosen; with none in common, a join is refused", async () => {
    const protocols = (...names: readonly string[]) => ({
      protocols: names.map((name) => ({ name, topics: ["payments"] })),
    });
    settleOne(protocols("a", "b", "c"));
    talk.at(10, () => {
      expect(talk.join("", protocols("d")).reply?.error).toBe("INCONSISTENT_GROUP_PROTOCOL");
      two = talk.name(protocols("c", "b"));
      talk.join(two, protocols("c", "b"));
      const three = talk.name(protocols("c", "b"));
      talk.join(three, protocols("c", "b"));
      expect(talk.join(one, protocols("a", "b", "c")).reply).toMatchObject({ protocol: "c" });
    });
    await talk.play();
  });

  test("offsets that an administrator sets count while nobody consumes, and not otherwise", async () => {
    talk.at(0, () => {
      expect(errorOf(talk.commit("", -1))).toBeUndefined();
    });
    talk.at(10, () => {
      expect(talk.committed).toBe(7n);
      one = talk.name();
      talk.join(one);
    });
    talk.at(11, () => expect(errorOf(talk.commit("", -1))).toBe("UNKNOWN_MEMBER_ID"));
    await talk.play();
  });

  test("a full group takes no more", async () => {
    talk = new GroupConversation({ membersMax: 1 });
    settleOne();
    talk.at(10, () => expect(talk.join("").reply?.error).toBe("GROUP_MAX_SIZE_REACHED"));
    await talk.play();
  });

  describe("that waits for company", () => {
    beforeEach(() => {
      talk = new GroupConversation({ initialRebalanceDelayMs: 3_000 });
    });

    test("waits the delay again for each that comes, up to the rebalance time-out in all", async () => {
      let first: Asked<"join-group"> = { reply: undefined };
      talk.at(0, () => {
        first = talk.join(talk.name());
      });
      for (const atMs of [2_000, 5_000, 8_000]) {
        talk.at(atMs, () => talk.join(talk.name()));
      }
      talk.at(9_999, () => expect(first.reply).toBeUndefined());
      talk.at(10_001, () => expect(first.reply?.members).toHaveLength(4));
      await talk.play();
    });

    test("waits the delay once where nobody comes", async () => {
      let first: Asked<"join-group"> = { reply: undefined };
      talk.at(0, () => {
        first = talk.join(talk.name());
      });
      talk.at(2_999, () => expect(first.reply).toBeUndefined());
      talk.at(3_001, () => expect(first.reply?.generation).toBe(1));
      await talk.play();
    });
  });

  describe("with static members", () => {
    const asStatic = { groupInstanceId: "s-1", rebalanceTimeoutMs: 1_000 };

    /** One static member, stable in generation 1. */
    function settleStatic(): void {
      talk.at(0, () => {
        expect(talk.join("", asStatic).reply).toBeUndefined();
      });
      talk.at(1, () => {
        [one = ""] = talk.group.memberIds;
        talk.sync(one, 1, { [one]: [0, 1] }, "s-1");
      });
    }

    test("one that starts anew within its session takes its place, with no rebalance, and its zombie is fenced", async () => {
      settleStatic();
      let again: Asked<"join-group"> = { reply: undefined };
      talk.at(100, () => {
        again = talk.join("", asStatic);
      });
      talk.at(110, () => {
        two = again.reply?.memberId ?? "";
        expect(again.reply).toMatchObject({ error: "NONE", generation: 1, members: [] });
        expect(two).not.toBe(one);
        // The leader is told its old name, so that it does not assign again.
        expect(again.reply?.leaderId).toBe(one);
        expect(talk.group).toEqual({ state: "stable", generation: 1, memberIds: [two] });
        expect(talk.sync(two, 1, {}, "s-1").reply?.assignment).toHaveLength(2);
        expect(talk.heartbeat(one, 1, "s-1")).toBe("FENCED_INSTANCE_ID");
        expect(errorOf(talk.commit(one, 1, "s-1"))).toBe("FENCED_INSTANCE_ID");
        expect(errorOf(talk.sync(one, 1, {}, "s-1"))).toBe("FENCED_INSTANCE_ID");
        expect(talk.leave(one, "s-1")).toBe("FENCED_INSTANCE_ID");
        expect(talk.heartbeat(one, 1)).toBe("UNKNOWN_MEMBER_ID");
        expect(talk.heartbeat(two, 1, "s-2")).toBe("UNKNOWN_MEMBER_ID");
      });
      await talk.play();
    });

    test("one that does not join again keeps its place in a rebalance, but not the lead, until it does not sync either", async () => {
      settleStatic();
      let joining: Asked<"join-group"> = { reply: undefined };
      talk.at(20, () => {
        two = talk.name();
        joining = talk.join(two, { rebalanceTimeoutMs: 1_000, sessionTimeoutMs: 30_000 });
      });
      talk.at(1_021, () => {
        expect(joining.reply).toMatchObject({ generation: 2, leaderId: two });
        expect(joining.reply?.members).toMatchObject([
          { memberId: one, groupInstanceId: "s-1" },
          { memberId: two, groupInstanceId: null },
        ]);
        talk.sync(two, 2);
        expect(talk.group.memberIds).toEqual([one, two]);
      });
      // Nor does it ask for its assignment.
      talk.at(2_019, () => expect(talk.group.memberIds).toEqual([one, two]));
      talk.at(2_022, () => expect(talk.group.memberIds).toEqual([two]));
      await talk.play();
    });

    test("one is removed by its instance id alone", async () => {
      settleStatic();
      talk.at(20, () => {
        expect(talk.leave("", "s-2")).toBe("UNKNOWN_MEMBER_ID");
        expect(talk.leave("", "s-1")).toBe("NONE");
        expect(talk.group).toEqual({ state: "empty", generation: 2, memberIds: [] });
      });
      await talk.play();
    });
  });

  describe("without members", () => {
    test("keeps its offsets for as long as the settings say, and is forgotten with them", async () => {
      talk = new GroupConversation({ offsetsRetentionMs: 60_000, offsetsRetentionCheckMs: 10_000 });
      settleOne();
      talk.at(20, () => talk.commit(one, 1));
      talk.at(1_000, () => talk.leave(one));
      talk.at(60_000, () => expect(talk.committed).toBe(7n));
      talk.at(75_000, () => {
        expect(talk.committed).toBeUndefined();
        expect(talk.heartbeat(one, 1)).toBe("UNKNOWN_MEMBER_ID");
      });
      await talk.play();
    });

    test("loses its offsets when the world says that the time is over; a group at work does not", async () => {
      settleOne();
      talk.at(20, () => talk.commit(one, 1));
      talk.at(1_000, () => {
        talk.cluster.expireOffsets();
        expect(talk.committed).toBe(7n);
        talk.leave(one);
        talk.cluster.expireOffsets();
        expect(talk.committed).toBeUndefined();
      });
      await talk.play();
    });
  });
});
