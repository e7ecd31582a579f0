import { NotSimulated } from "../../kernel/not-simulated.ts";
import type { RetentionLimits, SegmentLimits } from "../log/log-segments.ts";

/** What is set for a topic, under Kafka's names in camel case; times in milliseconds. */
export interface TopicSettings extends SegmentLimits, RetentionLimits {
  readonly maxMessageBytes: number;
  readonly minInsyncReplicas: number;
  readonly uncleanLeaderElectionEnable: boolean;
  /** Whether a record keeps its sender's time, or gets the broker's when it is appended. */
  readonly messageTimestampType: "CreateTime" | "LogAppendTime";
  /** How far a sender's clock may be ahead of the broker's. */
  readonly messageTimestampAfterMaxMs: number;
}

/** As Apache Kafka 4.1 has them. */
export const DEFAULT_TOPIC_SETTINGS: TopicSettings = {
  segmentBytes: 1_073_741_824,
  segmentMs: 604_800_000,
  retentionMs: 604_800_000,
  retentionBytes: -1,
  maxMessageBytes: 1_048_588,
  minInsyncReplicas: 1,
  uncleanLeaderElectionEnable: false,
  messageTimestampType: "CreateTime",
  messageTimestampAfterMaxMs: 3_600_000,
};

/**
 * Reads a topic's settings as `create-topics` names them; what is not named is as in `defaults`.
 * Returns undefined where Kafka refuses the value.
 *
 * @throws NotSimulated for every other setting, compaction among them
 */
export function readTopicSettings(
  configs: ReadonlyMap<string, string>,
  defaults: TopicSettings,
): TopicSettings | undefined {
  let settings = defaults;
  for (const [name, text] of configs) {
    const read = READERS.get(name);
    if (read === undefined) {
      throw new NotSimulated("a topic with this setting", `${name}=${text}`);
    }
    const part = read(text, name);
    if (part === undefined) {
      return undefined;
    }
    settings = { ...settings, ...part };
  }
  return settings;
}

type Reader = (text: string, name: string) => Partial<TopicSettings> | undefined;

function numeric(min: number, build: (value: number) => Partial<TopicSettings>): Reader {
  return (text) => {
    const value = Number(text);
    return /^-?\d+$/.test(text) && value >= min ? build(value) : undefined;
  };
}

/** Below this Kafka takes no `segment.bytes`. */
const SEGMENT_BYTES_MIN = 1_048_576;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["segment.bytes", numeric(SEGMENT_BYTES_MIN, (segmentBytes) => ({ segmentBytes }))],
  ["segment.ms", numeric(1, (segmentMs) => ({ segmentMs }))],
  ["retention.ms", numeric(-1, (retentionMs) => ({ retentionMs }))],
  ["retention.bytes", numeric(-1, (retentionBytes) => ({ retentionBytes }))],
  ["max.message.bytes", numeric(0, (maxMessageBytes) => ({ maxMessageBytes }))],
  ["min.insync.replicas", numeric(1, (minInsyncReplicas) => ({ minInsyncReplicas }))],
  [
    "message.timestamp.after.max.ms",
    numeric(0, (messageTimestampAfterMaxMs) => ({ messageTimestampAfterMaxMs })),
  ],
  [
    "unclean.leader.election.enable",
    (text) =>
      text === "true" || text === "false"
        ? { uncleanLeaderElectionEnable: text === "true" }
        : undefined,
  ],
  [
    "message.timestamp.type",
    (text) =>
      text === "CreateTime" || text === "LogAppendTime"
        ? { messageTimestampType: text }
        : undefined,
  ],
  ["cleanup.policy", readCleanupPolicy],
]);

function readCleanupPolicy(text: string, name: string): Partial<TopicSettings> | undefined {
  if (text.includes("compact")) {
    throw new NotSimulated("compaction of a topic", `${name}=${text}`);
  }
  return text === "delete" ? {} : undefined;
}
