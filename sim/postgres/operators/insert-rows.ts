import type { Evaluate } from "../expressions/expression.ts";
import type { Frame } from "../expressions/frame.ts";
import { PostgresError, serializationFailure } from "../ground/postgres-error.ts";
import { WAIT, waitSignal } from "../ground/wait.ts";
import { checkRow } from "../rows/check-row.ts";
import { withGenerated } from "../rows/generated-columns.ts";
import { type Modification, RowChange } from "../rows/row-change.ts";
import { type ConflictArbiters, RowInsert } from "../rows/row-insert.ts";
import { RowLocking } from "../rows/row-locking.ts";
import type { RowLockMode, RowValues } from "../storage/row.ts";
import { isVisible, type RowVersion, type Table } from "../storage/table.ts";
import { assigned, type BoundAssignment } from "./modify-rows.ts";
import type { Condition, CountingStream, RowStream } from "./operator.ts";
import { projectRow } from "./projection.ts";

/** The places in an INSERT's frame: the row that is there, and the one that was to be inserted. */
const TARGET = 0;
export const EXCLUDED = 1;

/** ON CONFLICT DO UPDATE. */
export interface ConflictUpdate {
  readonly assignments: readonly BoundAssignment[];
  readonly condition: Condition;
  /** How the row in the way is locked: as strongly as the columns that are set ask for. */
  readonly mode: RowLockMode;
}

/** What INSERT is made of. */
export interface InsertParts {
  readonly frame: Frame;
  readonly table: Table;
  /** Gives whole rows, with a value for each column. */
  readonly source: RowStream;
  /** Null without ON CONFLICT. */
  readonly arbiters: ConflictArbiters | null;
  /** Null without DO UPDATE. */
  readonly update: ConflictUpdate | null;
  readonly returning: readonly Evaluate[];
}

type Place = "pulling" | "inserting" | "locking" | "deciding" | "updating" | "returning";

/** ExecModifyTable for INSERT, with ExecOnConflictUpdate: gives the rows of RETURNING. */
export class InsertRows implements CountingStream, Modification {
  count = 0;
  readonly #parts: InsertParts;
  readonly #insertion: RowInsert;
  /** Made for the first row in the way. */
  #locking: RowLocking | null = null;
  #change: RowChange | null = null;
  #values: RowValues = [];
  #conflicting: RowVersion | null = null;
  #place: Place = "pulling";

  constructor(parts: InsertParts) {
    this.#parts = parts;
    this.#insertion = new RowInsert(parts.frame);
  }

  open(): void {
    this.count = 0;
    this.#place = "pulling";
    this.#parts.source.open();
  }

  next(): RowValues | null {
    const { frame, source, returning } = this.#parts;
    for (;;) {
      switch (this.#place) {
        case "pulling": {
          const values = source.next();
          if (values === null) {
            return null;
          }
          const { table } = this.#parts;
          this.#values = withGenerated(table, values);
          checkRow(table, this.#values);
          this.#startInsertion();
          break;
        }
        case "inserting":
          this.#place = this.#insert();
          break;
        case "locking":
          this.#place = this.#lock();
          break;
        case "deciding":
          this.#place = this.#decide();
          break;
        case "updating":
          this.#place = this.#update();
          break;
        case "returning": {
          const row = projectRow(frame, returning);
          this.#place = "pulling";
          return row;
        }
      }
    }
  }

  compute(version: RowVersion): RowValues {
    const { frame, update } = this.#parts;
    frame.rows[TARGET] = version.values;
    return assigned(frame, version.values, update?.assignments ?? []);
  }

  /** The row is locked, so it cannot have a newer version. */
  stillMeets(): boolean {
    return false;
  }

  #startInsertion(): void {
    this.#insertion.start(this.#parts.table, this.#values, this.#parts.arbiters);
    this.#place = "inserting";
  }

  #insert(): Place {
    const outcome = this.#insertion.step();
    if (outcome === WAIT) {
      throw waitSignal;
    }
    if (outcome !== "conflict") {
      return this.#done(this.#values);
    }
    const conflicting = this.#insertion.conflicting;
    const { update, frame } = this.#parts;
    if (update === null || conflicting === null) {
      return "pulling";
    }
    this.#conflicting = conflicting;
    this.#locking ??= new RowLocking(frame);
    this.#locking.start(conflicting, { mode: update.mode, policy: "wait", follow: false });
    return "locking";
  }

  /** ExecOnConflictUpdate: where the row was changed meanwhile, the insertion is tried again. */
  #lock(): Place {
    const outcome = this.#locking?.step() ?? WAIT;
    const { execution } = this.#parts.frame;
    switch (outcome) {
      case WAIT:
        throw waitSignal;
      case "invisible":
      case "self-modified":
        throw new PostgresError(
          "21000",
          "ON CONFLICT DO UPDATE command cannot affect row a second time",
          {
            hint: "Ensure that no rows proposed for insertion within the same command have duplicate constrained values.",
          },
        );
      case "updated":
      case "deleted":
        if (execution.isolation !== "read committed") {
          throw serializationFailure(outcome === "updated" ? "update" : "delete");
        }
        this.#startInsertion();
        return "inserting";
      case "would-block":
        throw new Error("a wait for a row was refused that nobody asked to refuse");
      default:
        this.#demandVisible(outcome);
        return "deciding";
    }
  }

  #demandVisible(version: RowVersion): void {
    const { isolation, snapshot, top } = this.#parts.frame.execution;
    const unseen = version.createdBy.top !== top && !isVisible(version, snapshot);
    if (isolation !== "read committed" && unseen) {
      throw serializationFailure("update");
    }
  }

  #decide(): Place {
    const { frame, update } = this.#parts;
    const version = this.#conflicting;
    if (update === null || version === null) {
      throw new Error("an INSERT has lost the row that was in its way");
    }
    frame.rows[TARGET] = version.values;
    frame.rows[EXCLUDED] = this.#values;
    if (!update.condition(frame)) {
      return "pulling";
    }
    this.#change ??= new RowChange(frame);
    this.#change.start(version, this);
    return "updating";
  }

  #update(): Place {
    const outcome = this.#change?.step() ?? WAIT;
    if (outcome === WAIT) {
      throw waitSignal;
    }
    const after = this.#change?.after ?? null;
    return outcome === "passed over" || after === null ? "pulling" : this.#done(after.values);
  }

  #done(values: RowValues): Place {
    const { frame, returning } = this.#parts;
    this.count += 1;
    if (returning.length === 0) {
      return "pulling";
    }
    frame.rows[TARGET] = values;
    return "returning";
  }
}
