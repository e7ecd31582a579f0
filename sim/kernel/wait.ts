import { ScheduledEvent, type EventOwner } from "./scheduled-event.ts";

/** What one process waits for at the moment. */
export class WaitList {
  readonly #first: WaitLink = { previous: undefined, next: undefined };
  /** While the process is paused: what it would have met meanwhile, in order. Otherwise null. */
  held: (() => void)[] | null = null;
  /** Told before the process goes on with what it waited for. */
  readonly onSettle: () => void;
  #last: WaitLink = this.#first;

  constructor(onSettle: () => void) {
    this.onSettle = onSettle;
  }

  /**
   * A chain of neighbours, and not a Set: most processes wait for one thing at a time, and a Set
   * that goes back and forth between empty and one allocates a new table each time.
   */
  add(wait: ListedWait): void {
    wait.previous = this.#last;
    this.#last.next = wait;
    this.#last = wait;
  }

  /** Whether it was there. */
  remove(wait: ListedWait): boolean {
    const { previous, next } = wait;
    if (previous === undefined) {
      return false;
    }
    previous.next = next;
    if (next === undefined) {
      this.#last = previous;
    } else {
      next.previous = previous;
    }
    wait.previous = undefined;
    wait.next = undefined;
    return true;
  }

  /** In the order in which they began. */
  all(): readonly ListedWait[] {
    const waits: ListedWait[] = [];
    for (let wait = this.#first.next; wait !== undefined; wait = wait.next) {
      waits.push(wait);
    }
    return waits;
  }

  takeAll(): readonly ListedWait[] {
    const waits = this.all();
    for (const wait of waits) {
      this.remove(wait);
    }
    return waits;
  }
}

interface WaitLink {
  /** Undefined for what is in no list, and for the list's own beginning. */
  previous: WaitLink | undefined;
  next: ListedWait | undefined;
}

interface ListedWait extends WaitLink {
  readonly waitingFor: string;
  abandon(): void;
}

/** A sleep: what a process waits for, and the event that ends it, in one. */
export class Sleep extends ScheduledEvent implements ListedWait {
  readonly promise: Promise<void>;
  readonly waitingFor = "sleep";
  previous: WaitLink | undefined = undefined;
  next: ListedWait | undefined = undefined;
  readonly #waits: WaitList;
  #resolve: (() => void) | undefined;

  constructor(actor: string, owner: EventOwner, waits: WaitList) {
    super(actor, owner, false);
    this.#waits = waits;
    this.promise = new Promise<void>((resolve) => {
      this.#resolve = resolve;
    });
  }

  abandon(): void {
    this.#resolve = undefined;
  }

  protected happen(): void {
    if (this.#waits.remove(this)) {
      this.#waits.onSettle();
      this.#resolve?.();
    }
  }
}

/** One thing that a process waits for. It settles once, and never after the process has exited. */
export class Wait<T> implements ListedWait {
  readonly promise: Promise<T>;
  readonly waitingFor: string;
  previous: WaitLink | undefined;
  next: ListedWait | undefined;
  /** All that the process waits for; this one is in it until it is settled or abandoned. */
  readonly #waits: WaitList;
  // The promise's two functions, held so that they can be let go, and with them every frame that
  // awaits it.
  #resolve: ((value: T) => void) | undefined;
  #reject: ((error: unknown) => void) | undefined;

  constructor(waitingFor: string, waits: WaitList) {
    this.waitingFor = waitingFor;
    this.previous = undefined;
    this.next = undefined;
    this.#waits = waits;
    this.promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  resolve(value: T): void {
    if (this.#waits.held !== null) {
      this.#waits.held.push(() => this.resolve(value));
      return;
    }
    if (this.#waits.remove(this)) {
      this.#waits.onSettle();
      this.#resolve?.(value);
    }
  }

  reject(error: unknown): void {
    if (this.#waits.held !== null) {
      this.#waits.held.push(() => this.reject(error));
      return;
    }
    if (this.#waits.remove(this)) {
      this.#waits.onSettle();
      this.#reject?.(error);
    }
  }

  abandon(): void {
    this.#resolve = undefined;
    this.#reject = undefined;
  }
}
