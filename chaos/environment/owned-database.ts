import { Client, escapeIdentifier } from "pg";
import type { DatabaseAddress } from "./environment.ts";

/**
 * Makes an empty database that only the role of its name, its owner, may connect to. The role must
 * exist.
 */
export async function createOwnedDatabase(client: Client, database: string): Promise<void> {
  const name = escapeIdentifier(database);
  await client.query(`CREATE DATABASE ${name} OWNER ${name}`);
  // Every role may connect to every database unless this is said: a service must reach its own one
  // only.
  await client.query(`REVOKE CONNECT, TEMPORARY ON DATABASE ${name} FROM PUBLIC`);
}

/** The role that may read all that a service keeps in its database, and nothing else. */
export function readerOf(database: string): string {
  return `${database}_reader`;
}

/**
 * Lets the reader of a database, a role that must exist, read what its owner will make there.
 * `client` is connected to that database.
 */
export async function letReaderRead(client: Client, database: string): Promise<void> {
  const [owner, reader] = [escapeIdentifier(database), escapeIdentifier(readerOf(database))];
  await client.query(`GRANT CONNECT ON DATABASE ${owner} TO ${reader}`);
  await client.query(`GRANT USAGE ON SCHEMA public TO ${reader}`);
  await client.query(
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA public GRANT SELECT ON TABLES TO ${reader}`,
  );
}

/**
 * Puts an empty database in the place of one of the same name, whoever is still connected to that.
 */
export async function recreateOwnedDatabase(client: Client, database: string): Promise<void> {
  await client.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(database)} WITH (FORCE)`);
  await createOwnedDatabase(client, database);
}

/** Connects, lets `use` work, and disconnects, also when it throws. */
export async function withClient<T>(
  address: DatabaseAddress,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({ ...address, connectionTimeoutMillis: 2000 });
  // A server that ends while we talk to it also rejects the query; without a listener it would end
  // us.
  client.on("error", () => {});
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
