import Type, { type TSchema } from "typebox";
import type { Answer, Operation } from "../ports/operation.ts";
import type { Route } from "../ports/server.ts";
import { SCOPES, VERIFICATION_CODES } from "../ports/verifier.ts";

type Json = Readonly<Record<string, unknown>>;

/** RFC 9457; `title` is the stable code. */
export const problemSchema = Type.Object(
  {
    type: Type.String({ description: "urn:falconpay:problem: and the code" }),
    title: Type.String({ description: "the code, stable and made for programs" }),
    status: Type.Integer(),
    detail: Type.String({ description: "for people" }),
  },
  { additionalProperties: false },
);

/** The OpenAPI 3.1 document of these routes. A route without an operation is not in it. */
export function openApiDocument(
  routes: readonly Pick<Route, "method" | "path" | "operation">[],
  info: { readonly title: string; readonly version: string },
): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const { method, path, operation } of routes) {
    if (operation !== undefined) {
      const template = path.replaceAll(/:([A-Za-z]+)/g, "{$1}");
      const ofPath = (paths[template] ??= {});
      ofPath[method.toLowerCase()] = operationObject(path, operation);
    }
  }
  return {
    openapi: "3.1.0",
    info,
    paths,
    components: {
      schemas: { Problem: problemSchema },
      securitySchemes: {
        apiKey: {
          type: "http",
          scheme: "bearer",
          description: `An API key. What it is for are its scopes, of ${SCOPES.join(", ")}.`,
        },
      },
    },
  };
}

function operationObject(path: string, operation: Operation): Json {
  const { id, summary, scope, body } = operation;
  return {
    operationId: id,
    summary,
    parameters: parametersOf(path, operation),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { "application/json": { schema: body } } } }),
    security: [{ apiKey: [scope] }],
    responses: Object.fromEntries(
      [...Object.entries(answersOf(operation)), ["default", { codes: DEFAULT_CODES }] as const].map(
        ([status, answer]) => [status, responseObject(answer)],
      ),
    ),
  };
}

/** All that a route answers: its own answers, and those to who is not let in. */
export function answersOf({ answers }: Operation): Operation["answers"] {
  return {
    ...answers,
    401: { codes: VERIFICATION_CODES },
    403: { codes: ["scope-missing"] },
  };
}

/** What any request can be answered. */
const DEFAULT_CODES = ["not-available", "outcome-unknown", "internal-error"];

function parametersOf(path: string, { needsKey = false, query = {} }: Operation): readonly Json[] {
  const inPath = [...path.matchAll(/:([A-Za-z]+)/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: Type.String(),
  }));
  const inQuery = Object.entries(query).map(([name, { schema, description }]) => ({
    name,
    in: "query",
    required: false,
    description,
    schema,
  }));
  const key = {
    name: "Idempotency-Key",
    in: "header",
    required: true,
    description: "Chosen by the client; asked again with the same key, nothing is done twice.",
    schema: Type.String({ pattern: "^[\\x21-\\x7e]{1,255}$" }),
  };
  return [...inPath, ...inQuery, ...(needsKey ? [key] : [])];
}

function responseObject(answer: Answer): Json {
  if ("codes" in answer) {
    return {
      description: `A problem: ${answer.codes.join(", ")}`,
      content: {
        "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
      },
    };
  }
  return {
    description: answer.description,
    content: { "application/json": { schema: answer.schema satisfies TSchema } },
  };
}
