import {
  encodeEvent,
  eventKey,
  parseEvent,
  TOPICS,
  type Event,
  type EventType,
} from "../../system/domain/events.ts";

/** Who puts messages on topics that no service has sent. */
export const STRANGER = "stranger";

/** What a stranger's message is. */
export const STRAY_FORMS = [
  "no-json",
  "no-value",
  "nul",
  "huge",
  "other-version",
  "other-type",
  "second-event",
  "stolen-id",
  "mixed-up-ids",
  "unknown-payment",
  "contrary-verdict",
] as const;

export type StrayForm = (typeof STRAY_FORMS)[number];

/** Each as what somebody reads in a story. */
export const STRAY_WORDS: Readonly<Record<StrayForm, string>> = {
  "no-json": "what is no JSON",
  "no-value": "no value",
  nul: "a NUL character",
  huge: "half a megabyte of nothing",
  "other-version": "an event of a version to come",
  "other-type": "an event that belongs on another topic",
  "second-event": "a second event about a payment of which one was taken in",
  "stolen-id": "another payment under the id of an event that was taken in",
  "mixed-up-ids": "an event that was taken in, under the id of another that was",
  "unknown-payment": "the verdict of a payment that nobody asked for",
  "contrary-verdict": "the failure of a payment that is completed",
};

/** A record, as far as a stranger looks at it. */
interface TakenRecord {
  readonly key: string | null;
  readonly value: string | null;
}

interface StrayMessage {
  readonly topic: EventType;
  readonly key: string | null;
  readonly value: string | null;
}

/** Whether there is such a message on such a topic. */
export function canStray(form: StrayForm, topic: EventType): boolean {
  switch (form) {
    case "unknown-payment":
      // The wallet believes what it is told of a payment: this one would be decided.
      return topic !== "payment.created";
    case "contrary-verdict":
      return topic === "payment.failed";
    default:
      return true;
  }
}

/**
 * What a stranger sends. Many of its messages are made after one that the services have taken in
 * already, so that what they say can only be a mistake; undefined while there is none.
 *
 * @param takenIn Gives the records of a topic that its consumer has committed
 * @param index Of the fault in its plan: it names the message
 */
export function strayMessage(
  { form, topic }: { readonly form: StrayForm; readonly topic: EventType },
  takenIn: (topic: EventType) => readonly TakenRecord[],
  index: number,
): StrayMessage | undefined {
  const id = `${OWN_IDS}${index + 1}`;
  const own = (value: string | null): StrayMessage => ({ topic, key: id, value });
  const events = (from: EventType) => takenIn(from).flatMap(eventsOfServices);
  const made = (from: EventType, make: (event: Event) => Event): StrayMessage | undefined => {
    const [event] = events(from);
    return event && { topic, key: eventKey(event), value: encodeEvent(make(event)) };
  };
  switch (form) {
    case "no-json":
      return own("{");
    case "no-value":
      return own(null);
    case "nul":
      return own("\u0000");
    case "huge":
      return own("0".repeat(500_000));
    case "other-version": {
      const message = made(topic, (event) => event);
      return message && { ...message, value: message.value?.replace(/:1\.0"/, ':9.0"') ?? null };
    }
    case "other-type":
      return made(TOPICS.find((each) => each !== topic) ?? topic, (event) => ({ ...event, id }));
    case "second-event":
      return made(topic, (event) => ({ ...event, id }));
    case "stolen-id":
      return made(topic, (event) => ofPayment(event, id));
    case "mixed-up-ids": {
      const [first] = events(topic);
      const other = events(OTHERS[topic]).find(
        (each) => first && eventKey(each) !== eventKey(first),
      );
      return other && made(topic, (event) => ({ ...event, id: other.id }));
    }
    case "unknown-payment":
      return made(topic, (event) => ({ ...ofPayment(event, id), id }));
    case "contrary-verdict":
      return made("payment.completed", (event) => {
        const { atMs, trace } = event;
        const type = "payment.failed";
        return {
          id,
          atMs,
          trace,
          type,
          paymentId: eventKey(event),
          reason: "insufficient_balance",
        };
      });
  }
}

/** A topic with events of other payments, which the same service takes in. */
const OTHERS = {
  "payment.created": "payment.created",
  "payment.completed": "payment.failed",
  "payment.failed": "payment.completed",
} as const satisfies Readonly<Record<EventType, EventType>>;

/** How the ids begin that a stranger makes up. */
const OWN_IDS = "stray-";

/** The event of a record, where it is one that a service has sent. */
function eventsOfServices({ value }: TakenRecord): readonly Event[] {
  const parsed = parseEvent(value);
  const isOfService =
    parsed.kind === "event" &&
    ![parsed.event.id, eventKey(parsed.event)].some((each) => each.startsWith(OWN_IDS));
  return isOfService ? [parsed.event] : [];
}

/** The same of another payment. */
function ofPayment(event: Event, paymentId: string): Event {
  return event.type === "payment.created"
    ? { ...event, payment: { ...event.payment, id: paymentId } }
    : { ...event, paymentId };
}
