import { createDraws } from "../draws.ts";
import { createEngineOracle } from "../servers/engine-oracle.ts";
import { createRealOracle } from "../servers/real-oracle.ts";
import type { ScratchPostgres } from "../servers/scratch-postgres.ts";
import { atOnce, playSchedule, type Pace, type Transcript } from "./schedule-player.ts";
import type { Schedule } from "./schedule.ts";

/** How the engine's transcript of a schedule stands to the real server's. */
export type ScheduleVerdict =
  | { readonly kind: "equal" }
  /** Equal under another choice that PostgreSQL leaves open, or another pace of the clock. */
  | { readonly kind: "choice" }
  /** The real server, asked again, answers as the engine does. */
  | { readonly kind: "race" }
  | { readonly kind: "unexplained"; readonly engine: Transcript; readonly real: Transcript };

/** How much time a step takes; a deadlock's victim is whoever waited long enough first. */
const PACES_MS = [1, 0, 7, 60, 400] as const;
/** As PostgreSQL's deadlock_timeout: whoever waited before looked for a deadlock meanwhile. */
const STALL_MS = 1_000;
const RANDOM_CHOICES = 4;
const PERFORMANCES_MAX = 3;

/** Replays a schedule on the real server and explains what differs, if it can. */
export async function judgeSchedule(
  server: ScratchPostgres,
  schedule: Schedule,
): Promise<ScheduleVerdict> {
  const engine = await rehearse(schedule, { pace: () => 1, choose: () => 0 });
  let real = await perform(server, schedule);
  if (isSame(engine, real)) {
    return { kind: "equal" };
  }
  const others: Transcript[] = [];
  for (const paceMs of PACES_MS) {
    for (const choose of choicesOf(schedule.seed)) {
      others.push(await rehearse(schedule, { pace: () => paceMs, choose }));
    }
  }
  // A busy machine may hold up any one step for so long that the next one comes after the look.
  for (const stalled of schedule.steps.keys()) {
    const pace = (step: number) => (step === stalled ? STALL_MS : 1);
    others.push(await rehearse(schedule, { pace, choose: () => 0 }));
  }
  if (others.some((other) => isSame(other, real))) {
    return { kind: "choice" };
  }
  for (let performed = 1; performed < PERFORMANCES_MAX; performed += 1) {
    real = await perform(server, schedule);
    if ([engine, ...others].some((other) => isSame(other, real))) {
      return { kind: "race" };
    }
  }
  return { kind: "unexplained", engine, real };
}

function choicesOf(seed: number): ((count: number) => number)[] {
  const drawn = Array.from({ length: RANDOM_CHOICES }, (_, at) => createDraws(seed + at).below);
  return [() => 0, (count) => count - 1, ...drawn];
}

async function rehearse(
  schedule: Schedule,
  { pace, choose }: { readonly pace: Pace; readonly choose: (count: number) => number },
): Promise<Transcript> {
  const oracle = await createEngineOracle();
  oracle.stage.choice = choose;
  return (await playSchedule(oracle, schedule, { pace })).transcript;
}

async function perform(server: ScratchPostgres, schedule: Schedule): Promise<Transcript> {
  const administrator = await server.connect();
  await administrator.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  await administrator.end();
  const oracle = await createRealOracle(server);
  try {
    return (await playSchedule(oracle, schedule, { pace: atOnce })).transcript;
  } finally {
    await oracle.close();
  }
}

function isSame(left: Transcript, right: Transcript): boolean {
  return left.join("\n") === right.join("\n");
}
