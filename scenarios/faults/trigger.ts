import Type, { type Static } from "typebox";
import { demandEffect, parseEffect } from "./effect-name.ts";

/** When a fault begins: in a process, or at a time outside of them. */
export type Trigger = ProcessTrigger | OutsideTrigger;

/** When a fault begins in a process: at an effect, or at a time. */
export type ProcessTrigger = EffectTrigger | TimeTrigger;

/**
 * `before`: the request has not left the process. `after`: it was answered, and the process has not
 * learned of it. Of what arrives at the process, and of its own answers, the two are the same.
 */
export type EffectTrigger = Static<typeof effectTriggerSchema>;

/** `atMs` is in whole milliseconds after the load begins, when the wallets are open. */
export type TimeTrigger = Static<typeof timeTriggerSchema>;

/**
 * At a time, whatever the processes do: a server, or a link to one. `process` is the one whose link
 * it is, or null; `server` is in whose name it is told where it is nobody's.
 */
export interface OutsideTrigger {
  readonly on: "outside";
  readonly atMs: number;
  readonly process: string | null;
  readonly server: string;
}

const effectTriggerSchema = Type.Object(
  {
    on: Type.Literal("effect"),
    effect: Type.String({ maxLength: 200 }),
    side: Type.Enum(["before", "after"]),
  },
  { additionalProperties: false },
);

const timeTriggerSchema = Type.Object(
  {
    on: Type.Literal("time"),
    process: Type.String({ maxLength: 100 }),
    atMs: Type.Integer({ minimum: 0, maximum: 3_600_000 }),
  },
  { additionalProperties: false },
);

/** The longest that a fault may keep a process away: clients ask for twice as long. */
export const OUTAGE_MS_MAX = 60_000;

export const triggerSchema = Type.Union([effectTriggerSchema, timeTriggerSchema]);

/** The process in which the fault begins, or whose link it strikes; null for a server's. */
export function processOf(trigger: Trigger): string | null {
  return trigger.on === "effect" ? demandEffect(trigger.effect).process : trigger.process;
}

/** Whom it strikes: a process, or a server. */
export function whomOf(trigger: Trigger): string {
  return processOf(trigger) ?? (trigger.on === "outside" ? trigger.server : "");
}

/** The kind of place, for sums over many runs: `after payment-db/accept.commit`, `at a time`. */
export function placeOf(trigger: Trigger): string {
  if (trigger.on !== "effect") {
    return "at a time";
  }
  const { resource, operation } = demandEffect(trigger.effect);
  return `${trigger.side} ${resource}/${operation}`;
}

/** The very place, for a story: `after payment-1/kafka/produce#2`, `at 1200 ms of the load`. */
export function describeTrigger(trigger: Trigger): string {
  return trigger.on === "effect"
    ? `${trigger.side} ${trigger.effect}`
    : `at ${trigger.atMs} ms of the load`;
}

/** What is wrong with a trigger in itself, or undefined. */
export function complaintAboutTrigger(trigger: Trigger): string | undefined {
  return trigger.on === "effect" && parseEffect(trigger.effect) === undefined
    ? `${JSON.stringify(trigger.effect)} is not the name of an effect, such as payment-1/kafka/produce#2`
    : undefined;
}
