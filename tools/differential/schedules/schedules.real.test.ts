import { randomInt } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ScratchPostgres, startScratchPostgres } from "../servers/scratch-postgres.ts";
import { formatAsSpec } from "./schedule.ts";
import { formatSchedules, SCHEDULE_KINDS, surveySchedules } from "./survey-schedules.ts";

const SCHEDULES = Number(process.env["DIFFERENTIAL_SCHEDULES"] ?? 25);
const FIRST_SEED = Number(process.env["DIFFERENTIAL_SEED"] ?? randomInt(1_000_000_000));
/** Where what was found lies, each as a spec to be played again. */
const FINDINGS = join(import.meta.dirname, "../../../out/schedules");

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
    await mkdir(FINDINGS, { recursive: true });
    for (const { schedule } of survey.unexplained) {
      await writeFile(join(FINDINGS, `${schedule.seed}.spec`), formatAsSpec(schedule));
    }
    expect(survey.unexplained.length, formatSchedules(survey)).toBe(0);
    expect(survey.counts.get("equal") ?? 0, formatSchedules(survey)).toBeGreaterThan(SCHEDULES / 2);
  },
);
