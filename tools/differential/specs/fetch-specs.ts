import { execFile } from "node:child_process";
import { cp, glob, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  defaultCacheFolder,
  fillAtomically,
  partFolder,
} from "../../../chaos/install/cache-folder.ts";

const run = promisify(execFile);

const SYSTEM_SOURCES = "/etc/apt/sources.list.d";
const ISOLATION_FOLDER = "src/test/isolation";

/**
 * The folder with PostgreSQL's isolation specs (`specs`) and the output that each must have
 * (`expected`), of the given major version. They are PostgreSQL's own, so they are not kept here:
 * the first call takes them from Debian's source package into the cache, the later ones find them.
 *
 * @throws Error where there is no apt-get, or it cannot reach its archive
 */
export async function fetchSpecs(major: number): Promise<string> {
  const folder = partFolder(defaultCacheFolder(), {
    name: "postgresql-isolation-specs",
    version: String(major),
  });
  await fillAtomically(folder, (scratch) => fill(scratch, major));
  return folder;
}

async function fill(scratch: string, major: number): Promise<void> {
  const work = join(scratch, "work");
  const sources = join(work, "sources");
  await mkdir(sources, { recursive: true });
  await mkdir(join(work, "lists/partial"), { recursive: true });
  await writeFile(join(sources, "source-packages.sources"), await sourceEntries());
  // The system's own lists and settings stay as they are.
  const options = [
    ["Dir::Etc::SourceList", "/dev/null"],
    ["Dir::Etc::SourceParts", sources],
    ["Dir::State::Lists", join(work, "lists")],
    ["APT::Sandbox::User", "root"],
  ].flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  await run("apt-get", [...options, "update", "-q"], { cwd: work });
  const wanted = `postgresql-${major}`;
  await run("apt-get", [...options, "source", "--download-only", "-q", wanted], { cwd: work });
  for await (const archive of glob("*.orig.tar.*", { cwd: work })) {
    await run("tar", ["-xf", archive, "--wildcards", `*/${ISOLATION_FOLDER}/*`], { cwd: work });
  }
  for await (const found of glob(`*/${ISOLATION_FOLDER}`, { cwd: work })) {
    await cp(join(work, found, "specs"), join(scratch, "specs"), { recursive: true });
    await cp(join(work, found, "expected"), join(scratch, "expected"), { recursive: true });
  }
  await rm(work, { recursive: true, force: true });
}

/**
 * The system's entries of Debian's main archive, asked for sources in place of packages. The
 * security archive is left out: its newest source is not always there.
 */
async function sourceEntries(): Promise<string> {
  const entries: string[] = [];
  for await (const file of glob("*.sources", { cwd: SYSTEM_SOURCES })) {
    const text = await readFile(join(SYSTEM_SOURCES, file), "utf8");
    entries.push(...text.split(/\n\s*\n/));
  }
  const debian = entries.filter(
    (entry) => /^Signed-By:.*debian-archive/m.test(entry) && !/-security/.test(entry),
  );
  if (debian.length === 0) {
    throw new Error(
      `the isolation specs come from Debian's source package, and ${SYSTEM_SOURCES} names no archive of Debian`,
    );
  }
  return `${debian.map((entry) => entry.replace(/^Types:.*$/m, "Types: deb-src").trim()).join("\n\n")}\n`;
}
