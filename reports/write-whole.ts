import { realpath, rename, rm, stat, writeFile } from "node:fs/promises";

/** What was asked for cannot be written; the message says where and why. */
export class UnwritableOutput extends Error {
  override readonly name = "UnwritableOutput";
}

/**
 * Writes a file that appears whole or not at all: under a scratch name first, which is renamed once
 * it is on the disk. A reader, or a run that is stopped meanwhile, never meets half a file.
 *
 * @throws UnwritableOutput
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  // Behind a link the file that it leads to takes the text, and the link stays.
  const target = await realpath(path).catch(() => path);
  const scratchPath = `${target}.scratch`;
  try {
    if (await isDevice(target)) {
      return await writeFile(target, text);
    }
    await writeFile(scratchPath, text, { flush: true });
    await rename(scratchPath, target);
  } catch (cause) {
    await rm(scratchPath, { force: true, recursive: false }).catch(() => undefined);
    throw new UnwritableOutput(`cannot write ${path}: ${writeErrorInWords(cause)}`, { cause });
  }
}

/** Such as /dev/stdout or a pipe: never to be replaced by a file. */
async function isDevice(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && !found.isFile() && !found.isDirectory();
}

const REASONS = new Map([
  ["EACCES", "permission denied"],
  ["EEXIST", "a file of that name is in the way"],
  ["EISDIR", "a folder stands where the file belongs"],
  ["ENOENT", "the folder is not there"],
  ["ENOSPC", "the disk is full"],
  ["ENOTDIR", "a part of the path is a file, not a folder"],
  ["EPERM", "not permitted"],
  ["EROFS", "the file system is read-only"],
]);

/** Why something could not be written, for a person. */
export function writeErrorInWords(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return REASONS.get(code) ?? error.message;
}
