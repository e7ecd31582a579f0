import type { SimulatedProcess } from "../../kernel/simulated-process.ts";
import type { Wait } from "../../kernel/wait.ts";
import { ConnectionLost } from "../connection-error.ts";
import type { Network } from "../network.ts";
import type { Stream, StreamListener } from "../stream.ts";
import { Push } from "./push.ts";
import type { FromServer, RequestReplyPort } from "./request-reply-protocol.ts";

/** A client that connects to a port of request and reply. */
export interface RequestClientOptions<Request, Reply, Notice> {
  readonly from: SimulatedProcess;
  readonly port: RequestReplyPort<Request, Reply, Notice>;
  /** How long it tries to connect. */
  readonly timeoutMs?: number;
  /** Told of what the server says without being asked, in order with the replies. */
  readonly onPush?: (notice: Notice) => void;
  /** Told once, when the server hangs up or is gone. Not told of the own `close`. */
  readonly onLost?: () => void;
}

/** @throws ConnectionRefused, ConnectionTimedOut, ConnectionLost as `Network.connect` does */
export function connectRequestClient<Request, Reply, Notice = never>(
  network: Network,
  options: RequestClientOptions<Request, Reply, Notice>,
): Promise<RequestClient<Request, Reply, Notice>> {
  return network.connect(options, (stream: Stream<Request>) => new RequestClient(stream, options));
}

/**
 * The asking side of request and reply over a stream. The first reply answers the first request, as
 * in PostgreSQL's protocol and in HTTP/1.1, so a message carries nothing to match it by.
 */
export class RequestClient<Request, Reply, Notice = never> implements StreamListener<
  FromServer<Reply, Notice>
> {
  readonly #stream: Stream<Request>;
  readonly #options: RequestClientOptions<Request, Reply, Notice>;
  readonly #waitingFor: string;
  /** In the order of sending. Seldom more than one. */
  readonly #pending: Wait<Reply>[] = [];

  constructor(stream: Stream<Request>, options: RequestClientOptions<Request, Reply, Notice>) {
    this.#stream = stream;
    this.#options = options;
    this.#waitingFor = `a reply of ${options.port.address}`;
  }

  /** False once either end has closed the connection, as far as this end knows. */
  get isOpen(): boolean {
    return this.#stream.isOpen;
  }

  /** May be called again before the reply is there. @throws ConnectionLost */
  request(request: Request): Promise<Reply> {
    // Not an async function: the most frequent wait of a run must cost no more turns.
    const wait = this.#options.from.wait<Reply>(this.#waitingFor);
    if (this.#stream.isOpen) {
      this.#pending.push(wait);
      this.#stream.send(request, "request");
    } else {
      wait.reject(new ConnectionLost({ connection: this.#stream.name, sent: false }));
    }
    return wait.promise;
  }

  /** Hangs up. What was sent still arrives; what was asked for is lost. */
  close(): void {
    this.#stream.close();
    this.#losePending();
  }

  onMessage(message: FromServer<Reply, Notice>): void {
    if (isPush(message)) {
      this.#options.onPush?.(message.notice);
      return;
    }
    const wait = this.#pending.shift();
    if (wait === undefined) {
      throw new Error(`${this.#stream.name}: a reply to no request`);
    }
    wait.resolve(message);
  }

  onEnd(): void {
    this.#losePending();
    this.#options.onLost?.();
  }

  #losePending(): void {
    for (const wait of this.#pending.splice(0)) {
      wait.reject(new ConnectionLost({ connection: this.#stream.name, sent: true }));
    }
  }
}

function isPush<Reply, Notice>(message: FromServer<Reply, Notice>): message is Push<Notice> {
  return message instanceof Push;
}
