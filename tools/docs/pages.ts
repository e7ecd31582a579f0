import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const projectFolder = resolve(import.meta.dirname, "..", "..");

/** Every page of the documentation, relative to the project's folder. */
export const pages: readonly string[] = ["README.md", "CONTRIBUTING.md", "docs/*.md"].flatMap(
  (pattern) => globSync(pattern, { cwd: projectFolder }).toSorted(),
);

/** A file of the project as text; its path is relative to the project's folder. */
export function readProjectFile(path: string): string {
  return readFileSync(join(projectFolder, path), "utf8");
}
