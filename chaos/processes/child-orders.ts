import Type from "typebox";
import { Compile } from "typebox/compile";
import type { PlannedFault } from "../../scenarios/faults/armed-faults.ts";
import { faultSchema } from "../../scenarios/faults/fault.ts";

/**
 * What a service process under test is told beyond its configuration: who it is in this run, where
 * it reports, which known-bad variant it plays, and which faults strike in it.
 */
export interface ChildOrders {
  readonly process: string;
  /** 1 for the first incarnation. */
  readonly incarnation: number;
  /** Absolute path; the child appends to it. */
  readonly reportFile: string;
  readonly mutant: string | null;
  /** Those of the plan that may strike at its effects. */
  readonly faults: readonly PlannedFault[];
}

const VARIABLE = "FALCONPAY_CHILD";

/** The orders as an environment variable. */
export function encodeOrders(orders: ChildOrders): Record<string, string> {
  return { [VARIABLE]: JSON.stringify(orders) };
}

/** Reads the orders back. @throws Error when the variable is missing or holds something else */
export function readOrders(environment: NodeJS.ProcessEnv): ChildOrders {
  const text = environment[VARIABLE];
  if (text === undefined) {
    throw new Error(`${VARIABLE} is missing: this program is started by the testbed only`);
  }
  const orders: unknown = JSON.parse(text);
  if (schema.Check(orders)) {
    return orders;
  }
  const [error] = schema.Errors(orders);
  throw new Error(
    `${VARIABLE}: ${error?.instancePath ?? ""} ${error?.message ?? "is not as expected"}`,
  );
}

const schema = Compile(
  Type.Object({
    process: Type.String(),
    incarnation: Type.Integer({ minimum: 1 }),
    reportFile: Type.String(),
    mutant: Type.Union([Type.Null(), Type.String()]),
    faults: Type.Array(Type.Object({ index: Type.Integer({ minimum: 0 }), fault: faultSchema })),
  }),
);
