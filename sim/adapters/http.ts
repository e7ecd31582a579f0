import { Unanswered, type ClientAnswer, type ClientRequest } from "../../scenarios/world.ts";
import { problem } from "../../system/http/problem.ts";
import type { HttpResponse, Route, Server } from "../../system/ports/server.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { SimulatedProcess } from "../kernel/simulated-process.ts";
import { ConnectionLost, ConnectionRefused } from "../network/connection-error.ts";
import type { Network } from "../network/network.ts";
import { parseHttpRequest, parseHttpResponse } from "./http-codec.ts";

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
        process.name,
        () => ({
          onRequest(payload, reply) {
            respond(routes, parseHttpRequest(payload)).then(reply, (error: unknown) =>
              kernel.fail(error),
            );
          },
          onDisconnect() {},
        }),
        process,
      );
      return { close: async () => listener.close() };
    },
  };
}

/** One request on a connection of its own. @throws Unanswered */
export async function requestOnce(
  network: Network,
  ends: { readonly from: SimulatedProcess; readonly to: string },
  request: ClientRequest,
): Promise<ClientAnswer> {
  try {
    const connection = await network.connect(ends);
    const response = parseHttpResponse(await connection.request(request));
    connection.close();
    return response;
  } catch (error) {
    if (error instanceof ConnectionRefused || error instanceof ConnectionLost) {
      throw new Unanswered(error.message, { cause: error });
    }
    throw error;
  }
}

async function respond(routes: readonly Route[], request: ClientRequest): Promise<HttpResponse> {
  for (const route of routes) {
    const pathParameters = matchPath(route.path, request.path);
    if (route.method === request.method && pathParameters !== undefined) {
      return route.handle({ pathParameters, headers: request.headers, body: request.body });
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
