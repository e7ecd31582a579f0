import { askedBy, type Command } from "../plans/commands/command.ts";

/**
 * What a request is answered whatever is there: 401 to who is not known, 403 to a key that is not
 * for that, 404 to who asks about what is not theirs; undefined where it is let in.
 */
export function admissionOf(command: Command): 401 | 403 | 404 | undefined {
  const { caller } = askedBy(command);
  switch (caller) {
    case "nobody":
    case "forger":
      return 401;
    case "operator":
      return undefined;
    case "owner":
      return isOperators(command) ? 403 : undefined;
    case "stranger":
      return isOperators(command) ? 403 : isAboutAnothers(command) ? 404 : undefined;
    case "reader":
      return isReading(command) ? undefined : 403;
  }
}

/** What only an operator may do. Money that a wallet is opened with comes from outside, too. */
function isOperators(command: Command): boolean {
  switch (command.kind) {
    case "move-external":
    case "freeze-wallet":
    case "reverse-payment":
    case "reconcile":
      return true;
    case "open-wallet":
      return /[1-9]/.test(command.funding);
    case "look-up":
      return command.what === "ledger";
    case "transfer":
    case "read-payment":
    case "read-wallet":
      return false;
  }
}

/** Nobody is told of another's wallet or payment: it is as if it were not there. */
function isAboutAnothers(command: Command): boolean {
  return (
    command.kind === "read-wallet" ||
    command.kind === "read-payment" ||
    (command.kind === "look-up" && command.what === "entries")
  );
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
