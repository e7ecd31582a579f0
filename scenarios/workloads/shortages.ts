import type fc from "fast-check";
import type { Level } from "../plans/level.ts";
import { leveled, type PlanDraft, type Scenario } from "../plans/scenario.ts";
import { DISTURBED_TRADE_AIMS, EVERY_RUN_AIMS, TRADE_AIMS } from "./aims.ts";
import { AUDIT_WORDS } from "./audits.ts";
import { DEPLOYMENT_WORDS } from "./deployment.ts";
import { disturbedTrade } from "./disturbed-trade.ts";
import { SCHEDULE_WORDS } from "./schedules.ts";

const SHORTAGES_MAX = 6;

/** Scenarios 5 and 20 of the list, and 13: databases that are short of something, and clocks. */
export const shortages: Scenario = {
  name: "shortages",
  title: "A database that is short of something, or a clock that is wrong, loses nothing",
  description: [
    "Clients ask for transfers between four wallets, about ten a second, one by one, in bursts or all at once; beside them for all else that can be asked for.",
    DEPLOYMENT_WORDS,
    SCHEDULE_WORDS,
    AUDIT_WORDS,
    "In each run, up to six times, a database is short of something: an operator ends all its connections, it takes only a few, its disk is full or slow, or somebody else has locked a table. The clocks of processes are set, by seconds or by minutes. Up to two processes are killed or stopped for a time meanwhile.",
  ],
  aims: [
    ...TRADE_AIMS,
    ...EVERY_RUN_AIMS,
    ...DISTURBED_TRADE_AIMS,
    "a consumer that lost its broker joins anew",
    "a transaction is run again",
    "a transaction is given up after its last run",
    "an outage stops a relay",
    "a relay outlives an outage",
    "a request is still being served",
  ],
  catches: ["V2"],
  ...leveled(draftArbitrary),
};

function draftArbitrary(level: Level): fc.Arbitrary<PlanDraft> {
  const kinds = [
    ...(["ended-backends", "ended-backends", "few-connections", "full-disk"] as const),
    ...(["slow-disk", "held-lock", "held-lock", "clock-jump", "clock-jump"] as const),
  ];
  const payments = [{ senderWalletId: "aisha", receiverWalletId: "hind", amount: "7.500" }];
  return disturbedTrade({ payments, kinds, disturbancesMax: SHORTAGES_MAX }, level);
}
