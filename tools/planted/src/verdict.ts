/** The verdict on a check and on the planted bug, from the check's results. */
import type { Check } from './bug.ts'
import type { TestResult } from './vitest.ts'

/** The reason why the check is unusable: it fails or does not run without a bug. Null if it passes. */
export const faultOf = (check: Check, results: readonly TestResult[]): string | null => {
  const failed = results.find(({ file, status }) => file === check.file && status === 'failed')
  if (failed) return `${check.file}: ${failureOf(failed)}`
  const ran = results.some((result) => isOf(check, result))
  return ran ? null : `${check.file} has no test “${check.test}”`
}

export interface Verdict {
  readonly caught: boolean
  /** The test that caught the bug, or the reason why it was missed. */
  readonly why: string
}

/** A bug is caught if its test fails with its message. */
export const verdictOn = (check: Check, results: readonly TestResult[]): Verdict => {
  const failed = results.filter(({ status }) => status === 'failed')
  const by = failed.find((result) => isOf(check, result) && result.message.includes(check.failure))
  if (by) return { caught: true, why: `by “${by.name}”: ${check.failure}` }
  const [other] = failed
  if (other) return { caught: false, why: `expected the failure “${check.failure}”, but ${failureOf(other)}` }
  const passed = results.some((result) => isOf(check, result))
  return { caught: false, why: `“${check.test}” ${passed ? 'passes' : 'did not run'}` }
}

const isOf = (check: Check, { file, name }: TestResult): boolean => file === check.file && name.includes(check.test)

const failureOf = ({ file, name, message }: TestResult): string =>
  `“${name || file}” failed: ${message.split('\n', 1)[0]}`
