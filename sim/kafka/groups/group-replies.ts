import type { KafkaErrorCode } from "../protocol/error-code.ts";
import type { ReplyOf } from "../protocol/protocol.ts";

/** A join that brings no membership. */
export function refusedJoin(error: KafkaErrorCode, memberId: string): ReplyOf<"join-group"> {
  return {
    kind: "join-group",
    error,
    memberId,
    generation: -1,
    leaderId: "",
    protocol: "",
    members: [],
  };
}

/** A sync that brings no assignment. */
export function refusedSync(error: KafkaErrorCode): ReplyOf<"sync-group"> {
  return { kind: "sync-group", error, assignment: [] };
}
