import { PostgresError } from "../ground/postgres-error.ts";
import type { Lock, LockMode, LockOwner } from "../locks/lock.ts";
import type { AdvisoryKey, AdvisoryRequest, SessionServices } from "../rows/session-services.ts";
import type { TransactionModes } from "../rows/transaction-modes.ts";
import {
  type Listener,
  type Notification,
  PendingNotifications,
} from "../session/notifications.ts";
import { Settings } from "../session/settings.ts";
import type { Sequence } from "../storage/sequence.ts";
import type { ParsedStatement } from "../syntax/postgres-parser.ts";
import type { SharedDatabase } from "./shared-database.ts";

/** How far what a session has changed of itself has come, at a savepoint. */
export interface StateMark {
  readonly settings: number;
  readonly notifications: readonly [actions: number, sent: number];
}

const NOTHING_HEARD: readonly Notification[] = [];

interface AdvisoryWait {
  readonly key: AdvisoryKey;
  readonly mode: LockMode;
  readonly scope: AdvisoryRequest["scope"];
}

/** What the state needs of its session. */
export interface StateSession extends LockOwner {
  readonly inBlock: boolean;
  readonly snapshotXmin: number;
  changeTransaction(modes: TransactionModes): void;
  deferConstraints(deferred: boolean): void;
  /** Shows the modes of the open transaction, or undefined for any other setting. */
  showTransaction(name: string): string | undefined;
  warn(code: string, message: string): void;
  /** Something has been heard that is to be delivered when no transaction is open. */
  heard(): void;
}

/**
 * What a session has beside its transaction: settings, channels, advisory locks, prepared
 * statements.
 */
export class SessionState implements SessionServices, Listener {
  readonly settings = new Settings();
  readonly #prepared = new Map<string, ParsedStatement>();
  readonly pending: PendingNotifications;
  readonly #session: StateSession;
  readonly #database: SharedDatabase;
  /** Advisory locks that the session holds, each as often as it was taken. */
  #advisory: { readonly key: AdvisoryKey; readonly mode: LockMode }[] = [];
  /** The one that it stands in line for, and has when it is asked for again. */
  #awaited: AdvisoryWait | null = null;
  #heard: readonly Notification[] = NOTHING_HEARD;
  readonly #drawn = new WeakMap<Sequence, bigint>();
  #drawnFromLast: Sequence | null = null;

  constructor(session: StateSession, database: SharedDatabase) {
    this.#session = session;
    this.#database = database;
    this.pending = new PendingNotifications(database.channels, this, session.processId);
  }

  get processId(): number {
    return this.#session.processId;
  }

  get inBlock(): boolean {
    return this.#session.inBlock;
  }

  get snapshotXmin(): number {
    return this.#session.snapshotXmin;
  }

  get mark(): StateMark {
    return { settings: this.settings.mark, notifications: this.pending.mark };
  }

  undoTo(mark: StateMark): void {
    this.#awaited = null;
    this.settings.undoTo(mark.settings);
    this.pending.undoTo(mark.notifications);
  }

  /** The transaction's changes of the session stay. Its notifications are sent. */
  commit(): void {
    this.settings.commit();
    this.pending.commit();
  }

  showSetting(name: string): string {
    return this.#session.showTransaction(name) ?? this.settings.show(name);
  }

  changeSetting(name: string, value: string | null, local: boolean): void {
    if (local && !this.inBlock) {
      this.#session.warn("25P01", "SET LOCAL can only be used in transaction blocks");
    }
    this.settings.change(name, value, local);
  }

  resetSettings(): void {
    this.settings.resetAll();
  }

  changeTransaction(modes: TransactionModes): void {
    this.#session.changeTransaction(modes);
  }

  noteDrawn(sequence: Sequence, value: bigint): void {
    this.#drawn.set(sequence, value);
    this.#drawnFromLast = sequence;
  }

  noteSet(sequence: Sequence, value: bigint): void {
    this.#drawn.set(sequence, value);
  }

  lastDrawn(sequence: Sequence | null): bigint | undefined {
    const asked = sequence ?? this.#drawnFromLast;
    return asked === null ? undefined : this.#drawn.get(asked);
  }

  deferConstraints(deferred: boolean): void {
    this.#session.deferConstraints(deferred);
  }

  notify(channel: string, payload: string): void {
    this.pending.notify(channel, payload);
  }

  listen(channel: string): void {
    this.pending.act({ kind: "listen", channel });
  }

  unlisten(channel: string | null): void {
    this.pending.act({ kind: "unlisten", channel });
  }

  hear(notification: Notification): void {
    this.#heard = [...this.#heard, notification];
    this.#session.heard();
  }

  /** What was heard since this was asked last. */
  takeHeard(): readonly Notification[] {
    const heard = this.#heard;
    this.#heard = NOTHING_HEARD;
    return heard;
  }

  lockAdvisory(key: AdvisoryKey, mode: LockMode, { scope, wait }: AdvisoryRequest): boolean {
    const { locks } = this.#database;
    const awaited = this.#awaited;
    this.#awaited = null;
    const granted =
      awaited !== null && awaited.key === key && awaited.mode === mode && awaited.scope === scope;
    if (!granted) {
      const lock = this.#lockOf(key);
      if (!wait) {
        if (!locks.tryTake(lock, this.#session, mode, scope)) {
          return false;
        }
      } else if (!locks.take(lock, this.#session, mode, scope)) {
        this.#awaited = { key, mode, scope };
        return false;
      }
    }
    if (scope === "session") {
      this.#advisory.push({ key, mode });
    }
    return true;
  }

  unlockAdvisory(key: AdvisoryKey, mode: LockMode): boolean {
    const at = this.#advisory.findLastIndex((one) => one.key === key && one.mode === mode);
    if (at < 0) {
      const name = mode === 7 ? "ExclusiveLock" : "ShareLock";
      this.#session.warn("01000", `you don't own a lock of type ${name}`);
      return false;
    }
    this.#advisory.splice(at, 1);
    return this.#database.locks.releaseSession(this.#lockOf(key), this.#session, mode);
  }

  unlockAllAdvisory(): void {
    for (const { key, mode } of this.#advisory) {
      this.#database.locks.releaseSession(this.#lockOf(key), this.#session, mode);
    }
    this.#advisory = [];
  }

  prepare(name: string, statement: ParsedStatement): void {
    if (this.#prepared.has(name)) {
      throw new PostgresError("42P05", `prepared statement "${name}" already exists`);
    }
    this.#prepared.set(name, statement);
  }

  deallocate(name: string | null): void {
    if (name === null) {
      this.#prepared.clear();
    } else {
      this.demandPrepared(name);
      this.#prepared.delete(name);
    }
  }

  /** @throws PostgresError (26000) */
  demandPrepared(name: string): ParsedStatement {
    const statement = this.#prepared.get(name);
    if (statement === undefined) {
      throw new PostgresError("26000", `prepared statement "${name}" does not exist`);
    }
    return statement;
  }

  /** The session is gone: nobody waits for it any more, and it hears nothing. */
  end(): void {
    this.unlockAllAdvisory();
    this.#database.channels.unlisten(null, this);
  }

  #lockOf(key: AdvisoryKey): Lock {
    return this.#database.advisoryLock(key);
  }
}
