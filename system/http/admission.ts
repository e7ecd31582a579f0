import type { TraceContext } from "../domain/trace-context.ts";
import type { Entropy } from "../ports/entropy.ts";
import type { Admission, HttpResponse, RequestHead, Route } from "../ports/server.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import type { Scope, Verification, Verifier } from "../ports/verifier.ts";
import { answerToError } from "./answering.ts";
import { problem } from "./problem.ts";
import type { ServiceRoute } from "./route.ts";
import { traceOf } from "./trace.ts";

export interface AdmissionPorts {
  readonly verifier: Verifier;
  readonly entropy: Entropy;
  readonly telemetry: Telemetry;
}

/**
 * A service's route as a server serves it: who asks is found out first, then whether their scopes
 * are enough; only then is the body read, and the route asked. What is thrown is answered for.
 */
export function admitted(ports: AdmissionPorts, route: ServiceRoute): Route {
  const { verifier, entropy, telemetry } = ports;
  const { method, path, operation } = route;
  return {
    method,
    path,
    operation,
    async admit(head) {
      const trace = traceOf(entropy, head);
      const about = { route: `${method} ${path}`, ...subjectOf(path, head, trace) };
      const answered = (error: unknown) => answerToError(telemetry, about, error);
      const refused = (response: HttpResponse): Admission => ({ kind: "refused", response });
      let verification: Verification;
      try {
        verification = await verifier.verify(head.headers);
      } catch (error) {
        return refused(answered(error));
      }
      if (verification.kind === "unknown") {
        const { code, detail } = verification;
        telemetry.event("http.not-admitted", { ...about, code });
        return refused(challenge(code === "credentials-unknown" ? INVALID : "", 401, code, detail));
      }
      const { principal } = verification;
      if (!principal.scopes.has(operation.scope)) {
        telemetry.event("http.not-admitted", { ...about, code: SCOPE, principal: principal.id });
        return refused(scopeMissing(operation.scope));
      }
      return {
        kind: "admitted",
        handle: async (body) => route.handle({ ...head, body, principal, trace }).catch(answered),
      };
    },
  };
}

/** What a principal is answered whose key has not the scope for what it asks. */
export function scopeMissing(scope: Scope, detail = `the key has not the scope ${scope}`) {
  return challenge(`, error="insufficient_scope", scope="${scope}"`, 403, SCOPE, detail);
}

const SCOPE = "scope-missing";
const INVALID = `, error="invalid_token"`;

/** What its lines say of a request: the payment that its path names, and the trace. */
function subjectOf(
  path: string,
  { pathParameters }: RequestHead,
  { traceId }: TraceContext,
): Readonly<Record<string, string>> {
  const { id } = pathParameters;
  return id !== undefined && path.startsWith("/payments/")
    ? { paymentId: id, traceId }
    : { traceId };
}

function challenge(words: string, status: number, code: string, detail: string): HttpResponse {
  const { headers, ...rest } = problem(status, code, detail);
  return {
    ...rest,
    headers: { ...headers, "www-authenticate": `Bearer realm="falconpay"${words}` },
  };
}
