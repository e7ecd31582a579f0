import { describe, expect, it } from "vitest";
import { DatabaseError } from "../ports/database.ts";
import { groupRequests } from "./group-requests.ts";

/** A server of groups that answers each when told, and what was asked of it, in order. */
function groupsOf(groupMax: number) {
  const asked: (readonly string[])[] = [];
  const ends: PromiseWithResolvers<readonly string[]>[] = [];
  const lines: string[] = [];
  const sleepers: (() => void)[] = [];
  const ports = {
    clock: {
      nowMs: () => 0,
      sleep: (_delayMs: number, signal?: AbortSignal) =>
        new Promise<void>((resolve) => {
          sleepers.push(resolve);
          signal?.addEventListener("abort", () => resolve());
        }),
    },
    telemetry: { event: (name: string) => void lines.push(name) },
  };
  const serve = groupRequests<string, string>(ports, groupMax, (requests) => {
    const end = Promise.withResolvers<readonly string[]>();
    asked.push(requests);
    ends.push(end);
    return end.promise;
  });
  const answer = async (group: number) => {
    ends[group]?.resolve((asked[group] ?? []).map((request) => `to ${request}`));
    await settled();
  };
  const fail = async (group: number, error: Error) => {
    ends[group]?.reject(error);
    await settled();
  };
  return { serve, asked, answer, fail, lines, sleepers };
}

/** Whatever could go on has gone on by the time a timer fires. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe("requests", () => {
  it("are served at once while no group is in hand, then as many as wait", async () => {
    const { serve, asked, answer } = groupsOf(3);
    const answers = Promise.all(["a", "b", "c", "d", "e", "f"].map(serve));
    expect(asked).toEqual([["a"]]);
    await answer(0);
    expect(asked.slice(1)).toEqual([["b", "c", "d"]]);
    await answer(1);
    expect(asked.slice(2)).toEqual([["e", "f"]]);
    await answer(2);
    expect(await answers).toEqual(["a", "b", "c", "d", "e", "f"].map((each) => `to ${each}`));
    void serve("g");
    expect(asked.slice(3)).toEqual([["g"]]);
  });

  it("are answered when their group is, and not before", async () => {
    const { serve, answer } = groupsOf(2);
    let isAnswered = false;
    void serve("a").then(() => (isAnswered = true));
    await settled();
    expect(isAnswered).toBe(false);
    await answer(0);
    expect(isAnswered).toBe(true);
  });

  it("are each served by themselves where their group fails, and one that fails takes no other down", async () => {
    const { serve, asked, answer, fail, lines } = groupsOf(2);
    const first = serve("a");
    const [bad, good] = [serve("b"), serve("c")];
    const failure = new Error("not this one");
    bad.catch(() => {});
    await answer(0);
    await fail(1, new Error("one of them"));
    expect(asked.slice(1)).toEqual([["b", "c"], ["b"], ["c"]]);
    expect(lines).toEqual(["accept.apart"]);
    await fail(2, failure);
    await answer(3);
    await expect(bad).rejects.toBe(failure);
    expect(await Promise.all([first, good])).toEqual(["to a", "to c"]);
  });

  it("that fail by themselves after a group whose end nobody knows are told so", async () => {
    const { serve, answer, fail } = groupsOf(2);
    const first = serve("a");
    const [bad, good] = [serve("b"), serve("c")];
    bad.catch(() => {});
    const doubt = new DatabaseError("it is away", { code: "connection", applied: "unknown" });
    await answer(0);
    await fail(1, doubt);
    await fail(2, new DatabaseError("it is still away", { code: "connection", applied: "no" }));
    await answer(3);
    await expect(bad).rejects.toBe(doubt);
    expect(await Promise.all([first, good])).toEqual(["to a", "to c"]);
  });

  it("are not held up by a group that does not end", async () => {
    const { serve, asked, sleepers, answer } = groupsOf(2);
    void serve("a");
    const late = serve("b");
    expect(asked).toEqual([["a"]]);
    sleepers[0]?.();
    await settled();
    expect(asked.slice(1)).toEqual([["b"]]);
    await answer(1);
    expect(await late).toBe("to b");
  });
});
