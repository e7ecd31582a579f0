import { beforeAll, expect, test } from "vitest";
import { loadPostgresParser } from "../syntax/postgres-parser.ts";
import { Rehearsal } from "../testing/rehearsal.ts";
import { STATEMENT_ANSWERS, STATEMENT_SETUP, tellStatement } from "../testing/statement-answers.ts";
import type { Parameter } from "../types/parameter.ts";

beforeAll(loadPostgresParser);

test("statements are answered as PostgreSQL answered them, with notices and places", () => {
  const stage = new Rehearsal();
  for (const sql of STATEMENT_SETUP) {
    stage.run("s", sql);
  }
  for (const [sql, parameters, answer] of STATEMENT_ANSWERS) {
    expect.soft([sql, answerTo(stage, sql, parameters)]).toEqual([sql, answer]);
  }
});

function answerTo(stage: Rehearsal, sql: string, parameters: readonly Parameter[]): string {
  stage.run("s", "BEGIN");
  stage.messages.length = 0;
  const { reply } = stage.ask("s", sql, parameters);
  const notices = stage.messages.flatMap(([, message]) =>
    message.kind === "notice" ? [message.notice] : [],
  );
  if (reply === undefined) {
    const [failure] = stage.failures;
    return failure instanceof Error ? failure.message : "waits";
  }
  stage.run("s", "ROLLBACK");
  if (reply.kind === "error") {
    return tellStatement(sql, { notices, error: reply.error, tag: "", rows: [] });
  }
  const rows = reply.rows.map((row) =>
    reply.fields.map(({ type }, at) => {
      const value = row[at] ?? null;
      return value === null ? null : type.output(value);
    }),
  );
  const tag = `${reply.command} ${reply.rowCount ?? 0}`;
  return tellStatement(sql, { notices, error: null, tag, rows });
}
