import { DefinitionScope } from "../clauses/definition-scope.ts";
import type { StatementPlan, PlanTemplate } from "../clauses/statement-plan.ts";
import { settleUnknown } from "../expressions/coercion.ts";
import { compileExpression } from "../expressions/compile-expression.ts";
import { Frame, StatementRun } from "../expressions/frame.ts";
import { WAIT } from "../ground/wait.ts";
import { EXCLUSIVE } from "../locks/lock.ts";
import { advisoryKey } from "../rows/session-services.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { BIGINT, isWhole, VOID } from "../types/builtin-types.ts";
import { whole } from "../types/whole.ts";

const FUNCTION = "pg_advisory_xact_lock";

/**
 * Compiles `SELECT pg_advisory_xact_lock(key)`, the one form in which a function that waits is
 * simulated; undefined when the statement is another.
 */
export function compileAdvisoryLock(node: SyntaxNode): PlanTemplate | undefined {
  const [target, second] = node.reopen().children("targetList");
  const call = target?.reopen().child("val");
  const name = call?.kind === "FuncCall" ? call.reopen().names("funcname").at(-1) : undefined;
  if (call === undefined || target === undefined || name !== FUNCTION) {
    return undefined;
  }
  second?.refuse(`${FUNCTION} beside other columns`);
  node.children("targetList");
  node.only("op", "SETOP_NONE");
  node.only("limitOption", "LIMIT_OPTION_DEFAULT");
  node.end();
  call.names("funcname");
  call.only("funcformat", "COERCE_EXPLICIT_CALL");
  const [argument, extra] = call.children("args");
  call.end();
  if (argument === undefined || extra !== undefined) {
    return call.refuse(`${FUNCTION} without exactly one argument`);
  }
  const scope = new DefinitionScope(null);
  const key = settleUnknown(scope, compileExpression(scope, argument), BIGINT);
  if (!isWhole(key.type)) {
    return call.refuse(`${FUNCTION}(${key.type.name})`);
  }
  const plan: StatementPlan = {
    tag: (count) => `SELECT ${count}`,
    columns: [{ name: target.text("name") ?? FUNCTION, type: VOID, typmod: -1 }],
    tableLocks: [],
    parameterTypes: scope.parameters.finish(),
    *run(execution) {
      const value = key.evaluate(new Frame(StatementRun.of(execution), null, 0));
      if (
        value !== null &&
        !execution.session.lockAdvisory(advisoryKey(BigInt(whole(value))), EXCLUSIVE, {
          scope: "transaction",
          wait: true,
        })
      ) {
        yield WAIT;
      }
      // A function of type void sends an empty text; with a null key it is not called and sends
      // null.
      return { rows: [[value === null ? null : ""]], count: 1 };
    },
  };
  return { tableNames: [], bind: () => plan };
}
