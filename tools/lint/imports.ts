import type { ESTree, Visitor } from "@oxlint/plugins";

/** What {@link visitImports} tells of one import. */
export interface ImportFound {
  readonly specifier: string;
  readonly node: ESTree.Node;
}

/**
 * A visitor that finds every way in which a file can name another: static and dynamic imports,
 * re-exports, and `import("...")` in a type. A specifier that is computed cannot be judged and is
 * passed over.
 */
export function visitImports(found: (imported: ImportFound) => void): Visitor {
  return {
    ImportDeclaration(node) {
      found({ specifier: node.source.value, node });
    },
    ExportAllDeclaration(node) {
      found({ specifier: node.source.value, node });
    },
    ExportNamedDeclaration(node) {
      if (node.source !== null) {
        found({ specifier: node.source.value, node });
      }
    },
    TSImportType(node) {
      found({ specifier: node.source.value, node });
    },
    ImportExpression(node) {
      const { source } = node;
      if (source.type === "Literal" && typeof source.value === "string") {
        found({ specifier: source.value, node });
      }
    },
  };
}
