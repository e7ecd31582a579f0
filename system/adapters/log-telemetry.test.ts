import { expect, it } from "vitest";
import type { LineName } from "../ports/telemetry.ts";
import { createLogTelemetry } from "./log-telemetry.ts";

function logged(name: LineName, detail: Readonly<Record<string, string | number>>): unknown {
  const lines: string[] = [];
  createLogTelemetry("payment-1", { write: (line) => void lines.push(line) }).event(name, detail);
  expect(lines).toEqual([expect.stringMatching(/^\{[^\n]*\}\n$/)]);
  return JSON.parse(lines.join(""));
}

it("a line keeps its name, time and process, whatever its details are called", () => {
  const detail = { event: "e1", process: "another", time: 0, level: "none", detail: "a\nb" };
  expect(logged("inbox.done", detail)).toEqual({
    level: "info",
    time: expect.any(Number),
    process: "payment-1",
    event: "inbox.done",
    detail,
  });
});

it.each([
  ["inbox.retry", "warn"],
  ["http.failed", "error"],
] as const)("what somebody should look at says so: %s", (name, level) => {
  expect(logged(name, {})).toMatchObject({ level });
});
