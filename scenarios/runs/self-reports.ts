import type { Plan } from "../plans/plan.ts";
import type { SaidLine, SelfReport } from "../promises/system-promise.ts";
import type { ClientAnswer, Universe, UniverseEvent } from "../world.ts";
import { readyBoundMs } from "./bounds.ts";
import { attemptOnce } from "./client.ts";

/** How often a process is asked whether it is ready. */
const READY_POLL_MS = 500;

/** Keeps what each process has said of itself since it was started last. */
export interface SaidLines {
  see(event: UniverseEvent): void;
  of(process: string): readonly SaidLine[];
}

export function createSaidLines(): SaidLines {
  const said = new Map<string, SaidLine[]>();
  return {
    see(event) {
      if (event.kind === "restart") {
        said.delete(event.process);
      } else if (event.kind === "note" && event.note.what === "said") {
        const lines = said.get(event.process) ?? [];
        said.set(event.process, lines);
        lines.push(event.note);
      }
    },
    of: (process) => [...(said.get(process) ?? [])],
  };
}

/** In every other run, since what is asked at rest is much beside what little a run does. */
export function isAskedAtRest({ seed }: Plan): boolean {
  return seed % 2 === 0;
}

/** Asks every process, at rest, whether it is ready and what it has counted. */
export async function askAtRest(
  universe: Universe,
  plan: Plan,
  said: SaidLines,
): Promise<readonly SelfReport[]> {
  const reports: SelfReport[] = [];
  const deadlineAtMs = universe.nowMs() + readyBoundMs(plan);
  for (const { name: process, roles } of plan.topology) {
    let ready = await ask(universe, process, "/readyz");
    while (ready?.status !== 200 && universe.nowMs() < deadlineAtMs) {
      await universe.sleep(READY_POLL_MS);
      ready = await ask(universe, process, "/readyz");
    }
    const before = said.of(process);
    const metrics = await ask(universe, process, "/metrics");
    reports.push({
      process,
      roles,
      isReady: ready?.status === 200,
      troubles: JSON.stringify(ready?.body ?? "no answer"),
      metrics: typeof metrics?.body === "string" ? metrics.body : undefined,
      // Where something was said meanwhile, nobody knows what was counted.
      said: said.of(process).length === before.length ? before : undefined,
    });
  }
  return reports;
}

function ask(universe: Universe, process: string, path: string): Promise<ClientAnswer | undefined> {
  return attemptOnce(universe, process, { method: "GET", path, headers: {} });
}
