import { topicsPublishedBy, type Event, type EventType } from "../domain/events.ts";
import type { ServiceRoute } from "../http/route.ts";
import type { Taken } from "../inbox/claim.ts";
import { relayRoutes } from "../outbox/routes.ts";
import { groupRequests } from "../payment/group-requests.ts";
import { paymentRoutes } from "../payment/routes.ts";
import type { AuditPlace } from "../reconciliation/audit-place.ts";
import { reconciliationRoutes } from "../reconciliation/routes.ts";
import { runDaily } from "../reconciliation/run-daily.ts";
import { walletRoutes } from "../wallet/routes.ts";
import type { Knobs } from "./knobs.ts";
import type { Parts } from "./parts.ts";
import type { Workplace } from "./workplace.ts";

/** A service: it has a database of its own, named after it, and topics that nobody else writes. */
interface Service {
  readonly name: string;
  /** The topics to which its outbox is published. */
  readonly topics: readonly EventType[];
  /**
   * What processes can be asked to do for it. Any set of roles, of any services, makes a process.
   */
  readonly roles: readonly RoleDefinition[];
}

type RoleDefinition = { readonly name: string } & (
  | {
      readonly kind: "api";
      readonly routes: (place: Workplace, parts: Parts, knobs: Knobs) => readonly ServiceRoute[];
    }
  /** Publishes the service's outbox. */
  | { readonly kind: "relay"; readonly routes: (place: Workplace) => readonly ServiceRoute[] }
  /** Its consumer group is named after the role. */
  | ({ readonly kind: "consumer" } & Consumption)
  /** Reads the databases of other services, and publishes again what they have written down. */
  | {
      readonly kind: "auditor";
      readonly routes: (place: AuditPlace) => readonly ServiceRoute[];
      readonly run: (place: AuditPlace, stopping: AbortSignal) => Promise<void>;
    }
);

/** What a consuming role does with the events of its topics. */
interface Consumption {
  readonly topics: readonly EventType[];
  readonly handle: (
    place: Workplace,
    parts: Parts,
    events: readonly Event[],
  ) => Promise<readonly Taken[]>;
}

/** The services that move money: a system has both. */
export const SAGA_SERVICES = [
  {
    name: "payment",
    topics: topicsPublishedBy("payment"),
    roles: [
      {
        name: "payment-api",
        kind: "api",
        routes: (place, parts, { acceptBatchMax }) =>
          paymentRoutes(
            place,
            groupRequests(place, acceptBatchMax, (requests) => parts.accept(place, requests)),
          ),
      },
      { name: "payment-relay", kind: "relay", routes: (place) => relayRoutes("payment", place) },
      {
        name: "payment-settle",
        kind: "consumer",
        ...on(["payment.completed", "payment.failed"], (place, parts, events) =>
          parts.settle(place, events),
        ),
      },
    ],
  },
  {
    name: "wallet",
    topics: topicsPublishedBy("wallet"),
    roles: [
      { name: "wallet-api", kind: "api", routes: (place) => walletRoutes(place) },
      {
        name: "wallet-transfer",
        kind: "consumer",
        ...on(["payment.created"], (place, parts, events) => parts.transfer(place, events)),
      },
      { name: "wallet-relay", kind: "relay", routes: (place) => relayRoutes("wallet", place) },
    ],
  },
] as const satisfies readonly Service[];

/** Every service. What is not in this table is not there, and asking for it is an error. */
export const SERVICES = [
  ...SAGA_SERVICES,
  {
    name: "reconciliation",
    topics: [],
    roles: [
      {
        name: "reconciliation",
        kind: "auditor",
        routes: (place) => reconciliationRoutes(place),
        run: (place, stopping) => runDaily(place, stopping),
      },
    ],
  },
] as const satisfies readonly Service[];

/** A service whose database the auditor reads. */
export type SourceName = (typeof SAGA_SERVICES)[number]["name"];
export type ServiceName = (typeof SERVICES)[number]["name"];
export type Role = (typeof SERVICES)[number]["roles"][number]["name"];

/** The names of all roles, by service. */
export const ROLES: readonly Role[] = rolesOf(SERVICES);

/** The names of the roles that move money. */
export const SAGA_ROLES: readonly Role[] = rolesOf(SAGA_SERVICES);

function rolesOf(
  services: readonly { readonly roles: readonly { readonly name: Role }[] }[],
): readonly Role[] {
  return services.flatMap(({ roles }) => roles.map(({ name }) => name));
}

/** The service that a role is one of. @throws Error when there is no such role */
export function serviceOf(role: string): ServiceName {
  return entryOf(role).service;
}

/** What a role does. @throws Error when there is no such role */
export function definitionOf(role: string): RoleDefinition {
  return entryOf(role).definition;
}

/** The service that publishes a topic. @throws Error when none does */
export function publisherOf(topic: string): ServiceName {
  const service = SERVICES.find(({ topics }) => topics.some((each) => each === topic));
  if (service === undefined) {
    throw new Error(`no service publishes the topic ${topic}`);
  }
  return service.name;
}

/** The consumer groups of all services, each with the topics that it reads. */
export const CONSUMER_GROUPS: readonly {
  readonly group: Role;
  readonly topics: readonly EventType[];
}[] = SERVICES.flatMap(({ roles }) =>
  roles.flatMap((role) =>
    role.kind === "consumer" ? [{ group: role.name, topics: role.topics }] : [],
  ),
);

function entryOf(role: string): { service: ServiceName; definition: RoleDefinition } {
  for (const { name, roles } of SERVICES) {
    const definition = roles.find((each) => each.name === role);
    if (definition !== undefined) {
      return { service: name, definition };
    }
  }
  throw new Error(`there is no role ${role}`);
}

/** Handles the events of these topics, and no other. */
function on<Type extends EventType>(
  topics: readonly Type[],
  handle: (
    place: Workplace,
    parts: Parts,
    events: readonly Extract<Event, { readonly type: Type }>[],
  ) => Promise<readonly Taken[]>,
): Consumption {
  const isOfTopic = (event: Event): event is Extract<Event, { readonly type: Type }> =>
    topics.some((topic) => topic === event.type);
  return {
    topics,
    handle(place, parts, events) {
      const ofTopic = events.filter(isOfTopic);
      if (ofTopic.length < events.length) {
        throw new Error(
          `an event of another type was handed to the handler of ${topics.join(" and ")}`,
        );
      }
      return handle(place, parts, ofTopic);
    },
  };
}
