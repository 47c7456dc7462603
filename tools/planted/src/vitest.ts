/** Runs checks with vitest, and reads its report. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { runProgram } from '../../../scripts/suite/program.ts'
import type { Check } from './bug.ts'

export interface TestResult {
  /** Relative to the root of the repository. */
  readonly file: string
  /** The title of the test; '' for a file that cannot be loaded. */
  readonly name: string
  readonly status: string
  readonly message: string
}

/** The used part of the report that vitest's reporter `json` writes. */
interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[]
      readonly title: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

export interface TestEnvironment {
  /** A copy of the repository. */
  readonly directory: string
  /** Environment variables with the URLs of the servers. */
  readonly servers: Readonly<Record<string, string>>
}

/** Some planted bugs make a test hang, or wait for what never happens. The suite gives its tests more time, because it runs many at once. */
const hangsAfterMs = 90_000
const patience = { TEST_PATIENCE: '40' }

/** Runs the tests of all these checks at once. */
export const runChecks = async (
  { directory, servers }: TestEnvironment,
  checks: readonly Check[],
): Promise<TestResult[]> => {
  const reports = await mkdtemp(join(tmpdir(), 'quadrille-planted-report-'))
  try {
    const file = join(reports, 'report.json')
    const command = [
      ...['vitest', 'run', '--root', directory, '--reporter=json', `--outputFile=${file}`],
      `--testTimeout=${hangsAfterMs}`,
      ...['-t', distinct(checks.map(({ test }) => escapeRegExp(test))).join('|')],
      ...distinct(checks.map((check) => check.file)),
    ]
    const { output } = await runProgram(command, { ...servers, ...patience, ...sizeOf(checks) })
    const report = await readFile(file, 'utf8').catch((cause: unknown) => {
      throw new Error(`vitest wrote no report:\n${output}`, { cause })
    })
    return resultsOf(JSON.parse(report), directory)
  } finally {
    await rm(reports, { recursive: true })
  }
}

/** The tests of these checks' files, without running them. */
export const listTests = async (
  directory: string,
  checks: readonly Check[],
): Promise<Pick<TestResult, 'file' | 'name'>[]> => {
  const reports = await mkdtemp(join(tmpdir(), 'quadrille-planted-list-'))
  try {
    const file = join(reports, 'list.json')
    const command = [
      ...['vitest', 'list', '--root', directory, '--no-static-parse', `--json=${file}`],
      ...distinct(checks.map((check) => check.file)),
    ]
    const { output } = await runProgram(command, sizeOf(checks))
    const list = await readFile(file, 'utf8').catch((cause: unknown) => {
      throw new Error(`vitest wrote no list:\n${output}`, { cause })
    })
    const tests: readonly { readonly name: string; readonly file: string }[] = JSON.parse(list)
    return tests.map((test) => ({ name: test.name, file: relative(directory, test.file) }))
  } finally {
    await rm(reports, { recursive: true })
  }
}

/** Long tests exist only at the full size. */
const sizeOf = (checks: readonly Check[]): Readonly<Record<string, string>> =>
  checks.some(({ file, fullSize }) => file.endsWith('.long.test.ts') || fullSize) ? { TEST_SIZE: 'full' } : {}

const resultsOf = ({ testResults }: Report, directory: string): TestResult[] =>
  testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(directory, name)
    const tests = assertionResults
      .filter((test) => test.status === 'passed' || test.status === 'failed')
      .map((test) => ({
        file,
        name: [...test.ancestorTitles, test.title].join(' > '),
        status: test.status,
        message: test.failureMessages.join('\n'),
      }))
    const failedOutside = status === 'failed' && tests.every((test) => test.status !== 'failed')
    return failedOutside ? [...tests, { file, name: '', status, message }] : tests
  })

/** Escapes a text for a regular expression. */
const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)]
