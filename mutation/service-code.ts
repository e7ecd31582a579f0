import { readdirSync, readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Mutant, SourcePatch } from "../scenarios/mutants/mutant.ts";
import { readMigrations } from "../system/adapters/migration-files.ts";
import { createMigration, type Migration } from "../system/database/migrate.ts";
import { messageOf } from "../system/ports/message-of.ts";
import { shippedParts } from "../system/process/parts.ts";
import { runProcess } from "../system/process/run-process.ts";
import { SERVICES, type ServiceName } from "../system/process/services.ts";
import { applyPatches } from "./apply-patches.ts";
import { parseServiceModules, type ServiceModules } from "./service-code-codec.ts";

/** The services' code that a process runs: what ships, or a variant that is known to be bad. */
export interface ServiceCode extends ServiceModules {
  readonly migrations: (service: ServiceName) => readonly Migration[];
}

/** The services as they ship. */
export const shippedCode: ServiceCode = {
  runProcess,
  shippedParts,
  migrations: migrationsWith([]),
};

const ROOTS = ["system/process/run-process.ts", "system/process/parts.ts"] as const;
const PROJECT = fileURLToPath(new URL("..", import.meta.url));

/**
 * Loads the services with the patches of a mutant in their source. What imports a patched file,
 * directly or through others, is loaded anew beside the code that ships; all else is shared with
 * it, so that an error of a port is the same class on both sides. The judge keeps the code that
 * ships.
 *
 * Code that cannot be loaded is a process that cannot start.
 */
export async function loadServiceCode({ patches = [] }: Mutant): Promise<ServiceCode> {
  if (patches.length === 0) {
    return shippedCode;
  }
  const variant = addVariant(patches);
  return { ...(await loadModules(variant)), migrations: migrationsWith(patches) };
}

async function loadModules(variant: Variant): Promise<ServiceModules> {
  const load = (root: string): Promise<unknown> => {
    const { href } = pathToFileURL(`${PROJECT}${root}`);
    return import(variant.affected.has(root) ? `${href}${variant.query}` : href);
  };
  try {
    const [processModule, partsModule] = [await load(ROOTS[0]), await load(ROOTS[1])];
    return parseServiceModules({ processModule, partsModule });
  } catch (error) {
    const reason = messageOf(error);
    return {
      runProcess: () => Promise.resolve({ kind: "cannot-start", reason }),
      shippedParts,
    };
  }
}

/** All are read here: a simulated process reads no files. */
function migrationsWith(patches: readonly SourcePatch[]): ServiceCode["migrations"] {
  const migrations = new Map(
    SERVICES.map(({ name }): readonly [ServiceName, readonly Migration[]] => [
      name,
      readMigrations(name).map(({ version, sql }) => {
        const file = `system/${name}/migrations/${version}.sql`;
        return createMigration(version, applyPatches(sql, file, patches));
      }),
    ]),
  );
  return (service) => migrations.get(service) ?? [];
}

/** One variant of the services' modules in this thread. */
interface Variant {
  /** Follows the address of each of its modules. */
  readonly query: string;
  readonly patches: readonly SourcePatch[];
  /** The files of `system/` that are loaded anew, by their paths in the project. */
  readonly affected: ReadonlySet<string>;
}

const variants = new Map<string, Variant>();
let importers: ReadonlyMap<string, readonly string[]> | undefined;

function addVariant(patches: readonly SourcePatch[]): Variant {
  if (variants.size === 0) {
    registerHooks({ resolve: resolveVariant, load: loadVariant });
  }
  const query = `?mutant=${variants.size + 1}`;
  const variant = { query, patches, affected: affectedBy(patches.map(({ file }) => file)) };
  variants.set(query, variant);
  return variant;
}

type Hooks = Parameters<typeof registerHooks>[0];

/** An import by a module of a variant stays in the variant, where the file is affected. */
const resolveVariant: NonNullable<Hooks["resolve"]> = (specifier, context, next) => {
  const resolved = next(specifier, context);
  const variant = variantOf(context.parentURL);
  const isAffected = variant?.affected.has(projectPath(resolved.url)) ?? false;
  return isAffected ? { ...resolved, url: `${resolved.url}${variant?.query}` } : resolved;
};

const loadVariant: NonNullable<Hooks["load"]> = (url, context, next) => {
  const variant = variantOf(url);
  if (variant === undefined) {
    return next(url, context);
  }
  const file = projectPath(url);
  const source = applyPatches(readFileSync(`${PROJECT}${file}`, "utf8"), file, variant.patches);
  return { format: "module-typescript", source, shortCircuit: true };
};

function variantOf(url: string | undefined): Variant | undefined {
  const at = url?.indexOf("?mutant=") ?? -1;
  return url === undefined || at < 0 ? undefined : variants.get(url.slice(at));
}

/** A module's path in the project, with forward slashes. */
function projectPath(url: string): string {
  return url.startsWith("file:")
    ? relative(PROJECT, fileURLToPath(url.replace(/\?.*$/, "")))
        .split(sep)
        .join("/")
    : url;
}

/** The files, and all that import them, directly or through others. */
function affectedBy(files: readonly string[]): ReadonlySet<string> {
  importers ??= readImporters();
  const affected = new Set(files);
  for (const file of affected) {
    importers.get(file)?.forEach((importer) => affected.add(importer));
  }
  return affected;
}

/** By file of `system/`: the files there that import it. */
function readImporters(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const files = readdirSync(`${PROJECT}system`, { recursive: true, encoding: "utf8" });
  for (const file of files.filter((each) => each.endsWith(".ts"))) {
    const path = `system/${file.split(sep).join("/")}`;
    const source = readFileSync(`${PROJECT}${path}`, "utf8");
    for (const [, specifier = ""] of source.matchAll(/^(?:import|\}).* from "(\.[^"]+)";$/gm)) {
      const imported = projectPath(new URL(specifier, pathToFileURL(`${PROJECT}${path}`)).href);
      found.set(imported, [...(found.get(imported) ?? []), path]);
    }
  }
  return found;
}
