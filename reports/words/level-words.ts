import type { LevelEvidence } from "../evidence/evidence.ts";

/** A level and what it comes to: `calm (processes of a service: 1, knobs: as they ship)`. */
export function levelWords({ name, settings }: LevelEvidence): string {
  return `${name} (${settings.map((each) => `${each.name}: ${each.value}`).join(", ")})`;
}
