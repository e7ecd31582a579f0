import { API_KEYS, type Caller } from "../plans/callers.ts";
import type { ClientRequest } from "../plans/commands/client-request.ts";
import { codeOf, field, open, type ApiClient, type ApiStage } from "./api-stage.ts";
import { demandEqual, type Claim } from "./claim.ts";

type Asked = readonly [method: "GET" | "POST", path: string];

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
