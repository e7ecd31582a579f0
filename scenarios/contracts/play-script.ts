import { BrokerError, type Delivery, type RunningConsumer } from "../../system/ports/broker.ts";
import {
  SCRIPT_KEYS,
  type GroupScript,
  type HandlerFault,
  type ScriptMember,
  type ScriptStep,
} from "./group-script.ts";
import { oneByOne } from "./one-by-one.ts";
import type { ClusterStage } from "./stage.ts";

/** One call of a handler. */
export interface HandlerCall {
  readonly member: ScriptMember;
  readonly partition: number;
  readonly offset: number;
  readonly value: number;
  /** Of all calls, counted from 1. */
  readonly begun: number;
  /** When it was over, counted with the beginnings; undefined when it never was. */
  over: number | undefined;
  /** Whether its commit was answered without an error. */
  committed: boolean;
}

/** What a script came to. */
export interface Played {
  readonly calls: readonly HandlerCall[];
  /** Of each partition: the next record that the group will handle, and the next to come. */
  readonly partitions: readonly { readonly committed: number; readonly end: number }[];
  /** To each partition went the values from 0 on: whether the send was answered well, of each. */
  readonly acknowledged: readonly boolean[];
  /** Members that ended and did not come back. */
  readonly ended: readonly ScriptMember[];
}

/** Short, so that a script of several deaths takes seconds. Brokers have to admit it. */
const SCRIPT_SESSION_MS = 1_500;

const SLOW_MS = 2 * SCRIPT_SESSION_MS + 500;
/** From the last step on, for everything to be handled. */
const SETTLE_MS_MAX = 75_000;
/** Nothing was committed for so long: nothing will be. */
const QUIET_MS = 8 * SCRIPT_SESSION_MS;
/** The same where a broker went: each commit is tried for about 6 s before it is given up. */
const QUIET_AFTER_OUTAGE_MS = 30_000;

/**
 * Plays a script, waits until everything that can be handled is, and stops who is left. `jitterMs`
 * comes on top of the delay of each step, and again before each member begins to join.
 */
export async function playScript(
  stage: ClusterStage,
  script: GroupScript,
  jitterMs: () => number = () => 0,
): Promise<Played> {
  const topic = await stage.createTopic(SCRIPT_KEYS.length);
  const play = new Play({ stage, script, topic, jitterMs });
  await play.produce(script.recordsFirst);
  for (const step of script.steps) {
    await stage.clock.sleep(step.afterMs + jitterMs());
    await play.take(step);
  }
  return play.settle();
}

class Play {
  readonly #stage: ClusterStage;
  readonly #script: GroupScript;
  readonly #topic: string;
  readonly #jitterMs: () => number;
  readonly #members = new Map<ScriptMember, Promise<RunningConsumer>>();
  readonly #dead = new Set<ScriptMember>();
  readonly #ended: ScriptMember[] = [];
  readonly #calls: HandlerCall[] = [];
  /** How often each record's fault has struck. */
  readonly #struck = new Map<HandlerFault, number>();
  #ticks = 0;
  readonly #acknowledged: boolean[] = [];
  /** One after the other, so that the values are in the order of sending. */
  #sending: Promise<void> = Promise.resolve();

  constructor(parts: {
    readonly stage: ClusterStage;
    readonly script: GroupScript;
    readonly topic: string;
    readonly jitterMs: () => number;
  }) {
    this.#stage = parts.stage;
    this.#script = parts.script;
    this.#topic = parts.topic;
    this.#jitterMs = parts.jitterMs;
  }

  /** To every partition, one after the other. */
  async produce(count: number): Promise<void> {
    const producer = await this.#stage.broker("producer").connectProducer();
    for (let sent = 0; sent < count; sent += 1) {
      const index = this.#acknowledged.push(false) - 1;
      const value = String(index);
      const isAnswered = await succeeds(() =>
        producer.send(SCRIPT_KEYS.map((key) => ({ topic: this.#topic, key, value }))),
      );
      this.#acknowledged[index] = isAnswered;
    }
    await producer.disconnect();
  }

  async take(step: ScriptStep): Promise<void> {
    switch (step.kind) {
      case "join":
        this.#join(step.member);
        return;
      case "leave":
        await this.#leave(step.member);
        return;
      case "crash":
        await this.#die(step.member);
        return;
      case "produce":
        this.#sending = this.#sending.then(() => this.produce(this.#script.recordsEach));
        return;
      case "stop-broker":
        await this.#stage.stopBroker(step.broker, step.how);
        return;
      case "start-broker":
        await this.#stage.startBroker(step.broker);
        return;
    }
  }

  async settle(): Promise<Played> {
    await this.#sending;
    await this.#untilSettled();
    for (const member of this.#members.keys()) {
      await this.#leave(member);
    }
    const committed = await this.#stage.committed(this.#topic);
    const ends = await this.#stage.ends(this.#topic);
    return {
      calls: this.#calls,
      partitions: SCRIPT_KEYS.map((_, partition) => {
        return { committed: committed.get(partition) ?? 0, end: ends.get(partition) ?? 0 };
      }),
      acknowledged: this.#acknowledged,
      ended: this.#ended.toSorted(),
    };
  }

  #join(member: ScriptMember): void {
    const started = this.#start(member);
    // Whoever is in the way of its start is not waited for; its failure shows where it is needed.
    started.catch(() => {});
    this.#members.set(member, started);
  }

  /** As a process does, it tries again where a broker that goes takes first requests with it. */
  async #start(member: ScriptMember): Promise<RunningConsumer> {
    await this.#stage.clock.sleep(this.#jitterMs());
    for (;;) {
      try {
        return await this.#startOnce(member);
      } catch (error) {
        if (!(error instanceof BrokerError) || this.#dead.has(member)) {
          throw error;
        }
        await this.#stage.clock.sleep(START_AGAIN_MS);
      }
    }
  }

  #startOnce(member: ScriptMember): Promise<RunningConsumer> {
    return this.#stage.broker(member).startConsumer({
      group: this.#stage.group,
      topics: [this.#topic],
      fromBeginning: true,
      sessionTimeoutMs: SCRIPT_SESSION_MS,
      ...oneByOne((delivery, commit) => this.#handle(member, delivery, commit)),
      onRestart: () => {},
      onEnd: () => this.#ended.push(member),
    });
  }

  async #leave(member: ScriptMember): Promise<void> {
    if (this.#dead.has(member)) {
      return;
    }
    const stopped = this.#members.get(member)?.then((consumer) => consumer.stop());
    // kafkajs's may never end.
    await Promise.race([stopped, this.#stage.clock.sleep(STOP_MS_MAX)]);
  }

  async #die(member: ScriptMember): Promise<void> {
    this.#dead.add(member);
    // What it had in hand, nobody has in hand any more.
    for (const call of this.#calls) {
      if (call.member === member) {
        call.over ??= this.#tick();
      }
    }
    await this.#stage.die(member);
  }

  async #handle(
    member: ScriptMember,
    delivery: Delivery,
    commitOffset: () => Promise<void>,
  ): Promise<void> {
    const { partition } = delivery;
    const offset = Number(delivery.offset);
    const call: HandlerCall = {
      member,
      partition,
      offset,
      value: Number(delivery.value),
      begun: this.#tick(),
      over: undefined,
      committed: false,
    };
    this.#calls.push(call);
    try {
      await this.#strike(member, call, commitOffset);
    } finally {
      call.over ??= this.#tick();
    }
  }

  async #strike(
    member: ScriptMember,
    call: HandlerCall,
    commitOffset: () => Promise<void>,
  ): Promise<void> {
    const fault = this.#script.handlers.find(
      ({ partition, offset }) => partition === call.partition && offset === call.offset,
    );
    const commit = async () => {
      await commitOffset();
      call.committed = true;
    };
    if (fault === undefined || !this.#isDue(fault)) {
      await succeeds(commit);
      return;
    }
    switch (fault.outcome.kind) {
      case "throw":
      case "throw-always":
        throw new Error("the handler failed");
      case "throw-type-error":
        throw new TypeError("the handler has a bug");
      case "slow":
        await this.#stage.clock.sleep(SLOW_MS);
        await succeeds(commit);
        return;
      case "crash":
        if (fault.outcome.committed) {
          await succeeds(commit);
        }
        await this.#die(member);
        throw new Error("dead");
    }
  }

  /** Counts as one strike. */
  #isDue(fault: HandlerFault): boolean {
    const struck = this.#struck.get(fault) ?? 0;
    this.#struck.set(fault, struck + 1);
    return struck < strikesOf(fault);
  }

  #tick(): number {
    this.#ticks += 1;
    return this.#ticks;
  }

  async #untilSettled(): Promise<void> {
    const { clock } = this.#stage;
    const deadlineAtMs = clock.nowMs() + SETTLE_MS_MAX;
    const hadOutage = this.#script.steps.some(({ kind }) => kind === "stop-broker");
    const quietMsMax = hadOutage ? QUIET_AFTER_OUTAGE_MS : QUIET_MS;
    let seen = "";
    let quietSinceMs = clock.nowMs();
    while (clock.nowMs() < deadlineAtMs) {
      const committed = await this.#stage.committed(this.#topic);
      const ends = await this.#stage.ends(this.#topic);
      if (SCRIPT_KEYS.every((_, each) => committed.get(each) === ends.get(each))) {
        return;
      }
      const now = JSON.stringify([...committed]);
      if (now !== seen) {
        seen = now;
        quietSinceMs = clock.nowMs();
      } else if (clock.nowMs() - quietSinceMs > quietMsMax) {
        return;
      }
      await clock.sleep(LOOK_EVERY_MS);
    }
  }
}

const LOOK_EVERY_MS = 100;
const STOP_MS_MAX = 15_000;
const START_AGAIN_MS = 500;

function strikesOf({ outcome }: HandlerFault): number {
  switch (outcome.kind) {
    case "throw":
    case "slow":
    case "throw-type-error":
      return outcome.times;
    case "throw-always":
      return Number.POSITIVE_INFINITY;
    case "crash":
      return 1;
  }
}

/** As the services have it: what could not be committed comes again. */
async function succeeds(ask: () => Promise<void>): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    if (!(error instanceof BrokerError)) {
      throw error;
    }
    return false;
  }
}
