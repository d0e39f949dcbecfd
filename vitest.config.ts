import { defineConfig } from "vitest/config";

const conditions = ["@vkubelet/source", "import", "node", "default"];

const isolatedTests = ["packages/*/src/**/*.isolated.test.ts"];
const unitTests = [
  "packages/*/src/**/*.test.ts",
  "examples/*/src/**/*.test.ts",
  "tools/*/src/**/*.test.ts",
  "docs/src/**/*.test.ts",
  "bench/src/**/*.test.ts",
];

// Tests run on the sources: the private export condition makes a build unnecessary.
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    testTimeout: 20_000,
    maxWorkers: "100%",
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: unitTests,
          exclude: isolatedTests,
          // A process for each file would take twice as long, mostly to load the same sources again.
          isolate: false,
          restoreMocks: true,
          unstubEnvs: true,
        },
      },
      // Unit tests that replace modules, which others in the same process would have loaded already.
      { extends: true, test: { name: "isolated", include: isolatedTests } },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["e2e/src/**/*.test.ts"],
          // A run that says it has no real workloads leaves their tests out; without a word they are skipped by name.
          exclude: process.env["VKUBELET_CORPUS"] === "absent" ? ["e2e/src/corpus*.test.ts"] : [],
          testTimeout: 300_000,
          // Peers on a busy machine take their time; a second, the default, says nothing about them.
          expect: { poll: { timeout: 20_000 } },
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
