import { encodeAllEvidence, type AllEvidence } from "./evidence/all-evidence.ts";
import { encodeEvidence } from "./evidence/evidence-codec.ts";
import type { Evidence } from "./evidence/evidence.ts";
import { renderAllHtml } from "./page/all-report.ts";
import { renderHtml } from "./page/html-report.ts";
import { allAnnotations, allStepSummary, allSummaryText } from "./text/all-text.ts";
import { annotation, stepSummary } from "./text/github-text.ts";
import { junitText } from "./text/junit-text.ts";
import { summaryText, type SummaryOptions } from "./text/summary-text.ts";

/** The forms in which evidence is told. */
export interface Forms {
  /** @throws Error when the evidence does not keep its own type */
  data(): string;
  page(): string;
  summary(options: SummaryOptions): string;
  junit(options: Pick<SummaryOptions, "wallMs">): string;
  stepSummary(): string;
  annotation(): string;
}

/** Of one scenario or of several. */
export function formsOf(evidence: Evidence | AllEvidence): Forms {
  switch (evidence.format) {
    case "falconpay-evidence":
      return {
        data: () => encodeEvidence(evidence),
        page: () => renderHtml(evidence),
        summary: (options) => summaryText(evidence, options),
        junit: (options) => junitText([evidence], options),
        stepSummary: () => stepSummary(evidence),
        annotation: () => annotation(evidence),
      };
    case "falconpay-evidence-of-all":
      return {
        data: () => encodeAllEvidence(evidence),
        page: () => renderAllHtml(evidence),
        summary: (options) => allSummaryText(evidence, options),
        junit: (options) => junitText(evidence.scenarios, options),
        stepSummary: () => allStepSummary(evidence),
        annotation: () => allAnnotations(evidence),
      };
  }
}
