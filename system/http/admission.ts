import type { TraceContext } from "../domain/trace-context.ts";
import type { Entropy } from "../ports/entropy.ts";
import type { HttpRequest, HttpResponse, Route } from "../ports/server.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import type { Scope, Verifier } from "../ports/verifier.ts";
import { answering } from "./answering.ts";
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
 * are enough; only then is the route asked. What it throws is answered for.
 */
export function admitted(ports: AdmissionPorts, route: ServiceRoute): Route {
  const { verifier, entropy, telemetry } = ports;
  const { method, path, operation } = route;
  return {
    method,
    path,
    operation,
    handle(request) {
      const trace = traceOf(entropy, request);
      const about = { route: `${method} ${path}`, ...subjectOf(path, request, trace) };
      return answering(telemetry, about, async () => {
        const verification = await verifier.verify(request.headers);
        if (verification.kind === "unknown") {
          const { code, detail } = verification;
          telemetry.event("http.not-admitted", { ...about, code });
          return challenge(code === "credentials-unknown" ? INVALID : "", 401, code, detail);
        }
        const { principal } = verification;
        if (!principal.scopes.has(operation.scope)) {
          telemetry.event("http.not-admitted", { ...about, code: SCOPE, principal: principal.id });
          return scopeMissing(operation.scope);
        }
        return route.handle({ ...request, principal, trace });
      });
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
  { pathParameters }: HttpRequest,
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
