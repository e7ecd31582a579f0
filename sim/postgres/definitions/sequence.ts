import type { StatementPlan } from "../clauses/statement-plan.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { ACCESS_EXCLUSIVE, SHARE_ROW_EXCLUSIVE } from "../locks/lock.ts";
import type { Catalog } from "../storage/catalog.ts";
import { DEFAULT_SEQUENCE, Sequence } from "../storage/sequence.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { planDefinition } from "./definition.ts";
import { awaitNameRival, lockRelation, readRelationName } from "./relation-reference.ts";
import { readSequenceOptions } from "./sequence-options.ts";

/** Compiles CREATE SEQUENCE [IF NOT EXISTS]. */
export function compileCreateSequence(catalog: Catalog, node: SyntaxNode): StatementPlan {
  const name = readRelationName(node.part("sequence"));
  const options = readSequenceOptions(node.children("options"), DEFAULT_SEQUENCE);
  const onlyIfMissing = node.flag("if_not_exists");
  node.end();
  return planDefinition("CREATE SEQUENCE", catalog, function* define(definition) {
    if (catalog.findRelation(name) !== undefined) {
      if (onlyIfMissing) {
        const message = `relation "${name}" already exists, skipping`;
        definition.execution.notice("NOTICE", "42P07", message);
        return;
      }
      throw new PostgresError("42P07", `relation "${name}" already exists`);
    }
    yield* awaitNameRival(definition, name, "sequence");
    const sequence = new Sequence(name, options);
    catalog.addName(name, { kind: "sequence", sequence });
    definition.execution.takeLock(sequence.lock, ACCESS_EXCLUSIVE);
  });
}

/** Compiles ALTER SEQUENCE: its options and RESTART, both taken back by a rollback. */
export function compileAlterSequence(catalog: Catalog, node: SyntaxNode): StatementPlan {
  const name = readRelationName(node.part("sequence"));
  const written = node.children("options");
  const onlyIfThere = node.flag("missing_ok");
  node.end();
  return planDefinition("ALTER SEQUENCE", catalog, function* define(definition) {
    const relation = yield* lockRelation(definition, name, SHARE_ROW_EXCLUSIVE);
    if (relation === undefined) {
      const message = `relation "${name}" does not exist`;
      if (!onlyIfThere) {
        throw new PostgresError("42P01", message);
      }
      definition.execution.notice("NOTICE", "00000", `${message}, skipping`);
      return;
    }
    if (relation.kind !== "sequence") {
      throw new PostgresError("42809", `"${name}" is not a sequence`);
    }
    const { sequence } = relation;
    const restarts = written.filter((one) => one.reopen().text("defname") === "restart");
    const others = written.filter((one) => !restarts.includes(one));
    const options = readSequenceOptions(
      others.map((one) => one.reopen()),
      sequence.options,
    );
    catalog.onAbort(sequence.save());
    sequence.options = options;
    for (const restart of restarts) {
      const value = restart.reopen().child("arg");
      sequence.set(value === undefined ? options.start : BigInt(value.number("ival")), false);
    }
  });
}
