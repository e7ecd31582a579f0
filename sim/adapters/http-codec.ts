import type { ClientRequest } from "../../scenarios/plans/commands/client-request.ts";
import type { ClientAnswer } from "../../scenarios/world.ts";

/**
 * What travels between a simulated client and a simulated server are the values themselves. These
 * two say so once: the network carries `unknown`, and only this adapter sends on these connections.
 */
export function parseHttpRequest(payload: unknown): ClientRequest {
  // Sent by `createHttpClient` only.
  return payload as ClientRequest;
}

export function parseHttpResponse(payload: unknown): ClientAnswer {
  // Sent by `createSimulatedServer` only.
  return payload as ClientAnswer;
}
