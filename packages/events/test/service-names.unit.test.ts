import { expect, test } from 'vitest'
import { choreography, optionalServiceNames, runningServices, serviceNames, switchOf } from '../src/index.ts'

test('a service is optional if it is not essential', () => {
  const optional: readonly string[] = optionalServiceNames
  for (const [name, { essential }] of Object.entries(choreography)) expect(optional.includes(name)).toBe(!essential)
  expect(optional).toContain('shipping')
})

test('an optional service runs unless its variable is off', () => {
  expect(runningServices({})).toEqual(serviceNames)
  expect(runningServices({ SHIPPING: '' })).toEqual(serviceNames)
  expect(runningServices({ SHIPPING: 'on', ORDER: 'off' })).toEqual(serviceNames)
  expect(runningServices({ SHIPPING: 'off' })).toEqual(serviceNames.filter((name) => name !== 'shipping'))
  expect(switchOf('shipping')).toBe('SHIPPING')
})

test.each(['OFF', 'false', 'no', ' off'])('an optional service neither runs nor is left out with %j', (value) => {
  expect(() => runningServices({ SHIPPING: value })).toThrow(`SHIPPING is ${value}; expected on or off.`)
})
