import { expect, it } from "vitest";
import { nodeClock } from "./node-host.ts";

const HOUR_MS = 3_600_000;

it("a sleep ends with its time, or when it is ended, before it or during it", async () => {
  await expect(nodeClock.sleep(0)).resolves.toBeUndefined();
  await expect(nodeClock.sleep(HOUR_MS, AbortSignal.abort())).resolves.toBeUndefined();
  const ending = new AbortController();
  const sleeping = nodeClock.sleep(HOUR_MS, ending.signal);
  ending.abort();
  await expect(sleeping).resolves.toBeUndefined();
});
