import fc from "fast-check";
import type { WalletOpening } from "../plans/plan.ts";
import type { PlanDraft, Scenario } from "../plans/scenario.ts";
import { asksArbitrary, type Ask } from "./asks.ts";
import {
  burstArbitrary,
  deploymentArbitrary,
  timesInBursts,
  type Deployment,
} from "./deployment.ts";
import { AskLayout } from "./lay-out-asks.ts";
import { layOutOutside, outsideArbitrary, type OutsideDraw } from "./outside-swarm.ts";
import { endsArbitrary, layOutEnds, type DraftEnd } from "./process-ends.ts";

const CURRENCY = "OMR";
const TRADERS = ["aisha", "bilal", "hind", "zaid"];
const WALLETS: readonly WalletOpening[] = TRADERS.map((id) => ({
  id,
  funding: "250.000",
  currency: CURRENCY,
}));
const COMMANDS_MAX = 50;
const SHORTAGES_MAX = 6;
const ENDS_MAX = 2;

/** Scenarios 5 and 20 of the list, and 13: databases that are short of something, and clocks. */
export const shortages: Scenario = {
  name: "shortages",
  title: "A database that is short of something, or a clock that is wrong, loses nothing",
  description: [
    "Clients ask for transfers between four wallets, about ten a second, one by one, in bursts or all at once; beside them for all else that can be asked for.",
    "Each service runs as one to three processes, which have its roles together or apart; half of the knobs are as they ship, the others are drawn.",
    "In each run, up to six times, a database is short of something: an operator ends all its connections, it takes only a few, its disk is full or slow, or somebody else has locked a table. The clocks of processes are set, by seconds or by minutes. Up to two processes are killed or stopped for a time meanwhile.",
  ],
  aims: ["a client asks again", "a message is tried again", "an outage stops a relay"],
  catches: ["V2"],
  drafts: draftArbitrary(),
};

interface Draft {
  readonly asks: readonly Ask[];
  readonly shortages: readonly OutsideDraw[];
  readonly ends: readonly DraftEnd[];
  readonly deployment: Deployment;
  readonly burst: number;
}

function draftArbitrary(): fc.Arbitrary<PlanDraft> {
  const kinds = [
    ...(["ended-backends", "ended-backends", "few-connections", "full-disk"] as const),
    ...(["slow-disk", "held-lock", "held-lock", "clock-jump", "clock-jump"] as const),
  ];
  const draft: fc.Arbitrary<Draft> = fc.record({
    asks: asksArbitrary(COMMANDS_MAX),
    shortages: fc.array(outsideArbitrary(kinds), {
      minLength: 1,
      maxLength: SHORTAGES_MAX,
      size: "max",
    }),
    ends: endsArbitrary(ENDS_MAX),
    deployment: deploymentArbitrary(),
    burst: burstArbitrary,
  });
  // Without bias towards small values: a seed should mean a full workload.
  return fc.noBias(draft).map(layOut);
}

function layOut({ asks, shortages: drawn, ends, deployment, burst }: Draft): PlanDraft {
  const gapsMs = asks.map(({ gapMs }) => gapMs);
  const timesMs = timesInBursts(gapsMs, burst);
  const layout = new AskLayout(WALLETS, TRADERS, CURRENCY);
  // Whatever else is asked for, there is a payment.
  layout.transfer(0, { senderWalletId: "aisha", receiverWalletId: "hind", amount: "7.500" });
  for (const [index, ask] of asks.entries()) {
    layout.add(ask, timesMs[index] ?? 0);
  }
  const commands = layout.commands();
  const loadMs = 1 + (commands.at(-1)?.atMs ?? 0);
  const faults = [
    ...drawn.map((each) => layOutOutside(each, deployment, loadMs)),
    ...layOutEnds(ends, deployment, loadMs),
  ];
  return { wallets: WALLETS, commands, faults, ...deployment };
}
