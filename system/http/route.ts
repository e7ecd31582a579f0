import type { Operation } from "../ports/operation.ts";
import type { Route } from "../ports/server.ts";

/** A route that clients are told of. */
export function route(
  method: Route["method"],
  path: string,
  operation: Operation,
  handle: Route["handle"],
): Route {
  return { method, path, operation, handle };
}
