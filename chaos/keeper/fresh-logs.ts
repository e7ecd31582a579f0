import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** What a real world writes into its folder of logs; anything else there is somebody else's. */
const OURS = /^(?:run-[0-9]+|(?:initdb|postgres|toxiproxy|kafka[a-z-]*)\.log)$/;

/**
 * Makes the folder where it is missing, and takes out what an earlier world left there: a log and a
 * report are read from their first byte, and nothing that a run reads was there before it.
 */
export async function freshLogs(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const left = (await readdir(folder)).filter((name) => OURS.test(name));
  await Promise.all(left.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}
