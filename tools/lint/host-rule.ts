import { defineRule } from "@oxlint/plugins";
import type { Context, ESTree, Scope } from "@oxlint/plugins";
import { globalBanMessage, packageBanMessage } from "./host-bans.ts";
import { visitImports } from "./imports.ts";
import { projectPath } from "./project-path.ts";

/**
 * Keeps the host's clock, randomness, timers, network and modules out of everything that the
 * simulation runs; the bans and their roads are in host-bans.ts. A local variable that has the name
 * of a global is not taken for it.
 */
export const hostRule = defineRule({
  create(context) {
    const file = projectPath(context.filename);
    return {
      ...visitImports(({ specifier, node }) => {
        const message = packageBanMessage({ specifier, file });
        if (message !== undefined) {
          context.report({ message, node });
        }
      }),
      "Program:exit"(program: ESTree.Program) {
        for (const identifier of globalUses(context.sourceCode.getScope(program))) {
          reportGlobal({ context, file, identifier });
        }
      },
    };
  },
});

/** Every place that names a global: one that nothing in the file declares. */
function globalUses(scope: Scope): ESTree.Node[] {
  const global = outermost(scope);
  const declaredByTheHost = global.variables.filter((variable) => variable.defs.length === 0);
  const references = [
    ...global.through,
    ...declaredByTheHost.flatMap((variable) => variable.references),
  ];
  return [...new Set(references.map((reference) => reference.identifier))];
}

function outermost(scope: Scope): Scope {
  return scope.upper === null ? scope : outermost(scope.upper);
}

/** Reports the longest name that is banned, so `process.nextTick` is not reported as `process`. */
function reportGlobal(use: { context: Context; file: string; identifier: ESTree.Node }): void {
  const { context, file, identifier } = use;
  for (const name of namesOfUse(identifier)) {
    const message = globalBanMessage({ name, file });
    if (message === undefined) {
      continue;
    }
    context.report({ message, node: identifier });
    return;
  }
}

/**
 * The names under which a use may be banned, the most particular first. `globalThis.fetch` is
 * `fetch`, and taking a global apart (`const { now } = Date`) counts as using each member that is
 * named.
 */
function namesOfUse(identifier: ESTree.Node): string[] {
  if (identifier.type !== "Identifier") {
    return [];
  }
  const { name, parent } = identifier;
  if (parent.type === "NewExpression" && parent.callee === identifier) {
    return [`new ${name}`, name];
  }
  if (parent.type === "CallExpression" && parent.callee === identifier) {
    return [`${name}()`, name];
  }
  if (parent.type === "MemberExpression" && parent.object === identifier) {
    const member = memberName(parent);
    if (member === undefined) {
      return [name];
    }
    if (name === "globalThis") {
      return [member, ...namesOfMemberUse({ parent, member })];
    }
    return [`${name}.${member}`, name];
  }
  if (parent.type === "VariableDeclarator" && parent.id.type === "ObjectPattern") {
    return [...namesTakenApart({ name, pattern: parent.id }), name];
  }
  return [name];
}

function memberName(node: ESTree.MemberExpression): string | undefined {
  if (!node.computed && node.property.type === "Identifier") {
    return node.property.name;
  }
  if (node.property.type === "Literal" && typeof node.property.value === "string") {
    return node.property.value;
  }
  return undefined;
}

/** `globalThis.Date.now()` and `new globalThis.Date()`. */
function namesOfMemberUse(use: { parent: ESTree.MemberExpression; member: string }): string[] {
  const { parent, member } = use;
  const around = parent.parent;
  if (around.type === "NewExpression" && around.callee === parent) {
    return [`new ${member}`];
  }
  if (around.type === "CallExpression" && around.callee === parent) {
    return [`${member}()`];
  }
  if (around.type === "MemberExpression" && around.object === parent) {
    return [`${member}.${memberName(around) ?? ""}`];
  }
  return [];
}

function namesTakenApart(use: { name: string; pattern: ESTree.ObjectPattern }): string[] {
  return use.pattern.properties.flatMap((property) => {
    if (property.type !== "Property" || property.key.type !== "Identifier") {
      return [];
    }
    const member = property.key.name;
    return [use.name === "globalThis" ? member : `${use.name}.${member}`];
  });
}
