import { expect, test } from 'vitest'
import { suffixSearch } from '../src/http/suffix-search.ts'

test('one search by the end of an id runs at a time, and beyond 20 they are refused until one has ended', async () => {
  const running: PromiseWithResolvers<string[]>[] = []
  const search = suffixSearch(() => {
    const found = Promise.withResolvers<string[]>()
    running.push(found)
    return found.promise
  })
  const searches = Array.from({ length: 20 }, (_, index) => search(`suffix ${index}`))
  const refused = { kind: 'unavailable', headers: { 'retry-after': '1' } }
  await expect(search('one too many')).rejects.toMatchObject(refused)
  expect(running).toHaveLength(1)
  running[0]?.resolve(['an order'])
  expect(await searches[0]).toEqual(['an order'])
  expect(running).toHaveLength(2)
  searches.push(search('the next'))
  for (let index = 1; index < searches.length; index += 1) {
    running[index]?.reject(new Error('the database is away'))
    await expect(searches[index]).rejects.toThrow('the database is away')
  }
  expect(running).toHaveLength(21)
})
