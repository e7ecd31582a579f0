import { answered } from "./answered.ts";
import { answersHold } from "./answers-hold.ts";
import { balanced } from "./balanced.ts";
import { chained } from "./chained.ts";
import { conservation } from "./conservation.ts";
import { decidedRight } from "./decided-right.ts";
import { ends } from "./ends.ts";
import { handled } from "./handled.ts";
import { inOrder } from "./in-order.ts";
import { isolation } from "./isolation.ts";
import { kept } from "./kept.ts";
import { noDeadlock } from "./no-deadlock.ts";
import { noOverdraft } from "./no-overdraft.ts";
import { observable } from "./observable.ts";
import { oneEffect } from "./one-effect.ts";
import { oneRelay } from "./one-relay.ts";
import { paced } from "./paced.ts";
import { prompt } from "./prompt.ts";
import { published } from "./published.ts";
import { reconciliationComplete } from "./reconciliation-complete.ts";
import { reconciliationFigures } from "./reconciliation-figures.ts";
import { reconciliationSound } from "./reconciliation-sound.ts";
import { sidesAgree } from "./sides-agree.ts";
import { staysUp } from "./stays-up.ts";
import { stopsClean } from "./stops-clean.ts";
import type { SystemPromise } from "./system-promise.ts";
import { terminalAbsorbs } from "./terminal-absorbs.ts";
import { verdictsAgree } from "./verdicts-agree.ts";

/** Every promise, gravest first: when several break in one run, the first is the finding. */
export const PROMISES: readonly SystemPromise[] = [
  conservation,
  balanced,
  chained,
  noOverdraft,
  oneEffect,
  decidedRight,
  sidesAgree,
  verdictsAgree,
  terminalAbsorbs,
  answersHold,
  isolation,
  noDeadlock,
  staysUp,
  answered,
  ends,
  handled,
  published,
  inOrder,
  oneRelay,
  kept,
  prompt,
  paced,
  stopsClean,
  observable,
  reconciliationSound,
  reconciliationComplete,
  reconciliationFigures,
];

/** The promises of these names, gravest first; all of them where none is named. @throws Error */
export function promisesNamed(names: readonly string[] | undefined): readonly SystemPromise[] {
  const unknown = (names ?? []).find((name) => !PROMISES.some((each) => each.name === name));
  if (unknown !== undefined) {
    throw new Error(`there is no promise ${unknown}`);
  }
  return PROMISES.filter(({ name }) => names === undefined || names.includes(name));
}
