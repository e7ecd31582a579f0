import { describe, expect, it } from "vitest";
import type { ServiceRequest } from "../http/route.ts";
import type { HttpRequest, HttpResponse } from "../ports/server.ts";
import { fixedEntropy, SAMPLE_TRACE } from "../testing/samples.ts";
import { databaseError, scriptedDatabase, type Script } from "../testing/scripted-database.ts";
import { paymentRoutes } from "./routes.ts";
import type { Acceptance, TransferRequest } from "./transfer-request.ts";

const BODY = {
  senderWalletId: "salim",
  receiverWalletId: "fatma",
  amount: "50.000",
  currency: "OMR",
};
const PRINCIPAL = { id: "anwar", scopes: new Set(["payments:write", "payments:read"] as const) };
const KEY = { "idempotency-key": ["k1"] };

/** The service's routes before a database and an `accept` that answer as told. */
function service(
  answers: { readonly accept?: () => Promise<Acceptance>; readonly script?: Script } = {},
) {
  const requests: TransferRequest[] = [];
  const lines: object[] = [];
  const ports = {
    database: scriptedDatabase(answers.script),
    clock: { nowMs: () => 1_234, async sleep() {} },
    entropy: fixedEntropy,
    telemetry: { event: (name: string, detail: object) => void lines.push({ name, ...detail }) },
  };
  const routes = paymentRoutes(ports, async (request) => {
    requests.push(request);
    return answers.accept === undefined
      ? { kind: "accepted", paymentId: "p1" }
      : await answers.accept();
  });
  const ask = (method: "GET" | "POST", request: Partial<ServiceRequest>): Promise<HttpResponse> => {
    const path = method === "POST" ? "/payments" : "/payments/:id";
    const route = routes.find((each) => each.method === method && each.path === path);
    if (route === undefined) {
      throw new Error(`there is no route for ${method}`);
    }
    return route.handle({
      pathParameters: {},
      queryParameters: {},
      headers: {},
      body: undefined,
      hangUp: () => expect.unreachable("no route hangs up"),
      principal: PRINCIPAL,
      trace: SAMPLE_TRACE,
      ...request,
    });
  };
  return {
    requests,
    lines,
    post: (headers: HttpRequest["headers"], body: unknown) => ask("POST", { headers, body }),
    get: (id: string) => ask("GET", { pathParameters: { id } }),
  };
}

function problemWith(status: number, code: string, detail: unknown = expect.any(String)) {
  return {
    status,
    headers: { "content-type": "application/problem+json" },
    body: { type: `urn:falconpay:problem:${code}`, title: code, status, detail },
  };
}

describe("POST /payments", () => {
  it("answers 202 with the payment's location, and hands the amount on in minor units", async () => {
    const { post, requests } = service();
    expect(await post(KEY, BODY)).toEqual({
      status: 202,
      headers: { location: "/payments/p1" },
      body: { id: "p1" },
    });
    expect(requests).toEqual([
      {
        principalId: "anwar",
        idempotencyKey: "k1",
        senderWalletId: "salim",
        receiverWalletId: "fatma",
        money: { amountMinor: 50_000n, currency: "OMR" },
        trace: SAMPLE_TRACE,
      },
    ]);
  });

  it("says which payment it is, and in which trace", async () => {
    const { post, lines } = service();
    await post(KEY, BODY);
    const { traceId } = SAMPLE_TRACE;
    expect(lines).toEqual([{ name: "accept.done", paymentId: "p1", traceId }]);
  });

  it.each([
    ["no", [], "idempotency-key-missing", ""],
    ["an empty one", [""], "idempotency-key-malformed", ""],
    ["one with a space", ["a b"], "idempotency-key-malformed", ""],
    ["one of 256 characters", ["k".repeat(256)], "idempotency-key-malformed", ""],
    ["two", ["k1", "k2"], "idempotency-key-malformed", ", found 2 of them"],
    ["the same one twice", ["k1", "k1"], "idempotency-key-malformed", ", found 2 of them"],
  ])("answers 400 without a usable key, and accepts nothing: %s", async (_, keys, code, found) => {
    const { post, requests } = service();
    const form = "one Idempotency-Key header of 1 to 255 visible ASCII characters";
    const expected = problemWith(400, code, `expected ${form}${found}`);
    expect(await post({ "idempotency-key": keys }, BODY)).toEqual(expected);
    expect(requests).toEqual([]);
  });

  it.each([
    ["no body", undefined, /^the body /],
    ["a list", [BODY], /^the body /],
    ["no sender", { ...BODY, senderWalletId: undefined }, /senderWalletId/],
    ["a sender with a slash", { ...BODY, senderWalletId: "a/b" }, /^\/senderWalletId /],
    ["an empty receiver", { ...BODY, receiverWalletId: "" }, /^\/receiverWalletId /],
    ["a number for an amount", { ...BODY, amount: 50 }, /^\/amount .*string/],
    ["no currency", { ...BODY, currency: undefined }, /currency/],
    ["a field too many", { ...BODY, note: "rent" }, /^\/note is not known$/],
  ])("answers 400 naming the field, and accepts nothing: %s", async (_, body, detail) => {
    const { post, requests } = service();
    // As it comes over the wire: a field that is undefined is not there.
    const parsed: unknown = body === undefined ? undefined : JSON.parse(JSON.stringify(body));
    const expected = problemWith(400, "malformed-request", expect.stringMatching(detail));
    expect(await post(KEY, parsed)).toEqual(expected);
    expect(requests).toEqual([]);
  });

  it.each([
    ["0", /amount "0" is not more than zero/],
    ["0.000", /amount "0.000" is not more than zero/],
    ["-1", /"-1".*plain decimal/],
    ["0.0005", /4 decimals; OMR has 3/],
    ["1e3", /plain decimal/],
    ["9223372036854775.808", /larger than can be kept/],
  ])("answers 400 to the amount %s, and accepts nothing", async (amount, detail) => {
    const { post, requests } = service();
    const expected = problemWith(400, "malformed-amount", expect.stringMatching(detail));
    expect(await post(KEY, { ...BODY, amount })).toEqual(expected);
    expect(requests).toEqual([]);
  });

  it("answers 400 to a currency that it does not know, by name", async () => {
    const expected = problemWith(
      400,
      "malformed-amount",
      expect.stringMatching(/^currency "XYZ" is not one of: OMR, /),
    );
    expect(await service().post(KEY, { ...BODY, currency: "XYZ" })).toEqual(expected);
  });

  it("answers 409 while a request with the key is being served, and says when to ask again", async () => {
    const { post } = service({ accept: async () => ({ kind: "in-progress" }) });
    const { headers, ...rest } = await post(KEY, BODY);
    expect(headers).toMatchObject({ "retry-after": "1" });
    expect(rest).toMatchObject({ status: 409, body: { title: "request-in-progress" } });
  });

  it("answers 422 to a key that was used for another request", async () => {
    const { post } = service({ accept: async () => ({ kind: "key-reused" }) });
    expect(await post(KEY, BODY)).toEqual(problemWith(422, "idempotency-key-reused"));
  });
});

describe("GET /payments/:id", () => {
  const row = {
    id: "p1",
    sender_wallet_id: "salim",
    receiver_wallet_id: "fatma",
    amount_minor: "50000",
    currency: "OMR",
    status: "FAILED",
    reason: "insufficient_balance",
    reverses_payment_id: null,
    accepted_at_ms: "1000",
    settled_at_ms: "1100",
    ordered_by: "anwar",
    ordered_as: "owner",
    sender_owner_id: "anwar",
    receiver_owner_id: null,
  };

  it("answers 200 with the payment, its amount as a decimal string", async () => {
    const { get } = service({ script: () => ({ rows: [row], rowCount: 1 }) });
    expect(await get("p1")).toEqual({
      status: 200,
      body: {
        id: "p1",
        ...BODY,
        status: "FAILED",
        reason: "insufficient_balance",
        reverses: null,
        acceptedAtMs: 1_000,
        settledAtMs: 1_100,
      },
    });
  });

  it.each([
    [{ ordered_by: "badria", sender_owner_id: "badria" }, 404],
    [{ ordered_by: "badria", sender_owner_id: "badria", receiver_owner_id: "anwar" }, 200],
    [{ ordered_by: "badria", ordered_as: "operator", sender_owner_id: "anwar" }, 200],
  ])(
    "shows a payment to its parties, as if it were not there to others: %j",
    async (who, status) => {
      const { get } = service({ script: () => ({ rows: [{ ...row, ...who }], rowCount: 1 }) });
      expect((await get("p1")).status).toBe(status);
    },
  );

  it("answers 404 to a payment that is not there, by its id", async () => {
    const expected = problemWith(404, "unknown-payment", 'there is no payment "p9"');
    expect(await service().get("p9")).toEqual(expected);
  });

  it.each(["\u0000", "a\u0000", "", "a/b", "p".repeat(65)])(
    "answers 404 to what cannot be an id, and asks no database: %j",
    async (id) => {
      const { get } = service({ script: () => databaseError("no") });
      expect(await get(id)).toEqual(problemWith(404, "unknown-payment"));
    },
  );
});
