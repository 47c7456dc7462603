/** The command of docs/backup-and-restore.md that backs up the databases of Compose, with a stand-in for Docker. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serviceNames } from '@quadrille/events'
import { expect, onTestFinished, test } from 'vitest'
import { read } from './files.ts'

const [command = ''] = /^\(set -e; folder=.*$/m.exec(read('docs/backup-and-restore.md')) ?? []

/** Prints its last argument, the name of the database. */
const docker = 'docker() { for last; do :; done; echo "$last"; }'

test('two backups of a day have a folder each, whose name is printed', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'quadrille-'))
  onTestFinished(() => rmSync(cwd, { recursive: true }))
  const run = (script: string) => execFileSync('sh', ['-euc', script], { cwd, encoding: 'utf8' }).trim()
  run('mkdir "backup-$(date +%F)"')

  const folder = run(`${docker}\n${command}`)
  const files = [...serviceNames.map((name) => `${name}.dump`), 'photos.tar']
  expect(readdirSync(join(cwd, folder)).toSorted()).toEqual(files.toSorted())
  for (const name of serviceNames)
    expect(readFileSync(join(cwd, folder, `${name}.dump`), 'utf8')).toBe(`quadrille_${name}\n`)
})
