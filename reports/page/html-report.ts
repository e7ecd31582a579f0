import type { Evidence } from "../evidence/evidence.ts";
import { worldName } from "../words/world-name.ts";
import { foundSection } from "./found-section.ts";
import { html, type Html } from "./html.ts";
import { limitsSection } from "./limits-section.ts";
import { pageOf } from "./page.ts";
import { alone, type Place } from "./place.ts";
import { promisedSection } from "./promised-section.ts";
import { reproduceSection } from "./reproduce-section.ts";
import { triedSection } from "./tried-section.ts";
import { verdictSection, verdictWord } from "./verdict-section.ts";

/**
 * The report as one HTML page, for a reader who has never seen the code: verdict, what was
 * promised, tried and found, how to reproduce it, and what it does not show.
 */
export function renderHtml(evidence: Evidence): string {
  const { scenario, product, version } = evidence;
  return pageOf({
    title: `${verdictWord(evidence)}: ${scenario.title}`,
    heading: scenario.title,
    about: html`Scenario <code>${scenario.name}</code>, ${worldName(evidence.world)}, falconpay
      ${product}`,
    contents: CONTENTS,
    main: scenarioSections(evidence, alone),
    product,
    version,
  });
}

/** All that is to be said of a scenario. */
export function scenarioSections(evidence: Evidence, at: Place): Html {
  return html`${verdictSection(evidence, at)} ${promisedSection(evidence, at)}
  ${triedSection(evidence, at)} ${foundSection(evidence, at)} ${reproduceSection(evidence, at)}
  ${limitsSection(evidence, at)}`;
}

const CONTENTS = [
  ["verdict", "Verdict"],
  ["promised", "Promised"],
  ["tried", "Tried"],
  ["found", "Found"],
  ["reproduce", "Reproduce"],
  ["limits", "Not shown"],
] as const;
