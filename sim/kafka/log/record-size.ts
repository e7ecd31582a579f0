import type { RecordData, SentRecord } from "../protocol/protocol.ts";

/** What a batch takes before its records, in Kafka's record format 2. */
const BATCH_OVERHEAD_BYTES = 61;

/**
 * How many bytes these records take in one batch of Kafka's record format 2, not compressed: limits
 * on messages, on fetches and on what is kept are in bytes.
 */
export function sizeOfBatch(records: readonly SentRecord[]): number {
  let bytes = BATCH_OVERHEAD_BYTES;
  const firstMs = records[0]?.timestampMs ?? 0;
  let index = 0;
  for (const record of records) {
    // One byte of attributes, which are all zero.
    const body =
      1 + varintSize(record.timestampMs - firstMs) + varintSize(index) + sizeOfContent(record);
    bytes += varintSize(body) + body;
    index += 1;
  }
  return bytes;
}

function sizeOfContent({ key, value, headers }: RecordData): number {
  let bytes = sizeOfText(key) + sizeOfText(value) + varintSize(headers.size);
  for (const [name, text] of headers) {
    bytes += sizeOfText(name) + sizeOfText(text);
  }
  return bytes;
}

/** With its length in front; nothing has the length -1. */
function sizeOfText(text: string | null): number {
  if (text === null) {
    return varintSize(-1);
  }
  const length = Buffer.byteLength(text);
  return varintSize(length) + length;
}

/** Numbers are written in zigzag: 7 bits a byte, negative ones between the others. */
function varintSize(value: number): number {
  if (value >= 0 && value < 0x40) {
    return 1;
  }
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  let bytes = 1;
  while (rest >= 0x80) {
    rest = Math.floor(rest / 0x80);
    bytes += 1;
  }
  return bytes;
}
