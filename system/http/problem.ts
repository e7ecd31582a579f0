import type { HttpResponse } from "../ports/server.ts";

/** Problem details (RFC 9457). `code` is stable and made for programs; `detail` for people. */
export function problem(status: number, code: string, detail: string): HttpResponse {
  return {
    status,
    headers: { "content-type": "application/problem+json" },
    body: { type: `urn:falconpay:problem:${code}`, title: code, status, detail },
  };
}
