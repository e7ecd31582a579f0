import type { Exit } from "../keeper/keeper-messages.ts";
import type { Keeper, KeptProcess } from "../keeper/keeper.ts";
import { readLog, wordsFor } from "../keeper/process-log.ts";

/** How long SIGTERM may take before SIGKILL follows. */
const TERMINATION_MS = 3000;

/**
 * Starts one incarnation of a service process: a Node program of ours. `environment` is added to
 * PATH, HOME and the like; it is all that the program is told. What it writes is appended to
 * `logFile`.
 *
 * @throws Error when it cannot be started
 */
export function startServiceProcess(
  keeper: Keeper,
  incarnation: {
    readonly name: string;
    readonly program: string;
    readonly environment: Readonly<Record<string, string>>;
    readonly logFile: string;
  },
): Promise<KeptProcess> {
  const { name, program, environment, logFile } = incarnation;
  return keeper.start({
    name,
    command: process.execPath,
    // kafkajs arms a timer with a negative delay on every connection, and Node warns of it.
    arguments: ["--disable-warning=TimeoutNegativeWarning", program],
    environment: { ...inherited(), ...environment },
    folder: keeper.folder,
    logFile,
    user: null,
    farewell: { signal: "SIGTERM", graceMs: TERMINATION_MS },
  });
}

/** How an incarnation ended that was not told to, and the last error in its log. */
export async function reasonOf(exit: Exit, logFile: string): Promise<string> {
  const lines = (await readLog(logFile)).split("\n");
  const complaint =
    lines.findLast((line) => /^\w*Error\b/.test(line)) ?? "its log does not say why";
  return `ended ${wordsFor(exit)}: ${complaint}`;
}

/**
 * A service sees what it is given, so that a run does not depend on the machine; these four it
 * cannot do without.
 */
function inherited(): Record<string, string> {
  const names = ["PATH", "HOME", "TMPDIR", "LANG"];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
