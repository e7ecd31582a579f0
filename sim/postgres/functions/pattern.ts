import { NotSimulated } from "../../kernel/not-simulated.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { charactersOf } from "../types/character.ts";
import { str } from "../types/text.ts";
import type { Compute, Implementations } from "./implementation.ts";
import { lower } from "./text.ts";

/**
 * MatchText of like_match.c: `%` any characters, `_` one, and a backslash takes the next as it is.
 */
function isLike(text: string, pattern: string): boolean {
  return matches(charactersOf(text), 0, charactersOf(pattern), 0) === "yes";
}

/** `stuck`: the text came to its end first, so no later start can help a `%` before. */
function matches(
  text: readonly string[],
  fromText: number,
  pattern: readonly string[],
  fromPattern: number,
): "yes" | "no" | "stuck" {
  let at = fromText;
  let to = fromPattern;
  for (; to < pattern.length && at < text.length; at += 1, to += 1) {
    const one = pattern[to];
    if (one === "%") {
      return matchesAfterPercent(text, at, pattern, to);
    }
    if (one === "\\") {
      to += 1;
      if (to >= pattern.length) {
        throw new PostgresError("22025", "LIKE pattern must not end with escape character");
      }
      if (pattern[to] !== text[at]) {
        return "no";
      }
    } else if (one !== "_" && one !== text[at]) {
      return "no";
    }
  }
  if (at < text.length) {
    return "no";
  }
  while (pattern[to] === "%") {
    to += 1;
  }
  return to >= pattern.length ? "yes" : "stuck";
}

function matchesAfterPercent(
  text: readonly string[],
  fromText: number,
  pattern: readonly string[],
  fromPattern: number,
): "yes" | "no" | "stuck" {
  let at = fromText;
  let to = fromPattern + 1;
  while (pattern[to] === "%" || pattern[to] === "_") {
    if (pattern[to] === "_") {
      if (at >= text.length) {
        return "stuck";
      }
      at += 1;
    }
    to += 1;
  }
  if (to >= pattern.length) {
    return "yes";
  }
  if (pattern[to] === "\\" && to + 1 >= pattern.length) {
    throw new PostgresError("22025", "LIKE pattern must not end with escape character");
  }
  const first = pattern[to] === "\\" ? pattern[to + 1] : pattern[to];
  for (; at < text.length; at += 1) {
    if (text[at] === first) {
      const outcome = matches(text, at, pattern, to);
      if (outcome !== "no") {
        return outcome;
      }
    }
  }
  return "stuck";
}

/** like_escape: the pattern with a backslash as its escape character. */
function withEscape(pattern: string, escape: string): string {
  const [character, second] = charactersOf(escape);
  if (second !== undefined) {
    throw new PostgresError("22025", "invalid escape string", {
      hint: "Escape string must be empty or one character.",
    });
  }
  if (character === undefined) {
    return pattern.replaceAll("\\", String.raw`\\`);
  }
  if (character === "\\") {
    return pattern;
  }
  let result = "";
  let escaped = false;
  for (const one of pattern) {
    if (one === character && !escaped) {
      result += "\\";
      escaped = true;
    } else {
      result += one === "\\" && !escaped ? String.raw`\\` : one;
      escaped = false;
    }
  }
  return result;
}

const regexes = new Map<string, RegExp>();
const REGEXES_MAX = 1000;

/**
 * The pattern as a JavaScript one, where both mean the same. `whole` says that only "does it match"
 * is asked: which of several matches is found, on which PostgreSQL (the longest) and JavaScript
 * (the
 * first alternative) differ, is then of no matter.
 */
function regexOf(pattern: string, ignoresCase: boolean, whole: boolean): RegExp {
  const key = `${ignoresCase ? "i" : "c"}${whole ? "w" : "p"}${pattern}`;
  let regex = regexes.get(key);
  if (regex === undefined) {
    regex = new RegExp(new RegexTranslation(pattern, ignoresCase, whole).translate(), "su");
    if (regexes.size >= REGEXES_MAX) {
      regexes.clear();
    }
    regexes.set(key, regex);
  }
  return regex;
}

const CLASSES: Readonly<Record<string, string>> = {
  d: "0-9",
  w: "A-Za-z0-9_",
  s: String.raw` \t\n\v\f\r`,
  ":alpha:": "A-Za-z",
  ":digit:": "0-9",
  ":alnum:": "A-Za-z0-9",
  ":upper:": "A-Z",
  ":lower:": "a-z",
  ":space:": String.raw` \t\n\v\f\r`,
  ":punct:": String.raw`!-\/:-@\[-\`{-~`,
};
const ESCAPED_CHARACTERS: Readonly<Record<string, string>> = {
  n: String.raw`\n`,
  t: String.raw`\t`,
  r: String.raw`\r`,
};

/**
 * Turns an advanced regular expression into JavaScript's, part by part; refuses what it knows not.
 */
class RegexTranslation {
  readonly #pattern: string;
  readonly #characters: readonly string[];
  readonly #ignoresCase: boolean;
  readonly #whole: boolean;
  #at = 0;
  #depth = 0;
  #mayRepeat = false;

  constructor(pattern: string, ignoresCase: boolean, whole: boolean) {
    this.#pattern = pattern;
    this.#characters = charactersOf(pattern);
    this.#ignoresCase = ignoresCase;
    this.#whole = whole;
  }

  translate(): string {
    let result = "";
    while (this.#at < this.#characters.length) {
      result += this.#part();
    }
    if (this.#depth > 0) {
      throw this.#invalid("parentheses () not balanced");
    }
    return result;
  }

  #part(): string {
    const one = this.#take();
    switch (one) {
      case "(":
        return this.#group();
      case ")":
        if (this.#depth === 0) {
          return this.#refuse();
        }
        this.#depth -= 1;
        this.#mayRepeat = true;
        return one;
      case "|":
        if (!this.#whole) {
          return this.#refuse();
        }
        this.#mayRepeat = false;
        return one;
      case "^":
      case "$":
        this.#mayRepeat = false;
        return one;
      case "*":
      case "+":
      case "?":
      case "{":
        return this.#quantifier(one);
      case "[":
        return this.#atom(this.#bracket());
      case "\\":
        return this.#atom(this.#escape());
      case ".":
        return this.#atom(one);
      default:
        return this.#atom(this.#literal(one));
    }
  }

  #take(): string {
    const one = this.#characters[this.#at] ?? this.#refuse();
    this.#at += 1;
    return one;
  }

  #atom(text: string): string {
    this.#mayRepeat = true;
    return text;
  }

  #group(): string {
    this.#depth += 1;
    this.#mayRepeat = false;
    if (this.#characters[this.#at] === "?") {
      if (this.#characters[this.#at + 1] !== ":") {
        return this.#refuse();
      }
      this.#at += 2;
      return "(?:";
    }
    return this.#characters[this.#at] === "*" ? this.#refuse() : "(";
  }

  #quantifier(one: string): string {
    if (!this.#mayRepeat) {
      return one === "{" ? this.#refuse() : this.#refuseOrInvalid();
    }
    let text = one;
    if (one === "{") {
      const rest = this.#characters.slice(this.#at).join("");
      const bound = /^([0-9]{1,3})(,([0-9]{0,3}))?\}/.exec(rest);
      if (bound === null || Number(bound[1]) > 255 || Number(bound[3] ?? 0) > 255) {
        return this.#refuse();
      }
      text += bound[0];
      this.#at += bound[0].length;
    }
    const next = this.#characters[this.#at] ?? "";
    if ("*+?{".includes(next) && next !== "") {
      return this.#refuse();
    }
    this.#mayRepeat = false;
    return text;
  }

  #refuseOrInvalid(): string {
    if (this.#at === 1) {
      throw this.#invalid("quantifier operand invalid");
    }
    return this.#refuse();
  }

  #escape(): string {
    const one = this.#characters[this.#at];
    if (one === undefined) {
      throw this.#invalid(String.raw`invalid escape \ sequence`);
    }
    this.#at += 1;
    const set = CLASSES[one.toLowerCase()];
    if (set !== undefined && /[dws]/i.test(one)) {
      return one === one.toLowerCase() ? `[${set}]` : `[^${set}]`;
    }
    return /[a-zA-Z0-9]/.test(one) ? (ESCAPED_CHARACTERS[one] ?? this.#refuse()) : quoted(one);
  }

  #literal(one: string): string {
    if (!this.#ignoresCase || !/[A-Za-z]/.test(one)) {
      return quoted(one);
    }
    return `[${one.toLowerCase()}${one.toUpperCase()}]`;
  }

  #bracket(): string {
    let set = this.#characters[this.#at] === "^" ? "^" : "";
    this.#at += set.length;
    for (let first = true; ; first = false) {
      const one = this.#characters[this.#at];
      if (one === undefined) {
        throw this.#invalid("brackets [] not balanced");
      }
      if (one === "]" && !first) {
        this.#at += 1;
        return `[${set}]`;
      }
      set += this.#bracketItem();
    }
  }

  #bracketItem(): string {
    const rest = this.#characters.slice(this.#at).join("");
    const named = /^\[(:[a-z]+:)\]/.exec(rest);
    if (named !== null) {
      this.#at += named[0].length;
      const set = CLASSES[named[1] ?? ""] ?? this.#refuse();
      return this.#ignoresCase ? this.#refuse() : set;
    }
    const from = this.#take();
    if (from === "[" || from === "\\") {
      return from === "\\" ? this.#bracketEscape() : this.#refuse();
    }
    const to = this.#characters[this.#at + 1];
    if (this.#characters[this.#at] !== "-" || to === "]" || to === undefined) {
      return this.#bothCases(quotedInBrackets(from), from, from);
    }
    this.#at += 2;
    if (to === "[" || to === "\\") {
      return this.#refuse();
    }
    if (from > to) {
      throw this.#invalid("invalid character range");
    }
    return this.#bothCases(`${quotedInBrackets(from)}-${quotedInBrackets(to)}`, from, to);
  }

  #bracketEscape(): string {
    const one = this.#take();
    const set = /[dws]/.test(one) ? CLASSES[one] : undefined;
    if (set !== undefined) {
      return set;
    }
    return /[a-zA-Z0-9]/.test(one)
      ? (ESCAPED_CHARACTERS[one] ?? this.#refuse())
      : quotedInBrackets(one);
  }

  #bothCases(set: string, from: string, to: string): string {
    if (!this.#ignoresCase) {
      return set;
    }
    if (/^(?:[a-z][a-z]|[A-Z][A-Z])$/.test(from + to)) {
      const lowered = `${from.toLowerCase()}-${to.toLowerCase()}`;
      return `${lowered}${lowered.toUpperCase()}`;
    }
    const touchesLetters = to >= "A" && from <= "z";
    return touchesLetters && from !== to ? this.#refuse() : set;
  }

  #invalid(why: string): PostgresError {
    return new PostgresError("2201B", `invalid regular expression: ${why}`);
  }

  #refuse(): never {
    throw new NotSimulated("this regular expression", this.#pattern);
  }
}

function quoted(one: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(one) ? `\\${one}` : one;
}

/** In brackets a hyphen means something, too. */
function quotedInBrackets(one: string): string {
  return one === "-" ? String.raw`\-` : quoted(one);
}

function matchesRegex(ignoresCase: boolean, wanted: boolean): Compute {
  return (text, pattern) => regexOf(str(pattern), ignoresCase, true).test(str(text)) === wanted;
}

function matchesLike(ignoresCase: boolean, wanted: boolean): Compute {
  return (text, pattern) =>
    (ignoresCase
      ? isLike(lower(str(text)), lower(str(pattern)))
      : isLike(str(text), str(pattern))) === wanted;
}

/** LIKE, ILIKE, and the operators of regular expressions. */
export const PATTERN_FUNCTIONS: Implementations = {
  ...Object.fromEntries(
    ["text", "name"].flatMap((type) => [
      [`${type}like`, matchesLike(false, true)],
      [`${type}nlike`, matchesLike(false, false)],
      [`${type}iclike`, matchesLike(true, true)],
      [`${type}icnlike`, matchesLike(true, false)],
      [`${type}regexeq`, matchesRegex(false, true)],
      [`${type}regexne`, matchesRegex(false, false)],
      [`${type}icregexeq`, matchesRegex(true, true)],
      [`${type}icregexne`, matchesRegex(true, false)],
    ]),
  ),
  like_escape: (pattern, escape) => withEscape(str(pattern), str(escape)),
  regexp_like_no_flags: (text, pattern) => regexOf(str(pattern), false, true).test(str(text)),
  regexp_match_no_flags: (text, pattern) => firstMatch(str(text), str(pattern)),
  textregexsubstr: (text, pattern) => {
    const found = regexOf(str(pattern), false, false).exec(str(text));
    return found === null ? null : found.length > 1 ? (found[1] ?? null) : found[0];
  },
  textregexreplace_noopt: (text, pattern, by) => replaced(str(text), str(pattern), str(by), ""),
  textregexreplace: (text, pattern, by, flags) =>
    replaced(str(text), str(pattern), str(by), str(flags)),
};

function firstMatch(text: string, pattern: string): readonly (string | null)[] | null {
  const found = regexOf(pattern, false, false).exec(text);
  if (found === null) {
    return null;
  }
  return found.length > 1
    ? found.slice(1).map((group: string | undefined) => group ?? null)
    : [found[0]];
}

function replaced(text: string, pattern: string, by: string, flags: string): string {
  if (/[^gi]/.test(flags)) {
    throw new NotSimulated("a flag of regexp_replace other than g and i", flags);
  }
  const regex = regexOf(pattern, flags.includes("i"), false);
  const flagged = new RegExp(regex.source, flags.includes("g") ? "gsu" : "su");
  return text.replace(flagged, (...found: readonly unknown[]) =>
    by.replaceAll(/\\(.)/gs, (whole, one: string) => {
      if (one === "&") {
        return String(found[0]);
      }
      if (/[1-9]/.test(one)) {
        const group = found[Number(one)];
        return typeof group === "string" && Number(one) < found.length - 2 ? group : "";
      }
      return one === "\\" ? "\\" : whole;
    }),
  );
}
