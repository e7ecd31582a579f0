import type { ClientRequest } from "../../scenarios/plans/commands/client-request.ts";
import { ANSWER_MS_MAX, Unanswered } from "../../scenarios/world.ts";
import {
  findRoute,
  HTTP_LIMITS,
  queryParametersOf,
  refusalOfBody,
} from "../../system/http/front-door.ts";
import { internalError, problem } from "../../system/http/problem.ts";
import type { HttpResponse, Route, Server } from "../../system/ports/server.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { NotSimulated } from "../kernel/not-simulated.ts";
import type { SimulatedProcess } from "../kernel/simulated-process.ts";
import { isConnectionError } from "../network/connection-error.ts";
import type { Network } from "../network/network.ts";
import { Protocol } from "../network/protocol.ts";
import {
  connectRequestClient,
  type RequestClient,
} from "../network/request-reply/request-client.ts";
import type { RequestReplyProtocol } from "../network/request-reply/request-reply-protocol.ts";
import { serveOneByOne } from "../network/request-reply/serve-one-by-one.ts";

/** A request on its way: what HTTP carries, with the body as a value. */
export interface SimulatedRequest {
  readonly method: string;
  readonly path: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Travels as a value; its JSON counts for the limit of its size. */
  readonly body?: ClientRequest["body"];
}

/** A service listens under the name of its process. */
const httpProtocol: RequestReplyProtocol<SimulatedRequest, HttpResponse> = new Protocol("HTTP");

/**
 * The server port over the simulated network, under the name of its process, as
 * `system/adapters/http-server.ts` is on fastify. A route that throws is answered for with 500.
 */
export function createSimulatedServer(
  kernel: Kernel,
  network: Network,
  process: SimulatedProcess,
): Server {
  return {
    async serve(routes) {
      let inHand = 0;
      let onRest = (): void => {};
      const listener = network.listen(
        httpProtocol.at(process.name),
        (stream) =>
          serveOneByOne(stream, {
            serve(request, reply) {
              inHand += 1;
              respond(routes, request, () => stream.close())
                .catch((error: unknown) => {
                  if (error instanceof NotSimulated) {
                    kernel.fail(error);
                  }
                  return internalError();
                })
                .then(
                  (response) => {
                    reply(response);
                    inHand -= 1;
                    if (inHand === 0) {
                      onRest();
                    }
                  },
                  (error: unknown) => kernel.fail(error),
                );
            },
            afterEnd: "serve",
            onEnd() {},
          }),
        process,
      );
      return {
        async close() {
          listener.refuse();
          if (inHand > 0) {
            await process.promise<void>("what is in hand", (resolve) => {
              onRest = resolve;
            });
          }
          listener.close();
        },
      };
    },
  };
}

/** Sends one request to the process of that name. @throws Unanswered, after `ANSWER_MS_MAX` too */
export type HttpClient = (to: string, request: SimulatedRequest) => Promise<HttpResponse>;

/** What a client of the scenarios sends, as `chaos/service-client.ts` sends it over HTTP. */
export function simulatedRequest({ method, path, headers, body }: ClientRequest): SimulatedRequest {
  const sent = Object.entries(headers).map(([name, value]) => [name, [value]] as const);
  return {
    method,
    path,
    headers: { ...Object.fromEntries(sent), ...(body === undefined ? {} : JSON_TYPE) },
    body,
  };
}

const JSON_TYPE = { "content-type": ["application/json"] };

/**
 * A client that keeps its connections alive, as HTTP/1.1 clients do: a request goes out on one that
 * is idle, on a new one when there is none, and has it to itself until the answer.
 */
export function createHttpClient(network: Network, from: SimulatedProcess): HttpClient {
  const idleByServer = new Map<string, HttpConnection[]>();
  return async (to, request) => {
    const port = httpProtocol.at(to);
    const idle = idleByServer.get(to) ?? [];
    idleByServer.set(to, idle);
    try {
      const beganAtMs = from.nowMs();
      const connection =
        takeOpen(idle) ??
        (await connectRequestClient(network, { from, port, timeoutMs: ANSWER_MS_MAX }));
      // One bound for both, as an AbortSignal is for `fetch`.
      const leftMs = Math.max(0, beganAtMs + ANSWER_MS_MAX - from.nowMs());
      const timer = from.after(leftMs, () => connection.close());
      const response = await connection.request(request);
      timer.cancel();
      idle.push(connection);
      return response;
    } catch (error) {
      throw asUnanswered(error);
    }
  };
}

type HttpConnection = RequestClient<SimulatedRequest, HttpResponse>;

/** The one used last that the server has not hung up on. */
function takeOpen(idle: HttpConnection[]): HttpConnection | undefined {
  const connection = idle.pop();
  return connection === undefined || connection.isOpen ? connection : takeOpen(idle);
}

function asUnanswered(error: unknown): unknown {
  return isConnectionError(error) ? new Unanswered(error.message, { cause: error }) : error;
}

async function respond(
  routes: readonly Route[],
  request: SimulatedRequest,
  hangUp: () => void,
): Promise<HttpResponse> {
  const { method, path, headers, body } = request;
  if (sizeOf(headers) > HTTP_LIMITS.headerBytesMax) {
    return problem(431, "headers-too-large", "the request's headers are too large");
  }
  const found = findRoute(routes, method, path);
  if (found.kind === "refused") {
    return found.response;
  }
  const { pathParameters, route } = found;
  const queryParameters = queryParametersOf(path);
  const admission = await route.admit({ pathParameters, queryParameters, headers, hangUp });
  if (admission.kind === "refused") {
    return admission.response;
  }
  const refusal = body === undefined ? undefined : refusalOfBody(headers);
  if (refusal !== undefined) {
    return refusal;
  }
  if (body !== undefined && isTooLarge(body)) {
    return problem(413, "body-too-large", "the request's body is too large");
  }
  const response = await admission.handle(body);
  return method === "HEAD" ? { ...response, body: undefined } : response;
}

/** In characters; headers are ASCII. */
function sizeOf(headers: SimulatedRequest["headers"]): number {
  let size = 0;
  for (const [name, values] of Object.entries(headers)) {
    for (const value of values) {
      size += name.length + String(value).length;
    }
  }
  return size;
}

/** Nearly every body is far from the limit: only one that may be near it is written out. */
function isTooLarge(body: NonNullable<ClientRequest["body"]>): boolean {
  const entries = Object.entries(body);
  const length = entries.reduce(
    (sum, [name, value]) => sum + name.length + String(value).length,
    0,
  );
  const { bodyBytesMax } = HTTP_LIMITS;
  return (
    // A character may be written as six: \u0000.
    length * 6 + entries.length * 6 + 2 > bodyBytesMax &&
    new TextEncoder().encode(JSON.stringify(body)).length > bodyBytesMax
  );
}
