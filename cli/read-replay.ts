import { readFile } from "node:fs/promises";
import { findAnyMutant } from "../mutation/find-mutant.ts";
import { SCENARIOS, findScenario } from "../scenarios/catalogue.ts";
import {
  decodeReplayFile,
  type FoundReplayFile,
  type ReplayFile,
} from "../scenarios/plans/replay-file.ts";
import { UsageError } from "./failures.ts";
import { digestOf } from "./product.ts";

/**
 * Reads a replay file whose plan this falconpay can run.
 *
 * @throws UsageError when it cannot be read, or asks for what there is not
 * @throws UnreadableReplayFile
 */
export async function readReplay(file: string): Promise<FoundReplayFile> {
  const replay = decodeReplayFile(await read(file), file, digestOf);
  requireKnown(replay, file);
  return replay;
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`cannot read the replay file: ${reason}`, { cause });
  }
}

function requireKnown({ plan }: ReplayFile, file: string): void {
  if (findScenario(plan.scenario) === undefined) {
    const known = SCENARIOS.map(({ name }) => name).join(", ");
    throw new UsageError(
      `${file}: /plan/scenario: there is no scenario ${JSON.stringify(plan.scenario)}; there are: ${known}`,
    );
  }
  if (plan.mutant !== null && findAnyMutant(plan.mutant) === undefined) {
    throw new UsageError(
      `${file}: /plan/mutant: this falconpay has no mutant ${JSON.stringify(plan.mutant)}`,
    );
  }
}
