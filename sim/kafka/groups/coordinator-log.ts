import type { BrokerHost } from "../ground/broker-host.ts";
import type { KafkaErrorCode } from "../protocol/error-code.ts";

/** A record of `__consumer_offsets`: its key says of what, and no value that it is gone. */
export interface CoordinatorRecord {
  readonly key: string;
  readonly value: string | null;
}

type OnWritten = (error: KafkaErrorCode) => void;

/** Appends records to a partition; told when all in-sync replicas have them, or cannot. */
export type AppendRecords = (records: readonly CoordinatorRecord[], onDone: OnWritten) => void;

/**
 * What a coordinator writes: held back for a moment, so that what comes meanwhile goes with it, and
 * done for all of it at once. As Kafka's CoordinatorRuntime does with `append.linger.ms`.
 */
export class CoordinatorLog {
  readonly #host: BrokerHost;
  readonly #lingerMs: number;
  readonly #append: AppendRecords;
  #records: readonly CoordinatorRecord[] = [];
  #waiting: OnWritten[] = [];
  #isOver = false;

  constructor(options: { host: BrokerHost; lingerMs: number; append: AppendRecords }) {
    this.#host = options.host;
    this.#lingerMs = options.lingerMs;
    this.#append = options.append;
  }

  write(records: readonly CoordinatorRecord[], onWritten: OnWritten): void {
    const isFirst = this.#waiting.length === 0;
    // Most of the time nothing else comes while it is held back.
    this.#records = isFirst ? records : [...this.#records, ...records];
    this.#waiting.push(onWritten);
    if (this.#lingerMs === 0) {
      this.#flush();
    } else if (isFirst) {
      this.#host.setTimer(this.#lingerMs, () => this.#flush());
    }
  }

  /** Another broker coordinates from now on: what is held back is not written. */
  end(): void {
    this.#isOver = true;
    for (const onWritten of this.#waiting.splice(0)) {
      onWritten("NOT_COORDINATOR");
    }
  }

  #flush(): void {
    const waiting = this.#waiting;
    if (this.#isOver || waiting.length === 0) {
      return;
    }
    const records = this.#records;
    this.#records = [];
    this.#waiting = [];
    this.#append(records, (error) => {
      for (const onWritten of waiting) {
        onWritten(asCoordinatorError(error));
      }
    });
  }
}

/** What a client of the coordinator is told of an error of the coordinator's own partition. */
function asCoordinatorError(error: KafkaErrorCode): KafkaErrorCode {
  switch (error) {
    case "UNKNOWN_TOPIC_OR_PARTITION":
    case "NOT_ENOUGH_REPLICAS":
    case "NOT_ENOUGH_REPLICAS_AFTER_APPEND":
    case "REQUEST_TIMED_OUT":
      return "COORDINATOR_NOT_AVAILABLE";
    case "NOT_LEADER_OR_FOLLOWER":
      return "NOT_COORDINATOR";
    default:
      return error;
  }
}
