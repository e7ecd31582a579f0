import type { Assignment } from "../../protocol/protocol.ts";

/** The name under which members agree on this way of sharing, as kafkajs spells it. */
export const ROUND_ROBIN_NAME = "RoundRobinAssigner";

/**
 * Deals the partitions out in turn to the members in the order of their ids, as kafkajs's leader
 * does by default. A member beyond the number of partitions gets none.
 */
export function assignRoundRobin(
  memberIds: readonly string[],
  partitions: Assignment,
): ReadonlyMap<string, Assignment> {
  // Ids are unique, so no tie-break is needed.
  const sorted = memberIds.toSorted((one, other) => (one < other ? -1 : 1));
  return new Map(
    sorted.map((memberId, position) => [
      memberId,
      partitions.filter((_, index) => index % sorted.length === position),
    ]),
  );
}
