import { defineRule } from "@oxlint/plugins";
import type { Context, ESTree, Reference, Scope, Variable } from "@oxlint/plugins";
import { projectPath } from "./project-path.ts";

const STATE_FILE = /^system\/(?!testing\/)(?!.*\.test\.ts$)/;

const ROAD =
  "in the simulation every process, every incarnation and every run shares the module, so it outlives a crash as nothing does in a process that was killed: hold it in a closure (`createX()`) or an object that is made for each process (system/process/start-roles.ts), or in the database";

/** Keeps state out of the modules of the services: it would survive a simulated crash. */
export const stateRule = defineRule({
  create(context) {
    if (!STATE_FILE.test(projectPath(context.filename))) {
      return {};
    }
    return {
      "Program:exit"(program: ESTree.Program) {
        const module = context.sourceCode
          .getScope(program)
          .childScopes.find(({ type }) => type === "module");
        for (const variable of module?.variables ?? []) {
          reportState(context, variable, module);
        }
      },
      PropertyDefinition(node) {
        if (node.static && !node.readonly) {
          context.report({ node, message: `a static field is state of the module: ${ROAD}` });
        }
      },
    };
  },
});

function reportState(context: Context, variable: Variable, module: Scope | undefined): void {
  const { name, defs } = variable;
  for (const { node, parent } of defs) {
    if (parent?.type === "VariableDeclaration" && parent.kind !== "const") {
      const message = `${parent.kind} ${name} is state of the module: ${ROAD}`;
      return context.report({ node, message });
    }
    if (node.type === "VariableDeclarator" && node.init !== null && isMadeToChange(node)) {
      return context.report({ node, message: `${name} is there to be changed: ${ROAD}` });
    }
  }
  const change = variable.references.find((use) => !isAtLoad(use, module) && isChange(use));
  if (change !== undefined) {
    const message = `${name} is of the module, and is changed here: ${ROAD}`;
    context.report({ node: change.identifier, message });
  }
}

/** While the module is loaded, a table may be filled: the same way in every process. */
function isAtLoad({ from }: Reference, module: Scope | undefined): boolean {
  return from.variableScope === module;
}

const COLLECTIONS = new Set(["Map", "Set", "WeakMap", "WeakSet"]);

/** An empty collection that nothing calls read-only, or an expression that keeps its place. */
function isMadeToChange({ id, init }: ESTree.VariableDeclarator): boolean {
  if (init?.type === "Literal" && "regex" in init) {
    return /[gy]/.test(init.regex.flags);
  }
  const isEmpty =
    init?.type === "NewExpression" &&
    init.callee.type === "Identifier" &&
    COLLECTIONS.has(init.callee.name) &&
    init.arguments.length === 0;
  const type = id.type === "Identifier" ? id.typeAnnotation?.typeAnnotation : undefined;
  const isReadonly =
    type?.type === "TSTypeReference" &&
    type.typeName.type === "Identifier" &&
    type.typeName.name.startsWith("Readonly");
  return isEmpty && !isReadonly;
}

/** Methods that change what they are called on. */
const CHANGING = new Set([
  ...["set", "add", "delete", "clear", "push", "pop", "shift", "unshift", "splice", "sort"],
  ...["reverse", "fill", "copyWithin"],
]);

/** Functions that change their first argument. */
const CHANGING_FIRST = new Set(["assign", "defineProperty", "defineProperties", "set"]);

/** Methods that hand out a part of what they are called on, to be changed in its place. */
const PARTS = new Set(["get", "at"]);

/** Whether a variable, or a part of it, is changed where it is named. */
function isChange({ identifier }: Reference): boolean {
  let node: ESTree.Node = identifier;
  if (isFirstOfChange(node)) {
    return true;
  }
  for (;;) {
    const around: ESTree.Node | null = node.parent;
    if (around?.type === "MemberExpression" && around.object === node) {
      node = around;
    } else if (around?.type === "ChainExpression" || around?.type === "TSNonNullExpression") {
      node = around;
    } else if (around?.type === "CallExpression" && around.callee === node) {
      if (CHANGING.has(memberName(node))) {
        return true;
      }
      if (!PARTS.has(memberName(node))) {
        return false;
      }
      node = around;
    } else {
      return node !== identifier && around !== null && isTarget(around, node);
    }
  }
}

function isTarget(around: ESTree.Node, node: ESTree.Node): boolean {
  switch (around.type) {
    case "AssignmentExpression":
      return around.left === node;
    case "UpdateExpression":
      return true;
    case "UnaryExpression":
      return around.operator === "delete";
    default:
      return false;
  }
}

/** `Object.assign(table, ...)` and the like. */
function isFirstOfChange(node: ESTree.Node): boolean {
  const { parent } = node;
  return (
    parent?.type === "CallExpression" &&
    parent.arguments[0] === node &&
    parent.callee.type === "MemberExpression" &&
    parent.callee.object.type === "Identifier" &&
    /^(Object|Reflect)$/.test(parent.callee.object.name) &&
    CHANGING_FIRST.has(memberName(parent.callee))
  );
}

/** The name of the member that is called; empty where it is computed. */
function memberName(node: ESTree.Node): string {
  return node.type === "MemberExpression" && node.property.type === "Identifier" && !node.computed
    ? node.property.name
    : "";
}
