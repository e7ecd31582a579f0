import type { Frame, StatementRun } from "../expressions/frame.ts";
import { ParameterTypes } from "../expressions/scope.ts";
import type { LockMode } from "../locks/lock.ts";
import type { CteRows } from "../operators/cte-rows.ts";
import type { RowStream } from "../operators/operator.ts";
import type { Catalog } from "../storage/catalog.ts";
import type { Table } from "../storage/table.ts";
import type { Cte } from "./cte.ts";

/** A table that a statement names, and the lock that it needs before the statement runs. */
export interface TableUse {
  readonly name: string;
  mode: LockMode;
  /** Its place among the tables that the plan is bound to. */
  readonly at: number;
  /**
   * As the catalog has it while the statement is compiled; null after that, for what was compiled
   * may outlive the engine whose table it is, and must not keep its rows in memory.
   */
  table: Table | null;
}

/** What the parts of one statement share while they are compiled. */
export class StatementContext {
  readonly catalog: Catalog;
  readonly parameters = new ParameterTypes();
  readonly tables: TableUse[] = [];

  constructor(catalog: Catalog) {
    this.catalog = catalog;
  }

  /** Notes a use of a table. */
  useTable(table: Table, mode: LockMode): TableUse {
    const use: TableUse = { name: table.name, mode, at: this.tables.length, table };
    this.tables.push(use);
    return use;
  }

  /** Lets go of the tables, when all is compiled. */
  forgetTables(): void {
    for (const use of this.tables) {
      use.table = null;
    }
  }
}

/** Where a plan is built: for which run, over which tables, inside which frame. */
export interface Site {
  readonly run: StatementRun;
  /** In the order of the statement's uses. */
  readonly tables: readonly Table[];
  readonly outer: Frame | null;
  /** Whether it matters in which order rows come that nothing orders: then the host chooses. */
  readonly shuffles: boolean;
  /** What gives the rows of each WITH query that may be named here. */
  readonly ctes: ReadonlyMap<Cte, CteRows | (() => RowStream)>;
}

/** The table of a use while the statement is compiled. */
export function tableOf({ table }: TableUse): Table {
  if (table === null) {
    throw new Error("a statement is compiled no more, and asks for its tables");
  }
  return table;
}

/** The table at that place among those that a plan is bound to. */
export function tableAt(site: Site, at: number): Table {
  const table = site.tables[at];
  if (table === undefined) {
    throw new Error("a table of the statement is missing from its plan");
  }
  return table;
}
