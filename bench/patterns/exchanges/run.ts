/** Runs the examples of exchanges, each in a virtual host of its own. */
import { createVhost } from '@quadrille/testing'
import { connect } from 'amqplib'
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

/** One line for each queue. */
export const formatResults = (results: Readonly<Record<string, Received>>): string =>
  Object.entries(results)
    .flatMap(([name, queues]) =>
      Object.entries(queues).map(
        ([queue, texts]) => `${name.padEnd(16)} ${queue.padEnd(24)} ${texts.join(', ') || 'nothing'}`,
      ),
    )
    .join('\n')
