import { PGlite } from "@electric-sql/pglite";
import type { Client } from "pg";
import { newDb } from "pg-mem";
import { startScratchPostgres } from "../../tools/differential/servers/scratch-postgres.ts";
import { type Contender, createAsyncContender } from "./contender.ts";

/** PostgreSQL compiled to WebAssembly, in this process. */
export async function createPgliteContender(): Promise<Contender> {
  const database = await PGlite.create();
  return createAsyncContender({
    name: "PGlite",
    query: ({ sql, parameters }) => database.query(sql, [...parameters]),
    close: () => database.close(),
  });
}

/** An imitation in JavaScript of another project. */
export async function createPgMemContender(): Promise<Contender> {
  const adapters: { readonly Client: new () => Client } = newDb().adapters.createPg();
  const client = new adapters.Client();
  await client.connect();
  return createAsyncContender({
    name: "pg-mem",
    query: ({ sql, parameters }) => client.query(sql, [...parameters]),
    close: () => client.end(),
    joins: false,
  });
}

/** PostgreSQL itself over the loopback interface, flushing its commits as users have it. */
export async function createRealContender(): Promise<Contender> {
  const server = await startScratchPostgres({ isDurable: true });
  const client = await server.connect();
  return createAsyncContender({
    name: `PostgreSQL ${server.version}`,
    query: ({ sql, parameters }) => client.query(sql, [...parameters]),
    close: async () => {
      await client.end();
      await server.stop();
    },
  });
}
