import { API_KEYS, ownerOf, type Caller } from "../plans/callers.ts";
import type { ClientRequest } from "../plans/commands/client-request.ts";
import {
  balanceOf,
  codeOf,
  field,
  open,
  outcomeOf,
  type ApiClient,
  type ApiStage,
} from "./api-stage.ts";
import { demandEqual, type Claim } from "./claim.ts";

type Asked = readonly [method: "GET" | "POST", path: string];

const UNKNOWN_WALLET = "404 unknown-wallet";
const UNKNOWN_PAYMENT = "404 unknown-payment";

/** A wallet's id of the same owner, and one of the other customer. */
function walletsOf(id: string): readonly [own: string, other: string] {
  const ids = ["w1", "w2"];
  const own = ids.find((each) => ownerOf(each) === ownerOf(id));
  const other = ids.find((each) => ownerOf(each) !== ownerOf(id));
  if (own === undefined || other === undefined) {
    throw new Error("both wallets have one owner");
  }
  return [own, other];
}

async function idsOf(client: ApiClient): Promise<readonly unknown[]> {
  const payments = field((await client.get("/payments")).body, "payments");
  return Array.isArray(payments) ? payments.map((payment) => field(payment, "id")) : [];
}

/** Every route that asks who asks, by what a key must be for. */
const ROUTES: Readonly<Record<"reading" | "writing" | "operators", readonly Asked[]>> = {
  reading: [
    ["GET", "/payments"],
    ["GET", "/payments/p1"],
    ["GET", "/payments/p1/events"],
    ["GET", "/wallets/salim"],
    ["GET", "/wallets/salim/entries"],
  ],
  writing: [
    ["POST", "/payments"],
    ["POST", "/wallets"],
  ],
  operators: [
    ["POST", "/payments/p1/reversal"],
    ["POST", "/wallets/salim/deposits"],
    ["POST", "/wallets/salim/withdrawals"],
    ["POST", "/wallets/salim/freeze"],
    ["POST", "/wallets/salim/unfreeze"],
    ["GET", "/ledger/verify"],
    ["POST", "/reconciliation/runs"],
    ["GET", "/reconciliation/runs"],
    ["GET", "/reconciliation/breaks"],
    ["POST", "/reconciliation/breaks/0/resolution"],
    ["POST", "/reconciliation/breaks/0/repair"],
    ["GET", "/outbox/payment/dead-letters"],
    ["POST", "/outbox/payment/dead-letters/1/requeue"],
    ["POST", "/outbox/wallet/dead-letters/1/purge"],
    ["GET", "/inbox/wallet/dead-letters"],
    ["POST", "/inbox/wallet/dead-letters/payment.created%2F0%2F7/requeue"],
    ["POST", "/inbox/payment/dead-letters/payment.failed%2F0%2F7/purge"],
  ],
};

/** What the services rely on to tell who may ask what. */
export const accessContract: readonly Claim<ApiStage>[] = [
  {
    claim: "nobody is let in without a key, or with one that was never given out",
    async check(api) {
      await open(api, "salim", "10.000");
      await everywhere(api, "nobody", Object.values(ROUTES).flat(), "401 credentials-missing");
      await everywhere(api, "forger", Object.values(ROUTES).flat(), "401 credentials-unknown");
    },
  },
  {
    claim: "a key that only reads writes nothing, and a customer's does nothing of an operator's",
    async check(api) {
      await open(api, "salim", "10.000");
      await everywhere(api, "reader", ROUTES.writing, "403 scope-missing");
      await everywhere(api, "reader", ROUTES.operators, "403 scope-missing");
      await everywhere(api, "owner", ROUTES.operators, "403 scope-missing");
    },
  },
  {
    claim: "a key is sent in one way only, and is compared as a whole",
    async check(api) {
      await open(api, "salim", "10.000");
      const ask = async (authorization: string): Promise<string> =>
        codeOf(
          await api.ask({ method: "GET", path: "/ledger/verify", headers: { authorization } }),
        );
      const missing = "401 credentials-missing";
      const unknown = "401 credentials-unknown";
      demandEqual("the key", await ask("Bearer key-of-operator"), "200 undefined");
      demandEqual("the scheme in lower case", await ask("bearer key-of-operator"), "200 undefined");
      for (const [authorization, code] of [
        ["", missing],
        ["key-of-operator", missing],
        ["Bearer", missing],
        ["Bearer ", missing],
        ["Basic a2V5LW9mLW9wZXJhdG9yOg==", missing],
        ["Bearer key-of operator", missing],
        [`Bearer ${"k".repeat(201)}`, missing],
        ["Bearer key-of-operato", unknown],
        ["Bearer key-of-operatorr", unknown],
        ["Bearer KEY-OF-OPERATOR", unknown],
        // What is configured is no key.
        [`Bearer ${API_KEYS[0]?.sha256 ?? ""}`, unknown],
      ] as const) {
        demandEqual(JSON.stringify(authorization), await ask(authorization), code);
      }
    },
  },
  {
    claim: "only an operator opens a wallet that is funded from outside",
    async check(api) {
      const owner = api.as("owner", "salim");
      const opening = { id: "salim", currency: "OMR" };
      const funded = await owner.post("/wallets", { ...opening, funding: "0.001" });
      demandEqual("a baisa", codeOf(funded), "403 scope-missing");
      const nothing = await owner.get("/wallets/salim");
      demandEqual("nothing came of it", codeOf(nothing), "404 unknown-wallet");
      const empty = await owner.post("/wallets", { ...opening, funding: "0.000" });
      demandEqual("an empty one", [empty.status, field(empty.body, "balance")], [201, "0.000"]);
    },
  },
  {
    claim: "nobody sends from another's wallet, whatever it holds, and the owner does",
    async check(api) {
      await open(api, "salim", "10.000");
      await open(api, "fatma", "0.000");
      const asked = { senderWalletId: "salim", receiverWalletId: "fatma", currency: "OMR" };
      for (const [key, amount] of Object.entries({ s1: "1.000", s2: "50.000" })) {
        const payment = await api.pay(key, { ...asked, amount }, api.as("stranger", "salim"));
        demandEqual(`${amount} by a stranger`, outcomeOf(payment), "FAILED not_owner");
      }
      const operators = await api.pay("o1", { ...asked, amount: "1.000" }, api);
      demandEqual("by an operator, who may not either", outcomeOf(operators), "FAILED not_owner");
      await api.post("/wallets/salim/freeze");
      const frozen = await api.pay(
        "s3",
        { ...asked, amount: "1.000" },
        api.as("stranger", "salim"),
      );
      demandEqual("of a frozen one", outcomeOf(frozen), "FAILED not_owner");
      await api.post("/wallets/salim/unfreeze");
      const own = await api.pay("p1", { ...asked, amount: "1.000" });
      demandEqual("by the owner", outcomeOf(own), "COMPLETED null");
      demandEqual("what is left", await balanceOf(api, "salim"), "9.000");
    },
  },
  {
    claim: "nobody is told of another's wallet: it is as if it were not there",
    async check(api) {
      await open(api, "salim", "10.000");
      const [owner, stranger] = [api.as("owner", "salim"), api.as("stranger", "salim")];
      for (const path of ["/wallets/salim", "/wallets/salim/entries"]) {
        demandEqual(`${path} by a stranger`, codeOf(await stranger.get(path)), UNKNOWN_WALLET);
        demandEqual(`${path} by the owner`, (await owner.get(path)).status, 200);
        const read = await api.as("reader", "salim").get(path);
        demandEqual(`${path} by the owner, with a key that reads`, read.status, 200);
      }
      const opening = { id: "salim", currency: "OMR", funding: "0.000" };
      const opened = await stranger.post("/wallets", opening);
      demandEqual("opened by a stranger", codeOf(opened), "409 wallet-opened-otherwise");
      const forAnother = { ...opening, id: "other", owner: ownerOf("salim") };
      const other = await stranger.post("/wallets", forAnother);
      demandEqual("opened for another", codeOf(other), "403 scope-missing");
    },
  },
  {
    claim: "a payment is shown to its parties and to operators, and to nobody else",
    async check(api) {
      await open(api, "salim", "10.000");
      await open(api, "fatma", "0.000");
      // Its owner is salim's, too: the other customer has no part in what goes between these two.
      const [own, other] = walletsOf("salim");
      await open(api, own, "0.000");
      await open(api, other, "0.000");
      const stranger = api.as("stranger", "salim");
      const asked = { senderWalletId: "salim", amount: "1.000", currency: "OMR" };
      const inside = await api.pay("p1", { ...asked, receiverWalletId: own });
      for (const path of [`/payments/${inside.id}`, `/payments/${inside.id}/events`]) {
        demandEqual(`${path} by a stranger`, codeOf(await stranger.get(path)), UNKNOWN_PAYMENT);
        const waited = await stranger.get(`${path}?wait=9`);
        demandEqual("waited for by a stranger", codeOf(waited), UNKNOWN_PAYMENT);
        demandEqual("by the sender", (await api.as("owner", "salim").get(path)).status, 200);
      }
      const across = await api.pay("p2", { ...asked, receiverWalletId: other });
      const received = await stranger.get(`/payments/${across.id}`);
      demandEqual("by the receiver", field(received.body, "status"), "COMPLETED");
      const back = await api.reverse(`/payments/${across.id}/reversal`, "r1", {});
      demandEqual("the reversal by its sender", await idsOf(stranger), [across.id, back.id]);
      const all = await idsOf(api.as("owner", "salim"));
      demandEqual("the owner's", all, [inside.id, across.id, back.id]);
      demandEqual("the operator's", await idsOf(api), all);
    },
  },
  {
    claim: "a client's idempotency key is its own: another's of the same words is another key",
    async check(api) {
      await open(api, "salim", "10.000");
      const [, other] = walletsOf("salim");
      await open(api, other, "10.000");
      const there = { senderWalletId: "salim", receiverWalletId: other };
      const back = { senderWalletId: other, receiverWalletId: "salim" };
      const one = { amount: "1.000", currency: "OMR" };
      const first = await api.pay("k1", { ...there, ...one });
      const second = await api.pay("k1", { ...back, ...one });
      demandEqual("both", [first, second].map(outcomeOf), ["COMPLETED null", "COMPLETED null"]);
      demandEqual("two payments", first.id === second.id, false);
    },
  },
  {
    claim: "what a process says of itself it says to everybody",
    async check(api) {
      for (const path of ["/healthz", "/readyz", "/metrics", "/openapi.json"]) {
        const answer = await api.ask({ method: "GET", path, headers: {} });
        demandEqual(path, answer.status, 200);
      }
    },
  },
];

async function everywhere(
  api: ApiStage,
  caller: Caller,
  routes: readonly Asked[],
  code: string,
): Promise<void> {
  const client = api.as(caller, "salim");
  for (const [method, path] of routes) {
    const answer = await asked(client, method, path);
    demandEqual(`${method} ${path} by ${caller}`, codeOf(answer), code);
  }
}

function asked(client: ApiClient, method: ClientRequest["method"], path: string) {
  return method === "GET" ? client.get(path) : client.post(path, { amount: "1.000" }, "k1");
}
