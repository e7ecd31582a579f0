import type { UnreadPartition, Universe } from "../../scenarios/world.ts";
import type { Row } from "../../system/ports/database.ts";
import { CONSUMER_GROUPS, type ServiceName } from "../../system/process/services.ts";
import { createHttpClient, simulatedRequest } from "../adapters/http.ts";
import { EPOCH_MS } from "../kernel/epoch.ts";
import type { SimulatedProcess } from "../kernel/simulated-process.ts";
import { clientRows } from "../postgres/client/client-row-codec.ts";
import { PostgresError } from "../postgres/ground/postgres-error.ts";
import type { Servers } from "./servers.ts";
import type { SupervisedProcesses } from "./supervise-processes.ts";

/** How often `heal` looks whether every process is up. */
const HEAL_POLL_MS = 10;

/** The universe as the scenario sees it; `self` is the process in which the scenario runs. */
export function createUniverse(
  servers: Servers,
  processes: SupervisedProcesses,
  self: SimulatedProcess,
): Universe {
  const client = createHttpClient(servers.network, self);
  return {
    nowMs: () => self.nowMs(),
    wallClockMs: () => EPOCH_MS + self.nowMs(),
    sleep: (delayMs) => self.sleep(Math.max(0, delayMs)),
    async request(process, request) {
      const { status, headers = {}, body } = await client(process, simulatedRequest(request));
      return { status, headers, body };
    },
    watch: (observer) => servers.watch(observer),
    beginLoad: () => processes.beginLoad(),
    firedFaults: () => processes.fired(),
    places: () => processes.places(),
    async heal(boundMs) {
      processes.disarm();
      const deadlineAtMs = self.nowMs() + boundMs;
      const isHealed = () => !processes.isSomethingAmiss() && processes.notWell().length === 0;
      while (!isHealed() && self.nowMs() < deadlineAtMs) {
        await self.sleep(HEAL_POLL_MS);
      }
      return processes.notWell();
    },
    query: async (service, sql) => readTable(servers, service, sql),
    records: async (topic) =>
      servers.topics.records(topic).map(({ partition, offset, key, value }) => {
        return { topic, partition, offset: String(offset), key, value };
      }),
    lag: async () => unreadPartitions(servers).reduce((sum, { count }) => sum + count, 0),
    unread: async () => unreadPartitions(servers),
  };
}

function readTable(servers: Servers, service: ServiceName, sql: string): readonly Row[] {
  try {
    return clientRows(servers.database(service).read(sql));
  } catch (error) {
    if (error instanceof PostgresError && error.code === UNDEFINED_TABLE) {
      return [];
    }
    throw error;
  }
}

const UNDEFINED_TABLE = "42P01";

/** Where there are records that the services' groups have not committed. */
function unreadPartitions({ topics: observation }: Servers): readonly UnreadPartition[] {
  return CONSUMER_GROUPS.flatMap(({ group, topics }) =>
    topics
      .flatMap((topic) => observation.progress(group, topic))
      .filter(({ lag }) => lag > 0)
      .map(({ topic, partition, committed, lag }) => {
        return { group, topic, partition, offset: String(committed ?? 0n), count: lag };
      }),
  );
}
