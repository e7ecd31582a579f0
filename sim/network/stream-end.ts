import type { SimulatedProcess } from "../kernel/simulated-process.ts";
import type { TellData } from "../kernel/trace-data.ts";
import type { Trace } from "../kernel/trace.ts";
import type { Link } from "./link.ts";
import type { ProtocolData, Stream, StreamListener } from "./stream.ts";
import { Arrival, type LinkMessage, type Way } from "./way.ts";

/**
 * An end of a stream over one link. The client's end is made first, and the server's with it, as
 * its `other`. An end hears from `listen` on, and until either end is closed.
 */
export class StreamEnd<Out, In> implements Stream<Out> {
  readonly name: string;
  readonly client: string;
  readonly other: StreamEnd<In, Out>;
  readonly #link: Link;
  readonly #trace: Trace;
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
    this.#trace = options.trace;
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
    if (!this.#isOpen) {
      return;
    }
    const link = this.#link;
    if (word === "request") {
      link.countRequest();
    } else if (word === "reply" && link.losesReply()) {
      return;
    }
    const { other } = this;
    link.send(new MessageArrival(this.#wayOut(), word, message, other));
  }

  close(): void {
    if (this.#isOpen) {
      this.#shut();
      const link = this.#link;
      link.sendCallback(this.#wayOut(), LAST_WORDS[this.#side], () => {
        link.forget();
        this.other.end();
      });
    }
  }

  /** For the network: whether a message that arrives here settles no promise. */
  get settlesNothing(): boolean {
    return this.#settlesNothing;
  }

  /** For the network: a message has arrived. */
  receive(message: In): void {
    this.#trace.recordData(message, this.other.#tell);
    this.#hear(message);
  }

  #hear(message: In): void {
    if (this.#owner?.isPaused === true) {
      this.#owner.act(() => this.#hear(message));
    } else if (this.#isOpen) {
      this.#owner?.activate();
      this.#listener?.onMessage(message);
    }
  }

  /** For the network: the other end is closed, or the connection broke. */
  end(): void {
    if (this.#owner?.isPaused === true) {
      this.#owner.act(() => this.end());
    } else if (this.#isOpen) {
      const listener = this.#listener;
      this.#shut();
      listener?.onEnd();
    }
  }

  #wayOut(): Way {
    return this.#side === "client" ? this.#link.toServer : this.#link.toClient;
  }

  #shut(): void {
    this.#isOpen = false;
    // What the link still carries must not keep a dead process's memory.
    this.#listener = undefined;
    this.#owner = undefined;
    this.#onClosed?.();
    this.#onClosed = undefined;
  }
}

/** A message that arrives at an end. */
class MessageArrival<Message> extends Arrival {
  readonly #message: Message;
  readonly #end: Receiver<Message>;

  constructor(way: Way, word: LinkMessage, message: Message, end: Receiver<Message>) {
    super(way, word, end.settlesNothing);
    this.#message = message;
    this.#end = end;
  }

  arrive(): void {
    this.#end.receive(this.#message);
  }
}

interface Receiver<Message> {
  readonly settlesNothing: boolean;
  receive(message: Message): void;
}

interface StreamEndOptions<Out, In> {
  readonly name: string;
  readonly client: string;
  readonly link: Link;
  readonly trace: Trace;
  /** What is sent here goes to the server, as the client's end sees it. */
  readonly tell: ProtocolData<Out, In>;
}

/** How each end says that it closed. */
const LAST_WORDS = { client: "disconnect", server: "hang-up" } as const;
