import type { ClientRequest } from "../../scenarios/plans/commands/client-request.ts";
import { ANSWER_MS_MAX, Unanswered, type ClientAnswer } from "../../scenarios/world.ts";
import { problem } from "../../system/http/problem.ts";
import type { HttpResponse, Route, Server } from "../../system/ports/server.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { SimulatedProcess } from "../kernel/simulated-process.ts";
import { ConnectionLost, ConnectionRefused } from "../network/connection-error.ts";
import type { Network } from "../network/network.ts";
import { Protocol } from "../network/protocol.ts";
import {
  connectRequestClient,
  type RequestClient,
} from "../network/request-reply/request-client.ts";
import type { RequestReplyProtocol } from "../network/request-reply/request-reply-protocol.ts";
import { serveOneByOne } from "../network/request-reply/serve-one-by-one.ts";

/** A service listens under the name of its process. */
const httpProtocol: RequestReplyProtocol<ClientRequest, HttpResponse> = new Protocol("HTTP");

/**
 * The server port over the simulated network, under the name of its process. A body travels as a
 * value; what a route does not answer with a response is the bug of that route and ends the run.
 */
export function createSimulatedServer(
  kernel: Kernel,
  network: Network,
  process: SimulatedProcess,
): Server {
  return {
    async serve(routes) {
      const listener = network.listen(
        httpProtocol.at(process.name),
        (stream) =>
          serveOneByOne(stream, {
            serve(request, reply) {
              respond(routes, request, () => stream.close()).then(reply, (error: unknown) =>
                kernel.fail(error),
              );
            },
            afterEnd: "serve",
            onEnd() {},
          }),
        process,
      );
      return { close: async () => listener.close() };
    },
  };
}

/** Sends one request to the process of that name. @throws Unanswered, after `ANSWER_MS_MAX` too */
export type HttpClient = (to: string, request: ClientRequest) => Promise<ClientAnswer>;

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
      const connection = takeOpen(idle) ?? (await connectRequestClient(network, { from, port }));
      const timer = from.after(ANSWER_MS_MAX, () => connection.close());
      const response = await connection.request(request);
      timer.cancel();
      idle.push(connection);
      return response;
    } catch (error) {
      throw asUnanswered(error);
    }
  };
}

type HttpConnection = RequestClient<ClientRequest, HttpResponse>;

/** The one used last that the server has not hung up on. */
function takeOpen(idle: HttpConnection[]): HttpConnection | undefined {
  const connection = idle.pop();
  return connection === undefined || connection.isOpen ? connection : takeOpen(idle);
}

function asUnanswered(error: unknown): unknown {
  const isLost = error instanceof ConnectionRefused || error instanceof ConnectionLost;
  return isLost ? new Unanswered(error.message, { cause: error }) : error;
}

async function respond(
  routes: readonly Route[],
  request: ClientRequest,
  hangUp: () => void,
): Promise<HttpResponse> {
  for (const route of routes) {
    const pathParameters = matchPath(route.path, request.path);
    if (route.method === request.method && pathParameters !== undefined) {
      const { headers, body } = request;
      return route.handle({ pathParameters, headers, body, hangUp });
    }
  }
  return problem(404, "unknown-path", `there is no ${request.method} ${request.path}`);
}

/** The values of the path's variable parts, or undefined when the path is another. */
function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const parts = pattern.split("/");
  const values = path.split("/");
  if (parts.length !== values.length) {
    return undefined;
  }
  const parameters: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const value = values[index] ?? "";
    if (part.startsWith(":")) {
      parameters[part.slice(1)] = decodeURIComponent(value);
    } else if (part !== value) {
      return undefined;
    }
  }
  return parameters;
}
