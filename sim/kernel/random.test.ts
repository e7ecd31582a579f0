import { expect, test } from "vitest";
import { Random } from "./random.ts";

function take(count: number, draw: () => number): readonly number[] {
  return Array.from({ length: count }, draw);
}

test("removing one consumer leaves every other with what it drew before", () => {
  const crowded = new Random("seed");
  const alone = new Random("seed");
  const interleaved = take(50, () => {
    crowded.stream("latency", "connection 1").integer(0, 1_000);
    return crowded.stream("latency", "connection 2").integer(0, 1_000);
  });
  expect(take(50, () => alone.stream("latency", "connection 2").integer(0, 1_000))).toEqual(
    interleaved,
  );
});

test("an occasion's draws depend on its names and ordinal, not on what was drawn before", () => {
  const random = new Random("seed");
  const before = random.draw("crash", "payment-1", 7).integer(0, 1_000_000);
  random.draw("crash", "payment-1", 8).integer(0, 1_000_000);
  expect(random.draw("crash", "payment-1", 7).integer(0, 1_000_000)).toBe(before);
  expect(random.draw("crash", "payment-1", 8).integer(0, 1_000_000)).not.toBe(before);
});

test("neighbouring seeds have nothing in common", () => {
  const firsts = new Set<number>();
  for (let seed = 0; seed < 1_000; seed += 1) {
    firsts.add(new Random(String(seed)).stream("first").integer(0, Number.MAX_SAFE_INTEGER - 1));
  }
  expect(firsts.size).toBe(1_000);
});

test("a closed range is drawn from evenly, both ends included", () => {
  const stream = new Random("range").stream("range");
  const counts = new Map<number, number>();
  for (const value of take(6_000, () => stream.integer(-1, 4))) {
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  expect([...counts.keys()].toSorted((one, other) => one - other)).toEqual([-1, 0, 1, 2, 3, 4]);
  for (const count of counts.values()) {
    expect(Math.abs(count - 1_000)).toBeLessThan(150);
  }
});

test("ranges beyond 32 bits stay whole and within bounds", () => {
  const stream = new Random("wide").stream("wide");
  for (const value of take(1_000, () => stream.integer(5, 5_000_000_000_000))) {
    expect(Number.isSafeInteger(value) && value >= 5 && value <= 5_000_000_000_000).toBe(true);
  }
});

test("a chance of one in four comes about one time in four", () => {
  const stream = new Random("chance").stream("chance");
  const hits = take(4_000, () => (stream.chance(1, 4) ? 1 : 0)).filter((hit) => hit === 1).length;
  expect(Math.abs(hits - 1_000)).toBeLessThan(120);
});

test("bounds that are not whole numbers in order are refused", () => {
  const stream = new Random("bad").stream("bad");
  expect(() => stream.integer(2, 1)).toThrow(/whole bounds in order, not 2 to 1/);
  expect(() => stream.integer(0, 0.5)).toThrow(/whole bounds in order, not 0 to 0.5/);
  expect(() => stream.pick([])).toThrow();
});
