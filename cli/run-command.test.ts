import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { falconpay, withFolder, type Ended } from "./testing/command-line.ts";

/** Few enough seeds that F0 breaks a promise, in this one thread: starting others takes longer. */
const QUICK = ["--seeds", "1..6", "--workers", "1"];

const entry = fileURLToPath(new URL("../cli.ts", import.meta.url));

/** Runs a line of a shell in which `$falconpay` is the command. */
function shell(line: string): Promise<Ended> {
  const env = { ...process.env, NO_COLOR: "1", falconpay: `${process.execPath} ${entry}` };
  return new Promise((resolve) => {
    execFile("bash", ["-o", "pipefail", "-c", line], { env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}

describe("the folder of a run", () => {
  it("holds nothing of an earlier run, and keeps what is somebody else's", async () => {
    await withFolder(async (folder) => {
      const broken = [
        "run",
        "transfer",
        "--mutant",
        "F0",
        ...QUICK,
        "--shrink-runs",
        "0",
        "--out",
        folder,
      ];
      expect((await falconpay(broken)).code).toBe(1);
      expect(readdirSync(folder)).toEqual([
        expect.stringMatching(/^ends-\d+\.json$/),
        expect.stringMatching(/^ends-\d+\.trace\.jsonl$/),
        "evidence.json",
        "junit.xml",
        "report.html",
      ]);
      writeFileSync(join(folder, "notes-1.json"), "{}");
      mkdirSync(join(folder, "logs"));
      expect(
        (await falconpay(["run", "transfer", "--seeds", "1", "--workers", "1", "--out", folder]))
          .code,
      ).toBe(0);
      expect(readdirSync(folder)).toEqual([
        "evidence.json",
        "junit.xml",
        "logs",
        "notes-1.json",
        "report.html",
      ]);
    });
  });

  it("that takes no file leaves a failure told, with exit code 1, and a pass none, with 2", async () => {
    await withFolder(async (folder) => {
      // No file may grow beyond a block: as on a disk that is full.
      const full = (command: string) =>
        shell(`ulimit -f 1; exec $falconpay run transfer ${command} --out ${folder}`);
      const broken = await full("--mutant F0 --seeds 1..6 --workers 1 --shrink-runs 0");
      expect(broken.stdout).toMatch(/^ends broken: /m);
      expect(broken.stderr).toContain("falconpay: cannot write ");
      expect(broken.code).toBe(1);
      const passed = await full("--seeds 1 --workers 1");
      expect(passed.stdout).toContain("PASS  Every promise held");
      expect(passed.stdout).not.toContain("report.html");
      expect(passed.code).toBe(2);
      expect(readdirSync(folder)).toEqual([]);
    });
  });
});

describe("where GitHub runs it", () => {
  it("a broken promise marks the step, and the step's summary tells of it", async () => {
    await withFolder(async (folder) => {
      const summary = join(folder, "summary.md");
      const environment = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summary };
      const run = (...more: readonly string[]) =>
        falconpay(["run", "transfer", "--out", join(folder, "out"), ...more], { environment });
      await run("--mutant", "F0", ...QUICK, "--shrink-runs", "0");
      const { stderr } = await run(
        "--seeds",
        "1",
        "--workers",
        "1",
        "--shrink-runs",
        "0",
        "--json",
      );
      expect(stderr).not.toContain("::error");
      expect(readFileSync(summary, "utf8")).toMatch(/### FAIL: .*mutant F0.*### PASS: /s);
    });
  });
});

describe("in a pipe", () => {
  it("a reader that goes away changes neither the verdict nor the files", async () => {
    await withFolder(async (folder) => {
      const line = `$falconpay run transfer --seeds 1..3 --out ${folder} 2>&1 | head -n 1`;
      const { code, stderr } = await shell(line);
      expect(stderr).toBe("");
      expect(code).toBe(0);
      expect(existsSync(join(folder, "evidence.json"))).toBe(true);
    });
  });

  it.runIf(existsSync("/dev/full"))(
    "a full disk takes a pass away, and is no failure",
    async () => {
      await withFolder(async (folder) => {
        const run = (command: string) => shell(`$falconpay ${command} --out ${folder} > /dev/full`);
        const passed = await run("run transfer --seeds 1 --workers 1");
        expect(passed.stderr).toContain("cannot write to standard output: the disk is full");
        expect(passed.stderr).toContain("PASS  Every promise held");
        expect(passed.stderr).not.toMatch(/ {4}at /);
        expect(passed.code).toBe(2);
        expect(
          (await run("run transfer --mutant F0 --seeds 1..6 --workers 1 --shrink-runs 0")).code,
        ).toBe(1);
        expect((await shell("$falconpay --help > /dev/full")).code).toBe(2);
      });
    },
  );
});
