import { NotSimulated } from "./not-simulated.ts";
import type { RollingHash } from "./rolling-hash.ts";

/**
 * Says what a message carries. The same call feeds the hash and the text, so that no value is in
 * one and not in the other.
 */
export type TellData<Message> = (message: Message, data: TraceData) => void;

/** The whole message, with the names of its fields. */
export const tellWhole: TellData<unknown> = (message, data) => data.add(message);

/** Takes in the values that messages carry: into the trace's hash, and as text where it is kept. */
export class TraceData {
  readonly #hash: RollingHash;
  readonly #texts: string[] | null;

  constructor(hash: RollingHash, keepsText: boolean) {
    this.#hash = hash;
    this.#texts = keepsText ? [] : null;
  }

  /** Takes in a plain value. @throws NotSimulated for one that is none, such as a function */
  add(value: unknown): void {
    this.#feed(value);
    this.#texts?.push(show(value));
  }

  /** As `add`, without the names of its fields: for rows, whose columns the statement names. */
  addRow(row: object): void {
    for (const value of Object.values(row)) {
      this.#feed(value);
    }
    this.#texts?.push(show(row));
  }

  /** The text of what was added since the last call; empty where it is not kept. */
  takeText(): string {
    return this.#texts?.splice(0).join(" ") ?? "";
  }

  #feed(value: unknown): void {
    const hash = this.#hash;
    switch (typeof value) {
      case "string":
        hash.addText(value);
        return;
      case "number":
        hash.addNumber(TAGS.number);
        this.#feedNumber(value);
        return;
      case "bigint":
        hash.addNumber(TAGS.bigint);
        hash.addText(value.toString());
        return;
      case "boolean":
        hash.addNumber(value ? TAGS.true : TAGS.false);
        return;
      case "undefined":
        hash.addNumber(TAGS.undefined);
        return;
      case "object":
        this.#feedObject(value);
        return;
      default:
        throw new NotSimulated(`a ${typeof value} in a message`, String(value));
    }
  }

  #feedNumber(value: number): void {
    if (Number.isSafeInteger(value)) {
      this.#hash.addNumber(value);
    } else {
      this.#hash.addText(String(value));
    }
  }

  #feedObject(value: object | null): void {
    const hash = this.#hash;
    if (value === null) {
      hash.addNumber(TAGS.null);
    } else if (Array.isArray(value)) {
      hash.addNumber(TAGS.list);
      hash.addNumber(value.length);
      for (const element of value) {
        this.#feed(element);
      }
    } else if (value instanceof Map || value instanceof Set) {
      this.#feedObject([...value]);
    } else {
      hash.addNumber(TAGS.record);
      for (const [name, field] of Object.entries(value)) {
        hash.addText(name);
        this.#feed(field);
      }
      hash.addNumber(TAGS.end);
    }
  }
}

/**
 * What kind of value follows: the text "1" is not the number 1. A text begins with its length,
 * which is never as much.
 */
const TAGS = {
  number: 0x4000_0001,
  bigint: 0x4000_0002,
  true: 0x4000_0003,
  false: 0x4000_0004,
  undefined: 0x4000_0005,
  null: 0x4000_0006,
  list: 0x4000_0007,
  record: 0x4000_0008,
  end: 0x4000_0009,
} as const;

function show(value: unknown): string {
  const text = JSON.stringify(value, (_name, field: unknown) => {
    if (typeof field === "bigint") {
      return `${field}n`;
    }
    return field instanceof Map || field instanceof Set ? [...field] : field;
  });
  return text ?? "undefined";
}
