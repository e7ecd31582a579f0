import type { Role } from "../../system/process/services.ts";
import type { Books, FirstDelivery, PlacedRecord, Touched } from "../books/books.ts";
import type { ProcessNote } from "../faults/process-note.ts";
import type { ClientOutcome } from "../plans/commands/client-event.ts";
import type { Topology } from "../plans/topology.ts";
import type { ReachedEffects, TopicRecord, UniverseEvent, UnreadPartition } from "../world.ts";

/** A promise that the services make, and how it is judged. */
export interface SystemPromise {
  readonly name: string;
  /** The promise, in one sentence. */
  readonly sentence: string;
  /** When it is judged, in words. */
  readonly judged: string;
  /** Judges what one commit touched; absent when only the end can tell. */
  readonly atCommit?: (books: Books, touched: Touched) => readonly Breach[];
  /** Judges one record at the moment it reached its topic; the process is who sent it. */
  readonly atRecord?: (books: Books, record: PlacedRecord, process: string) => readonly Breach[];
  /** Judges the first delivery of an event to a consumer. */
  readonly atDelivery?: (books: Books, delivery: FirstDelivery) => readonly Breach[];
  /** Judges what a client was just told. */
  readonly atAnswer?: (books: Books, answer: ClientOutcome) => readonly Breach[];
  /** Judges what a process noted; undefined for a note that it does not judge. */
  readonly atNote?: (
    books: Books,
    note: ProcessNote,
    process: string,
    atMs: number,
  ) => readonly Breach[] | undefined;
  /** Judges everything, after the faults have stopped and the system has come to rest. */
  readonly atEnd: (ending: Ending) => readonly Breach[];
  /** What breaches are counted out of, in the end, by plural nouns; the first is the usual one. */
  readonly outOf: (ending: Ending) => readonly { readonly count: number; readonly noun: string }[];
}

/** Everything there is to see when a run is over. */
export interface Ending {
  readonly books: Books;
  /** The books as they were kept on the way; empty where no commit is seen. */
  readonly watched: Books;
  readonly records: readonly TopicRecord[];
  /** Where there are records that a consumer group has not committed yet. */
  readonly unread: readonly UnreadPartition[];
  /** Every answer that a client was given, and every time that it was given none. */
  readonly answers: readonly ClientOutcome[];
  readonly topology: Topology;
  /** Where effects were; empty where they are only counted. */
  readonly places: readonly ReachedEffects[];
  /** The names of all processes. */
  readonly processes: readonly string[];
  /** Every time that a process ended and nobody had killed it. */
  readonly exits: readonly ProcessEnd[];
  /** The processes that were not up in time, or not going on, once the faults had stopped. */
  readonly notUp: readonly string[];
  /** When they were, or that bound was over. */
  readonly healedAtMs: number;
  /** How long they had to be. */
  readonly healBoundMs: number;
  /** What each process says of itself after all else. */
  readonly reports: readonly SelfReport[];
  /** The reconciliation after all else; null where nobody answers for one. */
  readonly audit: Audit | null;
  /** How long the system was given to come to rest, in milliseconds of its own time. */
  readonly settleBoundMs: number;
}

/** What an operator was told of a reconciliation of everything. */
export interface Audit {
  /** Empty where nobody was ever answered. */
  readonly runId: string;
  /** The accounts that the verification of the ledger names. */
  readonly faultyAccounts: readonly string[];
  /** The ids of breaks that are open after what mends them was published again. */
  readonly unmended: readonly string[];
}

/** What a process says of itself, at rest. */
export interface SelfReport {
  readonly process: string;
  readonly roles: readonly Role[];
  readonly isReady: boolean;
  /** What it said of that last, as JSON. */
  readonly troubles: string;
  /** In Prometheus's text format; undefined where it gave no answer. */
  readonly metrics: string | undefined;
  /** The lines that it had said by then, since its start; undefined where nobody can know. */
  readonly said: readonly SaidLine[] | undefined;
}

/** A line that a process says. */
export type SaidLine = Extract<ProcessNote, { readonly what: "said" }>;

/** A process ended without being killed. */
type ProcessEnd = Extract<UniverseEvent, { readonly kind: "exit" }>;

/** One way in which a promise was broken. */
export interface Breach {
  /** What it is about: `payment p17`, `wallet salim`, `OMR`. */
  readonly subject: string;
  /** What was found, as the rest of a sentence about the subject. */
  readonly found: string;
  /** The plural noun of the subject, where it is not the usual one of its promise. */
  readonly noun?: string;
  /** How many of them it is about, where that is not one. */
  readonly amount?: number;
}
