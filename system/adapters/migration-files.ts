import { readdirSync, readFileSync } from "node:fs";
import { createMigration, type Migration } from "../database/migrate.ts";
import type { ServiceName } from "../process/services.ts";

/** A service's numbered SQL files, in the order of their names. */
export function readMigrations(service: ServiceName): readonly Migration[] {
  const folder = new URL(`../${service}/migrations/`, import.meta.url);
  return readdirSync(folder)
    .filter((file) => file.endsWith(".sql"))
    .toSorted()
    .map((file) =>
      createMigration(file.replace(/\.sql$/, ""), readFileSync(new URL(file, folder), "utf8")),
    );
}
