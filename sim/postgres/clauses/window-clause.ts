import { compileAggregateCall } from "../expressions/aggregate-call.ts";
import { settleUnknown } from "../expressions/coercion.ts";
import { compileExpression } from "../expressions/compile-expression.ts";
import { demandEquality, demandOrder } from "../expressions/demand-comparable.ts";
import type { Expression } from "../expressions/expression.ts";
import { withParts } from "../expressions/folding.ts";
import { functionKind, functionName, resolveCall } from "../expressions/function-call.ts";
import { WINDOW_FUNCTIONS } from "../functions/window-functions.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { FrameBounds, FrameEnd } from "../operators/window-frame.ts";
import type { WindowCall, WindowKey, WindowParts, WindowWork } from "../operators/windows.ts";
import { functionsNamed } from "../resolution/signatures.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { BIGINT, isWhole, TEXT } from "../types/builtin-types.ts";
import type { SqlType } from "../types/sql-type.ts";
import { columnAt, type QueryScope } from "./query-scope.ts";

/** The bits of a window's frame as the parser gives them (parsenodes.h, FRAMEOPTION_...). */
const NONDEFAULT = 0x1;
const ROWS = 0x4;
const GROUPS = 0x8;
const START_UNBOUNDED = 0x20;
const END_UNBOUNDED = 0x100;
const START_PRECEDING = 0x800;
const END_PRECEDING = 0x1000;
const START_FOLLOWING = 0x2000;
const END_FOLLOWING = 0x4000;
const EXCLUSIONS = 0x8000 | 0x10000 | 0x20000;

interface OpenWork {
  readonly text: string;
  readonly definition: SyntaxNode;
  readonly isNamed: boolean;
  /** As they were read, behind all other clauses. */
  parts: WindowParts | null;
  readonly calls: { readonly call: WindowCall; readonly at: number }[];
}

/** The calls of one query over windows. */
export class WindowCalls {
  readonly #scope: QueryScope;
  readonly #named = new Map<string, SyntaxNode>();
  readonly #work: OpenWork[] = [];
  /** What PARTITION BY and ORDER BY of windows sort by. */
  readonly keys: Expression[] = [];
  #source: number | undefined;
  #calls = 0;

  constructor(scope: QueryScope) {
    this.#scope = scope;
  }

  get work(): { readonly source: number; readonly work: readonly WindowWork[] } | null {
    if (this.#source === undefined) {
      return null;
    }
    const work = this.#work.flatMap(({ parts, calls }) => (parts === null ? [] : { parts, calls }));
    return { source: this.#source, work };
  }

  /** Reads the WINDOW clause; to be called before the select list is compiled. */
  define(nodes: readonly SyntaxNode[]): void {
    for (const node of nodes) {
      const name = node.reopen().requiredText("name");
      if (this.#named.has(name)) {
        throw new PostgresError("42P20", `window "${name}" is already defined`);
      }
      this.#named.set(name, node);
    }
  }

  /** Keys of windows that no call is over, which are computed all the same. */
  readonly unusedKeys: Expression[] = [];

  get hasUnused(): boolean {
    return this.unusedKeys.length > 0;
  }

  /**
   * transformWindowDefinitions: reads what windows are partitioned and ordered by, those of the
   * WINDOW clause first. To be called when the other clauses are compiled.
   */
  finish(): void {
    for (const definition of this.#named.values()) {
      const text = definition.canonical();
      const work = this.#work.find((one) => one.text === text);
      const before = this.keys.length;
      const parts = this.#read(definition.reopen(), true);
      if (work === undefined) {
        this.unusedKeys.push(...this.keys.slice(before));
      } else {
        work.parts = parts;
      }
    }
    for (const work of this.#work) {
      work.parts ??= this.#read(work.definition.reopen(), work.isNamed);
    }
  }

  /** Compiles a call with OVER. */
  compile(node: SyntaxNode): Expression {
    const over = node.part("over") ?? node.refuse("a window function without OVER");
    const { call, type, parts } = this.#call(node);
    const work = this.#workOf(over);
    this.#source ??= this.#scope.addEntry(
      { alias: "*WINDOW*", columns: [], relation: null, inlined: true },
      node,
    );
    const at = this.#calls;
    this.#calls += 1;
    work.calls.push({ call, at });
    const { evaluate, sources } = columnAt(this.#source, at, { name: "", type, typmod: -1 });
    return withParts({ type, evaluate, sources }, parts);
  }

  #call(node: SyntaxNode): {
    readonly call: WindowCall;
    readonly type: SqlType;
    readonly parts: readonly Expression[];
  } {
    const name = functionName(node.reopen());
    const isWindow = functionsNamed(name).some(({ kind }) => kind === "window");
    if (!isWindow && functionKind(name) === "aggregate") {
      if (node.reopen().flag("agg_distinct")) {
        throw new PostgresError("0A000", "DISTINCT is not implemented for window functions");
      }
      if (node.reopen().children("agg_order").length > 0) {
        const message = "aggregate ORDER BY is not implemented for window functions";
        throw new PostgresError("0A000", message);
      }
      const aggregate = compileAggregateCall(this.#scope, node);
      const { type, parts } = aggregate;
      return { call: { kind: "aggregate", aggregate }, type, parts };
    }
    node.names("funcname");
    const written = node.children("args").map((one) => compileExpression(this.#scope, one));
    node.only("funcformat", "COERCE_EXPLICIT_CALL");
    node.end();
    const resolved = resolveCall(this.#scope, node, name, written);
    const compute = "signature" in resolved ? WINDOW_FUNCTIONS.get(resolved.source) : undefined;
    if (!("signature" in resolved) || compute === undefined) {
      if (functionKind(name) === "function") {
        const message = `OVER specified, but ${name} is not a window function nor an aggregate function`;
        throw new PostgresError("42809", message);
      }
      return node.refuse("shown" in resolved ? resolved.shown : `function ${name}`);
    }
    const operands = resolved.operands.map(({ evaluate }) => evaluate);
    const parts = resolved.operands;
    return { call: { kind: "function", compute, operands }, type: resolved.result, parts };
  }

  /** Calls over windows that are written alike share the work of ordering the rows. */
  #workOf(over: SyntaxNode): OpenWork {
    const name = over.reopen().text("name");
    const definition = name === undefined ? over : this.#demand(name, over.position);
    const text = definition.canonical();
    const known = this.#work.find((one) => one.text === text);
    if (known !== undefined) {
      return known;
    }
    const isNamed = name !== undefined;
    const work: OpenWork = { text, definition, isNamed, parts: null, calls: [] };
    this.#work.push(work);
    return work;
  }

  #demand(name: string, position: number | undefined): SyntaxNode {
    const node = this.#named.get(name);
    if (node === undefined) {
      throw new PostgresError("42704", `window "${name}" does not exist`).at(position);
    }
    return node;
  }

  #read(node: SyntaxNode, isNamed: boolean): WindowParts {
    if (isNamed) {
      node.text("name");
    }
    const base = node.text("refname");
    const partitionNodes = node.children("partitionClause");
    const orderNodes = node.children("orderClause");
    const options = node.number("frameOptions");
    const startNode = node.child("startOffset");
    const endNode = node.child("endOffset");
    node.end();
    const inherited = base === undefined ? null : this.#inherit(base, partitionNodes, orderNodes);
    const order =
      inherited !== null && inherited.order.length > 0
        ? inherited.order
        : orderNodes.map((one) => this.#orderKey(one));
    const partition = inherited?.partition ?? partitionNodes.map((one) => this.#partitionKey(one));
    const bounds = this.#bounds(node, options, startNode, endNode);
    if (bounds.mode === "groups" && order.length === 0) {
      throw new PostgresError("42P20", "GROUPS mode requires an ORDER BY clause");
    }
    return { partition, order, bounds };
  }

  #inherit(
    name: string,
    partition: readonly SyntaxNode[],
    order: readonly SyntaxNode[],
  ): WindowParts {
    const base = this.#read(this.#demand(name, undefined).reopen(), true);
    if (partition.length > 0) {
      throw new PostgresError("42P20", `cannot override PARTITION BY clause of window "${name}"`);
    }
    if (order.length > 0 && base.order.length > 0) {
      throw new PostgresError("42P20", `cannot override ORDER BY clause of window "${name}"`);
    }
    if ((this.#demand(name, undefined).reopen().number("frameOptions") & NONDEFAULT) !== 0) {
      const message = `cannot copy window "${name}" because it has a frame clause`;
      throw new PostgresError("42P20", message);
    }
    return base;
  }

  #orderKey(node: SyntaxNode): WindowKey {
    const direction = node.text("sortby_dir") ?? "SORTBY_DEFAULT";
    const nulls = node.text("sortby_nulls") ?? "SORTBY_NULLS_DEFAULT";
    const key = node.requiredChild("node");
    node.end();
    if (direction === "SORTBY_USING") {
      key.refuse(direction);
    }
    const descending = direction === "SORTBY_DESC";
    const nullsFirst = nulls === "SORTBY_NULLS_DEFAULT" ? descending : nulls.endsWith("FIRST");
    const start = key.writtenStart;
    const expression = this.#compileKey(key);
    demandOrder(expression.type, start);
    const { type, evaluate } = expression;
    return { evaluate, type, descending, nullsFirst };
  }

  #partitionKey(node: SyntaxNode): WindowKey {
    const start = node.writtenStart;
    const { type, evaluate } = this.#compileKey(node);
    demandEquality(type, start);
    return { evaluate, type, descending: false, nullsFirst: false };
  }

  #compileKey(node: SyntaxNode): Expression {
    const expression = settleUnknown(this.#scope, compileExpression(this.#scope, node), TEXT);
    this.keys.push(expression);
    return expression;
  }

  #bounds(
    node: SyntaxNode,
    options: number,
    start: SyntaxNode | undefined,
    end: SyntaxNode | undefined,
  ): FrameBounds {
    const mode = (options & ROWS) !== 0 ? "rows" : (options & GROUPS) !== 0 ? "groups" : "range";
    if ((options & EXCLUSIONS) !== 0) {
      node.refuse("a window frame with EXCLUDE");
    }
    if (mode === "range" && (start !== undefined || end !== undefined)) {
      node.refuse("a window frame in RANGE mode with an offset");
    }
    return {
      mode,
      start: this.#end(options, start, [START_UNBOUNDED, START_PRECEDING, START_FOLLOWING]),
      end: this.#end(options, end, [END_UNBOUNDED, END_PRECEDING, END_FOLLOWING]),
    };
  }

  #end(
    options: number,
    node: SyntaxNode | undefined,
    [unbounded, preceding, following]: readonly [number, number, number],
  ): FrameEnd {
    const kind =
      (options & unbounded) !== 0
        ? "unbounded"
        : (options & preceding) !== 0
          ? "preceding"
          : (options & following) !== 0
            ? "following"
            : "current row";
    if (node === undefined) {
      return { kind, offset: null };
    }
    const offset = settleUnknown(this.#scope, compileExpression(this.#scope, node), BIGINT);
    if (!isWhole(offset.type)) {
      const message = `argument of ROWS must be type bigint, not type ${offset.type.name}`;
      throw new PostgresError("42804", message);
    }
    return { kind, offset: offset.evaluate };
  }
}
