/** The commit of a run, and whether it says what was measured. */
import { execFileSync } from 'node:child_process'

/** The commit, with `+` if the source tree has changes. `unknown` without git. */
export const describeCommit = (root: string): string => {
  try {
    const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim()
    return `${git('rev-parse', '--short=8', 'HEAD')}${git('status', '--porcelain') === '' ? '' : '+'}`
  } catch {
    return 'unknown'
  }
}

/** For a run that continues. @throws unless both are the same commit without changes, because changes may differ. */
export const requireSameCommit = (measured: string, present: string): void => {
  if (measured !== present) throw new Error(`The results were measured at ${measured}, but this is ${present}.`)
  if (present.endsWith('+')) throw new Error(`${present} has changes, which may differ from those that were measured.`)
}

/** For a page. @throws unless its readers can check out what was measured. @param root - the source tree with the page */
export const requireCommitInHistory = (measured: string, root: string): void => {
  if (measured.endsWith('+')) throw new Error(`${measured} has changes. Commit them, and measure again.`)
  try {
    execFileSync('git', ['merge-base', '--is-ancestor', measured, 'HEAD'], { cwd: root, stdio: 'ignore' })
  } catch (cause) {
    throw new Error(`Commit ${measured} is not in the history of this branch. Measure again at one that is.`, { cause })
  }
}
