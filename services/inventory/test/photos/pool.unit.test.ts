/** The processes of the pool, with a module in the place of the worker. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { where } from '@quadrille/testing'
import { expect, it, onTestFinished } from 'vitest'
import { folderStore } from '../../src/photos/blobs/folder.ts'
import { createImagePool, type ImagePoolOptions, WorkerLost } from '../../src/photos/images/pool.ts'
import { aPng } from './images.ts'

const blob = { key: 'a/original', mediaType: 'image/jpeg', size: 1, sha256: '' } as const

/** A pool whose processes answer each request by this function. */
const poolOf = async (answer: string, options: Partial<ImagePoolOptions> = {}) => {
  const folder = await mkdtemp(join(tmpdir(), 'quadrille-pool-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const module = join(folder, 'worker.mjs')
  await writeFile(
    module,
    `import * as os from 'node:os'\nimport * as fs from 'node:fs/promises'\nprocess.on('message', ${answer})`,
  )
  const pool = createImagePool({
    locate: async () => folder,
    module: pathToFileURL(module),
    maxProcesses: 2,
    priority: 'normal',
    idleMs: 100,
    ...options,
  })
  return (photoId: string, signal = new AbortController().signal) => pool.render({ photoId, blob }, signal)
}

const answer = (value: string) => `({ photo }) => process.send({ status: 'rejected', reason: ${value} })`

const searchPath = () => (process.env['PATH'] ?? '').split(delimiter)
const find = (command: string) =>
  searchPath()
    .map((folder) => join(folder, command))
    .find(existsSync)

/** Answers with the policies of all threads of the process (field 41, https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html). */
const answerPolicies = `async ({ photo }) => {
  const tasks = await fs.readdir('/proc/self/task')
  const stats = await Promise.all(tasks.map((task) => fs.readFile('/proc/self/task/' + task + '/stat', 'utf8')))
  process.send({ status: 'rejected', reason: stats.map((stat) => stat.split(') ')[1].split(' ')[38]) })
}`
const idlePolicy = '5'

const whereChrt = where(process.platform === 'linux' && Boolean(find('chrt')), 'chrt(1) is missing', it)

whereChrt?.('runs all threads for a photo only while the processor is idle', async () => {
  const run = await poolOf(answerPolicies, { priority: 'idle' })
  const answered = await run('one')
  expect(answered).toEqual({ status: 'rejected', reason: expect.arrayContaining([idlePolicy]) })
  expect(new Set('reason' in answered ? answered.reason : [])).toEqual(new Set([idlePolicy]))
})

const autogroup = () => readFileSync('/proc/self/autogroup', 'utf8')
const hasAutogroups = existsSync('/proc/self/autogroup') && autogroup() !== ''
const whereAutogroups = where(hasAutogroups, 'the kernel has no autogroups', it)

whereAutogroups?.('renders each photo in a session of the lowest priority, even if two start at once', async () => {
  const run = await poolOf(
    `async () => process.send({ status: 'rejected', reason: await fs.readFile('/proc/self/autogroup', 'utf8') })`,
    { priority: 'idle' },
  )
  for (const answered of await Promise.all([run('one'), run('two')]))
    expect(answered).toMatchObject({ reason: expect.stringMatching(/ nice 19\n$/) })
  expect(autogroup()).not.toContain('nice 19')
})

it('renders a photo with the lowest priority where the system has no chrt', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'quadrille-path-'))
  for (const command of ['sh', 'nice']) await symlink(find(command) ?? '', join(folder, command))
  const { PATH } = process.env
  onTestFinished(async () => {
    process.env['PATH'] = PATH
    await rm(folder, { recursive: true })
  })
  process.env['PATH'] = folder
  const run = await poolOf(answer('os.getPriority()'), { priority: 'idle' })
  expect(await run('one')).toMatchObject({ reason: 19 })
})

it('renders a photo without the variables of the service', async () => {
  process.env['DATABASE_URL'] = 'secret'
  onTestFinished(() => void delete process.env['DATABASE_URL'])
  const run = await poolOf(answer('process.env.DATABASE_URL ?? null'))
  expect(await run('one')).toMatchObject({ reason: null })
})

it('uses a process again, one photo at a time, and ends it when it is idle', async () => {
  const run = await poolOf(
    `(request) => setTimeout(${answer('process.pid')}, request.photo.photoId === 'two' ? 300 : 0, request)`,
  )
  const [first, second] = [await run('one'), await run('two')] // the second takes longer than a process waits
  expect(second).toEqual(first)
  const [third, fourth] = await Promise.all([run('three'), run('four')])
  expect(third).not.toEqual(fourth)
  const pid = 'reason' in first ? Number(first.reason) : 0
  await expect.poll(() => isAlive(pid)).toBe(false)
})

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

it('reports a process that crashes, and starts another for the next photo', async () => {
  const run = await poolOf(
    `({ photo }) => photo.photoId === 'crash' ? process.abort() : process.send({ status: 'rejected' })`,
  )
  await expect(run('crash')).rejects.toThrow(WorkerLost)
  expect(await run('good')).toEqual({ status: 'rejected' })
})

it('starts another process if one has ended while it waited', async () => {
  const run = await poolOf(`() => process.send({ status: 'rejected', reason: process.pid }, () => process.exit())`, {
    idleMs: 60_000,
  })
  const first = await run('one')
  const pid = 'reason' in first ? Number(first.reason) : 0
  await expect.poll(() => isAlive(pid)).toBe(false)
  expect(await run('two')).not.toEqual(first)
})

it('kills a process that takes too long, even if it never yields', async () => {
  const run = await poolOf('() => { for (;;) {} }', { timeLimitMs: 400 })
  const error = await run('one').catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ message: 'The photo took longer than 400 ms.' })
  expect(error, 'the machine may be at fault').not.toBeInstanceOf(WorkerLost)
})

it('rejects a photo that needs more processor time than allowed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'quadrille-pool-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const locate = async () => folder
  const stored = await folderStore(locate).put('large/original', [await aPng({ width: 5_000, height: 5_000 })])
  const pool = createImagePool({ locate, maxProcesses: 1, priority: 'normal', cpuLimitMs: 1, idleMs: 100 })
  const photo = { photoId: 'large', blob: { key: 'large/original', mediaType: 'image/png' as const, ...stored } }
  expect(await pool.render(photo, new AbortController().signal)).toEqual({
    status: 'rejected',
    reason: 'too_expensive',
  })
})

it('gives a process that still decodes a photo that is too expensive no further photo', async () => {
  const run = await poolOf(
    `({ photo }) => process.send({ status: 'rejected', reason: photo.photoId === 'dear' ? 'too_expensive' : globalThis.isUsed ?? null }, () => (globalThis.isUsed = true))`,
  )
  expect(await run('dear')).toMatchObject({ reason: 'too_expensive' })
  expect(await run('cheap')).toMatchObject({ reason: null })
})

it('kills the process if the service stops', async () => {
  const run = await poolOf('() => { for (;;) {} }')
  const stopping = new AbortController()
  const running = run('one', stopping.signal)
  stopping.abort(new Error('The service stops.'))
  await expect(running).rejects.toThrow('The service stops.')
})

it('reports that the store failed, which is not the fault of the photo', async () => {
  const run = await poolOf(`() => process.send({ status: 'failed', error: 'EIO' })`)
  await expect(run('one')).rejects.toThrow('The photo could not be read or stored: EIO')
})

it('renders at most as many photos at a time as allowed', async () => {
  const run = await poolOf(`() => setTimeout(() => process.send({ status: 'rejected', reason: process.pid }), 50)`, {
    maxProcesses: 1,
  })
  const [first, second] = await Promise.all([run('one'), run('one')])
  expect(second).toEqual(first)
})

it('lets the worker continue if systemd stops the service, and signals it too', async () => {
  const worker = fork(fileURLToPath(new URL('../../src/photos/images/worker.ts', import.meta.url)))
  const directory = await mkdtemp(join(tmpdir(), 'quadrille-pool-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  onTestFinished(() => void worker.kill('SIGKILL'))
  const ask = async (): Promise<unknown> => {
    worker.send({ photo: { photoId: 'one', blob }, directory })
    const [answered] = await once(worker, 'message')
    return answered
  }
  expect(await ask()).toMatchObject({ reason: 'lost' })
  worker.kill('SIGTERM')
  expect(await ask()).toMatchObject({ reason: 'lost' })
})
