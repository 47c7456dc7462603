/** Another version of the product, in a worktree of its own. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { temporaryFolder } from '../systems/temporary-folder.ts'
import { type Version, workingTree } from '../systems/version.ts'

export interface Checkout extends AsyncDisposable {
  readonly version: Version
  readonly commit: string
}

/**
 * Checks out a commit into a temporary folder, and installs its dependencies as its own `run.mjs` does. The returned version
 * runs with the Node that it pins. Disposing it deletes the folder.
 * @throws if git does not know the commit, or the installation fails.
 */
export const checkOut = async (ref: string): Promise<Checkout> => {
  const commit = await commitOf(ref)
  const folder = temporaryFolder()
  const root = join(folder.path, commit)
  const dispose = async () => {
    await git('worktree', 'remove', '--force', root)
    await folder.delete()
  }
  await git('worktree', 'prune') // an interrupted comparison leaves the entry of its folder
  await git('worktree', 'add', '--detach', root, commit)
  try {
    const node = await run(process.execPath, ['run.mjs', '-p', 'process.execPath'], root)
    return { version: { root, node: node.trim() }, commit, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}

const commitOf = async (ref: string): Promise<string> => {
  try {
    return (await git('rev-parse', '--verify', '--short=8', '--end-of-options', `${ref}^{commit}`)).trim()
  } catch (cause) {
    throw new Error(`There is no commit ${ref} in this repository.`, { cause })
  }
}

const git = (...args: string[]): Promise<string> => run('git', args, workingTree.root)

const run = async (program: string, args: readonly string[], cwd: string): Promise<string> =>
  (await promisify(execFile)(program, [...args], { cwd, maxBuffer: 100_000_000 })).stdout
