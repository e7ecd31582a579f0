import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

const MARKER = "complete.json";
const SCRATCH_PREFIX = "scratch-";

/**
 * Where fetched servers are kept: FALCONPAY_CACHE, or `falconpay` in the user's cache folder. An
 * absolute path, since programs are started from other folders, and never one that a command line
 * takes for an option.
 */
export function defaultCacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment["FALCONPAY_CACHE"];
  if (chosen !== undefined && chosen !== "") {
    return resolve(chosen);
  }
  const caches = environment["XDG_CACHE_HOME"];
  return resolve(
    caches === undefined || caches === "" ? join(homedir(), ".cache") : caches,
    "falconpay",
  );
}

/** The folder of one part in one version, `kafka-4.1.0`, whether it is there or not. */
export function partFolder(cacheFolder: string, part: { name: string; version: string }): string {
  return join(cacheFolder, `${part.name}-${part.version}`);
}

/**
 * True when the part was installed to the end; a folder without its marker is an interrupted
 * install.
 */
export function isComplete(folder: string): Promise<boolean> {
  return readFile(join(folder, MARKER)).then(
    () => true,
    () => false,
  );
}

/**
 * Fills a folder all or nothing: `fill` works in a scratch folder beside it, then a marker is
 * written, then one rename puts it in place. When another process was faster, its result stands and
 * ours is thrown away.
 */
export async function fillAtomically(
  folder: string,
  fill: (scratch: string) => Promise<void>,
): Promise<void> {
  if (await isComplete(folder)) {
    return;
  }
  await removeDeadScratch(join(folder, ".."));
  const scratch = join(folder, "..", `${SCRATCH_PREFIX}${process.pid}-${process.hrtime.bigint()}`);
  try {
    await mkdir(scratch, { recursive: true });
    await fill(scratch);
    await writeFile(
      join(scratch, MARKER),
      `${JSON.stringify({ installed: new Date().toISOString() })}\n`,
    );
    await replace(scratch, folder);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function replace(scratch: string, folder: string): Promise<void> {
  // What is there without a marker is of no use to anybody, and would make the rename fail.
  if (!(await isComplete(folder))) {
    await rm(folder, { recursive: true, force: true });
  }
  try {
    await rename(scratch, folder);
  } catch (error) {
    if (!(await isComplete(folder))) {
      throw error;
    }
  }
}

/** A process that was killed leaves its scratch folder; its number is in the name. */
async function removeDeadScratch(cacheFolder: string): Promise<void> {
  const names = await readdir(cacheFolder).catch(() => []);
  const dead = names.filter((name) => {
    const pid = /^scratch-(?<pid>\d+)-/.exec(name)?.groups?.["pid"];
    return pid !== undefined && !isAlive(Number(pid));
  });
  await Promise.all(
    dead.map((name) => rm(join(cacheFolder, name), { recursive: true, force: true })),
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It lives and belongs to somebody else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
