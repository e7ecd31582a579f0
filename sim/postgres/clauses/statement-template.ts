import { Planning, type PlanStep } from "../expressions/fold.ts";
import { StatementRun } from "../expressions/frame.ts";
import { type Steps, WAIT } from "../ground/wait.ts";
import type { CountingStream, RowStream } from "../operators/operator.ts";
import { StatementRoot } from "../operators/statement-root.ts";
import type { Execution } from "../rows/execution.ts";
import type { Table } from "../storage/table.ts";
import type { Field } from "../types/field.ts";
import type { Site, StatementContext } from "./statement-context.ts";
import type { PlanOutcome, PlanTemplate, StatementPlan } from "./statement-plan.ts";

/** A statement compiled: what it returns, and how its operators are made. */
export interface CompiledStatement {
  /** The first word of the tag, which is followed by the number of rows. */
  readonly tag: "SELECT" | "INSERT 0" | "UPDATE" | "DELETE";
  readonly columns: readonly Field[];
  /** A SELECT counts the rows that it returns, the others those that they changed. */
  readonly build: (site: Site) => RowStream | CountingStream;
  /** What is planned before each run; null where there is nothing that could fail. */
  readonly planning: PlanStep | null;
}

/** The template of a statement. To be made last: it lets go of the tables. */
export function templateOf(
  context: StatementContext,
  { tag, columns, build, planning }: CompiledStatement,
): PlanTemplate {
  const parameterTypes = context.parameters.finish();
  const uses = context.tables.map(({ name, mode }) => ({ name, mode }));
  context.forgetTables();
  return {
    tables: uses,
    bind(tables): StatementPlan {
      const roots = new Roots(build, tables, planning);
      return {
        tag: (count) => `${tag} ${count}`,
        columns,
        tableLocks: uses.flatMap(({ mode }, at) => {
          const table = tables[at];
          return table === undefined ? [] : [{ table, mode }];
        }),
        parameterTypes,
        run: (execution) => roots.run(execution),
      };
    },
  };
}

const NO_CTES: Site["ctes"] = new Map();

interface Root {
  readonly root: StatementRoot;
  readonly stream: RowStream | CountingStream;
}

/**
 * The operators of one plan: made for the first run, and again where a run begins while another
 * waits.
 */
class Roots {
  readonly #build: (site: Site) => RowStream | CountingStream;
  readonly #tables: readonly Table[];
  readonly #planning: PlanStep | null;
  readonly #idle: Root[] = [];

  constructor(
    build: (site: Site) => RowStream | CountingStream,
    tables: readonly Table[],
    planning: PlanStep | null,
  ) {
    this.#build = build;
    this.#tables = tables;
    this.#planning = planning;
  }

  *run(execution: Execution): Steps<PlanOutcome> {
    this.#planning?.(new Planning(execution));
    // One that ends with an error is not used again.
    const one = this.#idle.pop() ?? this.#make();
    one.root.start(execution);
    let rows = one.root.step();
    for (; rows === WAIT; rows = one.root.step()) {
      yield WAIT;
    }
    const count = "count" in one.stream ? one.stream.count : rows.length;
    this.#idle.push(one);
    return { rows, count };
  }

  #make(): Root {
    const run = new StatementRun();
    const stream = this.#build({
      run,
      tables: this.#tables,
      outer: null,
      shuffles: true,
      ctes: NO_CTES,
    });
    return { root: new StatementRoot(run, stream), stream };
  }
}
