import { HTTP, KAFKA, NOTIFIED, parseEffect } from "./effect-name.ts";
import type { EffectTrigger } from "./trigger.ts";

/**
 * What an effect is for its process: a request of its own, something that arrives, or what it
 * answers a client.
 */
export function natureOf(effect: string): "request" | "arrival" | "answer" {
  const name = parseEffect(effect);
  switch (`${name?.resource}/${name?.operation}`) {
    case `${KAFKA}/deliver`:
    case `${HTTP}/request`:
      return "arrival";
    case `${HTTP}/answer`:
      return "answer";
    default:
      return name?.operation.endsWith(`.${NOTIFIED}`) === true ? "arrival" : "request";
  }
}

/** What a process that is killed at an effect leaves undone, to follow a colon. */
export function whatWasLost({ effect, side }: EffectTrigger): string {
  switch (natureOf(effect)) {
    case "arrival":
      return "nothing came of what had arrived.";
    case "answer":
      return "its client was not told.";
    case "request":
      return side === "before"
        ? "the request never left the process."
        : "the request was answered, and the process never learned of it.";
  }
}
