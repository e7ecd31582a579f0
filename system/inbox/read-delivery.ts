import { parseEvent, type ParsedEvent } from "../domain/events.ts";
import type { Delivery } from "../ports/broker.ts";
import { DatabaseError } from "../ports/database.ts";

/** Reads a message. A topic carries one type of event and is named after it. */
export function readDelivery({ topic, value }: Pick<Delivery, "topic" | "value">): ParsedEvent {
  const parsed = parseEvent(value);
  if (parsed.kind === "event" && parsed.event.type !== topic) {
    const reason = `an event of type ${parsed.event.type} does not belong on ${topic}`;
    return { kind: "unreadable", reason };
  }
  return parsed;
}

/** What is kept of an error that would come again on the same message. */
export function reasonOf(error: unknown): string {
  if (error instanceof DatabaseError) {
    return `the database refused it with ${error.code}: ${error.message}`;
  }
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
