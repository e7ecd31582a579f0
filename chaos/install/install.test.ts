import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EnvironmentMissing } from "./environment-missing.ts";
import { installServers, requireServers, serversInstalled } from "./install.ts";

let machine: { readonly tools: string; readonly cache: string };
beforeEach(() => {
  machine = {
    tools: mkdtempSync(join(tmpdir(), "falconpay-tools-")),
    cache: mkdtempSync(join(tmpdir(), "falconpay-cache-")),
  };
  vi.stubEnv("PATH", machine.tools);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(machine.tools, { recursive: true });
  rmSync(machine.cache, { recursive: true });
});

test("everything that is missing is named at once, each with what mends it", async () => {
  const problems = await problemsOf(installServers({ cacheFolder: machine.cache }));
  const list = problems.map(({ what, mend }) => `${what} -> ${mend}`).join("\n");
  expect(list).toMatch(/^Java: no java on the PATH -> apt-get install openjdk-17-jre-headless/m);
  expect(list).toMatch(/^Maven: no mvn on the PATH .* -> apt-get install maven/m);
  expect(list).toMatch(/^Go: no go on the PATH .* -> apt-get install golang-go/m);
  expect(readdirSync(machine.cache)).toEqual([]);
});

test("servers that were not installed are named with the command that installs them", async () => {
  const problems = await serversInstalled({ cacheFolder: machine.cache });
  const mend = "npm run falconpay -- servers install";
  expect(problems).toEqual(
    expect.arrayContaining([
      { what: "Kafka is not installed yet", mend },
      { what: "Toxiproxy is not installed yet", mend },
    ]),
  );
});

test("a Java that is too old is named with its version", async () => {
  tool("java", `echo 'openjdk version "11.0.2" 2019-01-15' >&2`);
  const problems = await problemsOf(requireServers({ cacheFolder: machine.cache }));
  expect(problems.map((problem) => problem.what)).toContain(
    `Java: ${join(machine.tools, "java")} is 11.0.2, Kafka needs 17 or later`,
  );
});

test("fetches that fail are all reported, with the tools' last words, and nothing is taken for installed", async () => {
  tool("java", `echo 'openjdk version "21.0.1" 2023-10-17' >&2`);
  tool("mvn", "echo no route to the repository; exit 1");
  tool("go", "echo no route to the proxy; exit 1");
  tool("id", "echo 1000");
  tool("pg_config", `echo ${machine.tools}`);
  tool("initdb", "exit 0");
  tool("postgres", "echo 'postgres (PostgreSQL) 15.0'");
  const problems = await problemsOf(installServers({ cacheFolder: machine.cache }));
  expect(problems).toHaveLength(2);
  expect(problems[0]?.what).toContain("no route to the repository");
  expect(problems[1]?.what).toContain("no route to the proxy");
  expect(readdirSync(machine.cache)).toEqual([]);
});

function tool(name: string, script: string): void {
  const file = join(machine.tools, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

async function problemsOf(attempt: Promise<unknown>) {
  const error: unknown = await attempt.catch((reason: unknown) => reason);
  if (error instanceof EnvironmentMissing) {
    return error.problems;
  }
  throw new Error("nothing was missing", { cause: error });
}
