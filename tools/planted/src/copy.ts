/** Makes a copy of the repository for planted bugs: its files, and links to the installed packages. */
import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Edit } from './bug.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const run = promisify(execFile)

/** The console's page, which the installation builds, and git ignores. */
const builtPage = 'console/dist'

export interface Copy extends AsyncDisposable {
  readonly directory: string
  /** Makes the edits, runs `work`, and reverts them. */
  withEdits<Result>(edits: readonly Edit[], work: () => Promise<Result>): Promise<Result>
}

/**
 * Copies the files that git tracks or does not ignore, as they are in the working tree. The repository's packages resolve
 * to the copy, others to the original.
 */
export const copyRepository = async (): Promise<Copy> => {
  const directory = await mkdtemp(join(tmpdir(), 'quadrille-planted-'))
  const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
  const files = stdout.split('\0').filter(Boolean)
  for (const file of files) await cp(join(root, file), join(directory, file))
  await cp(join(root, builtPage), join(directory, builtPage), { recursive: true })
  const packages = files.filter((file) => file.endsWith('/package.json')).map(dirname)
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'))
  for (const name of packages) await copyLinks(join(name, 'node_modules'), directory)
  return {
    directory,
    withEdits: async (edits, work) => {
      const originals = new Map<string, string>()
      for (const { file, find, replace } of edits) {
        const path = join(directory, file)
        const text = await readFile(path, 'utf8')
        if (!originals.has(path)) originals.set(path, text)
        await writeFile(path, applyEdit(text, { file, find, replace }))
      }
      try {
        return await work()
      } finally {
        for (const [path, text] of originals) await writeFile(path, text)
      }
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  }
}

/** @throws if the text does not occur exactly once. The code has then changed, and the bug must be adapted. */
export const applyEdit = (text: string, { file, find, replace }: Edit): string => {
  const [before, after, ...more] = text.split(find)
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(
      `${file} contains this text ${more.length + (after === undefined ? 0 : 1)} times, not once:\n${find}`,
    )
  return `${before}${replace}${after}`
}

/** A package's links are relative, so that links to other packages stay within the copy. */
const copyLinks = async (links: string, directory: string): Promise<void> => {
  await cp(join(root, links), join(directory, links), { recursive: true, verbatimSymlinks: true, force: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error // a package without dependencies
    },
  )
}
