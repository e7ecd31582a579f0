import { create } from "xmlbuilder2";
import type { Evidence, PromiseEvidence } from "../evidence/evidence.ts";
import { visibleText } from "../evidence/visible-text.ts";
import { counted } from "../words/number-words.ts";
import { seedsInWords } from "../words/seeds-done.ts";
import { worldName } from "../words/world-name.ts";
import { failureText } from "./failure-text.ts";

interface Case {
  readonly name: string;
  readonly problem: {
    readonly kind: "failure" | "error" | "skipped";
    readonly text: string;
  } | null;
}

/**
 * The evidence as a JUnit report, which build servers show: a promise is a test case. Where the
 * verdict is `unknown`, one case more says why, so that it is never shown as a pass. Of a mutant, a
 * broken promise is what was asked for, and that none broke is the error.
 */
export function junitText(
  evidence: Evidence,
  { wallMs }: { readonly wallMs: number | null },
): string {
  const { scenario, world, mutant } = evidence;
  const variant = mutant === null ? "" : `, mutant ${mutant.id}`;
  const suite = `${scenario.name}, ${worldName(world)}, ${seedsInWords(evidence)}${variant}`;
  const cases = [
    ...evidence.promises.map((promise) => caseOf(evidence, promise)),
    ...verdictCase(evidence),
  ];
  const counts = {
    tests: cases.length,
    failures: countOf(cases, "failure"),
    errors: countOf(cases, "error"),
    skipped: countOf(cases, "skipped"),
    ...(wallMs === null ? {} : { time: (wallMs / 1_000).toFixed(3) }),
  };
  const root = create({ version: "1.0", encoding: "UTF-8" }).ele("testsuites", counts);
  const element = root.ele("testsuite", { name: visibleText(suite), ...counts });
  for (const { name, problem } of cases) {
    const testcase = element.ele("testcase", {
      classname: visibleText(`falconpay.${scenario.name}`),
      name: visibleText(name),
    });
    if (problem !== null) {
      const [first = ""] = problem.text.split("\n");
      const lines = problem.text.split("\n").map(visibleText).join("\n");
      testcase.ele(problem.kind, { message: visibleText(first) }).txt(lines);
    }
  }
  return `${root.end({ prettyPrint: true })}\n`;
}

function caseOf(evidence: Evidence, { name, checks, brokenRuns }: PromiseEvidence): Case {
  if (brokenRuns > 0 && evidence.mutant === null) {
    const findings = evidence.findings.filter(({ promise }) => promise === name);
    const text = failureText({ ...evidence, findings });
    const broken = `${name} broken in ${counted(brokenRuns, "run")}`;
    return { name, problem: { kind: "failure", text: text === "" ? broken : text } };
  }
  return {
    name,
    problem: checks === 0 ? { kind: "skipped", text: `${name} was never checked` } : null,
  };
}

function verdictCase({ verdict, doubts, mutant }: Evidence): readonly Case[] {
  if (verdict === "unknown") {
    return [{ name: "enough was tried", problem: { kind: "error", text: doubts.join("\n") } }];
  }
  if (mutant === null) {
    return [];
  }
  const text = `mutant ${mutant.id} was not noticed: ${mutant.defect}`;
  return [
    {
      name: `mutant ${mutant.id} is noticed`,
      problem: verdict === "fail" ? null : { kind: "failure", text },
    },
  ];
}

function countOf(cases: readonly Case[], kind: "failure" | "error" | "skipped"): number {
  return cases.filter(({ problem }) => problem?.kind === kind).length;
}
