import { Compile } from "typebox/compile";
import { pageOf } from "../http/page.ts";
import { problem } from "../http/problem.ts";
import { requestBody } from "../http/request-body.ts";
import { route, type ServiceRoute } from "../http/route.ts";
import type { HttpRequest, HttpResponse } from "../ports/server.ts";
import type { AuditPlace } from "./audit-place.ts";
import { BREAK_CLASSES } from "./break-classes.ts";
import { listBreaks, resolveBreak, type RecordedBreak } from "./break-records.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { RECONCILIATION_OPERATIONS, resolutionBody, runBody } from "./operations.ts";
import { reconcile } from "./reconcile.ts";
import { repairBreak } from "./repair.ts";
import { findRun, listRuns } from "./run-records.ts";

/**
 * The reconciliation engine over HTTP:
 * - `POST /reconciliation/runs`: 201 with a run that is over, 409 while another is under way
 * - `GET /reconciliation/runs`: 200 with the newest runs
 * - `GET /reconciliation/breaks`: 200 with what does not agree, by state and class
 * - `POST /reconciliation/breaks/:id/resolution`: 200; with a note
 * - `POST /reconciliation/breaks/:id/repair`: 202 with what was published again
 */
export function reconciliationRoutes(place: AuditPlace): readonly ServiceRoute[] {
  const { start, runs, breaks, resolve, repair } = RECONCILIATION_OPERATIONS;
  return [
    route("POST", "/reconciliation/runs", start, (request) => postRun(place, request)),
    route("GET", "/reconciliation/runs", runs, (request) => getRuns(place, request)),
    route("GET", "/reconciliation/breaks", breaks, (request) => getBreaks(place, request)),
    route("POST", "/reconciliation/breaks/:id/resolution", resolve, (request) =>
      postResolution(place, request),
    ),
    route("POST", "/reconciliation/breaks/:id/repair", repair, (request) =>
      postRepair(place, request),
    ),
  ];
}

const compiledRun = Compile(runBody);
const compiledResolution = Compile(resolutionBody);

async function postRun(place: AuditPlace, request: HttpRequest): Promise<HttpResponse> {
  const body = requestBody(compiledRun, request.body ?? {});
  if (body.kind === "refused") {
    return problem(400, "malformed-request", body.message);
  }
  const { scope = "news", ...limits } = body.value;
  const run = await reconcile(place, {
    startedBy: "demand",
    limits: { ...DEFAULT_LIMITS, ...limits },
    scope,
  });
  if (run === undefined) {
    return problem(409, "run-under-way", "a run is under way: ask again when it is over");
  }
  return { status: 201, body: await findRun(place.database, run.id) };
}

async function getRuns(place: AuditPlace, request: HttpRequest): Promise<HttpResponse> {
  const page = pageOf(request, /^$/);
  return page.kind === "refused"
    ? page.response
    : { status: 200, body: { runs: await listRuns(place.database, page.limit) } };
}

async function getBreaks(place: AuditPlace, request: HttpRequest): Promise<HttpResponse> {
  const page = pageOf(request, /^[0-9]{1,15}~[0-9a-f-]{1,64}$/);
  if (page.kind === "refused") {
    return page.response;
  }
  const { state: states = [], class: classes = [] } = request.queryParameters;
  const [state] = states;
  const [name] = classes;
  if (states.length > 1 || (state !== undefined && state !== "open" && state !== "resolved")) {
    return problem(400, "malformed-request", "state: expected open or resolved, once");
  }
  if (classes.length > 1 || (name !== undefined && !Object.hasOwn(BREAK_CLASSES, name))) {
    const known = Object.keys(BREAK_CLASSES).join(", ");
    return problem(400, "malformed-request", `class: expected one of ${known}`);
  }
  const [foundAtMs = "0", id = ""] = page.after?.split("~") ?? [];
  const after = { foundAtMs: Number(foundAtMs), id };
  const breaks = await listBreaks(place.database, { state, class: name, after, limit: page.limit });
  const last = breaks.at(-1);
  const next =
    breaks.length < page.limit || last === undefined ? null : `${last.foundAtMs}~${last.id}`;
  const nowMs = place.clock.nowMs();
  return { status: 200, body: { breaks: breaks.map((each) => breakView(each, nowMs)), next } };
}

async function postResolution(place: AuditPlace, request: HttpRequest): Promise<HttpResponse> {
  const id = request.pathParameters["id"] ?? "";
  const body = requestBody(compiledResolution, request.body);
  if (body.kind === "refused") {
    return problem(400, "malformed-request", body.message);
  }
  const isOpen =
    isBreakId(id) && (await resolveBreak(place.database, id, body.value.note, place.clock.nowMs()));
  return isOpen ? { status: 200, body: { id } } : unknownBreak(id);
}

async function postRepair(place: AuditPlace, request: HttpRequest): Promise<HttpResponse> {
  const id = request.pathParameters["id"] ?? "";
  if (!isBreakId(id)) {
    return unknownBreak(id);
  }
  const repair = await repairBreak(place, id);
  switch (repair.kind) {
    case "published":
      return { status: 202, body: { events: repair.events } };
    case "unknown-break":
      return unknownBreak(id);
    case "refused":
      return problem(422, "not-repairable", repair.detail);
  }
}

/** What cannot be an id is not asked for: a text with a NUL the database would refuse. */
function isBreakId(id: string): boolean {
  return /^[0-9a-f-]{1,64}$/.test(id);
}

function unknownBreak(id: string): HttpResponse {
  return problem(404, "unknown-break", `there is no open break ${JSON.stringify(id)}`);
}

function breakView(found: RecordedBreak, nowMs: number): Readonly<Record<string, unknown>> {
  const known = Object.entries(BREAK_CLASSES).find(([name]) => name === found.class)?.[1];
  return {
    ...found,
    check: known?.check,
    expected: known?.sentence,
    repair: known?.repair,
    ageMs: (found.resolvedAtMs ?? nowMs) - found.foundAtMs,
  };
}
