import { join, resolve } from "node:path";
import type { Command } from "commander";
import type { RunningServices } from "../chaos/services/run-services.ts";
import type { ServicesEnvironment } from "../chaos/services/with-services.ts";
import { UsageError } from "./failures.ts";
import { onInterruption } from "./interruption.ts";
import { say } from "./output.ts";
import { withProgress } from "./progress.ts";

export function addServicesCommand(program: Command): void {
  program
    .command("services")
    .description("run the whole system: payment, wallet and reconciliation, until Ctrl-C")
    .option(
      "--environment <name>",
      "given: on the servers that environment variables name; local: on servers of its own",
      "given",
    )
    .option("--port <number>", "where the payment service listens; the others on the next two")
    .option("--logs <folder>", "where the logs are kept", join("out", "services"))
    .option(
      "--json",
      "when all are ready, print where they listen and the keys as one line of JSON",
    )
    .addHelpText(
      "after",
      `
With --environment given it wants PAYMENT_DATABASE_URL, WALLET_DATABASE_URL,
RECONCILIATION_DATABASE_URL, PAYMENT_READER_URL, WALLET_READER_URL (postgres://...) and
KAFKA_BROKERS (host:port, comma-separated). Topics that are missing are made.
Who may ask is what API_KEYS or API_KEYS_FILE says (system/main.ts); without either, keys are made
and printed.

Example:
  falconpay services --environment local`,
    )
    .action(servicesCommand);
}

interface ServicesOptions {
  readonly environment: string;
  readonly port?: string;
  readonly logs: string;
  readonly json?: true;
}

async function servicesCommand(options: ServicesOptions): Promise<void> {
  const firstPort = options.port === undefined ? undefined : parsePort(options.port);
  // Imported when it is asked for: the simulated world needs none of its clients.
  const { givenServers } = await import("../chaos/service-addresses.ts");
  const { serviceKeys } = await import("../chaos/services/service-keys.ts");
  const { withServices } = await import("../chaos/services/with-services.ts");
  const environment = readEnvironment(options.environment, givenServers(process.env));
  const interruption = onInterruption("stopping the services (again to stop at once)");
  const stopped = new Promise<void>((done) => {
    interruption.signal.addEventListener("abort", () => done(), { once: true });
  });
  const up = Promise.withResolvers<RunningServices>();
  const down = Promise.withResolvers<void>();
  try {
    const running = withServices(
      {
        environment,
        keys: serviceKeys(process.env),
        logsFolder: resolve(options.logs),
        ...(firstPort === undefined ? {} : { firstPort }),
        onProgress: (what) => tellProgress(what),
      },
      async (services) => {
        up.resolve(services);
        await Promise.race([stopped, services.failed]);
      },
    ).then(down.resolve, (error: unknown) => {
      up.reject(error);
      down.reject(error);
    });
    let tellProgress = (_what: string): void => {};
    const services = await withProgress("services", (tell) => {
      tellProgress = tell;
      return Promise.race([up.promise, down.promise.then(() => undefined)]);
    });
    if (services !== undefined) {
      await say(options.json === true ? jsonLine(services) : words(services));
    }
    await down.promise;
    await running;
  } finally {
    interruption.dispose();
  }
}

function readEnvironment(
  name: string,
  given:
    | { readonly kind: "servers"; readonly variables: Readonly<Record<string, string>> }
    | { readonly kind: "missing"; readonly names: readonly string[] },
): ServicesEnvironment {
  if (name === "local") {
    return { kind: "local" };
  }
  if (name !== "given") {
    throw new UsageError(`--environment ${name}: expected given or local`);
  }
  if (given.kind === "missing") {
    throw new UsageError(
      `these environment variables are missing: ${given.names.join(", ")}; --environment local starts servers of its own`,
    );
  }
  return { kind: "given", variables: given.variables };
}

function parsePort(text: string): number {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_533) {
    throw new UsageError(`--port ${text}: expected a whole number from 1 to 65533`);
  }
  return port;
}

function jsonLine({ urls, keys }: RunningServices): string {
  return `${JSON.stringify({ ...urls, keys })}\n`;
}

function words({ urls, keys, logFiles }: RunningServices): string {
  const lines = Object.entries(urls).map(([name, url]) => `  ${name.padEnd(15)} ${url}`);
  const [log] = Object.values(logFiles);
  return [
    "All services are ready:",
    ...lines,
    "",
    ...keyWords(keys),
    "",
    "GET /openapi.json tells what each of them answers, GET /readyz whether it is well.",
    `Their logs are beside ${log ?? ""}. Ctrl-C ends them.`,
    "",
  ].join("\n");
}

function keyWords(keys: RunningServices["keys"]): readonly string[] {
  const lines = Object.entries(keys).map(([holder, key]) => `  ${holder.padEnd(15)} ${key}`);
  return lines.length === 0
    ? ["They let in who has one of the keys that are configured."]
    : ["The keys, to be sent as Authorization: Bearer KEY:", ...lines];
}
