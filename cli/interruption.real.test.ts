import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeEvidence } from "../reports/evidence/evidence-codec.ts";
import { falconpay, withFolder } from "./testing/command-line.ts";

/** Process ids of every server and service process of a real world on this machine. */
function serverProcesses(): readonly string[] {
  const table = execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8" });
  return table
    .split("\n")
    .filter((line) =>
      /kafka\.Kafka|postgres -D|toxiproxy|processes\/(child|keeper-main)/.test(line),
    )
    .map((line) => line.trim());
}

describe("a run on real servers", () => {
  it("that is interrupted writes what it has, and leaves no process behind", async () => {
    await withFolder(async (folder) => {
      const before = serverProcesses();
      const line = ["run", "transfer", "--world", "real", "--seeds", "1..50", "--out", folder];
      const ended = await falconpay(line, { interruptAt: /of 50 seeds/ });
      expect(ended.code, ended.stderr).toBe(5);
      const file = join(folder, "evidence.json");
      const evidence = decodeEvidence(readFileSync(file, "utf8"), file);
      expect(evidence.ended).toBe("interrupted");
      expect(evidence.seeds.completed).toBeGreaterThan(0);
      expect(evidence.totals.payments).toBeGreaterThan(0);
      expect(serverProcesses()).toEqual(before);
    });
  }, 120_000);

  it("says which port is taken, with exit code 4", async () => {
    const blocker = createServer();
    const port = await new Promise<number>((resolve) => {
      blocker.listen(0, "127.0.0.1", () => {
        const address = blocker.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
    try {
      await withFolder(async (folder) => {
        const line = ["run", "transfer", "--world", "real", "--ports", `kafka=${port}`];
        const { code, stderr } = await falconpay([...line, "--out", folder]);
        expect(stderr).toContain(`port ${port} on 127.0.0.1 is taken, and`);
        expect(code).toBe(4);
      });
    } finally {
      blocker.close();
    }
  }, 60_000);
});
