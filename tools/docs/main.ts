/** Writes the generated blocks of the documentation from the code: `npm run docs`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeBlock } from "./blocks.ts";
import { fillBlocks } from "./fill-blocks.ts";
import { pages, projectFolder, readProjectFile } from "./pages.ts";

for (const page of pages) {
  const text = readProjectFile(page);
  const filled = fillBlocks(text, writeBlock);
  if (filled !== text) {
    writeFileSync(join(projectFolder, page), filled);
    process.stdout.write(`${page} is written anew\n`);
  }
}
