import type { TextParameter } from "../servers/oracle.ts";

/** A parameter of the text. One object at two places is one parameter that is used twice. */
export interface TreeParameter {
  readonly value: TextParameter;
}

export type SqlPart = string | SqlTree | TreeParameter;

/**
 * A text that remembers how it was put together, so that a finding can be made small: trees of one
 * sort may stand in each other's place.
 */
export interface SqlTree {
  readonly sort: string;
  readonly parts: readonly SqlPart[];
  /** The simplest text of this sort; empty for what may be left out. */
  readonly shortest: string;
}

export interface RenderedSql {
  readonly sql: string;
  readonly parameters: readonly TextParameter[];
}

/** The text, with its parameters numbered in the order in which they are met. */
export function render(tree: SqlTree): RenderedSql {
  const parameters: TreeParameter[] = [];
  const write = (part: SqlPart): string => {
    if (typeof part === "string") {
      return part;
    }
    if ("parts" in part) {
      return part.parts.map(write).join("");
    }
    if (!parameters.includes(part)) {
      parameters.push(part);
    }
    return `$${parameters.indexOf(part) + 1}`;
  };
  const sql = write(tree).replaceAll(/ {2,}/g, " ").trim();
  return { sql, parameters: parameters.map(({ value }) => value) };
}

/** Every tree that is simpler by one cut, the deepest cuts first. */
export function* simplerTrees(tree: SqlTree): Generator<SqlTree> {
  for (const replacement of replacementsOf(tree)) {
    yield replacement;
  }
  for (const [at, part] of tree.parts.entries()) {
    if (typeof part === "string" || !("parts" in part)) {
      continue;
    }
    for (const simpler of simplerTrees(part)) {
      yield { ...tree, parts: tree.parts.with(at, simpler) };
    }
  }
}

function* replacementsOf(tree: SqlTree): Generator<SqlTree> {
  const isShortest = tree.parts.length === 1 && tree.parts[0] === tree.shortest;
  if (!isShortest) {
    yield { ...tree, parts: [tree.shortest] };
  }
  for (const descendant of descendantsOf(tree)) {
    if (descendant.sort === tree.sort) {
      yield descendant;
    }
  }
}

function* descendantsOf(tree: SqlTree): Generator<SqlTree> {
  for (const part of tree.parts) {
    if (typeof part !== "string" && "parts" in part) {
      yield part;
      yield* descendantsOf(part);
    }
  }
}
