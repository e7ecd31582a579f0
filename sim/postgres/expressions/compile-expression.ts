import { NotSimulated } from "../../kernel/not-simulated.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { commonType } from "../resolution/common-type.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { arrayOver, BOOLEAN, UNKNOWN } from "../types/builtin-types.ts";
import { readTypeName } from "../types/type-name.ts";
import { compileArray, compileSubscripts } from "./array-expression.ts";
import { castTo, demandBoolean } from "./coercion.ts";
import { canBecome, coerceToCommon } from "./common-type.ts";
import { compileBooleanTest, compileCase, compileCoalesce, compileMinMax } from "./conditional.ts";
import { compileConstant } from "./constant.ts";
import type { Evaluate, Expression } from "./expression.ts";
import { foldable } from "./folding.ts";
import { compileFunctionCall, functionKind, functionName } from "./function-call.ts";
import { conjunction, disjunction, negateIf } from "./logic.ts";
import {
  binaryOperator,
  distinctness,
  nullIf,
  prefixOperator,
  quantifiedOperator,
} from "./operator.ts";
import { compareRows, compileRow, rowDistinctness, testRow } from "./row-expression.ts";
import type { Scope } from "./scope.ts";
import { compileValueFunction } from "./value-function.ts";

/** Compiles an expression; the scope says what its names, calls and sub-selects stand for. */
export function compileExpression(scope: Scope, node: SyntaxNode): Expression {
  return new ExpressionCompiler(scope).compile(node);
}

/** Compiles a condition; 42804 when it is not boolean. `clause` is its name in the error. */
export function compileCondition(scope: Scope, node: SyntaxNode, clause: string): Expression {
  const condition = demandBoolean(scope, compileExpression(scope, node), clause);
  const { asFilter } = condition;
  // A CHECK is kept by null.
  return asFilter === undefined || clause === "CHECK"
    ? condition
    : { ...condition, evaluate: asFilter };
}

/** Compiles the nodes of an expression to closures, one method a kind of node. */
class ExpressionCompiler {
  readonly #scope: Scope;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  readonly compile = (node: SyntaxNode): Expression => {
    const written = node.reopen();
    try {
      const compiled = this.#compile(node);
      // A cast of a literal is told at the place of the literal.
      const isLiteral = node.kind === "TypeCast" && written.child("arg")?.kind === "A_Const";
      return isLiteral ? compiled : { ...compiled, node: node.reopen() };
    } catch (error) {
      throw placed(error, node);
    }
  };

  #compile(node: SyntaxNode): Expression {
    const scope = this.#scope;
    switch (node.kind) {
      case "ColumnRef":
        return scope.column(...readColumnName(node), node);
      case "ParamRef":
        return this.#parameter(node);
      case "A_Const":
        return compileConstant(node);
      case "A_Expr":
        return this.#operator(node);
      case "BoolExpr":
        return this.#logic(node);
      case "NullTest":
        return this.#nullTest(node);
      case "BooleanTest":
        return compileBooleanTest(scope, node, this.compile);
      case "TypeCast":
        return this.#cast(node);
      case "CollateClause":
        return this.#collate(node);
      case "CaseExpr":
        return compileCase(scope, node, this.compile);
      case "CoalesceExpr":
        return compileCoalesce(scope, node, this.compile);
      case "MinMaxExpr":
        return compileMinMax(scope, node, this.compile);
      case "A_ArrayExpr":
        return compileArray(scope, node, this.compile, undefined);
      case "A_Indirection":
        return compileSubscripts(scope, node, this.compile);
      case "RowExpr":
        return compileRow(scope, node, this.compile);
      case "SQLValueFunction":
        return compileValueFunction(scope, node);
      case "FuncCall":
        return this.#call(node);
      case "SubLink":
        return scope.subLink(node);
      default:
        return node.refuse(node.kind);
    }
  }

  #parameter(node: SyntaxNode): Expression {
    const number = node.number("number");
    node.end();
    const { parameters } = this.#scope;
    const at = number - 1;
    const type = parameters.typeOf(number);
    const evaluate: Evaluate = (frame) => frame.parameters[at] ?? null;
    const parameter: Expression = { type, evaluate, sources: 0, isFixed: true };
    return type === UNKNOWN
      ? { ...parameter, parameter: parameters.leaveOpen(number, node.position) }
      : parameter;
  }

  #operator(node: SyntaxNode): Expression {
    const scope = this.#scope;
    const kind = node.requiredText("kind");
    const names = node.names("name");
    const [name = "", second] = names;
    const leftNode = node.child("lexpr");
    const rightNode = node.requiredChild("rexpr");
    node.end();
    if (second !== undefined) {
      return node.refuse("a qualified operator");
    }
    if (leftNode === undefined) {
      return prefixOperator(scope, node, name, this.compile(rightNode));
    }
    switch (kind) {
      case "AEXPR_IN":
        return this.#inList(node, name, leftNode, rightNode);
      case "AEXPR_BETWEEN":
      case "AEXPR_NOT_BETWEEN":
      case "AEXPR_BETWEEN_SYM":
      case "AEXPR_NOT_BETWEEN_SYM":
        return this.#between(node, kind, leftNode, rightNode);
      case "AEXPR_DISTINCT":
      case "AEXPR_NOT_DISTINCT":
        return this.#distinct(node, kind === "AEXPR_DISTINCT", leftNode, rightNode);
      case "AEXPR_OP_ANY":
      case "AEXPR_OP_ALL": {
        const left = this.compile(leftNode);
        const right = this.compile(rightNode);
        return quantifiedOperator({ scope, node, name, left, right }, kind === "AEXPR_OP_ANY");
      }
      case "AEXPR_NULLIF": {
        const left = this.compile(leftNode);
        return nullIf({ scope, node, name, left, right: this.compile(rightNode) });
      }
      case "AEXPR_OP":
      case "AEXPR_LIKE":
      case "AEXPR_ILIKE":
        return this.#compare(node, name, leftNode, rightNode);
      default:
        return node.refuse(`${kind} ${name}`);
    }
  }

  #compare(
    node: SyntaxNode,
    name: string,
    leftNode: SyntaxNode,
    rightNode: SyntaxNode,
  ): Expression {
    const scope = this.#scope;
    const left = this.compile(leftNode);
    const right = this.compile(rightNode);
    if (leftNode.kind === "RowExpr" && rightNode.kind === "SubLink") {
      return node.refuse("a row compared with a sub-select of one row");
    }
    if (leftNode.kind === "RowExpr" && rightNode.kind === "RowExpr") {
      const [a, b] = [left.fields ?? [], right.fields ?? []];
      return compareRows({ scope, node, name, left: a, right: b });
    }
    return binaryOperator({ scope, node, name, left, right });
  }

  /** transformAExprIn: what reads no column is one list, the rest is compared one by one. */
  #inList(node: SyntaxNode, name: string, leftNode: SyntaxNode, listNode: SyntaxNode): Expression {
    const scope = this.#scope;
    const left = this.compile(leftNode);
    const items = this.#list(listNode);
    const values = items.filter(({ sources }) => sources === 0);
    const isRow = left.fields !== undefined || items.some(({ fields }) => fields !== undefined);
    const list = values.length > 1 && !isRow ? this.#arrayOfList(left, values) : undefined;
    const compared: Expression[] = [];
    if (list !== undefined) {
      const operation = { scope, node, name, left, right: list };
      compared.push(quantifiedOperator(operation, name === "="));
    }
    for (const right of list === undefined ? items : items.filter(({ sources }) => sources !== 0)) {
      compared.push(
        left.fields !== undefined && right.fields !== undefined
          ? compareRows({ scope, node, name, left: left.fields, right: right.fields })
          : binaryOperator({ scope, node, name, left, right }),
      );
    }
    const [only, second] = compared;
    if (only !== undefined && second === undefined) {
      return only;
    }
    return name === "=" ? disjunction(compared) : conjunction(compared);
  }

  /**
   * The list as one array in the type that it has in common with the operand, where there is one.
   */
  #arrayOfList(left: Expression, values: readonly Expression[]): Expression | undefined {
    const scope = this.#scope;
    const item = commonType(
      [left, ...values].map(({ type }) => type),
      canBecome,
    );
    const type = item === undefined ? undefined : arrayOver(item);
    const isCommon = values.every((one) => item !== undefined && canBecome(one.type, item));
    if (item === undefined || type === undefined || !isCommon) {
      return undefined;
    }
    const parts = values.map((one) => coerceToCommon(scope, one, item, "IN"));
    const evaluations = parts.map(({ evaluate }) => evaluate);
    const evaluate: Evaluate = (frame) => evaluations.map((one) => one(frame));
    return foldable({ type, evaluate, sources: 0 }, parts, false);
  }

  /** `a >= b AND a <= c`, in which the first operand is compiled for each. */
  #between(
    node: SyntaxNode,
    kind: string,
    leftNode: SyntaxNode,
    rightNode: SyntaxNode,
  ): Expression {
    const [low, high] = rightNode.children("items");
    rightNode.end();
    if (low === undefined || high === undefined) {
      return node.refuse(kind);
    }
    const pair = (one: SyntaxNode, other: SyntaxNode, negated: boolean): Expression => {
      const from = this.#compare(node, negated ? "<" : ">=", leftNode.reopen(), one.reopen());
      const to = this.#compare(node, negated ? ">" : "<=", leftNode.reopen(), other.reopen());
      return negated ? disjunction([from, to]) : conjunction([from, to]);
    };
    const negated = kind.includes("NOT");
    const straight = pair(low, high, negated);
    if (!kind.endsWith("_SYM")) {
      return straight;
    }
    const turned = pair(high, low, negated);
    return negated ? conjunction([straight, turned]) : disjunction([straight, turned]);
  }

  #distinct(
    node: SyntaxNode,
    distinct: boolean,
    leftNode: SyntaxNode,
    rightNode: SyntaxNode,
  ): Expression {
    const scope = this.#scope;
    const left = this.compile(leftNode);
    const right = this.compile(rightNode);
    if (isNullLiteral(right)) {
      return nullTestOf(left, !distinct);
    }
    if (isNullLiteral(left)) {
      return nullTestOf(right, !distinct);
    }
    if (left.fields !== undefined && right.fields !== undefined) {
      return rowDistinctness(scope, node, [left.fields, right.fields], distinct);
    }
    return distinctness({ scope, node, name: "=", left, right }, distinct);
  }

  #list(node: SyntaxNode): Expression[] {
    if (node.kind !== "List") {
      return node.refuse(node.kind);
    }
    const items = node.children("items").map(this.compile);
    node.end();
    return items;
  }

  #logic(node: SyntaxNode): Expression {
    const operator = node.requiredText("boolop");
    const word = operator.replace("_EXPR", "");
    const operands = node
      .children("args")
      .map((operand) => demandBoolean(this.#scope, this.compile(operand), word));
    node.end();
    if (operator === "AND_EXPR") {
      return conjunction(operands);
    }
    if (operator === "OR_EXPR") {
      return disjunction(operands);
    }
    const [operand] = operands;
    return operand === undefined ? node.refuse(operator) : negateIf(true, operand);
  }

  #nullTest(node: SyntaxNode): Expression {
    node.only("argisrow", false);
    const isNull = node.requiredText("nulltesttype") === "IS_NULL";
    const operand = this.compile(node.requiredChild("arg"));
    node.end();
    return operand.fields === undefined
      ? nullTestOf(operand, isNull)
      : testRow(operand.fields, isNull, this.#scope);
  }

  #cast(node: SyntaxNode): Expression {
    const target = readTypeName(
      node.part("typeName") ?? node.refuse("a cast without a type"),
      this.#scope.findType,
    );
    const operandNode = node.requiredChild("arg");
    node.end();
    const operand =
      operandNode.kind === "A_ArrayExpr" && target.type.element !== null
        ? compileArray(this.#scope, operandNode, this.compile, target.type)
        : this.compile(operandNode);
    return castTo(this.#scope, operand, target, node);
  }

  /** The C collation is the one in which everything is compared. */
  #collate(node: SyntaxNode): Expression {
    const names = node.names("collname");
    const operand = this.compile(node.requiredChild("arg"));
    node.end();
    if (!["C", "POSIX", "default", "ucs_basic"].includes(names.at(-1) ?? "")) {
      return node.refuse(`the collation ${names.join(".")}`);
    }
    if (operand.type.category !== "S" && operand.type !== UNKNOWN) {
      const message = `collations are not supported by type ${operand.type.name}`;
      throw new PostgresError("42804", message);
    }
    return operand;
  }

  #call(node: SyntaxNode): Expression {
    const kind = functionKind(functionName(node.reopen()));
    return kind === undefined || kind === "function"
      ? compileFunctionCall(this.#scope, node, this.compile)
      : this.#scope.call(node);
  }
}

/** The parts of a column's name, `[qualifier, column]`. */
export function readColumnName(node: SyntaxNode): [string | undefined, string] {
  const names = node.names("fields");
  node.end();
  const [first, second] = names;
  if (first === undefined || names.length > 2) {
    return node.refuse(`column ${names.join(".")}`);
  }
  return second === undefined ? [undefined, first] : [first, second];
}

function isNullLiteral(expression: Expression): boolean {
  return expression.type === UNKNOWN && expression.literal === null;
}

function nullTestOf(operand: Expression, isNull: boolean): Expression {
  const { evaluate: compute, sources } = operand;
  const evaluate: Evaluate = (frame) => (compute(frame) === null) === isNull;
  return foldable({ type: BOOLEAN, evaluate, sources }, [operand], false);
}

/**
 * The error with the place of the node, unless it has one; a refusal with the piece of the text.
 */
function placed(error: unknown, node: SyntaxNode | undefined): unknown {
  if (node === undefined) {
    return error;
  }
  if (error instanceof PostgresError) {
    return error.at(node.position);
  }
  return error instanceof NotSimulated && error.fragment === ""
    ? node.refusal(error.feature)
    : error;
}
