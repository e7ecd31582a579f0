import { SAGA_SERVICES, SERVICES } from "../system/process/services.ts";
import type { DatabaseAddress } from "./environment/environment.ts";

/** All that the services' processes are told of their servers, as environment variables. */
export type ServerVariables = Readonly<Record<string, string>>;

/** The variables that name the servers, in the order in which a user is told of them. */
const SERVER_VARIABLES: readonly string[] = [
  ...SERVICES.map(({ name }) => databaseVariable(name)),
  ...SAGA_SERVICES.map(({ name }) => readerVariable(name)),
  "KAFKA_BROKERS",
];

/** The servers that a user's environment names, or the names that are missing there. */
export function givenServers(environment: Environment): GivenServers {
  return givenAmong(SERVER_VARIABLES, environment);
}

/** Those that a reconciliation by itself needs, or the names that are missing. */
export function auditedServers(environment: Environment): GivenServers {
  const readers = SAGA_SERVICES.map(({ name }) => readerVariable(name));
  return givenAmong([databaseVariable("reconciliation"), ...readers], environment);
}

type Environment = Readonly<Record<string, string | undefined>>;

type GivenServers =
  | { readonly kind: "servers"; readonly variables: ServerVariables }
  | { readonly kind: "missing"; readonly names: readonly string[] };

function givenAmong(names: readonly string[], environment: Environment): GivenServers {
  const entries = names.map((name) => [name, environment[name] ?? ""] as const);
  const missing = entries.filter(([, value]) => value === "").map(([name]) => name);
  return missing.length === 0
    ? { kind: "servers", variables: Object.fromEntries(entries) }
    : { kind: "missing", names: missing };
}

/** The variables for servers of one's own. */
export function variablesOf(servers: {
  readonly databases: ReadonlyMap<string, DatabaseAddress>;
  readonly readers: ReadonlyMap<string, DatabaseAddress>;
  readonly brokers: readonly string[];
}): ServerVariables {
  const { databases, readers, brokers } = servers;
  return {
    ...Object.fromEntries(
      [...databases].map(([name, address]) => [databaseVariable(name), urlOf(address)]),
    ),
    ...Object.fromEntries(
      [...readers].map(([name, address]) => [readerVariable(name), urlOf(address)]),
    ),
    KAFKA_BROKERS: brokers.join(","),
  };
}

/** `PAYMENT_DATABASE_URL`: as `system/main.ts` lists it. */
export function databaseVariable(service: string): string {
  return `${service.toUpperCase()}_DATABASE_URL`;
}

/** `PAYMENT_READER_URL`: as `system/main.ts` lists it. */
export function readerVariable(service: string): string {
  return `${service.toUpperCase()}_READER_URL`;
}

/** An address as the services take it. */
export function urlOf({ host, port, database, user, password }: DatabaseAddress): string {
  return `postgres://${user}:${password}@${host}:${port}/${database}`;
}
