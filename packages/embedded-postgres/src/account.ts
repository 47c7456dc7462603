import { execFileSync, spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'

/** A user of the operating system. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

/** Postgres refuses to run as root. Files and server then belong to another account. */
export const runsAsRoot = (): boolean => process.getuid?.() === 0

export const nobody = (): Account => ({ uid: idOfNobody('-u'), gid: idOfNobody('-g') })

const idOfNobody = (which: '-u' | '-g'): number => Number(execFileSync('id', [which, 'nobody'], { encoding: 'utf8' }))

/** The account that root must use for an existing cluster, because Postgres must own its files. */
export const ownerOf = (path: string): Account | null => {
  const { uid, gid } = statSync(path)
  return runsAsRoot() && uid !== 0 ? { uid, gid } : null
}

/** True if the account may enter the directory, which requires access to every directory above it. Asks the kernel. */
export const canEnter = (directory: string, account: Account): boolean =>
  spawnSync('sh', ['-c', 'cd "$0"', directory], { ...account, cwd: '/', stdio: 'ignore' }).status === 0
