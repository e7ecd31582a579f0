import type { CrashPointsEvidence } from "../evidence/crash-points-evidence.ts";
import { visibleText } from "../evidence/visible-text.ts";
import { counted, groupedNumber } from "../words/number-words.ts";

/** So many points that did not fire are told by name. */
const SILENT_MAX = 5;

/** What a certificate says, for the summary of a run: labels and values. */
export function crashPointRows(
  certificate: CrashPointsEvidence | null,
): readonly (readonly [string, string])[] {
  if (certificate === null) {
    return [];
  }
  const { plans, ways, silent, pairs, violations } = certificate;
  return [
    ...plans.map(({ batches, requests, processes, effects, points }, index) => {
      const what = `${counted(effects, "effect")}, ${counted(points, "point")}`;
      const told = `${what}: ${visibleText(batches)}, ${counted(requests, "request")}, ${counted(processes.length, "process", "processes")}`;
      return [index === 0 ? "effects" : "", told] as const;
    }),
    ...ways.map(({ way, planned, tried, fired }, index) => {
      const more = tried < planned ? ` (${groupedNumber(planned)} there are)` : "";
      const told = `${groupedNumber(fired)} fired of ${groupedNumber(tried)} tried${more}: ${visibleText(way)}`;
      return [index === 0 ? "points" : "", told] as const;
    }),
    ...silent
      .slice(0, SILENT_MAX)
      .map((point): readonly [string, string] => ["", `never fired: ${visibleText(point)}`]),
    ...(pairs === null
      ? []
      : [
          [
            "pairs",
            `${groupedNumber(pairs.fired)} fired of ${groupedNumber(pairs.tried)} tried, of ${groupedNumber(pairs.total)} that there are`,
          ] as const,
        ]),
    ["violations", `in ${counted(violations.runs, "run")}`],
    ...violations.first.slice(0, SILENT_MAX).map(({ points, promises }) => {
      const by = points.length === 0 ? "without any fault" : points.join(", then ");
      return ["", `${visibleText(promises.join(", "))}: ${visibleText(by)}`] as const;
    }),
  ];
}
