import type fc from "fast-check";
import type { Level } from "../plans/level.ts";
import { leveled, type PlanDraft, type Scenario } from "../plans/scenario.ts";
import { DISTURBED_TRADE_AIMS, EVERY_RUN_AIMS, TRADE_AIMS } from "./aims.ts";
import { AUDIT_WORDS } from "./audits.ts";
import { DEPLOYMENT_WORDS } from "./deployment.ts";
import { disturbedTrade } from "./disturbed-trade.ts";
import { SCHEDULE_WORDS } from "./schedules.ts";

const OTHERS_MAX = 4;

/** Scenario 10 of the list, and 20: servers that are away, and links that do not work. */
export const outages: Scenario = {
  name: "outages",
  title: "A server that is away, or cannot be reached, loses nothing",
  description: [
    "Clients ask for transfers between four wallets, about ten a second, one by one, in bursts or all at once; beside them for all else that can be asked for.",
    DEPLOYMENT_WORDS,
    SCHEDULE_WORDS,
    AUDIT_WORDS,
    "In each run a database or the broker dies and is away for up to a minute, longer than anything is tried again, or only for a moment. Beside it up to four more outages and faults of the network strike, each at a time of its own, so that they overlap: a link between a process and a server or its clients is cut or held, one way or both, is slow, refuses new connections or breaks those that stand. Up to two processes are killed or stopped for a time meanwhile, and start again while a server is away.",
  ],
  aims: [
    ...TRADE_AIMS,
    ...EVERY_RUN_AIMS,
    ...DISTURBED_TRADE_AIMS,
    "a group of requests fails, and each is served by itself",
    "a consumer that lost its broker joins anew",
    "a process waits at its start for what is away",
    "an outage stops a relay",
    "a relay outlives an outage",
  ],
  catches: ["Q1"],
  ...leveled(draftArbitrary),
};

function draftArbitrary(level: Level): fc.Arbitrary<PlanDraft> {
  const kinds = [
    ...(["outage", "cut-link", "cut-link", "held-link", "slow-link"] as const),
    ...(["refused-link", "reset-link", "reset-link"] as const),
  ];
  const payments = [{ senderWalletId: "aisha", receiverWalletId: "hind", amount: "7.500" }];
  return disturbedTrade({ payments, kinds, first: "outage", disturbancesMax: OTHERS_MAX }, level);
}
