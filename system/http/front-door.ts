import { safeParse } from "fast-content-type-parse";
import type { HttpResponse, Route } from "../ports/server.ts";
import { problem } from "./problem.ts";

/**
 * What a server refuses before a route is reached, said once for every server of ours: the real one
 * asks here where its library has no answer in our form, the simulated one asks here for all of it.
 */

/** What a request may be; more is 413, 414 and 431. */
export const HTTP_LIMITS = {
  bodyBytesMax: 64 * 1024,
  pathParameterLengthMax: 100,
  /** All headers together, as Node counts them by default. */
  headerBytesMax: 16 * 1024,
} as const;

export type FoundRoute =
  | {
      readonly kind: "route";
      readonly route: Route;
      readonly pathParameters: Readonly<Record<string, string>>;
    }
  | { readonly kind: "refused"; readonly response: HttpResponse };

/** Finds the route of a request. HEAD is asked of a GET route, and answered without a body. */
export function findRoute(routes: readonly Route[], method: string, target: string): FoundRoute {
  const path = target.split("?", 1)[0] ?? "";
  const parts = path.split("/").map(decode);
  if (parts.includes(undefined)) {
    return refuse(400, "malformed-request", `${path} is not percent-encoded UTF-8`);
  }
  const found = routes.flatMap((route) => {
    const pathParameters = match(route.path, parts);
    return pathParameters === undefined ? [] : [{ kind: "route", route, pathParameters } as const];
  });
  const taken = found.find(({ route }) => methodsOf(route).includes(method));
  if (taken === undefined) {
    const allowed = found.flatMap(({ route }) => methodsOf(route));
    return allowed.length === 0
      ? refuse(404, "unknown-path", `there is no ${method} ${target}`)
      : refuse(405, "method-not-allowed", `${path} takes ${allowed.join(", ")}`, {
          allow: allowed.join(", "),
        });
  }
  const values = Object.values(taken.pathParameters);
  return values.some(({ length }) => length > HTTP_LIMITS.pathParameterLengthMax)
    ? refuse(414, "path-too-long", `a part of the path has more than ${PART_LENGTH_MAX} characters`)
    : taken;
}

const PART_LENGTH_MAX = HTTP_LIMITS.pathParameterLengthMax;

/** The parameters after the question mark of a request's target, by name. */
export function queryParametersOf(target: string): Readonly<Record<string, readonly string[]>> {
  const at = target.indexOf("?");
  if (at < 0) {
    return {};
  }
  const found = new URLSearchParams(target.slice(at + 1));
  return Object.fromEntries([...found.keys()].map((name) => [name, found.getAll(name)]));
}

/** What is wrong with how a body is written; undefined for one that can be read. */
export function refusalOfBody(
  headers: Readonly<Record<string, readonly string[] | undefined>>,
): HttpResponse | undefined {
  const encodings = headers["content-encoding"] ?? [];
  if (encodings.some((encoding) => encoding.toLowerCase() !== "identity")) {
    return unsupported(`expected a body without encoding, found ${encodings.join(", ")}`);
  }
  const types = headers["content-type"] ?? [];
  return types.length === 1 && types.every(isJson)
    ? undefined
    : unsupported(`expected application/json in UTF-8, found ${types.join(", ") || "no type"}`);
}

function isJson(contentType: string): boolean {
  const { type, parameters } = safeParse(contentType);
  const { charset = "utf-8" } = parameters;
  return type === "application/json" && charset.toLowerCase() === "utf-8";
}

function unsupported(detail: string): HttpResponse {
  return problem(415, "unsupported-media-type", detail);
}

function methodsOf({ method }: Route): readonly string[] {
  return method === "GET" ? ["GET", "HEAD"] : [method];
}

/** The values of the path's variable parts, or undefined when the path is another. */
function match(
  pattern: string,
  parts: readonly (string | undefined)[],
): Readonly<Record<string, string>> | undefined {
  const names = pattern.split("/");
  if (names.length !== parts.length) {
    return undefined;
  }
  const parameters: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const value = parts[index] ?? "";
    if (name.startsWith(":")) {
      parameters[name.slice(1)] = value;
    } else if (name !== value) {
      return undefined;
    }
  }
  return parameters;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

function refuse(
  status: number,
  code: string,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): FoundRoute {
  const { headers: type, ...rest } = problem(status, code, detail);
  return { kind: "refused", response: { ...rest, headers: { ...type, ...headers } } };
}
