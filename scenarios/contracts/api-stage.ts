import type { ServiceName, SourceName } from "../../system/process/services.ts";
import { credentialsOf, ownerOf, type Caller } from "../plans/callers.ts";
import type { ClientRequest } from "../plans/commands/client-request.ts";
import type { Plan } from "../plans/plan.ts";
import { ONE_PROCESS_EACH, processesAnswering, type Topology } from "../plans/topology.ts";
import type { ClientAnswer, Universe, World } from "../world.ts";
import { demandEqual, type Claim } from "./claim.ts";
import { demandDocumented } from "./documented-answers.ts";

/** The services as their clients see them: as an operator does, and as somebody else. */
export interface ApiStage extends ApiClient {
  /** As one who asks about a wallet, its owner for example. */
  as(caller: Caller, walletId?: string): ApiClient;
  /** With these headers, and no others. */
  ask(request: ClientRequest): Promise<ClientAnswer>;
  /**
   * Asks for a payment, as the sender's owner or as somebody else, and answers what became of it
   * when it is terminal.
   */
  pay(key: string, payment: Body, by?: ApiClient): Promise<Settled>;
  /** Changes a service's database past it, as somebody who should not. */
  change(service: SourceName, sql: string): Promise<void>;
  /** The same for the payment that gives another back. */
  reverse(path: string, key: string, body: Body): Promise<Settled>;
}

/** What one client can do. */
export interface ApiClient {
  post(path: string, body?: Body, key?: string): Promise<ClientAnswer>;
  get(path: string): Promise<ClientAnswer>;
}

export type Body = Readonly<Record<string, string>>;

/** What became of a payment. */
export interface Settled {
  readonly id: string;
  readonly status: unknown;
  readonly reason: unknown;
}

/** One process for each service, the reconciliation engine's among them. */
const EVERY_SERVICE: Topology = [
  ...ONE_PROCESS_EACH,
  { name: "reconciliation-1", roles: ["reconciliation"] },
];

/** Checks a claim in a universe of its own. The wallets that it needs it opens itself. */
export async function checkApi(world: World, basis: Plan, claim: Claim<ApiStage>): Promise<void> {
  const plan = { ...basis, wallets: [], commands: [], topology: EVERY_SERVICE };
  await world.run(plan, async (universe) => {
    demandEqual("processes that are not up", await universe.heal(60_000), []);
    await claim.check(stageOf(universe, plan.topology));
  });
}

/** Opens a wallet, as an operator. */
export async function open(api: ApiStage, id: string, funding: string): Promise<void> {
  const answer = await api.post("/wallets", { id, funding, currency: "OMR", owner: ownerOf(id) });
  demandEqual(`wallet ${id}`, answer.status, 201);
}

/** What a wallet holds, as an operator sees it. */
export async function balanceOf(api: ApiStage, id: string): Promise<unknown> {
  return field((await api.get(`/wallets/${id}`)).body, "balance");
}

/** A problem's status and code. */
export function codeOf({ status, body }: ClientAnswer): string {
  return `${status} ${String(field(body, "title"))}`;
}

/** What became of a payment, in words. */
export function outcomeOf({ status, reason }: Settled): string {
  return `${String(status)} ${String(reason)}`;
}

/** A field of an answer, unchecked. */
export function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}

function serviceAsked(path: string): ServiceName {
  if (path.startsWith("/reconciliation")) {
    return "reconciliation";
  }
  return /^\/(payments|(in|out)box\/payment)/.test(path) ? "payment" : "wallet";
}

const POLL_MS = 50;
const POLLS_MAX = 400;

function stageOf(universe: Universe, topology: Topology): ApiStage {
  const ask = async (request: ClientRequest): Promise<ClientAnswer> => {
    const service = serviceAsked(request.path);
    const [process = service] = processesAnswering(topology, service);
    const answer = await universe.request(process, request);
    demandDocumented(request, answer);
    return answer;
  };
  const as = (caller: Caller, walletId = ""): ApiClient => {
    const credentials = credentialsOf(caller, walletId);
    return {
      get: (path) => ask({ method: "GET", path, headers: credentials }),
      post(path, body, key) {
        const headers =
          key === undefined ? credentials : { ...credentials, "idempotency-key": key };
        return ask({ method: "POST", path, headers, ...(body === undefined ? {} : { body }) });
      },
    };
  };
  const operator = as("operator");
  const settle = async (
    path: string,
    key: string,
    asked: Body,
    by: ApiClient = operator,
  ): Promise<Settled> => {
    const accepted = await by.post(path, asked, key);
    demandEqual(`payment ${key}`, accepted.status, 202);
    const id = String(field(accepted.body, "id"));
    for (let polls = 0; polls < POLLS_MAX; polls += 1) {
      const { body } = await operator.get(`/payments/${id}`);
      const status = field(body, "status");
      if (status !== "PENDING") {
        return { id, status, reason: field(body, "reason") };
      }
      await universe.sleep(POLL_MS);
    }
    throw new Error(`payment ${key} is still PENDING`);
  };
  return {
    ...operator,
    as,
    ask,
    async change(service, sql) {
      await universe.query(service, sql);
    },
    pay: (key, payment, by = as("owner", payment["senderWalletId"])) =>
      settle("/payments", key, payment, by),
    reverse: (path, key, body) => settle(path, key, body),
  };
}
