import { createEngineOracle } from "../servers/engine-oracle.ts";
import type { Answer, OracleSession } from "../servers/oracle.ts";
import { createRealOracle } from "../servers/real-oracle.ts";
import type { ScratchPostgres } from "../servers/scratch-postgres.ts";
import { type Comparison, compareAnswers } from "./compare-answers.ts";
import { isOpen } from "./open-evaluation.ts";
import { SORTS } from "./sorts.ts";
import { render } from "./sql-tree.ts";
import {
  narrowTable,
  setupOf,
  type SetupStep,
  type SurfaceTable,
  wideTable,
} from "./surface-schema.ts";
import type { Trial } from "./trial.ts";

/** The engine and the real server with the same tables. */
export interface SurfaceWorlds {
  readonly tables: readonly [SurfaceTable, SurfaceTable];
  /** What of the setup the engine refused, and so neither world has. */
  readonly missing: readonly { readonly feature: string; readonly cause: string }[];
  compare(trial: Trial): Promise<Comparison>;
  close(): Promise<void>;
}

/** Sets both up, with what of the types, tables and indexes the engine takes. */
export async function createSurfaceWorlds(server: ScratchPostgres): Promise<SurfaceWorlds> {
  const missing: { feature: string; cause: string }[] = [];
  const sorts: string[] = [];
  for (const [name, { typeName }] of SORTS) {
    const cause = await refusalOf([
      ...(name === "mood" ? ["CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')"] : []),
      `CREATE TABLE probe (id integer PRIMARY KEY, x ${typeName})`,
      ...(SORTS.get(name)?.values ?? [])
        .filter((text) => name !== "varchar" || text.length <= 8)
        .map((text, at) => `INSERT INTO probe VALUES (${at}, '${text.replaceAll("'", "''")}')`),
    ]);
    if (cause === undefined) {
      sorts.push(name);
    } else {
      missing.push({ feature: `type ${typeName}`, cause });
    }
  }
  const steps: SetupStep[] = [];
  for (const step of setupOf(sorts)) {
    const cause = await refusalOf([...steps, step].map(({ sql }) => sql));
    if (cause === undefined) {
      steps.push(step);
    } else {
      missing.push({ feature: `${step.feature}: ${step.sql.slice(0, 60)}`, cause });
    }
  }
  const setup = steps.map(({ sql }) => sql);
  const real = await createRealOracle(server);
  const realSession = await real.open();
  await setUp(realSession, setup);
  await realSession.run("CREATE DATABASE turned");
  const turned = await createRealOracle(server, "turned");
  const turnedSession = await turned.open();
  await setUp(turnedSession, withRowsTurned(setup));
  const isThere = (table: string) => setup.some((sql) => sql.startsWith(`CREATE TABLE ${table} `));
  const sequences = ["g", "h"]
    .filter(isThere)
    .map((table) => `ALTER TABLE ${table} ALTER COLUMN id RESTART WITH 4`);
  let engineSession = await freshEngine(setup);
  return {
    tables: [wideTable(sorts), narrowTable(sorts)],
    missing,
    async compare(trial) {
      const { answers, ...compared } = await compareOnBoth(engineSession, realSession, trial);
      const { isSpent } = compared;
      let { comparison } = compared;
      if (comparison.kind === "wrong" && comparison.how === "evaluation") {
        const isLeftOpen = await isOpen(answers, [realSession, turnedSession], trial);
        comparison = isLeftOpen ? { kind: "open" } : comparison;
      }
      // What identity columns gave out is not given back.
      const drew = /\b[gh]\b/.test(render(trial.tree).sql) && trial.afterwards.length > 0;
      if (isSpent || drew) {
        engineSession = await freshEngine(setup);
        await realSession.run(sequences.join("; "));
      }
      return comparison;
    },
    async close() {
      await turned.close();
      await real.close();
    },
  };
}

async function setUp(session: OracleSession, setup: readonly string[]): Promise<void> {
  for (const sql of ["DROP SCHEMA public CASCADE", "CREATE SCHEMA public", ...setup]) {
    const { error } = await session.run(sql);
    if (error !== null) {
      throw new Error(`PostgreSQL refuses the setup: ${error.message}: ${sql}`);
    }
  }
}

/** The same rows, put into each table from the last to the first. */
function withRowsTurned(setup: readonly string[]): readonly string[] {
  const rowOf = (sql: string) => /^INSERT INTO ([a-z]+) VALUES/.exec(sql)?.[1];
  return setup.map((sql) => {
    const table = rowOf(sql);
    if (table === undefined) {
      return sql;
    }
    const rows = setup.filter((other) => rowOf(other) === table);
    return rows[rows.length - 1 - rows.indexOf(sql)] ?? sql;
  });
}

async function compareOnBoth(
  engine: OracleSession,
  real: OracleSession,
  trial: Trial,
): Promise<{
  readonly comparison: Comparison;
  readonly isSpent: boolean;
  /** Those of the engine. */
  readonly answers: readonly Answer[];
}> {
  const { sql, parameters } = render(trial.tree);
  const isAlone = trial.afterwards.length === 0;
  let comparison: Comparison = { kind: "same" };
  let isSpent = false;
  const answers: Answer[] = [];
  if (!isAlone) {
    await Promise.all([engine.run("BEGIN"), real.run("BEGIN")]);
  }
  for (const [at, text] of [sql, ...trial.afterwards].entries()) {
    const given = at === 0 ? parameters : [];
    const [ours, theirs] = await Promise.all([engine.run(text, given), real.run(text, given)]);
    answers.push(ours);
    const isOrdered = at === 0 && trial.isOrdered;
    comparison = compareAnswers(ours, theirs, { isOrdered, isBare: isBare(text) });
    isSpent ||= ours.refusal !== null || ours.breakdown !== null;
    if (comparison.kind !== "same" || theirs.error !== null) {
      break;
    }
  }
  const ending: readonly Promise<Answer>[] = isSpent ? [] : [engine.run("ROLLBACK")];
  if (!isAlone) {
    await Promise.all([...ending, real.run("ROLLBACK")]);
  }
  return { comparison, isSpent, answers };
}

/** True for one expression by itself, of which everything that matters is evaluated. */
function isBare(sql: string): boolean {
  return sql.startsWith("SELECT ") && !/ (FROM|WHERE|AND|OR|WHEN|IN)|,|coalesce/.test(sql);
}

async function freshEngine(setup: readonly string[]): Promise<OracleSession> {
  const session = await (await createEngineOracle()).open();
  for (const sql of setup) {
    const { error, refusal, breakdown } = await session.run(sql);
    if (error !== null || refusal !== null || breakdown !== null) {
      throw new Error(`the engine refuses the setup: ${sql}`);
    }
  }
  return session;
}

/** Why the engine does not take a setup, or undefined when it does. */
async function refusalOf(setup: readonly string[]): Promise<string | undefined> {
  const session = await (await createEngineOracle()).open();
  for (const sql of setup) {
    const { error, refusal, breakdown } = await session.run(sql);
    const cause = refusal?.feature ?? error?.message ?? breakdown;
    if (cause !== null && cause !== undefined) {
      return cause;
    }
  }
  return undefined;
}
