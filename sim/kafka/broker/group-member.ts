import type { Timer } from "../../kernel/simulated-process.ts";
import type { Assignment, GroupProtocol, ReplyOf, RequestOf } from "../protocol/protocol.ts";
import type { BrokerHost } from "./broker-host.ts";

/**
 * One member of a group as its coordinator sees it. It is taken for dead when not heard of for its
 * session time-out.
 */
export class GroupMember {
  readonly id: string;
  sessionTimeoutMs: number;
  rebalanceTimeoutMs: number;
  protocols: readonly GroupProtocol[];
  assignment: Assignment = [];
  awaitingJoin: ((reply: ReplyOf<"join-group">) => void) | undefined;
  awaitingSync: ((reply: ReplyOf<"sync-group">) => void) | undefined;
  readonly #host: BrokerHost;
  readonly #onExpired: () => void;
  #deadlineMs = 0;
  #timer: Timer | undefined;

  constructor(options: {
    id: string;
    host: BrokerHost;
    request: RequestOf<"join-group">;
    onExpired: () => void;
  }) {
    this.id = options.id;
    this.#host = options.host;
    this.#onExpired = options.onExpired;
    this.sessionTimeoutMs = options.request.sessionTimeoutMs;
    this.rebalanceTimeoutMs = options.request.rebalanceTimeoutMs;
    this.protocols = options.request.protocols;
  }

  /**
   * It gave a sign of life. The one timer is moved only when it fires: a heartbeat costs no event.
   */
  touch(): void {
    this.#deadlineMs = this.#host.nowMs() + this.sessionTimeoutMs;
    if (this.#timer === undefined) {
      this.#arm(this.sessionTimeoutMs);
    }
  }

  forget(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  answerJoin(reply: ReplyOf<"join-group">): void {
    const answer = this.awaitingJoin;
    this.awaitingJoin = undefined;
    answer?.(reply);
  }

  answerSync(reply: ReplyOf<"sync-group">): void {
    const answer = this.awaitingSync;
    this.awaitingSync = undefined;
    answer?.(reply);
  }

  /** Whether it asks for the same as in its last join: then a join is a question, not a change. */
  hasSameProtocols(protocols: readonly GroupProtocol[]): boolean {
    return describe(protocols) === describe(this.protocols);
  }

  #arm(delayMs: number): void {
    this.#timer = this.#host.setTimer(delayMs, () => {
      const remainingMs = this.#deadlineMs - this.#host.nowMs();
      if (remainingMs > 0) {
        this.#arm(remainingMs);
        return;
      }
      // While its join or sync waits for the others, silence is what the protocol asks of it.
      if (this.awaitingJoin !== undefined || this.awaitingSync !== undefined) {
        this.#arm(this.sessionTimeoutMs);
        return;
      }
      this.#timer = undefined;
      this.#onExpired();
    });
  }
}

function describe(protocols: readonly GroupProtocol[]): string {
  return protocols.map((protocol) => `${protocol.name}(${protocol.topics.join(",")})`).join(";");
}
