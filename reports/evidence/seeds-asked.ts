import type { Evidence, ShardEvidence } from "./evidence.ts";

/** How many seeds were asked for: of a shard, as many as it has. */
export function seedsAsked({
  seeds,
  shard,
}: {
  readonly seeds: Pick<Evidence["seeds"], "first" | "last">;
  readonly shard: Pick<ShardEvidence, "index" | "count"> | null;
}): number {
  const all = seeds.last - seeds.first + 1;
  return shard === null ? all : Math.max(0, Math.ceil((all - shard.index + 1) / shard.count));
}
