import { isAbsolute, join, relative } from "node:path";
import { writeWhole } from "../reports/write-whole.ts";
import { encodeReplayFile } from "../scenarios/plans/replay-file.ts";
import type { SweepResult } from "../scenarios/sweeps/sweep.ts";
import type { WorldName } from "./options.ts";
import { digestOf } from "./product.ts";
import { writeTrace } from "./write-trace.ts";

/** The command that replays a file of the folder. */
export function replayCommandOf(folder: string, file: string, world: WorldName): string {
  const more = world === "sim" ? "" : " --world real";
  return `npm run falconpay -- replay ${fromHere(join(folder, file))}${more}`;
}

/** Evidence names no machine's paths: an absolute folder is told from where the command was run. */
function fromHere(path: string): string {
  return isAbsolute(path) ? relative(process.cwd(), path) : path;
}

/** Where every event of the replay file's plan is written, beside it. */
export function traceFileOf(replayFile: string): string {
  return `${replayFile.replace(/\.json$/, "")}.trace.jsonl`;
}

/** Writes the smallest cases that a sweep found, and what happens in each. */
export async function writeReplayFiles(
  folder: string,
  { evidence, replayFiles }: Pick<SweepResult, "evidence" | "replayFiles">,
): Promise<void> {
  for (const { name, content } of replayFiles) {
    const file = join(folder, name);
    await writeWhole(file, encodeReplayFile(content, digestOf));
    if (evidence.world === "sim") {
      await writeTrace(content, traceFileOf(file));
    }
  }
}
