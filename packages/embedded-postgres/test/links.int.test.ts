/** As root, this process must not follow links that the account of Postgres puts into the cluster. */
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deleteEmbeddedPostgres, startEmbeddedPostgres, templateVariable } from '@quadrille/embedded-postgres'
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest'

/** Its first line could be the process id of another program, not of Postgres. */
const secret = '1\na secret\n'

let directory = ''
let target = ''

/** With a stopped cluster. Each test leaves it as it was. */
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'quadrille-links-'))
  chmodSync(directory, 0o755)
  target = join(directory, 'target')
  writeFileSync(target, secret, { mode: 0o600 })
  await (await start()).stop()
})
afterAll(() => rmSync(directory, { recursive: true }))
afterEach(() => void vi.unstubAllEnvs())

const start = (inDirectory = directory) => startEmbeddedPostgres({ directory: inDirectory, log: () => undefined })

const plants: Record<string, (path: string) => unknown> = {
  'a symbolic link': (path) => symlinkSync(target, path),
  'a hard link': (path) => linkSync(target, path),
  'a named pipe': (path) => execFileSync('mkfifo', [path]),
}

for (const name of ['postmaster.pid', 'quadrille.password'])
  test.for(Object.keys(plants))(`${name} may be %s: the start fails, and its target stays as it is`, async (plant) => {
    const file = join(directory, 'postgres', name)
    const saved = join(directory, 'saved')
    if (existsSync(file)) renameSync(file, saved)
    onTestFinished(() => {
      rmSync(file)
      if (existsSync(saved)) renameSync(saved, file)
    })
    plants[plant]?.(file)
    await expect(start()).rejects.toThrow(`${file} is not a regular file, or has a second hard link.`)
    expect(readFileSync(target, 'utf8')).toBe(secret)
    expect(existsSync(join(directory, 'postgres', 'postmaster.pid'))).toBe(name === 'postmaster.pid')
  })

/** The suite runs as root in containers. Other users have no clusters outside of their directories. */
const whereRoot = process.getuid?.() === 0 ? test : undefined

whereRoot?.('the file with the owner of an external cluster may be a link, which is replaced', async () => {
  const template = join(directory, 'template')
  execFileSync('cp', ['-a', process.env[templateVariable] ?? '', template])
  symlinkSync(target, join(template, 'quadrille.directory'))
  vi.stubEnv(templateVariable, template)
  const closed = join(directory, 'closed')
  mkdirSync(closed, { mode: 0o700 })
  onTestFinished(() => deleteEmbeddedPostgres(closed, () => undefined))
  await (await start(closed)).stop()
  expect(readFileSync(target, 'utf8')).toBe(secret)
  const cluster = readFileSync(join(closed, 'postgres.path'), 'utf8').trim()
  expect(readFileSync(join(cluster, 'quadrille.directory'), 'utf8')).toBe(`${closed}\n`)
})
