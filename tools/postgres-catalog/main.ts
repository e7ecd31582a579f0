import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { CATALOG_TABLES } from "./catalog-tables.ts";

/**
 * Writes sim/postgres/system-catalog/*-data.ts anew from a PostgreSQL server: `node
 * tools/postgres-catalog/main.ts postgres://...`. The server should be of the oldest version that
 * is taken, for a function that is not there yet must not be resolved.
 */
const [url] = process.argv.slice(2);
if (url === undefined) {
  throw new Error("say which server to read: node tools/postgres-catalog/main.ts postgres://...");
}
const client = new Client(url);
await client.connect();
const folder = join(import.meta.dirname, "../../sim/postgres/system-catalog");
for (const { file, constant, comment, sql } of CATALOG_TABLES) {
  const { rows } = await client.query<{ line: string }>(sql);
  const lines = rows.map(({ line }) => line).join("\n");
  const text = `/** ${comment} */\nexport const ${constant} = \`\n${lines}\n\`;\n`;
  writeFileSync(join(folder, file), text);
}
await client.end();
