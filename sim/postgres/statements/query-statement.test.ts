import { beforeAll, expect, test } from "vitest";
import { clientRows } from "../client/client-row-codec.ts";
import { loadPostgresParser } from "../syntax/postgres-parser.ts";
import { QUERY_ANSWERS } from "../testing/query-answers.ts";
import { Rehearsal } from "../testing/rehearsal.ts";

beforeAll(loadPostgresParser);

test("queries and changes are answered as PostgreSQL answered them", () => {
  const stage = new Rehearsal();
  for (const [sql, answer] of QUERY_ANSWERS) {
    expect([sql, answerTo(stage, sql)]).toEqual([sql, answer]);
  }
});

function answerTo(stage: Rehearsal, sql: string): string {
  const { reply } = stage.ask("s", sql);
  if (reply === undefined) {
    const [failure] = stage.failures;
    return failure instanceof Error ? failure.message : "waits";
  }
  if (reply.kind === "error") {
    return `${reply.error.code} ${reply.error.message}`;
  }
  // Each row under numbers in place of names, of which two columns may have one.
  const numbered = reply.fields.map((field, at) => ({ ...field, name: `c${at}` }));
  const rows = clientRows({ ...reply, fields: numbered }).map((row) =>
    JSON.stringify(numbered.map(({ name }) => row[name] ?? null)),
  );
  const shown = /order by/i.test(sql) ? rows : rows.toSorted();
  const names = reply.fields.map(({ name }) => name).join(",");
  const tag = `${reply.command} ${reply.rowCount ?? 0}`;
  return [tag, names === "" ? "" : `(${names})`, ...shown].filter((part) => part !== "").join(" ");
}
