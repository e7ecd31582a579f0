/**
 * One process of FalconPay: reads its configuration from the environment, builds the adapters and
 * runs the roles it was asked for until SIGTERM or SIGINT.
 *
 *     ROLES                   payment-api, payment-relay, payment-settle,
 *                             wallet-api, wallet-transfer, wallet-relay, reconciliation;
 *                             comma-separated
 *     PAYMENT_DATABASE_URL    postgres://..., for payment roles
 *     WALLET_DATABASE_URL     postgres://..., for wallet roles
 *     RECONCILIATION_DATABASE_URL, PAYMENT_READER_URL, WALLET_READER_URL
 *                             postgres://..., for reconciliation: its own database, and the
 *                             services' through roles that can only read
 *     KAFKA_BROKERS           host:port, comma-separated; the topics must exist
 *     HTTP_HOST, HTTP_PORT    where an api role listens (127.0.0.1, 8080)
 *     API_KEYS or API_KEYS_FILE
 *                             who may ask the routes of its roles, and what: a list in JSON, or the
 *                             file that has it: [{"id": "...", "scopes": ["payments:read", ...],
 *                             "sha256": "..."}], the hash being of the key that is sent as
 *                             Authorization: Bearer KEY; without a list nobody is let in
 *     PROCESS_NAME            in logs and in the servers' lists of clients
 *     RELAY_BATCH_MAX, RELAY_POLL_MS, RELAY_LEASE_MS, RELAY_ATTEMPTS_MAX, OUTBOX_KEPT_SECONDS,
 *     ACCEPT_BATCH_MAX, CONSUME_BATCH_MAX, CONSUME_ATTEMPTS_MAX, CONSUME_RETRY_DELAY_MS,
 *     SESSION_TIMEOUT_MS      see Knobs in process/knobs.ts
 *
 * It may start before its servers, and outlives their outages: it waits, says so at `/readyz` and
 * in its log, and takes up its work when they are there. SIGTERM lets it finish what it has in
 * hand: it ends within half a minute, whatever is away.
 *
 * Exit codes, each but 0 with a line on standard error: 0 stopped; 1 its port could not be taken,
 * or a role cannot go on; 2 configuration; 4 a database has a schema that is not this code's:
 * newer, or made by another text of a migration. What cannot be now may be later: whoever
 * supervises this process starts it again after 1, and not after 2 or 4.
 */
import { readFileSync } from "node:fs";
import { createNodePorts } from "./adapters/node-ports.ts";
import {
  InvalidConfiguration,
  readConfiguration,
  type Configuration,
} from "./process/configuration.ts";
import { shippedParts } from "./process/parts.ts";
import { runProcess, type ProcessEnd } from "./process/run-process.ts";

const EXIT_CODES = {
  stopped: 0,
  "cannot-start": 1,
  "cannot-go-on": 1,
  "foreign-schema": 4,
} as const satisfies Record<ProcessEnd["kind"], number>;

const configuration = configurationOrExit();
if (configuration !== undefined) {
  await run(configuration);
}

async function run(configuration: Configuration): Promise<void> {
  const ports = createNodePorts(configuration);
  const { roles, knobs } = configuration;
  const end = await runProcess({
    roles,
    ports,
    parts: shippedParts,
    knobs,
    interrupted: interruption(),
    onStarted: () => {},
    close: () => ports.close(),
  });
  if (end.kind !== "stopped") {
    const what = end.kind === "cannot-go-on" ? "cannot go on" : "cannot start";
    process.stderr.write(`falconpay ${what}: ${end.reason}\n`);
  }
  // At once: what is half connected, or still waits for a server, would keep the process alive.
  process.exit(EXIT_CODES[end.kind]);
}

/** Resolves when the process is asked to stop. */
function interruption(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGTERM", () => resolve());
    process.once("SIGINT", () => resolve());
  });
}

function configurationOrExit(): Configuration | undefined {
  try {
    return readConfiguration(process.env, (path) => readFileSync(path, "utf8"));
  } catch (error) {
    if (!(error instanceof InvalidConfiguration)) {
      throw error;
    }
    process.stderr.write(`falconpay cannot start:\n  ${error.faults.join("\n  ")}\n`);
    process.exitCode = 2;
    return undefined;
  }
}
