import { accountText, balances, withSessions, type Sessions } from "./account-sessions.ts";
import { demandEqual, type Claim } from "./claim.ts";
import type { DatabaseStage } from "./stage.ts";
import { demandWaiting, outcomeOf, underWay } from "./under-way.ts";

/** What the services rely on from PostgreSQL, through the database port. */
export const databaseContract: readonly Claim<DatabaseStage>[] = [
  claim("COMMIT makes changes visible to others, and nothing does before", async (session) => {
    const { first, second } = session;
    await first.query("BEGIN");
    await first.query("UPDATE accounts SET balance = 70 WHERE id = 'a'");
    demandEqual("before COMMIT", await balances(second), ["a 100", "b 100"]);
    const { command } = await first.query("COMMIT");
    demandEqual("the tag of COMMIT", command, "COMMIT");
    demandEqual("after COMMIT", await balances(second), ["a 70", "b 100"]);
  }),

  claim("ROLLBACK leaves nothing of the transaction", async ({ first, second }) => {
    await first.query("BEGIN");
    await first.query("UPDATE accounts SET balance = 70 WHERE id = 'a'");
    await first.query("INSERT INTO accounts (id, balance) VALUES ('c', 1)");
    await first.query("ROLLBACK");
    demandEqual("for itself", await balances(first), ["a 100", "b 100"]);
    demandEqual("for others", await balances(second), ["a 100", "b 100"]);
  }),

  claim("COMMIT of an aborted transaction is answered ROLLBACK", async ({ first, second }) => {
    await first.query("BEGIN");
    await first.query("UPDATE accounts SET balance = 70 WHERE id = 'a'");
    await outcomeOf(first.query("INSERT INTO accounts (id, balance) VALUES ('a', 1)"));
    const next = await outcomeOf(first.query("SELECT id FROM accounts"));
    demandEqual("a statement after the error", next, failed("25P02"));
    const { command } = await first.query("COMMIT");
    demandEqual("the tag of COMMIT", command, "ROLLBACK");
    demandEqual("afterwards", await balances(second), ["a 100", "b 100"]);
  }),

  claim(
    "ON CONFLICT DO NOTHING waits for the running inserter, and after its COMMIT inserts nothing",
    (stage) => insertTwice(stage, { end: "COMMIT", rowCount: 0 }),
  ),

  claim(
    "ON CONFLICT DO NOTHING waits for the running inserter, and after its ROLLBACK inserts",
    (stage) => insertTwice(stage, { end: "ROLLBACK", rowCount: 1 }),
  ),

  claim(
    "FOR UPDATE in id order makes a second transfer wait, and then see the new balances",
    async (stage) => {
      const { first, second, clock } = stage;
      await first.query("BEGIN");
      await first.query(LOCK_BOTH);
      await second.query("BEGIN");
      const locking = second.query(LOCK_BOTH);
      const waiting = underWay(locking);
      await demandWaiting(clock, "the second lock", waiting);
      await first.query("UPDATE accounts SET balance = balance - 30 WHERE id = 'a'");
      await first.query("UPDATE accounts SET balance = balance + 30 WHERE id = 'b'");
      demandEqual("while the first is under way", waiting.isOver(), false);
      await first.query("COMMIT");
      demandEqual("what the second sees", (await locking).rows.map(accountText), ["a 70", "b 130"]);
      await second.query("COMMIT");
    },
  ),

  claim("a CHECK violation has code 23514, its constraint's name, and no effect", async (stage) => {
    const { first, second } = stage;
    const overdraft = first.query("UPDATE accounts SET balance = balance - 101 WHERE id = 'a'");
    demandEqual("the overdraft", await outcomeOf(overdraft), failed("23514", "no_overdraft"));
    demandEqual("afterwards", await balances(second), ["a 100", "b 100"]);
  }),

  claim(
    "a unique violation has code 23505, its constraint's name, and no effect",
    async (stage) => {
      const { first, second } = stage;
      const again = first.query("INSERT INTO accounts (id, balance) VALUES ($1, $2)", ["a", 1n]);
      demandEqual("the second insert", await outcomeOf(again), failed("23505", "accounts_pkey"));
      demandEqual("afterwards", await balances(second), ["a 100", "b 100"]);
    },
  ),

  claim("bigint columns arrive as strings, exactly", async ({ first }) => {
    const beyondDouble = 9_007_199_254_740_993n;
    await first.query("UPDATE accounts SET balance = $1 WHERE id = 'a'", [beyondDouble]);
    const { rows } = await first.query("SELECT balance FROM accounts WHERE id = 'a'");
    demandEqual("the row", rows, [{ balance: "9007199254740993" }]);
  }),

  claim(
    "an UPDATE counts the rows that it changed, and a guard that holds none back counts 0",
    async ({ first }) => {
      const both = "UPDATE accounts SET balance = 5 WHERE id = ANY ($1) AND balance = 100";
      const update = () => outcomeOf(first.query(both, [["a", "b", "nobody"]]));
      demandEqual("the first time", await update(), done("UPDATE", 2));
      demandEqual("the second time", await update(), done("UPDATE", 0));
    },
  ),

  claim(
    "a connection that is lost undoes its transaction, and its next query has code `connection`, applied unknown",
    async (stage) => {
      const { first, second } = stage;
      await first.query("BEGIN");
      await first.query("UPDATE accounts SET balance = 70 WHERE id = 'a'");
      await stage.loseConnections("first");
      // Long enough for the client to have heard: what it asks next does not even leave it.
      await stage.clock.sleep(HEARD_AFTER_MS);
      const next = await outcomeOf(first.query("COMMIT"));
      demandEqual("the next query", next, {
        kind: "error",
        code: "connection",
        applied: "unknown",
      });
      demandEqual("the row", await balances(second), ["a 100", "b 100"]);
      const unlocked = await outcomeOf(
        second.query("UPDATE accounts SET balance = 1 WHERE id = 'a'"),
      );
      demandEqual("the row's lock", unlocked, done("UPDATE", 1));
    },
  ),

  claim(
    "a query whose connection is lost while it waits has code `connection`, applied unknown",
    async (stage) => {
      const { first, second, clock } = stage;
      await first.query("BEGIN");
      await first.query(LOCK_BOTH);
      const waiting = underWay(second.query("UPDATE accounts SET balance = 1 WHERE id = 'a'"));
      await demandWaiting(clock, "the update", waiting);
      await stage.loseConnections("second");
      const outcome = await waiting.outcome;
      demandEqual("the update", outcome, { kind: "error", code: "connection", applied: "unknown" });
    },
  ),

  claim(
    "a notification is heard at COMMIT, once for all of a transaction that say the same, and never after a ROLLBACK",
    async (stage) => {
      const { second } = stage;
      const heard = await listening(stage);
      await second.query("BEGIN");
      await second.query("NOTIFY news");
      await second.query("SELECT pg_notify('news', '')");
      await demandHeard(stage, "before COMMIT", heard, 0);
      await second.query("COMMIT");
      await demandHeard(stage, "after COMMIT", heard, 1);
      await second.query("BEGIN");
      await second.query("NOTIFY news");
      await second.query("ROLLBACK");
      await second.query("NOTIFY others");
      await demandHeard(stage, "after a ROLLBACK, and on another channel", heard, 1);
    },
  ),

  claim(
    "a connection that listens and is lost is opened again, and then its listener is told to look: what was notified meanwhile is missed",
    async (stage) => {
      const { second } = stage;
      const heard = await listening(stage);
      await stage.loseConnections("first");
      await second.query("NOTIFY news");
      await demandHeard(stage, "while nobody hears", heard, 0);
      await demandHeard(stage, "when it listens again", heard, 1);
      await second.query("NOTIFY news");
      await demandHeard(stage, "after that", heard, 2);
    },
  ),

  claim("whoever has closed hears nothing more", async (stage) => {
    const { second } = stage;
    const heard = await listening(stage);
    await heard.close();
    await second.query("NOTIFY news");
    await demandHeard(stage, "once closed", heard, 0);
  }),

  claim("a deadlock ends one of the two with code 40P01, and the other goes on", async (stage) => {
    const { first, second } = stage;
    await first.query("BEGIN");
    await second.query("BEGIN");
    await first.query(lockOne("a"));
    await second.query(lockOne("b"));
    const crossing = [underWay(first.query(lockOne("b"))), underWay(second.query(lockOne("a")))];
    const outcomes = await Promise.all(crossing.map(({ outcome }) => outcome));
    const kinds = outcomes.map(({ kind }) => kind).toSorted();
    demandEqual("the two", kinds, ["error", "result"]);
    const victim = outcomes.find(({ kind }) => kind === "error");
    demandEqual("the one that ended", victim, failed("40P01"));
  }),
];

const HEARD_AFTER_MS = 100;

const LOCK_BOTH = "SELECT id, balance FROM accounts WHERE id IN ('b', 'a') ORDER BY id FOR UPDATE";

function claim(
  sentence: string,
  check: (sessions: Sessions) => Promise<void>,
): Claim<DatabaseStage> {
  return { claim: sentence, check: (stage) => withSessions(stage, check) };
}

interface Heard {
  /** Notifications, and demands to look, since it began to listen. */
  count: number;
  close(): Promise<void>;
}

/** The first client, listening to `news`. */
async function listening(stage: Sessions): Promise<Heard> {
  const began = Promise.withResolvers<void>();
  const listener = stage.database("first").listen("news", () => {
    heard.count += 1;
    began.resolve();
  });
  const heard: Heard = { count: 0, close: () => listener.close() };
  await Promise.race([began.promise, stage.clock.sleep(BEGUN_MS_MAX)]);
  demandEqual("told to look when it begins", heard.count, 1);
  heard.count = 0;
  return heard;
}

const BEGUN_MS_MAX = 5_000;

/** Waits for it, and then for as long as one more would take. */
async function demandHeard(
  { clock }: Sessions,
  what: string,
  heard: Heard,
  expected: number,
): Promise<void> {
  const deadlineAtMs = clock.nowMs() + BEGUN_MS_MAX;
  while (heard.count < expected && clock.nowMs() < deadlineAtMs) {
    await clock.sleep(HEARD_AFTER_MS);
  }
  await clock.sleep(HEARD_AFTER_MS);
  demandEqual(what, heard.count, expected);
}

async function insertTwice(
  { first, second, clock }: Sessions,
  { end, rowCount }: { readonly end: "COMMIT" | "ROLLBACK"; readonly rowCount: number },
): Promise<void> {
  const insert = "INSERT INTO accounts (id, balance) VALUES ('c', $1) ON CONFLICT (id) DO NOTHING";
  await first.query("BEGIN");
  demandEqual("the first insert", await outcomeOf(first.query(insert, [1])), done("INSERT", 1));
  const waiting = underWay(second.query(insert, [2]));
  await demandWaiting(clock, "the second insert", waiting);
  await first.query(end);
  demandEqual("the second insert", await waiting.outcome, done("INSERT", rowCount));
  demandEqual("who inserted", await balances(first), [
    "a 100",
    "b 100",
    end === "COMMIT" ? "c 1" : "c 2",
  ]);
}

function lockOne(id: "a" | "b"): string {
  return `SELECT id FROM accounts WHERE id = '${id}' FOR UPDATE`;
}

function done(command: string, rowCount: number) {
  return { kind: "result", command, rowCount };
}

/** The server answered with an error, and so undid the statement. */
function failed(code: string, constraint?: string) {
  const named = constraint === undefined ? {} : { constraint };
  return { kind: "error", code, applied: "no", ...named };
}
