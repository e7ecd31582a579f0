import { pageOf } from "../http/page.ts";
import { problem } from "../http/problem.ts";
import { route, type ServiceRoute } from "../http/route.ts";
import type { Database } from "../ports/database.ts";
import type { HttpRequest, HttpResponse } from "../ports/server.ts";
import { listDeadLetters, purgeDeadLetters, requeueDeadLetters } from "./dead-letters.ts";
import { relayOperations } from "./operations.ts";

/**
 * The relay of a service over HTTP, for operators:
 * - `GET /outbox/SERVICE/dead-letters`: 200 with what the broker refuses for good
 * - `POST /outbox/SERVICE/dead-letters/:id/requeue`: 200; it is sent again
 * - `POST /outbox/SERVICE/dead-letters/:id/purge`: 200; it is gone
 */
export function relayRoutes(
  service: string,
  { database }: { readonly database: Database },
): readonly ServiceRoute[] {
  const { list, requeue, purge } = relayOperations(service);
  const path = `/outbox/${service}/dead-letters`;
  return [
    route("GET", path, list, (request) => getDeadLetters(database, request)),
    route("POST", `${path}/:id/requeue`, requeue, (request) =>
      postOne(request, (ids) => requeueDeadLetters(database, ids)),
    ),
    route("POST", `${path}/:id/purge`, purge, (request) =>
      postOne(request, (ids) => purgeDeadLetters(database, ids)),
    ),
  ];
}

const ID = /^[1-9][0-9]{0,17}$/;

async function getDeadLetters(database: Database, request: HttpRequest): Promise<HttpResponse> {
  const page = pageOf(request, ID);
  if (page.kind === "refused") {
    return page.response;
  }
  const { after = "0", limit } = page;
  const deadLetters = await listDeadLetters(database, { afterId: BigInt(after), limit });
  const next = deadLetters.length < limit ? null : (deadLetters.at(-1)?.id ?? null);
  return { status: 200, body: { deadLetters, next } };
}

async function postOne(
  request: HttpRequest,
  change: (ids: readonly bigint[]) => Promise<readonly string[]>,
): Promise<HttpResponse> {
  const id = request.pathParameters["id"] ?? "";
  const changed = ID.test(id) ? await change([BigInt(id)]) : [];
  return changed.length === 0
    ? problem(404, "unknown-dead-letter", `there is no dead letter ${JSON.stringify(id)}`)
    : { status: 200, body: { id } };
}
