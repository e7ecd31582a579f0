import { parseSync } from "oxc-parser";

/** A node of a syntax tree: its kind, its place in the source, and its parts. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  /** A part by its name; undefined when there is none. */
  readonly part: (name: string) => SyntaxNode | undefined;
  readonly parts: (name: string) => readonly SyntaxNode[];
  /** A field that is no node: an operator, a literal's value. */
  readonly field: (name: string) => unknown;
  readonly children: readonly SyntaxNode[];
}

/** The syntax tree of a TypeScript source. @throws Error when it cannot be parsed */
export function parseSource(file: string, source: string): SyntaxNode {
  const { program, errors } = parseSync(file, source);
  const [error] = errors;
  const root = nodeOf(program);
  if (error !== undefined || root === undefined) {
    throw new Error(`${file} cannot be parsed: ${error?.message ?? "no program"}`);
  }
  return root;
}

/** Every node, parents first. What says something of types only is left out. */
export function* walk(node: SyntaxNode): Generator<SyntaxNode> {
  if (node.type.startsWith("TS") || node.type === "ImportDeclaration") {
    return;
  }
  yield node;
  for (const child of node.children) {
    yield* walk(child);
  }
}

function nodeOf(value: unknown): SyntaxNode | undefined {
  if (!isRecord(value)) {
    return undefined;
  }
  const fields = new Map(Object.entries(value));
  const [type, start, end] = [fields.get("type"), fields.get("start"), fields.get("end")];
  if (typeof type !== "string" || typeof start !== "number" || typeof end !== "number") {
    return undefined;
  }
  const nodesIn = (part: unknown): readonly SyntaxNode[] =>
    (Array.isArray(part) ? part : [part]).flatMap((each: unknown) => nodeOf(each) ?? []);
  return {
    type,
    start,
    end,
    part: (name) => nodesIn(fields.get(name))[0],
    parts: (name) => nodesIn(fields.get(name)),
    field: (name) => fields.get(name),
    get children() {
      return [...fields.values()].flatMap(nodesIn);
    },
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
