import Fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import { problem } from "../http/problem.ts";
import type { HttpResponse, Route, Server } from "../ports/server.ts";

/** The server port on fastify, listening on one address. */
export function createHttpServer(address: {
  readonly host: string;
  readonly port: number;
}): Server {
  return {
    async serve(routes) {
      let isClosing = false;
      const app = Fastify({
        bodyLimit: 64 * 1024,
        forceCloseConnections: "idle",
        // What has reached us is answered; only after that we hang up.
        return503OnClosing: false,
      });
      app.addHook("onSend", async (_request, reply) => {
        if (isClosing) {
          reply.header("connection", "close");
        }
      });
      app.setErrorHandler((error, _request, reply) => send(reply, problemOf(error)));
      app.setNotFoundHandler((request, reply) =>
        send(reply, problem(404, "unknown-path", `there is no ${request.method} ${request.url}`)),
      );
      for (const route of routes) {
        app.route({
          method: route.method,
          url: route.path,
          handler: async (request, reply) => send(reply, await answer(route, request)),
        });
      }
      await app.listen(address);
      return {
        async close() {
          isClosing = true;
          await app.close();
        },
      };
    },
  };
}

function answer(route: Route, request: FastifyRequest): Promise<HttpResponse> {
  const headers = Object.entries(request.headers).map(
    ([name, value]) => [name, String(value)] as const,
  );
  return route.handle({
    pathParameters: Object.fromEntries(parametersOf(request)),
    headers: Object.fromEntries(headers),
    body: request.body,
    hangUp: () => void request.raw.socket.destroy(),
  });
}

function parametersOf(request: FastifyRequest): readonly (readonly [string, string])[] {
  const { params } = request;
  return typeof params === "object" && params !== null
    ? Object.entries(params).map(([name, value]) => [name, String(value)] as const)
    : [];
}

function send(reply: FastifyReply, { status, headers, body }: HttpResponse): FastifyReply {
  return reply
    .code(status)
    .headers({ ...headers })
    .type(headers?.["content-type"] ?? "application/json")
    .send(JSON.stringify(body));
}

/** What fastify refused before a route was reached: a body that is not JSON, or too large. */
function problemOf(error: unknown): HttpResponse {
  const status = error instanceof Error && "statusCode" in error ? error.statusCode : 500;
  return typeof status === "number" && status < 500 && error instanceof Error
    ? problem(status, "malformed-request", error.message)
    : problem(500, "internal-error", "the service met an error of its own");
}
