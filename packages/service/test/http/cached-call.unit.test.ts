import { expect, test } from 'vitest'
import { cachedCall } from '../../src/http/cached-call.ts'

test('a failure is not cached, even if the call throws at once', async () => {
  let calls = 0
  const call = cachedCall(() => {
    calls += 1
    if (calls === 1) throw new Error('away')
    return Promise.resolve(calls)
  }, 60_000)
  await expect(call()).rejects.toThrow('away')
  expect([await call(), await call()]).toEqual([2, 2])
})
