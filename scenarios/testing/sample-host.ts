import type { SweepHost } from "../sweeps/sweep-request.ts";

/** Where the sweeps of tests say that they run. */
export const SAMPLE_HOST: SweepHost = {
  product: "0.0.0",
  code: { commit: null, isClean: null, digest: "c0de" },
  made: { node: "0.0.0", at: "never" },
  command: () => "run",
  replayCommand: (file) => `replay ${file}`,
  digest: (text) => String(text.length),
};
