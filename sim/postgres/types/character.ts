import { PostgresError } from "../ground/postgres-error.ts";
import type { Value } from "./datum.ts";
import { compareText, str } from "./text.ts";

const NAME_BYTES_MAX = 63;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The characters of a text, which are code points. */
export function charactersOf(text: string): string[] {
  return Array.from(text);
}

/** The number of characters, which are code points. */
export function characterCount(text: string): number {
  let count = 0;
  for (const _ of text) {
    count += 1;
  }
  return count;
}

/** namein: the first 63 bytes, and no half of a character. */
export function clipName(text: string): string {
  const bytes = encoder.encode(text);
  if (bytes.length <= NAME_BYTES_MAX) {
    return text;
  }
  let end = NAME_BYTES_MAX;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) {
    end -= 1;
  }
  return decoder.decode(bytes.subarray(0, end));
}

/**
 * varchar(): what is too long is cut off by a cast, and otherwise an error unless it is spaces.
 * @throws PostgresError 22001
 */
export function fitVarchar(text: string, typmod: number, isCast: boolean): string {
  return typmod < 4 ? text : cut(text, typmod - 4, isCast, "character varying");
}

/** bpchar(): as varchar(), and what is too short is filled up with spaces. */
export function fitCharacter(text: string, typmod: number, isCast: boolean): string {
  if (typmod < 4) {
    return text;
  }
  const fitted = cut(text, typmod - 4, isCast, "character");
  return fitted + " ".repeat(typmod - 4 - characterCount(fitted));
}

function cut(text: string, length: number, isCast: boolean, type: string): string {
  if (text.length <= length) {
    return text;
  }
  const characters = charactersOf(text);
  const rest = characters.slice(length);
  if (!isCast && rest.some((character) => character !== " ")) {
    throw new PostgresError("22001", `value too long for type ${type}(${length})`);
  }
  return rest.length === 0 ? text : characters.slice(0, length).join("");
}

/** A character(n) without the spaces at its end, which do not count. */
export function trimCharacter(text: string): string {
  let end = text.length;
  while (text[end - 1] === " ") {
    end -= 1;
  }
  return text.slice(0, end);
}

/** bpcharcmp. */
export function compareCharacter(left: Value, right: Value): number {
  return compareText(trimCharacter(str(left)), trimCharacter(str(right)));
}
