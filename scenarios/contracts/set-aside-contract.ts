import { textColumn } from "../../system/database/row.ts";
import { runStatement } from "../../system/database/transaction.ts";
import type { Event } from "../../system/domain/events.ts";
import { FIRST_PLACE, listSetAside, type SetAside } from "../../system/inbox/dead-letters.ts";
import { inboxRoutes } from "../../system/inbox/routes.ts";
import { placeName, setAside } from "../../system/inbox/set-aside.ts";
import type { HttpResponse } from "../../system/ports/server.ts";
import { transferMoney, type CreatedEvent } from "../../system/wallet/transfer.ts";
import { field } from "./api-stage.ts";
import { demandEqual, type Claim } from "./claim.ts";
import { ordinaryDay, type DayStage } from "./ordinary-day.ts";

const TOPIC = "payment.created";
/** A place, as a path has it. */
const SEVENTH = `${TOPIC}%2F0%2F7`;

/** What operators rely on about messages that a service could not take in. */
export const setAsideContract: readonly Claim<DayStage>[] = [
  {
    claim: "what was set aside is taken in again once it can be, with its effect once",
    async check(stage) {
      const { p4 } = await ordinaryDay(stage);
      const value = await createdOf(stage, p4);
      for (const offset of ["7", "8"]) {
        await keep(stage, { partition: 0, offset, value });
      }
      demandEqual("decided before", await decided(stage, p4), 0);
      const first = await ask(stage, `${SEVENTH}/requeue`);
      demandEqual(
        "the first",
        [first.status, first.body],
        [200, { id: `${TOPIC}/0/7`, taken: "done" }],
      );
      demandEqual("decided by it", await decided(stage, p4), 1);
      demandEqual("what is left", await namesOf(stage), [`${TOPIC}/0/8`]);
      const second = await ask(stage, `${TOPIC}%2F0%2F8/requeue`);
      demandEqual("the same again", second.body, { id: `${TOPIC}/0/8`, taken: "duplicate" });
      demandEqual("decided by both", await decided(stage, p4), 1);
      demandEqual("what is left", await namesOf(stage), []);
      const gone = await ask(stage, `${SEVENTH}/requeue`);
      demandEqual("a third time", codeOf(gone), "404 unknown-message");
    },
  },
  {
    claim: "what still cannot be taken in stays where it is, with the reason of today",
    async check(stage) {
      const { p3, p4 } = await ordinaryDay(stage);
      // Under the id of an event that was taken in.
      const value = (await createdOf(stage, p3)).replaceAll(p3, p4);
      await keep(stage, { partition: 0, offset: "7", value });
      await keep(stage, { partition: 0, offset: "8", value: "{" });
      const stolen = await ask(stage, `${SEVENTH}/requeue`);
      demandEqual("another's id", codeOf(stolen), "422 refused-again");
      const broken = await ask(stage, `${TOPIC}%2F0%2F8/requeue`);
      demandEqual("no JSON", codeOf(broken), "422 refused-again");
      const [first, second] = await all(stage);
      demandEqual("the first reason", first?.reason.includes("was taken in before as"), true);
      demandEqual("the second", second?.reason, "the value is not JSON");
      demandEqual("decided", await decided(stage, p4), 0);
    },
  },
  {
    claim: "what is thrown away is gone, and all else is listed by its place, a page at a time",
    async check(stage) {
      for (const [partition, offset] of [
        [1, "2"],
        [0, "9"],
        [0, "10"],
      ] as const) {
        await keep(stage, { partition, offset, value: "{" });
      }
      const [page, rest] = [await ask(stage, "", { limit: ["2"] }), await ask(stage, "")];
      demandEqual("next", field(page.body, "next"), `${TOPIC}/0/10`);
      demandEqual("all", (await namesOf(stage)).join(" "), placesOf("0/9", "0/10", "1/2"));
      demandEqual("the end of it", field(rest.body, "next"), null);
      const after = await ask(stage, "", { after: [`${TOPIC}/0/10`] });
      demandEqual("the page after", idsIn(after.body), [`${TOPIC}/1/2`]);
      const odd = await ask(stage, "", { after: ["7"] });
      demandEqual("after what is no place", codeOf(odd), "400 malformed-request");
      const purged = await ask(stage, `${TOPIC}%2F0%2F9/purge`);
      demandEqual("thrown away", [purged.status, purged.body], [200, { id: `${TOPIC}/0/9` }]);
      demandEqual("left", (await namesOf(stage)).join(" "), placesOf("0/10", "1/2"));
      for (const id of [`${TOPIC}%2F0%2F9`, "9", "%00", `${TOPIC}%2F0%2F-1`]) {
        demandEqual(id, codeOf(await ask(stage, `${id}/purge`)), "404 unknown-message");
      }
    },
  },
];

function placesOf(...places: readonly string[]): string {
  return places.map((place) => `${TOPIC}/${place}`).join(" ");
}

async function keep(
  { wallet, clock }: DayStage,
  message: { readonly partition: number; readonly offset: string; readonly value: string },
): Promise<void> {
  const ports = { database: wallet, clock, deadLetterTopic: "wallet.dead-letters" };
  await setAside(ports, { topic: TOPIC, key: null, ...message }, "of yesterday");
}

async function createdOf({ payment }: DayStage, paymentId: string): Promise<string> {
  const { rows } = await runStatement(payment, "look", {
    label: "event",
    sql: "SELECT payload FROM outbox WHERE message_key = $1",
    parameters: [paymentId],
  });
  return rows[0] === undefined ? "" : textColumn(rows[0], "payload");
}

async function decided({ wallet }: DayStage, paymentId: string): Promise<number> {
  const { rowCount } = await runStatement(wallet, "look", {
    label: "decisions",
    sql: "SELECT outcome FROM transfer_decisions WHERE payment_id = $1",
    parameters: [paymentId],
  });
  return rowCount;
}

function all({ wallet }: DayStage): Promise<readonly SetAside[]> {
  return listSetAside(wallet, { after: FIRST_PLACE, limit: 100 });
}

async function namesOf(stage: DayStage): Promise<readonly string[]> {
  return (await all(stage)).map(placeName);
}

/** Asks a route of the wallet's inbox as an operator does; a path as it is written. */
async function ask(
  stage: DayStage,
  path: string,
  queryParameters: Readonly<Record<string, readonly string[]>> = {},
): Promise<HttpResponse> {
  const ports = { ...stage, database: stage.wallet, telemetry: { event() {} } };
  const routes = inboxRoutes("wallet", ports, (events) =>
    transferMoney(ports, events.filter(isCreated)),
  );
  const [id = "", verb = ""] = path.split("/");
  const found = routes.find((each) => each.path.endsWith(verb === "" ? "letters" : `:id/${verb}`));
  if (found === undefined) {
    throw new Error(`there is no route ${path}`);
  }
  return found.handle({
    pathParameters: { id: decodeURIComponent(id) },
    queryParameters,
    headers: {},
    body: undefined,
    hangUp() {},
    principal: { id: "operator", scopes: new Set() },
    trace: { traceId: "", spanId: "", flags: 0, state: undefined },
  });
}

function isCreated(event: Event): event is CreatedEvent {
  return event.type === "payment.created";
}

function codeOf({ status, body }: HttpResponse): string {
  return `${status} ${String(field(body, "title"))}`;
}

function idsIn(body: unknown): readonly unknown[] {
  const found = field(body, "setAside");
  return Array.isArray(found) ? found.map((each) => field(each, "id")) : [];
}
