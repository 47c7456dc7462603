import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Counts } from '../../packages/command-line/src/index.ts'
import { showProgram } from './program.ts'

/** The fields that we read from vitest's reporter `json`. */
interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly TestResult[] }[]
}

interface TestResult {
  readonly status: string
  readonly fullName: string
}

/**
 * Runs vitest with these arguments and environment variables, and counts the results. Each of these counts as a failed
 * test: a file that can't be loaded, an error outside of any test, a run without tests, skipped tests in a run of all.
 */
export const runTests = async (
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Counts> => {
  const directory = await mkdtemp(join(tmpdir(), 'quadrille-report-'))
  const file = join(directory, 'report.json')
  try {
    const command = ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...args]
    const ok = await showProgram(command, variables)
    return countResults(await readReport(file), { ok, complete: args.length === 0 })
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** Null if vitest has not written a report. */
const readReport = async (file: string): Promise<Report | null> => {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    console.log(`vitest wrote no report: ${error}`)
    return null
  }
}

/** Exported for its test. */
export const countResults = (report: Report | null, { ok, complete }: { ok: boolean; complete: boolean }): Counts => {
  if (report === null) return { passed: 0, failed: 1 }
  const unloadable = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
  const skipped = complete && report.numPendingTests > 0 ? 1 : 0
  if (skipped > 0) console.log(`Tests were skipped, which counts as a failure:\n${skippedTests(report).join('\n')}`)
  const passed = report.numPassedTests
  const failed = report.numFailedTests + unloadable.length + skipped
  const unreported = failed === 0 && (!ok || passed === 0) ? 1 : 0
  return { passed, failed: failed + unreported }
}

const skippedTests = ({ testResults }: Report): string[] =>
  testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'skipped' || status === 'pending')
    .map(({ fullName }) => fullName)
