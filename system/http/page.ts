import Type from "typebox";
import type { Parameter } from "../ports/operation.ts";
import type { HttpRequest, HttpResponse } from "../ports/server.ts";
import { problem } from "./problem.ts";

/** The page of a list that a request asks for. */
export type Page =
  | { readonly kind: "page"; readonly after: string | undefined; readonly limit: number }
  | { readonly kind: "refused"; readonly response: HttpResponse };

const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 500;

/**
 * Reads `limit` and `after`, the cursor that the page before gave as `next`. What a cursor is made
 * of is the list's own business: nobody else reads one.
 */
export function pageOf(request: HttpRequest, cursor: RegExp): Page {
  const { limit: limits = [], after: cursors = [] } = request.queryParameters;
  const [limit = String(LIMIT_DEFAULT)] = limits;
  const [after] = cursors;
  const isWhole = /^[1-9][0-9]{0,2}$/.test(limit) && Number(limit) <= LIMIT_MAX;
  if (!isWhole || limits.length > 1) {
    return refuse(`limit: expected one whole number from 1 to ${LIMIT_MAX}, found ${said(limits)}`);
  }
  if (cursors.length > 1 || (after !== undefined && !cursor.test(after))) {
    return refuse(`after: expected what the page before gave as next, found ${said(cursors)}`);
  }
  return { kind: "page", after, limit: Number(limit) };
}

function said(values: readonly string[]): string {
  return values.map((value) => JSON.stringify(value.slice(0, 40))).join(" and ");
}

function refuse(detail: string): Page {
  return { kind: "refused", response: problem(400, "malformed-request", detail) };
}

/** The parameters that `pageOf` reads, as clients are told. */
export const PAGE_PARAMETERS: Readonly<Record<string, Parameter>> = {
  limit: {
    schema: Type.Integer({ minimum: 1, maximum: LIMIT_MAX, default: LIMIT_DEFAULT }),
    description: "How many to give at most.",
  },
  after: {
    schema: Type.String(),
    description: "What the page before gave as next.",
  },
};
