import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { formatMoney, parseMoney } from "./money.ts";
import { REFUSAL_REASONS, type Payment, type RefusalReason } from "./payment.ts";

/** The three events that join the services. A topic carries one type and is named after it. */
export type Event =
  | { readonly id: string; readonly type: "payment.created"; readonly payment: Payment }
  | { readonly id: string; readonly type: "payment.completed"; readonly paymentId: string }
  | {
      readonly id: string;
      readonly type: "payment.failed";
      readonly paymentId: string;
      readonly reason: RefusalReason;
    };

export type EventType = (typeof TOPICS)[number];

export const TOPICS = ["payment.created", "payment.completed", "payment.failed"] as const;

/** The key that keeps one payment's events in order. */
export function eventKey(event: Event): string {
  switch (event.type) {
    case "payment.created":
      return event.payment.id;
    case "payment.completed":
    case "payment.failed":
      return event.paymentId;
  }
}

/** The event as CloudEvents 1.0 in JSON, structured mode. */
export function encodeEvent(event: Event): string {
  return JSON.stringify({
    specversion: "1.0",
    id: event.id,
    type: event.type,
    source: `/falconpay/${PUBLISHERS[event.type]}`,
    subject: eventKey(event),
    datacontenttype: "application/json",
    data: encodeData(event),
  });
}

/** The service that publishes each topic: nobody else writes to it. */
const PUBLISHERS = {
  "payment.created": "payment",
  "payment.completed": "wallet",
  "payment.failed": "wallet",
} as const satisfies Readonly<Record<EventType, string>>;

/** The topics to which a service publishes. */
export function topicsPublishedBy(service: (typeof PUBLISHERS)[EventType]): readonly EventType[] {
  return TOPICS.filter((topic) => PUBLISHERS[topic] === service);
}

export type ParsedEvent =
  | { readonly kind: "event"; readonly event: Event }
  | { readonly kind: "unreadable"; readonly reason: string };

/** Reads what came over a topic. What is not one of our events is a value with the reason. */
export function parseEvent(text: string | null): ParsedEvent {
  if (text === null) {
    return unreadable("the message has no value");
  }
  const json = parseJson(text);
  switch (typeOf(json)) {
    case "payment.created":
      return created.Check(json) ? readCreated(json.id, json.data) : unfit(created, json);
    case "payment.completed":
      return completed.Check(json) ? readCompleted(json) : unfit(completed, json);
    case "payment.failed":
      return failed.Check(json) ? readFailed(json) : unfit(failed, json);
    default:
      return json === undefined ? unreadable("the value is not JSON") : unfit(anyType, json);
  }
}

const text = Type.String({ minLength: 1, maxLength: 200, pattern: "^[^\\u0000]+$" });
const shared = { specversion: Type.Literal("1.0"), id: text };

const createdData = Type.Object({
  paymentId: text,
  senderWalletId: text,
  receiverWalletId: text,
  amount: text,
  currency: text,
});

const created = Compile(
  Type.Object({ ...shared, type: Type.Literal("payment.created"), data: createdData }),
);

const completedEvent = Type.Object({
  ...shared,
  type: Type.Literal("payment.completed"),
  data: Type.Object({ paymentId: text }),
});

const failedEvent = Type.Object({
  ...shared,
  type: Type.Literal("payment.failed"),
  data: Type.Object({ paymentId: text, reason: Type.Enum(REFUSAL_REASONS) }),
});

const completed = Compile(completedEvent);
const failed = Compile(failedEvent);

const anyType = Compile(Type.Object({ type: Type.Enum(TOPICS) }));

function readCreated(id: string, data: Static<typeof createdData>): ParsedEvent {
  const { paymentId, senderWalletId, receiverWalletId } = data;
  const parsed = parseMoney(data.amount, data.currency);
  if (parsed.kind === "refused") {
    return unreadable(parsed.message);
  }
  if (parsed.money.amountMinor === 0n) {
    return unreadable("amount is zero");
  }
  const payment = { id: paymentId, senderWalletId, receiverWalletId, money: parsed.money };
  return { kind: "event", event: { id, type: "payment.created", payment } };
}

function readCompleted({ id, type, data }: Static<typeof completedEvent>): ParsedEvent {
  return { kind: "event", event: { id, type, paymentId: data.paymentId } };
}

function readFailed({ id, type, data }: Static<typeof failedEvent>): ParsedEvent {
  return { kind: "event", event: { id, type, paymentId: data.paymentId, reason: data.reason } };
}

/** The event's type as it says itself, unchecked. */
function typeOf(json: unknown): unknown {
  return typeof json === "object" && json !== null && "type" in json ? json.type : undefined;
}

/** Why a value does not fit: the first fault, with its place. */
function unfit(schema: { Errors(value: unknown): SchemaFault[] }, json: unknown): ParsedEvent {
  const [fault] = schema.Errors(json);
  const place = fault?.instancePath || "the value";
  return unreadable(`${place} ${fault?.message ?? "is not an event of ours"}`);
}

interface SchemaFault {
  readonly instancePath: string;
  readonly message: string;
}

function encodeData(event: Event): Readonly<Record<string, string>> {
  switch (event.type) {
    case "payment.created":
      return {
        paymentId: event.payment.id,
        senderWalletId: event.payment.senderWalletId,
        receiverWalletId: event.payment.receiverWalletId,
        amount: formatMoney(event.payment.money),
        currency: event.payment.money.currency,
      };
    case "payment.completed":
      return { paymentId: event.paymentId };
    case "payment.failed":
      return { paymentId: event.paymentId, reason: event.reason };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreadable(reason: string): ParsedEvent {
  return { kind: "unreadable", reason };
}
