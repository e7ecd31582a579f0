import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  ALLOWED,
  ARROWS,
  DIALECT,
  HOST_BANS,
  LANGUAGE_BANS,
  LIBRARY_BANS,
  MODULE_STATE,
} from "./testing/lint-cases.ts";

const LintReport = Type.Object({
  diagnostics: Type.Array(
    Type.Object({ filename: Type.String(), code: Type.String(), message: Type.String() }),
  ),
});

type Diagnostic = Type.Static<typeof LintReport>["diagnostics"][number];

const projectFolder = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
let scratchFolder = "";
let diagnostics: readonly Diagnostic[] = [];

beforeAll(async () => {
  scratchFolder = await mkdtemp(join(tmpdir(), "falconpay-lint-"));
  for (const name of [".oxlintrc.json", "tsconfig.json", "package.json", "tools/lint"]) {
    await cp(join(projectFolder, name), join(scratchFolder, name), { recursive: true });
  }
  await symlink(join(projectFolder, "node_modules"), join(scratchFolder, "node_modules"));
  const cases = [
    ...ARROWS,
    ...HOST_BANS,
    ...LANGUAGE_BANS,
    ...DIALECT,
    ...MODULE_STATE,
    ...LIBRARY_BANS,
    ...ALLOWED,
  ];
  for (const { file, code } of cases) {
    await writeScratchFile(file, code);
  }
  diagnostics = await lint(scratchFolder);
});

afterAll(async () => {
  await rm(scratchFolder, { recursive: true, force: true });
});

test.each([...ARROWS, ...HOST_BANS, ...LANGUAGE_BANS, ...DIALECT, ...MODULE_STATE])(
  "$file is refused and told what to do instead",
  ({ file, says }) => {
    const messages = messagesOfOurs(file);
    expect(messages).toHaveLength(says.length);
    for (const [place, pattern] of says.entries()) {
      expect(messages[place]).toMatch(pattern);
    }
  },
);

test.each(LIBRARY_BANS)("$file breaks $rule", ({ file, rule }) => {
  const rules = diagnostics.filter(({ filename }) => filename === file).map(({ code }) => code);
  expect(rules).toContain(rule);
});

test.each(ALLOWED)("$file is let through", ({ file }) => {
  expect(messagesOfOurs(file)).toEqual([]);
});

test("no two scratch files have one path", () => {
  const files = [
    ...ARROWS,
    ...HOST_BANS,
    ...LANGUAGE_BANS,
    ...DIALECT,
    ...MODULE_STATE,
    ...LIBRARY_BANS,
    ...ALLOWED,
  ].map(({ file }) => file);
  expect(files).toEqual([...new Set(files)]);
});

async function writeScratchFile(file: string, code: string): Promise<void> {
  const toTop = "../".repeat(file.split("/").length - 1);
  const path = join(scratchFolder, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${code.replaceAll("~/", toTop === "" ? "./" : toTop)}\n`);
}

/** oxlint exits with 1 when it finds something, which is what it is asked to do here. */
async function lint(folder: string): Promise<readonly Diagnostic[]> {
  const entry = join(folder, "node_modules", "oxlint", "bin", "oxlint");
  const output = await new Promise<string>((resolve, reject) => {
    execFile(
      process.execPath,
      // The link to the packages is no folder to oxlint's own rule that passes node_modules over.
      [entry, "--format", "json", "--ignore-pattern", "node_modules"],
      { cwd: folder, maxBuffer: 64 * 1024 * 1024, timeout: 20_000 },
      (error, stdout, stderr) => {
        if (stdout === "") {
          reject(new Error(`oxlint said nothing: ${stderr}`, { cause: error }));
        } else {
          resolve(stdout);
        }
      },
    );
  });
  return Value.Parse(LintReport, JSON.parse(output)).diagnostics;
}

function messagesOfOurs(file: string): readonly string[] {
  return diagnostics
    .filter(({ filename, code }) => filename === file && code.startsWith("falconpay("))
    .map(({ message }) => message);
}
