import { askedBy, type Command } from "../plans/commands/command.ts";

/**
 * What a request is answered before anybody looks at what it asks for: 401 to who is not known, 403
 * to a key that is not for that; undefined where it is let in.
 */
export function admissionOf(command: Command): 401 | 403 | undefined {
  const { caller } = askedBy(command);
  switch (caller) {
    case "nobody":
    case "forger":
      return 401;
    case "operator":
      return undefined;
    case "owner":
    case "stranger":
      return isOperators(command) ? 403 : undefined;
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
      return false;
  }
}
