import type { TopicPartition } from "../protocol/protocol.ts";
import type { CoordinatorRecord } from "./coordinator-log.ts";
import type { GroupImage } from "./group-image.ts";

/** An offset that a group has committed. */
export interface CommittedOffset {
  readonly offset: number;
  readonly committedAtMs: number;
}

/** What a record of `__consumer_offsets` says; undefined for what is gone. */
export type CoordinatorNews =
  | { readonly kind: "group"; readonly group: string; readonly image: GroupImage | undefined }
  | (TopicPartition & {
      readonly kind: "offset";
      readonly group: string;
      readonly committed: CommittedOffset | undefined;
    });

/** Kafka has bytes there; the key is what compaction would go by. */
export function encodeGroup(group: string, image: GroupImage | undefined): CoordinatorRecord {
  return { key: `group|${group}`, value: image === undefined ? null : JSON.stringify(image) };
}

export function encodeOffset(
  group: string,
  { topic, partition }: TopicPartition,
  committed: CommittedOffset | undefined,
): CoordinatorRecord {
  return {
    key: `offset|${topic}|${partition}|${group}`,
    value: committed === undefined ? null : `${committed.offset}|${committed.committedAtMs}`,
  };
}

/** Reads back what `encodeGroup` and `encodeOffset` wrote. */
export function decodeCoordinatorRecord({ key, value }: CoordinatorRecord): CoordinatorNews {
  // A topic's name has no bar in it; a group's may, and stands last.
  const [kind = "", ...rest] = key.split("|");
  if (kind === "group") {
    // Nobody else writes to this partition: a value is what `encodeGroup` made of an image.
    const image = value === null ? undefined : (JSON.parse(value) as GroupImage);
    return { kind, group: rest.join("|"), image };
  }
  const [topic = "", partition = "", ...group] = rest;
  const [offset = "", committedAtMs = ""] = value?.split("|") ?? [];
  return {
    kind: "offset",
    group: group.join("|"),
    topic,
    partition: Number(partition),
    committed:
      value === null ? undefined : { offset: Number(offset), committedAtMs: Number(committedAtMs) },
  };
}
