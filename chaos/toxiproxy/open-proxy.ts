import { isPortFree, pickFreePort, PortTaken } from "./free-ports.ts";
import { proxyName, type Proxies } from "./proxies.ts";

/**
 * Makes a proxy on a picked port of 127.0.0.1 and answers the address it listens on, `host:port`.
 *
 * @throws PortTaken when another process took the port in between
 */
export async function openProxy(parts: {
  readonly proxies: Proxies;
  readonly client: string;
  readonly resource: string;
  readonly upstream: string;
}): Promise<string> {
  const { proxies, client, resource, upstream } = parts;
  const port = await pickFreePort();
  const listen = `127.0.0.1:${port}`;
  try {
    await proxies.create({ client, resource, listen, upstream });
  } catch (cause) {
    // Toxiproxy's client keeps the status and drops the reason: look for ourselves whether the port
    // was lost.
    if (await isPortFree(port)) {
      throw cause;
    }
    throw new PortTaken(port, `the proxy ${proxyName({ client, resource })}`, { cause });
  }
  return listen;
}
