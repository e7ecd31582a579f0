import { transferMoney } from "../../system/wallet/transfer.ts";
import { refuseHastily } from "./hasty-refusal.ts";
import type { Mutant } from "./mutant.ts";

const PATIENCE_MS = 2_000;

/** V2: the time-out says nothing of what the database did, or will do. */
export const impatientWallet: Mutant = {
  id: "V2",
  defect: `The wallet refuses a transfer that is not done within ${PATIENCE_MS / 1_000} s, though it may be done yet.`,
  breaks: "decided-right",
  scenario: "shortages",
  parts: () => ({
    transfer(ports, created) {
      const tooLate = ports.clock.sleep(PATIENCE_MS).then(() => refuseHastily(ports, created));
      return Promise.race([transferMoney(ports, created), tooLate]);
    },
  }),
};
