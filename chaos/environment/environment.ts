import type { Proxies } from "../toxiproxy/proxies.ts";

/** Where a PostgreSQL database is reached, in the shape that `pg` takes as its configuration. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

/** Where Kafka is reached; `brokers` is kafkajs's list, `host:port` each. */
export interface KafkaServerAddress {
  readonly brokers: readonly string[];
}

/**
 * One process that will talk to the servers. `databases` are those it may reach: a service names
 * its own one. Its proxies are its own, so a cut or a slow link can hit this process and no other.
 */
export interface ServerClient {
  readonly name: string;
  readonly databases: readonly string[];
}

/**
 * The addresses given to one process; every one of them is a proxy's, so no byte of it goes around
 * Toxiproxy.
 */
export interface ClientAddresses {
  readonly name: string;
  readonly kafka: KafkaServerAddress;
  /** By the database's name. */
  readonly databases: ReadonlyMap<string, DatabaseAddress>;
  /** The same databases, under a role that can only read. */
  readonly readers: ReadonlyMap<string, DatabaseAddress>;
}

/** Versions of what runs, for the evidence. */
export interface ServerVersions {
  readonly postgres: string;
  readonly kafka: string;
  readonly toxiproxy: string;
}

/**
 * Real servers, ready for one run, whoever started them: one PostgreSQL server with a database and
 * a role for each service (a role can connect to its own database only), Apache Kafka without
 * topics, and Toxiproxy between every client and both.
 */
export interface Environment {
  readonly kind: "local" | "containers" | "given";
  readonly versions: ServerVersions;
  /** Holds a log file for each server (absolute path). */
  readonly logsFolder: string;
  /** By the name of the client asked for. */
  readonly clients: ReadonlyMap<string, ClientAddresses>;
  readonly proxies: Proxies;
  /**
   * The direct addresses of the servers, for the testbed itself, for preparing and observing; they
   * stay open when the proxies are cut.
   */
  readonly administration: {
    readonly kafka: KafkaServerAddress;
    /**
     * The superuser's address of a database, `postgres` itself included; throws on a name that is
     * not there.
     */
    database(name: string): DatabaseAddress;
  };
  /** Stops what this environment started and removes its folders. May be called twice. */
  stop(): Promise<void>;
}
