import { BrokerError, type BrokerRecord, type Producer } from "../ports/broker.ts";

/** An event of the outbox that is to be sent. */
export interface UnsentEvent {
  readonly outboxId: bigint;
  readonly record: BrokerRecord;
}

export interface SendOutcome {
  /** What the broker has. */
  readonly acknowledged: readonly UnsentEvent[];
  /** What it refuses for good, with what it said. */
  readonly refused: readonly { readonly event: UnsentEvent; readonly reason: string }[];
}

/**
 * Sends events in order. What the broker refuses is sent again in halves, until it is known which
 * event is at fault: it takes no other down with it. But what has its key waits behind it.
 *
 * @throws BrokerError that is no refusal: an outage, and any of them may have been sent
 */
export async function sendInOrder(
  producer: Producer,
  events: readonly UnsentEvent[],
): Promise<SendOutcome> {
  const acknowledged: UnsentEvent[] = [];
  const refused: { readonly event: UnsentEvent; readonly reason: string }[] = [];
  const heldKeys = new Set<string>();

  const send = async (part: readonly UnsentEvent[]): Promise<void> => {
    const free = part.filter(({ record }) => !heldKeys.has(record.key));
    const [event] = free;
    if (event === undefined) {
      return;
    }
    try {
      await producer.send(free.map(({ record }) => record));
      acknowledged.push(...free);
    } catch (error) {
      if (!(error instanceof BrokerError && error.isRefusal)) {
        throw error;
      }
      if (free.length === 1) {
        refused.push({ event, reason: error.message });
        heldKeys.add(event.record.key);
        return;
      }
      const middle = Math.ceil(free.length / 2);
      await send(free.slice(0, middle));
      await send(free.slice(middle));
    }
  };

  await send(events);
  return { acknowledged, refused };
}
