import { PostgresError } from "../ground/postgres-error.ts";
import type { Numeric } from "./numeric.ts";
import { parseNumeric } from "./numeric.ts";

/** A value of JSON; the numbers are exact, and the members of an object as they were written. */
export type Json = null | boolean | string | Numeric | readonly Json[] | JsonObject;

/** An object of JSON. */
export class JsonObject {
  readonly members: readonly (readonly [string, Json])[];

  constructor(members: readonly (readonly [string, Json])[]) {
    this.members = members;
  }

  /** The value of a key; the last one where there are several. Undefined when there is none. */
  get(key: string): Json | undefined {
    return this.members.findLast(([name]) => name === key)?.[1];
  }
}

/** True for an array. */
export function isJsonArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Reads a text of JSON as json_in does. @throws PostgresError 22P02 with PostgreSQL's detail */
export function parseJson(text: string): Json {
  return new JsonReader(text).read();
}

/** The place of a value in the text from which it was read. */
export interface JsonPlace {
  readonly from: number;
  readonly to: number;
}

/** As `parseJson`; `note` is told where each value stands. */
export function parseJsonWithPlaces(
  text: string,
  note: (value: Json, place: JsonPlace) => void,
): Json {
  return new JsonReader(text, note).read();
}

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORD = /[A-Za-z0-9_\u0080-\uffff]+/y;
/** What json_lex_number takes for a number before it finds that it is none. */
const BROKEN_NUMBER =
  /-?(?:0|[1-9][0-9]*)?(?:\.[0-9]*)?(?:[eE][+-]?[0-9]*)?[A-Za-z0-9_\u0080-\uffff]*/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** The lexer and parser of common/jsonapi.c. */
class JsonReader {
  readonly #text: string;
  readonly #note: ((value: Json, place: JsonPlace) => void) | undefined;
  #at = 0;

  constructor(text: string, note?: (value: Json, place: JsonPlace) => void) {
    this.#text = text;
    this.#note = note;
  }

  read(): Json {
    const value = this.#value("Expected JSON value");
    this.#skip();
    if (this.#at < this.#text.length) {
      throw this.#unexpected("Expected end of input");
    }
    return value;
  }

  #value(expected: string): Json {
    this.#skip();
    const from = this.#at;
    const value = this.#plainValue(expected);
    this.#note?.(value, { from, to: this.#at });
    return value;
  }

  #plainValue(expected: string): Json {
    const first = this.#text[this.#at];
    if (first === "{") {
      return this.#object();
    }
    if (first === "[") {
      return this.#array();
    }
    if (first === '"') {
      return this.#string();
    }
    if (first === "-" || (first !== undefined && first >= "0" && first <= "9")) {
      return this.#number();
    }
    const word = this.#match(WORD, this.#at);
    const literal = new Map<string, Json>([
      ["true", true],
      ["false", false],
      ["null", null],
    ]).get(word);
    if (literal === undefined) {
      throw this.#unexpected(expected);
    }
    this.#at += word.length;
    return literal;
  }

  #object(): JsonObject {
    const members: [string, Json][] = [];
    this.#at += 1;
    this.#skip();
    if (this.#text[this.#at] === "}") {
      this.#at += 1;
      return new JsonObject(members);
    }
    for (let expected = 'Expected string or "}"'; ; expected = "Expected string") {
      this.#skip();
      if (this.#text[this.#at] !== '"') {
        throw this.#unexpected(expected);
      }
      const key = this.#string();
      this.#skip();
      if (this.#text[this.#at] !== ":") {
        throw this.#unexpected('Expected ":"');
      }
      this.#at += 1;
      members.push([key, this.#value("Expected JSON value")]);
      if (this.#endsOrGoesOn("}")) {
        return new JsonObject(members);
      }
    }
  }

  #array(): readonly Json[] {
    const elements: Json[] = [];
    this.#at += 1;
    this.#skip();
    if (this.#text[this.#at] === "]") {
      this.#at += 1;
      return elements;
    }
    for (let expected = 'Expected array element or "]"'; ; expected = "Expected JSON value") {
      elements.push(
        this.#value(elements.length === 0 ? 'Expected array element or "]"' : expected),
      );
      if (this.#endsOrGoesOn("]")) {
        return elements;
      }
    }
  }

  #endsOrGoesOn(end: string): boolean {
    this.#skip();
    const next = this.#text[this.#at];
    if (next !== "," && next !== end) {
      throw this.#unexpected(`Expected "," or "${end}"`);
    }
    this.#at += 1;
    return next === end;
  }

  #number(): Numeric {
    const digits = this.#match(NUMBER, this.#at);
    const word = this.#match(BROKEN_NUMBER, this.#at);
    if (digits !== word) {
      throw this.#invalid(`Token "${word}" is invalid.`);
    }
    this.#at += digits.length;
    return parseNumeric(digits);
  }

  #string(): string {
    let text = "";
    for (this.#at += 1; ; this.#at += 1) {
      const character = this.#text[this.#at];
      if (character === undefined) {
        throw this.#invalid(
          `Token "${this.#text.slice(this.#text.lastIndexOf('"', this.#at))}" is invalid.`,
        );
      }
      if (character === '"') {
        this.#at += 1;
        return text;
      }
      if (character < " ") {
        const code = character.charCodeAt(0).toString(16).padStart(2, "0");
        throw this.#invalid(`Character with value 0x${code} must be escaped.`);
      }
      text += character === "\\" ? this.#escape() : character;
    }
  }

  #escape(): string {
    this.#at += 1;
    const letter = this.#text[this.#at] ?? "";
    const simple = ESCAPES[letter];
    if (simple !== undefined) {
      return simple;
    }
    if (letter !== "u") {
      throw this.#invalid(`Escape sequence "\\${letter}" is invalid.`);
    }
    const digits = /^[0-9A-Fa-f]{4}/.exec(this.#text.slice(this.#at + 1))?.[0];
    if (digits === undefined) {
      throw this.#invalid('"\\u" must be followed by four hexadecimal digits.');
    }
    this.#at += 4;
    return this.#codeUnit(Number.parseInt(digits, 16));
  }

  #codeUnit(unit: number): string {
    const isLow = unit >= 0xdc00 && unit <= 0xdfff;
    if (isLow) {
      throw this.#invalid("Unicode low surrogate must follow a high surrogate.");
    }
    if (unit < 0xd800 || unit > 0xdfff) {
      return String.fromCharCode(unit);
    }
    const low = /^\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})/.exec(this.#text.slice(this.#at + 1))?.[1];
    if (low === undefined) {
      throw this.#invalid("Unicode low surrogate must follow a high surrogate.");
    }
    this.#at += 6;
    return String.fromCharCode(unit, Number.parseInt(low, 16));
  }

  #skip(): void {
    this.#at += this.#match(SPACE, this.#at).length;
  }

  #match(pattern: RegExp, at: number): string {
    pattern.lastIndex = at;
    return pattern.exec(this.#text)?.[0] ?? "";
  }

  #unexpected(expected: string): PostgresError {
    if (this.#at >= this.#text.length) {
      return this.#invalid("The input string ended unexpectedly.");
    }
    return this.#invalid(`${expected}, but found "${this.#token()}".`);
  }

  /** The token that stands here. @throws PostgresError when there is none */
  #token(): string {
    const from = this.#at;
    const first = this.#text[from] ?? "";
    if ("{}[],:".includes(first)) {
      return first;
    }
    if (first === '"') {
      this.#string();
      return this.#text.slice(from, this.#at);
    }
    if (/[-0-9]/.test(first)) {
      this.#number();
      return this.#text.slice(from, this.#at);
    }
    const word = this.#match(WORD, from);
    if (/^(?:true|false|null)$/.test(word)) {
      return word;
    }
    const token = word === "" ? String.fromCodePoint(this.#text.codePointAt(from) ?? 0) : word;
    throw this.#invalid(`Token "${token}" is invalid.`);
  }

  #invalid(detail: string): PostgresError {
    return new PostgresError("22P02", "invalid input syntax for type json", { detail });
  }
}

const ESCAPED = new RegExp(String.raw`["\\\u0000-\u001f]`, "g");

/** escape_json: a text as a string of JSON. */
export function quoteJson(text: string): string {
  return `"${text.replaceAll(ESCAPED, escapeCharacter)}"`;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  "\b": String.raw`\b`,
  "\f": String.raw`\f`,
  "\n": String.raw`\n`,
  "\r": String.raw`\r`,
  "\t": String.raw`\t`,
  '"': String.raw`\"`,
  "\\": String.raw`\\`,
};

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0).toString(16).padStart(4, "0");
  return SHORT_ESCAPES[character] ?? `\\u${code}`;
}
