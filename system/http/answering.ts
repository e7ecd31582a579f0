import { DatabaseError } from "../ports/database.ts";
import { messageOf } from "../ports/message-of.ts";
import { passes } from "../ports/passes.ts";
import type { HttpResponse } from "../ports/server.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { internalError, problem } from "./problem.ts";

/**
 * Turns an error that passes into 503: nothing was refused, and the client may ask again. Whether
 * the request took effect is what the code tells: `outcome-unknown` or `not-available`. Any other
 * error is 500: it would come again. Both leave a line, with what it is `about`.
 */
export function answerToError(
  telemetry: Telemetry,
  about: Readonly<Record<string, string>>,
  error: unknown,
): HttpResponse {
  const code = error instanceof DatabaseError ? error.code : "";
  const reason = messageOf(error);
  if (!passes(error)) {
    telemetry.event("http.failed", { ...about, code, reason });
    return internalError();
  }
  const { applied } = error;
  telemetry.event("http.not-available", { ...about, code, reason, applied });
  const title = applied === "unknown" ? "outcome-unknown" : "not-available";
  return problem(503, title, "the service could not finish the request; ask again");
}
