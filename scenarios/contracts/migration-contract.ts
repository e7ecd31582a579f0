import { createMigration, migrate } from "../../system/database/migrate.ts";
import { inTransaction, runStatement } from "../../system/database/transaction.ts";
import { messageOf } from "../../system/ports/message-of.ts";
import { demandEqual, type Claim } from "./claim.ts";
import type { DatabaseStage, StageClient } from "./stage.ts";

/** What is true of migrations, whoever starts when, in both worlds. */
export const migrationContract: readonly Claim<DatabaseStage>[] = [
  {
    claim: "processes that start at once apply each migration once, whoever comes first",
    async check(stage) {
      const outcomes = await Promise.all([
        outcomeOf(stage, "first", [accounts, owners]),
        outcomeOf(stage, "second", [accounts, owners]),
        outcomeOf(stage, "third", [accounts, owners]),
      ]);
      demandEqual("all three", outcomes, ["up to date", "up to date", "up to date"]);
      await demandApplied(stage, ["0001-accounts", "0002-owners"]);
    },
  },
  {
    claim: "what is missing is applied, and what is there is left alone",
    async check(stage) {
      demandEqual("the first", await outcomeOf(stage, "first", [accounts]), "up to date");
      await demandApplied(stage, ["0001-accounts"]);
      demandEqual("later", await outcomeOf(stage, "second", [accounts, owners]), "up to date");
      await demandApplied(stage, ["0001-accounts", "0002-owners"]);
    },
  },
  {
    claim: "a schema that is newer than the code is refused with the migrations that are unknown",
    async check(stage) {
      await outcomeOf(stage, "first", [accounts, owners]);
      demandEqual(
        "older code",
        await outcomeOf(stage, "second", [accounts]),
        "the database's schema is not this code's: it has migration 0002-owners, which this version of the code does not know",
      );
      await demandApplied(stage, ["0001-accounts", "0002-owners"]);
    },
  },
  {
    claim: "a migration that was applied with another text is refused by name, and nothing is done",
    async check(stage) {
      await outcomeOf(stage, "first", [accounts]);
      const changed = createMigration(accounts.version, `${accounts.sql} `);
      demandEqual(
        "with another text",
        await outcomeOf(stage, "second", [changed, owners]),
        "the database's schema is not this code's: migration 0001-accounts was applied with another text than this version of the code has",
      );
      await demandApplied(stage, ["0001-accounts"]);
    },
  },
  {
    claim:
      "a migration that fails leaves nothing of those before it, and a later start applies all",
    async check(stage) {
      const wrong = createMigration("0002-owners", "ALTER TABLE nowhere ADD COLUMN owner text");
      const outcome = await outcomeOf(stage, "first", [accounts, wrong]);
      demandEqual("the start", outcome, 'relation "nowhere" does not exist');
      demandEqual("the next", await outcomeOf(stage, "first", [accounts, owners]), "up to date");
      await demandApplied(stage, ["0001-accounts", "0002-owners"]);
    },
  },
  {
    claim: "a migration may take longer than another statement may, and waits no longer for a lock",
    async check(stage) {
      const bound = await settingsOf(stage);
      demandEqual("the start", await outcomeOf(stage, "first", [bounds]), "up to date");
      const { rows } = await runStatement(stage.database("first"), "look", {
        label: "bounds",
        sql: "SELECT statement, lock FROM bounds",
      });
      demandEqual("while it was applied", rows, [{ statement: "0", lock: bound.lock }]);
      demandEqual("afterwards, on the same connection", await settingsOf(stage), bound);
    },
  },
  {
    claim: "a start waits for the migrations of another",
    async check(stage) {
      const other = await inTransaction(stage.database("first"), "hold", async (connection) => {
        await connection.query({ label: "hold", sql: "SELECT pg_advisory_xact_lock(4715081)" });
        let isOver = false;
        const waiting = outcomeOf(stage, "second", [accounts]).finally(() => (isOver = true));
        await stage.clock.sleep(LOOK_AFTER_MS);
        demandEqual("over before the other has committed", isOver, false);
        return { waiting };
      });
      demandEqual("after it", await other.waiting, "up to date");
    },
  },
];

/** Long beside a query that need not wait, short beside every time-out. */
const LOOK_AFTER_MS = 250;

/** Applied twice, it would fail: the table is there already. */
const accounts = createMigration("0001-accounts", "CREATE TABLE accounts (id text PRIMARY KEY)");
/** The same of the column. */
const owners = createMigration("0002-owners", "ALTER TABLE accounts ADD COLUMN owner text");

/** Writes down what bounds it. */
const bounds = createMigration(
  "0001-bounds",
  `CREATE TABLE bounds (statement text, lock text);
   INSERT INTO bounds VALUES (current_setting('statement_timeout'), current_setting('lock_timeout'))`,
);

async function settingsOf(stage: DatabaseStage) {
  const { rows } = await runStatement(stage.database("first"), "look", {
    label: "settings",
    sql: `SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock`,
  });
  return { statement: rows[0]?.["statement"], lock: rows[0]?.["lock"] };
}

/** Brings the database up to date as a process does at its start; otherwise why not. */
async function outcomeOf(
  stage: DatabaseStage,
  client: StageClient,
  migrations: Parameters<typeof migrate>[1],
): Promise<string> {
  try {
    await migrate({ database: stage.database(client), clock: stage.clock }, migrations);
    return "up to date";
  } catch (error) {
    return messageOf(error);
  }
}

async function demandApplied(stage: DatabaseStage, versions: readonly string[]): Promise<void> {
  const { rows } = await runStatement(stage.database("third"), "look", {
    label: "versions",
    sql: "SELECT version FROM schema_migrations ORDER BY version",
  });
  demandEqual(
    "what was applied",
    rows.map(({ version }) => version),
    versions,
  );
}
