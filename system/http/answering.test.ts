import { expect, it } from "vitest";
import { DatabaseError } from "../ports/database.ts";
import { databaseError } from "../testing/scripted-database.ts";
import { answerToError } from "./answering.ts";

/** What a client is answered when its route throws, and the lines that this leaves. */
function answerTo(error: Error) {
  const lines: string[] = [];
  const telemetry = {
    event: (name: string, detail: Readonly<Record<string, unknown>>) =>
      lines.push(`${name} ${Object.values(detail).join(" ")}`),
  };
  const { status, body } = answerToError(telemetry, { route: "GET /there" }, error);
  return { status, body, lines };
}

it.each([
  ["unknown", "outcome-unknown"],
  ["no", "not-available"],
] as const)(
  "answers 503 to an error that passes and may have been applied: %s under the code %s, with a line",
  (applied, title) => {
    const error = databaseError(applied);
    expect(answerTo(error)).toEqual({
      status: 503,
      body: expect.objectContaining({ status: 503, title }),
      lines: [`http.not-available GET /there ${error.code} ${error.message} ${applied}`],
    });
  },
);

it.each([
  ["a bug", new TypeError("a secret"), "http.failed GET /there  a secret"],
  [
    "an error of the database that would come again",
    new DatabaseError("a secret", { code: "22003", applied: "no" }),
    "http.failed GET /there 22003 a secret",
  ],
])("answers 500 to %s, without telling what it was, with a line", (_, error, line) => {
  const { status, body, lines } = answerTo(error);
  expect([status, lines]).toEqual([500, [line]]);
  expect(JSON.stringify(body)).not.toContain("secret");
});
