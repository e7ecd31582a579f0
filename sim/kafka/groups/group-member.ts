import type { Timer } from "../../kernel/simulated-process.ts";
import type { BrokerHost } from "../ground/broker-host.ts";
import type { Assignment, GroupProtocol, ReplyOf } from "../protocol/protocol.ts";

/** What a member says of itself when it joins. */
export interface MemberTerms {
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly protocols: readonly GroupProtocol[];
}

type Answer<Reply> = (reply: Reply) => void;

/**
 * One member of a group as its coordinator sees it. It is taken for dead when not heard of for its
 * session time-out.
 */
export class GroupMember {
  id: string;
  /** The name that a static member keeps when it starts anew. */
  readonly instanceId: string | null;
  terms: MemberTerms;
  assignment: Assignment = [];
  /** It has never been through a join: its time runs though it waits. */
  isNew = false;
  #awaitingJoin: Answer<ReplyOf<"join-group">> | undefined;
  #awaitingSync: Answer<ReplyOf<"sync-group">> | undefined;
  readonly #host: BrokerHost;
  readonly #onExpired: () => void;
  #deadlineMs = 0;
  #timer: Timer | undefined;

  constructor(options: {
    id: string;
    instanceId: string | null;
    host: BrokerHost;
    terms: MemberTerms;
    onExpired: () => void;
  }) {
    this.id = options.id;
    this.instanceId = options.instanceId;
    this.#host = options.host;
    this.#onExpired = options.onExpired;
    this.terms = options.terms;
  }

  get isAwaitingJoin(): boolean {
    return this.#awaitingJoin !== undefined;
  }

  /** A join or a sync that waits for others says by itself that the member is there. */
  get isExpected(): boolean {
    const waits = this.#awaitingJoin !== undefined || this.#awaitingSync !== undefined;
    return !this.isNew && waits;
  }

  /** Of the protocol with that name. */
  topicsFor(protocol: string): readonly string[] {
    return this.terms.protocols.find(({ name }) => name === protocol)?.topics ?? [];
  }

  /** It gave a sign of life: it has that long until the next. */
  touch(timeoutMs = this.terms.sessionTimeoutMs): void {
    const isSooner = this.#host.nowMs() + timeoutMs < this.#deadlineMs;
    this.#deadlineMs = this.#host.nowMs() + timeoutMs;
    // The one timer is moved only when it fires: a heartbeat costs no event.
    if (this.#timer === undefined || isSooner) {
      this.#timer?.cancel();
      this.#arm(timeoutMs);
    }
  }

  forget(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  awaitJoin(answer: Answer<ReplyOf<"join-group">>): void {
    this.#awaitingJoin = answer;
  }

  awaitSync(answer: Answer<ReplyOf<"sync-group">>): void {
    this.#awaitingSync = answer;
  }

  answerJoin(reply: ReplyOf<"join-group">): void {
    const answer = this.#awaitingJoin;
    this.#awaitingJoin = undefined;
    answer?.(reply);
  }

  /** Whether its sync had been waiting. */
  answerSync(reply: ReplyOf<"sync-group">): boolean {
    const answer = this.#awaitingSync;
    this.#awaitingSync = undefined;
    answer?.(reply);
    return answer !== undefined;
  }

  /** Whether it asks for the same as in its last join: then a join is a question, not a change. */
  hasSameProtocols(protocols: readonly GroupProtocol[]): boolean {
    return describe(protocols) === describe(this.terms.protocols);
  }

  #arm(delayMs: number): void {
    this.#timer = this.#host.setTimer(delayMs, () => {
      const remainingMs = this.#deadlineMs - this.#host.nowMs();
      if (remainingMs > 0) {
        this.#arm(remainingMs);
        return;
      }
      this.#timer = undefined;
      // Its time begins anew when what it waits for is answered.
      if (!this.isExpected) {
        this.#onExpired();
      }
    });
  }
}

function describe(protocols: readonly GroupProtocol[]): string {
  return protocols.map((protocol) => `${protocol.name}(${protocol.topics.join(",")})`).join(";");
}
