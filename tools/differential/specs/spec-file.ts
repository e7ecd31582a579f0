/** A test of PostgreSQL's isolation suite; src/test/isolation/README describes the format. */
export interface IsolationSpec {
  readonly setups: readonly string[];
  readonly teardown: string | null;
  readonly sessions: readonly SpecSession[];
  /** Empty when every interleaving is meant. */
  readonly permutations: readonly (readonly PermutationStep[])[];
}

export interface SpecSession {
  readonly name: string;
  readonly setup: string | null;
  readonly steps: readonly SpecStep[];
  readonly teardown: string | null;
}

export interface SpecStep {
  readonly name: string;
  readonly sql: string;
}

export interface PermutationStep {
  readonly name: string;
  readonly blockers: readonly Blocker[];
}

/** What holds the report of a step back. */
export type Blocker =
  | { readonly kind: "once" }
  | { readonly kind: "step"; readonly step: string }
  | { readonly kind: "notices"; readonly step: string; readonly count: number };

/**
 * Reads a spec.
 *
 * @throws Error when the text is not one, with the line
 */
export function parseSpec(text: string): IsolationSpec {
  const reader = new TokenReader(text);
  const setups: string[] = [];
  while (reader.takeWord("setup")) {
    setups.push(reader.block());
  }
  const teardown = reader.takeWord("teardown") ? reader.block() : null;
  const sessions: SpecSession[] = [];
  while (reader.takeWord("session")) {
    sessions.push(readSession(reader));
  }
  const permutations: PermutationStep[][] = [];
  while (reader.takeWord("permutation")) {
    permutations.push(readPermutation(reader));
  }
  reader.end();
  return { setups, teardown, sessions, permutations };
}

function readSession(reader: TokenReader): SpecSession {
  const name = reader.identifier();
  const setup = reader.takeWord("setup") ? reader.block() : null;
  const steps: SpecStep[] = [];
  while (reader.takeWord("step")) {
    steps.push({ name: reader.identifier(), sql: reader.block() });
  }
  const teardown = reader.takeWord("teardown") ? reader.block() : null;
  return { name, setup, steps, teardown };
}

function readPermutation(reader: TokenReader): PermutationStep[] {
  const steps: PermutationStep[] = [];
  while (reader.isIdentifier()) {
    const name = reader.identifier();
    const blockers: Blocker[] = [];
    if (reader.takeSign("(")) {
      do {
        blockers.push(readBlocker(reader));
      } while (reader.takeSign(","));
      reader.demandSign(")");
    }
    steps.push({ name, blockers });
  }
  return steps;
}

function readBlocker(reader: TokenReader): Blocker {
  if (reader.takeSign("*")) {
    return { kind: "once" };
  }
  const step = reader.identifier();
  return reader.takeWord("notices")
    ? { kind: "notices", step, count: reader.number() }
    : { kind: "step", step };
}

type Token =
  | { readonly kind: "word" | "quoted" | "block" | "number" | "sign"; readonly text: string }
  | { readonly kind: "end"; readonly text: "" };

const KEYWORDS = new Set(["notices", "permutation", "session", "setup", "step", "teardown"]);

/** As specscanner.l: whitespace at both ends of a block is not part of it. */
const TOKEN =
  /(?<skipped>[ \t\r\f\n]+|#[^\n]*)|"(?<quoted>(?:[^"\n]|"")*)"|\{[ \t\r\f]*(?<block>[^}]*?)[ \t\r\f]*\}|(?<word>[A-Za-z_\u0080-\uFFFF][\w$\u0080-\uFFFF]*)|(?<number>[0-9]+)|(?<sign>[,()*])/y;

class TokenReader {
  readonly #text: string;
  #at = 0;
  #token: Token;

  constructor(text: string) {
    this.#text = text;
    this.#token = this.#scan();
  }

  isIdentifier(): boolean {
    const { kind, text } = this.#token;
    return kind === "quoted" || (kind === "word" && !KEYWORDS.has(text));
  }

  identifier(): string {
    return this.isIdentifier() ? this.#take() : this.#fail("a name");
  }

  block(): string {
    return this.#token.kind === "block" ? this.#take() : this.#fail("a block of SQL");
  }

  number(): number {
    return this.#token.kind === "number" ? Number(this.#take()) : this.#fail("a number");
  }

  takeWord(word: string): boolean {
    return this.#takeIf("word", word);
  }

  takeSign(sign: string): boolean {
    return this.#takeIf("sign", sign);
  }

  demandSign(sign: string): void {
    if (!this.takeSign(sign)) {
      this.#fail(sign);
    }
  }

  end(): void {
    if (this.#token.kind !== "end") {
      this.#fail("the end");
    }
  }

  #takeIf(kind: Token["kind"], text: string): boolean {
    const isThere = this.#token.kind === kind && this.#token.text === text;
    if (isThere) {
      this.#take();
    }
    return isThere;
  }

  #take(): string {
    const { text } = this.#token;
    this.#token = this.#scan();
    return text;
  }

  #scan(): Token {
    while (this.#at < this.#text.length) {
      TOKEN.lastIndex = this.#at;
      const match = TOKEN.exec(this.#text);
      if (match === null) {
        return this.#fail("a token");
      }
      this.#at = TOKEN.lastIndex;
      const { quoted, block, word, number, sign } = match.groups ?? {};
      if (quoted !== undefined) {
        return { kind: "quoted", text: quoted.replaceAll('""', '"') };
      }
      if (block !== undefined) {
        return { kind: "block", text: block };
      }
      if (word !== undefined) {
        return { kind: "word", text: word };
      }
      if (number !== undefined) {
        return { kind: "number", text: number };
      }
      if (sign !== undefined) {
        return { kind: "sign", text: sign };
      }
    }
    return { kind: "end", text: "" };
  }

  #fail(wanted: string): never {
    const line = this.#text.slice(0, this.#at).split("\n").length;
    throw new Error(`line ${line} of the spec: ${wanted} was expected`);
  }
}
