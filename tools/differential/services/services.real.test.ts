import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SCENARIOS } from "../../../scenarios/catalogue.ts";
import { runPlan } from "../../../scenarios/runs/run-plan.ts";
import { PostgresEngine } from "../../../sim/postgres/server/postgres-engine.ts";
import type { Session } from "../../../sim/postgres/server/session.ts";
import type { Parameter } from "../../../sim/postgres/types/parameter.ts";
import { createSimulatedWorld } from "../../../sim/world/world.ts";
import { atOnce, playSchedule } from "../schedules/schedule-player.ts";
import type { ScheduleStep } from "../schedules/schedule.ts";
import { createEngineOracle } from "../servers/engine-oracle.ts";
import type { TextParameter } from "../servers/oracle.ts";
import { createRealOracle } from "../servers/real-oracle.ts";
import { type ScratchPostgres, startScratchPostgres } from "../servers/scratch-postgres.ts";

let server: ScratchPostgres;

beforeAll(async () => {
  server = await startScratchPostgres();
});

afterAll(async () => {
  await server.stop();
});

test("every text that the services send in any scenario is answered alike by both", async () => {
  const recorded = await recordQueries(1);
  const texts = new Set(recorded.flatMap(({ steps }) => steps.map(({ sql }) => sql)));
  const played = new Set<string>();
  for (const [at, { scenario, steps }] of recorded.entries()) {
    // A run that asks nothing new proves nothing new.
    if (steps.every(({ sql }) => played.has(sql))) {
      continue;
    }
    const schedule = { seed: 1, setup: [], steps: steps.map(atOneTime) };
    const engine = await playSchedule(await createEngineOracle(), schedule, { pace: atOnce });
    const database = `services_${at}`;
    const administrator = await server.connect();
    await administrator.query(`CREATE DATABASE ${database}`);
    const oracle = await createRealOracle(server, database);
    const real = await playSchedule(oracle, schedule, { pace: atOnce });
    await oracle.close();
    await administrator.query(`DROP DATABASE ${database} WITH (FORCE)`);
    await administrator.end();
    expect(engine.refusal, scenario).toBeNull();
    expect(engine.transcript, scenario).toEqual(real.transcript);
    for (const { sql } of steps) {
      played.add(sql);
    }
  }
  expect(played).toEqual(texts);
  expect(texts.size).toBeGreaterThan(30);
});

/**
 * The clocks of both would tell another time, and a lease end on one of them only; their
 * transactions have other numbers, which reconciliation looks from.
 */
function atOneTime(step: AskStep): AskStep {
  const sql = step.sql
    .replaceAll("clock_timestamp()", "'2026-01-01T00:00:00Z'::timestamptz")
    .replaceAll("pg_current_xact_id()", TRANSACTION)
    .replaceAll("pg_snapshot_xmin(pg_current_snapshot())", TRANSACTION);
  return { ...step, sql };
}

/** Behind all that the recorded runs had, so that what was written since then is found. */
const TRANSACTION = "'1000000'::xid8";

type AskStep = Extract<ScheduleStep, { readonly kind: "ask" }>;

/** Everything that one database was asked in one run, in order, from its empty beginning on. */
interface RecordedQueries {
  readonly scenario: string;
  readonly steps: readonly AskStep[];
}

/** Runs a plan of each scenario, without faults, and notes what its databases are asked. */
async function recordQueries(seed: number): Promise<readonly RecordedQueries[]> {
  const world = await createSimulatedWorld();
  const recorded: RecordedQueries[] = [];
  for (const scenario of SCENARIOS) {
    const [draft] = fc.sample(scenario.drafts, { seed, numRuns: 1 });
    if (draft === undefined) {
      throw new Error(`${scenario.name} draws no plan`);
    }
    const listening = listenToEngines();
    try {
      await runPlan(world, { scenario: scenario.name, seed, mutant: null, ...draft, faults: [] });
    } finally {
      listening.stop();
    }
    for (const steps of listening.steps.values()) {
      recorded.push({ scenario: scenario.name, steps });
    }
  }
  return recorded;
}

/** Notes what every engine is asked that is used from now on. */
function listenToEngines(): {
  readonly steps: ReadonlyMap<PostgresEngine, RecordedQueries["steps"][number][]>;
  readonly stop: () => void;
} {
  const steps = new Map<PostgresEngine, RecordedQueries["steps"][number][]>();
  const { openSession } = PostgresEngine.prototype;
  PostgresEngine.prototype.openSession = function listened(options): Session {
    const session = Reflect.apply(openSession, this, [options]);
    const noted = steps.get(this) ?? [];
    steps.set(this, noted);
    const name = `s${session.processId}`;
    const query = session.query.bind(session);
    session.query = (sql, parameters, reply) => {
      noted.push({ kind: "ask", session: name, sql, parameters: parameters.map(textOf) });
      query(sql, parameters, reply);
    };
    return session;
  };
  return {
    steps,
    stop: () => {
      PostgresEngine.prototype.openSession = openSession;
    },
  };
}

/** As the `pg` client sends it. */
function textOf(parameter: Parameter): TextParameter {
  if (parameter === null) {
    return null;
  }
  if (typeof parameter !== "object") {
    return String(parameter);
  }
  const elements = parameter.map((element) => {
    const text = textOf(element);
    return text === null ? "NULL" : `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
  });
  return `{${elements.join(",")}}`;
}
