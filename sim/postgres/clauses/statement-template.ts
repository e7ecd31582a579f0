import { Planning, type PlanStep } from "../expressions/fold.ts";
import { StatementRun } from "../expressions/frame.ts";
import { WAIT, type Wait } from "../ground/wait.ts";
import type { CountingStream, RowStream } from "../operators/operator.ts";
import { StatementRoot } from "../operators/statement-root.ts";
import type { Execution } from "../rows/execution.ts";
import type { Table } from "../storage/table.ts";
import type { Field } from "../types/field.ts";
import type { Site, StatementContext } from "./statement-context.ts";
import type { PlanOutcome, PlanRun, PlanTemplate, StatementPlan } from "./statement-plan.ts";

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
  // Made once for nearly all that is asked.
  const none = `${tag} 0`;
  const one = `${tag} 1`;
  return {
    tables: uses,
    bind(tables): StatementPlan {
      const roots = new Roots(build, tables, planning);
      return {
        command: tag === "INSERT 0" ? "INSERT" : tag,
        tag: (count) => (count === 0 ? none : count === 1 ? one : `${tag} ${count}`),
        columns,
        tableLocks: uses.flatMap(({ mode }, at) => {
          const table = tables[at];
          return table === undefined ? [] : [{ table, mode }];
        }),
        parameterTypes,
        start: (execution) => roots.start(execution),
      };
    },
  };
}

const NO_CTES: Site["ctes"] = new Map();

/** The operators of a plan, for one run at a time; idle ones wait for the next. */
class Root implements PlanRun {
  readonly #root: StatementRoot;
  readonly #stream: RowStream | CountingStream;
  readonly #idle: Root[];

  constructor(run: StatementRun, stream: RowStream | CountingStream, idle: Root[]) {
    this.#root = new StatementRoot(run, stream);
    this.#stream = stream;
    this.#idle = idle;
  }

  start(execution: Execution): void {
    this.#root.start(execution);
  }

  step(): PlanOutcome | Wait {
    const rows = this.#root.step();
    if (rows === WAIT) {
      return WAIT;
    }
    this.#idle.push(this);
    return { rows, count: "count" in this.#stream ? this.#stream.count : rows.length };
  }
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

  start(execution: Execution): Root {
    this.#planning?.(new Planning(execution));
    // One that ends with an error is not used again.
    const one = this.#idle.pop() ?? this.#make();
    one.start(execution);
    return one;
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
    return new Root(run, stream, this.#idle);
  }
}
