import type { ForeignKeyAction } from "../storage/table.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { readRelationName } from "./relation-reference.ts";

/** A constraint of a table or of one of its columns, which comes to the same. */
export type ConstraintDefinition =
  | {
      readonly kind: "check";
      readonly name: string | undefined;
      readonly condition: SyntaxNode;
      readonly validated: boolean;
    }
  | {
      readonly kind: "key";
      readonly name: string | undefined;
      readonly primary: boolean;
      readonly columns: readonly string[];
    }
  | ForeignKeyDefinition;

export interface ForeignKeyDefinition {
  readonly kind: "foreign";
  readonly name: string | undefined;
  readonly columns: readonly string[];
  readonly table: string;
  readonly referenced: readonly string[];
  readonly onDelete: ForeignKeyAction;
  readonly onUpdate: ForeignKeyAction;
  readonly deferrable: boolean;
  readonly initiallyDeferred: boolean;
  readonly validated: boolean;
}

const ACTIONS: ReadonlyMap<string, ForeignKeyAction> = new Map([
  ["a", "no action"],
  ["r", "restrict"],
  ["c", "cascade"],
  ["n", "set null"],
  ["d", "set default"],
]);

/** Reads a constraint; `column` is the one that it was written behind. */
export function readConstraint(node: SyntaxNode, column: string | undefined): ConstraintDefinition {
  const name = node.text("conname");
  const kind = node.reopen().requiredText("contype");
  switch (kind) {
    case "CONSTR_CHECK": {
      const condition = node.requiredChild("raw_expr");
      const validated = !node.flag("skip_validation");
      finishConstraint(node);
      return { kind: "check", name, condition, validated };
    }
    case "CONSTR_PRIMARY":
    case "CONSTR_UNIQUE": {
      const columns = column === undefined ? node.names("keys") : [column];
      // Included columns and storage change nothing of what is found.
      node.names("including");
      node.children("options").forEach(readStorageOption);
      finishConstraint(node);
      return { kind: "key", name, primary: kind === "CONSTR_PRIMARY", columns };
    }
    case "CONSTR_FOREIGN":
      return readForeignKey(node, name, column);
    case "CONSTR_EXCLUSION":
      return node.refuse("an exclusion constraint");
    default:
      return node.refuse(`constraint ${kind}`);
  }
}

/** The fields that every constraint has, and the end of it. */
export function finishConstraint(node: SyntaxNode): void {
  node.requiredText("contype");
  node.only("is_enforced", true);
  node.only("initially_valid", true);
  node.end();
}

const STORAGE_OPTIONS = new Set([
  "fillfactor",
  "parallel_workers",
  "autovacuum_enabled",
  "deduplicate_items",
]);

/** WITH (fillfactor = 10): read and left, for it changes nothing of what is found. */
export function readStorageOption(node: SyntaxNode): void {
  const name = node.requiredText("defname");
  if (!STORAGE_OPTIONS.has(name)) {
    node.refuse(`storage option ${name}`);
  }
  node.child("arg");
  node.only("defaction", "DEFELEM_UNSPEC");
  node.end();
}

function readForeignKey(
  node: SyntaxNode,
  name: string | undefined,
  column: string | undefined,
): ForeignKeyDefinition {
  const table = readRelationName(node.part("pktable"));
  const referenced = node.names("pk_attrs");
  const columns = column === undefined ? node.names("fk_attrs") : [column];
  node.only("fk_matchtype", "s");
  const onUpdate = readAction(node, "fk_upd_action");
  const onDelete = readAction(node, "fk_del_action");
  const initiallyDeferred = node.flag("initdeferred");
  const deferrable = node.flag("deferrable");
  const validated = !node.flag("skip_validation");
  finishConstraint(node);
  if (onDelete === "set default" || onUpdate === "set default") {
    return node.refuse("a foreign key with SET DEFAULT");
  }
  return {
    kind: "foreign",
    name,
    columns,
    table,
    referenced,
    onDelete,
    onUpdate,
    deferrable,
    initiallyDeferred,
    validated,
  };
}

function readAction(node: SyntaxNode, field: string): ForeignKeyAction {
  const letter = node.text(field) ?? "a";
  return ACTIONS.get(letter) ?? node.refuse(`foreign key action ${letter}`);
}
