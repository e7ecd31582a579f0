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
/** With these nobody else has to do: what is asked of them is sure to be accepted, and refused. */
const QUIET = { senderWalletId: "omar", receiverWalletId: "sana" };
const WALLETS: readonly WalletOpening[] = [...TRADERS, "omar", "sana"].map((id) => ({
  id,
  funding: "250.000",
  currency: CURRENCY,
}));
const COMMANDS_MAX = 50;
const STRAYS_MAX = 6;
const ENDS_MAX = 2;
/** So long after the load messages may still come again: long after all of it is done. */
const LATER_MS = 20_000;

/** Scenarios 7, 9, 12 and 18 of the list, and the end of 10: what comes again, or is no event. */
export const strays: Scenario = {
  name: "strays",
  title: "A message that comes again, or that no service has sent, changes nothing",
  description: [
    "Clients ask for transfers between six wallets, about ten a second, one by one, in bursts or all at once; beside them for all else that can be asked for.",
    "Each service runs as one to three processes, which have its roles together or apart; half of the knobs are as they ship, the others are drawn.",
    "In each run, up to six times, messages come again or come from a stranger: all of a topic is put there once more; a consumer group is expelled, and set back to where it was; or there comes what is no event, or one that is about another payment, of another version, under another's id, or against a verdict that was taken in. Up to two processes are killed or stopped for a time meanwhile.",
  ],
  aims: ["an event comes again"],
  catches: ["F9"],
  drafts: draftArbitrary(),
};

interface Draft {
  readonly asks: readonly Ask[];
  readonly strays: readonly OutsideDraw[];
  readonly ends: readonly DraftEnd[];
  readonly deployment: Deployment;
  readonly burst: number;
}

function draftArbitrary(): fc.Arbitrary<PlanDraft> {
  const kinds = [
    ...(["stray-message", "stray-message", "replayed-topic"] as const),
    ...(["rewound-group", "rewound-group"] as const),
  ];
  const draft: fc.Arbitrary<Draft> = fc.record({
    asks: asksArbitrary(COMMANDS_MAX),
    strays: fc.array(outsideArbitrary(kinds), { minLength: 1, maxLength: STRAYS_MAX, size: "max" }),
    ends: endsArbitrary(ENDS_MAX),
    deployment: deploymentArbitrary(),
    burst: burstArbitrary,
  });
  // Without bias towards small values: a seed should mean a full workload.
  return fc.noBias(draft).map(layOut);
}

function layOut({ asks, strays: drawn, ends, deployment, burst }: Draft): PlanDraft {
  const gapsMs = asks.map(({ gapMs }) => gapMs);
  const timesMs = timesInBursts(gapsMs, burst);
  const layout = new AskLayout(WALLETS, TRADERS, CURRENCY);
  // Whatever else is asked for, there are a verdict of each kind, and what a stranger may copy.
  layout.transfer(0, { ...QUIET, amount: "7.500" });
  layout.transfer(0, { ...QUIET, amount: "900.000" });
  for (const [index, ask] of asks.entries()) {
    layout.add(ask, timesMs[index] ?? 0);
  }
  const commands = layout.commands();
  const loadMs = 1 + (commands.at(-1)?.atMs ?? 0);
  const faults = [
    ...drawn.map((each, index) =>
      layOutOutside(each, deployment, index % 2 === 0 ? loadMs : loadMs + LATER_MS),
    ),
    ...layOutEnds(ends, deployment, loadMs),
  ];
  return { wallets: WALLETS, commands, faults, ...deployment };
}
