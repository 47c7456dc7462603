/** Installs the packages of the peers, which are in a workspace of their own. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Everything that an installation depends on. */
const inputs = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml']

/**
 * Installs what is missing or has changed, with the pinned pnpm and the frozen lock file. Takes about 20 s the first time.
 * @throws with pnpm's output if that fails.
 */
export const installPeers = (folder: string): void => {
  const stamp = join(folder, 'node_modules', '.installed')
  const wanted = hashOf(inputs.map((name) => readFileSync(join(folder, name), 'utf8')))
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  console.log('  installing the packages of the other systems (the first time takes about 20 s)')
  const { status, stdout, stderr } = spawnSync('pnpm', ['install', '--frozen-lockfile'], {
    cwd: folder,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`The packages of the other systems can't be installed:\n${stdout}${stderr}`)
  writeFileSync(stamp, wanted)
}

const hashOf = (texts: readonly string[]): string =>
  texts.reduce((hash, text) => hash.update(text), createHash('sha256')).digest('hex')
