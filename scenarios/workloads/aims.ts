/**
 * What clients that trade come to, in at least one run of thirty; the names are those of
 * `scenarios/runs/reached-cases.ts`.
 */
export const TRADE_AIMS: readonly string[] = [
  "all that a wallet holds is sent",
  "all but a baisa of it is sent",
  "a baisa more is refused",
  "a key is used twice at once",
  "a key is used again",
  "a key is used for something else",
  "a request is malformed",
  "somebody without a key is sent away",
  "a key is not for what is asked",
  "a stranger pays from a wallet",
  "a stranger asks about a wallet",
  "a stranger asks about a payment",
  "a wallet is opened again",
  "a wallet is opened otherwise",
  "money comes in or goes out",
  "a deposit or withdrawal is refused",
  "a payment is given back",
  "giving back is refused",
  "a reversal is refused as more than is left",
  "a reversal fails",
  "a reversal is to be given back",
  "parameters are malformed",
  "a wallet is opened for another",
  "a pending payment is read",
  "a completed payment is read",
  "a failed payment is read",
  "a page of a list is turned",
  "a party asks about a payment",
  "something is looked up",
  "both services are compared",
  "a client asks again",
  "a request is not admitted",
];

/** What trade comes to that is disturbed from outside, by whatever (disturbed-trade.ts). */
export const DISTURBED_TRADE_AIMS: readonly string[] = [
  "an event comes again",
  "an event that comes again is recognised",
  "a message is tried again",
  "a message is left to come again",
  "a batch fails, and each message is taken in by itself",
  "a relay takes the outbox over from another",
];

/** What every run comes to, unless the services do nothing. */
export const EVERY_RUN_AIMS: readonly string[] = [
  "a payment is accepted",
  "an event is taken in",
  "a payment is settled",
  "a process starts",
  "a client is told to ask again",
];
