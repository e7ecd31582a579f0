import { createKernel, type Kernel } from "../../kernel/kernel.ts";
import type { SimulatedProcess } from "../../kernel/simulated-process.ts";
import { createNetwork, type FaultyNetwork, type Listener, type Network } from "../network.ts";
import { Protocol } from "../protocol.ts";
import { connectRequestClient, type RequestClient } from "../request-reply/request-client.ts";
import type {
  RequestReplyPort,
  RequestReplyProtocol,
} from "../request-reply/request-reply-protocol.ts";
import { serveOneByOne } from "../request-reply/serve-one-by-one.ts";

/** What a test of the network works with. */
export interface NetworkTestWorld {
  readonly kernel: Kernel;
  readonly network: FaultyNetwork;
  readonly main: SimulatedProcess;
  /** What happened, in order. */
  readonly seen: string[];
  /** Starts `echoServer`, of that process or of nobody. */
  listenForEcho(owner?: SimulatedProcess): Listener;
  connectToEcho(
    from?: SimulatedProcess,
    timeoutMs?: number,
  ): Promise<RequestClient<string, string>>;
}

/** Runs a scenario on a fresh network. Returns what it noted, and the hash of its trace. */
export async function inNetwork(
  seed: string,
  scenario: (world: NetworkTestWorld) => Promise<void>,
): Promise<{ readonly seen: readonly string[]; readonly hash: string }> {
  const kernel = createKernel({ seed });
  const network = createNetwork({ kernel });
  const seen: string[] = [];
  await kernel.run((main) =>
    scenario({
      kernel,
      network,
      main,
      seen,
      listenForEcho: (owner) => listenForEcho(network, seen, owner),
      connectToEcho: (from = main, timeoutMs = 127_000) =>
        connectRequestClient(network, { from, port: echoPort, timeoutMs }),
    }),
  );
  return { seen, hash: kernel.trace.finish().hash };
}

const echo: RequestReplyProtocol<string, string> = new Protocol("echo");

/** Where the echo server listens. */
export const echoPort: RequestReplyPort<string, string> = echo.at("echo");

/** Notes what arrives and answers at once, except what it is told to keep waiting. */
function listenForEcho(network: Network, seen: string[], owner?: SimulatedProcess): Listener {
  return network.listen(
    echoPort,
    (stream) =>
      serveOneByOne(stream, {
        serve(request, reply) {
          seen.push(request);
          if (request !== "keep waiting") {
            reply(`echo of ${request}`);
          }
          if (request === "hang up") {
            stream.close();
          }
        },
        afterEnd: "serve",
        onEnd: () => seen.push(`${stream.name} is gone`),
      }),
    owner,
  );
}
