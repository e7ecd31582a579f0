import type { DifferentialScript, ScriptStep } from "./differential-scripts.ts";
import { Rehearsal } from "./rehearsal.ts";

const STEPS = 24;
const SESSIONS = ["s1", "s2", "s3"] as const;

const TEMPLATES: readonly string[] = [
  "UPDATE wallets SET balance_minor = balance_minor + 1 WHERE id = '$w'",
  "UPDATE wallets SET balance_minor = balance_minor - 40 WHERE id = '$w' AND balance_minor >= 40 RETURNING balance_minor",
  "UPDATE wallets SET id = '$v' WHERE id = '$w'",
  "UPDATE wallets SET currency = 'X' WHERE id IN ('$w', '$v') AND currency = 'OMR' RETURNING id",
  "SELECT id, balance_minor FROM wallets ORDER BY id",
  "SELECT id, balance_minor FROM wallets WHERE id = '$w' FOR UPDATE",
  "SELECT id, balance_minor FROM wallets WHERE id = '$w' FOR NO KEY UPDATE",
  "SELECT id, balance_minor FROM wallets WHERE id = '$w' FOR SHARE",
  "SELECT id, balance_minor FROM wallets WHERE id = '$w' FOR KEY SHARE",
  "SELECT id FROM wallets WHERE id IN ('$w', '$v') ORDER BY id FOR UPDATE",
  "SELECT id FROM wallets ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED",
  "SELECT id FROM wallets WHERE id = '$w' FOR SHARE NOWAIT",
  "DELETE FROM wallets WHERE id = '$w' RETURNING id",
  "INSERT INTO wallets VALUES ('$w', 'OMR', 10, 10, 1)",
  "INSERT INTO wallets VALUES ('$w', 'OMR', 10, 10, 1) ON CONFLICT (id) DO NOTHING",
  "INSERT INTO external_funding VALUES ('$w', 'OMR', 1)",
  "INSERT INTO external_funding VALUES ('$w', 'OMR', 1) ON CONFLICT DO NOTHING",
  "DELETE FROM external_funding WHERE wallet_id = '$w'",
  "INSERT INTO inbox VALUES ('$w', 't', 1) ON CONFLICT (event_id) DO NOTHING",
  "INSERT INTO inbox VALUES ('$w', 't', 1)",
  "DELETE FROM inbox WHERE event_id = '$w'",
  "SELECT wallet_id FROM external_funding ORDER BY wallet_id",
  "SAVEPOINT p",
  "SAVEPOINT q",
  "ROLLBACK TO p",
  "ROLLBACK TO q",
  "RELEASE p",
];
const WALLETS = ["a", "b", "c"] as const;

/**
 * A schedule over three sessions, from a seed: each next step goes to a session that is not
 * waiting, as the engine has it, so that the script can be played on a real server too.
 */
export function randomScript(
  seed: number,
  setup: readonly string[],
  begin: "BEGIN" | "BEGIN ISOLATION LEVEL REPEATABLE READ",
): DifferentialScript {
  const draw = randomDraws(seed);
  const stage = new Rehearsal();
  for (const sql of setup) {
    stage.run("setup", sql);
  }
  const steps: ScriptStep[] = [];
  const open = new Set<string>();
  const waiting = new Map<string, { reply: unknown }>();
  const play = (name: string, sql: string) => {
    steps.push([name, sql]);
    const asked = stage.ask(name, sql);
    if (asked.reply === undefined) {
      waiting.set(name, asked);
    }
    for (const [other, { reply }] of waiting) {
      if (reply !== undefined) {
        waiting.delete(other);
      }
    }
  };
  const end = (name: string) => {
    open.delete(name);
    play(name, draw(4) === 0 ? "ROLLBACK" : "COMMIT");
  };
  for (let step = 0; step < STEPS || waiting.size > 0; step += 1) {
    const free = SESSIONS.filter((name) => !waiting.has(name));
    const name = free[draw(Math.max(free.length, 1))];
    if (name === undefined || (step >= STEPS && ![...open].some((one) => !waiting.has(one)))) {
      steps.push("deadlock timeout");
      stage.advance(1000);
      for (const [other, { reply }] of waiting) {
        if (reply !== undefined) {
          waiting.delete(other);
        }
      }
    } else if (step >= STEPS) {
      if (open.has(name)) {
        end(name);
      }
    } else if (!open.has(name) && draw(3) > 0) {
      open.add(name);
      play(name, begin);
    } else if (open.has(name) && draw(5) === 0) {
      end(name);
    } else {
      const template = TEMPLATES[draw(TEMPLATES.length)] ?? "";
      const pick = () => WALLETS[draw(WALLETS.length)] ?? "a";
      play(name, template.replace("$w", pick()).replace("$v", pick()));
    }
  }
  return { claim: `random schedule ${seed}`, steps };
}

/** A small generator of its own (mulberry32), so that a seed gives the same script for ever. */
function randomDraws(seed: number): (count: number) => number {
  let state = Math.imul(seed, 0x9e37_79b9) >>> 0;
  return (count) => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % count;
  };
}
