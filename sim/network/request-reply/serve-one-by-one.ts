import type { Stream, StreamListener } from "../stream.ts";

/** How a server treats the requests of one connection. */
export interface RequestHandler<Request, Reply> {
  /** Called with the next request once the last one was answered. `reply` may be called later. */
  serve(request: Request, reply: (reply: Reply) => void): void;
  /**
   * What becomes of what had arrived when the client goes: all of it is served first, or what waits
   * is dropped at once.
   */
  readonly afterEnd: "serve" | "drop";
  /** The client is gone, and nothing more will be begun: told once. */
  onEnd(): void;
}

/**
 * The answering side of request and reply over a stream, one request at a time and in order: behind
 * one that waits, everything of its connection waits. A reply to a client that is gone goes
 * nowhere.
 */
export function serveOneByOne<Request, Reply>(
  stream: Stream<Reply>,
  handler: RequestHandler<Request, Reply>,
): StreamListener<Request> {
  const queue: Request[] = [];
  let isBusy = false;
  let isEnded = false;

  function serve(request: Request): void {
    isBusy = true;
    let isAnswered = false;
    handler.serve(request, (reply) => {
      if (isAnswered) {
        throw new Error(`${stream.name}: a request was answered twice`);
      }
      isAnswered = true;
      isBusy = false;
      stream.send(reply, "reply");
      serveNext();
    });
  }

  function serveNext(): void {
    const next = queue.shift();
    if (next !== undefined) {
      serve(next);
    } else if (isEnded) {
      handler.onEnd();
    }
  }

  return {
    onMessage(request) {
      if (isBusy) {
        queue.push(request);
      } else {
        serve(request);
      }
    },
    onEnd() {
      if (handler.afterEnd === "drop") {
        queue.length = 0;
        handler.onEnd();
        return;
      }
      isEnded = true;
      if (!isBusy) {
        handler.onEnd();
      }
    },
  };
}
