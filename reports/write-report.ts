import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeEvidence } from "./evidence/evidence-codec.ts";
import type { Evidence } from "./evidence/evidence.ts";
import { renderHtml } from "./page/html-report.ts";

/** The folder asked for cannot take the report; the message says which folder and why. */
export class UnwritableOutput extends Error {
  override readonly name = "UnwritableOutput";
}

/**
 * Writes `evidence.json` and `report.html` into the folder, which is made when it is missing, and
 * returns their paths. Each file appears whole or not at all: it is written under a scratch name
 * and then renamed, so a reader, or a run that is stopped meanwhile, never leaves half a report.
 *
 * @throws UnwritableOutput when the folder cannot be made or written.
 */
export async function writeReport(
  evidence: Evidence,
  { folder }: { readonly folder: string },
): Promise<{ readonly reportPath: string; readonly evidencePath: string }> {
  const evidencePath = join(folder, "evidence.json");
  const reportPath = join(folder, "report.html");
  const evidenceText = encodeEvidence(evidence);
  const reportText = renderHtml(evidence);
  try {
    await mkdir(folder, { recursive: true });
    await writeWhole(evidencePath, evidenceText);
    await writeWhole(reportPath, reportText);
  } catch (cause) {
    throw new UnwritableOutput(`cannot write the report into ${folder}: ${reasonOf(cause)}`, {
      cause,
    });
  }
  return { reportPath, evidencePath };
}

async function writeWhole(path: string, text: string): Promise<void> {
  const scratchPath = `${path}.scratch`;
  try {
    await writeFile(scratchPath, text);
    await rename(scratchPath, path);
  } catch (error) {
    await rm(scratchPath, { force: true, recursive: false }).catch(() => undefined);
    throw error;
  }
}

const REASONS = new Map([
  ["EACCES", "permission denied"],
  ["EEXIST", "a file of that name is in the way"],
  ["EISDIR", "a folder stands where the file belongs"],
  ["ENOSPC", "the disk is full"],
  ["ENOTDIR", "a part of the path is a file, not a folder"],
  ["EPERM", "not permitted"],
  ["EROFS", "the file system is read-only"],
]);

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return REASONS.get(code) ?? error.message;
}
