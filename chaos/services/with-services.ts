import { mkdir } from "node:fs/promises";
import { ALL_TOPICS } from "../../system/domain/events.ts";
import { SERVICES } from "../../system/process/services.ts";
import { createTopics } from "../environment/create-topics.ts";
import { directKafka } from "../environment/direct-kafka.ts";
import type { KafkaServerAddress } from "../environment/environment.ts";
import { startKeeper, type Keeper } from "../keeper/keeper.ts";
import { startLocalEnvironment } from "../local/local.ts";
import { variablesOf, type ServerVariables } from "../service-addresses.ts";
import { runServices, type RunningServices } from "./run-services.ts";
import type { ServiceKeys } from "./service-keys.ts";

/** Which servers the services run on: those that are named, or some that are started for them. */
export type ServicesEnvironment =
  | { readonly kind: "given"; readonly variables: ServerVariables }
  | { readonly kind: "local" };

export interface WithServicesRequest {
  readonly environment: ServicesEnvironment;
  readonly keys: ServiceKeys;
  /** Absolute. Takes the services' logs, and those of servers that are started. */
  readonly logsFolder: string;
  readonly firstPort?: number;
  /** Is told what is under way. */
  readonly onProgress: (what: string) => void;
}

const CLIENT = "services";
const PARTITIONS = 3;
const TOPICS_MS_MAX = 30_000;

/**
 * Starts the whole system, lets `use` have it, and takes down all that was started, whatever
 * happens: the services first, so that they can finish what they have in hand.
 *
 * @throws EnvironmentMissing, ServerNotReady, ServicesNotReady
 */
export async function withServices<T>(
  request: WithServicesRequest,
  use: (services: RunningServices) => Promise<T>,
): Promise<T> {
  await mkdir(request.logsFolder, { recursive: true });
  const keeper = await startKeeper();
  try {
    return request.environment.kind === "given"
      ? await onServers(keeper, request, request.environment.variables, use)
      : await onOwnServers(keeper, request, use);
  } finally {
    await keeper.end();
  }
}

async function onOwnServers<T>(
  keeper: Keeper,
  request: WithServicesRequest,
  use: (services: RunningServices) => Promise<T>,
): Promise<T> {
  request.onProgress("starting PostgreSQL, Apache Kafka and Toxiproxy");
  const databases = SERVICES.map(({ name }) => name);
  const environment = await startLocalEnvironment({
    keeper,
    databases,
    clients: [{ name: CLIENT, databases }],
    logsFolder: request.logsFolder,
  });
  try {
    const addresses = environment.clients.get(CLIENT);
    if (addresses === undefined) {
      throw new Error("the environment has no addresses for the services");
    }
    const { brokers } = addresses.kafka;
    const variables = variablesOf({ ...addresses, brokers });
    return await onServers(keeper, request, variables, use);
  } finally {
    await environment.stop();
  }
}

async function onServers<T>(
  keeper: Keeper,
  { keys, logsFolder, firstPort, onProgress }: WithServicesRequest,
  servers: ServerVariables,
  use: (services: RunningServices) => Promise<T>,
): Promise<T> {
  onProgress("making the topics that are missing");
  await makeTopics({ brokers: (servers["KAFKA_BROKERS"] ?? "").split(",") });
  onProgress("starting the services");
  const ports = firstPort === undefined ? {} : { firstPort };
  const services = await runServices({ keeper, servers, keys, logsFolder, ...ports });
  try {
    return await use(services);
  } finally {
    await services.stop();
  }
}

async function makeTopics(address: KafkaServerAddress): Promise<void> {
  const admin = directKafka(address).admin();
  await admin.connect();
  try {
    const topics = ALL_TOPICS.map((topic) => ({ topic, partitions: PARTITIONS }));
    const known = await admin.listTopics();
    const missing = topics.filter(({ topic }) => !known.includes(topic));
    await createTopics(admin, missing, Date.now() + TOPICS_MS_MAX);
  } finally {
    await admin.disconnect();
  }
}
