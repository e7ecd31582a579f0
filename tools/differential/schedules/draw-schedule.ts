import { createDraws } from "../draws.ts";
import { createEngineOracle } from "../servers/engine-oracle.ts";
import type { RandomTables } from "./random-tables.ts";
import { drawTables } from "./random-tables.ts";
import { SchedulePlayer } from "./schedule-player.ts";
import type { Schedule, ScheduleStep } from "./schedule.ts";
import { fillTemplate } from "./statement-templates.ts";

/** Which schedules are drawn. */
export interface ScheduleKind {
  readonly sessions: number;
  readonly steps: number;
  /** What a transaction begins with, each as likely as the others. */
  readonly begins: readonly [string, ...string[]];
}

/** What of the drawn things the engine takes, so that schedules are not lost to one refusal. */
export interface KnownRefusals {
  readonly isAccepted: (setup: readonly string[]) => boolean;
  /** The templates to draw from. */
  readonly templates: readonly string[];
}

/** Enough to let every session end after the last step. */
const ENDINGS_MAX = 60;

/**
 * The schedule of a seed. It is made by running it on the engine: each next step goes to a session
 * that does not wait there, and in the end every transaction is over.
 */
export async function drawSchedule(
  seed: number,
  kind: ScheduleKind,
  known: KnownRefusals,
): Promise<{ readonly schedule: Schedule; readonly refusal: string | null }> {
  const draws = createDraws(seed);
  const { setup }: RandomTables = drawTables(draws, known.isAccepted);
  const player = new SchedulePlayer(await createEngineOracle(), { pace: () => 1 });
  await player.setUp(setup);
  const names = Array.from({ length: kind.sessions }, (_, at) => `s${at + 1}`);
  const open = new Set<string>();
  const steps: ScheduleStep[] = [];
  const play = async (step: ScheduleStep) => {
    steps.push(step);
    await player.step(step);
  };
  for (let drawn = 0; drawn < kind.steps && player.refusal === null; drawn += 1) {
    const session = draws.pickOf(names.filter((name) => !player.isWaiting(name)));
    if (session === undefined) {
      await play({ kind: "deadlock timeout" });
      if (names.every((name) => player.isWaiting(name))) {
        break;
      }
    } else if (!open.has(session) && draws.chance(65)) {
      open.add(session);
      await play({ kind: "ask", session, sql: draws.pick(kind.begins) });
    } else if (open.has(session) && draws.chance(16)) {
      open.delete(session);
      await play({ kind: "ask", session, sql: draws.chance(25) ? "ROLLBACK" : "COMMIT" });
    } else {
      const template = draws.pickOf(known.templates) ?? "SELECT 1";
      await play({ kind: "ask", session, sql: fillTemplate(template, draws) });
    }
  }
  for (let ending = 0; ending < ENDINGS_MAX && player.refusal === null; ending += 1) {
    const session = [...open].find((name) => !player.isWaiting(name));
    if (session !== undefined) {
      open.delete(session);
      await play({ kind: "ask", session, sql: draws.chance(25) ? "ROLLBACK" : "COMMIT" });
    } else if (player.hasWaiting) {
      await play({ kind: "deadlock timeout" });
    } else {
      break;
    }
  }
  const tell = ["acc", "claim", "entry", "outbox"];
  for (const table of tell) {
    const session = names.find((name) => !player.isWaiting(name));
    if (session !== undefined && player.refusal === null) {
      await play({ kind: "ask", session, sql: `SELECT * FROM ${table} ORDER BY id, 2, 3` });
    }
  }
  return { schedule: { seed, setup, steps }, refusal: player.refusal };
}
