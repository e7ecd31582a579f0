import type { Environment, ClientAddresses } from "../environment/environment.ts";
import { pickFreePort } from "../toxiproxy/free-ports.ts";
import { openProxy } from "../toxiproxy/open-proxy.ts";

/**
 * What one process of a topology is given: proxies of its own to the servers, the port on which it
 * answers, and the proxy through which its clients come. Kafka's listeners are fixed when it
 * starts, so seats are made with the environment, and each plan's processes are put on them.
 */
export interface Seat {
  readonly addresses: ClientAddresses;
  readonly httpPort: number;
  /** `host:port`. */
  readonly clientAddress: string;
}

/** How many processes a plan may have on real servers. */
const SEATS_MAX = 6;

/** The names under which the environment knows the seats. */
export const SEAT_NAMES: readonly string[] = Array.from(
  { length: SEATS_MAX },
  (_, index) => `seat-${index + 1}`,
);

/** Opens the way in to every seat. */
export function openSeats(environment: Environment): Promise<readonly Seat[]> {
  return Promise.all(SEAT_NAMES.map((name) => openSeat(environment, name)));
}

async function openSeat({ clients, proxies }: Environment, name: string): Promise<Seat> {
  const addresses = clients.get(name);
  if (addresses === undefined) {
    throw new Error(`the environment has no addresses for ${name}`);
  }
  const httpPort = await pickFreePort();
  const upstream = `127.0.0.1:${httpPort}`;
  const clientAddress = await openProxy({ proxies, client: "client", resource: name, upstream });
  return { addresses, httpPort, clientAddress };
}
