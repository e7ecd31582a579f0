import { NotSimulated } from "../../kernel/not-simulated.ts";
import type { KafkaReply, KafkaRequest, ReplyOf, RequestKind } from "./protocol.ts";

const REQUEST_KINDS: ReadonlySet<unknown> = new Set<RequestKind>([
  "metadata",
  "create-topics",
  "produce",
  "fetch",
  "list-offsets",
  "join-group",
  "sync-group",
  "heartbeat",
  "leave-group",
  "offset-commit",
  "offset-fetch",
]);

/**
 * What came over the network as a request.
 *
 * @throws NotSimulated with its name when the broker does not know it
 */
export function parseRequest(payload: unknown): KafkaRequest {
  const kind = kindOf(payload);
  // Checked: it is an object of one of our kinds, and only `sim/kafka`'s client, compiled against
  // these types, makes those.
  if (REQUEST_KINDS.has(kind)) {
    return payload as KafkaRequest;
  }
  throw new NotSimulated("Kafka request", String(kind));
}

/**
 * What came over the network as the reply to a request of that kind.
 *
 * @throws Error when it answers another
 */
export function parseReply<Kind extends RequestKind>(kind: Kind, payload: unknown): ReplyOf<Kind> {
  // Checked: it is an object of that kind, and only our broker makes those.
  if (kindOf(payload) === kind) {
    return payload as KafkaReply as ReplyOf<Kind>;
  }
  throw new Error(`a ${kind} request was answered with ${String(kindOf(payload))}`);
}

function kindOf(payload: unknown): unknown {
  if (typeof payload !== "object" || payload === null || !("kind" in payload)) {
    return typeof payload;
  }
  return payload.kind;
}
