import type { ApiKey } from "../http/api-keys.ts";
import { complaintAboutKnobs, DEFAULT_KNOBS, KNOB_BOUNDS, type Knobs } from "./knobs.ts";
import { readKeys } from "./read-keys.ts";
import {
  definitionOf,
  ROLES,
  SAGA_SERVICES,
  serviceOf,
  type Role,
  type ServiceName,
  type SourceName,
} from "./services.ts";

/** One process, as its environment describes it. */
export interface Configuration {
  readonly processName: string;
  readonly roles: readonly Role[];
  readonly databaseUrls: ReadonlyMap<ServiceName, string>;
  /** The services' databases through roles that can only read; empty where nobody reads them. */
  readonly sourceUrls: ReadonlyMap<SourceName, string>;
  readonly kafkaBrokers: readonly string[];
  /** Of those who may ask; empty lets nobody in. */
  readonly apiKeys: readonly ApiKey[];
  readonly http: { readonly host: string; readonly port: number };
  readonly knobs: Knobs;
}

/** Every fault found in the environment, a line each. */
export class InvalidConfiguration extends Error {
  override readonly name = "InvalidConfiguration";
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join("\n"));
    this.faults = faults;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a process's configuration from environment variables; `main.ts` lists them.
 *
 * @param readFile throws when there is no such file
 * @throws InvalidConfiguration with every fault at once
 */
export function readConfiguration(
  environment: Environment,
  readFile: (path: string) => string,
): Configuration {
  const faults: string[] = [];
  const roles = readRoles(environment, faults);
  const services = [...new Set(roles.map(serviceOf))];
  const databaseUrls = new Map(
    services.map((service) => [
      service,
      databaseUrl(environment, `${service.toUpperCase()}_DATABASE_URL`, faults),
    ]),
  );
  const configuration = {
    processName: environment["PROCESS_NAME"] ?? services.join("+"),
    roles,
    databaseUrls,
    sourceUrls: readSources(environment, roles, faults),
    kafkaBrokers: readBrokers(environment, faults),
    apiKeys: readKeys(environment, readFile, faults),
    http: {
      host: environment["HTTP_HOST"] ?? "127.0.0.1",
      port: wholeNumber(environment, "HTTP_PORT", { fallback: 8080, min: 0, max: 65_535 }, faults),
    },
    knobs: readKnobs(environment, faults),
  };
  if (faults.length > 0) {
    throw new InvalidConfiguration(faults);
  }
  return configuration;
}

function readRoles(environment: Environment, faults: string[]): readonly Role[] {
  const names = required(environment, "ROLES", faults).split(",").filter(Boolean);
  if (names.length === 0 && environment["ROLES"]) {
    faults.push("ROLES: a process without a role would do nothing");
  }
  if (new Set(names).size < names.length) {
    faults.push("ROLES: a role is named twice");
  }
  const unknown = names.filter((name) => !isRole(name));
  if (unknown.length > 0) {
    faults.push(`ROLES: ${unknown.join(", ")} is not one of: ${ROLES.join(", ")}`);
  }
  return names.filter(isRole);
}

function readSources(
  environment: Environment,
  roles: readonly Role[],
  faults: string[],
): ReadonlyMap<SourceName, string> {
  return roles.some((role) => definitionOf(role).kind === "auditor")
    ? new Map(
        SAGA_SERVICES.map(({ name }) => [
          name,
          databaseUrl(environment, `${name.toUpperCase()}_READER_URL`, faults),
        ]),
      )
    : new Map();
}

function readKnobs(environment: Environment, faults: string[]): Knobs {
  const read = (variable: string, knob: keyof Knobs) => {
    const range = { fallback: DEFAULT_KNOBS[knob], ...KNOB_BOUNDS[knob] };
    return wholeNumber(environment, variable, range, faults);
  };
  const knobs = {
    relayBatchMax: read("RELAY_BATCH_MAX", "relayBatchMax"),
    relayPollMs: read("RELAY_POLL_MS", "relayPollMs"),
    relayLingerMs: read("RELAY_LINGER_MS", "relayLingerMs"),
    relayLeaseMs: read("RELAY_LEASE_MS", "relayLeaseMs"),
    relayAttemptsMax: read("RELAY_ATTEMPTS_MAX", "relayAttemptsMax"),
    outboxKeptSeconds: read("OUTBOX_KEPT_SECONDS", "outboxKeptSeconds"),
    acceptBatchMax: read("ACCEPT_BATCH_MAX", "acceptBatchMax"),
    consumeBatchMax: read("CONSUME_BATCH_MAX", "consumeBatchMax"),
    consumeAttemptsMax: read("CONSUME_ATTEMPTS_MAX", "consumeAttemptsMax"),
    consumeRetryDelayMs: read("CONSUME_RETRY_DELAY_MS", "consumeRetryDelayMs"),
    sessionTimeoutMs: read("SESSION_TIMEOUT_MS", "sessionTimeoutMs"),
  };
  const complaint = complaintAboutKnobs(knobs);
  if (complaint !== undefined) {
    faults.push(`CONSUME_ATTEMPTS_MAX, CONSUME_RETRY_DELAY_MS, SESSION_TIMEOUT_MS: ${complaint}`);
  }
  return knobs;
}

function required(environment: Environment, variable: string, faults: string[]): string {
  const value = environment[variable];
  if (value === undefined || value === "") {
    faults.push(`${variable}: missing`);
    return "";
  }
  return value;
}

/** Not told word for word where it is wrong: it may hold a password. */
function databaseUrl(environment: Environment, variable: string, faults: string[]): string {
  const value = required(environment, variable, faults);
  if (value !== "" && !(/^postgres(ql)?:/.test(value) && URL.canParse(value))) {
    faults.push(`${variable}: expected postgres://USER:PASSWORD@HOST:PORT/DATABASE`);
  }
  return value;
}

function readBrokers(environment: Environment, faults: string[]): readonly string[] {
  const brokers = required(environment, "KAFKA_BROKERS", faults).split(",");
  for (const broker of brokers.filter((each) => each !== "" || brokers.length > 1)) {
    if (!/^[^\s:,]+:[0-9]{1,5}$|^\[[0-9a-fA-F:]+\]:[0-9]{1,5}$/.test(broker)) {
      faults.push(`KAFKA_BROKERS: ${JSON.stringify(broker)} is not HOST:PORT`);
    }
  }
  return brokers;
}

function wholeNumber(
  environment: Environment,
  variable: string,
  range: { readonly fallback: number; readonly min: number; readonly max: number },
  faults: string[],
): number {
  const text = environment[variable];
  if (text === undefined) {
    return range.fallback;
  }
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= range.min && value <= range.max)) {
    faults.push(
      `${variable}: ${JSON.stringify(text)} is not a whole number from ${range.min} to ${range.max}`,
    );
  }
  return value;
}

function isRole(name: string): name is Role {
  return ROLES.some((role) => role === name);
}
