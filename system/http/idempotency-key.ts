import type { HttpRequest, HttpResponse } from "../ports/server.ts";
import { problem } from "./problem.ts";

const KEY_FORM = "one Idempotency-Key header of 1 to 255 visible ASCII characters";

export type KeyOfRequest =
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "refused"; readonly response: HttpResponse };

/** The client's key of a request that must have one. */
export function idempotencyKeyOf(request: HttpRequest): KeyOfRequest {
  const [key, ...more] = request.headers["idempotency-key"] ?? [];
  if (key === undefined) {
    return refuse("idempotency-key-missing", `expected ${KEY_FORM}`);
  }
  if (more.length > 0) {
    const detail = `expected ${KEY_FORM}, found ${more.length + 1} of them`;
    return refuse("idempotency-key-malformed", detail);
  }
  return /^[\x21-\x7e]{1,255}$/.test(key)
    ? { kind: "key", key }
    : refuse("idempotency-key-malformed", `expected ${KEY_FORM}`);
}

/** What a key that was used for another request is answered. */
export function keyReused(): HttpResponse {
  return problem(422, "idempotency-key-reused", "the key was used for a different request");
}

/** What a key whose first request is still being served is answered: ask again. */
export function requestInProgress(): HttpResponse {
  const { headers, ...rest } = problem(
    409,
    "request-in-progress",
    "a request with the same key is being served; ask again",
  );
  return { ...rest, headers: { ...headers, "retry-after": "1" } };
}

function refuse(code: string, detail: string): KeyOfRequest {
  return { kind: "refused", response: problem(400, code, detail) };
}
