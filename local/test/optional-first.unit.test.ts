import { type ServiceName, serviceNames } from '@quadrille/events'
import { expect, it } from 'vitest'
import { startOptionalFirst } from '../src/optional-first.ts'

const essential = ['order', 'payment', 'inventory', 'notification']

it('no essential service starts before an optional one has, because its messages would miss that one’s queue', async () => {
  const begun: ServiceName[] = []
  const shipping = Promise.withResolvers<string>()
  const starting = startOptionalFirst(serviceNames, (name) => {
    begun.push(name)
    return name === 'shipping' ? shipping.promise : Promise.resolve(name)
  })
  await Promise.resolve()
  expect(begun).toEqual(['shipping'])
  shipping.resolve('shipping')
  expect(await Promise.all(starting)).toEqual(['shipping', ...essential])
  expect(begun).toEqual(['shipping', ...essential])
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
  expect(results.map((result) => result.status === 'rejected' && String(result.reason))).toEqual(
    serviceNames.map(() => 'Error: shipping fails'),
  )
  expect(begun).toEqual(['shipping'])
})
