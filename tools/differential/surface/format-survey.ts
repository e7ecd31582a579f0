import type { Survey, SurveyExample, SurveyGroup } from "./survey-surface.ts";

/** A survey as a page: the shares, and every group of findings with its smallest examples. */
export function formatSurvey(
  survey: Survey,
  missing: readonly { readonly feature: string; readonly cause: string }[],
): string {
  const { tried, same, open, listed, groups } = survey;
  const sum = (kind: SurveyGroup["kind"]) =>
    groups.filter((group) => group.kind === kind).reduce((total, { count }) => total + count, 0);
  const grave = groups.filter(isGrave).reduce((total, { count }) => total + count, 0);
  const shares = [
    `${tried} random statements: ${same} same, ${open} as under another plan of PostgreSQL,`,
    `${sum("refused")} refused, ${sum("wrong")} wrong`,
    `(${grave} of these in more than words, notices, positions, or which of several values is evaluated).`,
    `Of ${listed.tried} that use only what is listed: ${percent(listed.refused, listed.tried)} refused,`,
    `${percent(listed.wrong, listed.tried)} wrong.`,
  ];
  return [
    shares.join("\n"),
    ...(missing.length === 0 ? [] : ["", "Left out of the setup, as the engine refuses it:", ""]),
    ...missing.map(({ feature, cause }) => `- ${feature}: ${cause}`),
    ...section("Wrong", groups.filter(isGrave)),
    ...section(
      "Wrong in words, notices, names or positions only, or in what is evaluated",
      groups.filter(({ how }) => MINOR.has(how)),
    ),
    ...section(
      "Refused",
      groups.filter(({ kind }) => kind === "refused"),
    ),
    "",
  ].join("\n");
}

/** Another answer, and not only other words, notices, names or positions. */
export function isGrave({ kind, how }: SurveyGroup): boolean {
  return kind === "wrong" && !MINOR.has(how);
}

const MINOR = new Set(["evaluation", "words", "notices", "position", "names"]);

function section(heading: string, groups: readonly SurveyGroup[]): string[] {
  return [
    "",
    `## ${heading}`,
    "",
    ...groups.flatMap(({ count, listedCount, how, cause, seeds, examples }) => [
      `- ${count} (${listedCount} listed), ${how}: ${cause} (${tellSeeds(seeds)})`,
      ...examples.map((example) => `  - ${tell(example)}`),
    ]),
  ];
}

const SEEDS_TOLD_MAX = 40;

function tellSeeds(seeds: readonly number[]): string {
  const rest = seeds.length > SEEDS_TOLD_MAX ? ", ..." : "";
  return `seeds ${seeds.slice(0, SEEDS_TOLD_MAX).join(", ")}${rest}`;
}

function tell({ sql, parameters, afterwards, seed, told }: SurveyExample): string {
  const given = parameters.length === 0 ? "" : ` with ${JSON.stringify(parameters)}`;
  const then =
    afterwards.length === 0 ? "" : `, then ${afterwards.map((text) => `\`${text}\``).join(", ")}`;
  return `\`${sql}\`${given}${then} (seed ${seed}): ${told}`;
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / Math.max(whole, 1)).toFixed(1)} %`;
}
