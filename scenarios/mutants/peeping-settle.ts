import { settlePayments } from "../../system/payment/settle.ts";
import type { Mutant } from "./mutant.ts";

/** I1: it changes nothing anywhere, so only who asked for the connection shows it. */
export const peepingSettle: Mutant = {
  id: "I1",
  defect:
    "The payment service looks into the wallet service's database before it applies a verdict.",
  breaks: "isolation",
  parts: ({ database }) => ({
    async settle(ports, verdicts) {
      const connection = await database("wallet").connect("peep");
      connection.release();
      return settlePayments(ports, verdicts);
    },
  }),
};
