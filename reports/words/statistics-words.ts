import type { Evidence, VarietyEvidence } from "../evidence/evidence.ts";
import { counted, groupedNumber } from "./number-words.ts";

/** A statement of the statistics, for a terminal and for the page. */
export interface Statistic {
  readonly name: string;
  readonly text: string;
}

/** How much was seen of what runs can come to. */
export function varietyWords({ statistics, totals, crashPoints }: Evidence): readonly Statistic[] {
  const { traces, situations } = statistics;
  // Of a certificate the runs were not drawn.
  return totals.runs === 0 || crashPoints !== null
    ? []
    : [
        ...(traces === null
          ? []
          : [
              {
                name: "traces",
                text: `${groupedNumber(traces.distinct)} distinct in ${counted(totals.runs, "run")}; ${unseenWords(traces)} of further runs would leave a new one`,
              },
            ]),
        {
          name: "situations",
          text: `${groupedNumber(situations.distinct)} distinct, ${groupedNumber(situations.once)} in one run only; ${unseenWords(situations)} of what further runs come to would be new`,
        },
      ];
}

/**
 * Good and Turing's estimate: what is met next is new about as often as what was met was met once.
 */
function unseenWords({ seen, once }: VarietyEvidence): string {
  return seen === 0 ? "an unknown share" : `about ${percent(once / seen)}`;
}

/** Below this the bound says nothing: it is a half or more. */
const RUNS_MIN = 6;

/**
 * What it means that no run failed, by the rule of three: where a run fails with probability p, N
 * runs hold with (1 - p)^N < e^(-pN), which is below 5 % once p is 3/N. Undefined where one failed.
 */
export function noFailureWords({ promises, totals, crashPoints }: Evidence): string | undefined {
  const { runs } = totals;
  if (crashPoints !== null || runs === 0 || promises.some(({ brokenRuns }) => brokenRuns > 0)) {
    return undefined;
  }
  if (runs < RUNS_MIN) {
    return `${counted(runs, "run")} ${runs === 1 ? "is" : "are"} too few to say how rare a failure would have to be to stay unseen`;
  }
  return `none in ${counted(runs, "run")}: with 95 % confidence a run fails with a probability below ${percent(3 / runs)} (the rule of three, 3/${runs}), for plans drawn as these were`;
}

/** Two digits that count, and no more than are there. */
function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}
