/** Stores the results of the steps for a version of the code, so that an interrupted run can be resumed. */
import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram } from '../suite/program.ts'

export interface StepResult {
  readonly passed: number
  readonly failed: number
  readonly seconds: number
}

export interface RunRecord {
  readonly seed: number
  readonly results: Readonly<Record<string, StepResult>>
}

/**
 * The commit, followed by a hash of the uncommitted changes, if there are any, including untracked files.
 * @throws if git fails.
 */
export const codeVersion = async (folder = '.'): Promise<string> => {
  const [commit, difference, untracked] = await Promise.all([
    git(folder, 'rev-parse', '--short=12', 'HEAD'),
    git(folder, 'diff', '--binary', 'HEAD'),
    git(folder, 'ls-files', '--others', '--exclude-standard', '-z'),
  ])
  const files = untracked.split('\0').filter((name) => name !== '' && !name.endsWith('/')) // a folder is another repository
  const contents = files.length === 0 ? '' : await git(folder, 'hash-object', '--', ...files)
  const changes = `${difference}${untracked}${contents}`
  return changes === '' ? commit : `${commit}-${createHash('sha256').update(changes).digest('hex').slice(0, 12)}`
}

const git = async (folder: string, ...args: string[]): Promise<string> => {
  const { ok, output } = await runProgram(['git', '-C', folder, ...args])
  if (!ok) throw new Error(`git ${args[0]} failed: ${output}`)
  return output
}

/** Returns the stored record, or an empty one with a new seed. */
export const readRecord = async (folder: string): Promise<RunRecord> => {
  try {
    return JSON.parse(await readFile(join(folder, 'results.json'), 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return { seed: Math.floor(Math.random() * 1e8), results: {} }
  }
}

export const writeRecord = async (folder: string, record: RunRecord): Promise<void> => {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'results.json'), `${JSON.stringify(record, null, 2)}\n`)
}
