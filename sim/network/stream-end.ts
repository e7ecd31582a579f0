import type { SimulatedProcess } from "../kernel/simulated-process.ts";
import type { TellData } from "../kernel/trace-data.ts";
import type { Link, LinkMessage } from "./link.ts";
import type { ProtocolData, Stream, StreamListener } from "./stream.ts";

/**
 * An end of a stream over one link. The client's end is made first, and the server's with it, as
 * its `other`. An end hears from `listen` on, and until either end is closed.
 */
export class StreamEnd<Out, In> implements Stream<Out> {
  readonly name: string;
  readonly client: string;
  readonly other: StreamEnd<In, Out>;
  readonly #link: Link;
  readonly #side: "client" | "server";
  /** What goes into the trace of each message that is sent here. */
  readonly #tell: TellData<Out>;
  #isOpen = false;
  #settlesNothing = false;
  #owner: SimulatedProcess | undefined;
  #onClosed: (() => void) | undefined;
  #listener: StreamListener<In> | undefined;

  constructor(options: StreamEndOptions<Out, In>, other?: StreamEnd<In, Out>) {
    const { tell, ...shared } = options;
    this.name = options.name;
    this.client = options.client;
    this.#link = options.link;
    this.#tell = tell.toServer;
    this.#side = other === undefined ? "client" : "server";
    const reversed = { toServer: tell.toClient, toClient: tell.toServer };
    this.other = other ?? new StreamEnd<In, Out>({ ...shared, tell: reversed }, this);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /**
   * `owner` is the process whose end it is, if it is one's: paused, it hears when it goes on.
   * `onClosed` is told once, whichever end closes. `settlesNothing`: a message that arrives here
   * settles no promise, as in `Kernel.schedule`.
   */
  open(options: {
    owner: SimulatedProcess | undefined;
    settlesNothing: boolean;
    onClosed: () => void;
  }): void {
    this.#owner = options.owner;
    this.#isOpen = true;
    this.#settlesNothing = options.settlesNothing;
    this.#onClosed = options.onClosed;
  }

  /** Before anything arrives: what nobody listens to is lost. */
  listen(listener: StreamListener<In>): void {
    this.#listener = listener;
  }

  send(message: Out, word: LinkMessage): void {
    if (this.#isOpen) {
      const { other } = this;
      const arrive = (): void => {
        this.#link.recordData(message, this.#tell);
        other.#hear(message);
      };
      this.#link.send(other.#side, word, arrive, other.#settlesNothing);
    }
  }

  close(): void {
    if (this.#isOpen) {
      this.#shut();
      const { other } = this;
      this.#link.send(other.#side, LAST_WORDS[this.#side], () => other.#end());
    }
  }

  #hear(message: In): void {
    if (this.#owner?.isPaused === true) {
      this.#owner.act(() => this.#hear(message));
    } else if (this.#isOpen) {
      this.#owner?.activate();
      this.#listener?.onMessage(message);
    }
  }

  #end(): void {
    if (this.#owner?.isPaused === true) {
      this.#owner.act(() => this.#end());
    } else if (this.#isOpen) {
      this.#shut();
      this.#listener?.onEnd();
    }
  }

  #shut(): void {
    this.#isOpen = false;
    this.#onClosed?.();
  }
}

interface StreamEndOptions<Out, In> {
  readonly name: string;
  readonly client: string;
  readonly link: Link;
  /** What is sent here goes to the server, as the client's end sees it. */
  readonly tell: ProtocolData<Out, In>;
}

/** How each end says that it closed. */
const LAST_WORDS = { client: "disconnect", server: "hang-up" } as const;
