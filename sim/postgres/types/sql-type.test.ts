import { describe, expect, test } from "vitest";
import { compareSqlValues, parseSqlText, type SqlType, toClientValue } from "./sql-type.ts";

describe("a text is read as Postgres's input function reads it", () => {
  test.for<[SqlType, string, unknown]>([
    ["bigint", "9223372036854775807", 9223372036854775807n],
    ["bigint", " +12\t", 12n],
    ["bigint", "-0", 0n],
    ["integer", "-2147483648", -2147483648n],
    ["boolean", " T ", true],
    ["boolean", "off", false],
    ["text", "", ""],
    ["text", "half \ud800 pair", "half \ufffd pair"],
  ])("%s %j is %s", ([type, text, value]) => {
    expect(parseSqlText(type, text)).toBe(value);
  });

  test.for<[SqlType, string, string]>([
    ["bigint", "9223372036854775808", "22003"],
    ["integer", "2147483648", "22003"],
    ["bigint", "", "22P02"],
    ["bigint", "1.0", "22P02"],
    ["bigint", "0x10", "22P02"],
    ["bigint", "1_000", "22P02"],
    ["boolean", "o", "22P02"],
    ["text", "a\0b", "22021"],
    ["bigint", "1\0", "22021"],
  ])("%s %j is refused with %s", ([type, text, code]) => {
    expect(() => parseSqlText(type, text)).toThrow(expect.objectContaining({ code }));
  });
});

test("bigint and numeric reach the client as strings, integer as a number", () => {
  expect(toClientValue("bigint", 7n)).toBe("7");
  expect(toClientValue("numeric", 7n)).toBe("7");
  expect(toClientValue("integer", 7n)).toBe(7);
  expect(toClientValue("bigint[]", [1n, null])).toEqual(["1", null]);
});

test("text is ordered by code point, not by UTF-16 code unit", () => {
  const ordered = ["", "A", "B", "a", "a b", "a_b", "b", "ä", "\uffef", "\u{1f600}"];
  const sorted = ordered.toReversed().toSorted(compareSqlValues);
  expect(sorted).toEqual(ordered);
});
