import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { Pool } from "undici";
import type { DatabaseAddress } from "../../chaos/environment/environment.ts";
import type { RunningServices } from "../../chaos/services/run-services.ts";

/** Clients that ask the payment service for transfers, and what becomes of them. */
export interface PaymentsLoad {
  /**
   * So many clients ask one after the other, each over a connection of its own that is kept, for
   * that time; the figure counts until the last payment has its verdict.
   *
   * @returns payments a second, from the first request to the last verdict
   */
  atOnce(connections: number, forMs: number): Promise<number>;
  /** So many payments a second, whatever becomes of those before. */
  steadily(connections: number, perSecond: number, forMs: number): Promise<InFlightFigures>;
  close(): Promise<void>;
}

/** From acceptance to the verdict, in milliseconds by the payment service's clock. */
export interface InFlightFigures {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly payments: number;
}

const WALLETS = 1_000;
/** At once, while the wallets are opened. */
const OPENERS = 16;
const SETTLED_MS_MAX = 120_000;
const POLL_MS = 20;

/** Opens the wallets, each with money enough. */
export async function openPaymentsLoad(
  services: RunningServices,
  paymentDatabase: DatabaseAddress,
): Promise<PaymentsLoad> {
  const observer = new Client({ ...paymentDatabase });
  await observer.connect();
  await openWallets(services);
  const ask = async (pool: Pool, number: number): Promise<void> => {
    const body = {
      senderWalletId: `w${number % WALLETS}`,
      receiverWalletId: `w${(number * 7_919 + 1) % WALLETS}`,
      amount: "0.001",
      currency: "OMR",
    };
    await post(pool, "/payments", keyOf(services, "customer-1"), body, 202);
  };
  let number = 0;
  return {
    async atOnce(connections, forMs) {
      const pool = new Pool(services.urls.payment, { connections });
      const beganAtMs = Date.now();
      await Promise.all(
        Array.from({ length: connections }, async () => {
          while (Date.now() - beganAtMs < forMs) {
            number += 1;
            await ask(pool, number);
          }
        }),
      );
      const { payments, lastMs } = await settledSince(observer, beganAtMs);
      await pool.close();
      return (payments * 1_000) / (lastMs - beganAtMs);
    },
    async steadily(connections, perSecond, forMs) {
      const pool = new Pool(services.urls.payment, { connections });
      const beganAtMs = Date.now();
      const asked: Promise<void>[] = [];
      while (Date.now() - beganAtMs < forMs) {
        const due = Math.floor(((Date.now() - beganAtMs) * perSecond) / 1_000);
        while (asked.length < due) {
          number += 1;
          asked.push(ask(pool, number));
        }
        await delay(1);
      }
      await Promise.all(asked);
      const { payments, p50Ms, p99Ms } = await settledSince(observer, beganAtMs);
      await pool.close();
      return { payments, p50Ms, p99Ms };
    },
    async close() {
      await observer.end();
    },
  };
}

async function openWallets(services: RunningServices): Promise<void> {
  const pool = new Pool(services.urls.wallet, { connections: OPENERS });
  let next = 0;
  await Promise.all(
    Array.from({ length: OPENERS }, async () => {
      while (next < WALLETS) {
        const id = `w${next}`;
        next += 1;
        const body = { id, funding: "1000000.000", currency: "OMR", owner: "customer-1" };
        await post(pool, "/wallets", keyOf(services, "operator"), body, 201);
      }
    }),
  );
  await pool.close();
}

function keyOf({ keys }: RunningServices, holder: string): string {
  return keys[holder] ?? "";
}

/** @throws Error when the answer is another one */
async function post(
  pool: Pool,
  path: string,
  key: string,
  body: Readonly<Record<string, string>>,
  expected: number,
): Promise<void> {
  const answer = await pool.request({
    method: "POST",
    path,
    headers: {
      "content-type": "application/json",
      "idempotency-key": randomUUID(),
      authorization: `Bearer ${key}`,
    },
    body: JSON.stringify(body),
  });
  const text = await answer.body.text();
  if (answer.statusCode !== expected) {
    throw new Error(`POST ${path} was answered ${answer.statusCode}: ${text}`);
  }
}

/**
 * Waits until no payment is PENDING, and says what became of those accepted since.
 *
 * @throws Error unless every one of them is COMPLETED
 */
async function settledSince(
  observer: Client,
  sinceMs: number,
): Promise<InFlightFigures & { readonly lastMs: number }> {
  const deadlineAtMs = Date.now() + SETTLED_MS_MAX;
  for (;;) {
    const pending = await observer.query("SELECT 1 FROM payments WHERE status = 'PENDING' LIMIT 1");
    if (pending.rows.length === 0) {
      break;
    }
    if (Date.now() > deadlineAtMs) {
      throw new Error("payments are PENDING two minutes after the last request");
    }
    await delay(POLL_MS);
  }
  const { rows } = await observer.query<
    Record<"payments" | "failed" | "last" | "p50" | "p99", string>
  >(
    `SELECT count(*) AS payments, count(*) FILTER (WHERE status <> 'COMPLETED') AS failed,
       max(settled_at_ms) AS last,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY settled_at_ms - accepted_at_ms) AS p50,
       percentile_disc(0.99) WITHIN GROUP (ORDER BY settled_at_ms - accepted_at_ms) AS p99
     FROM payments WHERE accepted_at_ms >= $1`,
    [sinceMs],
  );
  const [row] = rows;
  if (row === undefined || row.failed !== "0") {
    throw new Error(`${row?.failed ?? "no"} payments were refused, and every one may be made`);
  }
  const figure = (text: string) => Number(text);
  return {
    payments: figure(row.payments),
    lastMs: figure(row.last),
    p50Ms: figure(row.p50),
    p99Ms: figure(row.p99),
  };
}
