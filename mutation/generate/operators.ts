import type { SyntaxNode } from "./syntax.ts";

/** What an operator puts in the place of a piece of the source. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly replace: string;
}

/** A way to make a defect mechanically: what it does to one node of the syntax tree. */
export interface Operator {
  readonly name: string;
  /** What it does, in a few words. */
  readonly sentence: string;
  readonly changes: (node: SyntaxNode, source: string) => readonly Change[];
}

const COMPARISONS: ReadonlyMap<unknown, string> = new Map([
  ["===", "!=="],
  ["!==", "==="],
  ["<", "<="],
  ["<=", "<"],
  [">", ">="],
  [">=", ">"],
]);

const ARITHMETIC: ReadonlyMap<unknown, string> = new Map([
  ["+", "-"],
  ["-", "+"],
  ["*", "/"],
  ["/", "*"],
]);

const LOGIC: ReadonlyMap<unknown, string> = new Map([
  ["&&", "||"],
  ["||", "&&"],
]);

/** Statements of SQL whose clauses can be dropped, or said otherwise. */
const SQL_CHANGES: readonly (readonly [clause: RegExp, replace: string])[] = [
  [/ FOR UPDATE/g, ""],
  [/\s+ON CONFLICT \([a-z_, ]+\) DO NOTHING/g, ""],
  [/ ORDER BY [a-z_, ]+[a-z_]/g, ""],
  [/ LIMIT \$[0-9]/g, ""],
  [/ AND [a-z_]+ (?:=|<>|>|<) (?:'[A-Za-z]+'|\$[0-9])/g, ""],
  [/ AND [a-z_]+ IS NULL/g, ""],
  [/ IS NULL/g, " IS NOT NULL"],
  [/ <> /g, " = "],
  [/(?<=[a-z_]) > (?=\$)/g, " >= "],
];

/** Every operator, in the order in which reports name them. */
export const OPERATORS: readonly Operator[] = [
  swapped("comparison", "a comparison is its neighbour, or its opposite", COMPARISONS),
  swapped("arithmetic", "a sum is a difference, a product a quotient, and so back", ARITHMETIC),
  swapped("logic", "an and is an or, and so back", LOGIC),
  {
    name: "condition",
    sentence: "a condition is negated",
    changes(node, source) {
      const test = node.type === "IfStatement" || node.type === "ConditionalExpression";
      const condition = test ? node.part("test") : undefined;
      return condition === undefined
        ? []
        : [{ ...placeOf(condition), replace: `!(${textOf(condition, source)})` }];
    },
  },
  {
    name: "boolean",
    sentence: "a truth value is turned",
    changes: (node) =>
      node.type === "Literal" && typeof node.field("value") === "boolean"
        ? [{ ...placeOf(node), replace: String(node.field("value") !== true) }]
        : [],
  },
  {
    name: "literal",
    sentence: "a number is one more",
    changes(node) {
      const value = node.type === "Literal" ? node.field("value") : undefined;
      if (typeof value === "number") {
        return [{ ...placeOf(node), replace: String(value + 1) }];
      }
      return typeof value === "bigint" ? [{ ...placeOf(node), replace: `${value + 1n}n` }] : [];
    },
  },
  {
    name: "removed-statement",
    sentence: "a statement, or a throw, is left out",
    changes: (node) =>
      (node.type === "ExpressionStatement" && typeof node.field("directive") !== "string") ||
      node.type === "ThrowStatement"
        ? [{ ...placeOf(node), replace: "{}" }]
        : [],
  },
  {
    name: "removed-await",
    sentence: "what is awaited is not",
    changes(node, source) {
      const awaited = node.type === "AwaitExpression" ? node.part("argument") : undefined;
      return awaited === undefined ? [] : [{ ...placeOf(node), replace: textOf(awaited, source) }];
    },
  },
  {
    name: "swapped-arguments",
    sentence: "two neighbours in a call, or among the parameters of a statement, change places",
    changes(node, source) {
      const isCall = node.type === "CallExpression" || node.type === "NewExpression";
      const list = isCall ? node.parts("arguments") : elementsOf(node);
      return list.slice(1).flatMap((right, index) => {
        const left = list[index];
        return left === undefined || !isValue(left) || !isValue(right)
          ? []
          : [
              {
                start: left.start,
                end: right.end,
                replace: `${textOf(right, source)}, ${textOf(left, source)}`,
              },
            ];
      });
    },
  },
  {
    name: "sql",
    sentence: "a clause of SQL is dropped, or says otherwise",
    changes(node, source) {
      const isSql = node.type === "TemplateElement" || node.type === "Literal";
      const text = textOf(node, source);
      return isSql && /\b(?:SELECT|INSERT|UPDATE|WHERE)\b/.test(text)
        ? SQL_CHANGES.flatMap(([clause, replace]) =>
            [...text.matchAll(clause)].map((match) => ({
              start: node.start + match.index,
              end: node.start + match.index + match[0].length,
              replace,
            })),
          )
        : [];
    },
  },
];

/** Puts another operator between two operands; what joins texts is left as it is. */
function swapped(name: string, sentence: string, others: ReadonlyMap<unknown, string>): Operator {
  return {
    name,
    sentence,
    changes(node, source) {
      const isOperation = node.type === "BinaryExpression" || node.type === "LogicalExpression";
      const other = isOperation ? others.get(node.field("operator")) : undefined;
      const [left, right] = [node.part("left"), node.part("right")];
      if (other === undefined || left === undefined || right === undefined) {
        return [];
      }
      const joinsTexts = name === "arithmetic" && [left, right].some(isText);
      const between = source.slice(left.end, right.start);
      const at = between.indexOf(String(node.field("operator")));
      const start = left.end + at;
      return joinsTexts || at < 0
        ? []
        : [{ start, end: start + String(node.field("operator")).length, replace: other }];
    },
  };
}

function isText(node: SyntaxNode): boolean {
  return node.type === "TemplateLiteral" || typeof node.field("value") === "string";
}

/** The elements of a list of parameters for SQL. */
function elementsOf(node: SyntaxNode): readonly SyntaxNode[] {
  return node.type === "ArrayExpression" ? node.parts("elements") : [];
}

function isValue({ type }: SyntaxNode): boolean {
  return type === "Identifier" || type === "MemberExpression" || type === "CallExpression";
}

function placeOf({ start, end }: SyntaxNode): { readonly start: number; readonly end: number } {
  return { start, end };
}

function textOf({ start, end }: SyntaxNode, source: string): string {
  return source.slice(start, end);
}
