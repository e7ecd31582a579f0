import { balanced } from "./balanced.ts";
import { conservation } from "./conservation.ts";
import { ends } from "./ends.ts";
import { noOverdraft } from "./no-overdraft.ts";
import { oneEffect } from "./one-effect.ts";
import { published } from "./published.ts";
import type { SystemPromise } from "./system-promise.ts";
import { verdictsAgree } from "./verdicts-agree.ts";

/** Every promise, gravest first: when several break in one run, the first is the finding. */
export const PROMISES: readonly SystemPromise[] = [
  conservation,
  balanced,
  noOverdraft,
  oneEffect,
  verdictsAgree,
  ends,
  published,
];
