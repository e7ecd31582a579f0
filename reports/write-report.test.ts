import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { decodeEvidence } from "./evidence/evidence-codec.ts";
import { brokenEvidence, heldEvidence } from "./testing/sample-evidence.ts";
import { writeReport } from "./write-report.ts";
import { UnwritableOutput } from "./write-whole.ts";

let scratch = "";

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "falconpay-report-"));
});

afterEach(async () => {
  await rm(scratch, { recursive: true, force: true });
});

test("the folder is made, and holds the evidence and its page, and nothing else", async () => {
  const folder = join(scratch, "new", "out");
  const { evidencePath, reportPath } = await writeReport(heldEvidence, { folder });
  expect(await readdir(folder)).toEqual(["evidence.json", "report.html"]);
  expect(decodeEvidence(await readFile(evidencePath, "utf8"), evidencePath)).toEqual(heldEvidence);
  expect(await readFile(reportPath, "utf8")).toContain("Every promise held in 400 runs");
});

test("a second report takes the place of the first", async () => {
  await writeReport(heldEvidence, { folder: scratch });
  const { reportPath } = await writeReport(brokenEvidence, { folder: scratch });
  expect(await readFile(reportPath, "utf8")).toContain("The services were broken on purpose.");
});

test("a file in the folder's place is named, with the reason", async () => {
  const folder = join(scratch, "out");
  await writeFile(folder, "not a folder");
  const writing = writeReport(heldEvidence, { folder });
  await expect(writing).rejects.toThrow(UnwritableOutput);
  await expect(writing).rejects.toThrow(
    `cannot write the report into ${folder}: a file of that name is in the way`,
  );
});

test("a file further up the path is named, with the reason", async () => {
  await writeFile(join(scratch, "out"), "not a folder");
  const folder = join(scratch, "out", "today");
  await expect(writeReport(heldEvidence, { folder })).rejects.toThrow(
    `cannot write the report into ${folder}: a part of the path is a file, not a folder`,
  );
});

test("a report that cannot be written leaves no scratch file behind", async () => {
  await mkdir(join(scratch, "evidence.json"));
  await expect(writeReport(heldEvidence, { folder: scratch })).rejects.toThrow(
    "a folder stands where the file belongs",
  );
  expect(await readdir(scratch)).toEqual(["evidence.json"]);
});
