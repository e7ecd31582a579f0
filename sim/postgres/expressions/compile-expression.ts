import { PostgresError } from "../ground/postgres-error.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { BIGINT, BOOLEAN, INTEGER, TEXT, UNKNOWN } from "../types/builtin-types.ts";
import { readTypeName } from "../types/type-name.ts";
import { canonical } from "../types/whole.ts";
import { castTo, settleUnknown } from "./coercion.ts";
import { constant, type Evaluate, type Expression } from "./expression.ts";
import { binaryOperator, distinctness, equalsAny, inList, negation } from "./operator.ts";
import type { Scope } from "./scope.ts";

/** Compiles an expression; the scope says what its names, calls and sub-selects stand for. */
export function compileExpression(scope: Scope, node: SyntaxNode): Expression {
  return new ExpressionCompiler(scope).compile(node);
}

/** Compiles a condition; 42804 when it is not boolean. `clause` is its name in the error. */
export function compileCondition(scope: Scope, node: SyntaxNode, clause: string): Expression {
  const expression = settleUnknown(scope, compileExpression(scope, node), BOOLEAN);
  return demandBoolean(expression, clause);
}

/** 42804 when the expression is not boolean. */
function demandBoolean(expression: Expression, clause: string): Expression {
  if (expression.type === BOOLEAN) {
    return expression;
  }
  const message = `argument of ${clause} must be type boolean, not type ${expression.type.name}`;
  throw new PostgresError("42804", message);
}

/** Compiles the nodes of an expression to closures, one method a kind of node. */
class ExpressionCompiler {
  readonly #scope: Scope;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  compile(node: SyntaxNode): Expression {
    switch (node.kind) {
      case "ColumnRef":
        return this.#column(node);
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
      case "TypeCast":
        return this.#cast(node);
      case "FuncCall":
        return this.#scope.call(node);
      case "SubLink":
        return this.#scope.subLink(node);
      default:
        return node.refuse(node.kind);
    }
  }

  #column(node: SyntaxNode): Expression {
    return this.#scope.column(...readColumnName(node), node);
  }

  #parameter(node: SyntaxNode): Expression {
    const number = node.number("number");
    node.end();
    const at = number - 1;
    const type = this.#scope.parameters.typeOf(number);
    const evaluate: Evaluate = (frame) => frame.parameters[at] ?? null;
    if (type !== UNKNOWN) {
      return { type, evaluate, sources: 0 };
    }
    return { type, evaluate, sources: 0, parameter: number };
  }

  #operator(node: SyntaxNode): Expression {
    const scope = this.#scope;
    const kind = node.requiredText("kind");
    const names = node.names("name");
    const name = names.length === 1 ? (names[0] ?? "") : node.refuse("a qualified operator");
    const leftNode = node.child("lexpr");
    const rightNode = node.requiredChild("rexpr");
    node.end();
    if (leftNode === undefined) {
      if (name !== "-") {
        return node.refuse(`operator ${name} without a left operand`);
      }
      return negation(node, this.compile(rightNode));
    }
    const left = this.compile(leftNode);
    if (kind === "AEXPR_IN") {
      const items = this.#list(rightNode);
      return negateIf(name === "<>", inList({ scope, node, name: "=", left }, items));
    }
    if (kind === "AEXPR_BETWEEN" || kind === "AEXPR_NOT_BETWEEN") {
      const [low, high] = this.#list(rightNode);
      if (low === undefined || high === undefined) {
        return node.refuse(kind);
      }
      const from = binaryOperator({ scope, node, name: ">=", left, right: low });
      const to = binaryOperator({ scope, node, name: "<=", left, right: high });
      return negateIf(kind === "AEXPR_NOT_BETWEEN", conjunction([from, to]));
    }
    const operation = { scope, node, name, left, right: this.compile(rightNode) };
    if (kind === "AEXPR_OP") {
      return binaryOperator(operation);
    }
    if (kind === "AEXPR_OP_ANY" && name === "=") {
      return equalsAny(operation);
    }
    if (kind === "AEXPR_DISTINCT") {
      return distinctness(operation, true);
    }
    if (kind === "AEXPR_NOT_DISTINCT") {
      return distinctness(operation, false);
    }
    return node.refuse(`${kind} ${name}`);
  }

  #list(node: SyntaxNode): Expression[] {
    if (node.kind !== "List") {
      return node.refuse(node.kind);
    }
    const items = node.children("items").map((item) => this.compile(item));
    node.end();
    return items;
  }

  #logic(node: SyntaxNode): Expression {
    const operator = node.requiredText("boolop");
    const word = operator.replace("_EXPR", "");
    const operands = node.children("args").map((operand) => {
      const compiled = settleUnknown(this.#scope, this.compile(operand), BOOLEAN);
      return demandBoolean(compiled, word);
    });
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
    const wanted = node.requiredText("nulltesttype") === "IS_NULL";
    const operand = this.compile(node.requiredChild("arg"));
    node.end();
    const settled = settleUnknown(this.#scope, operand, TEXT);
    return {
      type: BOOLEAN,
      evaluate: (frame) => (settled.evaluate(frame) === null) === wanted,
      sources: settled.sources,
    };
  }

  #cast(node: SyntaxNode): Expression {
    const { type } = readTypeName(node.part("typeName") ?? node.refuse("a cast without a type"));
    const operand = this.compile(node.requiredChild("arg"));
    node.end();
    return castTo(this.#scope, operand, type, node);
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

function compileConstant(node: SyntaxNode): Expression {
  const isNull = node.flag("isnull");
  const whole = node.part("ival");
  const decimal = node.part("fval");
  const text = node.part("sval");
  const truth = node.part("boolval");
  node.end();
  if (isNull) {
    return { ...constant(UNKNOWN, null), literal: null };
  }
  if (whole !== undefined) {
    return constant(INTEGER, whole.number("ival"));
  }
  if (decimal !== undefined) {
    return largeWhole(node, decimal.text("fval") ?? "");
  }
  if (truth !== undefined) {
    return constant(BOOLEAN, truth.flag("boolval"));
  }
  if (text === undefined) {
    return node.refuse("this constant");
  }
  const literal = text.text("sval") ?? "";
  return { ...constant(UNKNOWN, literal), literal };
}

function largeWhole(node: SyntaxNode, digits: string): Expression {
  if (!/^-?[0-9]+$/.test(digits) || BigInt.asIntN(64, BigInt(digits)) !== BigInt(digits)) {
    return node.refuse(`the numeric constant ${digits}`);
  }
  return constant(BIGINT, canonical(BigInt(digits)));
}

function negateIf(negate: boolean, expression: Expression): Expression {
  if (!negate) {
    return expression;
  }
  return {
    type: BOOLEAN,
    sources: expression.sources,
    evaluate: (frame) => {
      const value = expression.evaluate(frame);
      return value === null ? null : value !== true;
    },
  };
}

function conjunction(operands: readonly Expression[]): Expression {
  return {
    type: BOOLEAN,
    sources: sourcesOf(operands),
    evaluate: (frame) => {
      let result: boolean | null = true;
      for (const operand of operands) {
        const value = operand.evaluate(frame);
        if (value === false) {
          return false;
        }
        if (value === null) {
          result = null;
        }
      }
      return result;
    },
  };
}

function disjunction(operands: readonly Expression[]): Expression {
  return {
    type: BOOLEAN,
    sources: sourcesOf(operands),
    evaluate: (frame) => {
      let result: boolean | null = false;
      for (const operand of operands) {
        const value = operand.evaluate(frame);
        if (value === true) {
          return true;
        }
        if (value === null) {
          result = null;
        }
      }
      return result;
    },
  };
}

function sourcesOf(operands: readonly Expression[]): number {
  return operands.reduce((all, operand) => all | operand.sources, 0);
}
