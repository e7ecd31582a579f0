import { BALANCE_MINOR_MAX, decimalOf } from "../model/decimal.ts";
import { LittleWallet } from "../model/little-wallet.ts";
import { ownerOf, principalOf } from "../plans/callers.ts";
import { askedBy, type Command } from "../plans/commands/command.ts";
import type { TransferCommand } from "../plans/commands/transfer.ts";
import type { WalletOpening } from "../plans/plan.ts";
import type { Ask } from "./asks.ts";

/** What a client asks for, but for its time. */
type Timeless = Command extends infer Each
  ? Each extends Command
    ? Omit<Each, "atMs">
    : never
  : never;

/** Words that are no amount, no currency and no id, each of them refused as malformed. */
const MALFORMED: readonly Partial<TransferCommand>[] = [
  { amount: "0.000" },
  { amount: "0.0001" },
  { amount: "1e3" },
  { amount: "-1.000" },
  { amount: "01.000" },
  { amount: "1,000" },
  { amount: "9223372036854775.808" },
  { currency: "XYZ" },
  { senderWalletId: "no one" },
  { receiverWalletId: "" },
  { idempotencyKey: "" },
];

/**
 * Lays out what clients ask for as commands. A little wallet follows what each of them comes to, if
 * they are served one by one: so amounts can be aimed at what a sender then holds.
 */
export class AskLayout {
  readonly #model = new LittleWallet();
  readonly #wallets: readonly WalletOpening[];
  readonly #traders: readonly string[];
  readonly #currency: string;
  readonly #commands: Command[] = [];
  /** The keys of the payments that were asked for until now. */
  readonly #keys: string[] = [];
  /** Those that the senders' owners asked for. */
  readonly #paid: TransferCommand[] = [];
  readonly #received = new Map<string, bigint>();
  #things = 0;

  constructor(wallets: readonly WalletOpening[], traders: readonly string[], currency: string) {
    this.#wallets = wallets;
    this.#traders = traders;
    this.#currency = currency;
    for (const { id, funding, currency: own } of wallets) {
      this.#model.open(id, { currency: own, openedAt: 0, ownerId: ownerOf(id) });
      this.#model.moveExternal({
        kind: "opening",
        walletId: id,
        amountMinor: BigInt(funding.replace(".", "")),
        currency: own,
      });
    }
  }

  /** The commands, in the order of their times. */
  commands(): readonly Command[] {
    return this.#commands.toSorted((left, right) => left.atMs - right.atMs);
  }

  /** Asks for a transfer with a key of its own, which is to be accepted. */
  transfer(
    atMs: number,
    asked: Pick<TransferCommand, "senderWalletId" | "receiverWalletId" | "amount">,
  ): void {
    this.#pay(atMs, { ...asked, currency: this.#currency });
  }

  add(ask: Ask, atMs: number): void {
    const { kind, laterMs, other } = ask;
    const wallet = this.#trader(ask.sender);
    switch (kind) {
      case "transfer":
        return this.#transferWithAgain(ask, atMs);
      case "self-transfer":
        return void this.#pay(atMs, { ...this.#words(ask), receiverWalletId: wallet });
      case "unknown-sender":
        return void this.#pay(atMs, { ...this.#words(ask), senderWalletId: "nobody" });
      case "unknown-receiver":
        return void this.#pay(atMs, {
          ...this.#words(ask),
          receiverWalletId: this.#latecomer(other),
        });
      case "other-currency":
        return void this.#pay(atMs, { ...this.#words(ask), amount: "1.00", currency: "USD" });
      case "malformed":
        return this.#askMalformed(ask, atMs);
      case "anothers-wallet":
        return this.#askOfAnother(ask, atMs);
      case "not-admitted":
        return this.#askInVain(ask, atMs);
      case "deposit":
      case "withdrawal":
        return this.#moveExternal(kind, ask, atMs);
      case "freeze":
        return this.#freeze(this.#traders[other % this.#traders.length] ?? "", atMs, laterMs);
      case "reversal":
        return this.#reverse(ask, atMs, laterMs);
      case "two-reversals":
        this.#reverse(ask, atMs, laterMs);
        return this.#reverse(ask, atMs, laterMs);
      case "read-payment": {
        const idempotencyKey = this.#keys[other % Math.max(1, this.#keys.length)] ?? "none";
        const waitS = other % 3 === 0 ? 1 + (other % 2) : 0;
        const asked = { kind: "read-payment", idempotencyKey, waitS, expects: "either" } as const;
        return this.#ask(atMs + (laterMs % 300), { ...asked, ...this.#asParty(ask) });
      }
      case "read-wallet": {
        // Now and then one that is not there, or not yet: asking must not make it.
        const id = ["nobody", this.#latecomer(other), wallet, wallet][other % 4] ?? wallet;
        return this.#ask(atMs, { kind: "read-wallet", id, expects: "either" });
      }
      case "look-up":
        return this.#lookUp(ask, atMs);
      case "full-wallet":
        return this.#openFull(ask, atMs);
      case "reopening":
        return this.#reopen(ask, atMs);
      case "opening":
        return this.#ask(atMs, {
          kind: "open-wallet",
          id: this.#latecomer(other),
          funding: other % 2 === 0 ? "0.000" : "3.000",
          currency: this.#currency,
          expects: "either",
        });
    }
  }

  #ask(atMs: number, asked: Timeless): void {
    this.#commands.push({ ...asked, atMs });
  }

  #pay(
    atMs: number,
    words: Omit<TransferCommand, "kind" | "atMs" | "idempotencyKey" | "expects">,
    expects: TransferCommand["expects"] = "accepted",
  ): TransferCommand {
    const idempotencyKey = `p${this.#keys.length + 1}`;
    const command = { kind: "transfer", ...words, atMs, idempotencyKey, expects } as const;
    this.#keys.push(idempotencyKey);
    this.#commands.push(command);
    this.#follow(command);
    if (words.by === undefined) {
      this.#paid.push(command);
    }
    return command;
  }

  #follow(command: TransferCommand): void {
    const { amount, receiverWalletId } = command;
    const amountMinor = BigInt(amount.replace(".", ""));
    const { caller, walletId } = askedBy(command);
    const orderedBy = principalOf(caller, walletId) ?? "";
    const order = { orderedBy, orderedAs: "owner", amountMinor, acceptedAt: 0 };
    const payment = { ...command, ...order };
    const { outcome } = this.#model.decide(payment, { outcome: "completed", reason: null });
    if (outcome === "completed") {
      this.#received.set(receiverWalletId, amountMinor);
    }
  }

  #transferWithAgain(ask: Ask, atMs: number): void {
    const { again, laterMs } = ask;
    const words = this.#words(ask);
    const isOther = again === "other-words-at-once" || again === "other-words-later";
    const first = this.#pay(atMs, words, isOther ? "either" : "accepted");
    if (again === "no") {
      return;
    }
    if (again === "anothers-key") {
      return this.#payWithAnothersKey(ask, first, atMs + laterMs);
    }
    const isAtOnce = again === "same-words-at-once" || again === "other-words-at-once";
    const againAtMs = isAtOnce ? atMs : atMs + laterMs;
    const otherWords = isOther ? this.#otherWords(ask, words) : {};
    this.#commands.push({ ...first, ...otherWords, atMs: againAtMs });
  }

  /** The same but for one thing. */
  #otherWords({ other, minor }: Ask, { senderWalletId }: Pick<TransferCommand, "senderWalletId">) {
    const owner = ownerOf(senderWalletId);
    const another = this.#traders.find((id) => id !== senderWalletId && ownerOf(id) === owner);
    const others: readonly Partial<TransferCommand>[] = [
      { amount: this.#decimal(BigInt(minor)) },
      { receiverWalletId: senderWalletId },
      { currency: "KWD" },
      { senderWalletId: another ?? senderWalletId, receiverWalletId: "nobody" },
      { senderWalletId: another ?? senderWalletId },
    ];
    return others[other % others.length] ?? {};
  }

  /** Two customers use the same key: each has a payment of their own. */
  #payWithAnothersKey(ask: Ask, first: TransferCommand, atMs: number) {
    const { idempotencyKey, senderWalletId } = first;
    // Whose payment is asked about by this key depends on who was told of one first.
    this.#paid.splice(this.#paid.indexOf(first), 1);
    const owner = ownerOf(senderWalletId);
    const own = this.#traders.find((id) => ownerOf(id) !== owner);
    if (own !== undefined) {
      const words = { ...this.#words({ ...ask, amount: "small" }), idempotencyKey };
      const asked = { kind: "transfer", ...words, senderWalletId: own } as const;
      this.#ask(atMs, { ...asked, receiverWalletId: senderWalletId, expects: "accepted" });
    }
  }

  #askMalformed({ other, ...ask }: Ask, atMs: number): void {
    const idempotencyKey = `m${(this.#things += 1)}`;
    const words = this.#words({ ...ask, other, amount: "small" });
    const wrong = MALFORMED[other % MALFORMED.length] ?? {};
    const asked = { kind: "transfer", ...words, idempotencyKey, ...wrong } as const;
    this.#ask(atMs, { ...asked, expects: "refused" });
  }

  /** Of a wallet that is another's: to send from it, how it stands, what happened to it. */
  #askOfAnother(ask: Ask, atMs: number): void {
    const of = this.#trader(ask.sender);
    const asked = { by: "stranger", expects: "refused" } as const;
    switch (ask.other % 5) {
      case 4:
        return this.#readOfOthers(ask, atMs + ask.laterMs);
      case 0:
        return this.#ask(atMs, { kind: "read-wallet", id: of, ...asked });
      case 1: {
        const all = { what: "entries", of, limit: null, only: null } as const;
        return this.#ask(atMs, { kind: "look-up", ...all, ...asked });
      }
      default:
        return void this.#pay(atMs, { ...this.#words(ask), by: "stranger" });
    }
  }

  /** A payment between two wallets of one owner: how it stands, asked by a stranger and by them. */
  #readOfOthers({ minor }: Ask, atMs: number): void {
    const inside = this.#paid.filter(
      ({ senderWalletId, receiverWalletId }) =>
        ownerOf(senderWalletId) === ownerOf(receiverWalletId),
    );
    const one = inside[minor % Math.max(1, inside.length)];
    if (one !== undefined) {
      const { idempotencyKey, senderWalletId: party } = one;
      const asked = { kind: "read-payment", idempotencyKey, waitS: minor % 2, party } as const;
      this.#ask(atMs, { ...asked, by: "stranger", expects: "refused" });
      this.#ask(atMs, { ...asked, by: "owner", expects: "either" });
    }
  }

  /** Without a key, with one that is none, or with one that is not for this. */
  #askInVain(ask: Ask, atMs: number): void {
    const expects = "refused";
    const id = this.#trader(ask.sender);
    const idempotencyKey = `v${(this.#things += 1)}`;
    const words = { ...this.#words({ ...ask, amount: "small" }), idempotencyKey, expects } as const;
    const { amount, currency } = words;
    const transfer = { kind: "transfer", ...words } as const;
    const external = { kind: "move-external", walletId: id, idempotencyKey, expects } as const;
    const originalKey = this.#keys[ask.minor % Math.max(1, this.#keys.length)] ?? "none";
    const vain: readonly Timeless[] = [
      { ...transfer, by: "nobody" },
      { ...transfer, by: "forger" },
      { ...transfer, by: "reader" },
      { ...external, direction: "deposit", amount, currency, by: "owner" },
      { ...external, direction: "withdrawal", amount, currency, by: "reader" },
      { kind: "freeze-wallet", id, frozen: true, expects, by: "owner" },
      { kind: "reverse-payment", idempotencyKey, originalKey, amount: null, expects, by: "owner" },
      { kind: "open-wallet", id: "own", funding: "9.000", currency, expects, by: "owner" },
      { kind: "read-wallet", id, expects, by: "nobody" },
      { kind: "look-up", what: "ledger", of: "", limit: null, only: null, expects, by: "owner" },
    ];
    const one = vain[ask.other % vain.length];
    if (one !== undefined) {
      this.#ask(atMs, one);
    }
  }

  /** Half of the time it is one of the parties that asks how a payment stands. */
  #asParty({ other, minor }: Ask) {
    const one = this.#paid[other % Math.max(1, this.#paid.length)];
    if (one === undefined || minor % 2 === 0) {
      return {};
    }
    const party = minor % 4 === 1 ? one.receiverWalletId : one.senderWalletId;
    return { idempotencyKey: one.idempotencyKey, party, by: "owner" } as const;
  }

  #moveExternal(direction: "deposit" | "withdrawal", ask: Ask, atMs: number): void {
    const idempotencyKey = `x${(this.#things += 1)}`;
    const walletId = ask.other % 10 === 0 ? "nobody" : this.#trader(ask.sender);
    const amountMinor = this.#amountMinor(ask, walletId);
    const currency = ask.other % 7 === 0 ? "USD" : this.#currency;
    const amount = decimalOf(amountMinor, currency) ?? "";
    const asked = {
      kind: "move-external",
      direction,
      idempotencyKey,
      walletId,
      amount,
      currency,
      expects: "either",
    } as const;
    this.#ask(atMs, asked);
    this.#model.moveExternal({ kind: direction, walletId, amountMinor, currency });
    if (ask.again === "same-words-at-once" || ask.again === "same-words-later") {
      this.#ask(atMs + ask.laterMs, asked);
    } else if (ask.other % 3 === 0) {
      const others = [
        { amount: "0.17" },
        { direction: direction === "deposit" ? "withdrawal" : "deposit" },
        { walletId: this.#traders.find((id) => id !== walletId) ?? walletId },
        { currency: "KWD" },
      ] as const;
      const other = others[ask.minor % others.length] ?? others[0];
      this.#ask(atMs + ask.laterMs, { ...asked, ...other });
    }
  }

  /** A wallet that is opened with all that one can hold, a baisa less or a baisa more. */
  #openFull({ other }: Ask, atMs: number): void {
    const id = `full-${(this.#things += 1)}`;
    const currency = this.#currency;
    const full = BALANCE_MINOR_MAX + BigInt(other % 3) - 1n;
    const funding = this.#decimal(full);
    this.#ask(atMs, { kind: "open-wallet", id, funding, currency, expects: "either" });
    for (const nr of [1, 2]) {
      const deposit = { kind: "move-external", direction: "deposit", walletId: id } as const;
      const asked = { ...deposit, idempotencyKey: `${id}-${nr}`, amount: this.#decimal(1n) };
      this.#ask(atMs + nr * 500, { ...asked, currency, expects: "either" });
    }
  }

  /** For a moment: a hot wallet that stays frozen would have everything refused. */
  #freeze(id: string, atMs: number, laterMs: number): void {
    const asked = { kind: "freeze-wallet", id, expects: "either" } as const;
    this.#ask(atMs, { ...asked, frozen: true });
    this.#ask(atMs + 300 + Math.floor(laterMs / 10), { ...asked, frozen: false });
  }

  #reverse({ other, minor, amount }: Ask, atMs: number, laterMs: number): void {
    const paid = this.#paid[other % Math.max(1, this.#paid.length)];
    const originalKey = paid?.idempotencyKey ?? "none";
    const words = {
      small: this.#decimal(BigInt(minor) / 8n + 1n),
      large: this.#decimal(BigInt(minor) / 8n + 1n),
      // All of it, in so many words.
      whole: paid?.amount ?? null,
      "one-less": "0.000",
      "one-more": null,
      least: null,
      "just-received": null,
    }[amount];
    const asked = {
      kind: "reverse-payment",
      idempotencyKey: `r${(this.#things += 1)}`,
      originalKey,
      amount: words,
      expects: "either",
    } as const;
    this.#ask(atMs + laterMs, asked);
    if (other % 4 === 0) {
      this.#ask(atMs + laterMs, asked);
    }
    if (other % 4 === 1) {
      const another = this.#keys[minor % Math.max(1, this.#keys.length)] ?? "none";
      const otherWords = minor % 2 === 0 ? { originalKey: another } : { amount: "0.003" };
      this.#ask(atMs + 2 * laterMs, { ...asked, ...otherWords });
    }
  }

  /** Later, when there is something to be found. */
  #lookUp({ sender, other, minor, laterMs }: Ask, atMs: number): void {
    const wallet = other % 9 === 0 ? "nobody" : this.#trader(sender);
    const asked = { kind: "look-up", limit: null, only: null, expects: "either" } as const;
    const limit = other % 2 === 0 ? 1 + (minor % 5) : null;
    const at = atMs + laterMs;
    switch (other % 6) {
      case 0:
      case 5: {
        const only = minor % 5 === 0 ? (minor % 2 === 0 ? "COMPLETED" : "FAILED") : null;
        const by = (["operator", "owner", "stranger"] as const)[minor % 3] ?? "operator";
        const list = { ...asked, what: "payments", of: wallet, by } as const;
        if (minor % 2 === 0) {
          return this.#ask(at, { ...list, limit, only, since: minor });
        }
        this.#ask(at, { ...list, limit, only });
        if (limit !== null) {
          this.#ask(at + 50, { ...list, limit: 1 + (limit % 3), turn: true });
          this.#ask(at + 100, { ...list, turn: true });
        }
        return undefined;
      }
      case 1: {
        const of = this.#keys[minor % Math.max(1, this.#keys.length)] ?? "none";
        const by = minor % 3 === 0 ? "owner" : "operator";
        return this.#ask(at, { ...asked, what: "events", of, by });
      }
      case 2: {
        const only = minor % 2 === 0 ? String(minor % 4) : null;
        this.#ask(at, { ...asked, what: "entries", of: wallet, limit, only });
        if (limit !== null) {
          this.#ask(at + 50, { ...asked, what: "entries", of: wallet, turn: true });
        }
        return undefined;
      }
      case 3:
        return this.#ask(at, { ...asked, what: "ledger", of: "" });
      default: {
        const wrong = [
          { what: "payments", of: wallet, only: "NONE" },
          { what: "payments", of: "no one", only: null },
          { what: "entries", of: wallet, only: "first" },
        ] as const;
        const one = wrong[minor % wrong.length] ?? wrong[0];
        return this.#ask(at, { ...asked, ...one, expects: "refused" });
      }
    }
  }

  /** In the words in which it was opened, or in others. */
  #reopen({ sender, other }: Ask, atMs: number): void {
    const opening = this.#wallets.find(({ id }) => id === this.#trader(sender));
    if (opening !== undefined) {
      const isSame = other % 2 === 0;
      const expects = isSame ? "accepted" : "refused";
      const funding = isSame ? opening.funding : "0.321";
      this.#ask(atMs, { kind: "open-wallet", ...opening, funding, expects });
    }
  }

  #words(
    ask: Ask,
  ): Pick<TransferCommand, "senderWalletId" | "receiverWalletId" | "amount" | "currency"> {
    const senderWalletId = this.#trader(ask.sender);
    const others = this.#traders.filter((id) => id !== senderWalletId);
    const receiverWalletId = others[hot(ask.step, others.length)] ?? senderWalletId;
    const amount = this.#decimal(this.#amountMinor(ask, senderWalletId));
    return { senderWalletId, receiverWalletId, amount, currency: this.#currency };
  }

  #amountMinor({ amount, minor }: Ask, walletId: string): bigint {
    const balance = this.#model.balanceOf(walletId) ?? 0n;
    switch (amount) {
      case "small":
        return BigInt(minor);
      case "large":
        return BigInt(minor) * 10n;
      case "whole":
        return atLeastOne(balance);
      case "one-more":
        return balance + 1n;
      case "one-less":
        return atLeastOne(balance - 1n);
      case "least":
        return 1n;
      case "just-received":
        return this.#received.get(walletId) ?? BigInt(minor);
    }
  }

  #trader(index: number): string {
    return this.#traders[hot(index, this.#traders.length)] ?? "";
  }

  /** A wallet that may be opened late, or never. */
  #latecomer(index: number): string {
    return `late-${1 + (index % 3)}`;
  }

  #decimal(minor: bigint): string {
    return decimalOf(minor, this.#currency) ?? "";
  }
}

/** The first of several is drawn half of the time: a hot wallet. */
function hot(index: number, count: number): number {
  return index % 2 === 0 ? 0 : Math.floor(index / 2) % Math.max(1, count);
}

function atLeastOne(minor: bigint): bigint {
  return minor < 1n ? 1n : minor;
}
