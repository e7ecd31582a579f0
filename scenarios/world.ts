import type { Row } from "../system/ports/database.ts";
import type { ServiceName } from "../system/process/services.ts";
import type { PassedPlace } from "./faults/effect-gate.ts";
import type { FaultPhase, WorldAbility } from "./faults/fault-kind.ts";
import type { Fault } from "./faults/fault.ts";
import type { ProcessNote } from "./faults/process-note.ts";
import type { ClientRequest } from "./plans/commands/client-request.ts";
import type { Plan } from "./plans/plan.ts";

/** Where plans are run: the port that the simulated and the real world implement. */
export interface World {
  readonly kind: "sim" | "real";
  /**
   * Builds a clean universe for the plan (empty databases and topics, the processes of its topology
   * with the parts of the plan's mutant, its faults armed), runs `drive` in it and takes it down,
   * also when `drive` throws.
   *
   * @throws UnrunnablePlan
   */
  run<T>(plan: Plan, drive: (universe: Universe) => Promise<T>): Promise<WorldRun<T>>;
  /** What this world can do to a process; a fault that needs more is never armed in it. */
  readonly abilities: ReadonlySet<WorldAbility>;
  /** What a run in this world does not show, in sentences for a reader of its evidence. */
  readonly limits: readonly string[];
  /** Versions of the real servers, by name; empty in the simulated world. */
  readonly servers: readonly { readonly name: string; readonly version: string }[];
}

export interface WorldRun<T> {
  readonly value: T;
  /** The hash over everything that happened; null in the real world, which has none. */
  readonly traceHash: string | null;
  readonly elapsedMs: number;
  /** Exchanges between the services and the outside. */
  readonly effects: number;
}

/** The effects of one place that have begun in a run. */
export interface ReachedEffects extends PassedPlace {
  /** How many of them had begun when the first fault struck at one; all of them where none did. */
  readonly beforeStrike: number;
}

/**
 * One running system, seen by the scenario: as a client, and as an observer beside the services.
 */
export interface Universe {
  /** Whole milliseconds since the universe began. */
  nowMs(): number;
  /** What a clock that is right shows now: whole milliseconds since the Unix epoch. */
  wallClockMs(): number;
  sleep(delayMs: number): Promise<void>;
  /**
   * One attempt at a request to the process of that name.
   *
   * @throws Unanswered when there was no answer; the request may or may not have taken effect
   */
  request(process: string, request: ClientRequest): Promise<ClientAnswer>;
  /** Tells of what happens from now on. A world tells what it can see; see `UniverseEvent`. */
  watch(observer: (event: UniverseEvent) => void): void;
  /** The load begins now: what strikes at a time is counted from here. */
  beginLoad(): void;
  /** The faults that have fired, by their places in the plan's list. */
  firedFaults(): ReadonlySet<number>;
  /** Where effects have been until now; empty in the real world, which only counts them. */
  places(): readonly ReachedEffects[];
  /**
   * Disarms what has not struck, and resolves when every process is up and goes on, or when the
   * bound has passed: with the names of the processes that are not.
   */
  heal(boundMs: number): Promise<readonly string[]>;
  /**
   * Reads a service's database beside the service, past every fault. A table that is not there has
   * no rows: a service that never started has made none.
   */
  query(service: ServiceName, sql: string): Promise<readonly Row[]>;
  /** Every record of a topic, by partition and offset. */
  records(topic: string): Promise<readonly TopicRecord[]>;
  /** Records that the services' consumer groups have not committed yet, over all topics. */
  lag(): Promise<number>;
  /** Where they are: the partitions that a group has not read to their ends. */
  unread(): Promise<readonly UnreadPartition[]>;
}

/** Records that a consumer group has not committed. */
export interface UnreadPartition {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** Of the first of them. */
  readonly offset: string;
  readonly count: number;
}

export interface ClientAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON body, unchecked; the text of one that is no JSON. */
  readonly body: unknown;
}

/** A plan that this world cannot run, whatever happens; the message says why. */
export class UnrunnablePlan extends Error {
  override readonly name = "UnrunnablePlan";
}

/** How long a client waits for an answer, in either world. */
export const ANSWER_MS_MAX = 10_000;

/** The connection was refused or lost, or no answer came in time. */
export class Unanswered extends Error {
  override readonly name = "Unanswered";
}

export interface TopicRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string | null;
  readonly value: string | null;
}

/**
 * What an observer beside the services sees. `commit` and `record` are told by the simulated world
 * only, at the very moment; the real world shows them in the end, by `query` and `records`.
 */
export type UniverseEvent =
  | {
      readonly kind: "commit";
      readonly atMs: number;
      readonly process: string;
      readonly service: ServiceName;
      readonly changes: readonly RowChange[];
    }
  | {
      readonly kind: "record";
      readonly atMs: number;
      readonly process: string;
      readonly record: TopicRecord;
    }
  | {
      readonly kind: "delivery";
      readonly atMs: number;
      readonly process: string;
      readonly record: TopicRecord;
    }
  /** A fault of the plan strikes, or ends. `index` is its place in the plan's list. */
  | {
      readonly kind: "fault";
      readonly atMs: number;
      readonly process: string;
      readonly fault: Fault;
      readonly index: number;
      readonly phase: FaultPhase;
    }
  /** From here on something strikes beside the plan's faults, which nobody tells of one by one. */
  | { readonly kind: "disturbance"; readonly atMs: number; readonly process: string }
  /** A process ended without being told to: a bug, or a server that was not there at its start. */
  | {
      readonly kind: "exit";
      readonly atMs: number;
      readonly process: string;
      readonly reason: string;
    }
  | { readonly kind: "restart"; readonly atMs: number; readonly process: string }
  | {
      readonly kind: "note";
      readonly atMs: number;
      readonly process: string;
      readonly note: ProcessNote;
    };

/** One row, before and after a commit. `before` is null for an insert, `after` for a delete. */
export interface RowChange {
  readonly table: string;
  readonly before: Row | null;
  readonly after: Row | null;
}
