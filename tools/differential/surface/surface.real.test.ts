import { randomInt } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ScratchPostgres, startScratchPostgres } from "../servers/scratch-postgres.ts";
import { formatSurvey, isGrave } from "./format-survey.ts";
import { SURFACE_BOUNDS } from "./surface-bounds.ts";
import { createSurfaceWorlds } from "./surface-worlds.ts";
import { surveySurface } from "./survey-surface.ts";

const STATEMENTS = Number(process.env["DIFFERENTIAL_STATEMENTS"] ?? 600);
const FIRST_SEED = Number(process.env["DIFFERENTIAL_SEED"] ?? randomInt(1_000_000_000));

let server: ScratchPostgres;

beforeAll(async () => {
  server = await startScratchPostgres();
}, 60_000);

afterAll(async () => {
  await server.stop();
});

test(`random statements from seed ${FIRST_SEED} on are the same on both, or refused by name`, async () => {
  const worlds = await createSurfaceWorlds(server);
  const survey = await surveySurface(worlds, { firstSeed: FIRST_SEED, count: STATEMENTS });
  await worlds.close();
  const wrong = survey.groups.filter(isGrave).reduce((sum, { count }) => sum + count, 0);
  const page = formatSurvey(survey, worlds.missing);
  expect((100 * wrong) / survey.tried, page).toBeLessThanOrEqual(SURFACE_BOUNDS.wrongPercentMax);
  const { tried, refused } = survey.listed;
  expect((100 * refused) / tried, page).toBeLessThanOrEqual(SURFACE_BOUNDS.refusedPercentMax);
});
