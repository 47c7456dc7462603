import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chown, mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Account } from './account.ts'
import { readClusterFile } from './cluster-file.ts'
import type { ClusterLocation } from './cluster-location.ts'
import { removeUnfinished, unfinished } from './leftover.ts'
import { completePointer, writeOwner } from './pointer.ts'
import { syncDirectory } from './sync-directory.ts'

/** The only superuser of an embedded Postgres. */
export const superuser = 'quadrille'

const passwordFile = 'quadrille.password'

/**
 * The superuser's password, which is stored with the cluster.
 * @throws if its file is missing.
 */
export const readPassword = (cluster: string): string => {
  const password = readClusterFile(cluster, passwordFile)
  if (password === undefined)
    throw new Error(
      `${join(cluster, passwordFile)}, the password of the database, is missing. Restore it from a backup.`,
    )
  return password.trim()
}

/**
 * Creates the cluster if it is missing. It is renamed to its final name when it is complete, so that an incomplete one
 * of a killed start is never used. Incomplete ones are deleted here.
 */
export const initialize = async (location: ClusterLocation, binaries: string, sync: boolean): Promise<void> => {
  const { cluster, account, pointer } = location
  await removeUnfinished(cluster)
  if (!existsSync(cluster)) {
    await make(unfinished(cluster), { binaries, account, sync })
    if (pointer) writeOwner(unfinished(cluster), dirname(pointer))
    await rename(unfinished(cluster), cluster)
    if (sync) await syncDirectory(dirname(cluster))
  }
  if (pointer) await completePointer(pointer)
}

interface ClusterOptions {
  readonly binaries: string
  readonly account: Account | null
  /** False for a cluster that need not survive a power failure. */
  readonly sync: boolean
}

/** The environment variable with the path of a cluster to copy, which is ten times as fast as initdb. For tests. */
export const templateVariable = 'EMBEDDED_POSTGRES_TEMPLATE'

const make = (directory: string, options: ClusterOptions): Promise<void> => {
  const template = process.env[templateVariable]
  return template ? copy(template, directory, options) : initdb(directory, options)
}

/** Copies a template cluster, including its password. */
const copy = async (template: string, directory: string, { account }: ClusterOptions): Promise<void> => {
  await mkdir(directory, { mode: 0o700 })
  if (account) await chown(directory, account.uid, account.gid)
  await promisify(execFile)('cp', ['-R', `${template}/.`, directory], { ...account, cwd: '/' })
}

/** For clusters of tests, which open thousands of connections. Otherwise each would hash the password 4,096 times. */
const throwawayOptions = ['--no-sync', '--set=scram_iterations=1']

/** Of initdb, which needs the name of its user. A container may run as a user id without one (`docker run --user 1234`). */
const missingUser = /could not look up effective user ID .+/

const initdb = async (directory: string, { binaries, account, sync }: ClusterOptions): Promise<void> => {
  const password = randomBytes(24).toString('base64url')
  const passwordPath = `${directory}-password` // initdb needs an empty directory, so the password file is next to it
  await mkdir(directory, { mode: 0o700 })
  await writeFile(passwordPath, password, { mode: 0o600, flush: true })
  if (account) await Promise.all([directory, passwordPath].map((path) => chown(path, account.uid, account.gid)))
  const options = [
    '--auth=scram-sha-256',
    `--username=${superuser}`,
    `--pwfile=${passwordPath}`,
    '--locale=C',
    '--encoding=UTF8',
  ]
  const args = [`--pgdata=${directory}`, ...options, ...(sync ? [] : throwawayOptions)]
  const env = { PATH: process.env['PATH'], LC_ALL: 'C' }
  try {
    await promisify(execFile)(join(binaries, 'bin', 'initdb'), args, { ...account, cwd: '/', env })
  } catch (cause) {
    const [reason] = missingUser.exec(String(cause)) ?? []
    if (reason === undefined) throw cause
    throw new Error(
      `Postgres ${reason}. Start as a user of this machine, or set DATABASE_URL to a Postgres server of your own.`,
      { cause },
    )
  }
  await rename(passwordPath, join(directory, passwordFile))
}
