import { databaseResource } from "../../scenarios/faults/effect-name.ts";
import type { ClientAddresses, ServerClient, DatabaseAddress } from "../environment/environment.ts";
import { openProxy } from "../toxiproxy/open-proxy.ts";
import type { Proxies } from "../toxiproxy/proxies.ts";
import type { LocalPostgres } from "./local-postgres.ts";

const HOST = "127.0.0.1";

/**
 * Opens a proxy to each database that a client may reach, and answers all that each client is
 * given.
 */
export async function openDatabaseProxies(parts: {
  readonly postgres: LocalPostgres;
  readonly proxies: Proxies;
  readonly clients: readonly ServerClient[];
  readonly listeners: ReadonlyMap<string, { readonly advertised: string }>;
}): Promise<ReadonlyMap<string, ClientAddresses>> {
  const addresses = new Map<string, ClientAddresses>();
  for (const { name, databases } of parts.clients) {
    const addressOf = new Map<string, DatabaseAddress>();
    const readers = new Map<string, DatabaseAddress>();
    for (const database of databases) {
      const owner = knownDatabase(parts.postgres, database);
      const listen = await openProxy({
        proxies: parts.proxies,
        client: name,
        resource: databaseResource(database),
        upstream: `${HOST}:${owner.port}`,
      });
      const proxy = { host: HOST, port: Number(listen.split(":")[1]) };
      addressOf.set(database, { ...owner, ...proxy });
      const reader = parts.postgres.readers.get(database);
      if (reader !== undefined) {
        readers.set(database, { ...reader, ...proxy });
      }
    }
    const kafka = { brokers: [parts.listeners.get(name)?.advertised ?? ""] };
    addresses.set(name, { name, kafka, databases: addressOf, readers });
  }
  return addresses;
}

/** A database of the server under its owner. @throws Error with the names there are */
export function knownDatabase(postgres: LocalPostgres, name: string): DatabaseAddress {
  const owner = postgres.owners.get(name);
  if (owner !== undefined) {
    return owner;
  }
  throw new Error(
    `no database is named ${name}; there are: ${[...postgres.owners.keys()].join(", ")}`,
  );
}
