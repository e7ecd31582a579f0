import type { BenchRow } from "../row.ts";
import { measureMessages, measureRoundTrips } from "./network-contestants.ts";
import { measureFakeTimers, measureFastCheck, measureKernelTimers } from "./timer-contestants.ts";
import { measureGrowth, measureIdle } from "./world-contestants.ts";
import { measureYardstick } from "./yardstick.ts";

const ROUNDS = 7;

/** What each contestant does in one round, so that a round takes a few seconds. */
const CONTESTANTS = {
  yardstick: { count: 300_000, measure: measureYardstick },
  kernel: { count: 300_000, measure: measureKernelTimers },
  fakeTimers: { count: 30_000, measure: measureFakeTimers },
  fastCheck: { count: 30_000, measure: measureFastCheck },
  roundTrip: { count: 100_000, measure: measureRoundTrips },
  messageAlone: { count: 3_000, measure: (count: number) => measureMessages(count, 1) },
  messageOfMany: { count: 30_000, measure: (count: number) => measureMessages(count, 100) },
  idleSecond: { count: 300, measure: measureIdle },
} satisfies Record<string, { count: number; measure: (count: number) => Promise<number> }>;

type Contestant = keyof typeof CONTESTANTS;

const GROWTH_RUNS = 10_000;

/**
 * What the kernel and the network cost, in the unit of `yardstick.ts`: a bare heap's event. All
 * take turns in every round, and each counts with its best, since these machines are noisy.
 */
export async function benchKernel(): Promise<readonly BenchRow[]> {
  const costNs = await bestCosts();
  const perSecond = (contestant: Contestant) => 1e9 / costNs[contestant];
  const inEvents = (contestant: Contestant) => costNs[contestant] / costNs.yardstick;
  const bare = `a bare heap's event: ${costNs.yardstick.toFixed(0)} ns`;
  const speed = (contestant: Contestant) => `${(perSecond(contestant) / 1e6).toFixed(2)} M/s`;
  const kernel = `the kernel: ${speed("kernel")}`;
  const cost = (contestant: Contestant, what: string, floor: number, aim: number): BenchRow => {
    return {
      what,
      value: inEvents(contestant),
      unit: "bare events",
      beside: bare,
      floor: { kind: "at most", value: floor },
      aim: { kind: "at most", value: aim },
    };
  };
  return [
    {
      what: "timer events with an awaiting task",
      value: perSecond("kernel") / perSecond("yardstick"),
      unit: "times the bare heap",
      beside: `${kernel}; a bare heap: ${speed("yardstick")}`,
      floor: { kind: "at least", value: 0.6 },
      aim: { kind: "at least", value: 0.9 },
    },
    {
      what: "timer events with an awaiting task",
      value: perSecond("kernel") / perSecond("fakeTimers"),
      unit: "times @sinonjs/fake-timers",
      beside: `${kernel}; @sinonjs/fake-timers, runAllAsync: ${speed("fakeTimers")}`,
      floor: { kind: "at least", value: 10 },
      aim: { kind: "at least", value: 20 },
    },
    {
      what: "timer events with an awaiting task",
      value: perSecond("kernel") / perSecond("fastCheck"),
      unit: "times fast-check's scheduler",
      beside: `${kernel}; fast-check's scheduler: ${speed("fastCheck")}`,
      floor: { kind: "at least", value: 10 },
      aim: { kind: "at least", value: 20 },
    },
    cost("roundTrip", "a round trip over the network", 2, 1.4),
    cost("messageAlone", "produce, consume, commit: a message alone", 16, 8),
    cost("messageOfMany", "produce, consume, commit: one of 100 sent at once", 5, 3),
    cost("idleSecond", "a second of two services at rest", 90, 45),
    {
      what: `growth of the heap over ${GROWTH_RUNS} runs of the system`,
      value: (await measureGrowth(GROWTH_RUNS)) / GROWTH_RUNS,
      unit: "bytes a run",
      beside: "a run that left one promise behind: more than 100",
      floor: { kind: "at most", value: 50 },
      aim: { kind: "at most", value: 0 },
    },
  ];
}

/** In nanoseconds each. */
async function bestCosts(): Promise<Record<Contestant, number>> {
  const best: Record<Contestant, number> = {
    yardstick: Number.POSITIVE_INFINITY,
    kernel: Number.POSITIVE_INFINITY,
    fakeTimers: Number.POSITIVE_INFINITY,
    fastCheck: Number.POSITIVE_INFINITY,
    roundTrip: Number.POSITIVE_INFINITY,
    messageAlone: Number.POSITIVE_INFINITY,
    messageOfMany: Number.POSITIVE_INFINITY,
    idleSecond: Number.POSITIVE_INFINITY,
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const contestant of CONTESTANT_NAMES) {
      const { count, measure } = CONTESTANTS[contestant];
      const costNs = ((await measure(count)) / count) * 1e6;
      best[contestant] = Math.min(best[contestant], costNs);
    }
  }
  return best;
}

const CONTESTANT_NAMES = [
  "yardstick",
  "kernel",
  "fakeTimers",
  "fastCheck",
  "roundTrip",
  "messageAlone",
  "messageOfMany",
  "idleSecond",
] as const;
