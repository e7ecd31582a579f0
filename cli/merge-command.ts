import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { decodeEvidence } from "../reports/evidence/evidence-codec.ts";
import type { Evidence } from "../reports/evidence/evidence.ts";
import { writeWhole } from "../reports/write-whole.ts";
import { decodeReplayFile } from "../scenarios/plans/replay-file.ts";
import { mergeShards, type ShardFile } from "../scenarios/sweeps/merge-shards.ts";
import { UsageError } from "./failures.ts";
import { freshOutput } from "./fresh-output.ts";
import { madeNow } from "./made-by.ts";
import { digestOf } from "./product.ts";
import { replayCommandOf, traceFileOf } from "./replay-files.ts";
import { failureOf, tellResult } from "./tell-result.ts";

interface MergeOptions {
  readonly out: string;
  readonly json?: true;
}

export function addMergeCommand(program: Command): void {
  program
    .command("merge")
    .description("make of the evidence of all shards of a sweep that of the whole sweep")
    .argument("<evidence...>", "the evidence of each shard: its file, or the folder that it is in")
    .option("--out <folder>", "where report, evidence and replay files are written", "out")
    .option("--json", "print the evidence on standard output instead of the summary")
    .addHelpText(
      "after",
      `
Examples:
  falconpay run transfer --seeds 1..10000 --shard 1/2 --out out/1
  falconpay run transfer --seeds 1..10000 --shard 2/2 --out out/2
  falconpay merge out/1 out/2 --out out/whole`,
    )
    .action(mergeCommand);
}

async function mergeCommand(paths: readonly string[], options: MergeOptions): Promise<void> {
  const { out } = options;
  const shards = await Promise.all(paths.map(readShard));
  const evidence = mergeShards(shards, {
    digest: digestOf,
    made: madeNow(),
    replayCommand: (file) => replayCommandOf(out, file, shards[0]?.evidence.world ?? "sim"),
  });
  // Read before the folder is emptied: it may be that of a shard.
  const files = await Promise.all(evidence.findings.map((finding) => filesOf(finding, shards)));
  await freshOutput(out);
  await tellResult(
    { evidence, error: null },
    {
      out,
      isData: options.json === true,
      wallMs: null,
      failure: failureOf(evidence),
      hint: "",
      async writeBeside() {
        for (const { name, text } of files.flat()) {
          await writeWhole(join(out, name), text);
        }
      },
    },
  );
}

async function readShard(path: string): Promise<ShardFile> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const file = isFolder ? join(path, "evidence.json") : path;
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`cannot read the evidence: ${reason}`, { cause });
  });
  return { file, evidence: decodeEvidence(text, file) };
}

interface FileBeside {
  readonly name: string;
  readonly text: string;
}

/** The replay file of a finding, and its trace where there is one, as its shard wrote them. */
async function filesOf(
  { promise, seed, replay }: Evidence["findings"][number],
  shards: readonly ShardFile[],
): Promise<readonly FileBeside[]> {
  const shard = shards.find(({ evidence }) =>
    evidence.findings.some((each) => each.promise === promise && each.seed === seed),
  );
  const path = join(dirname(shard?.file ?? ""), replay.file);
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new UsageError(`${shard?.file} names ${replay.file}, which is not beside it`, { cause });
  });
  decodeReplayFile(text, path, digestOf);
  const trace = await readFile(traceFileOf(path), "utf8").catch(() => null);
  return [
    { name: replay.file, text },
    ...(trace === null ? [] : [{ name: traceFileOf(replay.file), text: trace }]),
  ];
}
