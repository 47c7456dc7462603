/** Prints the version of RabbitMQ in the tests: that of AMQP_URL, or of a node that is started for it. */
import { brokerVersion, startRabbitMq } from '../src/rabbitmq.ts'

const { url, stop } = await startRabbitMq()
try {
  process.stdout.write(`${await brokerVersion(url)}\n`)
} finally {
  await stop()
}
