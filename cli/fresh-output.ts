import { constants } from "node:fs";
import { access, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { UnwritableOutput, writeErrorInWords } from "../reports/write-whole.ts";
import { isReplayFile } from "../scenarios/plans/replay-file.ts";

const RESULTS = /^(?:evidence\.json|report\.html|junit\.xml)(?:\.scratch)?$/;
const REPLAY_FILE = /^[a-z-]+-[0-9]+\.json$/;
const TRACE_OF_REPLAY = /^[a-z-]+-[0-9]+\.trace\.jsonl$/;
const SCRATCH = /^[a-z-]+-[0-9]+(?:\.trace)?\.jsonl?\.scratch$/;

/**
 * Makes the folder where it is missing, and takes the results of an earlier run out of it: however
 * this run ends, what lies there afterwards is of this run. What is somebody else's stays.
 *
 * @throws UnwritableOutput before any work, rather than after it
 */
export async function freshOutput(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    for (const name of await readdir(folder)) {
      if (await isEarlierResult(folder, name)) {
        await rm(join(folder, name), { force: true });
      }
    }
  } catch (cause) {
    throw new UnwritableOutput(`cannot write into ${folder}: ${writeErrorInWords(cause)}`, {
      cause,
    });
  }
}

async function isEarlierResult(folder: string, name: string): Promise<boolean> {
  return (
    RESULTS.test(name) ||
    TRACE_OF_REPLAY.test(name) ||
    SCRATCH.test(name) ||
    (REPLAY_FILE.test(name) && isReplayFile(await readFile(join(folder, name), "utf8")))
  );
}
