/** A moment as RFC 3339 in UTC, with milliseconds: `2026-11-27T08:00:00.000Z`. */
export function formatTimestamp(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** Milliseconds since the epoch; undefined for what is not an RFC 3339 moment. */
export function parseTimestamp(text: string): number | undefined {
  const atMs = MOMENT.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : atMs;
}

const MOMENT =
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$/i;
