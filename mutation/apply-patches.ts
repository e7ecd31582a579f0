import type { SourcePatch } from "../scenarios/mutants/mutant.ts";

/**
 * The source of a file with the patches that are for it.
 *
 * @throws Error when what a patch replaces is not there exactly once: the source has changed
 */
export function applyPatches(
  source: string,
  file: string,
  patches: readonly SourcePatch[],
): string {
  let patched = source;
  for (const { find, replace } of patches.filter((each) => each.file === file)) {
    const parts = patched.split(find);
    if (parts.length !== 2) {
      const found = parts.length - 1;
      throw new Error(`${file}: ${JSON.stringify(find)} is there ${found} times, not once`);
    }
    patched = parts.join(replace);
  }
  return patched;
}
