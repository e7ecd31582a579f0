import { PostgresError } from "../ground/postgres-error.ts";

/** What NOTIFY sends. */
export interface Notification {
  readonly channel: string;
  readonly payload: string;
  /** Of the session that sent it. */
  readonly processId: number;
}

/** Who may hear. */
export interface Listener {
  /** It is to be delivered when the session is outside a transaction. */
  hear(notification: Notification): void;
}

const PAYLOAD_BYTES_MAX = 7999;
const CHANNEL_BYTES_MAX = 63;

type Action =
  | { readonly kind: "listen"; readonly channel: string }
  | { readonly kind: "unlisten"; readonly channel: string | null };

/** The channels of a database, and who listens. */
export class Channels {
  readonly #listeners = new Map<string, Set<Listener>>();

  listen(channel: string, listener: Listener): void {
    let listeners = this.#listeners.get(channel);
    if (listeners === undefined) {
      listeners = new Set();
      this.#listeners.set(channel, listeners);
    }
    listeners.add(listener);
  }

  /** Null stands for all channels. */
  unlisten(channel: string | null, listener: Listener): void {
    const channels = channel === null ? [...this.#listeners.keys()] : [channel];
    for (const one of channels) {
      const listeners = this.#listeners.get(one);
      listeners?.delete(listener);
      if (listeners?.size === 0) {
        this.#listeners.delete(one);
      }
    }
  }

  send(notification: Notification): void {
    for (const listener of this.#listeners.get(notification.channel) ?? []) {
      listener.hear(notification);
    }
  }
}

/**
 * What a transaction will do to channels when it commits: async.c. Of equal notifications of one
 * transaction the first alone is sent.
 */
export class PendingNotifications {
  readonly #channels: Channels;
  readonly #listener: Listener;
  readonly #processId: number;
  readonly #actions: Action[] = [];
  readonly #sent: Notification[] = [];

  constructor(channels: Channels, listener: Listener, processId: number) {
    this.#channels = channels;
    this.#listener = listener;
    this.#processId = processId;
  }

  /** How far the transaction has come, for `undoTo`. */
  get mark(): readonly [actions: number, sent: number] {
    return [this.#actions.length, this.#sent.length];
  }

  /** @throws PostgresError (22023) */
  notify(channel: string, payload: string): void {
    if (channel === "") {
      throw new PostgresError("22023", "channel name cannot be empty");
    }
    if (byteLength(channel) > CHANNEL_BYTES_MAX) {
      throw new PostgresError("22023", "channel name too long");
    }
    if (byteLength(payload) > PAYLOAD_BYTES_MAX) {
      throw new PostgresError("22023", "payload string too long");
    }
    const isSame = (one: Notification): boolean =>
      one.channel === channel && one.payload === payload;
    if (!this.#sent.some(isSame)) {
      this.#sent.push({ channel, payload, processId: this.#processId });
    }
  }

  act(action: Action): void {
    this.#actions.push(action);
  }

  undoTo([actions, sent]: readonly [actions: number, sent: number]): void {
    this.#actions.length = actions;
    this.#sent.length = sent;
  }

  /** The transaction is committed: everybody hears, in the order of commits. */
  commit(): void {
    if (this.#actions.length === 0 && this.#sent.length === 0) {
      return;
    }
    for (const action of this.#actions.splice(0)) {
      if (action.kind === "listen") {
        this.#channels.listen(action.channel, this.#listener);
      } else {
        this.#channels.unlisten(action.channel, this.#listener);
      }
    }
    for (const notification of this.#sent.splice(0)) {
      this.#channels.send(notification);
    }
  }
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
