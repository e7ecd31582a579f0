import { compileDefault } from "../clauses/column-default.ts";
import { compileGeneration } from "../clauses/generated-column.ts";
import type { StatementPlan } from "../clauses/statement-plan.ts";
import { Frame, StatementRun } from "../expressions/frame.ts";
import { compileWithoutPlace, PostgresError } from "../ground/postgres-error.ts";
import type { Steps } from "../ground/wait.ts";
import {
  ACCESS_EXCLUSIVE,
  type LockMode,
  SHARE_ROW_EXCLUSIVE,
  SHARE_UPDATE_EXCLUSIVE,
} from "../locks/lock.ts";
import type { Catalog } from "../storage/catalog.ts";
import type { Column, GenerationExpression, Table } from "../storage/table.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { FindType } from "../types/type-name.ts";
import { int8 } from "../types/whole.ts";
import { addConstraints } from "./add-constraint.ts";
import { appendColumn, changeColumn, demandColumnOf, setNotNull } from "./column-change.ts";
import { readColumn } from "./column-definition.ts";
import {
  type ConstraintDefinition,
  readConstraint,
  readStorageOption,
} from "./constraint-definition.ts";
import { findTypeIn, makeColumn } from "./create-table.ts";
import { type Definition, planDefinition } from "./definition.ts";
import { dropColumn } from "./drop-column.ts";
import { alterConstraint, dropConstraint, validateConstraint } from "./drop-constraint.ts";
import { readBehavior } from "./drop.ts";
import { lockRelation, readRelationName } from "./relation-reference.ts";

/** One command of ALTER TABLE; PostgreSQL runs them in the order of its passes. */
interface Command {
  readonly pass: number;
  readonly lock: LockMode;
  readonly run: (definition: Definition, table: Table) => Steps<void> | undefined;
}

const PASS = { drop: 0, addColumn: 3, columnAttributes: 5, addKey: 6, addConstraint: 7, rest: 8 };

/** Compiles ALTER TABLE. */
export function compileAlterTable(catalog: Catalog, node: SyntaxNode): StatementPlan {
  node.only("objtype", "OBJECT_TABLE");
  const name = readRelationName(node.part("relation"));
  const onlyIfThere = node.flag("missing_ok");
  const commands = node.children("cmds").map((one) => readCommand(one, findTypeIn(catalog)));
  node.end();
  return planDefinition("ALTER TABLE", catalog, function* define(definition) {
    const lock: LockMode = commands.reduce(
      (most, one) => (one.lock > most ? one.lock : most),
      commands[0]?.lock ?? ACCESS_EXCLUSIVE,
    );
    const relation = yield* lockRelation(definition, name, lock);
    if (relation === undefined) {
      const message = `relation "${name}" does not exist`;
      if (!onlyIfThere) {
        throw new PostgresError("42P01", message);
      }
      definition.execution.notice("NOTICE", "00000", `${message}, skipping`);
      return;
    }
    if (relation.kind !== "table") {
      throw new PostgresError("42809", `"${name}" is not a table`);
    }
    for (const command of commands.toSorted((one, other) => one.pass - other.pass)) {
      yield* command.run(definition, relation.table) ?? [];
    }
  });
}

function readCommand(node: SyntaxNode, find: FindType): Command {
  const type = node.requiredText("subtype");
  const command = commandOf(node, type, find);
  node.requiredText("behavior");
  node.end();
  return command;
}

function commandOf(node: SyntaxNode, type: string, find: FindType): Command {
  switch (type) {
    case "AT_AddColumn":
      return readAddColumn(node, find);
    case "AT_AddConstraint":
      return readAddConstraint(node);
    case "AT_DropColumn": {
      const name = node.requiredText("name");
      const behavior = readBehavior(node);
      const onlyIfThere = node.flag("missing_ok");
      return exclusive(PASS.drop, (definition, table) =>
        dropColumn(definition, table, name, { behavior, onlyIfThere }),
      );
    }
    case "AT_DropConstraint": {
      const name = node.requiredText("name");
      const behavior = readBehavior(node);
      const onlyIfThere = node.flag("missing_ok");
      return exclusive(PASS.drop, (definition, table) =>
        dropConstraint(definition, table, name, { behavior, onlyIfThere }),
      );
    }
    case "AT_SetNotNull": {
      const name = node.requiredText("name");
      return exclusive(PASS.columnAttributes, (definition, table) => {
        setNotNull(definition, table, demandColumnOf(table, name));
        return undefined;
      });
    }
    case "AT_DropNotNull": {
      const name = node.requiredText("name");
      return exclusive(PASS.drop, (definition, table) => {
        const at = demandColumnOf(table, name);
        if (table.indexes.some((index) => index.primary && index.columns.includes(at))) {
          throw new PostgresError("42P16", `column "${name}" is in a primary key`);
        }
        changeColumn(definition, table, at, { notNull: false });
        return undefined;
      });
    }
    case "AT_ColumnDefault": {
      const name = node.requiredText("name");
      const expression = node.child("def");
      const pass = expression === undefined ? PASS.drop : PASS.addConstraint;
      return exclusive(pass, (definition, table) => {
        const at = demandColumnOf(table, name);
        setDefault(definition, table, at, expression);
        return undefined;
      });
    }
    case "AT_ValidateConstraint": {
      const name = node.requiredText("name");
      const lock = SHARE_UPDATE_EXCLUSIVE;
      return { pass: PASS.rest, lock, run: (_, table) => validateConstraint(table, name) };
    }
    case "AT_AlterConstraint": {
      const change = node.requiredChild("def");
      const name = change.requiredText("conname");
      change.flag("alterDeferrability");
      const initiallyDeferred = change.flag("initdeferred");
      const deferrable = change.flag("deferrable") || initiallyDeferred;
      change.only("is_enforced", true);
      change.end();
      return exclusive(PASS.rest, (definition, table) => {
        alterConstraint(definition, table, name, { deferrable, initiallyDeferred });
        return undefined;
      });
    }
    case "AT_SetRelOptions":
    case "AT_ResetRelOptions":
      node.requiredChild("def").children("items").forEach(readStorageOption);
      return { pass: PASS.rest, lock: SHARE_UPDATE_EXCLUSIVE, run: () => undefined };
    default:
      return node.refuse(`ALTER TABLE with ${type}`);
  }
}

function exclusive(pass: number, run: Command["run"]): Command {
  return { pass, lock: ACCESS_EXCLUSIVE, run };
}

function readAddColumn(node: SyntaxNode, find: FindType): Command {
  const written = node.requiredChild("def");
  const onlyIfMissing = node.flag("missing_ok");
  const constraints: ConstraintDefinition[] = [];
  const column = readColumn(written, constraints, find, compileWithoutPlace);
  return exclusive(PASS.addColumn, function* run(definition, table): Steps<void> {
    if (table.columnAt(column.name) >= 0) {
      const message = `column "${column.name}" of relation "${table.name}" already exists`;
      if (!onlyIfMissing) {
        throw new PostgresError("42701", message);
      }
      definition.execution.notice("NOTICE", "42701", `${message}, skipping`);
      return;
    }
    const made = makeColumn(definition.catalog, table.name, column);
    const generated = generationOf(definition.catalog, table, made, column.generated);
    const appended = { ...made, generated, notNull: false };
    appendColumn(definition, table, appended, generated?.compute ?? valuesOf(definition, made));
    if (made.notNull) {
      setNotNull(definition, table, table.columns.length - 1);
    }
    yield* addConstraints(definition, table, constraints, "may be there");
  });
}

function generationOf(
  catalog: Catalog,
  table: Table,
  column: Column,
  expression: SyntaxNode | null,
): GenerationExpression | null {
  return expression === null
    ? null
    : compileWithoutPlace(() => compileGeneration(table, column, expression, findTypeIn(catalog)));
}

/** The value of a new column in each row: of its sequence, or of its default. */
function valuesOf({ execution }: Definition, { identity, default: written }: Column) {
  if (identity !== null) {
    return () => int8(identity.sequence.next());
  }
  const frame = new Frame(StatementRun.of(execution), null, 0);
  return () => written?.compute(frame) ?? null;
}

function readAddConstraint(node: SyntaxNode): Command {
  const constraint = readConstraint(node.requiredChild("def"), undefined);
  const pass = constraint.kind === "key" ? PASS.addKey : PASS.addConstraint;
  const lock = constraint.kind === "foreign" ? SHARE_ROW_EXCLUSIVE : ACCESS_EXCLUSIVE;
  return {
    pass,
    lock,
    run: (definition, table) => addConstraints(definition, table, [constraint], "may be there"),
  };
}

function setDefault(
  definition: Definition,
  table: Table,
  at: number,
  expression: SyntaxNode | undefined,
): void {
  const column = table.columns[at];
  if (column === undefined) {
    return;
  }
  if (column.identity?.always === true) {
    const message = `column "${column.name}" of relation "${table.name}" is an identity column`;
    throw new PostgresError("42601", message);
  }
  if (column.generated !== null) {
    const message = `column "${column.name}" of relation "${table.name}" is a generated column`;
    const hint = "Use ALTER TABLE ... ALTER COLUMN ... DROP EXPRESSION instead.";
    throw new PostgresError("42601", message, expression === undefined ? { hint } : {});
  }
  const compiled =
    expression === undefined
      ? null
      : compileWithoutPlace(() =>
          compileDefault(expression, column, findTypeIn(definition.catalog)),
        );
  changeColumn(definition, table, at, { default: compiled, identity: null });
}
