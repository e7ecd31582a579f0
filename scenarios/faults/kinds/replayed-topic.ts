import Type, { type Static } from "typebox";
import { TOPICS } from "../../../system/domain/events.ts";
import { KAFKA } from "../effect-name.ts";
import type { FaultKind } from "../fault-kind.ts";
import { beginning } from "../outside.ts";

/** All that is on a topic is put there once more, as soon as something of it was taken in. */
export type ReplayedTopicFault = Static<typeof schema>;

const schema = Type.Object(
  { kind: Type.Literal("replayed-topic"), ...beginning, topic: Type.Enum([...TOPICS]) },
  { additionalProperties: false },
);

export const replayedTopicKind: FaultKind<ReplayedTopicFault> & {
  readonly schema: typeof schema;
} = {
  kind: "replayed-topic",
  noun: { one: "replay", many: "replays" },
  sentence: "All that is on a topic is put there once more, in its order, as new records.",
  schema,
  triggerOf: ({ atMs }) => ({ on: "outside", atMs, process: null, server: KAFKA }),
  complaint: () => undefined,
  needs: ["send-as-stranger"],
  outageMs: () => 0,
  lingersMs: () => 0,
  firesWith: "begin",
  tellBegin: ({ topic }) => `Takes from a stranger, once more, all that is on ${topic}.`,
  tellEnd: null,
};
