import { describe, expect, it } from "vitest";
import { DatabaseError } from "../ports/database.ts";
import { databaseError, scriptedDatabase } from "../testing/scripted-database.ts";
import { inRetriedTransaction, inTransaction, TRANSACTION_RUNS_MAX } from "./transaction.ts";

const WORK = "UPDATE wallets SET balance_minor = 1";

describe("inTransaction", () => {
  it("runs the work between BEGIN and COMMIT, and answers what it returned", async () => {
    const database = scriptedDatabase();
    const answer = await inTransaction(database, "test", async (connection) => {
      await connection.query({ label: "work", sql: WORK });
      return 42;
    });
    expect(answer).toBe(42);
    expect(database.log).toEqual(["BEGIN", WORK, "COMMIT", "(released)"]);
  });

  it("throws when COMMIT was answered ROLLBACK: nothing of the work is there", async () => {
    const database = scriptedDatabase((sql) =>
      sql === "COMMIT" ? { command: "ROLLBACK" } : undefined,
    );
    await expect(inTransaction(database, "transfer", async () => "moved")).rejects.toMatchObject({
      name: "DatabaseError",
      message: "the transaction transfer ended as ROLLBACK, not COMMIT",
      applied: "no",
    });
  });

  it("does not know whether it was applied when the reply to COMMIT is lost, and gives nobody that connection", async () => {
    const lost = databaseError("unknown");
    const database = scriptedDatabase((sql) =>
      sql === "COMMIT" || sql === "ROLLBACK" ? lost : undefined,
    );
    await expect(inTransaction(database, "test", async () => "moved")).rejects.toBe(lost);
    expect(lost.applied).toBe("unknown");
    expect(database.log).toEqual(["BEGIN", "COMMIT", "ROLLBACK", "(released damaged)"]);
  });

  it("rolls back when the work throws, and the connection serves on", async () => {
    const database = scriptedDatabase();
    const bug = new Error("the work's own");
    const failing = inTransaction(database, "test", async () => {
      throw bug;
    });
    await expect(failing).rejects.toBe(bug);
    expect(database.log).toEqual(["BEGIN", "ROLLBACK", "(released)"]);
  });

  it("throws the work's error when ROLLBACK fails too", async () => {
    const refused = databaseError("no");
    const database = scriptedDatabase((sql) => {
      if (sql === WORK) {
        return refused;
      }
      return sql === "ROLLBACK" ? databaseError("unknown") : undefined;
    });
    const failing = inTransaction(database, "test", (connection) =>
      connection.query({ label: "work", sql: WORK }),
    );
    await expect(failing).rejects.toBe(refused);
    expect(database.log).toEqual(["BEGIN", WORK, "ROLLBACK", "(released damaged)"]);
  });
});

describe("inRetriedTransaction", () => {
  /** Runs a transaction whose first statements fail as told, and answers what was said of it. */
  async function running(statement: string, failures: readonly DatabaseError[]) {
    const left = [...failures];
    const lines: string[] = [];
    const database = scriptedDatabase((sql) => (sql === statement ? left.shift() : undefined));
    const telemetry = {
      event: (name: string, detail: object) =>
        void lines.push([name, ...Object.values(detail)].join(" ")),
    };
    const end = await inRetriedTransaction({ database, telemetry }, "transfer", (connection) =>
      connection.query({ label: "work", sql: WORK }),
    ).then(
      () => "done",
      (error: unknown) => error,
    );
    return { end, lines, runs: database.log.filter((sql) => sql === "BEGIN").length };
  }

  const errorOf = (code: string) => new DatabaseError("not now", { code, applied: "no" });

  it.each(["40001", "40P01", "55P03"])("runs at once again after %s, with a line", async (code) => {
    expect(await running(WORK, [errorOf(code)])).toEqual({
      end: "done",
      lines: [`transaction.retry transfer ${code} 1`],
      runs: 2,
    });
  });

  it("runs again where the COMMIT met the conflict", async () => {
    expect(await running("COMMIT", [errorOf("40001")])).toMatchObject({ end: "done", runs: 2 });
  });

  it("gives up at its bound, with a line, and throws the conflict", async () => {
    const conflict = errorOf("40P01");
    const { end, lines, runs } = await running(
      WORK,
      Array.from({ length: TRANSACTION_RUNS_MAX }, () => conflict),
    );
    expect(end).toBe(conflict);
    expect(runs).toBe(TRANSACTION_RUNS_MAX);
    expect(lines.at(-1)).toBe(`transaction.given-up transfer 40P01 ${TRANSACTION_RUNS_MAX}`);
  });

  it.each(["23514", "57014", "53200", "connection"])(
    "runs nothing again after %s",
    async (code) => {
      const error = errorOf(code);
      expect(await running(WORK, [error])).toEqual({ end: error, lines: [], runs: 1 });
    },
  );

  it("runs nothing again where nobody knows whether it was committed", async () => {
    const lost = databaseError("unknown");
    expect(await running("COMMIT", [lost])).toEqual({ end: lost, lines: [], runs: 1 });
  });
});
