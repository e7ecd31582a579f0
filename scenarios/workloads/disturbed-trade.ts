import fc from "fast-check";
import { DEFAULT_KNOBS } from "../../system/process/knobs.ts";
import { decimalOf } from "../model/decimal.ts";
import type { Level } from "../plans/level.ts";
import type { WalletOpening } from "../plans/plan.ts";
import type { PlanDraft } from "../plans/scenario.ts";
import type { Schedule } from "../plans/schedule.ts";
import { asksArbitrary, type Ask } from "./asks.ts";
import { auditArbitrary, withAudit, type AuditDraw } from "./audits.ts";
import {
  burstArbitrary,
  deploymentArbitrary,
  timesInBursts,
  type Deployment,
} from "./deployment.ts";
import { AskLayout } from "./lay-out-asks.ts";
import {
  layOutOutside,
  outsideArbitrary,
  type OutsideDraw,
  type OutsideKind,
} from "./outside-swarm.ts";
import { endsArbitrary, layOutEnds, type DraftEnd } from "./process-ends.ts";
import { scheduleArbitrary } from "./schedules.ts";

/** Of three, two and no digits after the point. Half of the plans have the first. */
const CURRENCIES = ["OMR", "OMR", "OMR", "BHD", "USD", "JPY"];
/** Between these wallets the clients trade. */
const TRADERS = ["aisha", "bilal", "hind", "zaid"];
const COMMANDS_MAX = 50;
const ENDS_MAX = 2;

interface Draft {
  readonly asks: readonly Ask[];
  readonly outside: readonly OutsideDraw[];
  readonly ends: readonly DraftEnd[];
  readonly deployment: Deployment;
  readonly burst: number;
  readonly schedule: Schedule;
  readonly audit: AuditDraw;
  /** What everybody has, in plans that may be of any. */
  readonly currency: string;
  /** By their places in the list of kinds. */
  readonly isOff: readonly boolean[];
}

/** What a scenario of trade that is disturbed from outside says of itself. */
interface DisturbedTrade {
  /** Beside the traders' own. */
  readonly moreWallets?: readonly string[];
  /** Asked for within a few milliseconds, whatever else is; as many minor units of any currency. */
  readonly payments: readonly Parameters<AskLayout["transfer"]>[1][];
  /** What disturbs it, a kind as often as it is drawn. */
  readonly kinds: readonly OutsideKind[];
  /** A disturbance that each plan has, before the others; without, there is at least one of any. */
  readonly first?: OutsideKind;
  /** How many there are at most, beside the first. */
  readonly disturbancesMax: number;
  /** In place of what would be drawn of these kinds, whatever the level. */
  readonly outside?: fc.Arbitrary<readonly OutsideDraw[]>;
  /** Whether what was sent stays in the outboxes for as long as it does where nothing is drawn. */
  readonly keepsOutbox?: boolean;
  /** Whether all of it is in the first of the currencies, whatever is drawn. */
  readonly hasOneCurrency?: boolean;
  /** How both services are compared meanwhile; as in any scenario when left out. */
  readonly audit?: fc.Arbitrary<AuditDraw>;
  /** Until when the disturbance of that place in the list may come, for a load that long. */
  readonly untilMs?: (loadMs: number, index: number) => number;
}

/**
 * Plans in which clients trade, faults come from outside, and up to two processes are killed or
 * stopped for a time meanwhile.
 */
export function disturbedTrade(trade: DisturbedTrade, level: Level): fc.Arbitrary<PlanDraft> {
  const draft: fc.Arbitrary<Draft> = fc.record({
    asks: asksArbitrary(COMMANDS_MAX),
    outside: outsideOf(trade, level),
    ends: endsArbitrary(ENDS_MAX * level.moreFaults),
    deployment: deploymentArbitrary(level),
    burst: burstArbitrary,
    // Last, so that they move no other draw.
    schedule: scheduleArbitrary(),
    audit: trade.audit ?? auditArbitrary(),
    currency: fc.constantFrom(...CURRENCIES),
    isOff: fc.array(fc.constantFrom(false, false, true), {
      minLength: trade.kinds.length,
      maxLength: trade.kinds.length,
    }),
  });
  // Without bias towards small values: a seed should mean a full workload.
  return fc.noBias(draft).map((drawn) => layOut(trade, level, drawn));
}

function outsideOf(
  { kinds, first, disturbancesMax, outside }: DisturbedTrade,
  { moreFaults }: Level,
): fc.Arbitrary<readonly OutsideDraw[]> {
  if (outside !== undefined) {
    return outside;
  }
  const least = first === undefined ? 1 : 0;
  const others = fc.array(outsideArbitrary(kinds), {
    minLength: least,
    maxLength: Math.max(least, disturbancesMax * moreFaults),
    size: "max",
  });
  return first === undefined
    ? others
    : fc.tuple(outsideArbitrary([first]), others).map(([one, more]) => [one, ...more]);
}

function layOut(trade: DisturbedTrade, level: Level, drawn: Draft): PlanDraft {
  const { asks, ends, burst, schedule, audit } = drawn;
  const outside = atLevel(trade, level, drawn);
  const { moreWallets = [], payments, untilMs = (loadMs) => loadMs, keepsOutbox } = trade;
  const { topology, knobs } = drawn.deployment;
  const { outboxKeptSeconds } = keepsOutbox === true ? DEFAULT_KNOBS : knobs;
  const deployment = { topology, knobs: { ...knobs, outboxKeptSeconds } };
  const currency = trade.hasOneCurrency === true ? "OMR" : drawn.currency;
  const inCurrency = (amount: string) =>
    decimalOf(BigInt(amount.replace(".", "")), currency) ?? amount;
  const wallets = [...TRADERS, ...moreWallets].map((id): WalletOpening => {
    return { id, funding: inCurrency("250.000"), currency };
  });
  const gapsMs = asks.map(({ gapMs }) => gapMs);
  const timesMs = timesInBursts(gapsMs, burst);
  const layout = new AskLayout(wallets, TRADERS, currency);
  for (const [index, payment] of payments.entries()) {
    layout.transfer(index, { ...payment, amount: inCurrency(payment.amount) });
  }
  for (const [index, ask] of asks.entries()) {
    layout.add(ask, timesMs[index] ?? 0);
  }
  const commands = layout.commands();
  const loadMs = 1 + (commands.at(-1)?.atMs ?? 0);
  const faults = [
    ...outside.map((each, index) => layOutOutside(each, deployment, untilMs(loadMs, index))),
    ...layOutEnds(ends, deployment, loadMs),
  ];
  return withAudit({ wallets, commands, faults, ...deployment, schedule }, audit);
}

/** None lasts longer than the level allows; and kinds that are off leave their place to others. */
function atLevel(
  { kinds, first }: DisturbedTrade,
  { lastsMsMax, turnsKindsOff }: Level,
  { outside, isOff }: Draft,
): readonly OutsideDraw[] {
  const on = kinds.filter((kind) => isOff[kinds.indexOf(kind)] === false);
  const instead = turnsKindsOff && on.length > 0 ? on : kinds;
  return outside.map(({ kind, lastsMs, ...drawn }, index) => {
    const isKept = (index === 0 && first !== undefined) || instead.includes(kind);
    return {
      ...drawn,
      kind: isKept ? kind : (instead[kinds.indexOf(kind) % instead.length] ?? kind),
      lastsMs: Math.min(lastsMs, lastsMsMax),
    };
  });
}
