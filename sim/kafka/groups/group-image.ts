import type { Assignment, GroupProtocol } from "../protocol/protocol.ts";

/** A group as it is written to the log of its coordinator: what outlives the broker. */
export interface GroupImage {
  readonly group: string;
  readonly generation: number;
  /** Empty with no members. */
  readonly protocol: string;
  readonly leaderId: string;
  /** When it got to where it is: for how long the offsets of an empty group are kept. */
  readonly sinceMs: number;
  readonly members: readonly MemberImage[];
}

export interface MemberImage {
  readonly id: string;
  readonly instanceId: string | null;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  /** The one that the group has chosen. */
  readonly protocol: GroupProtocol;
  readonly assignment: Assignment;
}
