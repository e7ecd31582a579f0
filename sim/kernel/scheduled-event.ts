/** Whose event it is: a process. */
export interface EventOwner {
  readonly isPaused: boolean;
  act(callback: () => void): void;
}

/**
 * Something that will happen once, when its time comes: never if it is cancelled, nor if its owner
 * has exited by then. What happens is said by a class that extends this one, so that the most
 * frequent events are one object and no closure.
 */
export abstract class ScheduledEvent {
  /** When it is due, in whole microseconds since the start of the run. */
  atUs = 0;
  /** Counts up in the order of scheduling, over the whole run. */
  sequence = 0;
  /** Who is concerned: a process, a server, a connection. */
  readonly actor: string;
  /** The process that it ends with, and waits for while that is paused. */
  readonly owner: EventOwner | undefined;
  /** It settles no promise and starts no async function, so there is nothing to drain after it. */
  readonly settlesNothing: boolean;
  isCancelled = false;

  constructor(actor: string, owner: EventOwner | undefined, settlesNothing: boolean) {
    this.actor = actor;
    this.owner = owner;
    this.settlesNothing = settlesNothing;
  }

  protected abstract happen(): void;

  /** By its owner where it has one: a process that is paused does it when it goes on. */
  run(): void {
    const { owner } = this;
    if (owner?.isPaused === true) {
      // It may be called off before then.
      owner.act(() => {
        if (!this.isCancelled) {
          this.happen();
        }
      });
    } else {
      this.happen();
    }
  }

  /** It will not happen. After it has happened this does nothing. */
  cancel(): void {
    this.isCancelled = true;
  }
}

/** By time, then by the order of scheduling. */
export function isBefore(one: ScheduledEvent, other: ScheduledEvent): boolean {
  return one.atUs < other.atUs || (one.atUs === other.atUs && one.sequence < other.sequence);
}

/** An event that calls back. */
export class CallbackEvent extends ScheduledEvent {
  #callback: (() => void) | undefined;

  constructor(parts: {
    readonly actor: string;
    readonly owner: EventOwner | undefined;
    readonly settlesNothing: boolean;
    readonly callback: () => void;
  }) {
    super(parts.actor, parts.owner, parts.settlesNothing);
    this.#callback = parts.callback;
  }

  protected happen(): void {
    this.#callback?.();
  }

  /** What it held on to is free at once, and not when it would have been due. */
  override cancel(): void {
    super.cancel();
    this.#callback = undefined;
  }
}
