import type { HttpResponse } from "../ports/server.ts";

/** Problem details (RFC 9457). `code` is stable and made for programs; `detail` for people. */
export function problem(status: number, code: string, detail: string): HttpResponse {
  return {
    status,
    headers: { "content-type": "application/problem+json" },
    body: { type: `urn:falconpay:problem:${code}`, title: code, status, detail },
  };
}

/** The answer where the service itself went wrong: it would come again. */
export function internalError(): HttpResponse {
  return problem(500, "internal-error", "the service met an error of its own");
}
