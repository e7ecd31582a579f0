import type { KafkaCluster } from "../../../chaos/local/kafka-cluster.ts";
import type { GroupScript } from "../../../scenarios/contracts/group-script.ts";
import { playScript, type Played } from "../../../scenarios/contracts/play-script.ts";
import { compareScript } from "./compare-script.ts";
import { openRealStage, Together } from "./real-stage.ts";

/** Scripts that are played at once. */
export const AT_ONCE_MAX = 4;

/** A script, and what it came to on real brokers. */
interface PlayedScript {
  readonly script: GroupScript;
  readonly played: Played;
}

/**
 * Plays the scripts on real brokers, several at once, then on simulated ones, and says what differs
 * or must not be: each finding with its script, which can be saved (saved-scripts.ts).
 */
export async function findDifferences(
  cluster: KafkaCluster,
  scripts: readonly GroupScript[],
): Promise<readonly string[]> {
  const left = [...scripts];
  const played: PlayedScript[] = [];
  await Promise.all(
    Array.from({ length: AT_ONCE_MAX }, async () => {
      for (let script = left.shift(); script !== undefined; script = left.shift()) {
        played.push(await playOn(cluster, script, new Together(1)));
      }
    }),
  );
  return compareAll(played);
}

/** The same for scripts in which the same brokers go and come back: all at once. */
export async function findDifferencesTogether(
  cluster: KafkaCluster,
  scripts: readonly GroupScript[],
): Promise<readonly string[]> {
  const brokers = new Together(scripts.length);
  const played = scripts.map((script) => playOn(cluster, script, brokers));
  return compareAll(await Promise.all(played));
}

async function playOn(
  cluster: KafkaCluster,
  script: GroupScript,
  brokers: Together,
): Promise<PlayedScript> {
  const stage = await openRealStage(cluster, brokers);
  try {
    return { script, played: await playScript(stage, script) };
  } finally {
    await stage.close();
  }
}

/** One after the other: two simulations cannot share a thread. */
async function compareAll(all: readonly PlayedScript[]): Promise<readonly string[]> {
  const findings: string[] = [];
  for (const { script, played } of all) {
    for (const finding of await compareScript(script, played)) {
      findings.push(`${finding}\nof the script ${JSON.stringify(script)}`);
    }
  }
  return findings;
}
