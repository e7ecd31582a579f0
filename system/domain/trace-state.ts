/** What a `tracestate` may come to, in characters: the least that everybody has to pass on. */
const LENGTH_MAX = 512;
const MEMBERS_MAX = 32;
/** Where there is too much, what is longer than this goes first. */
const MEMBER_LENGTH_MAX = 128;

const KEY = /(?:[a-z][-_*/a-z0-9]{0,255}|[a-z0-9][-_*/a-z0-9]{0,240}@[a-z][-_*/a-z0-9]{0,13})/;
const VALUE = /[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]/;
const MEMBER = new RegExp(`^(${KEY.source})=${VALUE.source}$`);

/**
 * Reads the values of a message's `tracestate`, after W3C Trace Context: what the vendors of a
 * trace have to say of it, which is passed on as it is. Of too much, the longest and the last go.
 *
 * @returns undefined where there is none, and where it is not valid: then none is passed on
 */
export function parseTracestate(values: readonly string[]): string | undefined {
  const members = values
    .flatMap((value) => value.split(","))
    .map((member) => member.replaceAll(/^[ \t]+|[ \t]+$/g, ""))
    .filter((member) => member !== "");
  const keys = members.map((member) => MEMBER.exec(member)?.[1]);
  const isValid = !keys.includes(undefined) && new Set(keys).size === keys.length;
  if (!isValid || members.length === 0 || members.length > MEMBERS_MAX) {
    return undefined;
  }
  return shortened(members).join(",") || undefined;
}

function shortened(members: readonly string[]): readonly string[] {
  if (lengthOf(members) <= LENGTH_MAX) {
    return members;
  }
  const kept = members.filter(({ length }) => length <= MEMBER_LENGTH_MAX);
  while (lengthOf(kept) > LENGTH_MAX) {
    kept.pop();
  }
  return kept;
}

function lengthOf(members: readonly string[]): number {
  return members.join(",").length;
}
