import fc from "fast-check";
import type { Level } from "../plans/level.ts";
import { leveled, type PlanDraft, type Scenario } from "../plans/scenario.ts";
import { constantAuditArbitrary } from "./audits.ts";
import { DEPLOYMENT_WORDS } from "./deployment.ts";
import { disturbedTrade } from "./disturbed-trade.ts";
import { outsideArbitrary } from "./outside-swarm.ts";
import { SCHEDULE_WORDS } from "./schedules.ts";

/** Nobody else has to do with these: what is asked of them is over soon, and as it was meant. */
const QUIET = ["salim", "fatma", "khalid"];

/** Two may be about one account, of which the first is reported. */
const ONE = { minLength: 1, maxLength: 1 };

/** Scenarios 15 and 16 of the list: reconciliation under live traffic, with planted breaks. */
export const planted: Scenario = {
  name: "planted",
  title: "Reconciliation under live traffic reports what is wrong, and nothing else",
  description: [
    "Clients ask for transfers between four wallets, about ten a second, one by one, in bursts or all at once; beside them for all else that can be asked for, and between three more wallets for three payments.",
    DEPLOYMENT_WORDS,
    SCHEDULE_WORDS,
    "In two runs of three somebody writes to a database past its service once the three payments are over: raises a balance, lowers another by as much, takes entries away, changes an amount, a party, a status, a key. Meanwhile both services are compared up to forty times, and the process that does so may be killed; up to two processes are killed or stopped for a time. When all is at rest everything is compared, what can be mended by publishing again is published again, and the ledger is verified.",
  ],
  // What somebody rewrote breaks most of the others: here that is what is to be found.
  promises: [
    "isolation",
    "stays-up",
    "answered",
    "ends",
    "reconciliation-sound",
    "reconciliation-complete",
    "reconciliation-figures",
  ],
  aims: ["both services are compared", "what is broken is found", "what is broken is mended"],
  catches: ["F12", "X2"],
  ...leveled(draftArbitrary),
};

function draftArbitrary(level: Level): fc.Arbitrary<PlanDraft> {
  const kinds = ["planted-break"] as const;
  return disturbedTrade(
    {
      moreWallets: QUIET,
      payments: [
        { senderWalletId: "salim", receiverWalletId: "fatma", amount: "3.000" },
        { senderWalletId: "salim", receiverWalletId: "fatma", amount: "900.000" },
        { senderWalletId: "fatma", receiverWalletId: "khalid", amount: "1.000" },
      ],
      kinds,
      disturbancesMax: 1,
      outside: fc.oneof(
        { weight: 1, arbitrary: fc.constant([]) },
        { weight: 2, arbitrary: fc.array(outsideArbitrary(kinds), ONE) },
      ),
      // They are to be found as they were planted: with nothing deleted meanwhile.
      keepsOutbox: true,
      // What is planted is.
      hasOneCurrency: true,
      audit: constantAuditArbitrary(),
    },
    level,
  );
}
