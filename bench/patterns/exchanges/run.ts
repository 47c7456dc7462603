/** Runs the examples of exchanges, each in a virtual host of its own. */
import { createVhost } from '@quadrille/testing'
import { connect } from 'amqplib'
import type { Comparison } from '../comparison.ts'
import { examples } from './examples.ts'
import type { Received } from './received.ts'

/** Runs all examples. Returns the messages in the queues of each. */
export const runExamples = async (rabbitMqUrl: string): Promise<Readonly<Record<string, Received>>> => {
  const results: Record<string, Received> = {}
  for (const [name, example] of Object.entries(examples)) {
    const vhost = await createVhost(rabbitMqUrl)
    const connection = await connect(vhost.url)
    try {
      results[name] = await example(await connection.createConfirmChannel())
    } finally {
      await connection.close()
      await vhost.drop()
    }
  }
  return results
}

/** One row for each queue. */
export const compareExchanges: Comparison = async ({ servers }) => {
  const results = await runExamples((await servers.broker()).url)
  const rows = Object.entries(results).flatMap(([name, queues]) =>
    Object.entries(queues).map(([queue, texts]) => [name, queue, texts.join(', ') || 'nothing']),
  )
  return {
    tables: [{ title: 'Received by each queue', columns: ['exchange', 'queue', 'messages'], textColumns: 3, rows }],
    charts: [],
  }
}
