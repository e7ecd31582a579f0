import { execFile } from "node:child_process";
import { readFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { serviceKeys } from "./service-keys.ts";
import { withServices } from "./with-services.ts";

const run = promisify(execFile);

test("every command of the walkthrough is answered as the page says", async () => {
  const page = await readFile(new URL("../../docs/walkthrough.md", import.meta.url), "utf8");
  const firstPort = Number(/ --port ([0-9]+)$/m.exec(page)?.[1]);
  const steps = stepsOf(page);
  expect(steps.length).toBeGreaterThan(8);
  const folder = await mkdtemp(join(tmpdir(), "walkthrough-"));
  try {
    const answers = await withServices(
      {
        environment: { kind: "local" },
        keys: serviceKeys({}),
        logsFolder: folder,
        firstPort,
        onProgress() {},
      },
      // In one shell: a step knows the variables of those before it.
      async ({ keys }) => (await run("bash", ["-c", scriptOf(steps)], { env: shell(keys) })).stdout,
    );
    const given = answers.split(MARK).slice(0, -1);
    expect(given.map(anonymous)).toEqual(steps.map(({ answer }) => anonymous(answer)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** The variables that the page has its reader set. */
function shell(keys: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { operator, "customer-1": salim, "customer-2": fatma } = keys;
  return { ...process.env, OPERATOR: operator, SALIM: salim, FATMA: fatma };
}

interface Step {
  readonly command: string;
  readonly answer: string;
}

const MARK = "\n=== end of a step ===\n";

/** A block that is to be run, and the block after it, which it answers. */
function stepsOf(page: string): readonly Step[] {
  const blocks = /```sh run\n(.*?)```\n\n```(?:json|text)\n(.*?)\n```/gs;
  return [...page.matchAll(blocks)].map(([, command = "", answer = ""]) => ({ command, answer }));
}

function scriptOf(steps: readonly Step[]): string {
  const parts = steps.map(({ command }) => `${command}\nprintf '%s' "${MARK}"`);
  return `set -euo pipefail\n${parts.join("\n")}`;
}

/** Without what is another each time: ids, times and hashes. */
function anonymous(answer: string): string {
  return answer
    .trim()
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "an id")
    .replaceAll(/\b[0-9a-f]{64}\b/g, "a hash")
    .replaceAll(/\b1[0-9]{12}\b/g, "a time");
}
