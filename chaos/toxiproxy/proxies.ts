import { Toxiproxy, type Proxy } from "toxiproxy-node-client";

/**
 * A proxy from one client to one resource: connections to `listen` go on to `upstream`, both
 * `host:port`.
 */
export interface ProxyRequest {
  readonly client: string;
  readonly resource: string;
  readonly listen: string;
  readonly upstream: string;
}

/** A proxy's name, for one client and one resource: `payment-1:payment-db`. */
export function proxyName(proxy: { readonly client: string; readonly resource: string }): string {
  return `${proxy.client}:${proxy.resource}`;
}

/**
 * The proxies of a run. A cut proxy refuses new connections and drops the live ones; both ends see
 * it. Every call resolves once Toxiproxy has done it, and rejects with its answer when it could
 * not.
 */
export interface Proxies {
  /** Makes a proxy that is open; rejects when its name or its listening port is taken. */
  create(request: ProxyRequest): Promise<void>;
  /** Those that stand, in the order in which they were made. */
  list(): readonly ProxyRequest[];
  remove(name: string): Promise<void>;
  cut(name: string): Promise<void>;
  heal(name: string): Promise<void>;
  cutAll(): Promise<void>;
  /** Opens every one again and takes every toxic away. */
  healAll(): Promise<void>;
}

/** Commands the Toxiproxy server at `apiUrl` (`http://host:port`). */
export function createProxies(apiUrl: string): Proxies {
  const server = new Toxiproxy(apiUrl);
  const made = new Map<string, { readonly request: ProxyRequest; readonly proxy: Proxy }>();

  async function setEnabled(name: string, enabled: boolean): Promise<void> {
    const one = made.get(name);
    if (one === undefined) {
      throw new Error(`no proxy is named ${name}; there are: ${[...made.keys()].join(", ")}`);
    }
    // The same addresses again: another listen or upstream would drop connections as a side effect.
    const { listen, upstream } = one.request;
    await one.proxy.update({ enabled, listen, upstream });
  }

  return {
    async create(request) {
      const name = proxyName(request);
      if (made.has(name)) {
        throw new Error(`a proxy named ${name} was made before`);
      }
      const { listen, upstream } = request;
      const proxy = await server.createProxy({ name, listen, upstream, enabled: true });
      made.set(name, { request, proxy });
    },
    list: () => [...made.values()].map((one) => one.request),
    async remove(name) {
      await made.get(name)?.proxy.remove();
      made.delete(name);
    },
    cut: (name) => setEnabled(name, false),
    heal: (name) => setEnabled(name, true),
    async cutAll() {
      await Promise.all([...made.keys()].map((name) => setEnabled(name, false)));
    },
    healAll: () => server.reset(),
  };
}
