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
 * The evidence as a JUnit report, which build servers show: a scenario is a suite, a promise a test
 * case. Where the verdict is `unknown`, one case more says why, so that it is never shown as a
 * pass. Of a mutant, a broken promise is what was asked for, and that none broke is the error.
 */
export function junitText(
  scenarios: readonly Evidence[],
  { wallMs }: { readonly wallMs: number | null },
): string {
  const suites = scenarios.map((evidence) => ({
    evidence,
    cases: [
      ...evidence.promises.map((promise) => caseOf(evidence, promise)),
      ...verdictCase(evidence),
    ],
  }));
  const time = wallMs === null ? {} : { time: (wallMs / 1_000).toFixed(3) };
  const root = create({ version: "1.0", encoding: "UTF-8" }).ele("testsuites", {
    ...countsOf(suites.flatMap(({ cases }) => cases)),
    ...time,
  });
  for (const { evidence, cases } of suites) {
    const classname = visibleText(`falconpay.${evidence.scenario.name}`);
    const element = root.ele("testsuite", {
      name: visibleText(nameOf(evidence)),
      ...countsOf(cases),
      // How long each took of several is not known.
      ...(suites.length === 1 ? time : {}),
    });
    for (const { name, problem } of cases) {
      const testcase = element.ele("testcase", { classname, name: visibleText(name) });
      if (problem !== null) {
        const [first = ""] = problem.text.split("\n");
        const lines = problem.text.split("\n").map(visibleText).join("\n");
        testcase.ele(problem.kind, { message: visibleText(first) }).txt(lines);
      }
    }
  }
  return `${root.end({ prettyPrint: true })}\n`;
}

function nameOf(evidence: Evidence): string {
  const { scenario, world, mutant } = evidence;
  const variant = mutant === null ? "" : `, mutant ${mutant.id}`;
  return `${scenario.name}, ${worldName(world)}, ${seedsInWords(evidence)}${variant}`;
}

function countsOf(cases: readonly Case[]) {
  return {
    tests: cases.length,
    failures: countOf(cases, "failure"),
    errors: countOf(cases, "error"),
    skipped: countOf(cases, "skipped"),
  };
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
