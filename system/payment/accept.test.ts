import { describe, expect, it } from "vitest";
import { DatabaseError } from "../ports/database.ts";
import { fixedEntropy, SAMPLE_TRACE } from "../testing/samples.ts";
import { scriptedDatabase } from "../testing/scripted-database.ts";
import { acceptPayments } from "./accept.ts";
import { keyOfTransfer, RequestInProgress } from "./idempotency.ts";
import type { TransferRequest } from "./transfer-request.ts";

const REQUEST: TransferRequest = {
  principalId: "anwar",
  idempotencyKey: "k1",
  senderWalletId: "salim",
  receiverWalletId: "fatma",
  money: { amountMinor: 1n, currency: "OMR" },
  trace: SAMPLE_TRACE,
};
const OTHER: TransferRequest = { ...REQUEST, idempotencyKey: "k2" };

/** A payment service; the keys are free but for `k0`, with which p0 was asked for. */
function service(claim?: DatabaseError) {
  const database = scriptedDatabase((sql, [, keys, fingerprints, paymentIds]) => {
    if (sql.startsWith("WITH asked")) {
      claimed = rowsOf(keys, fingerprints, paymentIds);
      return claim ?? { rows: claimed.filter((row) => row.idempotency_key !== "k0") };
    }
    return sql.startsWith("SELECT taken.principal_id") ? { rows: [...claimed, TAKEN] } : undefined;
  });
  let claimed: readonly KeyRow[] = [];
  let drawn = 0;
  const ports = {
    database,
    clock: { nowMs: () => 1_234, async sleep() {} },
    entropy: { ...fixedEntropy, uuid: () => `u${(drawn += 1)}` },
    telemetry: { event() {} },
  };
  return { database, ports };
}

interface KeyRow {
  readonly [column: string]: unknown;
  readonly principal_id: string;
  readonly idempotency_key: unknown;
}

const TAKEN: KeyRow = {
  principal_id: "anwar",
  idempotency_key: "k0",
  request_fingerprint: keyOfTransfer(REQUEST).fingerprint,
  payment_id: "p0",
};

/** Each key once, as its first request says. */
function rowsOf(keys: unknown, fingerprints: unknown, paymentIds: unknown): readonly KeyRow[] {
  const [said, ids] = [listOf(fingerprints), listOf(paymentIds)];
  const rows = listOf(keys).map((idempotency_key, index) => {
    const principal_id = "anwar";
    return {
      principal_id,
      idempotency_key,
      request_fingerprint: said[index],
      payment_id: ids[index],
    };
  });
  const seen = new Set<unknown>();
  return rows.filter(({ idempotency_key }) => seen.size < seen.add(idempotency_key).size);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? [...value] : [];
}

describe("a group of requests", () => {
  it("is accepted by one transaction, each with a payment and an event of its own", async () => {
    const { database, ports } = service();
    const accepted = await acceptPayments(ports, [REQUEST, OTHER]);
    expect(accepted).toEqual([
      { kind: "accepted", paymentId: "u1" },
      { kind: "accepted", paymentId: "u3" },
    ]);
    const [recorded] = database.parametersOf("WITH asked");
    expect([recorded?.[3], recorded?.[14]]).toEqual([
      ["u1", "u3"],
      ["u2", "u4"],
    ]);
    expect(database.log.filter((sql) => sql === "COMMIT")).toHaveLength(1);
  });

  it("answers a key that comes twice in it by what the first of them said", async () => {
    const { ports } = service();
    const other = { ...REQUEST, receiverWalletId: "khalid" };
    expect(await acceptPayments(ports, [REQUEST, REQUEST, other])).toEqual([
      { kind: "accepted", paymentId: "u1" },
      { kind: "accepted", paymentId: "u1" },
      { kind: "key-reused" },
    ]);
  });

  it("answers a key that was used before by its payment, beside new ones", async () => {
    const { ports } = service();
    const again = { ...REQUEST, idempotencyKey: "k0" };
    const reused = { ...again, senderWalletId: "khalid" };
    expect(await acceptPayments(ports, [again, OTHER, reused])).toEqual([
      { kind: "accepted", paymentId: "p0" },
      { kind: "accepted", paymentId: "u3" },
      { kind: "key-reused" },
    ]);
  });
});

describe("a key that another request holds for long", () => {
  const held = new DatabaseError("lock timeout", { code: "55P03", applied: "no" });

  it("is in progress for who asks alone", async () => {
    const { database, ports } = service(held);
    expect(await acceptPayments(ports, [REQUEST])).toEqual([{ kind: "in-progress" }]);
    expect(database.log[0]).toBe("BEGIN");
  });

  it("is waited for only a little by a group, which then fails", async () => {
    const { database, ports } = service(held);
    await expect(acceptPayments(ports, [REQUEST, OTHER])).rejects.toThrow(RequestInProgress);
    expect(database.log[0]).toBe("BEGIN; SET LOCAL lock_timeout = 100");
  });
});
