import { expect, test } from 'vitest'
import { runAll } from '../src/world/world.ts'

test('a part that cannot be stopped does not keep the others running', async () => {
  const stopped: string[] = []
  const failing = () => Promise.reject(new Error('a proxy is open'))
  const stop = async () => stopped.push('Postgres')
  await expect(runAll([failing, stop])).rejects.toMatchObject({ errors: [new Error('a proxy is open')] })
  expect(stopped).toEqual(['Postgres'])
})
