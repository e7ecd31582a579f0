import {
  AMOUNT_MINOR_MAX,
  BALANCE_MINOR_MAX,
  CURRENCIES,
  currencyLike,
  decimalOf,
} from "../model/decimal.ts";
import { LittleWallet } from "../model/little-wallet.ts";
import { ownerOf, principalOf } from "../plans/callers.ts";
import { askedBy, type Command } from "../plans/commands/command.ts";
import type { TransferCommand } from "../plans/commands/transfer.ts";
import type { WalletOpening } from "../plans/plan.ts";
import type { Ask } from "./asks.ts";
import {
  inFewDigits,
  LONGEST_ID,
  KEY_LENGTH_MAX,
  MALFORMED_ENTRY_LISTS,
  MALFORMED_LISTS,
  MALFORMED_TRANSFERS,
  MALFORMED_WAITS,
  tooFine,
} from "./odd-words.ts";

/** What a client asks for, but for its time. */
type Timeless = Command extends infer Each
  ? Each extends Command
    ? Omit<Each, "atMs">
    : never
  : never;

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
  /** Those to a trader that are completed, if all goes as the model says, and not given back. */
  readonly #completed: TransferCommand[] = [];
  /** The keys of what gives payments back, with the payments' parties. */
  readonly #reversals: Pick<
    TransferCommand,
    "idempotencyKey" | "senderWalletId" | "receiverWalletId"
  >[] = [];
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
        return void this.#pay(atMs, { ...this.#words(ask), ...this.#otherMoney(ask) });
      case "malformed":
        return this.#askMalformed(ask, atMs);
      case "border":
        return this.#askAtBorder(ask, atMs);
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
        return this.#reverseTwice(ask, atMs + laterMs);
      case "failed-reversal":
        return this.#reverseInVain(ask, atMs + laterMs);
      case "read-payment": {
        const idempotencyKey = this.#keys[other % Math.max(1, this.#keys.length)] ?? "none";
        const waitS = other % 3 === 0 ? ([1, 2, 3][(other % 9) / 3] ?? 1) : 0;
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
        return this.#open(ask, atMs);
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
      if (this.#traders.includes(receiverWalletId)) {
        this.#completed.push(command);
      }
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
    const otherWords = isOther
      ? this.#otherWords(ask, words)
      : { amount: ask.other % 2 === 0 ? inFewDigits(words.amount) : words.amount };
    this.#commands.push({ ...first, ...otherWords, atMs: againAtMs });
  }

  /** The same but for one thing. */
  #otherWords({ other, minor }: Ask, words: Pick<TransferCommand, "senderWalletId" | "amount">) {
    const { senderWalletId, amount } = words;
    const owner = ownerOf(senderWalletId);
    const another = this.#traders.find((id) => id !== senderWalletId && ownerOf(id) === owner);
    const others: readonly Partial<TransferCommand>[] = [
      { amount: this.#decimal(BigInt(minor)) },
      { amount: this.#decimal(BigInt(amount.replace(".", "")) + 1n) },
      { receiverWalletId: senderWalletId },
      { currency: currencyLike(this.#currency) },
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

  /** Of a currency that the sender's wallet does not hold, as large as it would be in its own. */
  #otherMoney({ other, ...ask }: Ask): Pick<TransferCommand, "amount" | "currency"> {
    const others = [...CURRENCIES.keys()].filter((each) => each !== this.#currency);
    const currency = others[other % others.length] ?? "";
    return { currency, amount: decimalOf(BigInt(ask.minor), currency) ?? "" };
  }

  #askMalformed({ other, minor, ...ask }: Ask, atMs: number): void {
    const of = this.#trader(ask.sender);
    const asked = { expects: "refused", limit: null, only: null } as const;
    const oneOf = (list: readonly string[]) => list[minor % list.length] ?? "";
    switch (other % 6) {
      case 0: {
        const query = oneOf(MALFORMED_LISTS);
        return this.#ask(atMs, { kind: "look-up", what: "payments", of, query, ...asked });
      }
      case 1: {
        const query = oneOf(MALFORMED_ENTRY_LISTS);
        return this.#ask(atMs, { kind: "look-up", what: "entries", of, query, ...asked });
      }
      case 2: {
        const idempotencyKey = this.#keys[minor % Math.max(1, this.#keys.length)] ?? "none";
        const read = { kind: "read-payment", idempotencyKey, waitS: 0 } as const;
        return this.#ask(atMs, { ...read, query: oneOf(MALFORMED_WAITS), expects: "refused" });
      }
      default: {
        const currencies = [...CURRENCIES.keys()];
        const odd = [...MALFORMED_TRANSFERS, tooFine(currencies[other % currencies.length] ?? "")];
        const idempotencyKey = `m${(this.#things += 1)}`;
        const words = this.#words({ ...ask, other, minor, amount: "small" });
        const transfer = { kind: "transfer", ...words, idempotencyKey } as const;
        return this.#ask(atMs, { ...transfer, ...odd[minor % odd.length], expects: "refused" });
      }
    }
  }

  /** What is as large or as long as can be, and right. */
  #askAtBorder({ other, minor, ...ask }: Ask, atMs: number): void {
    const words = this.#words({ ...ask, other, minor, amount: "small" });
    const all = { kind: "look-up", limit: 500, only: null, expects: "either" } as const;
    switch (other % 6) {
      case 0:
        return void this.#pay(atMs, { ...words, amount: this.#decimal(AMOUNT_MINOR_MAX) });
      case 1:
        return void this.#pay(atMs, { ...words, receiverWalletId: LONGEST_ID });
      case 2: {
        const idempotencyKey = `b${(this.#things += 1)}`.padEnd(KEY_LENGTH_MAX, "k");
        return this.#ask(atMs, { kind: "transfer", ...words, idempotencyKey, expects: "accepted" });
      }
      case 3:
        return this.#ask(atMs, { ...all, what: "payments", of: words.senderWalletId });
      case 4:
        return this.#ask(atMs, { ...all, what: "entries", of: words.senderWalletId });
      default: {
        // Of the first one, which is over as a rule: what is asked is whether one may ask so.
        const [idempotencyKey = "none"] = this.#keys;
        const read = { kind: "read-payment", idempotencyKey, waitS: 30 } as const;
        return this.#ask(atMs, { ...read, expects: "either" });
      }
    }
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
      {
        ...{ kind: "open-wallet", id: "own", currency, expects, by: "owner" },
        funding: this.#decimal(ask.minor % 2 === 0 ? 1n : 9_000n),
      },
      { kind: "read-wallet", id, expects, by: "nobody" },
      { kind: "look-up", what: "ledger", of: "", limit: null, only: null, expects, by: "owner" },
    ];
    const one = vain[ask.other % vain.length];
    if (one !== undefined) {
      this.#ask(atMs, one);
    }
  }

  /** Half of the time it is one of the parties that asks how a payment, or a reversal, stands. */
  #asParty({ other, minor }: Ask) {
    const paid = this.#paid[other % Math.max(1, this.#paid.length)];
    const reversal = this.#reversals[other % Math.max(1, this.#reversals.length)];
    const one = minor % 3 === 0 && reversal !== undefined ? reversal : paid;
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
    this.#ask(atMs + 100, {
      ...{ kind: "move-external", direction: "deposit", walletId: id, expects: "either" },
      ...{ idempotencyKey: `x${(this.#things += 1)}`, currency: this.#currency },
      amount: this.#decimal(1n),
    });
    this.#ask(atMs + 300 + Math.floor(laterMs / 10), { ...asked, frozen: false });
  }

  /** Two thirds of the time of a payment that may be given back; now and then of a reversal. */
  #reverse({ other, minor, amount }: Ask, atMs: number, laterMs: number): void {
    const likely = other % 3 === 0 ? this.#paid : this.#completed;
    const paid = likely[other % Math.max(1, likely.length)];
    const reversal = minor % 6 === 0 ? this.#reversals.at(-1) : undefined;
    const originalKey = reversal?.idempotencyKey ?? paid?.idempotencyKey ?? "none";
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
    const asked = this.#giveBack(originalKey, words, atMs + laterMs);
    if (paid !== undefined) {
      this.#reversals.push({ ...paid, idempotencyKey: asked.idempotencyKey });
    }
    if (other % 4 === 0) {
      this.#ask(atMs + laterMs, asked);
    }
    if (other % 4 === 1) {
      const another = this.#keys[minor % Math.max(1, this.#keys.length)] ?? "none";
      const otherWords = minor % 2 === 0 ? { originalKey: another } : { amount: "0.003" };
      this.#ask(atMs + 2 * laterMs, { ...asked, ...otherWords });
    }
  }

  #giveBack(originalKey: string, amount: string | null, atMs: number) {
    const asked = {
      kind: "reverse-payment",
      idempotencyKey: `r${(this.#things += 1)}`,
      originalKey,
      amount,
      expects: "either",
    } as const;
    this.#ask(atMs, asked);
    return asked;
  }

  /** One of those that may be given back, and soon are. */
  #takeCompleted(index: number): TransferCommand | undefined {
    const count = Math.max(1, this.#completed.length);
    return this.#completed.splice(index % count, 1)[0];
  }

  /**
   * All of a payment at once and at once again; or a part, and the rest of it a little later, and
   * then what was given back, when it has been.
   */
  #reverseTwice({ other, minor }: Ask, atMs: number): void {
    const paid = this.#takeCompleted(other);
    const { idempotencyKey = "none", amount = null } = paid ?? {};
    if (minor % 3 === 0) {
      const part = this.#giveBack(idempotencyKey, this.#decimal(1n), atMs + 500);
      this.#giveBack(idempotencyKey, null, atMs + 900);
      return void this.#giveBack(part.idempotencyKey, null, atMs + 2_500);
    }
    this.#giveBack(idempotencyKey, minor % 3 === 1 ? amount : null, atMs + 500);
    this.#giveBack(idempotencyKey, null, atMs + 500);
  }

  /** While the wallet is frozen that would give the money back; and once more when it is not. */
  #reverseInVain({ other }: Ask, atMs: number): void {
    const paid = this.#takeCompleted(other);
    if (paid !== undefined) {
      const { idempotencyKey, receiverWalletId: id } = paid;
      const freezing = { kind: "freeze-wallet", id, expects: "either" } as const;
      this.#ask(atMs + 500, { ...freezing, frozen: true });
      this.#giveBack(idempotencyKey, null, atMs + 600);
      this.#ask(atMs + 1_100, { ...freezing, frozen: false });
      this.#giveBack(idempotencyKey, null, atMs + 1_300);
    }
  }

  /** Later, when there is something to be found. */
  #lookUp({ sender, other, minor, laterMs }: Ask, atMs: number): void {
    const wallet = other % 9 === 0 ? "nobody" : this.#trader(sender);
    const asked = { kind: "look-up", limit: null, only: null, expects: "either" } as const;
    const limit = minor % 4 < 3 ? 1 + (minor % 5) : null;
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
          this.#ask(at + 150, { ...list, limit: 1 + (limit % 3), turn: true });
          this.#ask(at + 300, { ...list, turn: true });
        }
        return undefined;
      }
      case 1: {
        const of = this.#keys[minor % Math.max(1, this.#keys.length)] ?? "none";
        const by = (["owner", "stranger", "operator"] as const)[minor % 3] ?? "operator";
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

  /** A wallet that comes late: by an operator, in any currency; or by who is to own it. */
  #open({ other, minor }: Ask, atMs: number): void {
    const currencies = [...CURRENCIES.keys()];
    const currency =
      minor % 2 === 0 ? this.#currency : (currencies[minor % currencies.length] ?? "");
    const isOwn = other % 4 === 0;
    const funding = decimalOf(other % 2 === 0 ? 0n : 3_000n, currency) ?? "";
    const opening = { kind: "open-wallet", funding, currency, expects: "either" } as const;
    const id = isOwn ? `own-${(this.#things += 1)}` : this.#latecomer(other);
    this.#ask(atMs, { ...opening, id, ...(isOwn ? { by: "owner" } : {}) });
  }

  /** In the words in which it was opened, or but for one of them; or for another customer. */
  #reopen({ sender, other }: Ask, atMs: number): void {
    const opening = this.#wallets.find(({ id }) => id === this.#trader(sender));
    if (opening === undefined) {
      return;
    }
    const { id, currency } = opening;
    const again = { kind: "open-wallet", ...opening } as const;
    const another = principalOf("stranger", id) ?? "";
    const otherwise: readonly Timeless[] = [
      { ...again, expects: "accepted" },
      { ...again, funding: this.#decimal(321n), expects: "refused" },
      { ...again, owner: another, expects: "refused" },
      { ...again, currency: currencyLike(currency), expects: "refused" },
      {
        ...{ ...again, id: `own-${(this.#things += 1)}`, funding: this.#decimal(0n) },
        ...{ owner: "operator", by: "owner", expects: "refused" },
      },
    ];
    const one = otherwise[other % otherwise.length];
    if (one !== undefined) {
      this.#ask(atMs, one);
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
