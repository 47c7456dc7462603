import { isLockTimeout } from '@quadrille/postgres'
import { describe, expect, it } from 'vitest'
import { retryWhileLocked } from '../../src/core/retry-while-locked.ts'

describe('an access to a row that another session has locked', () => {
  it('is repeated until the row is free', async () => {
    const results = ['locked', 'locked', 'free'] as const
    let tries = 0
    expect(await retryWhileLocked(async () => results[tries++] ?? 'late', 'the row')).toBe('free')
    expect(tries).toBe(3)
  })

  it('throws the error of a lock timeout after half a second', async () => {
    const error = await retryWhileLocked(async () => 'locked', 'the row').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ message: 'Another session has locked the row.' })
    expect(isLockTimeout(error)).toBe(true)
  })
})
