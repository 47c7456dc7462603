/** `npm run generate`: the generated files of the repository are up to date, and a file that is not is found and written. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { staleAmong, writeFiles } from '../generate/stale.ts'

it('with --check finds all generated files up to date: run `npm run generate` if not', async () => {
  const root = new URL('../../', import.meta.url)
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/generate.ts', '--check'], { cwd: root })
  expect(stdout).toBe('All generated files are up to date.\n')
})

it('finds the files that are missing or have another text, and writes them', async () => {
  const root = await mkdtemp(join(tmpdir(), 'quadrille-generate-'))
  try {
    writeFiles(
      new Map([
        ['docs/same.md', 'same'],
        ['docs/older.md', 'older'],
      ]),
      root,
    )
    const files = new Map([
      ['docs/same.md', 'same'],
      ['docs/older.md', 'newer'],
      ['new/missing.md', 'first'],
    ])
    expect([...staleAmong(files, root).keys()]).toEqual(['docs/older.md', 'new/missing.md'])
    writeFiles(files, root)
    expect(staleAmong(files, root)).toEqual(new Map())
  } finally {
    await rm(root, { recursive: true })
  }
})
