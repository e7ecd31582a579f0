import { demandSetting, msOf } from "./setting.ts";

interface Change {
  readonly name: string;
  readonly session: string | undefined;
  readonly local: string | undefined;
}

/**
 * The settings of a session. A change is taken back with the transaction that made it, or with the
 * part of it that is rolled back; one that is local ends with it in any case.
 */
export class Settings {
  readonly #session = new Map<string, string>();
  readonly #local = new Map<string, string>();
  /** What was there before each change of the open transaction. */
  readonly #changes: Change[] = [];

  /** How far the changes of the transaction have come, for `undoTo`. */
  get mark(): number {
    return this.#changes.length;
  }

  /** The value as SHOW gives it. @throws NotSimulated */
  show(name: string): string {
    const setting = demandSetting(name);
    const key = setting.name;
    return this.#local.get(key) ?? this.#session.get(key) ?? setting.default;
  }

  /** A setting of time, in milliseconds; 0 stands for none. */
  ms(name: string): number {
    return this.#session.size === 0 && this.#local.size === 0
      ? msOf(demandSetting(name).default)
      : msOf(this.show(name));
  }

  /** Null stands for the default. @throws PostgresError (22023) */
  change(name: string, value: string | null, local: boolean): void {
    const setting = demandSetting(name);
    const key = setting.name;
    const after = value === null ? setting.default : setting.normalize(value);
    this.#changes.push({
      name: key,
      session: this.#session.get(key),
      local: this.#local.get(key),
    });
    if (local) {
      this.#local.set(key, after);
    } else {
      this.#session.set(key, after);
      this.#local.delete(key);
    }
  }

  resetAll(): void {
    for (const name of new Set([...this.#session.keys(), ...this.#local.keys()])) {
      this.change(name, null, false);
    }
  }

  undoTo(mark: number): void {
    if (this.#changes.length === mark) {
      return;
    }
    for (const { name, session, local } of this.#changes.splice(mark).toReversed()) {
      put(this.#session, name, session);
      put(this.#local, name, local);
    }
  }

  commit(): void {
    // Emptying what is empty would cost it new memory, with every commit.
    if (this.#changes.length > 0) {
      this.#changes.length = 0;
      this.#local.clear();
    }
  }
}

function put(values: Map<string, string>, name: string, value: string | undefined): void {
  if (value === undefined) {
    values.delete(name);
  } else {
    values.set(name, value);
  }
}
