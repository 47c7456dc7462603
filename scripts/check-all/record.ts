/** Stores the results of the steps for a commit, so that an interrupted run can be resumed. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
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

/** @throws if files differ from the commit, to which the results belong, or if git fails. */
export const cleanCommit = async (folder = '.'): Promise<string> => {
  const changes = await git(folder, 'status', '--porcelain')
  if (changes !== '') throw new Error(`Results belong to a commit. Commit these changes first:\n${changes}`)
  return await git(folder, 'rev-parse', '--short=12', 'HEAD')
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

/** If it fails, as on a full disk, the record before stays. */
export const writeRecord = async (folder: string, record: RunRecord): Promise<void> => {
  await mkdir(folder, { recursive: true })
  const written = join(folder, 'results.json.new')
  await writeFile(written, `${JSON.stringify(record, null, 2)}\n`)
  await rename(written, join(folder, 'results.json'))
}
