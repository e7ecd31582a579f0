import { describe, expect, it } from "vitest";
import type { Operation } from "../ports/operation.ts";
import type { HttpRequest } from "../ports/server.ts";
import { SCOPES, type Verification } from "../ports/verifier.ts";
import { fixedEntropy, SAMPLE_TRACE } from "../testing/samples.ts";
import { admitted } from "./admission.ts";
import type { ServiceRequest } from "./route.ts";

const OPERATION: Operation = { id: "read", summary: "", scope: "payments:read", answers: {} };
const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
/** What is drawn where a request is of no trace. */
const BEGUN = { traceId: "ab".repeat(16), spanId: "ab".repeat(8), flags: 3, state: undefined };

/** What a route of a payment is asked and answers, to one who is found to be so. */
async function asked(verification: Verification | Error, headers: HttpRequest["headers"] = {}) {
  const requests: ServiceRequest[] = [];
  const lines: object[] = [];
  const route = admitted(
    {
      verifier: { verify: verifying(verification), trouble: () => undefined },
      entropy: fixedEntropy,
      telemetry: { event: (name, detail) => void lines.push({ name, ...detail }) },
    },
    {
      method: "GET",
      path: "/payments/:id",
      operation: OPERATION,
      async handle(request) {
        requests.push(request);
        return { status: 200, body: {} };
      },
    },
  );
  const admission = await route.admit({
    pathParameters: { id: "p1" },
    queryParameters: {},
    headers,
    hangUp() {},
  });
  const answer =
    admission.kind === "refused" ? admission.response : await admission.handle(undefined);
  return { answer, requests, lines };
}

function verifying(verification: Verification | Error) {
  return async (): Promise<Verification> => {
    if (verification instanceof Error) {
      throw verification;
    }
    return verification;
  };
}

function principal(...scopes: readonly (typeof SCOPES)[number][]): Verification {
  return { kind: "principal", principal: { id: "anwar", scopes: new Set(scopes) } };
}

describe("a route of a service", () => {
  it("is asked by one who has its scope, and knows who it is", async () => {
    const { answer, requests } = await asked(principal("payments:read"));
    expect(answer.status).toBe(200);
    expect(requests).toMatchObject([{ principal: { id: "anwar" }, trace: BEGUN }]);
  });

  it.each(SCOPES.filter((scope) => scope !== "payments:read"))(
    "is not asked by one who has %s only: 403, and what is missing",
    async (scope) => {
      const { answer, requests, lines } = await asked(principal(scope));
      expect(answer).toMatchObject({ status: 403, body: { title: "scope-missing" } });
      expect(answer.headers?.["www-authenticate"]).toBe(
        `Bearer realm="falconpay", error="insufficient_scope", scope="payments:read"`,
      );
      expect(requests).toEqual([]);
      expect(lines).toMatchObject([{ name: "http.not-admitted", principal: "anwar" }]);
    },
  );

  it.each([
    ["credentials-missing", `Bearer realm="falconpay"`],
    ["no-key-configured", `Bearer realm="falconpay"`],
    ["credentials-unknown", `Bearer realm="falconpay", error="invalid_token"`],
  ] as const)("is not asked by one who is not known: 401 %s", async (code, challenge) => {
    const { answer, requests, lines } = await asked({ kind: "unknown", code, detail: "why" });
    expect(answer).toEqual({
      status: 401,
      headers: { "content-type": "application/problem+json", "www-authenticate": challenge },
      body: { type: `urn:falconpay:problem:${code}`, title: code, status: 401, detail: "why" },
    });
    expect(requests).toEqual([]);
    const { traceId } = BEGUN;
    const about = { route: "GET /payments/:id", paymentId: "p1", traceId };
    expect(lines).toEqual([{ name: "http.not-admitted", ...about, code }]);
  });

  it("is answered for where who asks cannot be found out", async () => {
    const { answer, requests, lines } = await asked(new Error("no directory"));
    expect(answer.status).toBe(500);
    expect(requests).toEqual([]);
    expect(lines).toMatchObject([{ name: "http.failed", reason: "no directory" }]);
  });

  it("is a step of the trace that the client began", async () => {
    const { state = "" } = SAMPLE_TRACE;
    const headers = { traceparent: [TRACEPARENT], tracestate: [state] };
    const { requests } = await asked(principal("payments:read"), headers);
    const { spanId } = BEGUN;
    expect(requests).toMatchObject([{ trace: { ...SAMPLE_TRACE, spanId } }]);
  });

  it.each([[["00-0-0-01"]], [[TRACEPARENT, TRACEPARENT]]])(
    "begins a trace where the client's traceparent is not valid, or there twice: %j",
    async (traceparent) => {
      const headers = { traceparent, tracestate: ["rojo=1"] };
      const { requests } = await asked(principal("payments:read"), headers);
      expect(requests).toMatchObject([{ trace: BEGUN }]);
    },
  );
});
