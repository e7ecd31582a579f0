import { closeSync, openSync, readSync } from "node:fs";
import { parseReport, type ChildReport } from "./child-report.ts";

const CHUNK_BYTES = 64 * 1024;

/** Reads a child's report file as it grows. */
export interface ReportReader {
  /**
   * What was said since the last call, in order; a line that is not finished yet waits for the next
   * call.
   */
  read(): readonly ChildReport[];
  close(): void;
}

/**
 * Makes a report file for a child that is yet to start, and opens it.
 *
 * @throws Error when the file is there already: what it says would be taken for the child's
 */
export function openReportReader(file: string): ReportReader {
  const descriptor = openSync(file, "ax+");
  let position = 0;
  let unfinished = Buffer.alloc(0);
  return {
    read() {
      const chunks = [unfinished];
      for (;;) {
        const chunk = Buffer.alloc(CHUNK_BYTES);
        const length = readSync(descriptor, chunk, 0, CHUNK_BYTES, position);
        if (length === 0) {
          break;
        }
        position += length;
        chunks.push(chunk.subarray(0, length));
      }
      const bytes = Buffer.concat(chunks);
      // Cut at the last line's end, in bytes: a character may have been cut in two.
      const end = bytes.lastIndexOf("\n") + 1;
      unfinished = bytes.subarray(end);
      const lines = bytes.subarray(0, end).toString("utf8").split("\n");
      return lines.filter((line) => line !== "").map(parseReport);
    },
    close: () => closeSync(descriptor),
  };
}
