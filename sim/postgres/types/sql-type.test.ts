import { describe, expect, test } from "vitest";
import { arrayOver, BIGINT, BOOLEAN, INTEGER, TEXT } from "./builtin-types.ts";
import { enumTypeOf } from "./enum-type.ts";
import type { SqlType } from "./sql-type.ts";

const TEXTS = arrayOver(TEXT) ?? TEXT;
const BIGINTS = arrayOver(BIGINT) ?? BIGINT;

describe("a text is read as Postgres's input function reads it", () => {
  test.for<[SqlType, string, unknown]>([
    [BIGINT, "9007199254740991", 9007199254740991],
    [BIGINT, "9223372036854775807", 9223372036854775807n],
    [BIGINT, " +12\t", 12],
    [BIGINT, "-0", 0],
    [INTEGER, "-2147483648", -2147483648],
    [BOOLEAN, " T ", true],
    [BOOLEAN, "off", false],
    [TEXT, "", ""],
    [TEXT, "half \ud800 pair", "half \ufffd pair"],
    [TEXTS, ' { a b , "c,\\"d" ,NULL, "NULL",\\, }', ["a b", 'c,"d', null, "NULL", ","]],
    [TEXTS, "{}", []],
    [TEXTS, "{{},{}}", []],
    [
      BIGINTS,
      "{{1,2},{3,NULL}}",
      [
        [1, 2],
        [3, null],
      ],
    ],
  ])("%s %j is %s", ([type, text, value]) => {
    expect(type.input(text, -1)).toEqual(value);
  });

  test.for<[SqlType, string, string]>([
    [BIGINT, "9223372036854775808", "22003"],
    [INTEGER, "2147483648", "22003"],
    [BIGINT, "", "22P02"],
    [BIGINT, "1.0", "22P02"],
    [BIGINT, "0x10", "22P02"],
    [BIGINT, "1_000", "22P02"],
    [BOOLEAN, "o", "22P02"],
    [TEXT, "a\0b", "22021"],
    [BIGINT, "1\0", "22021"],
    [BIGINTS, "{1\0}", "22021"],
    [BIGINTS, "\0", "22021"],
    [BIGINTS, "{1,}", "22P02"],
    [BIGINTS, "{1,{2}}", "22P02"],
    [BIGINTS, "{1}x", "22P02"],
    [BIGINTS, "1,2", "22P02"],
  ])("%s %j is refused with %s", ([type, text, code]) => {
    expect(() => type.input(text, -1)).toThrow(expect.objectContaining({ code }));
  });
});

describe("a value is shown as Postgres's output function shows it", () => {
  test.for<[SqlType, string, string]>([
    [BIGINT, "9223372036854775807", "9223372036854775807"],
    [BOOLEAN, "true", "t"],
    [TEXTS, '{"a b",c,null,"null",""}', '{"a b",c,NULL,"null",""}'],
    [BIGINTS, "{{1},{2}}", "{{1},{2}}"],
  ])("%s %j as %j", ([type, text, shown]) => {
    const value = type.input(text, -1);
    expect(value === null ? null : type.output(value)).toBe(shown);
  });
});

test("text is ordered by code point, not by UTF-16 code unit", () => {
  const ordered = ["", "A", "B", "a", "a b", "a_b", "b", "ä", "\uffef", "\u{1f600}"];
  const sorted = ordered.toReversed().toSorted((left, right) => TEXT.compare(left, right));
  expect(sorted).toEqual(ordered);
});

test("arrays are ordered by their elements, then by length; null is the greatest element", () => {
  const ordered = ["{}", "{1}", "{1,2}", "{1,NULL}", "{2}", "{{2}}", "{NULL}"];
  const read = (text: string) => BIGINTS.input(text, -1) ?? [];
  const sorted = ordered
    .map(read)
    .toReversed()
    .toSorted((left, right) => BIGINTS.compare(left, right));
  expect(sorted.map((value) => BIGINTS.output(value))).toEqual(ordered);
});

test("the labels of an enum are ordered as they were written, and nothing else is one", () => {
  const { type, array } = enumTypeOf("mood", ["sad", "ok", "happy"]);
  expect(type.compare("happy", "ok")).toBeGreaterThan(0);
  expect(array.input("{ok,sad}", -1)).toEqual(["ok", "sad"]);
  expect(() => type.input("glad", -1)).toThrow('invalid input value for enum mood: "glad"');
});
