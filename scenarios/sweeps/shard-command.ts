import type { Shard } from "./seeds.ts";

/** A command line that asks for a shard is that for the whole sweep, and the shard after it. */
export const commandOfShard = {
  with: (command: string, shard: Shard | null): string =>
    shard === null ? command : `${command}${ending(shard)}`,
  without: (command: string, shard: Shard): string =>
    command.endsWith(ending(shard)) ? command.slice(0, -ending(shard).length) : command,
};

function ending({ index, count }: Shard): string {
  return ` --shard ${index}/${count}`;
}
