// What the steps of `npm test` came to.
import { existsSync, readFileSync } from "node:fs";

/** Adds up passed, failed and skipped checks, and remembers what failed. */
export class Results {
  passed = 0;
  failed = 0;
  skipped = 0;
  /** One line for each failed step or test file. */
  failures = [];

  /** A step that is one check. */
  step(name, succeeded) {
    if (succeeded) this.passed += 1;
    else {
      this.failed += 1;
      this.failures.push(name);
    }
  }

  /**
   * A vitest run, by its JSON report. A file that could not be loaded, an error outside tests and a missing report are
   * one failure each: none of them shows in the report's own numbers.
   */
  vitest(name, exitCode, reportFile) {
    if (!existsSync(reportFile)) {
      this.step(`${name}: vitest left no report (exit code ${exitCode})`, false);
      return;
    }
    const report = JSON.parse(readFileSync(reportFile, "utf8"));
    const before = this.failed;
    this.passed += report.numPassedTests;
    this.skipped += report.numPendingTests + report.numTodoTests;
    for (const file of report.testResults) {
      const failed = file.assertionResults.filter((test) => test.status === "failed");
      for (const test of failed) this.step(`${name}: ${test.fullName}`, false);
      if (file.status === "failed" && failed.length === 0)
        this.step(`${name}: ${file.name}: ${file.message}`, false);
    }
    if (exitCode !== 0 && this.failed === before) {
      this.step(`${name}: exit code ${exitCode} without a failed test`, false);
    }
  }

  /** The last line of a run. */
  summary() {
    return `${this.passed} passed, ${this.failed} failed, ${this.skipped} skipped`;
  }
}
