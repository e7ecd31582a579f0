import { expect, test } from "vitest";
import { randomClusterId } from "./local-kafka.ts";

test("a cluster's id never begins with a hyphen, which is read as an option", () => {
  // 62 of 64 in the first six bits is the hyphen of the URL-safe alphabet.
  const draws = [0xf8, 0xfb, 0x00].map((first) =>
    Buffer.concat([Buffer.of(first), Buffer.alloc(15)]),
  );
  const drawn = draws.map((bytes) => bytes.toString("base64url").charAt(0));
  expect(drawn).toEqual(["-", "-", "A"]);
  expect(randomClusterId(() => draws.shift() ?? Buffer.alloc(16))).toBe("A".repeat(22));
});
