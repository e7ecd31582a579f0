import { DatabaseError } from "../ports/database.ts";
import type { HttpResponse } from "../ports/server.ts";
import { problem } from "./problem.ts";

/**
 * Turns a database that failed into 503: nothing was refused, and the client may ask again. Whether
 * the request took effect is what the code tells: `outcome-unknown` or `not-available`.
 */
export async function answering(respond: () => Promise<HttpResponse>): Promise<HttpResponse> {
  try {
    return await respond();
  } catch (error) {
    if (!(error instanceof DatabaseError)) {
      throw error;
    }
    const code = error.applied === "unknown" ? "outcome-unknown" : "not-available";
    return problem(503, code, "the service could not finish the request; ask again");
  }
}
