import { expect, test } from "vitest";
import { Random, type RandomStream } from "../../kernel/random.ts";
import { ClusterConversation, fetch, produce } from "../testing/cluster-conversation.ts";

const PLACE = { topic: "payments", partition: 0 };
const NODES = [1, 2, 3] as const;
const LENGTH_MS = 60_000;

/** Three brokers that are stopped, cut off and moved about by chance, and records all the while. */
class RandomCluster extends ClusterConversation {
  readonly #chance: RandomStream;
  /** Told to be on all in-sync replicas, by offset. */
  readonly acknowledged = new Map<number, string>();
  /** Read by a consumer, by offset. */
  readonly seen = new Map<number, Set<string | null>>();

  constructor(seed: number, minInsyncReplicas: number) {
    super({ brokers: 3, seed: String(seed) });
    this.#chance = new Random(String(seed)).stream("deeds");
    this.cluster.createTopic("payments", 1, {
      replicationFactor: 3,
      configs: new Map([["min.insync.replicas", String(minInsyncReplicas)]]),
    });
    for (let atMs = 10; atMs < LENGTH_MS; atMs += 100) {
      this.at(atMs, () => this.#send(`at ${atMs}`));
      this.at(atMs, () => this.#read());
    }
    for (let atMs = 1_000; atMs < LENGTH_MS; atMs += this.#chance.integer(500, 5_000)) {
      this.at(atMs, () => this.#disturb());
    }
    this.at(LENGTH_MS, () => this.#heal());
    // By then who was told to stop has stopped.
    this.at(LENGTH_MS + 1_000, () => this.#startAll());
  }

  get registration() {
    return this.cluster.controller.topics().get("payments")?.[0];
  }

  get logs(): readonly (readonly (string | null)[])[] {
    return NODES.map((nodeId) => {
      const log = this.cluster.disks().get(nodeId)?.get("payments/0");
      return log?.recordsBelow(log.endOffset).map(({ value }) => value) ?? [];
    });
  }

  /** To whom one of the brokers says leads; it may be wrong. */
  #leader(): number | undefined {
    const asked = this.ask({ kind: "metadata", topics: ["payments"] }, this.#chance.pick(NODES));
    const leader = asked.reply?.topics[0]?.partitions[0]?.leader ?? -1;
    return this.cluster.broker(leader === -1 ? 1 : leader) === undefined ? undefined : leader;
  }

  #send(value: string): void {
    const leader = this.#leader() ?? -1;
    if (leader !== -1) {
      this.askAndHear(produce([value], { timeoutMs: 10_000 }), leader, ({ batches }) => {
        const [batch] = batches;
        if (batch?.error === "NONE") {
          this.acknowledged.set(batch.baseOffset, value);
        }
      });
    }
  }

  #read(): void {
    const nodeId = this.#chance.pick(NODES);
    const from = this.#chance.integer(0, 50);
    if (this.cluster.broker(nodeId) !== undefined) {
      for (const record of this.ask(fetch(from), nodeId).reply?.partitions[0]?.records ?? []) {
        const values = this.seen.get(record.offset) ?? new Set();
        this.seen.set(record.offset, values.add(record.value));
      }
    }
  }

  #disturb(): void {
    const { cluster } = this;
    const chance = this.#chance;
    const nodeId = chance.pick(NODES);
    const isUp = cluster.broker(nodeId) !== undefined;
    const other = chance.pick([...NODES.filter((each) => each !== nodeId), "controller"] as const);
    const deeds: readonly (() => void)[] = [
      () => isUp && cluster.stopBroker(nodeId, chance.pick(["killed", "in-order"])),
      () => !isUp && cluster.startBroker(nodeId, "kept"),
      () => !isUp && cluster.startBroker(nodeId, "kept"),
      () => cluster.cut(nodeId, other),
      () => cluster.heal(nodeId, other),
      () => cluster.heal(nodeId, other),
      () => cluster.moveLeader(PLACE, nodeId, "clean"),
    ];
    chance.pick(deeds)();
  }

  #heal(): void {
    for (const nodeId of NODES) {
      for (const other of [...NODES, "controller"] as const) {
        this.cluster.heal(nodeId, other);
      }
    }
  }

  #startAll(): void {
    for (const nodeId of NODES) {
      this.cluster.startBroker(nodeId, "kept");
    }
  }
}

test.each([1, 2])(
  "what is acknowledged or was read stays where it is, and all replicas agree in the end, with at least %i in sync",
  async (minInsyncReplicas) => {
    let acknowledged = 0;
    const epochs = new Set<number>();
    for (let seed = 1; seed <= 40; seed += 1) {
      const random = new RandomCluster(seed, minInsyncReplicas);
      await random.play(LENGTH_MS + 120_000);
      const [log = [], ...others] = random.logs;
      const label = `seed ${seed}`;
      expect(others, label).toEqual([log, log]);
      expect(random.registration?.isr.toSorted(), label).toEqual([1, 2, 3]);
      for (const [offset, value] of random.acknowledged) {
        expect(log[offset], `${label}, offset ${offset}`).toBe(value);
      }
      for (const [offset, values] of random.seen) {
        expect([...values], `${label}, offset ${offset}`).toEqual([log[offset]]);
      }
      expect(new Set(log).size, label).toBe(log.length);
      acknowledged += random.acknowledged.size;
      epochs.add(random.registration?.leaderEpoch ?? 0);
    }
    // It was a run worth the name.
    expect(acknowledged).toBeGreaterThan(3_000);
    expect(Math.max(...epochs)).toBeGreaterThan(4);
  },
);
