import { defineRule } from "@oxlint/plugins";
import type { ESTree } from "@oxlint/plugins";
import { mayTouchHost } from "./host-bans.ts";
import { projectPath } from "./project-path.ts";

const CODEC_FILE = /codec(\.test)?\.ts$/;
const DEFAULT_EXPORT_FILE = /(\.config\.ts|^tools\/lint\/plugin\.ts)$/;

/** The parts of the language that this project does without, each with what takes its place. */
export const languageRule = defineRule({
  create(context) {
    const file = projectPath(context.filename);
    const importedNames = new Set<string>();
    const report = (node: ESTree.Node, message: string): void => context.report({ node, message });
    return {
      ImportDeclaration(node) {
        for (const specifier of node.specifiers) {
          importedNames.add(specifier.local.name);
        }
      },
      ExportAllDeclaration(node) {
        report(node, BARREL_MESSAGE);
      },
      ExportNamedDeclaration(node) {
        if (isReExport(node, importedNames)) {
          report(node, BARREL_MESSAGE);
        }
      },
      ExportDefaultDeclaration(node) {
        if (!DEFAULT_EXPORT_FILE.test(file)) {
          report(node, DEFAULT_EXPORT_MESSAGE);
        }
      },
      TSEnumDeclaration(node) {
        report(node, ENUM_MESSAGE);
      },
      TSModuleDeclaration(node) {
        if (node.id.type === "Identifier" && node.kind !== "global") {
          report(node, NAMESPACE_MESSAGE);
        }
      },
      TSAnyKeyword(node) {
        report(node, ANY_MESSAGE);
      },
      TSNonNullExpression(node) {
        report(node, NON_NULL_MESSAGE);
      },
      TSAsExpression(node) {
        if (!isConst(node.typeAnnotation) && !CODEC_FILE.test(file)) {
          report(node, ASSERTION_MESSAGE);
        }
      },
      TSTypeAssertion(node) {
        report(node, ASSERTION_MESSAGE);
      },
      ForInStatement(node) {
        report(node, FOR_IN_MESSAGE);
      },
      BinaryExpression(node) {
        if (node.operator === "**" && !mayTouchHost(file) && !isWholePower(node)) {
          report(node, POWER_MESSAGE);
        }
      },
    };
  },
});

const BARREL_MESSAGE =
  "a re-export hides where a thing lives: import it from the file that defines it";
const DEFAULT_EXPORT_MESSAGE =
  "a default export has a different name at every import: export it by its name, the name of the file";
const ENUM_MESSAGE =
  "an enum is not erased when Node strips the types: write a union of string literals (`type Status = 'PENDING' | 'COMPLETED'`)";
const NAMESPACE_MESSAGE =
  "a namespace is not erased when Node strips the types: make a file of its own with named exports";
const ANY_MESSAGE =
  "any turns the type checker off: take `unknown` and parse it in a codec, or name the shape";
const NON_NULL_MESSAGE =
  "! asserts what nothing has checked: test for undefined, and return or throw with a message that says what was expected";
const ASSERTION_MESSAGE =
  "`as` asserts what nothing has checked: narrow with a test, use `satisfies`, or parse in a file named *codec.ts";
const FOR_IN_MESSAGE =
  "for...in puts integer-like keys first, whatever the order they came in: iterate a Map, a Set, an array or Object.entries of a fixed shape";
const POWER_MESSAGE =
  "** differs between Node versions for fractions, and replay must not: use bigint (`10n ** 3n`) or whole-number literals";

function isReExport(node: ESTree.ExportNamedDeclaration, importedNames: Set<string>): boolean {
  if (node.source !== null) {
    return true;
  }
  return node.specifiers.some(
    ({ local }) => local.type === "Identifier" && importedNames.has(local.name),
  );
}

function isConst(type: ESTree.TSType): boolean {
  return (
    type.type === "TSTypeReference" &&
    type.typeName.type === "Identifier" &&
    type.typeName.name === "const"
  );
}

/**
 * Exact in every engine: a bigint on either side makes both bigints, and literals can be seen to be
 * whole.
 */
function isWholePower(node: ESTree.BinaryExpression): boolean {
  const sides = [node.left, node.right];
  if (sides.some((side) => side.type === "Literal" && "bigint" in side)) {
    return true;
  }
  return sides.every((side) => side.type === "Literal" && Number.isInteger(side.value));
}
