import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { formatMoney, parseMoney } from "./money.ts";
import { ORDERED_AS, REFUSAL_REASONS, type Payment, type RefusalReason } from "./payment.ts";
import { formatTimestamp, parseTimestamp } from "./timestamp.ts";
import { formatTraceparent, readTrace, type TraceContext } from "./trace-context.ts";

/** The three events that join the services. A topic carries one type and is named after it. */
export type Event = EventHead &
  (
    | { readonly type: "payment.created"; readonly payment: Payment }
    | {
        readonly type: "payment.completed";
        readonly paymentId: string;
        /** Who owns the wallet that got the money: a party that the payment service cannot know. */
        readonly receiverOwnerId: string | null;
      }
    | {
        readonly type: "payment.failed";
        readonly paymentId: string;
        readonly reason: RefusalReason;
      }
  );

/** What every event has. */
export interface EventHead {
  readonly id: string;
  /** When it happened, by its publisher's clock, in milliseconds since the epoch. */
  readonly atMs: number;
  /** The step that published it; undefined where a message has none that is valid. */
  readonly trace: TraceContext | undefined;
}

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

/** What a line about an event says of it: `paymentId`, and `traceId` where it has one. */
export function eventWords(event: Event): Readonly<Record<string, string>> {
  const { id: eventId, trace } = event;
  const words = { eventId, paymentId: eventKey(event) };
  return trace === undefined ? words : { ...words, traceId: trace.traceId };
}

/** The event as CloudEvents 1.0 in JSON, structured mode. */
export function encodeEvent(event: Event): string {
  return JSON.stringify({
    specversion: "1.0",
    id: event.id,
    type: event.type,
    source: `/falconpay/${PUBLISHERS[event.type]}`,
    subject: eventKey(event),
    time: formatTimestamp(event.atMs),
    traceparent: event.trace === undefined ? undefined : formatTraceparent(event.trace),
    tracestate: event.trace?.state,
    dataschema: `${schemaOf(event.type)}${VERSION}`,
    datacontenttype: "application/json",
    data: encodeData(event),
  });
}

/**
 * The version of what is in `data`, MAJOR.MINOR, at the end of `dataschema`. A higher MINOR says
 * more in fields of its own, which who does not know them leaves alone. Another MAJOR says
 * something else: who does not know it sets the event aside.
 */
const VERSION = "1.0";
const MAJORS_READ = ["1"];

/** What stands before the version: `urn:falconpay:event:payment.created:`. */
function schemaOf(type: EventType): string {
  return `urn:falconpay:event:${type}:`;
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

/** Where a service publishes what it has set aside, with the reason. None of ours reads it. */
export function deadLetterTopicOf(service: string): string {
  return `${service}.dead-letters`;
}

export const DEAD_LETTER_TOPICS: readonly string[] = [...new Set(Object.values(PUBLISHERS))].map(
  deadLetterTopicOf,
);

/** Every topic that has to be there. */
export const ALL_TOPICS: readonly string[] = [...TOPICS, ...DEAD_LETTER_TOPICS];

export type ParsedEvent =
  | { readonly kind: "event"; readonly event: Event }
  | { readonly kind: "unreadable"; readonly reason: string };

/** Reads what came over a topic. What is not one of our events is a value with the reason. */
export function parseEvent(text: string | null): ParsedEvent {
  if (text === null) {
    return unreadable("the message has no value");
  }
  const json = parseJson(text);
  if (json === undefined) {
    return unreadable("the value is not JSON");
  }
  if (!anyType.Check(json)) {
    return unfit(anyType, json);
  }
  // Before its data: another version may say everything there in another way.
  if (!envelope.Check(json)) {
    return unfit(envelope, json);
  }
  const complaint = complaintAboutVersion(json.type, json.dataschema);
  const atMs = parseTimestamp(json.time);
  if (complaint !== undefined || atMs === undefined) {
    return unreadable(complaint ?? `/time ${JSON.stringify(json.time)} is not an RFC 3339 time`);
  }
  const head = { id: json.id, atMs, trace: traceOf(json) };
  switch (json.type) {
    case "payment.created":
      return created.Check(json) ? readCreated(head, json.data) : unfit(created, json);
    case "payment.completed":
      return completed.Check(json) ? readCompleted(head, json.data) : unfit(completed, json);
    case "payment.failed":
      return failed.Check(json) ? readFailed(head, json.data) : unfit(failed, json);
  }
}

function complaintAboutVersion(type: EventType, dataschema: string): string | undefined {
  const schema = schemaOf(type);
  const version = dataschema.startsWith(schema) ? dataschema.slice(schema.length) : "";
  const [, major] = /^([0-9]{1,9})\.[0-9]{1,9}$/.exec(version) ?? [];
  if (major === undefined) {
    return `/dataschema ${JSON.stringify(dataschema)} is not ${schema}MAJOR.MINOR`;
  }
  return MAJORS_READ.includes(major)
    ? undefined
    : `/dataschema version ${version} of ${type} is not known here: ${MAJORS_READ.join(", ")} is`;
}

/** What is not valid is ignored, as the standard has it. */
function traceOf(json: {
  readonly traceparent?: unknown;
  readonly tracestate?: unknown;
}): TraceContext | undefined {
  const textIn = (value: unknown) => (typeof value === "string" ? [value] : []);
  return readTrace({
    traceparent: textIn(json.traceparent),
    tracestate: textIn(json.tracestate),
  });
}

const text = Type.String({ minLength: 1, maxLength: 200, pattern: "^[^\\u0000]+$" });

const createdData = Type.Object({
  paymentId: text,
  senderWalletId: text,
  receiverWalletId: text,
  amount: text,
  currency: text,
  orderedBy: text,
  orderedAs: Type.Enum(ORDERED_AS),
});
const completedData = Type.Object({
  paymentId: text,
  receiverOwnerId: Type.Union([text, Type.Null()]),
});
const failedData = Type.Object({ paymentId: text, reason: Type.Enum(REFUSAL_REASONS) });

const anyType = Compile(Type.Object({ type: Type.Enum(TOPICS) }));
const envelope = Compile(
  Type.Object({
    specversion: Type.Literal("1.0"),
    id: text,
    time: text,
    dataschema: text,
    traceparent: Type.Optional(Type.Unknown()),
    tracestate: Type.Optional(Type.Unknown()),
  }),
);
const created = Compile(Type.Object({ data: createdData }));
const completed = Compile(Type.Object({ data: completedData }));
const failed = Compile(Type.Object({ data: failedData }));

function readCreated(head: EventHead, data: Static<typeof createdData>): ParsedEvent {
  const { paymentId: id, senderWalletId, receiverWalletId, orderedBy, orderedAs } = data;
  const parsed = parseMoney(data.amount, data.currency);
  if (parsed.kind === "refused") {
    return unreadable(parsed.message);
  }
  if (parsed.money.amountMinor === 0n) {
    return unreadable("amount is zero");
  }
  const { money } = parsed;
  const payment = { id, senderWalletId, receiverWalletId, money, orderedBy, orderedAs };
  return { kind: "event", event: { ...head, type: "payment.created", payment } };
}

function readCompleted(head: EventHead, data: Static<typeof completedData>): ParsedEvent {
  const { paymentId, receiverOwnerId } = data;
  const type = "payment.completed";
  return { kind: "event", event: { ...head, type, paymentId, receiverOwnerId } };
}

function readFailed(head: EventHead, data: Static<typeof failedData>): ParsedEvent {
  const { paymentId, reason } = data;
  return { kind: "event", event: { ...head, type: "payment.failed", paymentId, reason } };
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

function encodeData(event: Event): Readonly<Record<string, string | null>> {
  switch (event.type) {
    case "payment.created":
      return {
        paymentId: event.payment.id,
        senderWalletId: event.payment.senderWalletId,
        receiverWalletId: event.payment.receiverWalletId,
        amount: formatMoney(event.payment.money),
        currency: event.payment.money.currency,
        orderedBy: event.payment.orderedBy,
        orderedAs: event.payment.orderedAs,
      };
    case "payment.completed":
      return { paymentId: event.paymentId, receiverOwnerId: event.receiverOwnerId };
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
