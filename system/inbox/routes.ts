import { pageOf } from "../http/page.ts";
import { problem } from "../http/problem.ts";
import { route, type ServiceRoute } from "../http/route.ts";
import type { Database } from "../ports/database.ts";
import type { HttpRequest, HttpResponse } from "../ports/server.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import type { Handle } from "./consume.ts";
import {
  FIRST_PLACE,
  listSetAside,
  parsePlace,
  PLACE,
  purgeSetAside,
  takeAgain,
} from "./dead-letters.ts";
import { inboxOperations } from "./operations.ts";
import { placeName, type Place } from "./set-aside.ts";

interface InboxPorts {
  readonly database: Database;
  readonly telemetry: Telemetry;
}

/**
 * The inbox of a service over HTTP, for operators; an id is a place, percent-encoded in a path:
 * - `GET /inbox/SERVICE/dead-letters`: 200 with the messages that could not be taken in
 * - `POST /inbox/SERVICE/dead-letters/:id/requeue`: 200 when it is taken in now, or was before; 422
 *   when it is refused again
 * - `POST /inbox/SERVICE/dead-letters/:id/purge`: 200; it is gone
 */
export function inboxRoutes(
  service: string,
  ports: InboxPorts,
  handle: Handle,
): readonly ServiceRoute[] {
  const { list, requeue, purge } = inboxOperations(service);
  const path = `/inbox/${service}/dead-letters`;
  return [
    route("GET", path, list, (request) => getSetAside(ports, request)),
    route("POST", `${path}/:id/requeue`, requeue, (request) =>
      ofPlace(request, (place) => postRequeue(ports, handle, place)),
    ),
    route("POST", `${path}/:id/purge`, purge, (request) =>
      ofPlace(request, (place) => postPurge(ports, place)),
    ),
  ];
}

async function getSetAside({ database }: InboxPorts, request: HttpRequest): Promise<HttpResponse> {
  const page = pageOf(request, PLACE);
  if (page.kind === "refused") {
    return page.response;
  }
  const after = parsePlace(page.after ?? "") ?? FIRST_PLACE;
  const found = await listSetAside(database, { after, limit: page.limit });
  const setAside = found.map((each) => ({ id: placeName(each), ...each }));
  const next = found.length < page.limit ? null : (setAside.at(-1)?.id ?? null);
  return { status: 200, body: { setAside, next } };
}

async function postRequeue(ports: InboxPorts, handle: Handle, place: Place): Promise<HttpResponse> {
  const id = placeName(place);
  const again = await takeAgain(ports, handle, place);
  switch (again.kind) {
    case "taken":
      return { status: 200, body: { id, taken: again.taken } };
    case "refused":
      return problem(422, "refused-again", again.reason);
    case "unknown":
      return unknownMessage(id);
  }
}

async function postPurge({ database }: InboxPorts, place: Place): Promise<HttpResponse> {
  const id = placeName(place);
  const isGone = await purgeSetAside(database, place);
  return isGone ? { status: 200, body: { id } } : unknownMessage(id);
}

async function ofPlace(
  { pathParameters }: HttpRequest,
  respond: (place: Place) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  const id = pathParameters["id"] ?? "";
  const place = parsePlace(id);
  return place === undefined ? unknownMessage(id) : respond(place);
}

function unknownMessage(id: string): HttpResponse {
  return problem(404, "unknown-message", `no message ${JSON.stringify(id)} is set aside`);
}
