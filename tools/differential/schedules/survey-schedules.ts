import { createDraws } from "../draws.ts";
import { createEngineOracle } from "../servers/engine-oracle.ts";
import type { ScratchPostgres } from "../servers/scratch-postgres.ts";
import { drawSchedule, type KnownRefusals, type ScheduleKind } from "./draw-schedule.ts";
import { judgeSchedule, type ScheduleVerdict } from "./judge-schedule.ts";
import { drawTables } from "./random-tables.ts";
import { formatAsSpec, type Schedule } from "./schedule.ts";
import { fillTemplate, STATEMENT_TEMPLATES } from "./statement-templates.ts";

/** What many schedules came to. */
export interface ScheduleSurvey {
  readonly counts: ReadonlyMap<ScheduleVerdict["kind"] | "refused", number>;
  readonly steps: number;
  /** The templates that the engine refuses, each with the feature. */
  readonly refusedTemplates: ReadonlyMap<string, string>;
  readonly unexplained: readonly { readonly schedule: Schedule; readonly told: string }[];
}

/** The schedules that the tests draw, by the isolation of their transactions. */
export const SCHEDULE_KINDS = {
  "read committed": { sessions: 3, steps: 28, begins: ["BEGIN"] },
  "repeatable read": {
    sessions: 3,
    steps: 28,
    begins: ["BEGIN ISOLATION LEVEL REPEATABLE READ"],
  },
  mixed: {
    sessions: 4,
    steps: 40,
    begins: ["BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ"],
  },
} as const satisfies Readonly<Record<string, ScheduleKind>>;

/** Draws and judges the schedules of `count` seeds from `firstSeed` on. */
export async function surveySchedules(
  server: ScratchPostgres,
  kind: ScheduleKind,
  range: {
    readonly firstSeed: number;
    readonly count: number;
    /** Statements that contain one of these are not drawn. */
    readonly without?: readonly string[];
  },
): Promise<ScheduleSurvey> {
  const wanted = STATEMENT_TEMPLATES.filter(
    (template) => range.without?.some((text) => template.includes(text)) !== true,
  );
  const { known, refusedTemplates } = await probeRefusals(wanted);
  const counts = new Map<ScheduleVerdict["kind"] | "refused", number>();
  const unexplained: { schedule: Schedule; told: string }[] = [];
  let steps = 0;
  const note = (verdict: ScheduleVerdict["kind"] | "refused") =>
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  for (let at = 0; at < range.count; at += 1) {
    const { schedule, refusal } = await drawSchedule(range.firstSeed + at, kind, known);
    if (refusal !== null) {
      note("refused");
      continue;
    }
    steps += schedule.steps.length;
    const verdict = await judgeSchedule(server, schedule);
    note(verdict.kind);
    if (verdict.kind === "unexplained") {
      unexplained.push({ schedule, told: tellDifference(verdict) });
    }
  }
  return { counts, steps, refusedTemplates, unexplained };
}

/** What a survey came to, with each finding as a spec. */
export function formatSchedules(survey: ScheduleSurvey): string {
  const { counts, steps, refusedTemplates, unexplained } = survey;
  return [
    `${[...counts].map(([kind, count]) => `${count} ${kind}`).join(", ")}; ${steps} steps.`,
    ...(refusedTemplates.size === 0 ? [] : ["", "Templates that the engine refuses:", ""]),
    ...[...refusedTemplates].map(([template, feature]) => `- ${feature}: \`${template}\``),
    ...unexplained.flatMap(({ schedule, told }) => [
      "",
      `## Unexplained: seed ${schedule.seed}`,
      "",
      told,
      "",
      formatAsSpec(schedule),
    ]),
    "",
  ].join("\n");
}

function tellDifference({
  engine,
  real,
}: {
  readonly engine: readonly string[];
  readonly real: readonly string[];
}): string {
  const at = real.findIndex((line, index) => line !== engine[index]);
  return [
    ...real.slice(0, at).map((line) => `  ${line}`),
    ...real.slice(at, at + 3).map((line) => `- ${line}`),
    ...engine.slice(at, at + 3).map((line) => `+ ${line}`),
  ].join("\n");
}

/** Tries every template and every table by itself, so that what is refused is drawn no more. */
async function probeRefusals(templates: readonly string[]): Promise<{
  readonly known: KnownRefusals;
  readonly refusedTemplates: ReadonlyMap<string, string>;
}> {
  const decided = new Map<string, boolean>();
  const draws = createDraws(1);
  const plain = drawTables(createDraws(1), () => false);
  const refusedTemplates = new Map<string, string>();
  for (const template of templates) {
    const feature = await refusalOf([...plain.setup, "BEGIN", fillTemplate(template, draws)]);
    if (feature !== null) {
      refusedTemplates.set(template, feature);
    }
  }
  const variants = await probeVariants(decided);
  return {
    known: {
      isAccepted: (setup) => variants.get(setup.at(-1) ?? "") === true,
      templates: templates.filter((template) => !refusedTemplates.has(template)),
    },
    refusedTemplates,
  };
}

/** Each variant of a table after the plainest forms of what comes before it. */
async function probeVariants(decided: Map<string, boolean>): Promise<ReadonlyMap<string, boolean>> {
  const asked: (readonly string[])[] = [];
  for (let seed = 1; seed < 200; seed += 1) {
    drawTables(createDraws(seed), (setup) => {
      asked.push(setup);
      return false;
    });
  }
  for (const setup of asked) {
    const variant = setup.at(-1) ?? "";
    if (!decided.has(variant)) {
      const tables = setup.filter((sql) => sql !== "SELECT 1");
      decided.set(variant, (await refusalOf(tables)) === null);
    }
  }
  return decided;
}

async function refusalOf(texts: readonly string[]): Promise<string | null> {
  const session = await (await createEngineOracle()).open();
  for (const sql of texts) {
    const { refusal, breakdown } = await session.run(sql);
    if (refusal !== null || breakdown !== null) {
      return refusal?.feature ?? breakdown;
    }
  }
  return null;
}
