/** The processes of the pool, with a module in the place of the worker. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { getPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { createImagePool, type ImagePoolOptions, WorkerLost } from '../../src/photos/images/pool.ts'

const blob = { key: 'a/original', mediaType: 'image/jpeg', size: 1, sha256: '' } as const

/** A pool whose processes answer each request by this function. */
const poolOf = async (answer: string, options: Partial<ImagePoolOptions> = {}) => {
  const folder = await mkdtemp(join(tmpdir(), 'quadrille-pool-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const module = join(folder, 'worker.mjs')
  await writeFile(module, `import * as os from 'node:os'\nprocess.on('message', ${answer})`)
  const pool = createImagePool({
    locate: async () => folder,
    module: pathToFileURL(module),
    maxProcesses: 2,
    idleMs: 100,
    ...options,
  })
  return (photoId: string, signal = new AbortController().signal) => pool.process({ photoId, blob }, signal)
}

const answer = (value: string) => `({ job }) => process.send({ status: 'rejected', reason: ${value} })`

it('runs a job in a process of a low priority, without the variables of the service', async () => {
  process.env['DATABASE_URL'] = 'secret'
  onTestFinished(() => void delete process.env['DATABASE_URL'])
  const process_ = await poolOf(answer('[os.getPriority(), process.env.DATABASE_URL ?? null]'))
  expect(await process_('one')).toMatchObject({ reason: [Math.min(19, getPriority() + 10), null] })
})

it('uses a process again, one job at a time, and ends it when it is idle', async () => {
  const run = await poolOf(answer('process.pid'))
  const [first, second] = [await run('one'), await run('two')]
  expect(second).toEqual(first)
  const [third, fourth] = await Promise.all([run('three'), run('four')])
  expect(third).not.toEqual(fourth)
  const pid = 'reason' in first ? Number(first.reason) : 0
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false)
})

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

it('reports a process that crashes, and starts another for the next job', async () => {
  const run = await poolOf(
    `({ job }) => job.photoId === 'crash' ? process.abort() : process.send({ status: 'rejected' })`,
  )
  await expect(run('crash')).rejects.toThrow(WorkerLost)
  expect(await run('good')).toEqual({ status: 'rejected' })
})

it('kills a process that takes too long, even if it never yields', async () => {
  const run = await poolOf('() => { for (;;) {} }', { timeLimitMs: 400 })
  await expect(run('one')).rejects.toThrow('The photo took longer than 400 ms.')
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

it('runs at most as many jobs at a time as allowed', async () => {
  const run = await poolOf(`() => setTimeout(() => process.send({ status: 'rejected', reason: process.pid }), 50)`, {
    maxProcesses: 1,
  })
  const [first, second] = await Promise.all([run('one'), run('one')])
  expect(second).toEqual(first)
})

it('lets the worker continue after Ctrl-C in a terminal, which signals it too', async () => {
  const worker = fork(fileURLToPath(new URL('../../src/photos/images/worker.ts', import.meta.url)))
  onTestFinished(() => void worker.kill('SIGKILL'))
  const ask = async (): Promise<unknown> => {
    worker.send({ job: { photoId: 'one', blob }, directory: join(tmpdir(), 'quadrille-no-such-folder') })
    const [answered] = await once(worker, 'message')
    return answered
  }
  expect(await ask()).toMatchObject({ reason: 'lost' })
  worker.kill('SIGINT')
  expect(await ask()).toMatchObject({ reason: 'lost' })
})
