import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { falconpay, falconpayHere, withFolder } from "./testing/command-line.ts";

// So that nothing at all may differ.
beforeAll(() => void vi.stubEnv("SOURCE_DATE_EPOCH", "1767225600"));
afterAll(() => void vi.unstubAllEnvs());

/** Runs the sweep whole and in shards, and hands over the folders of the results. */
async function withShards(
  line: readonly string[],
  count: number,
  use: (folder: string, parts: readonly string[]) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const run = async (name: string, ...more: readonly string[]) => {
      const out = join(folder, name);
      const ended = await falconpayHere(["run", ...line, ...more, "--out", out]);
      expect([0, 1], ended.stderr).toContain(ended.code);
      return out;
    };
    // The merged evidence goes to the same folder, which the commands of its replays name.
    const whole = await run("out", "--workers", "2");
    renameSync(whole, join(folder, "whole"));
    const parts = [];
    for (let index = count; index >= 1; index -= 1) {
      parts.push(await run(`part-${index}`, "--workers", "1", "--shard", `${index}/${count}`));
    }
    await use(folder, parts);
  });
}

function filesIn(folder: string): ReadonlyMap<string, string> {
  return new Map(
    readdirSync(folder)
      .toSorted()
      .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );
}

/** JUnit says how long it took, which a merge does not know. */
function withoutTime(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map(
    [...files].map(([name, text]) => [name, text.replaceAll(/ time="[0-9.]+"/g, "")] as const),
  );
}

describe("evidence merged from shards", () => {
  it("is that of the whole sweep, byte for byte, and so are its page, JUnit and replay files", async () => {
    const line = ["transfer", "--seeds", "3..7", "--mutant", "F0", "--no-bail"];
    await withShards([...line, "--shrink-runs", "12"], 2, async (folder, parts) => {
      const out = join(folder, "out");
      const merged = await falconpay(["merge", ...parts, "--out", out]);
      expect(merged.code, merged.stderr).toBe(1);
      const [whole, made] = [join(folder, "whole"), out].map((each) => withoutTime(filesIn(each)));
      expect([...(made?.keys() ?? [])]).toContainEqual(expect.stringMatching(/^ends-\d\.json$/));
      expect(made).toEqual(whole);

      for (const part of parts) {
        rmSync(join(part, [...(made?.keys() ?? [])][0] ?? "none"), { force: true });
      }
      const { code, stderr } = await falconpayHere(["merge", ...parts, "--out", out]);
      expect(stderr).toMatch(/names ends-\d\.json, which is not beside it/);
      expect(code).toBe(2);
    });
  }, 120_000);

  it("of a pass, too, is that of the whole sweep, with what was seen to fail", async () => {
    await withShards(["transfer", "--seeds", "1..3"], 2, async (folder, parts) => {
      const out = join(folder, "out");
      const merged = await falconpayHere(["merge", ...parts, "--out", out]);
      expect(merged.code, merged.stderr).toBe(0);
      const evidence = filesIn(out).get("evidence.json") ?? "";
      expect(evidence).toContain('"mutant": "F0"');
      expect(evidence).toBe(filesIn(join(folder, "whole")).get("evidence.json"));
    });
  }, 120_000);

  it("is refused when it is not all the shards of one sweep, and says why", async () => {
    await withShards(["retries", "--seeds", "1..2"], 2, async (folder, [two = "", one = ""]) => {
      const out = join(folder, "out");
      const said = async (...paths: readonly string[]) => {
        const { code, stderr } = await falconpayHere(["merge", ...paths, "--out", out]);
        expect(stderr).not.toMatch(/ {4}at /);
        expect(code).toBe(2);
        return stderr;
      };
      /** Shard 2, as if it were of something else. */
      const changed = (right: string, wrong: string) => {
        const file = join(folder, "changed", "evidence.json");
        const text = readFileSync(join(two, "evidence.json"), "utf8");
        expect(text).toContain(right);
        mkdirSync(join(folder, "changed"), { recursive: true });
        writeFileSync(file, text.replaceAll(right, wrong));
        return file;
      };
      expect(await said(one)).toMatch(/missing: shard 2\/2/);
      expect(await said(one, two, one)).toMatch(/are both shard 1\/2/);
      expect(await said(one, join(folder, "whole"))).toMatch(/is no shard: .* a whole sweep/);
      expect(await said(one, join(folder, "nowhere"))).toMatch(/cannot read the evidence/);
      expect(await said(one, changed('"last": 2', '"last": 3'))).toMatch(
        /of another sweep than .*its seeds is .*"last":3.*not .*"last":2/,
      );
      expect(await said(one, changed('"name": "retries"', '"name": "transfer"'))).toMatch(
        /its scenario is .*"transfer"/,
      );
      const code = /"digest": "([0-9a-f]+)"/.exec(
        readFileSync(join(two, "evidence.json"), "utf8"),
      )?.[1];
      expect(await said(one, changed(code ?? "", "0000000000000000"))).toMatch(
        /its code is .*"0000000000000000"/,
      );
    });
  }, 120_000);
});
