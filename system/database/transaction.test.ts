import { describe, expect, it } from "vitest";
import { databaseError, scriptedDatabase } from "../testing/scripted-database.ts";
import { inTransaction } from "./transaction.ts";

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
