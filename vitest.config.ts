import { defineConfig } from "vitest/config";

const EVERYWHERE_EXCLUDED = ["**/node_modules/**", "out/**"];

export default defineConfig({
  test: {
    reporters: reporters(process.env),
    // As many files at once as there are cores, of which vitest would leave one to itself.
    maxWorkers: "100%",
    projects: [
      {
        test: {
          name: "unit",
          include: ["**/*.test.ts"],
          exclude: [...EVERYWHERE_EXCLUDED, "**/*.real.test.ts", "**/*.deep.test.ts"],
          setupFiles: ["sim/kernel/testing/tripwire-in-every-test.ts"],
          // A test that hangs is stopped by this; on a machine busy with other work a sweep of
          // seeds is slow, not hung.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "deep",
          include: ["**/*.deep.test.ts"],
          exclude: EVERYWHERE_EXCLUDED,
          setupFiles: ["sim/kernel/testing/tripwire-in-every-test.ts"],
          // They go on for as long as they are told to.
          testTimeout: 0,
        },
      },
      {
        test: {
          name: "real",
          include: ["**/*.real.test.ts"],
          exclude: EVERYWHERE_EXCLUDED,
          // Every suite starts PostgreSQL, Kafka and Toxiproxy of its own; two at once starve each
          // other.
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});

/**
 * `.ci/run` sums the JSON reports, a build server shows those of JUnit, and GitHub marks lines; the
 * scripts in package.json say where each file goes.
 */
function reporters(environment: NodeJS.ProcessEnv): string[] {
  return [
    "default",
    ...(environment["CI"] === "true" ? ["json", "junit"] : []),
    ...(environment["GITHUB_ACTIONS"] === "true" ? ["github-actions"] : []),
  ];
}
