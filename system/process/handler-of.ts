import type { Handle } from "../inbox/consume.ts";
import type { Parts } from "./parts.ts";
import { definitionOf, type Role } from "./services.ts";
import type { Workplace } from "./workplace.ts";

/** What a consuming role does with events. @throws Error for a role that consumes nothing */
export function handlerOf(role: Role, place: Workplace, parts: Parts): Handle {
  const definition = definitionOf(role);
  if (definition.kind !== "consumer") {
    throw new Error(`${role} consumes nothing`);
  }
  return (events) => definition.handle(place, parts, events);
}
