import type { StatementPlan } from "../clauses/statement-plan.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { ACCESS_EXCLUSIVE } from "../locks/lock.ts";
import type { Catalog } from "../storage/catalog.ts";
import { OrderedIndex } from "../storage/ordered-index.ts";
import type { StoredRow, Table } from "../storage/table.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { type Definition, planDefinition } from "./definition.ts";
import { readBehavior } from "./drop.ts";
import { lockKnownTable, lockTable, readRelationName } from "./relation-reference.ts";
import { liveVersions } from "./validate-constraint.ts";

/** Compiles TRUNCATE [RESTART IDENTITY] [CASCADE]. */
export function compileTruncate(catalog: Catalog, node: SyntaxNode): StatementPlan {
  const names = node.children("relations").map(readRelationName);
  const restarts = node.flag("restart_seqs");
  const behavior = readBehavior(node);
  node.end();
  return planDefinition("TRUNCATE TABLE", catalog, function* define(definition) {
    const tables: Table[] = [];
    for (const name of names) {
      tables.push(yield* lockTable(definition, name, ACCESS_EXCLUSIVE));
    }
    // The list grows while it is walked: who refers to a table is emptied with it.
    for (const table of tables) {
      for (const { table: other } of table.referencedBy) {
        if (tables.includes(other)) {
          continue;
        }
        if (behavior === "restrict") {
          throw stillReferenced(table, other);
        }
        definition.execution.notice(
          "NOTICE",
          "00000",
          `truncate cascades to table "${other.name}"`,
        );
        yield* lockKnownTable(definition, other, ACCESS_EXCLUSIVE);
        tables.push(other);
      }
    }
    for (const table of tables) {
      emptyTable(definition, table);
      if (restarts) {
        restartSequences(definition, table);
      }
    }
  });
}

function stillReferenced(table: Table, other: Table): PostgresError {
  return new PostgresError(
    "0A000",
    "cannot truncate a table referenced in a foreign key constraint",
    {
      detail: `Table "${other.name}" references "${table.name}".`,
      hint: `Truncate table "${other.name}" at the same time, or use TRUNCATE ... CASCADE.`,
    },
  );
}

/** The table gets a new, empty storage, which older snapshots look into, too. */
function emptyTable({ execution, catalog }: Definition, table: Table): void {
  for (const { row, values } of liveVersions(table)) {
    execution.noteChange(row, table, values, null);
  }
  catalog.change(table, () => {
    const { rows } = table;
    const entries = table.writtenIndexes.map((index) => ({ index, before: index.entries }));
    table.rows = new Set();
    for (const { index, before } of entries) {
      index.entries = new OrderedIndex<StoredRow>(before.types);
    }
    return () => {
      table.rows = rows;
      for (const { index, before } of entries) {
        index.entries = before;
      }
    };
  });
}

function restartSequences({ catalog }: Definition, { columns }: Table): void {
  for (const { identity } of columns) {
    if (identity !== null) {
      const { sequence } = identity;
      catalog.onAbort(sequence.save());
      sequence.set(sequence.options.start, false);
    }
  }
}
