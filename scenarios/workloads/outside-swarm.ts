import fc from "fast-check";
import { TOPICS } from "../../system/domain/events.ts";
import { CONSUMER_GROUPS, definitionOf, serviceOf } from "../../system/process/services.ts";
import { databaseResource, KAFKA } from "../faults/effect-name.ts";
import type { OutsideFault } from "../faults/fault.ts";
import {
  FAULTY_DATABASES,
  FAULTY_SERVERS,
  isTableOf,
  LOCKED_TABLES,
  type LinkEnd,
} from "../faults/outside.ts";
import { PLANTED_BREAKS } from "../faults/planted-breaks.ts";
import { canStray, STRAY_FORMS } from "../faults/stranger.ts";
import { OUTAGE_MS_MAX } from "../faults/trigger.ts";
import type { ProcessSpecification } from "../plans/topology.ts";
import type { Deployment } from "./deployment.ts";

export type OutsideKind = OutsideFault["kind"];

/** All that can happen outside of the processes. */
export const OUTSIDE_KINDS: readonly OutsideKind[] = [
  ...(["outage", "cut-link", "held-link", "slow-link", "refused-link", "reset-link"] as const),
  ...(["replayed-topic", "rewound-group", "stray-message", "clock-jump"] as const),
  ...(["ended-backends", "few-connections", "full-disk", "held-lock", "slow-disk"] as const),
];

/** Something that happens to a server or a link, as drawn. */
export interface OutsideDraw<Kind extends OutsideKind = OutsideKind> {
  readonly kind: Kind;
  /** Numbers are taken modulo what there is to choose from. */
  readonly process: number;
  readonly place: number;
  readonly direction: number;
  readonly atMs: number;
  readonly lastsMs: number;
}

/** Draws what happens outside of the processes, of these kinds. */
export function outsideArbitrary<Kind extends OutsideKind>(
  kinds: readonly Kind[],
): fc.Arbitrary<OutsideDraw<Kind>> {
  const any = fc.nat({ max: 1_000_000 });
  return fc.record({
    kind: fc.constantFrom(...kinds),
    process: any,
    place: any,
    direction: any,
    atMs: any,
    // Often shorter than what is tried again lasts, and often longer than all of it.
    lastsMs: fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 20, max: 1_500 }) },
      { weight: 3, arbitrary: fc.integer({ min: 1_500, max: 15_000 }) },
      { weight: 2, arbitrary: fc.integer({ min: 15_000, max: OUTAGE_MS_MAX }) },
    ),
  });
}

/** Lays out what was drawn within a load of that length: where there is something to strike. */
export function layOutOutside(
  { kind, process, place, direction, ...drawn }: OutsideDraw,
  { topology }: Deployment,
  loadMs: number,
): OutsideFault {
  const atMs = drawn.atMs % loadMs;
  const { lastsMs } = drawn;
  switch (kind) {
    case "outage":
      return { kind, server: pick(FAULTY_SERVERS, place), atMs, lastsMs };
    case "ended-backends":
      return { kind, server: pick(FAULTY_DATABASES, place), atMs };
    case "few-connections":
      return { kind, server: pick(FAULTY_DATABASES, place), atMs, lastsMs, max: direction % 20 };
    case "full-disk":
      return { kind, server: pick(FAULTY_DATABASES, place), atMs, lastsMs };
    case "slow-disk":
      return {
        kind,
        server: pick(FAULTY_DATABASES, place),
        atMs,
        lastsMs,
        delayMs: 1 + (direction % 3_000),
      };
    case "held-lock": {
      const server = pick(FAULTY_DATABASES, place);
      const tables = LOCKED_TABLES.filter((table) => isTableOf(server, table));
      return { kind, server, table: pick(tables, direction), atMs, lastsMs };
    }
    case "clock-jump": {
      const byMs =
        (direction % 2 === 0 ? -1 : 1) * (place % (place % 3 === 0 ? JUMP_MS_MAX : 5_000));
      return { kind, process: pick(topology, process).name, atMs, byMs };
    }
    case "planted-break":
      return { kind, plant: pick(PLANTED_BREAKS, place).name, atMs };
    case "replayed-topic":
      return { kind, topic: pick(TOPICS, place), atMs };
    case "rewound-group": {
      const { group } = pick(CONSUMER_GROUPS, place);
      return { kind, group, back: direction % 3 === 0 ? 0 : process % 100, atMs };
    }
    case "stray-message": {
      const topic = pick(TOPICS, place);
      const forms = STRAY_FORMS.filter((form) => canStray(form, topic));
      return { kind, topic, form: pick(forms, direction), atMs };
    }
    default:
      return layOutLink({ kind, process, place, direction, ...drawn }, topology, atMs);
  }
}

/** Kafka refuses what is sent by a clock that is more than an hour ahead. */
const JUMP_MS_MAX = 3_000_000;

type LinkFault = Extract<OutsideFault, { readonly to: LinkEnd }>;

function layOutLink(
  { kind, process, place, direction, lastsMs }: OutsideDraw<LinkFault["kind"]>,
  topology: Deployment["topology"],
  atMs: number,
): OutsideFault {
  const specification = pick(topology, process);
  const link = { process: specification.name, to: pick(linksOf(specification), place) };
  switch (kind) {
    case "cut-link":
    case "held-link": {
      const way = pick(["both", "out", "in"] as const, direction);
      return { kind, ...link, direction: way, atMs, lastsMs };
    }
    case "slow-link":
      return { kind, ...link, atMs, lastsMs, latencyMs: 1 + (direction % 300) };
    case "refused-link":
      return { kind, ...link, atMs, lastsMs };
    case "reset-link":
      return { kind, ...link, atMs };
  }
}

/** The links that a process with these roles has. */
function linksOf({ roles }: ProcessSpecification): readonly LinkEnd[] {
  const services = new Set(roles.map(serviceOf));
  const databases = FAULTY_DATABASES.filter((each) =>
    [...services].some((service) => databaseResource(service) === each),
  );
  const answers = roles.some((role) => definitionOf(role).kind === "api");
  const isJoined = roles.some((role) => definitionOf(role).kind !== "api");
  return [
    ...databases,
    ...(isJoined ? ([KAFKA] as const) : []),
    ...(answers ? (["clients"] as const) : []),
  ];
}

function pick<T>(list: readonly T[], index: number): T {
  const picked = list[index % list.length];
  if (picked === undefined) {
    throw new Error("there is nothing to choose from");
  }
  return picked;
}
