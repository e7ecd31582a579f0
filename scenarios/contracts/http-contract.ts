import { openRoute } from "../../system/http/open-route.ts";
import { problem } from "../../system/http/problem.ts";
import type { Route } from "../../system/ports/server.ts";
import { demandEqual, type Claim } from "./claim.ts";

/** What is asked of a server; a header may come more than once. */
export interface HttpQuestion {
  readonly method: string;
  readonly path: string;
  /** By lower-case name. */
  readonly headers?: Readonly<Record<string, readonly string[]>>;
  /** Sent as JSON, whatever the headers say. */
  readonly body?: Readonly<Record<string, string>>;
}

export interface HttpAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON; undefined when there is none. */
  readonly body: unknown;
}

/** Where a claim about the server is checked. */
export interface HttpStage {
  /** Starts a server of these routes that nobody used before; a stage has one at a time. */
  serve(routes: readonly Route[]): Promise<{
    ask(question: HttpQuestion): Promise<HttpAnswer>;
    close(): Promise<void>;
  }>;
}

/** What the services rely on from the server port: what is answered before a route is reached. */
export const httpContract: readonly Claim<HttpStage>[] = [
  refused("a path that is not there is 404", { method: "GET", path: "/nowhere" }, 404),
  refused("a path with a part too many is 404", { method: "GET", path: "/echo/1/2" }, 404),
  refused(
    "a method that a path does not take is 405, with those that it takes",
    { method: "GET", path: "/echo/1" },
    405,
    { allow: "POST" },
  ),
  refused("DELETE is 405 likewise", { method: "DELETE", path: "/read/1" }, 405, {
    allow: "GET, HEAD",
  }),
  refused(
    "a path that no percent-decoding can read is 400",
    { method: "GET", path: "/read/%" },
    400,
  ),
  refused(
    "so is one that is no UTF-8, where no route is",
    { method: "GET", path: "/nowhere/%ff" },
    400,
  ),
  refused(
    "a variable part of 101 characters is 414",
    { method: "GET", path: `/read/${"x".repeat(101)}` },
    414,
  ),
  refused(
    "headers of 20 kB are 431",
    { method: "GET", path: "/read/1", headers: { "x-long": ["x".repeat(20_000)] } },
    431,
  ),
  unread("a body that is no JSON", { "content-type": ["text/csv"] }),
  unread("a body of two types", { "content-type": ["application/json", "text/csv"] }),
  unread("a body in another character set", {
    "content-type": ["application/json; charset=utf-16"],
  }),
  unread("a body of a type that cannot be read", { "content-type": ["json"] }),
  unread("a body said to be compressed", {
    "content-type": ["application/json"],
    "content-encoding": ["gzip"],
  }),
  refused(
    "a body of more than 64 KiB is 413",
    {
      method: "POST",
      path: "/echo/1",
      headers: { "content-type": ["application/json"] },
      body: { a: "x".repeat(64 * 1024) },
    },
    413,
  ),

  refused(
    "who is not let in is told so before a word of the body is read: one that is too large",
    {
      method: "POST",
      path: "/closed",
      headers: { "content-type": ["application/json"] },
      body: { a: "x".repeat(64 * 1024) },
    },
    401,
  ),
  refused(
    "and one that is no JSON",
    { method: "POST", path: "/closed", headers: { "content-type": ["text/csv"] }, body: {} },
    401,
  ),

  {
    claim: "a path's variable part comes decoded, a body parsed, and HEAD is answered as GET",
    check: (stage) =>
      withServer(stage, async (server) => {
        const read = await server.ask({ method: "GET", path: "/read/a%20b%2Fc" });
        demandEqual("what was read", [read.status, read.body], [200, { id: "a b/c", keys: 0 }]);
        const headers = { "content-type": ["application/json"] };
        const nothing = await server.ask({ method: "POST", path: "/echo/1", headers });
        demandEqual("no body, of that type", [nothing.status, nothing.body], [202, {}]);
        const empty = await server.ask({ method: "GET", path: "/read/" });
        demandEqual("an empty part", empty.body, { id: "", keys: 0 });
        const head = await server.ask({ method: "HEAD", path: "/read/1" });
        demandEqual("HEAD", [head.status, head.body], [200, undefined]);
        const longest = await server.ask({ method: "GET", path: `/read/${"x".repeat(100)}` });
        demandEqual("a part of 100 characters", longest.status, 200);
        const body = { a: "1" };
        for (const type of ["application/json", 'Application/JSON; charset="UTF-8"']) {
          const headers = { "content-type": [type], "content-encoding": ["identity"] };
          const echo = await server.ask({ method: "POST", path: "/echo/1", headers, body });
          demandEqual(`what came of ${type}`, [echo.status, echo.body], [202, { got: body }]);
        }
      }),
  },

  {
    claim: "what stands after the question mark is handed on by name, decoded, and twice is two",
    check: (stage) =>
      withServer(stage, async (server) => {
        const path = "/query/1?a=1&b=x%20y&a=2&c=&d=%C3%A9+z";
        const answer = await server.ask({ method: "GET", path });
        const expected = { a: ["1", "2"], b: ["x y"], c: [""], d: ["\u00e9 z"] };
        demandEqual("the parameters", answer.body, expected);
      }),
  },

  {
    claim: "a header that comes twice is handed on as two values",
    check: (stage) =>
      withServer(stage, async (server) => {
        const headers = { "idempotency-key": ["k1", "k2"] };
        const answer = await server.ask({ method: "GET", path: "/read/1", headers });
        demandEqual("the values", answer.body, { id: "1", keys: 2 });
      }),
  },

  {
    claim:
      "an answer that is being made when the server closes reaches its client, and then it is closed",
    async check(stage) {
      const goOn = Promise.withResolvers<void>();
      const asked = Promise.withResolvers<void>();
      const server = await stage.serve([
        openRoute("GET", "/slow", async () => {
          asked.resolve();
          await goOn.promise;
          return { status: 200, body: "at last" };
        }),
      ]);
      const answer = server.ask({ method: "GET", path: "/slow" });
      await asked.promise;
      const closed = server.close();
      goOn.resolve();
      demandEqual("the answer", (await answer).body, "at last");
      await closed;
    },
  },
];

const ROUTES: readonly Route[] = [
  openRoute("GET", "/read/:id", async ({ pathParameters, headers }) => ({
    status: 200,
    body: { id: pathParameters["id"], keys: headers["idempotency-key"]?.length ?? 0 },
  })),
  openRoute("GET", "/query/:id", async ({ queryParameters }) => ({
    status: 200,
    body: queryParameters,
  })),
  openRoute("POST", "/echo/:id", async ({ body }) => ({ status: 202, body: { got: body } })),
  {
    method: "POST",
    path: "/closed",
    admit: async () => ({
      kind: "refused",
      response: problem(401, "credentials-missing", "nobody is let in here"),
    }),
  },
];

async function withServer(
  stage: HttpStage,
  check: (server: Awaited<ReturnType<HttpStage["serve"]>>) => Promise<void>,
): Promise<void> {
  const server = await stage.serve(ROUTES);
  try {
    await check(server);
  } finally {
    await server.close();
  }
}

/** A question is answered with problem details of that status, and with these headers. */
function refused(
  claim: string,
  question: HttpQuestion,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): Claim<HttpStage> {
  return {
    claim,
    check: (stage) =>
      withServer(stage, async (server) => {
        const answer = await server.ask(question);
        const type = answer.headers["content-type"]?.split(";")[0];
        demandEqual("status and type", [answer.status, type], [status, "application/problem+json"]);
        const { body } = answer;
        const said = typeof body === "object" && body !== null && "status" in body && body.status;
        demandEqual("the status in the problem details", said, status);
        for (const [name, value] of Object.entries(headers)) {
          demandEqual(name, answer.headers[name], value);
        }
      }),
  };
}

/** A body with these headers is answered 415. */
function unread(
  what: string,
  headers: Readonly<Record<string, readonly string[]>>,
): Claim<HttpStage> {
  const question = { method: "POST", path: "/echo/1", headers, body: { a: "1" } };
  return refused(`${what} is 415`, question, 415);
}
