import type { TraceContext } from "../domain/trace-context.ts";
import type { Operation } from "../ports/operation.ts";
import type { HttpRequest, HttpResponse, Route } from "../ports/server.ts";
import type { Principal } from "../ports/verifier.ts";

/** A request of somebody who is known. */
export interface ServiceRequest extends HttpRequest {
  readonly principal: Principal;
  /** The step of a trace that the request is. */
  readonly trace: TraceContext;
}

/** A route of a service. It is asked only by those who have the scope of its operation. */
export interface ServiceRoute {
  readonly method: Route["method"];
  readonly path: string;
  readonly operation: Operation;
  readonly handle: (request: ServiceRequest) => Promise<HttpResponse>;
}

/** A route that clients are told of. */
export function route(
  method: Route["method"],
  path: string,
  operation: Operation,
  handle: ServiceRoute["handle"],
): ServiceRoute {
  return { method, path, operation, handle };
}
