import { defineRule } from "@oxlint/plugins";
import type { Comment, ESTree } from "@oxlint/plugins";

/** As the formatter's `printWidth`, which leaves comments alone. */
const COMMENT_WIDTH_MAX = 100;
const CONSTANT_NAME = /^[A-Z][A-Z0-9_]*$/;

/** One way to write what the formatter and the built-in rules leave open. */
export const dialectRule = defineRule({
  create(context) {
    const { sourceCode } = context;
    const report = (node: ESTree.Node | Comment, message: string): void =>
      context.report({ node, message });
    return {
      Program(program) {
        for (const statement of program.body) {
          for (const name of namesOfPlainData(statement)) {
            if (!CONSTANT_NAME.test(name.name)) {
              report(name, constantMessage(name.name));
            }
          }
          const above = sourceCode.getCommentsBefore(statement).at(-1);
          if (above !== undefined && isDeclaration(statement) && touches(above, statement)) {
            if (above.type === "Line") {
              report(above, DOC_COMMENT_MESSAGE);
            }
          }
        }
        for (const comment of sourceCode.getAllComments()) {
          if (linesOf(comment, sourceCode.text).some((line) => line.length > COMMENT_WIDTH_MAX)) {
            report(comment, widthMessage);
          }
          if (comment.type === "Block" && THROWS_IN_PROSE.test(comment.value)) {
            report(comment, THROWS_MESSAGE);
          }
        }
      },
    };
  },
});

const constantMessage = (name: string): string =>
  `${name} is a constant of the module: write it in capitals, ${capitals(name)}`;
const DOC_COMMENT_MESSAGE =
  "what stands above a declaration is its documentation: write it as /** ... */";
const widthMessage = `a comment's lines are at most ${COMMENT_WIDTH_MAX} characters wide, as code is: break them`;
const THROWS_MESSAGE = "say what is thrown with a tag: `@throws Error when ...`";

const THROWS_IN_PROSE = /(^|[.;] |\* )(Throws|Rejects with) /m;

function capitals(name: string): string {
  return name.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();
}

/** Declarations that can be documented. */
function isDeclaration(statement: ESTree.Node): boolean {
  return (
    statement.type === "FunctionDeclaration" ||
    statement.type === "ClassDeclaration" ||
    statement.type === "TSInterfaceDeclaration" ||
    statement.type === "TSTypeAliasDeclaration" ||
    statement.type === "VariableDeclaration" ||
    statement.type === "ExportNamedDeclaration"
  );
}

function touches(comment: Comment, statement: ESTree.Node): boolean {
  return comment.loc.end.line === statement.loc.start.line - 1;
}

/** A comment's whole lines, as they stand in the file. */
function linesOf(comment: Comment, text: string): readonly string[] {
  const from = text.lastIndexOf("\n", comment.start) + 1;
  const end = text.indexOf("\n", comment.end);
  return text.slice(from, end === -1 ? text.length : end).split("\n");
}

/**
 * The names that a statement of the module gives to plain data: primitives, and lists and tables of
 * them.
 */
function namesOfPlainData(statement: ESTree.Node): readonly ESTree.BindingIdentifier[] {
  const declaration =
    statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
  if (declaration?.type !== "VariableDeclaration" || declaration.kind !== "const") {
    return [];
  }
  return declaration.declarations.flatMap(({ id, init }) =>
    id.type === "Identifier" && init !== null && isPlainData(init) ? [id] : [],
  );
}

function isPlainData(node: ESTree.Node): boolean {
  switch (node.type) {
    case "Literal":
      return true;
    case "TemplateLiteral":
      return node.expressions.length === 0;
    case "UnaryExpression":
      return isPlainData(node.argument);
    case "BinaryExpression":
      return isPlainData(node.left) && isPlainData(node.right);
    case "ArrayExpression":
      return node.elements.length > 0 && node.elements.every((each) => each && isPlainData(each));
    case "ObjectExpression":
      return (
        node.properties.length > 0 &&
        node.properties.every((each) => each.type === "Property" && isPlainData(each.value))
      );
    case "NewExpression":
      return (
        node.callee.type === "Identifier" &&
        (node.callee.name === "Set" || node.callee.name === "Map") &&
        node.arguments.length > 0 &&
        node.arguments.every(isPlainData)
      );
    case "TSAsExpression":
    case "TSSatisfiesExpression":
      return isPlainData(node.expression);
    default:
      return false;
  }
}
