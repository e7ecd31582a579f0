import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import Fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import { findRoute, HTTP_LIMITS, queryParametersOf, refusalOfBody } from "../http/front-door.ts";
import { internalError, problem } from "../http/problem.ts";
import type { Admission, HttpResponse, RequestHead, Route, Server } from "../ports/server.ts";

/** The server port on fastify, listening on one address. */
export function createHttpServer(address: {
  readonly host: string;
  readonly port: number;
}): Server {
  return {
    async serve(routes) {
      let isClosing = false;
      const app = createApp(routes);
      app.addHook("onSend", async (_request, reply) => {
        if (isClosing) {
          reply.header("connection", "close");
        }
      });
      for (const route of routes) {
        const admitted = new WeakMap<FastifyRequest, Handle>();
        app.route({
          method: route.method,
          url: route.path,
          onRequest: async (request, reply) => {
            const admission = await admissionTo(route, request);
            if (admission.kind === "refused") {
              return send(reply, admission.response);
            }
            admitted.set(request, admission.handle);
            return undefined;
          },
          handler: async (request, reply) => {
            const handle = admitted.get(request) ?? notAdmitted;
            return send(reply, await handle(request.body));
          },
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

/** Fastify with our words for everything that it refuses by itself. */
function createApp(routes: readonly Route[]) {
  const refusal = ({ method, url }: FastifyRequest): HttpResponse => {
    const found = findRoute(routes, method, url);
    return found.kind === "refused"
      ? found.response
      : problem(400, "malformed-request", `${method} ${url} cannot be read`);
  };
  const app = Fastify({
    bodyLimit: HTTP_LIMITS.bodyBytesMax,
    routerOptions: { maxParamLength: HTTP_LIMITS.pathParameterLengthMax },
    // Without a Host header Node would answer in its own words.
    http: { maxHeaderSize: HTTP_LIMITS.headerBytesMax, requireHostHeader: false },
    forceCloseConnections: "idle",
    // What has reached us is answered; only after that we hang up.
    return503OnClosing: false,
    clientErrorHandler: refuseSocket,
    frameworkErrors: (_error, request, reply) => void send(reply, refusal(request)),
  });
  const parseJson = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser<string>(
    "application/json",
    { parseAs: "string" },
    // Many clients name a type though they send nothing: whether that is enough the route says.
    (request, body, done) => (body === "" ? done(null, undefined) : parseJson(request, body, done)),
  );
  app.setErrorHandler((error, _request, reply) => send(reply, problemOf(error)));
  app.setNotFoundHandler((request, reply) => send(reply, refusal(request)));
  app.server.on("checkExpectation", (_request, response) => {
    const { status, headers, body } = problem(417, "expectation-failed", "no Expect is understood");
    response.writeHead(status, { ...headers, connection: "close" }).end(JSON.stringify(body));
  });
  return app;
}

type Handle = Extract<Admission, { readonly kind: "admitted" }>["handle"];

/** Before a body is read: nothing is that cannot be one of ours, or of one who may not ask. */
async function admissionTo(route: Route, request: FastifyRequest): Promise<Admission> {
  const { raw } = request;
  if (raw.httpVersion === "1.1" && raw.headers.host === undefined) {
    return refused(problem(400, "malformed-request", "expected a Host header"));
  }
  const admission = await route.admit(headOf(request));
  const hasBody =
    raw.headers["transfer-encoding"] !== undefined ||
    (raw.headers["content-length"] ?? "0") !== "0";
  const refusal =
    hasBody && admission.kind === "admitted" ? refusalOfBody(raw.headersDistinct) : undefined;
  return refusal === undefined ? admission : refused(refusal);
}

function refused(response: HttpResponse): Admission {
  return { kind: "refused", response };
}

async function notAdmitted(): Promise<HttpResponse> {
  throw new Error("a request came to its route without having been admitted");
}

function headOf(request: FastifyRequest): RequestHead {
  const headers = Object.entries(request.raw.headersDistinct).map(
    ([name, values]) => [name, values ?? []] as const,
  );
  return {
    pathParameters: Object.fromEntries(parametersOf(request)),
    queryParameters: queryParametersOf(request.url),
    headers: Object.fromEntries(headers),
    hangUp: () => void request.raw.socket.destroy(),
  };
}

function parametersOf(request: FastifyRequest): readonly (readonly [string, string])[] {
  const { params } = request;
  return typeof params === "object" && params !== null
    ? Object.entries(params).map(([name, value]) => [name, String(value)] as const)
    : [];
}

function send(reply: FastifyReply, { status, headers, body }: HttpResponse): FastifyReply {
  const type = headers?.["content-type"] ?? "application/json";
  return reply
    .code(status)
    .headers({ ...headers })
    .type(type)
    .send(type.startsWith("text/") ? String(body) : JSON.stringify(body));
}

/** What fastify refused before a route was reached: a body that is not JSON, or too large. */
function problemOf(error: unknown): HttpResponse {
  const status = error instanceof Error && "statusCode" in error ? error.statusCode : 500;
  return typeof status === "number" && status < 500 && error instanceof Error
    ? problem(status, status === 413 ? "body-too-large" : "malformed-request", error.message)
    : internalError();
}

/** What was no HTTP, or too much of it: there is no request to answer, only a socket. */
function refuseSocket(error: Error & { readonly code?: string }, socket: Duplex): void {
  // The client is gone: nobody reads an answer.
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = problemOfSocket(error.code);
  const text = JSON.stringify(body);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(text)}`,
    "connection: close",
  ];
  socket.end(`${lines.join("\r\n")}\r\n\r\n${text}`);
}

function problemOfSocket(code: string | undefined): HttpResponse {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return problem(431, "headers-too-large", "the request's headers are too large");
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return problem(408, "request-timeout", "the request did not come in time");
    default:
      return problem(400, "malformed-request", "what was sent is not HTTP");
  }
}
