import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const projectFolder = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** A file's path relative to the project's folder, with forward slashes on every system. */
export function projectPath(absolutePath: string): string {
  return relative(projectFolder, absolutePath).split(sep).join("/");
}

/**
 * The path in the project that a relative import leads to; undefined when it names a package.
 *
 * @param arrow `from` is the importing file, absolute; `specifier` as written in the import
 */
export function importedProjectPath(arrow: {
  from: string;
  specifier: string;
}): string | undefined {
  if (!arrow.specifier.startsWith(".")) {
    return undefined;
  }
  return projectPath(join(dirname(arrow.from), arrow.specifier));
}
