import { beforeAll, expect, test } from "vitest";
import type { QueryReply } from "../server/query-result.ts";
import { loadPostgresParser } from "../syntax/postgres-parser.ts";
import { EXPRESSION_ANSWERS } from "../testing/expression-answers.ts";
import { Rehearsal } from "../testing/rehearsal.ts";

beforeAll(loadPostgresParser);

test.for(EXPRESSION_ANSWERS)("PostgreSQL's answer to %s", ([sql, answer]) => {
  const stage = new Rehearsal();
  const { reply } = stage.ask("s", sql);
  expect(stage.failures).toEqual([]);
  expect(reply === undefined ? "waits" : describe(reply)).toBe(answer);
});

function describe(reply: QueryReply): string {
  if (reply.kind === "error") {
    const { code, position, message } = reply.error;
    return [code, position, message].filter((part) => part !== undefined).join(" ");
  }
  const rows = reply.rows.map((row) =>
    reply.fields
      .map(({ type }, at) => {
        const value = row[at] ?? null;
        return value === null ? "NULL" : type.output(value);
      })
      .join(" | "),
  );
  return rows.join(" ; ");
}
