/** One thing that the services rely on, as a sentence and as a check that runs in both worlds. */
export interface Claim<Stage> {
  readonly claim: string;
  /** @throws Error naming what was expected and what was found */
  check(stage: Stage): Promise<void>;
}

/** @throws Error unless `found` and `expected` are the same as JSON; `what` names the place */
export function demandEqual(what: string, found: unknown, expected: unknown): void {
  const foundText = textOf(found);
  const expectedText = textOf(expected);
  if (foundText !== expectedText) {
    throw new Error(`${what}: expected ${expectedText}, found ${foundText}`);
  }
}

function textOf(value: unknown): string {
  return JSON.stringify(value) ?? "undefined";
}
