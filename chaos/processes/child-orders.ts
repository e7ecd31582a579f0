import Type from "typebox";
import { Compile } from "typebox/compile";
import type { CrashFault } from "../../scenarios/plans/plan.ts";

/**
 * What a service process under test is told beyond its configuration: who it is in this run, where
 * it reports, which known-bad variant it plays, and where it dies.
 */
export interface ChildOrders {
  readonly process: string;
  /** 1 for the first incarnation. */
  readonly incarnation: number;
  /** Absolute path; the child appends to it. */
  readonly reportFile: string;
  readonly mutant: string | null;
  readonly faults: readonly CrashFault[];
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
    faults: Type.Array(
      Type.Object({
        kind: Type.Literal("crash"),
        effect: Type.String(),
        when: Type.Union([Type.Literal("before"), Type.Literal("after")]),
        restartAfterMs: Type.Integer({ minimum: 0 }),
      }),
    ),
  }),
);
