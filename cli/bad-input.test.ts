import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeEvidence } from "../reports/evidence/evidence-codec.ts";
import { REPLAY_VERSION } from "../scenarios/plans/replay-file.ts";
import { falconpay, falconpayHere, withFolder } from "./testing/command-line.ts";

describe("a command line that is wrong", () => {
  it.each<[string, readonly string[], RegExp]>([
    ["no scenario", ["run"], /missing required argument 'scenario'/],
    ["an unknown scenario", ["run", "tranfser"], /no scenario tranfser; there are:\n {2}transfer/],
    [
      "an unknown mutant",
      ["run", "transfer", "--mutant", "F99"],
      /no mutant F99; there are:\n {2}A1/,
    ],
    [
      "an unknown world",
      ["run", "transfer", "--world", "mars"],
      /--world mars: expected sim or real/,
    ],
    ["a seed that is no number", ["run", "transfer", "--seeds", "x"], /--seeds x: expected a seed/],
    [
      "a range backwards",
      ["run", "transfer", "--seeds", "9..1"],
      /--seeds 9\.\.1: expected a seed/,
    ],
    ["a seed too large", ["run", "transfer", "--seeds", "9999999999"], /from 0 to 4294967295/],
    ["shrink runs that are no number", ["run", "transfer", "--shrink-runs", "-1"], /--shrink-runs/],
    [
      "more workers than cores",
      ["run", "transfer", "--workers", "100000"],
      /--workers 100000: expected a whole number from 1 to \d+, the cores/,
    ],
    ["no worker at all", ["run", "transfer", "--workers", "0"], /--workers 0: expected .* from 1/],
    [
      "crash points of several seeds",
      ["crash-points", "transfer", "--seed", "1..3"],
      /--seed 1\.\.3: expected one seed/,
    ],
    [
      "a budget for crash points that are not pairs",
      ["crash-points", "transfer", "--runs", "5"],
      /--runs and --time-limit go with --pairs/,
    ],
    [
      "a time without its unit",
      ["crash-points", "transfer", "--pairs", "--time-limit", "10"],
      /--time-limit 10: expected a time such as 90s, 10m or 2h/,
    ],
    [
      "an unknown level",
      ["run", "transfer", "--level", "mild"],
      /--level mild: expected calm, rough, wild/,
    ],
    [
      "a shard that there is not",
      ["run", "transfer", "--seeds", "1..9", "--shard", "9/8"],
      /--shard 9\/8: expected a part such as 2\/8/,
    ],
    ["a shard of nothing", ["run", "transfer", "--shard", "1/8"], /It goes with --seeds/],
    [
      "more shards than seeds",
      ["run", "transfer", "--seeds", "1..3", "--shard", "4/8"],
      /--shard: 1\.\.3 has fewer seeds than there are shards/,
    ],
    [
      "a limit that is no time",
      ["run", "transfer", "--time-limit", "10"],
      /--time-limit 10: expected a time such as 90s, 10m or 2h/,
    ],
    [
      "a limit of no time",
      ["run", "transfer", "--time-limit", "0s"],
      /--time-limit 0s: expected a time/,
    ],
    [
      "all scenarios with a mutant",
      ["run", "all", "--mutant", "F0"],
      /--mutant does not go with all: .*falconpay mutants/,
    ],
    [
      "a shard of all scenarios",
      ["run", "all", "--seeds", "1..9", "--shard", "1/2"],
      /--shard does not go with all: /,
    ],
    [
      "all scenarios on real servers",
      ["run", "all", "--world", "real"],
      /--world real does not go with all: /,
    ],
    [
      "all scenarios on ports of servers",
      ["run", "all", "--ports", "postgres=15432"],
      /--ports does not go with all: /,
    ],
    ["an end of all at the first", ["run", "all", "--bail"], /--bail does not go with all: /],
    [
      "runs and seeds of all",
      ["run", "all", "--runs", "9", "--seeds", "1..9"],
      /--runs and --seeds: expected one of them/,
    ],
    ["no run of all", ["run", "all", "--runs", "0"], /--runs 0: expected at least one/],
    [
      "all scenarios at an unknown level",
      ["run", "all", "--level", "mild"],
      /--level mild: expected calm, rough, wild/,
    ],
    [
      "runs of one scenario",
      ["run", "transfer", "--runs", "9"],
      /--runs goes with all; for one scenario, --seeds/,
    ],
    ["crash points of all", ["crash-points", "all"], /there is no scenario all/],
    ["nothing to merge", ["merge"], /missing required argument 'evidence'/],
    ["evidence that is not there", ["merge", "no-such"], /cannot read the evidence: .*no-such/],
    ["an unknown option", ["run", "transfer", "--seed", "1"], /unknown option '--seed'.*--seeds/s],
    [
      "services in no environment",
      ["services", "--environment", "mars"],
      /--environment mars: expected given or local/,
    ],
    [
      "services without their servers",
      ["services"],
      /missing: PAYMENT_DATABASE_URL, .*KAFKA_BROKERS; --environment local/,
    ],
    [
      "services on no port",
      ["services", "--environment", "local", "--port", "0"],
      /--port 0: expected a whole number from 1 to 65533/,
    ],
    [
      "dead letters of no service",
      ["dead-letters", "list", "reconciliation"],
      /no service reconciliation with an outbox; there are: payment, wallet/,
    ],
    [
      "dead letters without their database",
      ["dead-letters", "list", "payment"],
      /missing: PAYMENT_DATABASE_URL/,
    ],
    [
      "dead letters that are not named",
      ["dead-letters", "purge", "payment"],
      /expected the ids of dead letters, or --all/,
    ],
    [
      "a dead letter that is no number",
      ["dead-letters", "requeue", "wallet", "17", "p17"],
      /p17: expected the id of a dead letter/,
    ],
    [
      "all dead letters and one of them",
      ["dead-letters", "purge", "payment", "17", "--all"],
      /--all: expected it alone, or ids alone/,
    ],
    ["an unknown command", ["rnu"], /unknown command 'rnu'.*run/s],
    [
      "ports of no server",
      ["run", "transfer", "--ports", "redis=1"],
      /--ports redis=1: expected a/,
    ],
    [
      "a port that is none",
      ["run", "transfer", "--ports", "kafka=99999"],
      /expected a list such as/,
    ],
    ["a file that is not there", ["replay", "no-such.json"], /cannot read the replay file/],
    ["a trace of real servers", ["replay", "x", "--world", "real", "--trace", "t"], /--world sim/],
  ])("is refused with exit code 2 and what was expected: %s", async (_what, line, message) => {
    const { code, stderr } = await falconpayHere(line);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/ {4}at /);
    expect(code).toBe(2);
  });

  it("is refused by the process that it started, too", async () => {
    const { code, stdout, stderr } = await falconpay(["rnu"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/unknown command 'rnu'/);
  });

  it("is refused when the output folder cannot be made, before any work", async () => {
    await withFolder(async (folder) => {
      const file = join(folder, "a-file");
      writeFileSync(file, "");
      const { code, stderr } = await falconpayHere(["run", "transfer", "--out", join(file, "out")]);
      expect(stderr).toMatch(/cannot write into .*a-file/);
      expect(code).toBe(2);
    });
  });
});

describe("a replay file", () => {
  it.each<[string, string, RegExp]>([
    ["that is empty", "", /is not a replay file: not JSON/],
    ["that is another JSON", '{"a":1}', /is not a replay file: expected "format"/],
    [
      "from a newer version",
      '{"format":"falconpay-replay","version":999}',
      /is of version 999; this falconpay reads version \d+: use a newer falconpay/,
    ],
    [
      "from an older version",
      '{"format":"falconpay-replay","version":1}',
      /is of version 1; this falconpay reads version \d+: run its scenario with its seed again/,
    ],
    [
      "that is damaged",
      `{"format":"falconpay-replay","version":${REPLAY_VERSION}}`,
      /is damaged: the file must have required properties/,
    ],
  ])("%s is refused with exit code 2", async (_what, text, message) => {
    await withFolder(async (folder) => {
      const file = join(folder, "replay.json");
      writeFileSync(file, text);
      const { code, stderr } = await falconpayHere(["replay", file]);
      expect(stderr).toMatch(message);
      expect(code).toBe(2);
    });
  });
});

describe("a machine that lacks the real servers", () => {
  it("is told everything that is missing and what mends it, with exit code 4", async () => {
    await withFolder(async (folder) => {
      const line = ["run", "transfer", "--world", "real", "--out", folder];
      const environment = { FALCONPAY_CACHE: join(folder, "cache"), PATH: folder, JAVA_HOME: "" };
      const { code, stderr } = await falconpay(line, { environment });
      expect(stderr).toMatch(
        /Kafka is not installed yet\n\s+mend: npm run falconpay -- servers install/,
      );
      expect(stderr).toMatch(/Toxiproxy is not installed yet/);
      expect(stderr).toMatch(/Java/);
      expect(code).toBe(4);
    });
  });
});

describe("mutant F0", () => {
  it("is caught by the promise named for it, made small, and replayed to the same trace", async () => {
    await withFolder(async (folder) => {
      const run = await falconpay(["run", "transfer", "--mutant", "F0", "--out", folder]);
      expect(run.code).toBe(1);
      expect(run.stdout).toMatch(/^ends broken: after the faults stop/m);
      const evidence = evidenceIn(folder);
      const [finding] = evidence.findings;
      expect(finding).toMatchObject({ promise: "ends", smallest: { commands: 1, faults: 1 } });
      expect(finding?.story.filter(({ fault }) => fault !== null)).not.toEqual([]);
      const replay = await falconpay(["replay", join(folder, finding?.replay.file ?? "none")]);
      expect(replay.code).toBe(1);
      expect(replay.stdout).toContain(
        `trace ${finding?.smallest.traceHash ?? "none"}, as recorded`,
      );
    });
  }, 120_000);

  it("does not outlive a change of the code in silence: another trace is said to be one", async () => {
    await withFolder(async (folder) => {
      await falconpayHere([
        "run",
        "transfer",
        "--mutant",
        "F0",
        "--seeds",
        "1..6",
        "--workers",
        "1",
        "--shrink-runs",
        "0",
        "--out",
        folder,
      ]);
      const [finding] = evidenceIn(folder).findings;
      const file = join(folder, finding?.replay.file ?? "none");
      const hash = finding?.smallest.traceHash ?? "none";
      writeFileSync(file, readFileSync(file, "utf8").replace(hash, "0000000000000000"));
      const { code, stdout } = await falconpayHere(["replay", file]);
      expect(stdout).toContain("the file was changed since falconpay");
      expect(code).toBe(1);
    });
  });
});

describe("a run", () => {
  it("whose time is over says how many seeds of how many it did, and that it proves nothing", async () => {
    await withFolder(async (folder) => {
      const line = ["run", "retries", "--seeds", "1..100000", "--time-limit", "1s"];
      const ended = await falconpay([...line, "--workers", "1", "--out", folder]);
      expect(ended.stdout, ended.stderr).toMatch(
        /UNKNOWN .*\n *Unfinished: its time was over after \d+ of 100000 seeds\./,
      );
      expect(ended.code).toBe(5);
      const evidence = evidenceIn(folder);
      expect(evidence.ended).toBe("time-limit");
      expect(evidence.seeds.completed).toBeGreaterThan(0);
    });
  }, 60_000);

  it("that may take as many seeds as there is time for names those, and the command for them", async () => {
    await withFolder(async (folder) => {
      const line = ["run", "retries", "--time-limit", "1s", "--workers", "1"];
      expect((await falconpay([...line, "--out", folder])).code).toBe(0);
      const { command, ended, seeds } = evidenceIn(folder);
      expect(ended).toBe("complete");
      expect(seeds.last).toBe(seeds.completed);
      expect(command).toContain(`--seeds 1..${seeds.completed}`);
    });
  }, 60_000);

  it("that is interrupted writes what it has, and says that it proves nothing", async () => {
    await withFolder(async (folder) => {
      const line = ["run", "transfer", "--seeds", "1..100000", "--out", folder];
      const ended = await falconpay(line, { interruptAt: /of 100 000 seeds/ });
      expect(ended.stdout, ended.stderr).toMatch(/UNKNOWN/);
      expect(ended.code).toBe(5);
      const evidence = evidenceIn(folder);
      expect(evidence.ended).toBe("interrupted");
      expect(evidence.seeds.completed).toBeGreaterThan(0);
      expect(evidence.seeds.completed).toBeLessThan(100_000);
    });
  }, 60_000);

  it("prints the evidence with --json, and nothing else, on standard output", async () => {
    await withFolder(async (folder) => {
      mkdirSync(join(folder, "deep"));
      const out = join(folder, "deep", "out");
      const { code, stdout } = await falconpay([
        "run",
        "transfer",
        "--seeds",
        "5",
        "--workers",
        "1",
        "--json",
        "--out",
        out,
      ]);
      expect(code).toBe(0);
      expect(stdout).toBe(readFileSync(join(out, "evidence.json"), "utf8"));
      expect(stdout).not.toContain(folder);
    });
  });
});

function evidenceIn(folder: string) {
  return decodeEvidence(readFileSync(join(folder, "evidence.json"), "utf8"), "evidence.json");
}
