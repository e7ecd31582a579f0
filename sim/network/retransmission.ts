/**
 * When TCP sends again what was not acknowledged, as Linux does by its defaults: a connection's
 * data first after 200 ms, a request for a connection after 1 s, each time after twice as long, up
 * to 120 s.
 */
const FIRST_US = { data: 200_000, connect: 1_000_000 } as const;
const LONGEST_US = 120_000_000;

/**
 * A request for a connection is given up when nobody answered the sixth repetition
 * (`tcp_syn_retries`). Milliseconds.
 */
export const CONNECT_GIVEN_UP_MS = 127_000;

/**
 * How long after the network works again a packet is sent anew, in microseconds, when it was sent
 * first, and lost, so many microseconds ago.
 */
export function untilSentAgainUs(what: "data" | "connect", sinceUs: number): number {
  let waitUs: number = FIRST_US[what];
  let atUs = waitUs;
  while (atUs < sinceUs) {
    waitUs = Math.min(2 * waitUs, LONGEST_US);
    atUs += waitUs;
  }
  return atUs - sinceUs;
}
