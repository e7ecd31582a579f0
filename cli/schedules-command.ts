import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { writeWhole } from "../reports/write-whole.ts";
import { findScenario } from "../scenarios/catalogue.ts";
import { encodeReplayFile } from "../scenarios/plans/replay-file.ts";
import { promisesNamed } from "../scenarios/promises/promises.ts";
import { brokenPromises, type Outcome } from "../scenarios/runs/run-plan.ts";
import { trySchedules, type TriedSchedules } from "../sim/world/try-schedules.ts";
import { conclude } from "./conclude.ts";
import { parseWholeNumber } from "./options.ts";
import { say } from "./output.ts";
import { codeDigest, digestOf, productVersion } from "./product.ts";
import { readReplay } from "./read-replay.ts";

interface SchedulesOptions {
  readonly choices: string;
  readonly deviations: string;
  readonly window: string;
  readonly runs: string;
  readonly out: string;
}

export function addSchedulesCommand(program: Command): void {
  program
    .command("schedules")
    .description("run a small plan with every schedule within bounds, depth first")
    .argument("<file>", "a replay file: the smaller its plan, the more of its schedules are tried")
    .option("--choices <count>", "choices of a run that are branched on, from its beginning", "500")
    .option("--deviations <count>", "how many of them may not be first in, first out", "2")
    .option("--window <us>", "events due within so many microseconds are ready together", "0")
    .option("--runs <count>", "schedules tried at most", "1000")
    .option("--out <folder>", "where the replay file of a failure is written", "out")
    .addHelpText("after", "\nExample:\n  falconpay schedules out/ends-3.json --window 100")
    .action(schedulesCommand);
}

async function schedulesCommand(file: string, options: SchedulesOptions): Promise<void> {
  const bounds = {
    choices: parseWholeNumber(options.choices, "--choices"),
    deviations: parseWholeNumber(options.deviations, "--deviations"),
    windowUs: parseWholeNumber(options.window, "--window"),
  };
  const runsMax = parseWholeNumber(options.runs, "--runs");
  const { plan } = await readReplay(file);
  const promises = promisesNamed(findScenario(plan.scenario)?.promises);
  const tried = await trySchedules({ plan, promises, bounds, runsMax });
  await say(`${describeTried(tried)}\n`);
  const { broken } = tried;
  await conclude(broken === null ? 0 : 1, async () => {
    if (broken !== null) {
      const [promise = ""] = brokenPromises(broken);
      const path = join(options.out, `${promise}-schedule-${tried.tried}.json`);
      await mkdir(options.out, { recursive: true });
      await writeWhole(path, replayText(broken, promise));
      await say(`replay: npm run falconpay -- replay ${path}\n`);
    }
  });
}

/** How many of how many, and what is not among them. */
function describeTried({ tried, known, isWhole, isCut, traces, broken }: TriedSchedules): string {
  const all = isWhole ? `all ${tried} schedules` : `${tried} of at least ${known} schedules`;
  const lines = [`tried ${all} within the bounds: ${traces} different traces`];
  if (isCut) {
    lines.push("runs had more choices than --choices; behind them they went first in, first out");
  }
  lines.push(
    broken === null
      ? "every promise held in each of them"
      : `broken in the last of them: ${brokenPromises(broken).join(", ")}`,
  );
  return lines.join("\n");
}

function replayText({ plan, traceHash }: Outcome, promise: string): string {
  const expected = { promise, traceHash };
  const writtenBy = { product: productVersion(), code: codeDigest() };
  return encodeReplayFile({ plan, expected, writtenBy }, digestOf);
}
