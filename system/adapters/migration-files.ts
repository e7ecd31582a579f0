import { readdirSync, readFileSync } from "node:fs";
import type { Migration } from "../database/migrate.ts";
import type { ServiceName } from "../process/services.ts";

/** A service's numbered SQL files, in the order of their names. */
export function readMigrations(service: ServiceName): readonly Migration[] {
  const folder = new URL(`../${service}/migrations/`, import.meta.url);
  return readdirSync(folder)
    .filter((file) => file.endsWith(".sql"))
    .toSorted()
    .map((file) => ({
      version: file.replace(/\.sql$/, ""),
      sql: readFileSync(new URL(file, folder), "utf8"),
    }));
}
