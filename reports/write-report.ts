import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { AllEvidence } from "./evidence/all-evidence.ts";
import type { Evidence } from "./evidence/evidence.ts";
import { formsOf } from "./forms.ts";
import { UnwritableOutput, writeErrorInWords, writeWhole } from "./write-whole.ts";

/**
 * Writes `evidence.json` and `report.html` into the folder, which is made when it is missing, and
 * returns their paths. Each file appears whole or not at all.
 *
 * @throws UnwritableOutput when the folder cannot be made or written.
 */
export async function writeReport(
  evidence: Evidence | AllEvidence,
  { folder }: { readonly folder: string },
): Promise<{ readonly reportPath: string; readonly evidencePath: string }> {
  const evidencePath = join(folder, "evidence.json");
  const reportPath = join(folder, "report.html");
  const forms = formsOf(evidence);
  const evidenceText = forms.data();
  const reportText = forms.page();
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw new UnwritableOutput(
      `cannot write the report into ${folder}: ${writeErrorInWords(cause)}`,
      { cause },
    );
  }
  await writeWhole(evidencePath, evidenceText);
  await writeWhole(reportPath, reportText);
  return { reportPath, evidencePath };
}
