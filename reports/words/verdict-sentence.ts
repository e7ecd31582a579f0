import type { Evidence } from "../evidence/evidence.ts";
import { counted, groupedNumber } from "./number-words.ts";

/** The verdict in one sentence, the same for the terminal and for the page. */
export function verdictSentence(evidence: Evidence): string {
  const { promises, totals, verdict } = evidence;
  const broken = promises.filter((promise) => promise.brokenRuns > 0);
  switch (verdict) {
    case "pass":
      return `Every promise held in ${counted(totals.runs, "run")} with ${counted(totals.payments, "payment")}.`;
    case "fail": {
      const most = Math.max(0, ...broken.map((promise) => promise.brokenRuns));
      const which = `${broken.length} of ${promises.length} promises`;
      const were = broken.length === 1 ? "was" : "were";
      return `${which} ${were} broken, ${broken.length === 1 ? "in" : "in up to"} ${groupedNumber(most)} of ${counted(totals.runs, "run")}.`;
    }
    case "unknown":
      return "Nothing broke, but too little was tried to say that the promises hold.";
  }
}
