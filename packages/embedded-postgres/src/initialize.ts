import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { chown, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { writeOwner } from './abandoned.ts'
import type { Account } from './account.ts'
import { type ClusterLocation, writePointer } from './cluster-location.ts'

/** The only superuser of an embedded Postgres. */
export const superuser = 'quadrille'

const passwordFile = 'quadrille.password'

/** The superuser's password, which is stored with the cluster. */
export const readPassword = (cluster: string): string => readFileSync(join(cluster, passwordFile), 'utf8').trim()

/**
 * Creates the cluster if it is missing. It is renamed to its final name when it is complete, so that an incomplete one
 * of a killed start is never used. Incomplete ones are deleted here.
 */
export const initialize = async (location: ClusterLocation, binaries: string, sync: boolean): Promise<void> => {
  const { cluster, account, pointer } = location
  await removeUnfinished(cluster)
  if (existsSync(cluster)) return
  const unfinished = `${cluster}.unfinished-${process.pid}`
  await make(unfinished, { binaries, account, sync })
  if (pointer) {
    await writeOwner(unfinished, pointer)
    await writePointer(pointer, cluster)
  }
  await rename(unfinished, cluster)
}

const removeUnfinished = async (cluster: string): Promise<void> => {
  const siblings = await readdir(dirname(cluster))
  const unfinished = siblings.filter((name) => name.startsWith(`${basename(cluster)}.unfinished-`))
  await Promise.all(
    unfinished.map((name) => rm(join(dirname(cluster), name), { recursive: true, force: true, maxRetries: 5 })),
  )
}

interface Making {
  readonly binaries: string
  readonly account: Account | null
  /** False for a cluster that need not survive a power failure. */
  readonly sync: boolean
}

/** The variable that names a cluster to copy, which takes a tenth of the time of initdb. For tests, which make dozens. */
export const templateVariable = 'EMBEDDED_POSTGRES_TEMPLATE'

const make = (directory: string, making: Making): Promise<void> => {
  const template = process.env[templateVariable]
  return template ? copy(template, directory, making) : initdb(directory, making)
}

/** With its password. */
const copy = async (template: string, directory: string, { account }: Making): Promise<void> => {
  await mkdir(directory, { mode: 0o700 })
  if (account) await chown(directory, account.uid, account.gid)
  await promisify(execFile)('cp', ['-R', `${template}/.`, directory], { ...account, cwd: '/' })
}

/** Of clusters that are thrown away: tests open thousands of connections, each of which would hash the password 4,096 times. */
const passing = ['--no-sync', '--set=scram_iterations=1']

const initdb = async (directory: string, { binaries, account, sync }: Making): Promise<void> => {
  const password = randomBytes(24).toString('base64url')
  const handed = `${directory}-password` // initdb needs an empty directory, so the password file is next to it
  await mkdir(directory, { mode: 0o700 })
  await writeFile(handed, password, { mode: 0o600, flush: true })
  if (account) await Promise.all([directory, handed].map((path) => chown(path, account.uid, account.gid)))
  const options = [
    '--auth=scram-sha-256',
    `--username=${superuser}`,
    `--pwfile=${handed}`,
    '--locale=C',
    '--encoding=UTF8',
  ]
  await promisify(execFile)(
    join(binaries, 'bin', 'initdb'),
    [`--pgdata=${directory}`, ...options, ...(sync ? [] : passing)],
    { ...account, cwd: '/', env: { PATH: process.env['PATH'], LC_ALL: 'C' } },
  )
  await rename(handed, join(directory, passwordFile))
}
