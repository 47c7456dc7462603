import { isOptional, optionalServiceNames, type ServiceName, serviceNames } from '@quadrille/events'
import { expect, it } from 'vitest'
import { startOptionalFirst } from '../src/optional-first.ts'

const essential = serviceNames.filter((name) => !isOptional(name))
const [last] = optionalServiceNames.slice(-1)

it('no essential service starts before an optional one has, because its messages would miss that one’s queue', async () => {
  const begun: ServiceName[] = []
  const lastStart = Promise.withResolvers<string>()
  const starting = startOptionalFirst(serviceNames, (name) => {
    begun.push(name)
    return name === last ? lastStart.promise : Promise.resolve(name)
  })
  await Promise.resolve()
  expect(begun).toEqual(optionalServiceNames)
  lastStart.resolve('started')
  expect(await Promise.all(starting)).toEqual([...optionalServiceNames.slice(0, -1), 'started', ...essential])
  expect(begun).toEqual([...optionalServiceNames, ...essential])
})

it('the essential services start without the optional ones that are off', async () => {
  expect(await Promise.all(startOptionalFirst(['order', 'payment'], (name) => Promise.resolve(name)))).toEqual([
    'order',
    'payment',
  ])
})

it('no essential service starts if an optional one fails', async () => {
  const begun: ServiceName[] = []
  const starting = startOptionalFirst(serviceNames, (name) => {
    begun.push(name)
    return Promise.reject(new Error(`${name} fails`))
  })
  const results = await Promise.allSettled(starting)
  const [first] = optionalServiceNames
  expect(results.map((result) => result.status === 'rejected' && String(result.reason))).toEqual([
    ...optionalServiceNames.map((name) => `Error: ${name} fails`),
    ...essential.map(() => `Error: ${first} fails`),
  ])
  expect(begun).toEqual(optionalServiceNames)
})
