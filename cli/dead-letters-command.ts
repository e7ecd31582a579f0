import type { Command } from "commander";
import { databaseVariable } from "../chaos/service-addresses.ts";
import { ServicesNotReady } from "../chaos/services/services-not-ready.ts";
import {
  FIRST_PLACE,
  listSetAside,
  parsePlace,
  purgeSetAside,
  takeAgain,
  type SetAside,
} from "../system/inbox/dead-letters.ts";
import { placeName, type Place } from "../system/inbox/set-aside.ts";
import {
  listDeadLetters,
  purgeDeadLetters,
  requeueDeadLetters,
  type DeadLetter,
} from "../system/outbox/dead-letters.ts";
import { DatabaseError, type Database } from "../system/ports/database.ts";
import type { Telemetry } from "../system/ports/telemetry.ts";
import { handlerOf } from "../system/process/handler-of.ts";
import { shippedParts } from "../system/process/parts.ts";
import {
  CONSUMER_GROUPS,
  SAGA_SERVICES,
  serviceOf,
  type SourceName,
} from "../system/process/services.ts";
import { conclude } from "./conclude.ts";
import { UsageError } from "./failures.ts";
import { say } from "./output.ts";

const SERVICE_NAMES = SAGA_SERVICES.map(({ name }) => name);

export function addDeadLettersCommand(program: Command): void {
  const letters = program
    .command("dead-letters")
    .description(
      "events that the broker refuses for good, and messages that could not be taken in: list them, try them again, drop them",
    )
    .addHelpText(
      "after",
      `
Each wants the database of the service: ${SERVICE_NAMES.map(databaseVariable).join(" or ")}
(postgres://...). What waits behind a dead letter in the outbox, under its key, waits until that is
requeued or purged. A message that could not be taken in is named by its place: topic/partition/offset.

Examples:
  falconpay dead-letters list payment
  falconpay dead-letters requeue payment 17 payment.failed/0/23
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
    .description(
      "have events sent again, in their places, and messages taken in again, here and now; it ends with 1 when one is refused again",
    )
    .argument("<service>", SERVICE_NAMES.join(" or "))
    .argument("[ids...]", "as the list names them")
    .option("--all", "all that there are")
    .option("--json", "print the ids as JSON")
    .action((service: string, ids: readonly string[], options: ChangeOptions) =>
      change({ service, ids, options, verb: "requeued" }, requeueDeadLetters, requeueMessage),
    );
  letters
    .command("purge")
    .description("throw them away: events are told to nobody, messages never have an effect")
    .argument("<service>", SERVICE_NAMES.join(" or "))
    .argument("[ids...]", "as the list names them")
    .option("--all", "all that there are")
    .option("--json", "print the ids as JSON")
    .action((service: string, ids: readonly string[], options: ChangeOptions) =>
      change({ service, ids, options, verb: "purged" }, purgeDeadLetters, purgeMessage),
    );
}

interface ChangeOptions {
  readonly all?: true;
  readonly json?: true;
}

const PAGE = 500;

async function list(name: string, options: { readonly json?: true }): Promise<void> {
  await withDatabase(name, async (database) => {
    const deadLetters = await allDeadLetters(database);
    const setAside = await allSetAside(database);
    const named = setAside.map((each) => ({ id: placeName(each), ...each }));
    const lines = [...deadLetters.map(inWords), ...named.map(messageInWords)];
    await say(
      options.json === true
        ? `${JSON.stringify({ deadLetters, setAside: named })}\n`
        : `${lines.join("") || "no dead letters\n"}`,
    );
  });
}

function allDeadLetters(database: Database): Promise<readonly DeadLetter[]> {
  return allPages((last?: DeadLetter) =>
    listDeadLetters(database, { afterId: BigInt(last?.id ?? 0), limit: PAGE }),
  );
}

function allSetAside(database: Database): Promise<readonly SetAside[]> {
  return allPages((last?: SetAside) =>
    listSetAside(database, { after: last ?? FIRST_PLACE, limit: PAGE }),
  );
}

/** Each page begins after the last one of that before it; one that is not full is the last. */
async function allPages<Item>(
  read: (last?: Item) => Promise<readonly Item[]>,
): Promise<readonly Item[]> {
  const all: Item[] = [];
  for (let length = PAGE; length === PAGE;) {
    const page = await read(all.at(-1));
    all.push(...page);
    length = page.length;
  }
  return all;
}

function inWords({ id, topic, key, attempts, deadAtMs, reason }: DeadLetter): string {
  const since = new Date(deadAtMs).toISOString();
  return `${id}  ${topic}  key ${key}  dead since ${since} after ${attempts} attempts: ${reason}\n`;
}

function messageInWords({ id, setAsideAtMs, reason }: SetAside & { readonly id: string }): string {
  return `${id}  set aside since ${new Date(setAsideAtMs).toISOString()}: ${reason}\n`;
}

/** Changes dead letters of the outbox, all where `ids` is null; answers those that it changed. */
type ChangeLetters = (
  database: Database,
  ids: readonly bigint[] | null,
) => Promise<readonly string[]>;

/** Changes one message that was set aside; answers why it could not, and null for one not there. */
type ChangeMessage = (
  service: SourceName,
  database: Database,
  place: Place,
) => Promise<string | null | undefined>;

async function change(
  asked: {
    readonly service: string;
    readonly ids: readonly string[];
    readonly options: ChangeOptions;
    readonly verb: string;
  },
  changeLetters: ChangeLetters,
  changeMessage: ChangeMessage,
): Promise<void> {
  const { ids, options, verb } = asked;
  const wanted = chosen(ids, options);
  await withDatabase(asked.service, async (database, service) => {
    const changed: string[] = [];
    const refused: { readonly id: string; readonly reason: string }[] = [];
    if (wanted.letters === null || wanted.letters.length > 0) {
      changed.push(...(await changeLetters(database, wanted.letters)));
    }
    for (const place of wanted.places ?? (await allSetAside(database))) {
      const id = placeName(place);
      const reason = await changeMessage(service, database, place);
      if (reason === undefined) {
        changed.push(id);
      } else if (reason !== null) {
        refused.push({ id, reason });
      }
    }
    const left = refused.map(({ id, reason }) => `refused again: ${id}: ${reason}\n`);
    await conclude(refused.length === 0 ? 0 : 1, () =>
      say(
        options.json === true
          ? `${JSON.stringify({ [verb]: changed, refused })}\n`
          : `${verb}: ${changed.join(", ") || "none"}\n${left.join("")}`,
      ),
    );
    const missing = ids.filter(
      (id) => ![...changed, ...refused.map((each) => each.id)].includes(id),
    );
    if (missing.length > 0) {
      throw new UsageError(`no dead letters of the ${service} service: ${missing.join(", ")}`);
    }
  });
}

async function requeueMessage(
  service: SourceName,
  database: Database,
  place: Place,
): Promise<string | null | undefined> {
  const consumer = CONSUMER_GROUPS.find(({ group }) => serviceOf(group) === service);
  if (consumer === undefined) {
    throw new Error(`the ${service} service takes nothing in`);
  }
  const { nodeClock: clock, nodeEntropy: entropy } =
    await import("../system/adapters/node-host.ts");
  const workplace = { database, clock, entropy, telemetry: SILENT };
  const handle = handlerOf(consumer.group, workplace, shippedParts);
  const again = await takeAgain(workplace, handle, place);
  switch (again.kind) {
    case "taken":
      return undefined;
    case "refused":
      return again.reason;
    case "unknown":
      return null;
  }
}

async function purgeMessage(
  _service: SourceName,
  database: Database,
  place: Place,
): Promise<null | undefined> {
  return (await purgeSetAside(database, place)) ? undefined : null;
}

/** What there is to tell, the command tells. */
const SILENT: Telemetry = { event() {} };

/** Which are to be changed; null for all. @throws UsageError */
function chosen(
  ids: readonly string[],
  { all }: ChangeOptions,
): { readonly letters: readonly bigint[] | null; readonly places: readonly Place[] | null } {
  const isLetter = (id: string) => /^[1-9][0-9]{0,17}$/.test(id);
  const odd = ids.find((id) => !isLetter(id) && parsePlace(id) === undefined);
  if (odd !== undefined) {
    throw new UsageError(
      `${odd}: expected the id of a dead letter, a whole number, or a place such as payment.created/0/17`,
    );
  }
  if (all === true && ids.length > 0) {
    throw new UsageError("--all: expected it alone, or ids alone");
  }
  if (all !== true && ids.length === 0) {
    throw new UsageError("expected the ids of dead letters, or --all");
  }
  return all === true
    ? { letters: null, places: null }
    : {
        letters: ids.filter(isLetter).map(BigInt),
        places: ids.flatMap((id) => parsePlace(id) ?? []),
      };
}

/** @throws UsageError, ServicesNotReady */
async function withDatabase(
  service: string,
  work: (database: Database, service: SourceName) => Promise<void>,
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
    await work(database, service);
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
