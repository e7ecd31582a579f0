import { expect, test } from "vitest";
import { parseKeeperReport, parseKeeperRequest } from "./keeper-messages.ts";

const PROCESS = {
  name: "one",
  command: "node",
  arguments: ["-e", "1"],
  environment: { A: "b" },
  folder: "/f",
  logFile: "/f/log",
  user: { uid: 1, gid: 2 },
  farewell: { signal: "SIGTERM", graceMs: 5 },
};

test("every message is read back as it was said", () => {
  for (const request of [
    { kind: "start", id: 1, process: PROCESS },
    { kind: "start", id: 1, process: { ...PROCESS, user: null } },
    { kind: "signal", id: 1, signal: "SIGSTOP" },
    { kind: "stop", id: 1 },
    { kind: "end" },
  ]) {
    expect(parseKeeperRequest(request)).toEqual(request);
  }
  for (const report of [
    { kind: "ready", folder: "/f" },
    { kind: "started", id: 1, pid: 2 },
    { kind: "not-started", id: 1, reason: "ENOENT" },
    { kind: "exited", id: 1, exit: { kind: "exited", code: 0 } },
    { kind: "exited", id: 1, exit: { kind: "signalled", signal: "SIGKILL" } },
  ]) {
    expect(parseKeeperReport(report)).toEqual(report);
  }
});

test.each([
  [null, "not an object"],
  [{ kind: "dance" }, "no known kind: dance"],
  [{ kind: "stop", id: "1" }, "id is not a whole number: 1"],
  [{ kind: "signal", id: 1, signal: "SIGHUP" }, "signal is none of SIGTERM"],
  [{ kind: "start", id: 1, process: { ...PROCESS, folder: undefined } }, "folder is not a text"],
  [{ kind: "start", id: 1, process: { ...PROCESS, arguments: [1] } }, "arguments is not a text: 1"],
])("%j is refused: %s", (message, reason) => {
  expect(() => parseKeeperRequest(message)).toThrow(reason);
});
