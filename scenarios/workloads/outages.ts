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
const OTHERS_MAX = 4;
const ENDS_MAX = 2;

/** Scenario 10 of the list, and 20: servers that are away, and links that do not work. */
export const outages: Scenario = {
  name: "outages",
  title: "A server that is away, or cannot be reached, loses nothing",
  description: [
    "Clients ask for transfers between four wallets, about ten a second, one by one, in bursts or all at once; beside them for all else that can be asked for.",
    "Each service runs as one to three processes, which have its roles together or apart; half of the knobs are as they ship, the others are drawn.",
    "In each run a database or the broker dies and is away for up to a minute, longer than anything is tried again, or only for a moment. Beside it up to four more outages and faults of the network strike, each at a time of its own, so that they overlap: a link between a process and a server or its clients is cut or held, one way or both, is slow, refuses new connections or breaks those that stand. Up to two processes are killed or stopped for a time meanwhile, and start again while a server is away.",
  ],
  aims: ["a client asks again", "an event comes again", "an outage stops a relay"],
  catches: ["Q1"],
  drafts: draftArbitrary(),
};

interface Draft {
  readonly asks: readonly Ask[];
  readonly outage: OutsideDraw;
  readonly others: readonly OutsideDraw[];
  readonly ends: readonly DraftEnd[];
  readonly deployment: Deployment;
  readonly burst: number;
}

function draftArbitrary(): fc.Arbitrary<PlanDraft> {
  const kinds = [
    ...(["outage", "cut-link", "cut-link", "held-link", "slow-link"] as const),
    ...(["refused-link", "reset-link", "reset-link"] as const),
  ];
  const draft: fc.Arbitrary<Draft> = fc.record({
    asks: asksArbitrary(COMMANDS_MAX),
    outage: outsideArbitrary(["outage"]),
    others: fc.array(outsideArbitrary(kinds), { maxLength: OTHERS_MAX, size: "max" }),
    ends: endsArbitrary(ENDS_MAX),
    deployment: deploymentArbitrary(),
    burst: burstArbitrary,
  });
  // Without bias towards small values: a seed should mean a full workload.
  return fc.noBias(draft).map(layOut);
}

function layOut({ asks, outage, others, ends, deployment, burst }: Draft): PlanDraft {
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
    ...[outage, ...others].map((each) => layOutOutside(each, deployment, loadMs)),
    ...layOutEnds(ends, deployment, loadMs),
  ];
  return { wallets: WALLETS, commands, faults, ...deployment };
}
