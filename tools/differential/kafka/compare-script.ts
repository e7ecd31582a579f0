import type { GroupScript } from "../../../scenarios/contracts/group-script.ts";
import { playScript, type Played } from "../../../scenarios/contracts/play-script.ts";
import {
  brokenInvariants,
  kindsOf,
  outcomeOf,
} from "../../../scenarios/contracts/script-outcome.ts";
import { onSimulatedStage } from "./simulated-stage.ts";

/** Chance gets so many tries to come to what the real one came to. */
const TRIES_MAX = 1_500;

/**
 * Plays the script on the simulated Kafka with one seed after the other, until each partition has
 * come to what it came to in reality; where a broker goes, until some record has come to it. What
 * never does, not even record by record, and every invariant that breaks in either world, is a
 * finding.
 */
export async function compareScript(script: GroupScript, real: Played): Promise<readonly string[]> {
  const findings = new Set(brokenInvariants(real).map((text) => `real: ${text}`));
  const hasOutage = script.steps.some(({ kind }) => kind === "stop-broker");
  const resultOf = hasOutage ? kindsOf : outcomeOf;
  const missing = new Set(resultOf(real));
  const simulated = new Map<string, number>();
  for (let seed = 1; seed <= TRIES_MAX && missing.size > 0; seed += 1) {
    const played = await playSimulated(script, String(seed));
    for (const text of brokenInvariants(played)) {
      findings.add(`simulated: ${text}`);
    }
    for (const outcome of resultOf(played)) {
      simulated.set(outcome, (simulated.get(outcome) ?? 0) + 1);
      missing.delete(outcome);
    }
  }
  for (const outcome of missing) {
    const place = hasOutage ? "" : (outcome.split(":")[0] ?? "");
    const seen = [...simulated].filter(([text]) => text.startsWith(place));
    if (
      !hasOutage &&
      isMadeOf(
        outcome,
        seen.map(([text]) => text),
      )
    ) {
      continue;
    }
    findings.add(
      [
        `never simulated in ${TRIES_MAX} tries: ${outcome}`,
        ...seen.map(([text, count]) => `  simulated ${count} times: ${text}`),
      ].join("\n"),
    );
  }
  return [...findings];
}

/**
 * Whether each record came to this in one of these outcomes of its partition. The ways in which
 * several records come together are many beside the tries: there, each by itself is enough.
 */
export function isMadeOf(outcome: string, seen: readonly string[]): boolean {
  const recordsOf = (text: string) => text.replace(/^[^:]*: /, "").split("; ");
  const known = new Set(seen.flatMap(recordsOf));
  return recordsOf(outcome).every((record) => known.has(record));
}

/** One run of the script; chance decides how late each step is. */
export function playSimulated(script: GroupScript, seed: string): Promise<Played> {
  return onSimulatedStage(seed, (stage, kernel) => {
    const stream = kernel.random.stream("differential.jitter");
    // An idle machine, one at work, and one where a first join takes its time.
    const lateMsMax = stream.pick([50, 500, 1_500]);
    return playScript(stage, script, () => stream.integer(0, lateMsMax));
  });
}
