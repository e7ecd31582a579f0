import type { BrokerHost } from "../ground/broker-host.ts";
import type { CoordinatorRecord } from "../groups/coordinator-log.ts";
import type { KafkaErrorCode } from "../protocol/error-code.ts";
import { appendToLeader } from "./append-to-leader.ts";
import type { Leadership } from "./leadership.ts";

const NO_HEADERS: ReadonlyMap<string, string> = new Map();

/** Appends what a coordinator writes to its partition, with acks from all. */
export function appendOffsets(
  leadership: Leadership,
  records: readonly CoordinatorRecord[],
  options: {
    readonly host: BrokerHost;
    readonly timeoutMs: number;
    /** The records are in the leader's log. */
    readonly onAppended: () => void;
    readonly onDone: (error: KafkaErrorCode) => void;
  },
): void {
  const { host, timeoutMs, onAppended, onDone } = options;
  const timestampMs = host.nowMs();
  const appended = appendToLeader(leadership, {
    records: records.map(({ key, value }) => ({ key, value, headers: NO_HEADERS, timestampMs })),
    producer: undefined,
    needsAll: true,
    nowMs: timestampMs,
  });
  if (appended.kind === "refused") {
    onDone(appended.error);
    return;
  }
  onAppended();
  if (leadership.highWatermark >= appended.nextOffset) {
    onDone("NONE");
    return;
  }
  const tell = (error: KafkaErrorCode): void => {
    timer.cancel();
    onDone(error);
  };
  const timer = host.setTimer(timeoutMs, () => {
    leadership.stopWaiting(tell);
    onDone("REQUEST_TIMED_OUT");
  });
  leadership.whenReplicated(appended.nextOffset, tell);
}
