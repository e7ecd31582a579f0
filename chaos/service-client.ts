import type { ClientRequest } from "../scenarios/plans/commands/client-request.ts";
import { ANSWER_MS_MAX, Unanswered, type ClientAnswer } from "../scenarios/world.ts";

/**
 * One attempt at a request over HTTP; `address` is `host:port`.
 *
 * @throws Unanswered when the connection was refused or lost, or no whole answer came in time
 */
export async function requestOnce(address: string, request: ClientRequest): Promise<ClientAnswer> {
  const { method, path, headers, body } = request;
  try {
    const response = await fetch(`http://${address}${path}`, {
      method,
      headers: {
        ...headers,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    const { status } = response;
    const answered = parse(await response.text());
    return { status, headers: Object.fromEntries(response.headers), body: answered };
  } catch (cause) {
    throw new Unanswered(`no answer to ${method} ${path}`, { cause });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not a service of ours, or not one of its answers: the status says enough.
    return text;
  }
}
