import type { RandomStream } from "../../../kernel/random.ts";
import type { SimulatedProcess, Timer } from "../../../kernel/simulated-process.ts";
import type { Wait } from "../../../kernel/wait.ts";
import { ConnectionRefused, isConnectionError } from "../../../network/connection-error.ts";
import type { Network } from "../../../network/network.ts";
import { Push } from "../../../network/request-reply/push.ts";
import type { FromServer } from "../../../network/request-reply/request-reply-protocol.ts";
import type { Stream, StreamListener } from "../../../network/stream.ts";
import type { KafkaPort } from "../../protocol/kafka-port.ts";
import type { KafkaReply, KafkaRequest } from "../../protocol/protocol.ts";
import { ConnectionClosed, ConnectionFailed, RequestTimedOut } from "../ground/kafka-error.ts";
import { shareCall } from "../ground/share-call.ts";

/** Where a client lives. */
export interface ConnectionPlace {
  readonly network: Network;
  readonly process: SimulatedProcess;
  readonly stream: RandomStream;
}

/** How long a client waits, in milliseconds, and how much it asks at once. */
export interface ConnectionLimits {
  readonly connectMs: number;
  /** For a reply; a request may have a longer one of its own. */
  readonly requestMs: number;
  /** Unanswered requests on one connection; undefined for no bound. */
  readonly inFlightMax: number | undefined;
}

interface Entry {
  readonly request: KafkaRequest;
  readonly wait: Wait<KafkaReply>;
  readonly timeoutMs: number;
  sentAtMs: number;
  isOver: boolean;
}

/** kafkajs looks for requests that are late every so often, from the connection's beginning on. */
const LATE_CHECK_MS = 100;

/**
 * One connection to a broker, and its queue of requests (kafkajs's src/network/connection.js and
 * requestQueue). The broker answers in the order of asking. A request that is late is given up, and
 * its reply is ignored when it comes after all.
 */
export class Connection {
  readonly #place: ConnectionPlace;
  readonly #port: KafkaPort;
  readonly #limits: ConnectionLimits;
  /** kafkajs still calls a connection connected while it waits for its last replies. */
  #status: "connected" | "disconnecting" | "disconnected" = "disconnected";
  #stream: Stream<KafkaRequest> | undefined;
  #connectedAtMs = 0;
  /** Sent and not answered, in the order of sending; those given up among them. */
  #sent: Entry[] = [];
  #openCount = 0;
  #queued: Entry[] = [];
  #idleWaits: (() => void)[] = [];
  #lateTimer: Timer | undefined;
  /** Settles once connected. @throws ConnectionFailed */
  readonly connect: () => Promise<void>;

  constructor(place: ConnectionPlace, port: KafkaPort, limits: ConnectionLimits) {
    this.#place = place;
    this.#port = port;
    this.#limits = limits;
    this.connect = shareCall(() => this.#connect());
  }

  get isConnected(): boolean {
    return this.#status !== "disconnected";
  }

  /**
   * @throws ConnectionFailed when it is not connected; ConnectionClosed, RequestTimedOut when what
   *   was asked for may have been done
   */
  ask(request: KafkaRequest, timeoutMs: number): Promise<KafkaReply> {
    const wait = this.#place.process.wait<KafkaReply>(`a reply of ${this.#port.address}`);
    if (!this.isConnected) {
      wait.reject(new ConnectionFailed(`not connected to ${this.#port.address}`));
      return wait.promise;
    }
    const entry: Entry = {
      request,
      wait,
      timeoutMs: Math.max(this.#limits.requestMs, timeoutMs),
      sentAtMs: 0,
      isOver: false,
    };
    const { inFlightMax } = this.#limits;
    if (inFlightMax !== undefined && this.#openCount >= inFlightMax) {
      this.#queued.push(entry);
    } else {
      this.#send(entry);
    }
    return wait.promise;
  }

  /** Waits for what was asked, then hangs up. */
  async disconnect(): Promise<void> {
    this.#status = "disconnecting";
    await this.#untilIdle();
    this.#lateTimer?.cancel();
    this.#lateTimer = undefined;
    this.#stream?.close();
    this.#stream = undefined;
    this.#status = "disconnected";
    // Asked for in the moment in which the connection was being taken down.
    this.#rejectAll(new ConnectionFailed(`hung up on ${this.#port.address}`));
  }

  async #connect(): Promise<void> {
    if (this.isConnected) {
      return;
    }
    const { network, process } = this.#place;
    try {
      const { stream } = await network.connect(
        { from: process, port: this.#port, timeoutMs: this.#limits.connectMs },
        (opened) => this.#listen(opened),
      );
      this.#stream = stream;
      this.#status = "connected";
      this.#connectedAtMs = process.nowMs();
    } catch (error) {
      const failure = whyNotConnected(error);
      await this.#fail(failure);
      throw failure;
    }
  }

  #listen(stream: Stream<KafkaRequest>) {
    const listener: StreamListener<FromServer<KafkaReply>> & { stream: Stream<KafkaRequest> } = {
      stream,
      onMessage: (reply) => {
        if (this.#stream === stream && !(reply instanceof Push)) {
          this.#take(reply);
        }
      },
      onEnd: () => {
        if (this.#stream === stream) {
          void this.#fail(this.#whyLost());
        }
      },
    };
    return listener;
  }

  /**
   * A broker that is killed ends its connections, and resets those on which it has not read all:
   * which of the two it is decides whether kafkajs forgets the broker.
   */
  #whyLost(): ConnectionClosed | ConnectionFailed {
    const isReset = this.#openCount > 0 && this.#place.stream.chance(1, 4);
    return isReset
      ? new ConnectionFailed(`reset by ${this.#port.address}`)
      : new ConnectionClosed(this.#port.address);
  }

  #send(entry: Entry): void {
    const { process } = this.#place;
    entry.sentAtMs = process.nowMs();
    this.#sent.push(entry);
    this.#openCount += 1;
    this.#lateTimer ??= this.#armLateTimer();
    this.#stream?.send(entry.request, "request");
    const { request } = entry;
    if (request.kind === "produce" && request.acks === 0) {
      this.#close(entry);
      entry.wait.resolve({ kind: "produce", batches: [] });
    }
  }

  #take(reply: KafkaReply): void {
    const entry = this.#sent.shift();
    if (entry === undefined) {
      throw new Error(`${this.#port.address}: a reply to no request`);
    }
    if (!entry.isOver) {
      this.#close(entry);
      entry.wait.resolve(reply);
    }
  }

  /** It waits for nothing any more: the next one may go. */
  #close(entry: Entry): void {
    entry.isOver = true;
    this.#openCount -= 1;
    const next = this.#queued.shift();
    if (next !== undefined) {
      this.#send(next);
    }
    this.#tellIdle();
  }

  #fail(error: unknown): Promise<void> {
    this.#rejectAll(error);
    return this.disconnect();
  }

  #rejectAll(error: unknown): void {
    const failed = [...this.#sent.filter(({ isOver }) => !isOver), ...this.#queued];
    this.#sent = [];
    this.#queued = [];
    this.#openCount = 0;
    for (const entry of failed) {
      entry.isOver = true;
      entry.wait.reject(error);
    }
    this.#tellIdle();
  }

  #untilIdle(): Promise<void> {
    return new Promise((resolve) => {
      this.#idleWaits.push(resolve);
      this.#tellIdle();
    });
  }

  #tellIdle(): void {
    if (this.#openCount === 0 && this.#queued.length === 0) {
      for (const resolve of this.#idleWaits.splice(0)) {
        resolve();
      }
    }
  }

  /** One timer for all: it is moved only when it fires, so that a request costs no event. */
  #armLateTimer(): Timer | undefined {
    const open = this.#sent.filter(({ isOver }) => !isOver);
    if (open.length === 0) {
      return undefined;
    }
    const { process } = this.#place;
    const dueMs = Math.min(...open.map(({ sentAtMs, timeoutMs }) => sentAtMs + timeoutMs + 1));
    const sinceMs = dueMs - this.#connectedAtMs;
    const checkAtMs = this.#connectedAtMs + Math.ceil(sinceMs / LATE_CHECK_MS) * LATE_CHECK_MS;
    return process.after(Math.max(0, checkAtMs - process.nowMs()), () => {
      this.#giveUpLate();
      this.#lateTimer = this.#armLateTimer();
    });
  }

  #giveUpLate(): void {
    const nowMs = this.#place.process.nowMs();
    for (const entry of [...this.#sent]) {
      if (!entry.isOver && nowMs - entry.sentAtMs > entry.timeoutMs) {
        this.#close(entry);
        entry.wait.reject(new RequestTimedOut(`${entry.request.kind} to ${this.#port.address}`));
      }
    }
  }
}

function whyNotConnected(error: unknown): unknown {
  if (!isConnectionError(error)) {
    return error;
  }
  const isRefused = error instanceof ConnectionRefused;
  return new ConnectionFailed(error.message, isRefused ? "ECONNREFUSED" : undefined);
}
