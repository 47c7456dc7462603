import { expect, test } from 'vitest'
import { type Part, runParts } from '../src/parts.ts'

const aShutdown = () => {
  const [stop, failed] = [new AbortController(), new AbortController()]
  const signal = AbortSignal.any([stop.signal, failed.signal])
  return { stop, failed, shutdown: { signal, failure: failed.signal } }
}

const recorder = () => {
  const happened: string[] = []
  const part = async (name: string): Promise<Part> => {
    happened.push(`start ${name}`)
    return { stop: async () => void happened.push(`stop ${name}`) }
  }
  return { happened, part }
}

test('started parts are stopped in reverse order', async () => {
  const { happened, part } = recorder()
  const { stop, shutdown } = aShutdown()
  await runParts(async (begin) => {
    await begin(part('lock'))
    await begin(part('Postgres'))
    stop.abort()
  }, shutdown)
  expect(happened).toEqual(['start lock', 'start Postgres', 'stop Postgres', 'stop lock'])
})

test('a start that fails halfway stops its started parts', async () => {
  const { happened, part } = recorder()
  const running = runParts(async (begin) => {
    await begin(part('lock'))
    throw new Error('no disk')
  }, aShutdown().shutdown)
  await expect(running).rejects.toThrow('no disk')
  expect(happened).toEqual(['start lock', 'stop lock'])
})

test('a stop during the start starts no further parts', async () => {
  const { happened, part } = recorder()
  const { stop, shutdown } = aShutdown()
  await runParts(async (begin) => {
    const starting = begin(part('Postgres'))
    stop.abort()
    await starting
    await begin(part('services'))
  }, shutdown)
  expect(happened).toEqual(['start Postgres', 'stop Postgres'])
})

test('a part that does not stop does not block others', async () => {
  const { happened, part } = recorder()
  const { stop, shutdown } = aShutdown()
  const running = runParts(async (begin) => {
    await begin(part('Postgres'))
    await begin(Promise.resolve({ stop: () => Promise.reject(new Error('stuck')) }))
    stop.abort()
  }, shutdown)
  await expect(running).rejects.toThrow('stuck')
  expect(happened).toEqual(['start Postgres', 'stop Postgres'])
})

test('an error that stops all parts is reported, even if one of them then fails to stop', async () => {
  const { failed, shutdown } = aShutdown()
  const running = runParts(async (begin) => {
    await begin(Promise.resolve({ stop: () => Promise.reject(new Error('stuck')) }))
    failed.abort(new Error('lost'))
  }, shutdown)
  await expect(running).rejects.toThrow('lost')
})
