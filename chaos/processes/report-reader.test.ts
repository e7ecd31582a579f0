import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { encodeReport, type ChildReport } from "./child-report.ts";
import { openReportReader, type ReportReader } from "./report-reader.ts";

let folder: string;
let file: string;
let reader: ReportReader;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "falconpay-report-"));
  file = join(folder, "payment-1.report");
  reader = openReportReader(file);
});
afterEach(() => {
  reader.close();
  rmSync(folder, { recursive: true });
});

const RECORD = { topic: "payment.created", partition: 0, offset: "7", key: null, value: "ريال" };
const reports: readonly ChildReport[] = [
  { kind: "up", atMs: 1 },
  { kind: "effect", atMs: 2, resource: "kafka", operation: "produce" },
  { kind: "delivery", atMs: 3, record: RECORD },
  { kind: "note", atMs: 3, note: { what: "offset-committed", record: RECORD } },
  { kind: "note", atMs: 3, note: { what: "said", name: "inbox.retry", detail: { attempts: 1 } } },
  { kind: "disarmed", atMs: 4 },
  { kind: "fault", atMs: 5, index: 0, phase: "begin" },
];

test("a file that was there before is refused: it would be taken for what the child says", () => {
  expect(() => openReportReader(file)).toThrow("EEXIST");
});

test("a file that no child has written to yet has no reports", () => {
  expect(reader.read()).toEqual([]);
});

test("every report is read once, in the order in which it was said", () => {
  const lines = reports.map(encodeReport);
  appendFileSync(file, lines.slice(0, 2).join(""));
  expect(reader.read()).toEqual(reports.slice(0, 2));
  appendFileSync(file, lines.slice(2).join(""));
  expect(reader.read()).toEqual(reports.slice(2));
  expect(reader.read()).toEqual([]);
});

test("a line that is cut anywhere, within a character too, waits for its end", () => {
  const bytes = Buffer.from(encodeReport({ kind: "delivery", atMs: 3, record: RECORD }));
  for (let cut = 1; cut < bytes.length; cut += 1) {
    appendFileSync(file, bytes.subarray(0, cut));
    expect(reader.read()).toEqual([]);
    appendFileSync(file, bytes.subarray(cut));
    expect(reader.read()).toEqual([{ kind: "delivery", atMs: 3, record: RECORD }]);
  }
});

test("a line that is no report is refused with its text", () => {
  appendFileSync(file, '{"kind":"down"}\n');
  expect(() => reader.read()).toThrow('not a report of a service process: {"kind":"down"}');
});
