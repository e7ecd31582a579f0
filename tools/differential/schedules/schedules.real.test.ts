import { randomInt } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ScratchPostgres, startScratchPostgres } from "../servers/scratch-postgres.ts";
import { formatSchedules, SCHEDULE_KINDS, surveySchedules } from "./survey-schedules.ts";

const SCHEDULES = Number(process.env["DIFFERENTIAL_SCHEDULES"] ?? 25);
/** The gate plays the same schedules each time: those that differ yet are found by fresh ones. */
const GATE_SEED = 1000;
const FRESH_SEED = process.env["CI"] === "true" ? GATE_SEED : randomInt(1_000_000_000);
const FIRST_SEED = Number(process.env["DIFFERENTIAL_SEED"] ?? FRESH_SEED);

let server: ScratchPostgres;

beforeAll(async () => {
  server = await startScratchPostgres();
}, 60_000);

afterAll(async () => {
  await server.stop();
});

test.for(Object.entries(SCHEDULE_KINDS))(
  `random schedules from seed ${FIRST_SEED} on wait, answer and fail as on the real server: %s`,
  async ([, kind]) => {
    const survey = await surveySchedules(server, kind, {
      firstSeed: FIRST_SEED,
      count: SCHEDULES,
    });
    expect(survey.unexplained.length, formatSchedules(survey)).toBe(0);
    expect(survey.counts.get("equal") ?? 0, formatSchedules(survey)).toBeGreaterThan(SCHEDULES / 2);
  },
);
