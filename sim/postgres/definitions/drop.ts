import type { StatementPlan } from "../clauses/statement-plan.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { ACCESS_EXCLUSIVE } from "../locks/lock.ts";
import type { Catalog } from "../storage/catalog.ts";
import type { Relation } from "../storage/relation-name.ts";
import type { Table } from "../storage/table.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { type Definition, planDefinition } from "./definition.ts";
import {
  type DropBehavior,
  dependentKeys,
  dropIndex,
  dropTables,
  reportDependents,
} from "./drop-relation.ts";
import { lockRelation } from "./relation-reference.ts";

const KINDS: ReadonlyMap<string, Relation["kind"]> = new Map([
  ["OBJECT_TABLE", "table"],
  ["OBJECT_INDEX", "index"],
  ["OBJECT_SEQUENCE", "sequence"],
]);

const ARTICLE = { table: "a table", index: "an index", sequence: "a sequence" };

/** Compiles DROP TABLE, DROP INDEX and DROP SEQUENCE. */
export function compileDrop(catalog: Catalog, node: SyntaxNode): StatementPlan {
  const type = node.requiredText("removeType");
  if (type === "OBJECT_TYPE") {
    return compileDropType(catalog, node);
  }
  const kind = KINDS.get(type) ?? node.refuse(`DROP of ${type}`);
  const names = node.children("objects").map(readQualifiedName);
  const behavior = readBehavior(node);
  const onlyIfThere = node.flag("missing_ok");
  node.end();
  return planDefinition(`DROP ${kind.toUpperCase()}`, catalog, function* define(definition) {
    const tables: Table[] = [];
    for (const name of names) {
      const relation = yield* lockRelation(definition, name, ACCESS_EXCLUSIVE);
      if (relation === undefined) {
        demandOptional(definition, kind, name, onlyIfThere);
      } else if (relation.kind !== kind) {
        throw wrongKind(name, kind, relation.kind);
      } else if (relation.kind === "table") {
        tables.push(relation.table);
      } else if (relation.kind === "index") {
        dropOneIndex(definition, relation, behavior);
      } else {
        dropSequence(definition, name);
      }
    }
    yield* dropTables(definition, tables, behavior);
  });
}

function compileDropType(catalog: Catalog, node: SyntaxNode): StatementPlan {
  const names = node.children("objects").map((named) => {
    const [name = ""] = named.names("names").toReversed();
    named.only("typemod", -1);
    named.end();
    return name;
  });
  if (readBehavior(node) === "cascade") {
    return node.refuse("DROP TYPE ... CASCADE");
  }
  const onlyIfThere = node.flag("missing_ok");
  node.end();
  return planDefinition("DROP TYPE", catalog, function* define(definition) {
    // There is no lock to wait for.
    yield* [];
    for (const name of names) {
      const type = catalog.findType(name);
      if (type === undefined) {
        const message = `type "${name}" does not exist`;
        if (!onlyIfThere) {
          throw new PostgresError("42704", message);
        }
        definition.execution.notice("NOTICE", "00000", `${message}, skipping`);
        continue;
      }
      const dependents = catalog.tables().flatMap((table) =>
        table.columns
          .filter((column) => column.type === type || column.type.element === type)
          .map((column) => ({
            what: `column ${column.name} of table ${table.name}`,
            on: `type ${name}`,
          })),
      );
      reportDependents(definition, `type ${name}`, dependents, "restrict");
      catalog.dropType(name);
    }
  });
}

/** RESTRICT unless the statement says CASCADE. */
export function readBehavior(node: SyntaxNode): DropBehavior {
  return node.requiredText("behavior") === "DROP_CASCADE" ? "cascade" : "restrict";
}

function readQualifiedName(node: SyntaxNode): string {
  const parts = node.kind === "List" ? node.names("items") : [];
  node.end();
  const [name, second] = parts.toReversed();
  if (name === undefined || (second ?? "public") !== "public") {
    return node.refuse("DROP in another schema");
  }
  return name;
}

function demandOptional(
  { execution }: Definition,
  kind: Relation["kind"],
  name: string,
  onlyIfThere: boolean,
): void {
  if (!onlyIfThere) {
    throw new PostgresError(
      kind === "index" ? "42704" : "42P01",
      `${kind} "${name}" does not exist`,
    );
  }
  execution.notice("NOTICE", "00000", `${kind} "${name}" does not exist, skipping`);
}

function wrongKind(name: string, wanted: Relation["kind"], found: Relation["kind"]): PostgresError {
  const hint = `Use DROP ${found.toUpperCase()} to remove ${ARTICLE[found]}.`;
  return new PostgresError("42809", `"${name}" is not ${ARTICLE[wanted]}`, { hint });
}

function dropOneIndex(
  definition: Definition,
  { table, index }: Relation & { kind: "index" },
  behavior: DropBehavior,
): void {
  if (index.constraint) {
    const what = `constraint ${index.name} on table ${table.name}`;
    throw new PostgresError(
      "2BP01",
      `cannot drop index ${index.name} because ${what} requires it`,
      {
        hint: `You can drop ${what} instead.`,
      },
    );
  }
  const dependents = table.referencedBy.filter((one) => usesIndex(index.columns, one));
  if (dependents.length > 0) {
    if (behavior === "cascade") {
      throw new Error("DROP INDEX ... CASCADE with a foreign key over a bare unique index");
    }
    const what = `index ${index.name}`;
    reportDependents(definition, what, dependentKeys(dependents, what), behavior);
  }
  dropIndex(definition, table, index);
}

/** True when the foreign key needs an index over just these columns. */
export function usesIndex(
  columns: readonly number[],
  foreignKey: Table["referencedBy"][number],
): boolean {
  const { referenced, referencedColumns } = foreignKey;
  const serving = referenced.indexes.filter(
    (one) =>
      one.unique &&
      one.columns.length === referencedColumns.length &&
      one.columns.every((column) => referencedColumns.includes(column)),
  );
  return serving[0]?.columns === columns;
}

function dropSequence({ catalog }: Definition, name: string): void {
  catalog.endName(name);
}
