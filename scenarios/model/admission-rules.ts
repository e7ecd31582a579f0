import { principalOf } from "../plans/callers.ts";
import { askedBy, type Command } from "../plans/commands/command.ts";
import { UNKNOWN_PAYMENT, UNKNOWN_WALLET, type Refusal } from "./refusals.ts";

/** Why a request is not let in, with what is told of it in the header `www-authenticate`. */
export interface Admission extends Refusal {
  /** Undefined where nothing is. */
  readonly challenge?: string;
}

/**
 * What a request is answered whatever is there: 401 to who is not known, 403 to a key that is not
 * for that, 404 to who asks about what is not theirs; undefined where it is let in.
 */
export function admissionOf(command: Command): Admission | undefined {
  const { caller } = askedBy(command);
  switch (caller) {
    case "nobody":
      return { status: 401, code: "credentials-missing", challenge: REALM };
    case "forger": {
      const challenge = `${REALM}, error="invalid_token"`;
      return { status: 401, code: "credentials-unknown", challenge };
    }
    case "operator":
      return undefined;
    case "owner":
      return isOperators(command) ? withoutScope("operator") : undefined;
    case "stranger":
      return isOperators(command) ? withoutScope("operator") : aboutAnothers(command);
    case "reader":
      return isReading(command) ? undefined : withoutScope(scopeOf(command));
  }
}

const REALM = `Bearer realm="falconpay"`;

function withoutScope(scope: string): Admission {
  const challenge = `${REALM}, error="insufficient_scope", scope="${scope}"`;
  return { status: 403, code: "scope-missing", challenge };
}

/** What a key has to be for, to ask for something that is not read only. */
function scopeOf(command: Command): string {
  switch (command.kind) {
    case "transfer":
      return "payments:write";
    case "open-wallet":
      return "wallets:write";
    default:
      return "operator";
  }
}

/**
 * What only an operator may do. Money that a wallet is opened with comes from outside, too; and
 * nobody else opens one for another.
 */
function isOperators(command: Command): boolean {
  switch (command.kind) {
    case "move-external":
    case "freeze-wallet":
    case "reverse-payment":
    case "reconcile":
      return true;
    case "open-wallet":
      return /[1-9]/.test(command.funding) || isForAnother(command);
    case "look-up":
      return command.what === "ledger";
    case "transfer":
    case "read-payment":
    case "read-wallet":
      return false;
  }
}

function isForAnother(command: Extract<Command, { readonly kind: "open-wallet" }>): boolean {
  const { caller, walletId } = askedBy(command);
  return (command.owner ?? principalOf(caller, walletId)) !== principalOf(caller, walletId);
}

/** Nobody is told of another's wallet or payment: it is as if it were not there. */
function aboutAnothers(command: Command): Refusal | undefined {
  switch (command.kind) {
    case "read-payment":
      return UNKNOWN_PAYMENT;
    case "read-wallet":
      return UNKNOWN_WALLET;
    case "look-up":
      return command.what === "entries" ? UNKNOWN_WALLET : undefined;
    default:
      return undefined;
  }
}

function isReading(command: Command): boolean {
  switch (command.kind) {
    case "read-payment":
    case "read-wallet":
      return true;
    case "look-up":
      return command.what !== "ledger";
    case "transfer":
    case "open-wallet":
    case "move-external":
    case "freeze-wallet":
    case "reverse-payment":
    case "reconcile":
      return false;
  }
}
