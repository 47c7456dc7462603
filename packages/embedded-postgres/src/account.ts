import { execFileSync, spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'

/** A user of the operating system. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

/** Postgres refuses to run as root, which would otherwise own the files and run the server. */
export const runsAsRoot = (): boolean => process.getuid?.() === 0

export const nobody = (): Account => ({ uid: idOfNobody('-u'), gid: idOfNobody('-g') })

const idOfNobody = (which: '-u' | '-g'): number => Number(execFileSync('id', [which, 'nobody'], { encoding: 'utf8' }))

/** Whom root must become to use a cluster that exists: Postgres insists on being the owner of its files. */
export const ownerOf = (path: string): Account | null => {
  const { uid, gid } = statSync(path)
  return runsAsRoot() && uid !== 0 ? { uid, gid } : null
}

/** True if the account may enter the directory: every directory above it must let it through. The kernel is asked. */
export const canEnter = (directory: string, account: Account): boolean =>
  spawnSync('sh', ['-c', 'cd "$0"', directory], { ...account, cwd: '/', stdio: 'ignore' }).status === 0
