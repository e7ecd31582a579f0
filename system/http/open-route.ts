import type { HttpRequest, HttpResponse, Route } from "../ports/server.ts";

/** A route that is told of to nobody, and answers everybody. */
export function openRoute(
  method: Route["method"],
  path: string,
  handle: (request: HttpRequest) => Promise<HttpResponse>,
): Route {
  return {
    method,
    path,
    admit: async (head) => ({
      kind: "admitted",
      handle: (body) => handle({ ...head, body }),
    }),
  };
}
