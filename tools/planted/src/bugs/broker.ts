/** Bugs in the declarations at RabbitMQ. */
import { edit, type PlantedBug } from '../bug.ts'

export const brokerBugs: readonly PlantedBug[] = [
  {
    name: 'declare a binding marker before the binding',
    edits: [
      edit(
        'packages/messaging/src/amqp/topology/declare.ts',
        "  await channel.bindQueue(queue, exchange, '')\n  await channel.assertExchange(bindingMarkerOf(queue, exchange), 'fanout', { durable: true, internal: true })\n",
        "  await channel.assertExchange(bindingMarkerOf(queue, exchange), 'fanout', { durable: true, internal: true })\n  await channel.bindQueue(queue, exchange, '')\n",
      ),
    ],
    check: {
      project: 'int',
      file: 'packages/messaging/test/amqp-outage.int.test.ts',
      test: 'no binding is marked before it exists',
      failure: 'cut after',
      fullSize: true,
    },
  },
]
