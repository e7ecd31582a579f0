import { createHash } from "node:crypto";

import { expect, test } from "vitest";

import { pageStyle, pageStyleDigest } from "./page-style.ts";

test("the page's policy allows exactly this style sheet", () => {
  const digest = createHash("sha256").update(pageStyle).digest("base64");
  expect(pageStyleDigest).toBe(`sha256-${digest}`);
});
