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
  it("are served at once while fewer than two groups are in hand, then as many as wait", async () => {
    const { serve, asked, answer } = groupsOf(3);
    const answers = Promise.all(["a", "b", "c", "d", "e", "f", "g"].map(serve));
    expect(asked).toEqual([["a"], ["b"]]);
    await answer(0);
    expect(asked.slice(2)).toEqual([["c", "d", "e"]]);
    await answer(2);
    expect(asked.slice(3)).toEqual([["f", "g"]]);
    await answer(1);
    await answer(3);
    expect(await answers).toEqual(["a", "b", "c", "d", "e", "f", "g"].map((each) => `to ${each}`));
    expect(asked).toHaveLength(4);
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
    const first = [serve("a"), serve("b")];
    const [bad, good] = [serve("c"), serve("d")];
    const failure = new Error("not this one");
    bad.catch(() => {});
    await answer(0);
    await fail(2, new Error("one of them"));
    expect(asked.slice(2)).toEqual([["c", "d"], ["c"], ["d"]]);
    expect(lines).toEqual(["accept.apart"]);
    await fail(3, failure);
    await answer(4);
    await answer(1);
    await expect(bad).rejects.toBe(failure);
    expect(await Promise.all([...first, good])).toEqual(["to a", "to b", "to d"]);
  });

  it("that fail by themselves after a group whose end nobody knows are told so", async () => {
    const { serve, answer, fail } = groupsOf(2);
    const first = [serve("a"), serve("b")];
    const [bad, good] = [serve("c"), serve("d")];
    bad.catch(() => {});
    const doubt = new DatabaseError("it is away", { code: "connection", applied: "unknown" });
    await answer(0);
    await fail(2, doubt);
    await fail(3, new DatabaseError("it is still away", { code: "connection", applied: "no" }));
    await answer(4);
    await answer(1);
    await expect(bad).rejects.toBe(doubt);
    expect(await Promise.all([...first, good])).toEqual(["to a", "to b", "to d"]);
  });

  it("are not held up by a group that does not end", async () => {
    const { serve, asked, sleepers, answer } = groupsOf(2);
    void serve("a");
    void serve("b");
    const late = serve("c");
    expect(asked).toEqual([["a"], ["b"]]);
    sleepers[0]?.();
    await settled();
    expect(asked.slice(2)).toEqual([["c"]]);
    await answer(2);
    expect(await late).toBe("to c");
  });
});
