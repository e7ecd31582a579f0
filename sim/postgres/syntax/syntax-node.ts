import { NotSimulated } from "../../kernel/not-simulated.ts";
import { KNOWN_SYNTAX } from "./known-syntax.ts";
import type { SourceText } from "./source-text.ts";

type Fields = Readonly<Record<string, unknown>>;

const FRAGMENT_LENGTH_MAX = 60;

/** Positions in the text carry no meaning: they alone may stay unread. */
const POSITIONS = new Set([
  "location",
  "list_start",
  "list_end",
  "rexpr_list_start",
  "rexpr_list_end",
  "stmt_len",
]);

/**
 * One node of a parsed statement, read field by field. What the reader did not ask for is refused
 * by `end()`: a node that is half understood would give a wrong answer in silence.
 */
export class SyntaxNode {
  readonly kind: string;
  readonly #source: SourceText;
  readonly #fields: Fields;
  /** Names of the fields that were read; a list, for a node has a handful. */
  readonly #read: string[] = [];

  constructor(source: SourceText, kind: string, fields: Fields) {
    this.kind = kind;
    this.#source = source;
    this.#fields = fields;
  }

  /** The text in a field, or undefined when the field is absent. */
  text(name: string): string | undefined {
    const value = this.#take(name);
    if (value === undefined || typeof value === "string") {
      return value;
    }
    throw this.refusal(`field ${name}`);
  }

  /** A text that the grammar always gives. */
  requiredText(name: string): string {
    return this.text(name) ?? this.refuse(`without ${name}`);
  }

  /** A flag; the parser leaves false out. */
  flag(name: string): boolean {
    return this.#take(name) === true;
  }

  /** A whole number; the parser leaves zero out. */
  number(name: string): number {
    const value = this.#take(name);
    if (value === undefined) {
      return 0;
    }
    return typeof value === "number" ? value : this.refuse(`field ${name}`);
  }

  /** A node of any kind, or undefined when absent. */
  child(name: string): SyntaxNode | undefined {
    const value = this.#take(name);
    return value === undefined ? undefined : this.#wrap(name, value);
  }

  /** A node that the grammar always gives. */
  requiredChild(name: string): SyntaxNode {
    return this.child(name) ?? this.refuse(`without ${name}`);
  }

  /** A list of nodes; the parser leaves an empty one out. */
  children(name: string): SyntaxNode[] {
    const value = this.#take(name);
    if (value === undefined) {
      return [];
    }
    if (!Array.isArray(value)) {
      throw this.refusal(`field ${name}`);
    }
    return value.map((element: unknown) => this.#wrap(name, element));
  }

  /** A list of nodes of which some may be left out. */
  sparseChildren(name: string): (SyntaxNode | undefined)[] {
    const value = this.#take(name);
    if (value === undefined) {
      return [];
    }
    if (!Array.isArray(value)) {
      throw this.refusal(`field ${name}`);
    }
    return value.map((element: unknown) =>
      isFields(element) && Object.keys(element).length === 0
        ? undefined
        : this.#wrap(name, element),
    );
  }

  /** A node that the tree holds without its kind, because the field can hold no other. */
  part(name: string): SyntaxNode | undefined {
    const value = this.#take(name);
    if (value === undefined) {
      return undefined;
    }
    return isFields(value)
      ? new SyntaxNode(this.#source, name, value)
      : this.refuse(`field ${name}`);
  }

  /** Reads a field of which only these values are simulated; absent is one of them. */
  only(name: string, ...allowed: readonly (string | boolean | number)[]): void {
    const value = this.#take(name);
    if (value === undefined) {
      return;
    }
    if (!allowed.some((one) => one === value)) {
      throw this.refusal(`${this.kind} with ${name} ${JSON.stringify(value)}`);
    }
  }

  /** The strings of a list of String nodes: a name of several parts. */
  names(name: string): string[] {
    return this.children(name).map((part) => part.stringValue());
  }

  /** The text of a String node. */
  stringValue(): string {
    if (this.kind !== "String") {
      throw this.refusal(this.kind);
    }
    const value = this.text("sval") ?? "";
    this.end();
    return value;
  }

  /** The place in the query text at which the node stands, in characters from 1. */
  get position(): number | undefined {
    return this.#positionOf(this.#fields["location"]);
  }

  /**
   * The place of the first thing in the node, as exprLocation has it once it is compiled: a cast of
   * a literal is a literal by then.
   */
  get start(): number | undefined {
    return this.#firstOf(firstLocation(this.#fields, true));
  }

  /** The place of the first thing in the node as it was written. */
  get writtenStart(): number | undefined {
    return this.#firstOf(firstLocation(this.#fields, false));
  }

  #firstOf(place: number | undefined): number | undefined {
    return place === undefined ? this.position : this.#positionOf(place);
  }

  /** The parser leaves zero out, and counts in bytes. */
  #positionOf(location: unknown): number | undefined {
    const bytes = location ?? 0;
    if (typeof bytes !== "number" || bytes < 0) {
      return undefined;
    }
    return this.#source.charactersBefore(bytes) + 1;
  }

  /** The same node with nothing read yet. */
  reopen(): SyntaxNode {
    return new SyntaxNode(this.#source, this.kind, this.#fields);
  }

  /**
   * The tree as a text in which equal expressions are equal: without positions, and with every
   * column by the name that `nameColumn` gives it, or by its own last name. Reads nothing.
   */
  canonical(nameColumn?: (column: SyntaxNode) => string | undefined): string {
    return JSON.stringify({ [this.kind]: this.#fields }, (key, value: unknown) => {
      if (POSITIONS.has(key)) {
        return undefined;
      }
      if (key !== "ColumnRef" || !isFields(value)) {
        return value;
      }
      const name = nameColumn?.(new SyntaxNode(this.#source, key, value));
      const parts: unknown = value["fields"];
      return name ?? (Array.isArray(parts) ? { fields: parts.slice(-1) } : value);
    });
  }

  /** The nodes right below. Reads nothing. */
  parts(): SyntaxNode[] {
    return Object.entries(this.#fields).flatMap(([name, value]) => this.#partsIn(name, value));
  }

  /**
   * Refuses the first kind, field or value anywhere in the tree that no compiler reads. Reads
   * nothing itself.
   */
  refuseUnknown(): void {
    const known = KNOWN_SYNTAX[this.kind] ?? this.refuse(this.kind);
    for (const [name, value] of Object.entries(this.#fields)) {
      if (POSITIONS.has(name)) {
        continue;
      }
      const allowed = known[name] ?? this.refuse(`${this.kind} with ${name}`);
      if (allowed !== "any" && !allowed.some((one) => one === value)) {
        throw this.refusal(`${this.kind} with ${name} ${JSON.stringify(value)}`);
      }
      this.#refuseUnknownIn(name, value);
    }
  }

  /** Refuses every field that was not read. */
  end(): void {
    for (const name of Object.keys(this.#fields)) {
      if (!this.#read.includes(name) && !POSITIONS.has(name)) {
        throw this.refusal(`${this.kind} with ${name}`);
      }
    }
  }

  /** Refuses the node by name. */
  refuse(feature: string): never {
    throw this.refusal(feature);
  }

  /** The refusal as an error, with the piece of the statement that it is about. */
  refusal(feature: string): NotSimulated {
    const location = this.#fields["location"];
    const from = typeof location === "number" && location > 0 ? location : 0;
    const fragment = this.#source.sql
      .slice(from, from + FRAGMENT_LENGTH_MAX)
      .replaceAll(/\s+/g, " ");
    return new NotSimulated(feature, fragment.trim());
  }

  #partsIn(name: string, value: unknown): SyntaxNode[] {
    if (Array.isArray(value)) {
      return value.flatMap((element: unknown) => this.#partsIn(name, element));
    }
    if (!isFields(value)) {
      return [];
    }
    return [isPart(value) ? new SyntaxNode(this.#source, name, value) : this.#wrap(name, value)];
  }

  #refuseUnknownIn(name: string, value: unknown): void {
    if (Array.isArray(value)) {
      for (const element of value) {
        this.#refuseUnknownIn(name, element);
      }
    } else if (isFields(value)) {
      const node = isPart(value)
        ? new SyntaxNode(this.#source, name, value)
        : this.#wrap(name, value);
      node.refuseUnknown();
    }
  }

  #take(name: string): unknown {
    // `refuseUnknown` must never refuse what is simulated.
    const known = KNOWN_SYNTAX[this.kind];
    if (known !== undefined && known[name] === undefined && name in this.#fields) {
      throw new Error(
        `name the field ${name} of ${this.kind} in known-syntax.ts before reading it`,
      );
    }
    this.#read.push(name);
    return this.#fields[name];
  }

  #wrap(name: string, value: unknown): SyntaxNode {
    if (!isFields(value)) {
      throw this.refusal(`field ${name}`);
    }
    const kinds = Object.keys(value);
    const kind = kinds[0];
    const fields = kind === undefined ? undefined : value[kind];
    if (kind === undefined || kinds.length !== 1 || !isFields(fields)) {
      throw this.refusal(`field ${name}`);
    }
    return new SyntaxNode(this.#source, kind, fields);
  }
}

/** The least of all locations below; undefined when there is none. */
function firstLocation(value: unknown, isCompiled: boolean): number | undefined {
  const find = (part: unknown): number | undefined => firstLocation(part, isCompiled);
  if (Array.isArray(value)) {
    return least(value.map(find));
  }
  if (!isFields(value)) {
    return undefined;
  }
  const literal = isCompiled ? literalOfCast(value) : undefined;
  if (literal !== undefined) {
    return find(literal);
  }
  const own = value["location"];
  const below = Object.values(value).map(find);
  return least([typeof own === "number" && own >= 0 ? own : undefined, ...below]);
}

/** Of a cast of a literal, the literal: the cast is computed while the text is read. */
function literalOfCast(value: Fields): unknown {
  const operand = "typeName" in value ? value["arg"] : undefined;
  if (!isFields(operand) || !isFields(operand["A_Const"])) {
    return undefined;
  }
  return "sval" in operand["A_Const"] || "isnull" in operand["A_Const"] ? operand : undefined;
}

function least(places: readonly (number | undefined)[]): number | undefined {
  const known = places.filter((place) => place !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** Node kinds begin with a capital letter, fields with a small one. */
function isPart(value: Fields): boolean {
  const [first] = Object.keys(value);
  return first === undefined || first[0] !== first[0]?.toUpperCase();
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
