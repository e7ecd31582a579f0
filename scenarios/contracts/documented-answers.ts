import { Compile } from "typebox/compile";
import { answersOf, problemSchema } from "../../system/http/openapi.ts";
import { PAYMENT_OPERATIONS } from "../../system/payment/operations.ts";
import type { Operation } from "../../system/ports/operation.ts";
import { RECONCILIATION_OPERATIONS } from "../../system/reconciliation/operations.ts";
import { WALLET_OPERATIONS } from "../../system/wallet/operations.ts";
import type { ClientRequest } from "../plans/commands/client-request.ts";
import type { ClientAnswer } from "../world.ts";

/**
 * Holds an answer against what the services tell their clients of their routes: its status is
 * documented, and its body is as it is documented.
 *
 * @throws Error naming the request, and what is not documented
 */
export function demandDocumented(request: ClientRequest, { status, body }: ClientAnswer): void {
  const { method, path } = request;
  const operation = operationOf(method, path.split("?", 1)[0] ?? "");
  if (operation === undefined) {
    return;
  }
  const answer = Object.entries(answersOf(operation)).find(
    ([each]) => each === String(status),
  )?.[1];
  const what = `${operation.id} (${method} ${path}) answered ${status}`;
  if (answer === undefined) {
    throw new Error(`${what}, which is not documented`);
  }
  if ("codes" in answer) {
    const code = compiledProblem.Check(body) ? body.title : undefined;
    if (code === undefined || !answer.codes.includes(code)) {
      throw new Error(`${what} with a problem that is not documented: ${JSON.stringify(body)}`);
    }
    return;
  }
  const [fault] = Compile(answer.schema).Errors(body);
  if (fault !== undefined) {
    throw new Error(`${what}, and its body is not as documented: ${JSON.stringify(fault)}`);
  }
}

const compiledProblem = Compile(problemSchema);

/** By method, then by the form of the path. */
const OPERATIONS: readonly (readonly [string, RegExp, Operation])[] = [
  ["POST", /^\/payments$/, PAYMENT_OPERATIONS.accept],
  ["GET", /^\/payments$/, PAYMENT_OPERATIONS.list],
  ["GET", /^\/payments\/[^/]*$/, PAYMENT_OPERATIONS.read],
  ["GET", /^\/payments\/[^/]*\/events$/, PAYMENT_OPERATIONS.events],
  ["POST", /^\/payments\/[^/]*\/reversal$/, PAYMENT_OPERATIONS.reverse],
  ["POST", /^\/wallets$/, WALLET_OPERATIONS.open],
  ["GET", /^\/wallets\/[^/]*$/, WALLET_OPERATIONS.read],
  ["GET", /^\/wallets\/[^/]*\/entries$/, WALLET_OPERATIONS.entries],
  ["POST", /^\/wallets\/[^/]*\/deposits$/, WALLET_OPERATIONS.deposit],
  ["POST", /^\/wallets\/[^/]*\/withdrawals$/, WALLET_OPERATIONS.withdraw],
  ["POST", /^\/wallets\/[^/]*\/freeze$/, WALLET_OPERATIONS.freeze],
  ["POST", /^\/wallets\/[^/]*\/unfreeze$/, WALLET_OPERATIONS.unfreeze],
  ["POST", /^\/reconciliation\/runs$/, RECONCILIATION_OPERATIONS.start],
  ["GET", /^\/reconciliation\/runs$/, RECONCILIATION_OPERATIONS.runs],
  ["GET", /^\/reconciliation\/breaks$/, RECONCILIATION_OPERATIONS.breaks],
  ["POST", /^\/reconciliation\/breaks\/[^/]*\/resolution$/, RECONCILIATION_OPERATIONS.resolve],
  ["POST", /^\/reconciliation\/breaks\/[^/]*\/repair$/, RECONCILIATION_OPERATIONS.repair],
  ["GET", /^\/ledger\/verify$/, WALLET_OPERATIONS.verify],
];

function operationOf(method: string, path: string): Operation | undefined {
  return OPERATIONS.find(([each, form]) => each === method && form.test(path))?.[2];
}
