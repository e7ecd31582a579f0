import { BrokerError } from "./broker.ts";

/** A partition of a topic. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
}

/**
 * kafkajs does not ask a leader again that has answered. So where a partition's leader moved during
 * a send, to a broker that had answered, its records are left out, and the send succeeds all the
 * same. Only the places in its answer tell.
 *
 * @throws BrokerError with `applied` unknown when records went to a place that nobody answered for
 */
export function demandAnswered(wanted: readonly Place[], answered: readonly Place[]): void {
  const names = new Set(answered.map(nameOf));
  const missing = wanted.map(nameOf).find((name) => !names.has(name));
  if (missing !== undefined) {
    throw new BrokerError(`the leader of ${missing} moved, and its records were not sent`, {
      applied: "unknown",
    });
  }
}

function nameOf({ topic, partition }: Place): string {
  return `${topic}/${partition}`;
}
