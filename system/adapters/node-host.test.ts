import { expect, it } from "vitest";
import { createLineTelemetry } from "./node-host.ts";

it("a line keeps its name, time and process, whatever its details are called", () => {
  const lines: string[] = [];
  const telemetry = createLineTelemetry("payment-1", (line) => lines.push(line));
  const detail = { event: "e1", process: "another", atMs: 0, detail: "all of it" };
  telemetry.event("inbox.done", detail);
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    { atMs: expect.any(Number), process: "payment-1", event: "inbox.done", detail },
  ]);
  expect(lines.join("")).toMatch(/^\{.*"atMs":[1-9][0-9]*,.*\}\n$/);
});
