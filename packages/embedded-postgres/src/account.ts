import { execFileSync, spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { chmod, mkdir } from 'node:fs/promises'

/** A user of the operating system. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

/** Postgres refuses to run as root. Files and server then belong to another account. */
export const runsAsRoot = (): boolean => process.getuid?.() === 0

export const nobody = (): Account => ({ uid: idOfNobody('-u'), gid: idOfNobody('-g') })

/** @throws if Node can't start a process under this id, as on macOS, where it is -2 as an unsigned number. */
const idOfNobody = (which: '-u' | '-g'): number => {
  const id = Number(execFileSync('id', [which, 'nobody'], { encoding: 'utf8' }))
  if (id <= 0x7f_ff_ff_ff) return id
  throw new Error('Root cannot start the embedded Postgres on this machine. Start it as another user, without sudo.')
}

/** The account that root must use for an existing cluster, because Postgres must own its files. */
export const ownerOf = (path: string): Account | null => {
  const { uid, gid } = statSync(path)
  return runsAsRoot() && uid !== 0 ? { uid, gid } : null
}

/** True if the account may enter the directory, which requires access to every directory above it. Asks the kernel. */
export const canEnter = (directory: string, account: Account): boolean =>
  spawnSync('sh', ['-c', 'cd "$0"', directory], { ...account, cwd: '/', stdio: 'ignore' }).status === 0

/** The directory for files that another account must reach, if that account can't enter a checkout below /root. */
export const systemDirectory = '/var/lib/quadrille'

/** Creates the directory, open to other accounts whatever the umask is, also if an earlier start has created it. */
export const makeSystemDirectory = async (directory = systemDirectory): Promise<void> => {
  await mkdir(directory, { recursive: true })
  await chmod(directory, 0o755)
}
