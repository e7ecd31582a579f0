import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { PAGE_STYLE, PAGE_STYLE_DIGEST } from "./page-style.ts";

test("the page's policy allows exactly this style sheet", () => {
  const digest = createHash("sha256").update(PAGE_STYLE).digest("base64");
  expect(PAGE_STYLE_DIGEST).toBe(`sha256-${digest}`);
});
