/** Writes what stands in a block, by the word after `generated:`. @throws Error for another word */
export type BlockWriter = (name: string) => string;

/**
 * The text of a page with its blocks written anew. A block stands between the lines
 * `<!-- generated: NAME -->` and `<!-- end -->`.
 *
 * @throws Error for a block that has no end, and for an end without a block
 */
export function fillBlocks(text: string, write: BlockWriter): string {
  const lines: string[] = [];
  let open: string | undefined;
  for (const line of text.split("\n")) {
    const name = BEGIN.exec(line)?.groups?.["name"];
    if (name !== undefined) {
      if (open !== undefined) {
        throw new Error(`the block ${open} has no end before the block ${name}`);
      }
      open = name;
      lines.push(line, "", write(name), "");
    } else if (line === END) {
      if (open === undefined) {
        throw new Error(`an end without a block: ${END}`);
      }
      open = undefined;
      lines.push(line);
    } else if (open === undefined) {
      lines.push(line);
    }
  }
  if (open !== undefined) {
    throw new Error(`the block ${open} has no end`);
  }
  return lines.join("\n");
}

const BEGIN = /^<!-- generated: (?<name>[a-z -]+) -->$/;
const END = "<!-- end -->";
