/** The verdict on a check and on the planted bug, from the check's results. */
import type { Check } from './bug.ts'
import type { TestResult } from './vitest.ts'

/** Why the check can't tell anything, with no bug planted: null where it passes. */
export const faultOf = (check: Check, results: readonly TestResult[]): string | null => {
  const failed = results.find(({ file, status }) => file === check.file && status === 'failed')
  if (failed) return `${check.file}: ${told(failed)}`
  const ran = results.some((result) => isOf(check, result))
  return ran ? null : `${check.file} has no test “${check.test}”`
}

export interface Verdict {
  readonly caught: boolean
  /** The test that has caught it, or why none has. */
  readonly why: string
}

/** A bug is caught where the test fails that is named for it, and with the message that is named for it. */
export const verdictOn = (check: Check, results: readonly TestResult[]): Verdict => {
  const failed = results.filter(({ status }) => status === 'failed')
  const by = failed.find((result) => isOf(check, result) && result.message.includes(check.failure))
  if (by) return { caught: true, why: `by “${by.name}”: ${check.failure}` }
  const [other] = failed
  if (other) return { caught: false, why: `not “${check.failure}”, but ${told(other)}` }
  const passed = results.some((result) => isOf(check, result))
  return { caught: false, why: `“${check.test}” ${passed ? 'passes' : 'did not run'}` }
}

const isOf = (check: Check, { file, name }: TestResult): boolean => file === check.file && name.includes(check.test)

const told = ({ file, name, message }: TestResult): string => `“${name || file}” failed: ${message.split('\n', 1)[0]}`
