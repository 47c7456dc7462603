/** RabbitMQ from 4.2.7 on tells only users with a permission on a queue or an exchange whether it exists. */
import { expect, it } from 'vitest'
import { permissionsOf } from '../src/amqp/accounts/permissions.ts'
import { bindingMarkerOf } from '../src/amqp/topology/names.ts'
import { topologyOf, unrouted } from '../src/index.ts'
import { choreography } from './choreography.ts'

it.each(Object.values(choreography))('$name has a permission on all that it looks for', (model) => {
  const topology = topologyOf(model, choreography)
  const { events, queues, requiredInboxes, asking = [] } = topology
  const lookedFor = [
    ...[unrouted, bindingMarkerOf(unrouted, unrouted)],
    ...queues.flatMap(({ name, exchanges }) => [name, ...exchanges]),
    ...requiredInboxes.map((inbox) => bindingMarkerOf(inbox, events)),
    ...asking.flatMap(({ questionsExchange, answersExchange }) => [questionsExchange, answersExchange]),
  ]
  const permissions = Object.values(permissionsOf(topology)).map((pattern) => new RegExp(pattern))
  expect(lookedFor.filter((name) => !permissions.some((permission) => permission.test(name)))).toEqual([])
})

it('none may read, write or delete the inbox of another service', () => {
  const topologies = Object.values(choreography).map((model) => topologyOf(model, choreography))
  for (const topology of topologies) {
    const patterns = Object.values(permissionsOf(topology)).map((pattern) => new RegExp(pattern))
    const ofOthers = topologies.filter((other) => other !== topology).flatMap(({ queues }) => queues)
    expect(ofOthers.filter(({ name }) => patterns.some((pattern) => pattern.test(name)))).toEqual([])
  }
})
