import { NotSimulated } from "../../kernel/not-simulated.ts";
import { PostgresError } from "../ground/postgres-error.ts";

/** A setting that can be set: its default, and how a value is read and shown. */
export interface Setting {
  readonly name: string;
  readonly default: string;
  /** The value in the form that SHOW gives. @throws PostgresError (22023) */
  readonly normalize: (value: string) => string;
}

const MS_MAX = 2 ** 31 - 1;

const UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
  ["ms", 1],
];

/** The settings that are simulated; what is not here is refused by its name. */
const SETTINGS: ReadonlyMap<string, Setting> = new Map(
  [
    time("lock_timeout", "0"),
    time("statement_timeout", "0"),
    time("idle_in_transaction_session_timeout", "0"),
    time("deadlock_timeout", "1s"),
    text("application_name", ""),
    oneOf("default_transaction_isolation", "read committed", [
      "read committed",
      "read uncommitted",
      "repeatable read",
      "serializable",
    ]),
    bool("default_transaction_read_only", "off"),
    bool("default_transaction_deferrable", "off"),
    oneOf("client_min_messages", "notice", ["notice", "warning", "error"]),
    only("search_path", '"$user", public', ["public", '"$user", public']),
    only("client_encoding", "UTF8", ["UTF8"]),
    only("TimeZone", "UTC", ["UTC"]),
    only("DateStyle", "ISO, MDY", ["ISO, MDY", "ISO"]),
    only("standard_conforming_strings", "on", ["on"]),
    only("synchronous_commit", "on", ["on"]),
    // What the planner chooses is open here anyhow.
    ...["seqscan", "indexscan", "indexonlyscan", "bitmapscan", "hashjoin", "mergejoin", "nestloop"]
      .concat(["sort", "material", "hashagg"])
      .map((what) => bool(`enable_${what}`, "on")),
    only("random_page_cost", "4", null),
    only("seq_page_cost", "1", null),
    only("cpu_tuple_cost", "0.01", null),
    only("cpu_index_tuple_cost", "0.005", null),
    only("cpu_operator_cost", "0.0025", null),
    only("parallel_setup_cost", "1000", null),
    only("parallel_tuple_cost", "0.1", null),
    only("min_parallel_table_scan_size", "8MB", null),
    only("min_parallel_index_scan_size", "512kB", null),
    only("max_parallel_workers_per_gather", "2", null),
    only("parallel_leader_participation", "on", null),
    only("force_parallel_mode", "off", null),
  ].map((setting) => [setting.name.toLowerCase(), setting]),
);

/** A setting by its name; one with a dot is anybody's own. */
export function demandSetting(name: string): Setting {
  const setting = SETTINGS.get(name) ?? SETTINGS.get(name.toLowerCase());
  if (setting !== undefined) {
    return setting;
  }
  if (name.includes(".")) {
    return text(name, "");
  }
  throw new NotSimulated(`setting ${name}`, name);
}

/** Asked for with every statement. */
const msRead = new Map<string, number>();
const MS_READ_MAX = 1_000;

/** Milliseconds of a time setting's value, in the form that SHOW gives. */
export function msOf(value: string): number {
  let ms = msRead.get(value);
  if (ms === undefined) {
    ms = readMs(value);
    if (msRead.size >= MS_READ_MAX) {
      msRead.clear();
    }
    msRead.set(value, ms);
  }
  return ms;
}

function readMs(value: string): number {
  const [, digits = "0", unit = "ms"] = /^([0-9]+)([a-z]*)$/.exec(value) ?? [];
  const factor = UNITS.find(([name]) => name === unit)?.[1] ?? 1;
  return Number(digits) * factor;
}

function time(name: string, initial: string): Setting {
  const normalize = (value: string): string => {
    const parts = /^\s*(-?[0-9]+(?:\.[0-9]+)?)\s*([a-z]*)\s*$/.exec(value);
    const unit = parts?.[2] === "" ? "ms" : parts?.[2];
    const factor = unit === "us" ? 0.001 : UNITS.find(([known]) => known === unit)?.[1];
    if (parts === null || factor === undefined) {
      const hint =
        parts === null
          ? {}
          : { hint: 'Valid units for this parameter are "us", "ms", "s", "min", "h", and "d".' };
      throw invalid(name, value, hint);
    }
    const ms = Math.round(Number(parts[1]) * factor);
    const least = name === "deadlock_timeout" ? 1 : 0;
    if (ms < least || ms > MS_MAX) {
      const message = `${ms} ms is outside the valid range for parameter "${name}" (${least} .. ${MS_MAX})`;
      throw new PostgresError("22023", message);
    }
    const shown = UNITS.find(([, size]) => ms !== 0 && ms % size === 0);
    return shown === undefined ? "0" : `${ms / shown[1]}${shown[0]}`;
  };
  return { name, default: initial, normalize };
}

function bool(name: string, initial: string): Setting {
  const normalize = (value: string): string => {
    const word = value.toLowerCase();
    if (["on", "true", "yes", "1", "t", "y"].includes(word)) {
      return "on";
    }
    if (["off", "false", "no", "0", "f", "n"].includes(word)) {
      return "off";
    }
    throw new PostgresError("22023", `parameter "${name}" requires a Boolean value`);
  };
  return { name, default: initial, normalize };
}

function text(name: string, initial: string): Setting {
  return { name, default: initial, normalize: (value) => value };
}

function oneOf(name: string, initial: string, values: readonly string[]): Setting {
  const normalize = (value: string): string => {
    if (!values.includes(value.toLowerCase())) {
      throw invalid(name, value, { hint: `Available values: ${values.join(", ")}.` });
    }
    return value.toLowerCase();
  };
  return { name, default: initial, normalize };
}

/** Other values may be right for PostgreSQL, and would mean something here. */
function only(name: string, initial: string, values: readonly string[] | null): Setting {
  const normalize = (value: string): string => {
    if (values !== null && !values.includes(value)) {
      throw new NotSimulated(`setting ${name}`, value);
    }
    return value;
  };
  return { name, default: initial, normalize };
}

function invalid(name: string, value: string, parts: { readonly hint?: string }): PostgresError {
  return new PostgresError("22023", `invalid value for parameter "${name}": "${value}"`, parts);
}
