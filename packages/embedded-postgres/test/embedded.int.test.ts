import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import {
  deleteEmbeddedPostgres,
  type EmbeddedPostgres,
  isRunning,
  startEmbeddedPostgres,
  templateVariable,
} from '@quadrille/embedded-postgres'
import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'

let directory = ''
let said: string[] = []
const log = (line: string) => said.push(line)

const temporaryDirectory = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'quadrille-embedded-'))
  chmodSync(path, 0o755)
  onTestFinished(async () => {
    await deleteEmbeddedPostgres(path, () => undefined)
    rmSync(path, { recursive: true, force: true })
  })
  return path
}

beforeEach(() => {
  directory = temporaryDirectory()
  said = []
})
afterEach(() => void vi.unstubAllEnvs())

const templateDirectory = process.env[templateVariable] ?? ''
/** Makes the next start create its cluster with initdb, as for users, instead of copying the template. */
const withoutTemplate = () => vi.stubEnv(templateVariable, '')

const start = (port?: number): Promise<EmbeddedPostgres> =>
  startEmbeddedPostgres({ directory, log, ...(port === undefined ? {} : { port }) })

const query = async (url: string, text: string): Promise<unknown[]> => {
  const client = new Client({ connectionString: url })
  client.on('error', (error) => said.push(error.message)) // the running query is rejected as well
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

const untilDead = (pid: number) => expect.poll(() => isRunning(pid)).toBe(false)

/** Another process that starts a server in the directory. Resolves with the server's process id. */
const startElsewhere = async (): Promise<{ starter: ChildProcess; pid: number }> => {
  const script = new URL('fixtures/start-embedded.ts', import.meta.url).pathname
  const starter = spawn(process.execPath, [script, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void starter.kill('SIGKILL'))
  const [line] = await once(createInterface(starter.stdout), 'line')
  return { starter, pid: Number(line) }
}

const watchdogOf = (pid: number): number =>
  Number(execFileSync('pgrep', ['-f', `kill -CONT "\\$0"; } ${pid}$`], { encoding: 'utf8' }))

test('keeps committed data across restarts', async () => {
  const first = await start()
  await query(first.url, 'CREATE TABLE item AS SELECT 1 AS id')
  await first.stop()
  const second = await start()
  expect(await query(second.url, 'SELECT id FROM item')).toEqual([{ id: 1 }])
  await second.stop()
  expect(await second.exited).toEqual({ code: 0, signal: null })
  expect(isRunning(second.pid)).toBe(false)
})

test('is durable, and can be reached only from this machine, and only with the password', async () => {
  const { url, port, stop } = await start()
  expect(await query(url, 'SHOW fsync')).toEqual([{ fsync: 'on' }])
  expect(await query(url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }])
  await expect(query(`postgres://quadrille:wrong@127.0.0.1:${port}/postgres`, 'SELECT 1')).rejects.toThrow('password')
  await stop()
})

test('its shared memory survives the logout of its user', async () => {
  const { url, stop } = await start()
  expect(await query(url, 'SHOW dynamic_shared_memory_type')).toEqual([{ dynamic_shared_memory_type: 'mmap' }])
  expect(readdirSync(join(directory, 'postgres', 'pg_dynshmem'))).not.toEqual([])
  await stop()
})

test('copies a template with its password; otherwise each directory has its own server and password', async () => {
  const copied = await start()
  withoutTemplate()
  const elsewhere = temporaryDirectory()
  const other = await startEmbeddedPostgres({ directory: elsewhere, log })
  const template = readFileSync(join(templateDirectory, 'quadrille.password'), 'utf8').trim()
  expect(new URL(copied.url).password).toBe(template)
  expect(new URL(other.url).password).not.toBe(template)
  await query(copied.url, 'CREATE TABLE item AS SELECT 1 AS id')
  await expect(query(other.url, 'SELECT id FROM item')).rejects.toThrow('does not exist')
  await Promise.all([copied.stop(), other.stop()])
  expect(readdirSync(elsewhere).toSorted()).toEqual(['postgres', 'postgres.log'])
})

test('recovers on the same port after a kill during a statement', async () => {
  const killed = await start()
  await query(killed.url, 'CREATE TABLE item AS SELECT 1 AS id')
  const busy = query(killed.url, 'SELECT pg_sleep(60)')
  const lost = expect(busy).rejects.toThrow()
  const sleepers = () => query(killed.url, "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'")
  await expect.poll(sleepers).toHaveLength(1)
  process.kill(killed.pid, 'SIGKILL')
  expect(await killed.exited).toEqual({ code: null, signal: 'SIGKILL' })
  await lost
  const next = await start(killed.port)
  expect(await query(next.url, 'SELECT id FROM item')).toEqual([{ id: 1 }])
  await next.stop()
})

test('waits for backends that outlive a killed server, also if the log has characters of several bytes', async () => {
  writeFileSync(join(directory, 'postgres.log'), 'ü'.repeat(1_000))
  const killed = await start()
  await query(killed.url, 'CREATE TABLE item AS SELECT 1 AS id')
  const [row] = await query(killed.url, "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'")
  const { pid: orphan } = row as { pid: number }
  process.kill(orphan, 'SIGSTOP')
  process.kill(killed.pid, 'SIGKILL')
  await killed.exited
  const next = start()
  const log = () => readFileSync(join(directory, 'postgres.log'), 'utf8')
  await expect.poll(log).toContain('pre-existing shared memory')
  process.kill(orphan, 'SIGCONT')
  const { url, stop } = await next
  expect(await query(url, 'SELECT id FROM item')).toEqual([{ id: 1 }])
  await stop()
})

test.each([
  ['works', 'SIGCONT'],
  ['is paused', 'SIGSTOP'],
] as const)('ends when the process that started it is killed, while it %s', async (_, signal) => {
  const { starter, pid } = await startElsewhere()
  process.kill(pid, signal)
  starter.kill('SIGKILL')
  await untilDead(pid)
})

test('stops the server of a process that was killed together with its watchdog', async () => {
  const { starter, pid } = await startElsewhere()
  process.kill(watchdogOf(pid), 'SIGKILL')
  starter.kill('SIGKILL')
  await once(starter, 'exit')
  expect(isRunning(pid)).toBe(true)
  const next = await start()
  expect(isRunning(pid)).toBe(false)
  expect(said).toEqual([`stopping the Postgres of an earlier start (process ${pid})`])
  expect(await query(next.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  await next.stop()
})

test('starts if another program has the process id of a dead server', async () => {
  const first = await start()
  const pidFile = join(directory, 'postgres', 'postmaster.pid')
  const lines = readFileSync(pidFile, 'utf8').split('\n')
  await first.stop()
  const stranger = spawn('sleep', ['60'], { uid: 65_534 })
  onTestFinished(() => void stranger.kill())
  writeFileSync(pidFile, [stranger.pid, ...lines.slice(1)].join('\n'))
  await (await start()).stop()
  expect(stranger.exitCode).toBeNull()
})

test('deletes an incomplete cluster', async () => {
  const unfinished = join(directory, 'postgres.unfinished-1')
  mkdirSync(unfinished)
  writeFileSync(join(unfinished, 'PG_VERSION'), '18\n')
  await (await start()).stop()
  expect(readdirSync(directory).toSorted()).toEqual(['postgres', 'postgres.log'])
})

test('reports a port that is in use', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const address = other.address()
  const port = typeof address === 'object' && address ? address.port : 0
  await expect(start(port)).rejects.toThrow(`Port ${port} of the embedded Postgres is in use.`)
  other.close()
})

test('is stopped and deleted with all of its data', async () => {
  const { pid } = await startElsewhere()
  await deleteEmbeddedPostgres(directory, log)
  expect(isRunning(pid)).toBe(false)
  expect(existsSync(join(directory, 'postgres'))).toBe(false)
})

test('disappears at once when it is deleted, so that the next start never uses a half of it', async () => {
  await (await start()).stop()
  const cluster = join(directory, 'postgres')
  const changed = Promise.withResolvers<boolean>()
  const watcher = watch(cluster, () => changed.resolve(existsSync(cluster)))
  const deleted = deleteEmbeddedPostgres(directory, log)
  expect(await changed.promise).toBe(false)
  watcher.close()
  await deleted
  expect(readdirSync(directory)).toEqual(['postgres.log'])
})

/** The suite runs as root in containers. Other users have no such directory. */
const whereRoot = process.getuid?.() === 0 ? describe : undefined

whereRoot?.('as root, with a directory that only root may enter', () => {
  const pointer = () => join(directory, 'postgres.path')
  const preliminary = () => `${pointer()}.new`
  const target = () => readFileSync(pointer(), 'utf8').trim()
  const items = (postgres: EmbeddedPostgres) => query(postgres.url, 'SELECT id FROM item')
  beforeEach(() => chmodSync(directory, 0o700))

  /** Makes a cluster with a table, and returns its path. */
  const makeItems = async (): Promise<string> => {
    const postgres = await start()
    await query(postgres.url, 'CREATE TABLE item AS SELECT 1 AS id')
    await postgres.stop()
    const cluster = target()
    onTestFinished(() => rmSync(cluster, { recursive: true, force: true }))
    return cluster
  }

  const expectItems = async () => {
    const postgres = await start()
    expect(await items(postgres)).toEqual([{ id: 1 }])
    await postgres.stop()
  }

  test('the cluster is stored in another directory, and used again', async () => {
    const cluster = await makeItems()
    expect(cluster).toMatch(/^\/var\/lib\/quadrille\/[0-9a-f-]{36}$/)
    expect(said).toEqual([`only root can enter ${realpathSync(directory)}, so its new database is in ${cluster}`])
    await expectItems()
    await deleteEmbeddedPostgres(directory, log)
    expect([cluster, pointer(), preliminary()].filter((path) => existsSync(path))).toEqual([])
  })

  test('a cluster with a name of an earlier version is used', async () => {
    const cluster = await makeItems()
    const earlier = '/var/lib/quadrille/0123456789abcdef'
    onTestFinished(() => rmSync(earlier, { recursive: true, force: true }))
    renameSync(cluster, earlier)
    writeFileSync(pointer(), `${earlier}\n`)
    await expectItems()
  })

  test('a start while the volume of the directory is not mounted leaves its database as it is', async () => {
    const root = directory
    directory = join(root, 'volume')
    await makeItems()
    renameSync(directory, join(root, 'away'))
    const postgres = await start()
    await expect(items(postgres)).rejects.toThrow('does not exist')
    await postgres.stop()
    await deleteEmbeddedPostgres(directory, log)
    rmSync(directory, { recursive: true })
    renameSync(join(root, 'away'), directory)
    await expectItems()
  })

  test('without its cluster a pointer is an error, and no empty cluster takes its place', async () => {
    const cluster = await makeItems()
    renameSync(cluster, join(directory, 'away'))
    await expect(start()).rejects.toThrow(
      `is missing: ${realpathSync(pointer())} points to ${cluster}. Mount its volume,`,
    )
    expect(existsSync(cluster)).toBe(false)
    renameSync(join(directory, 'away'), cluster)
    writeFileSync(pointer(), '')
    await expect(start()).rejects.toThrow('points to no path in /var/lib/quadrille.')
    rmSync(pointer())
    await (await start()).stop()
    expect(target()).not.toBe(cluster)
    expect(existsSync(cluster)).toBe(true)
  })

  test.each(['postgres.path', 'postgres.path.new'])('a path in %s to another place leads to nothing', async (name) => {
    const elsewhere = temporaryDirectory()
    const paths = ['', '.unfinished-1'].map((suffix) => `${join(elsewhere, 'files')}${suffix}`)
    for (const path of paths) mkdirSync(path)
    writeFileSync(join(elsewhere, 'files', 'quadrille.directory'), `${realpathSync(directory)}\n`)
    for (const path of [join(elsewhere, 'files'), `/var/lib/quadrille/../..${elsewhere}/files`]) {
      writeFileSync(join(directory, name), path)
      await deleteEmbeddedPostgres(directory, log)
      expect(readdirSync(directory)).toEqual([])
    }
    expect(paths.filter((path) => !existsSync(path))).toEqual([])
  })

  describe('after a start that was killed', () => {
    const expectNothingLeft = (cluster: string) => {
      expect(target()).toBe(cluster)
      expect(existsSync(preliminary())).toBe(false)
      const names = readdirSync('/var/lib/quadrille').filter((name) => name.startsWith(basename(cluster)))
      expect(names).toEqual([basename(cluster)])
    }

    test('while it wrote the pointer, the next one writes it again', async () => {
      writeFileSync(preliminary(), '')
      await (await start()).stop()
      expectNothingLeft(target())
    })

    test('before the cluster was complete, the next one makes it again', async () => {
      const cluster = `/var/lib/quadrille/${randomUUID()}`
      mkdirSync(`${cluster}.unfinished-1`, { recursive: true })
      writeFileSync(preliminary(), `${cluster}\n`)
      await (await start()).stop()
      expectNothingLeft(cluster)
    })

    test('before the pointer was complete, or a deletion that was killed, the next one uses the cluster', async () => {
      const cluster = await makeItems()
      renameSync(pointer(), preliminary())
      await expectItems()
      expectNothingLeft(cluster)
    })
  })

  test('a copy of the directory neither uses nor deletes the database of the original, unless that is moved', async () => {
    const cluster = await makeItems()
    const original = realpathSync(directory)
    const copy = temporaryDirectory()
    chmodSync(copy, 0o700)
    for (const name of ['postgres.path.new', 'postgres.path']) {
      cpSync(join(original, 'postgres.path'), join(copy, name))
      const refusal = `${name} points to ${cluster}, the database of ${original}: this folder was copied or moved. If it was moved, move it back, or write`
      await expect(startEmbeddedPostgres({ directory: copy, log })).rejects.toThrow(refusal)
      await expect(deleteEmbeddedPostgres(copy, log)).rejects.toThrow(refusal)
    }
    await expectItems()
    writeFileSync(join(cluster, 'quadrille.directory'), `${realpathSync(copy)}\n`)
    await expect(start()).rejects.toThrow('this folder was copied or moved')
    rmSync(pointer())
    directory = copy
    await expectItems()
  })
})
