import type { Command } from "commander";
import { databaseVariable } from "../chaos/service-addresses.ts";
import { ServicesNotReady } from "../chaos/services/services-not-ready.ts";
import {
  listDeadLetters,
  purgeDeadLetters,
  requeueDeadLetters,
  type DeadLetter,
} from "../system/outbox/dead-letters.ts";
import { DatabaseError, type Database } from "../system/ports/database.ts";
import { SAGA_SERVICES, type SourceName } from "../system/process/services.ts";
import { UsageError } from "./failures.ts";
import { say } from "./output.ts";

const SERVICE_NAMES = SAGA_SERVICES.map(({ name }) => name);

export function addDeadLettersCommand(program: Command): void {
  const letters = program
    .command("dead-letters")
    .description("events that the broker refuses for good: list them, send them again, drop them")
    .addHelpText(
      "after",
      `
Each wants the database of the service: ${SERVICE_NAMES.map(databaseVariable).join(" or ")}
(postgres://...). What waits behind a dead letter, under its key, waits until it is requeued or purged.

Examples:
  falconpay dead-letters list payment
  falconpay dead-letters requeue payment 17 23
  falconpay dead-letters purge wallet --all`,
    );
  letters
    .command("list")
    .description("print them, oldest first")
    .argument("<service>", SERVICE_NAMES.join(" or "))
    .option("--json", "print them as JSON")
    .action(list);
  letters
    .command("requeue")
    .description("have them sent again, in their places")
    .argument("<service>", SERVICE_NAMES.join(" or "))
    .argument("[ids...]", "as the list names them")
    .option("--all", "all that there are")
    .option("--json", "print the ids as JSON")
    .action((service: string, ids: readonly string[], options: ChangeOptions) =>
      change({ service, ids, options, verb: "requeued" }, requeueDeadLetters),
    );
  letters
    .command("purge")
    .description("throw them away: what they say is told to nobody")
    .argument("<service>", SERVICE_NAMES.join(" or "))
    .argument("[ids...]", "as the list names them")
    .option("--all", "all that there are")
    .option("--json", "print the ids as JSON")
    .action((service: string, ids: readonly string[], options: ChangeOptions) =>
      change({ service, ids, options, verb: "purged" }, purgeDeadLetters),
    );
}

interface ChangeOptions {
  readonly all?: true;
  readonly json?: true;
}

const PAGE = 500;

async function list(service: string, options: { readonly json?: true }): Promise<void> {
  await withDatabase(service, async (database) => {
    const letters: DeadLetter[] = [];
    for (let page = PAGE; page === PAGE;) {
      const afterId = BigInt(letters.at(-1)?.id ?? 0);
      const more = await listDeadLetters(database, { afterId, limit: PAGE });
      letters.push(...more);
      page = more.length;
    }
    await say(
      options.json === true
        ? `${JSON.stringify({ deadLetters: letters })}\n`
        : `${letters.map(inWords).join("") || "no dead letters\n"}`,
    );
  });
}

function inWords({ id, topic, key, attempts, deadAtMs, reason }: DeadLetter): string {
  const since = new Date(deadAtMs).toISOString();
  return `${id}  ${topic}  key ${key}  dead since ${since} after ${attempts} attempts: ${reason}\n`;
}

async function change(
  asked: {
    readonly service: string;
    readonly ids: readonly string[];
    readonly options: ChangeOptions;
    readonly verb: string;
  },
  apply: (database: Database, ids: readonly bigint[] | null) => Promise<readonly string[]>,
): Promise<void> {
  const { service, ids, options, verb } = asked;
  const wanted = chosen(ids, options);
  await withDatabase(service, async (database) => {
    const changed = await apply(database, wanted);
    await say(
      options.json === true
        ? `${JSON.stringify({ [verb]: changed })}\n`
        : `${verb}: ${changed.join(", ") || "none"}\n`,
    );
    const missing = ids.filter((id) => !changed.includes(id));
    if (missing.length > 0) {
      throw new UsageError(`no dead letters of the ${service} service: ${missing.join(", ")}`);
    }
  });
}

/** @throws UsageError */
function chosen(ids: readonly string[], { all }: ChangeOptions): readonly bigint[] | null {
  const odd = ids.find((id) => !/^[1-9][0-9]{0,17}$/.test(id));
  if (odd !== undefined) {
    throw new UsageError(`${odd}: expected the id of a dead letter, a whole number`);
  }
  if (all === true && ids.length > 0) {
    throw new UsageError("--all: expected it alone, or ids alone");
  }
  if (all !== true && ids.length === 0) {
    throw new UsageError("expected the ids of dead letters, or --all");
  }
  return all === true ? null : ids.map(BigInt);
}

/** @throws UsageError, ServicesNotReady */
async function withDatabase(
  service: string,
  work: (database: Database) => Promise<void>,
): Promise<void> {
  if (!isService(service)) {
    throw new UsageError(
      `no service ${service} with an outbox; there are: ${SERVICE_NAMES.join(", ")}`,
    );
  }
  const variable = databaseVariable(service);
  const url = process.env[variable];
  if (url === undefined || url === "") {
    throw new UsageError(`missing: ${variable} (postgres://...)`);
  }
  // Imported when it is asked for: the simulated world needs no client of a real server.
  const { createPostgresDatabase } = await import("../system/adapters/postgres-database.ts");
  const database = createPostgresDatabase({ connectionString: url, application_name: "falconpay" });
  try {
    await work(database);
  } catch (error) {
    if (error instanceof DatabaseError) {
      throw new ServicesNotReady(`${variable}: ${error.message}`, { cause: error });
    }
    throw error;
  } finally {
    await database.close();
  }
}

function isService(name: string): name is SourceName {
  return SERVICE_NAMES.some((each) => each === name);
}
