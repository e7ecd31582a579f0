import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRealOracle } from "../servers/real-oracle.ts";
import { type ScratchPostgres, startScratchPostgres } from "../servers/scratch-postgres.ts";
import { fetchSpecs } from "./fetch-specs.ts";
import { runIsolationTester } from "./isolation-tester.ts";
import { createSpecRunner, permutationsOf } from "./run-spec.ts";
import { parseSpec } from "./spec-file.ts";
import { ANOMALIES, MUST_PASS, PASSING } from "./spec-lists.ts";
import { formatVerdicts, specNames, surveySpecs } from "./survey-specs.ts";

let server: ScratchPostgres;
let folder: string;

beforeAll(async () => {
  server = await startScratchPostgres();
  folder = join(await fetchSpecs(Number.parseInt(server.version, 10)), "specs");
});

afterAll(async () => {
  await server.stop();
});

// Waits, deadlocks, timeouts, notices, and steps whose report is held back.
test.for([
  "nowait-4",
  "deadlock-soft-2",
  "tuplelock-upgrade-no-deadlock",
  "timeouts",
  "eval-plan-qual-trigger",
  "insert-conflict-specconflict",
  "async-notify",
])("this runner prints of %s on the real server what isolationtester prints", async (name) => {
  const text = await readFile(join(folder, `${name}.spec`), "utf8");
  const expected = await runIsolationTester(server, { name, text });
  const administrator = await server.connect();
  await administrator.query("CREATE DATABASE runner");
  const spec = parseSpec(text);
  const runs = [];
  const oracle = await createRealOracle(server, "runner");
  const runner = await createSpecRunner(oracle, spec);
  for (const permutation of permutationsOf(spec)) {
    runs.push(await runner.run(permutation));
  }
  await oracle.close();
  await administrator.query("DROP DATABASE runner WITH (FORCE)");
  await administrator.end();
  expect(runs.map(({ name: steps, output }) => ({ name: steps, output }))).toEqual(expected);
});

test("of the specs that must pass, those pass that are listed, and none differs", async () => {
  const verdicts = await surveySpecs(server, folder, MUST_PASS);
  const named = (kind: string) =>
    verdicts.filter((one) => one.kind === kind).map(({ name }) => name);
  const page = formatVerdicts(verdicts);
  expect(named("differs"), page).toEqual([]);
  expect(named("pass"), page).toEqual(PASSING.toSorted());
});

test("every anomaly of Hermitage's 20 schedules is prevented, or not, as on the real server", async () => {
  const own = join(import.meta.dirname, "anomalies");
  const verdicts = await surveySpecs(server, own, await specNames(own));
  const outcomes = verdicts.map(({ name, kind, permutations }) => ({ name, kind, permutations }));
  expect(outcomes, formatVerdicts(verdicts)).toEqual(ANOMALIES);
});

test("none of the other specs differs where it is played", async () => {
  const others = (await specNames(folder)).filter((name) => !MUST_PASS.includes(name));
  const verdicts = await surveySpecs(server, folder, others);
  const differing = verdicts.filter(({ kind }) => kind === "differs");
  expect(
    differing.map(({ name }) => name),
    formatVerdicts(differing),
  ).toEqual([]);
});
