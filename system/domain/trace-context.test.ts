import { describe, expect, it } from "vitest";
import { formatTraceparent, parseTraceparent } from "./trace-context.ts";

const [TRACE, SPAN] = ["0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"];

describe("parseTraceparent", () => {
  it.each([
    [`00-${TRACE}-${SPAN}-01`, 1],
    [`00-${TRACE}-${SPAN}-00`, 0],
    ["a flag that is not known is not passed on", 3, `00-${TRACE}-${SPAN}-ff`],
    ["a later version says the same in its first four fields", 1, `cc-${TRACE}-${SPAN}-01`],
    ["and may have more of them", 1, `01-${TRACE}-${SPAN}-01-what-the-future-will-be-like`],
  ])("reads %s", (name, flags, text = name) => {
    expect(parseTraceparent(text)).toEqual({ traceId: TRACE, spanId: SPAN, flags });
  });

  it.each([
    "",
    TRACE,
    `ff-${TRACE}-${SPAN}-01`,
    `0-${TRACE}-${SPAN}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE.slice(1)}-${SPAN}-01`,
    `00-${"0".repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${"0".repeat(16)}-01`,
    `00-${TRACE}-${SPAN}0-01`,
    `00-${TRACE}-${SPAN}-1`,
    `00-${TRACE}-${SPAN}-01-`,
    `00-${TRACE}-${SPAN}-01-more`,
    `01-${TRACE}-${SPAN}-01.more`,
    ` 00-${TRACE}-${SPAN}-01`,
  ])("ignores %j", (text) => {
    expect(parseTraceparent(text)).toBeUndefined();
  });

  it("reads back what formatTraceparent wrote", () => {
    const context = { traceId: TRACE, spanId: SPAN, flags: 3 };
    expect(parseTraceparent(formatTraceparent(context))).toEqual(context);
  });
});
