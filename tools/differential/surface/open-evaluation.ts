import { createDraws } from "../draws.ts";
import type { Answer, OracleSession } from "../servers/oracle.ts";
import { compareAnswers } from "./compare-answers.ts";
import { render } from "./sql-tree.ts";
import type { Trial } from "./trial.ts";

/**
 * Switches of PostgreSQL's planner. None of them may change what a statement means; what changes
 * with them, the cost of plans decides, which the engine cannot know.
 */
const PLAN_SWITCHES = [
  "enable_hashjoin",
  "enable_mergejoin",
  "enable_nestloop",
  "enable_hashagg",
  "enable_sort",
  "enable_seqscan",
  "enable_indexscan",
  "enable_indexonlyscan",
  "enable_bitmapscan",
  "enable_material",
  "enable_memoize",
] as const;

const PLANS_TRIED = 20;

/** Settings under which PostgreSQL plans in other ways, each as one text. */
const otherPlans: readonly string[] = Array.from({ length: PLANS_TRIED }, (_, at) => {
  const draws = createDraws(at);
  const off = PLAN_SWITCHES.filter(() => draws.chance(35));
  const limits = ["join_collapse_limit", "from_collapse_limit"].filter(() => draws.chance(35));
  return [
    ...off.map((name) => `SET LOCAL ${name} = off`),
    ...limits.map((name) => `SET LOCAL ${name} = 1`),
  ].join("; ");
}).filter((text) => text !== "");

/**
 * Whether PostgreSQL itself leaves open which error in a value is met: true only where it answers
 * as the engine did, once its planner's switches are set otherwise, or once the same rows lie in
 * another order in their tables. `real` are the server's sessions, one for each order of the rows.
 */
export async function isOpen(
  engine: readonly Answer[],
  real: readonly OracleSession[],
  trial: Trial,
): Promise<boolean> {
  for (const session of real) {
    for (const settings of ["", ...otherPlans]) {
      if (areSame(engine, await playAside(session, trial, settings), trial)) {
        return true;
      }
    }
  }
  return false;
}

/** The answers to a trial, until one fails, in a transaction that is rolled back. */
async function playAside(
  session: OracleSession,
  trial: Trial,
  settings: string,
): Promise<readonly Answer[]> {
  const { sql, parameters } = render(trial.tree);
  const answers: Answer[] = [];
  await session.run(`BEGIN; ${settings}`);
  for (const [at, text] of [sql, ...trial.afterwards].entries()) {
    const answer = await session.run(text, at === 0 ? parameters : []);
    answers.push(answer);
    if (answer.error !== null) {
      break;
    }
  }
  await session.run("ROLLBACK");
  return answers;
}

function areSame(ours: readonly Answer[], theirs: readonly Answer[], trial: Trial): boolean {
  return (
    ours.length === theirs.length &&
    ours.every((one, at) => {
      const other = theirs[at];
      const how = { isOrdered: at === 0 && trial.isOrdered, isBare: true };
      return other !== undefined && compareAnswers(one, other, how).kind === "same";
    })
  );
}
