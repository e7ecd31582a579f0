import { CommanderError } from "commander";
import { EnvironmentMissing } from "../chaos/install/environment-missing.ts";
import { ServerNotReady } from "../chaos/local/server-ready.ts";
import { ServicesNotReady } from "../chaos/services/services-not-ready.ts";
import { PortTaken } from "../chaos/toxiproxy/free-ports.ts";
import { UnreadableEvidence } from "../reports/evidence/evidence-codec.ts";
import type { ExitCode } from "../reports/evidence/verdict.ts";
import { UnwritableOutput } from "../reports/write-whole.ts";
import { UnreadableReplayFile } from "../scenarios/plans/replay-file.ts";
import { UnmergeableShards } from "../scenarios/sweeps/merge-shards.ts";
import { TwoResults } from "../scenarios/sweeps/two-results.ts";
import { UnrunnablePlan } from "../scenarios/world.ts";

/** The command, an option or an input file is wrong; the message says what was expected. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The exit code for what ended a command; `reports/evidence/verdict.ts` says what each means. */
export function exitCodeOfError(error: unknown): ExitCode {
  if (error instanceof CommanderError) {
    // Help and version that were asked for end with 0; everything else is a wrong command line.
    return error.exitCode === 0 ? 0 : 2;
  }
  if (isEnvironment(error)) {
    return 4;
  }
  return isUsage(error) ? 2 : 3;
}

/**
 * The exit code when a verdict was told and then something could not be written: a pass without its
 * evidence is none, and a broken promise stays one.
 */
export function exitCodeUnwritten(verdict: ExitCode): ExitCode {
  return verdict === 0 || verdict === 5 ? 2 : verdict;
}

/** What a person is told: the message where it was made for people, otherwise all there is. */
export function explain(error: unknown): string {
  if (isUsage(error) || isEnvironment(error) || error instanceof TwoResults) {
    return `falconpay: ${error.message}`;
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `falconpay met an error of its own, which says nothing about the services:\n${detail}`;
}

function isUsage(error: unknown): error is Error {
  return (
    error instanceof UsageError ||
    error instanceof UnreadableReplayFile ||
    error instanceof UnrunnablePlan ||
    error instanceof UnreadableEvidence ||
    error instanceof UnmergeableShards ||
    error instanceof UnwritableOutput
  );
}

/** Something that the real world needs is not to be had on this machine. */
function isEnvironment(error: unknown): error is Error {
  return (
    error instanceof EnvironmentMissing ||
    error instanceof PortTaken ||
    error instanceof ServerNotReady ||
    error instanceof ServicesNotReady
  );
}
