import type fc from "fast-check";
import type { Level } from "../plans/level.ts";
import { leveled, type PlanDraft, type Scenario } from "../plans/scenario.ts";
import { DISTURBED_TRADE_AIMS, EVERY_RUN_AIMS, TRADE_AIMS } from "./aims.ts";
import { AUDIT_WORDS } from "./audits.ts";
import { DEPLOYMENT_WORDS } from "./deployment.ts";
import { disturbedTrade } from "./disturbed-trade.ts";
import { SCHEDULE_WORDS } from "./schedules.ts";

/** With these nobody else has to do: what is asked of them is sure to be accepted, and refused. */
const QUIET = { senderWalletId: "omar", receiverWalletId: "sana" };
const STRAYS_MAX = 6;
/** So long after the load messages may still come again: long after all of it is done. */
const LATER_MS = 20_000;

/** Scenarios 7, 9, 12 and 18 of the list, and the end of 10: what comes again, or is no event. */
export const strays: Scenario = {
  name: "strays",
  title: "A message that comes again, or that no service has sent, changes nothing",
  description: [
    "Clients ask for transfers between six wallets, about ten a second, one by one, in bursts or all at once; beside them for all else that can be asked for.",
    DEPLOYMENT_WORDS,
    SCHEDULE_WORDS,
    AUDIT_WORDS,
    "In each run, up to six times, messages come again or come from a stranger: all of a topic is put there once more; a consumer group is expelled, and set back to where it was; or there comes what is no event, or one that is about another payment, of another version, under another's id, or against a verdict that was taken in. Up to two processes are killed or stopped for a time meanwhile.",
  ],
  aims: [
    ...TRADE_AIMS,
    ...EVERY_RUN_AIMS,
    ...DISTURBED_TRADE_AIMS,
    "a message is set aside",
    "a late verdict is absorbed",
  ],
  catches: ["F9"],
  ...leveled(draftArbitrary),
};

function draftArbitrary(level: Level): fc.Arbitrary<PlanDraft> {
  const kinds = [
    ...(["stray-message", "stray-message", "replayed-topic"] as const),
    ...(["rewound-group", "rewound-group"] as const),
  ];
  return disturbedTrade(
    {
      moreWallets: Object.values(QUIET),
      // There are a verdict of each kind, and what a stranger may copy.
      payments: [
        { ...QUIET, amount: "7.500" },
        { ...QUIET, amount: "900.000" },
      ],
      kinds,
      disturbancesMax: STRAYS_MAX,
      untilMs: (loadMs, index) => (index % 2 === 0 ? loadMs : loadMs + LATER_MS),
    },
    level,
  );
}
