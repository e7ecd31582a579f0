import { parseEvent, type Event } from "../../system/domain/events.ts";
import { relayOutbox } from "../../system/outbox/relay.ts";
import { acceptPayments } from "../../system/payment/accept.ts";
import { settlePayments } from "../../system/payment/settle.ts";
import type { BrokerRecord } from "../../system/ports/broker.ts";
import type { Database } from "../../system/ports/database.ts";
import { nextSpan } from "../../system/ports/next-span.ts";
import { openWallet } from "../../system/wallet/open-wallet.ts";
import { transferMoney } from "../../system/wallet/transfer.ts";
import { host, type Place } from "./place.ts";

const WALLETS = 1_000;
const OWNER = "customer-1";
/** Payments that are made by one transaction of each step. */
const BATCH = 1_000;

/** Opens the wallets between which the payments go. */
export async function openWallets({ databases }: Place): Promise<void> {
  for (let number = 0; number < WALLETS; number += 1) {
    const funding = { amountMinor: 1_000_000_000n, currency: "OMR" } as const;
    const wallet = { ...host, database: databases.wallet };
    await openWallet(wallet, { walletId: `w${number}`, ownerId: OWNER, funding });
  }
}

/**
 * Payments from the request to the verdict, by the services' own code, with the events carried from
 * outbox to inbox by hand: what the databases then hold is what the services would have written.
 */
export async function makePayments({ databases }: Place, from: number, to: number): Promise<void> {
  const payment = { ...host, database: databases.payment };
  const wallet = { ...host, database: databases.wallet };
  for (let first = from; first < to; first += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, to - first) }, (_, at) => first + at);
    await acceptPayments(
      payment,
      numbers.map((number) => ({
        idempotencyKey: `k${number}`,
        principalId: OWNER,
        senderWalletId: `w${number % WALLETS}`,
        receiverWalletId: `w${(number * 7 + 1) % WALLETS}`,
        money: { amountMinor: 1n, currency: "OMR" },
        trace: nextSpan(host.entropy, undefined),
      })),
    );
    const created = await published(databases.payment);
    await transferMoney(
      wallet,
      created.filter((event) => event.type === "payment.created"),
    );
    const verdicts = await published(databases.wallet);
    await settlePayments(
      payment,
      verdicts.filter((event) => event.type !== "payment.created"),
    );
  }
}

/** What a relay publishes of a service's outbox, until there is nothing left. */
async function published(database: Database): Promise<readonly Event[]> {
  const records: BrokerRecord[] = [];
  const producer = {
    async send(sent: readonly BrokerRecord[]) {
      records.push(...sent);
    },
    async disconnect() {},
  };
  const settings = { holder: "bench", batchMax: BATCH, leaseMs: 60_000, attemptsMax: 1 };
  while ((await relayOutbox({ ...host, database, producer }, settings)).published > 0) {
    // Until it finds nothing.
  }
  return records.map(({ value }) => {
    const parsed = parseEvent(value);
    if (parsed.kind === "unreadable") {
      throw new Error(`an outbox holds what cannot be read: ${parsed.reason}`);
    }
    return parsed.event;
  });
}
