import type { BrokerHost } from "../ground/broker-host.ts";
import type { PartitionLog } from "../log/partition-log.ts";
import type { KafkaErrorCode } from "../protocol/error-code.ts";
import type { ReplyOf, RequestOf, TopicPartition } from "../protocol/protocol.ts";
import { FetchWait } from "./fetch-wait.ts";

export interface FetchHandlerOptions {
  readonly host: BrokerHost;
  /** A replica that is here, whoever leads: since 2.4 (KIP-392) a follower may be read, too. */
  readonly logOf: (place: TopicPartition) => PartitionLog | undefined;
  readonly refusalOf: (place: TopicPartition) => KafkaErrorCode;
}

type PartitionFetched = ReplyOf<"fetch">["partitions"][number];

interface Reading {
  readonly partitions: readonly PartitionFetched[];
  readonly sizeBytes: number;
  readonly hasError: boolean;
}

/** Takes the fetches of consumers: answers when there is enough, an error, or no more time. */
export class FetchHandler {
  readonly #options: FetchHandlerOptions;

  constructor(options: FetchHandlerOptions) {
    this.#options = options;
  }

  /** `waits` holds it while it waits. */
  handle(
    request: RequestOf<"fetch">,
    waits: Set<FetchWait>,
    reply: (reply: ReplyOf<"fetch">) => void,
  ): void {
    const idleLogs = request.maxWaitMs === 0 ? undefined : this.#logsAtEnd(request);
    let reading = idleLogs === undefined ? this.#read(request) : undefined;
    const isEnough = (each: Reading): boolean =>
      each.hasError || each.sizeBytes >= request.minBytes;
    if (reading !== undefined && (request.maxWaitMs === 0 || isEnough(reading))) {
      reply({ kind: "fetch", partitions: reading.partitions });
      return;
    }
    const wait = new FetchWait({
      host: this.#options.host,
      logs: idleLogs ?? this.#logs(request),
      maxWaitMs: request.maxWaitMs,
      isEnough: () => isEnough((reading = this.#read(request))),
      onOver: () => {
        waits.delete(wait);
        const { partitions } = reading ?? this.#read(request);
        reply({ kind: "fetch", partitions });
      },
    });
    waits.add(wait);
  }

  /** The logs of a fetch that has all there is; undefined when there is more, or an error. */
  #logsAtEnd(request: RequestOf<"fetch">): readonly PartitionLog[] | undefined {
    const logs: PartitionLog[] = [];
    for (const place of request.partitions) {
      const log = this.#options.logOf(place);
      if (log?.highWatermark !== place.offset) {
        return undefined;
      }
      logs.push(log);
    }
    return logs;
  }

  #logs(request: RequestOf<"fetch">): readonly PartitionLog[] {
    return request.partitions.flatMap((place) => this.#options.logOf(place) ?? []);
  }

  #read({ partitions, maxBytes, maxBytesPerPartition }: RequestOf<"fetch">): Reading {
    let sizeBytes = 0;
    let hasError = false;
    const fetched = partitions.map((place): PartitionFetched => {
      const { topic, partition, offset } = place;
      const log = this.#options.logOf(place);
      if (log === undefined) {
        hasError = true;
        return {
          topic,
          partition,
          error: this.#options.refusalOf(place),
          highWatermark: -1,
          logStartOffset: -1,
          records: [],
        };
      }
      const { highWatermark, startOffset: logStartOffset, endOffset } = log;
      if (offset < logStartOffset || offset > endOffset) {
        hasError = true;
        const error = "OFFSET_OUT_OF_RANGE";
        return { topic, partition, error, highWatermark: -1, logStartOffset: -1, records: [] };
      }
      const slice = log.read(offset, {
        limit: highWatermark,
        maxBytes: Math.min(maxBytesPerPartition, maxBytes - sizeBytes),
        // Of the whole answer, not of each partition: a batch may be larger than any limit.
        atLeastOne: sizeBytes === 0,
      });
      sizeBytes += slice.sizeBytes;
      const { records } = slice;
      return { topic, partition, error: "NONE", highWatermark, logStartOffset, records };
    });
    return { partitions: fetched, sizeBytes, hasError };
  }
}
